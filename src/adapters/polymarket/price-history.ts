import type { TokenId } from '../../domain/market.ts';
import type { PriceHistoryPoint } from '../../domain/market-event.ts';
import { PRICE_ONE, type Price } from '../../domain/units.ts';
import type { HttpCall, HttpClient } from './http.ts';
import { judged } from './signed-calls.ts';
import { asArray, asObject, WireFault } from './wire/fields.ts';

/** The last price of each step since then, oldest first. The venue counts in seconds, and steps in minutes. */
export async function readPriceHistory(
  http: HttpClient,
  nowMs: number,
  terms: { readonly tokenId: TokenId; readonly sinceMs: number; readonly stepMs: number },
  signal: AbortSignal,
): Promise<PriceHistoryPoint[]> {
  const { tokenId, sinceMs, stepMs } = terms;
  const fidelity = Math.max(1, Math.round(stepMs / 60_000));
  const query = `market=${tokenId}&startTs=${Math.floor(sinceMs / 1_000)}&endTs=${Math.floor(nowMs / 1_000)}&fidelity=${fidelity}`;
  const call: HttpCall = { method: 'GET', path: '/prices-history', query };
  const found = await http.json(call, signal);
  return judged(call, found, () =>
    asArray(asObject(found, 'the history').history, 'history')
      .map(pointOf)
      .sort((a, b) => a.atMs - b.atMs),
  );
}

/** Times are seconds. Prices are JSON numbers with more digits than any tick, since they are averages. */
function pointOf(row: unknown): PriceHistoryPoint {
  const { t, p } = asObject(row, 'history[]');
  if (typeof t !== 'number' || !Number.isFinite(t)) throw new WireFault('t', 'unix seconds', t);
  const fraction = typeof p === 'string' ? Number(p) : p;
  if (typeof fraction !== 'number' || !(fraction >= 0 && fraction <= 1))
    throw new WireFault('p', 'a price between 0 and 1', p);
  return { atMs: Math.floor(t * 1_000), price: Math.round(fraction * PRICE_ONE) as Price };
}
