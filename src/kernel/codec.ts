/**
 * State as text and back, exactly. State is plain data: objects, arrays, Maps, Sets, typed arrays, bigints and the usual
 * scalars. Anything else in it is a mistake of ours and is refused, so that no snapshot is silently incomplete.
 *
 * An object that the state holds in several places, as the order table holds a record under each of its indexes, is one object
 * again when it comes back. As copies they would drift apart, and an order that is filled in one index would stay open in another.
 */
const TAG = '$';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export function encodeState(state: unknown): string {
  const shared = new Map<object, number>();
  collectShared(state, new Set(), shared);
  return JSON.stringify(toJson(state, 'state', { shared, written: new Set() }));
}

export function decodeState(text: string): unknown {
  return fromJson(JSON.parse(text) as Json, new Map());
}

interface Writing {
  /** Objects held in more than one place, with their numbers. */
  readonly shared: ReadonlyMap<object, number>;
  readonly written: Set<object>;
}

function collectShared(value: unknown, seen: Set<object>, shared: Map<object, number>): void {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return;
  if (seen.has(value)) {
    if (!shared.has(value)) shared.set(value, shared.size);
    return;
  }
  seen.add(value);
  if (value instanceof Map) {
    for (const [key, item] of value) {
      collectShared(key, seen, shared);
      collectShared(item, seen, shared);
    }
  } else {
    const items: Iterable<unknown> =
      Array.isArray(value) || value instanceof Set ? value : Object.values(value);
    for (const item of items) collectShared(item, seen, shared);
  }
}

/** JSON has no word for some numbers. */
const numberToJson = (value: number): Json =>
  Number.isFinite(value) && !Object.is(value, -0)
    ? value
    : { [TAG]: 'number', v: Object.is(value, -0) ? '-0' : String(value) };

function toJson(value: unknown, path: string, writing: Writing): Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return numberToJson(value);
    case 'bigint':
      return { [TAG]: 'bigint', v: value.toString() };
    case 'undefined':
      return { [TAG]: 'undefined' };
    case 'object':
      return value === null ? null : sharedToJson(value, path, writing);
    default:
      throw new TypeError(`state holds a ${typeof value} at ${path}; state must be plain data`);
  }
}

/** The first place of a shared object holds it, the others refer to it. */
function sharedToJson(value: object, path: string, writing: Writing): Json {
  const id = writing.shared.get(value);
  if (id === undefined) return objectToJson(value, path, writing);
  if (writing.written.has(value)) return { [TAG]: 'same', id };
  writing.written.add(value);
  return { [TAG]: 'shared', id, v: objectToJson(value, path, writing) };
}

function objectToJson(value: object, path: string, writing: Writing): Json {
  if (Array.isArray(value)) return value.map((item, index) => toJson(item, `${path}[${index}]`, writing));
  if (value instanceof Map) {
    return {
      [TAG]: 'Map',
      v: [...value].map(([key, item]) => [
        toJson(key, path, writing),
        toJson(item, `${path}.${String(key)}`, writing),
      ]),
    };
  }
  if (value instanceof Set) return { [TAG]: 'Set', v: [...value].map((item) => toJson(item, path, writing)) };
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
    result[key] = toJson(item, `${path}.${key}`, writing);
  }
  return result;
}

/** Books are mostly empty levels, so only the others are written, as index and value in turn. */
function sparse(values: Float64Array): Json[] {
  const pairs: Json[] = [];
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index] as number;
    if (value !== 0) pairs.push(index, numberToJson(value));
  }
  return pairs;
}

function fromJson(json: Json, shared: Map<number, unknown>): unknown {
  if (json === null || typeof json !== 'object') return json;
  if (Array.isArray(json)) return json.map((item) => fromJson(item, shared));
  const tag = json[TAG];
  if (tag === undefined) {
    const result: Record<string, unknown> = {};
    for (const [key, item] of Object.entries(json)) result[key] = fromJson(item, shared);
    return result;
  }
  return fromTagged(String(tag), json, shared);
}

function fromTagged(tag: string, json: { [key: string]: Json }, shared: Map<number, unknown>): unknown {
  switch (tag) {
    case 'shared': {
      const value = fromJson(json.v ?? null, shared);
      shared.set(json.id as number, value);
      return value;
    }
    case 'same':
      if (!shared.has(json.id as number))
        throw new TypeError(`snapshot refers to object ${String(json.id)} before it holds it`);
      return shared.get(json.id as number);
    case 'number':
      return Number(json.v);
    case 'bigint':
      return BigInt(String(json.v));
    case 'undefined':
      return undefined;
    case 'Map':
      return new Map(
        (json.v as Json[]).map((pair) => [
          fromJson((pair as Json[])[0] ?? null, shared),
          fromJson((pair as Json[])[1] ?? null, shared),
        ]),
      );
    case 'Set':
      return new Set((json.v as Json[]).map((item) => fromJson(item, shared)));
    case 'Float64Array': {
      const values = new Float64Array(json.n as number);
      const pairs = json.v as Json[];
      for (let at = 0; at < pairs.length; at += 2)
        values[pairs[at] as number] = fromJson(pairs[at + 1] as Json, shared) as number;
      return values;
    }
    default:
      throw new TypeError(`snapshot holds an unknown tag ${JSON.stringify(tag)}`);
  }
}
