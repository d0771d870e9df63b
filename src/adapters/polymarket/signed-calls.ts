import type { CredentialSource } from './credentials.ts';
import { excerpt, type HttpAnswer, type HttpCall, type HttpClient, parseJson, troubleError } from './http.ts';
import { LAST_CURSOR } from './venue-facts.ts';
import { asArray, asObject, WireFault, type WireObject } from './wire/fields.ts';

/** A list that turns more pages than this is one that does not end. */
const MAX_PAGES = 1000;

export interface VenueClient {
  readonly http: HttpClient;
  readonly source: CredentialSource;
  readonly nowMs: () => number;
}

/** Signs and sends; any status is an answer. */
export async function signedSend(
  client: VenueClient,
  call: HttpCall,
  signal: AbortSignal,
): Promise<HttpAnswer> {
  const { l2 } = client.source.ready() ?? (await client.source.session(signal));
  const headers = l2.sign(call.method, call.path, call.body ?? '', Math.floor(client.nowMs() / 1000));
  const answered = client.http.send({ ...call, steady: l2.steady, headers }, signal);
  // Now that this one is out.
  l2.makeReady();
  return answered;
}

/** Signs and sends; the JSON of a 2xx answer, or a ForeignError. */
export async function authed(client: VenueClient, call: HttpCall, signal: AbortSignal): Promise<unknown> {
  const answer = await signedSend(client, call, signal);
  if (answer.status < 200 || answer.status > 299)
    throw troubleError(call, { kind: 'http', status: answer.status, text: answer.text }, undefined, answer);
  return parseJson(call, answer.text);
}

/** Runs a parser; what it does not believe becomes `garbageAnswer` with the offending field. */
export function judged<Value>(call: HttpCall, found: unknown, parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof WireFault)) throw error;
    throw troubleError(
      call,
      { kind: 'garbage', text: `${error.message} in ${excerpt(JSON.stringify(found) ?? '')}` },
      error,
    );
  }
}

/** Every row of a list that comes in pages. One row that cannot be read fails the whole read: half a list would be taken for all of it. */
export async function allPages<Row>(
  client: VenueClient,
  path: string,
  query: string,
  signal: AbortSignal,
  parse: (row: WireObject) => Row,
): Promise<Row[]> {
  const rows: Row[] = [];
  const seen = new Set<string>();
  let cursor = '';
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const paged =
      cursor === '' ? query : `${query === '' ? '' : `${query}&`}next_cursor=${encodeURIComponent(cursor)}`;
    const call: HttpCall = { method: 'GET', path, query: paged };
    const found = await authed(client, call, signal);
    const next = judged(call, found, () => {
      const answer = asObject(found, 'the page');
      for (const row of asArray(answer.data, 'data')) rows.push(parse(asObject(row, 'data[]')));
      return answer.next_cursor;
    });
    if (next === undefined || next === null || next === '' || next === LAST_CURSOR) return rows;
    if (typeof next !== 'string' || seen.has(next))
      throw troubleError(call, {
        kind: 'garbage',
        text: `the cursor ${JSON.stringify(next)} does not lead on`,
      });
    seen.add(next);
    cursor = next;
  }
  throw troubleError(
    { method: 'GET', path },
    { kind: 'garbage', text: `the list has more than ${MAX_PAGES} pages` },
  );
}
