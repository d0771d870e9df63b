/**
 * State as text and back, exactly. State is plain data: objects, arrays, Maps, Sets, typed arrays, bigints and the usual
 * scalars. Anything else in it is a mistake of ours and is refused, so that no snapshot is silently incomplete.
 */
const TAG = '$';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export function encodeState(state: unknown): string {
  return JSON.stringify(toJson(state, 'state'));
}

export function decodeState(text: string): unknown {
  return fromJson(JSON.parse(text) as Json);
}

function toJson(value: unknown, path: string): Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { [TAG]: 'number', v: String(Object.is(value, -0) ? '-0' : value) };
    case 'bigint':
      return { [TAG]: 'bigint', v: value.toString() };
    case 'undefined':
      return { [TAG]: 'undefined' };
    case 'object':
      return value === null ? null : objectToJson(value, path);
    default:
      throw new TypeError(`state holds a ${typeof value} at ${path}; state must be plain data`);
  }
}

function objectToJson(value: object, path: string): Json {
  if (Array.isArray(value)) return value.map((item, index) => toJson(item, `${path}[${index}]`));
  if (value instanceof Map) {
    return {
      [TAG]: 'Map',
      v: [...value].map(([key, item]) => [toJson(key, path), toJson(item, `${path}.${String(key)}`)]),
    };
  }
  if (value instanceof Set) return { [TAG]: 'Set', v: [...value].map((item) => toJson(item, path)) };
  if (value instanceof Float64Array) return { [TAG]: 'Float64Array', n: value.length, v: sparse(value) };
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(
      `state holds an instance of ${value.constructor?.name ?? 'a class'} at ${path}; state must be plain data`,
    );
  }
  const result: { [key: string]: Json } = {};
  for (const [key, item] of Object.entries(value)) {
    if (key === TAG) throw new TypeError(`state uses the reserved key "${TAG}" at ${path}`);
    result[key] = toJson(item, `${path}.${key}`);
  }
  return result;
}

/** Books are mostly empty levels, so only the others are written, as index and value in turn. */
function sparse(values: Float64Array): number[] {
  const pairs: number[] = [];
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number;
    if (value !== 0) pairs.push(index, value);
  }
  return pairs;
}

function fromJson(json: Json): unknown {
  if (json === null || typeof json !== 'object') return json;
  if (Array.isArray(json)) return json.map(fromJson);
  const tag = json[TAG];
  if (tag === undefined) {
    const result: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(json)) result[key] = fromJson(item);
    return result;
  }
  return fromTagged(String(tag), json);
}

function fromTagged(tag: string, json: { [key: string]: Json }): unknown {
  switch (tag) {
    case 'number':
      return Number(json.v);
    case 'bigint':
      return BigInt(String(json.v));
    case 'undefined':
      return undefined;
    case 'Map':
      return new Map(
        (json.v as Json[]).map((pair) => [
          fromJson((pair as Json[])[0] ?? null),
          fromJson((pair as Json[])[1] ?? null),
        ]),
      );
    case 'Set':
      return new Set((json.v as Json[]).map(fromJson));
    case 'Float64Array': {
      const values = new Float64Array(json.n as number);
      const pairs = json.v as number[];
      for (let at = 0; at < pairs.length; at += 2) values[pairs[at] as number] = pairs[at + 1] as number;
      return values;
    }
    default:
      throw new TypeError(`snapshot holds an unknown tag ${JSON.stringify(tag)}`);
  }
}
