import { mayBeLive } from '../domain/order.ts';
import { notional, type Shares, type Usd } from '../domain/units.ts';
import type { OrderRecord } from './types.ts';

/**
 * What may still come as fills of this order: all that our fills do not cover while it may be live, and once it has ended what
 * the venue said was matched and we have no fill for yet.
 */
export function possibleFill(record: OrderRecord): Shares {
  const upTo = mayBeLive(record.state) ? record.request.size : record.venueMatched;
  return Math.max(0, upTo - record.matched) as Shares;
}

/** What may rest on the venue's book of this order now. */
export const restingSize = (record: OrderRecord): Shares =>
  (mayBeLive(record.state)
    ? Math.max(0, record.request.size - Math.max(record.matched, record.venueMatched))
    : 0) as Shares;

/** Dollars that this order may still cost; 0 for a sell. */
export function cashOf(record: OrderRecord): Usd {
  if (record.request.side === 'SELL') return 0 as Usd;
  const size = possibleFill(record);
  if (size === 0) return 0 as Usd;
  return (notional(record.request.price, size, 'up') + record.takerFeeBound) as Usd;
}

/** Dollars that come free when this order is replaced; 0 for a sell. What the venue has matched already is spent. */
export const restingCashOf = (record: OrderRecord): Usd =>
  record.request.side === 'SELL' ? (0 as Usd) : notional(record.request.price, restingSize(record), 'down');
