import type { Side } from '../domain/market.ts';
import { MICRO, POINT, type Price } from '../domain/units.ts';
import type { DesiredQuote } from './types.ts';

/**
 * What resting at one price is worth against resting at another, so that a better price can be weighed against a place in the
 * queue. Fills come at A e^(-k depth), and the wanted price is taken to be the best: the depth 1/k + m, where m is what a fill
 * costs afterwards (pricing notes 5.6). Then an order `d` points further out earns (1/k + d) e^(-k d) for each unit of A, which is
 * most at d = 0, little less beside it, and negative from 1/k inwards. A flow of the order's own size reaches it through the
 * queue with the chance size / (size + ahead).
 */
export interface WorthModel {
  /** How fast fills grow rare with depth, in 1/pt. */
  readonly kPerPt: number;
  /** Shares of others that rest at a YES price, in millionths: the queue that a new order joins. */
  readonly othersAt: (side: Side, price: Price) => number;
}

const MICRO_USD_PER_PT_SHARE = MICRO / 100;

/** Micro-dollars that `size` (millionths of a share) is worth `outwardPts` further out than wanted, behind `ahead`. */
export function restingWorth(kPerPt: number, outwardPts: number, size: number, ahead: number): number {
  if (size <= 0) return 0;
  const perShare = (1 / kPerPt + outwardPts) * Math.exp(-kPerPt * outwardPts);
  return perShare * MICRO_USD_PER_PT_SHARE * (size / MICRO) * (size / (size + Math.max(0, ahead)));
}

/** How many points further out than wanted a price is; negative when it is nearer. */
export const outwardPts = (quote: DesiredQuote, price: Price): number =>
  ((quote.side === 'BUY' ? quote.price - price : price - quote.price) / POINT) as number;

/** What moving `size` from `price`, behind `ahead`, to the wanted price brings; the queue that is given up counts against it. */
export function moveGain(
  model: WorthModel,
  quote: DesiredQuote,
  price: Price,
  size: number,
  ahead: number,
): number {
  const joins = model.othersAt(quote.side, quote.price);
  return (
    restingWorth(model.kPerPt, 0, size, joins) -
    restingWorth(model.kPerPt, outwardPts(quote, price), size, ahead)
  );
}
