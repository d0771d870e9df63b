import type { WatchedMarket } from '../../../domain/market.ts';
import { type HttpCall, type HttpClient, troubleError } from '../http.ts';
import { asObject, WireFault } from '../wire/fields.ts';
import { parseBook, type WireBook } from './market-frames.ts';

/** Reads the YES token's whole book over REST. Throws a ForeignError. */
export async function fetchBook(
  http: HttpClient,
  market: WatchedMarket,
  signal: AbortSignal,
): Promise<WireBook> {
  const call: HttpCall = { method: 'GET', path: '/book', query: `token_id=${market.yesTokenId}` };
  const found = await http.json(call, signal);
  try {
    return parseBook(asObject(found, 'the book'), 'YES');
  } catch (error) {
    if (!(error instanceof WireFault)) throw error;
    throw troubleError(call, { kind: 'garbage', text: error.message }, error);
  }
}
