import { mayBeLive } from '../domain/order.ts';
import { notional, type Shares, type Usd } from '../domain/units.ts';
import type { OrderRecord } from './types.ts';

/** Whether a cancel has ended it and it is not told yet how much of it was matched before that. */
export const isRestUntold = (record: OrderRecord): boolean => record.restUntoldUntilMs !== null;

/**
 * What may still come as fills of this order: all that our fills do not cover while it may be live or its rest is untold, and after
 * that what the venue said was matched and we have no fill for yet.
 */
export function possibleFill(record: OrderRecord): Shares {
  const isOpen = mayBeLive(record.state) || isRestUntold(record);
  const upTo = isOpen ? record.request.size : record.venueMatched;
  return Math.max(0, upTo - record.matched) as Shares;
}

/** What may rest on the venue's book of this order now. */
export const restingSize = (record: OrderRecord): Shares =>
  mayBeLive(record.state) ? unmatchedSize(record) : (0 as Shares);

/** What comes free when this order is replaced: what may rest of it, or what did until a cancel whose matched size is not told yet. */
export const freeableSize = (record: OrderRecord): Shares =>
  mayBeLive(record.state) || isRestUntold(record) ? unmatchedSize(record) : (0 as Shares);

const unmatchedSize = ({ request, matched, venueMatched }: OrderRecord): Shares =>
  Math.max(0, request.size - Math.max(matched, venueMatched)) as Shares;

/** Dollars that this order may still cost; 0 for a sell. */
export function cashOf(record: OrderRecord): Usd {
  if (record.request.side === 'SELL') return 0 as Usd;
  const size = possibleFill(record);
  if (size === 0) return 0 as Usd;
  return (notional(record.request.price, size, 'up') + record.takerFeeBound) as Usd;
}

/** Dollars that come free when this order is replaced; 0 for a sell. What the venue has matched already is spent. */
export const restingCashOf = (record: OrderRecord): Usd =>
  record.request.side === 'SELL' ? (0 as Usd) : notional(record.request.price, freeableSize(record), 'down');
