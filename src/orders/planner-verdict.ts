import type { Price } from '../domain/units.ts';
import { yesPriceOf, yesSideOf } from '../domain/yes-coordinates.ts';
import { restingSize } from './order-size.ts';
import type { PlanInput } from './planner.ts';
import { moveGain, outwardPts } from './quote-worth.ts';
import type { DesiredQuote, OrderRecord } from './types.ts';

/** What becomes of one resting order. `isUrgent`: it goes whether or not anything can take its place. */
export interface Verdict {
  readonly move: boolean;
  readonly isUrgent: boolean;
  readonly reason: string;
}

const stays = (reason: string): Verdict => ({ move: false, isUrgent: false, reason });
const moves = (reason: string): Verdict => ({ move: true, isUrgent: false, reason });
const goes = (reason: string): Verdict => ({ move: true, isUrgent: true, reason });

/** Whether a cancel with this reason takes an order away that loses money while it rests. */
export const isDangerous = (reason: string): boolean => reason.startsWith('dangerous');

/** Whether an order that is kept for this reason is simply as it should be, or will be at the next look. */
export const isRoutine = (reason: string): boolean =>
  reason === 'its price may stay' || reason.endsWith('not answered yet') || reason.endsWith('is on its way');

export const ageMsOf = (input: PlanInput, record: OrderRecord): number =>
  input.nowMs - (record.inFlightAtMs ?? record.approvedAtMs);

/** Decides on one order of a wanted quote by state, price and age. */
export function judge(input: PlanInput, quote: DesiredQuote, record: OrderRecord): Verdict {
  const { rules } = input;
  const danger = dangerOf(input, record);
  if (danger !== null) return goes(danger);
  if (record.state === 'unknown') return goes('unknown: cancelled whatever it is');
  if (record.state === 'cancelInFlight') return goes('its cancel has not been confirmed');
  if (record.state === 'approved' || record.state === 'inFlight') return stays('not answered yet');
  const distance = Math.abs(yesPriceOf(record.request) - quote.price);
  const ageMs = ageMsOf(input, record);
  if (distance > 0 && distance >= rules.cancelPriceThreshold)
    return moves('its price is far from the wanted one');
  if (ageMs >= rules.maxAgeMs) return moves('older than a quote may be');
  if (distance === 0 || distance < rules.requoteThreshold) return stays('its price may stay');
  if (ageMs < rules.minLifetimeMs) return stays('younger than its minimum lifetime');
  return isQueueWorthMore(input, quote, record)
    ? stays('its place in the queue is worth more than the better price')
    : moves('its price has moved');
}

/** Only for an order further out than wanted: nearer it gives more away than today's price does, whatever its place is worth. */
function isQueueWorthMore({ worth }: PlanInput, quote: DesiredQuote, record: OrderRecord): boolean {
  if (worth === null || record.queueAhead == null) return false;
  const price = yesPriceOf(record.request);
  if (outwardPts(quote, price) < 0) return false;
  return moveGain(worth, quote, price, restingSize(record), record.queueAhead) <= 0;
}

/** Why this order must go at once, whatever its age: it gives away money at the new limits or stands against a wanted quote. */
export function dangerOf(input: PlanInput, record: OrderRecord): string | null {
  const price = yesPriceOf(record.request);
  const isBid = yesSideOf(record.request) === 'BUY';
  const { maxBid, minAsk } = input.safe;
  // What is wanted now is safe by that alone, even beyond a limit: an engine that unwinds may bid above the fair value.
  if (isBid && maxBid !== null && price > Math.max(maxBid, bestWanted(input, 'BUY')))
    return 'dangerous: bid above its limit';
  if (!isBid && minAsk !== null && price < Math.min(minAsk, bestWanted(input, 'SELL')))
    return 'dangerous: ask below its limit';
  for (const quote of input.desired) {
    if (isBid && quote.side === 'SELL' && price >= quote.price)
      return 'dangerous: bid at or above the wanted ask';
    if (!isBid && quote.side === 'BUY' && price <= quote.price)
      return 'dangerous: ask at or below the wanted bid';
  }
  return null;
}

/** The most aggressive price that is wanted on a side; one that limits nothing when there is none. */
function bestWanted({ desired }: PlanInput, side: 'BUY' | 'SELL'): number {
  let best = side === 'BUY' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  for (const quote of desired) {
    if (quote.side !== side) continue;
    const price: Price = quote.price;
    best = side === 'BUY' ? Math.max(best, price) : Math.min(best, price);
  }
  return best;
}
