import type { Outcome, WatchedMarket } from '../../../domain/market.ts';
import type { MarketEvent, OutcomeLevels, WireLevel } from '../../../domain/market-event.ts';
import { type HttpCall, type HttpClient, parsed } from '../http.ts';
import { asArray, asObject, WireFault } from '../wire/fields.ts';
import { parseBook, parseOwnLevels, type WireBook } from './market-frames.ts';

/** Reads the YES token's whole book over REST. Throws a ForeignError. */
export async function fetchBook(
  http: HttpClient,
  market: WatchedMarket,
  signal: AbortSignal,
): Promise<WireBook> {
  const call: HttpCall = { method: 'GET', path: '/book', query: `token_id=${market.yesTokenId}` };
  const found = await http.json(call, signal);
  return parsed(call, () => parseBook(asObject(found, 'the book'), 'YES'));
}

/** Reads both tokens' books in one request, each in its own prices. Throws a ForeignError. */
export async function fetchOutcomeBooks(
  http: HttpClient,
  market: WatchedMarket,
  signal: AbortSignal,
): Promise<MarketEvent & { kind: 'outcomeBooks' }> {
  const tokens = [market.yesTokenId, market.noTokenId];
  const body = JSON.stringify(tokens.map((token_id) => ({ token_id })));
  const call: HttpCall = { method: 'POST', path: '/books', body };
  const found = await http.json(call, signal);
  return parsed(call, () => {
    const books = new Map(
      asArray(found, 'the books').map((entry) => {
        const book = asObject(entry, 'a book');
        return [String(book.asset_id), book] as const;
      }),
    );
    const levelsOf = (outcome: Outcome): OutcomeLevels => {
      const book = books.get(outcome === 'YES' ? market.yesTokenId : market.noTokenId);
      if (book === undefined) throw new WireFault('asset_id', `the book of ${outcome}`, [...books.keys()]);
      const { bids, asks } = parseOwnLevels(book);
      return { bids: bestFirst(bids, -1), asks: bestFirst(asks, 1) };
    };
    return {
      kind: 'outcomeBooks',
      conditionId: market.conditionId,
      yes: levelsOf('YES'),
      no: levelsOf('NO'),
    };
  });
}

/** The wire lists the best price last; whichever way round it comes, ours is best first. */
const bestFirst = (levels: readonly WireLevel[], sign: 1 | -1): WireLevel[] =>
  [...levels].sort(([one], [other]) => sign * (one - other));
