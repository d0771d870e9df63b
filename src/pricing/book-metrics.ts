import { bestAsk, bestBid, isCrossed, levelsOf, type TickBook } from '../domain/book.ts';
import type { Side } from '../domain/market.ts';
import { POINT, priceToFloat, sharesToFloat } from '../domain/units.ts';

/** Distances from the mid, in points, within which depth is added up. */
export const DEPTH_BANDS_PTS = [1, 2, 5] as const;

/** One book at one moment. Points of YES, dollars, shares. */
export interface BookMetrics {
  readonly bidPts: number;
  readonly askPts: number;
  readonly midPts: number;
  readonly spreadPts: number;
  /** Dollars resting within 1, 2 and 5 points of the mid: a bid at its price, an ask at what buying NO there costs. */
  readonly bidDepthUsd: readonly number[];
  readonly askDepthUsd: readonly number[];
  /** (bids - asks) / (bids + asks) of the shares within 5 points, -1 to 1; 0 where there are none. */
  readonly imbalance: number;
}

/** What the book looks like; null while a side is empty or the two sides cross. Our own orders are to be taken out before. */
export function bookMetrics(book: TickBook): BookMetrics | null {
  const bid = bestBid(book);
  const ask = bestAsk(book);
  if (bid === null || ask === null || isCrossed(book)) return null;
  const midPts = (bid + ask) / 2 / POINT;
  const bids = bandsOf(book, 'BUY', midPts);
  const asks = bandsOf(book, 'SELL', midPts);
  const total = bids.shares + asks.shares;
  return {
    bidPts: bid / POINT,
    askPts: ask / POINT,
    midPts,
    spreadPts: (ask - bid) / POINT,
    bidDepthUsd: bids.depthUsd,
    askDepthUsd: asks.depthUsd,
    imbalance: total > 0 ? (bids.shares - asks.shares) / total : 0,
  };
}

function bandsOf(book: TickBook, side: Side, midPts: number): { depthUsd: number[]; shares: number } {
  const depthUsd = DEPTH_BANDS_PTS.map(() => 0);
  let shares = 0;
  for (const level of levelsOf(book, side, Number.MAX_SAFE_INTEGER)) {
    const distancePts = Math.abs(level.price / POINT - midPts);
    if (distancePts > WIDEST_BAND_PTS) break;
    const size = sharesToFloat(level.size);
    const cost = side === 'BUY' ? priceToFloat(level.price) : 1 - priceToFloat(level.price);
    shares += size;
    for (const [index, band] of DEPTH_BANDS_PTS.entries())
      if (distancePts <= band) depthUsd[index] = (depthUsd[index] as number) + size * cost;
  }
  return { depthUsd, shares };
}

const WIDEST_BAND_PTS = Math.max(...DEPTH_BANDS_PTS);
