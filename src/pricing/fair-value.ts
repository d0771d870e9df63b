import type { TickBook } from '../domain/book.ts';
import type { Side } from '../domain/market.ts';
import { POINT, type Price, type Shares, sharesToFloat } from '../domain/units.ts';

export type FairValueMethod = 'mid' | 'weightedMid' | 'microprice';

/** The resting remainder of one of our orders, in YES coordinates. */
export interface OwnOrder {
  readonly side: Side;
  readonly price: Price;
  readonly size: Shares;
}

/** What everybody else's resting orders say YES is worth. Points are float; `bestBid` and `bestAsk` are the grid prices used. */
export interface FairValue {
  readonly fairPts: number;
  /** Standard deviation of a value that is equally likely anywhere between the touch: spread / (2 sqrt 3). */
  readonly uncertaintyPts: number;
  readonly spreadPts: number;
  /** (bid - ask) / (bid + ask) over the first five levels, in shares. */
  readonly imbalance: number;
  readonly bestBid: Price;
  readonly bestAsk: Price;
}

export type NoFairValue = 'empty' | 'noBids' | 'noAsks' | 'crossed';

export type FairValueResult = FairValue | { readonly none: NoFairValue };

const DEPTH_LEVELS = 5;

interface SideView {
  /** Tick index of the best level, or -1. */
  readonly bestIndex: number;
  readonly bestShares: number;
  readonly depthShares: number;
}

/**
 * Fair value of YES from a book in YES coordinates, after our own orders and levels under `dust` are taken out:
 * a market maker that prices off its own quote, or off one stray share, follows itself.
 *
 * `mid` = (b + a) / 2. `weightedMid` leans by the depth of five levels, `microprice` by the size at the touch:
 * (b * askSize + a * bidSize) / (bidSize + askSize). Sizes are shares, so the value of NO is always 100 minus that of YES.
 * An empty, one-sided or crossed book has no fair value, and says which it was.
 */
export function fairValue(
  book: TickBook,
  ownOrders: readonly OwnOrder[],
  dust: Shares,
  method: FairValueMethod,
): FairValueResult {
  const bids = viewSide(book, 'BUY', ownOrders, dust);
  const asks = viewSide(book, 'SELL', ownOrders, dust);
  if (bids.bestIndex < 0) return { none: asks.bestIndex < 0 ? 'empty' : 'noBids' };
  if (asks.bestIndex < 0) return { none: 'noAsks' };
  if (bids.bestIndex >= asks.bestIndex) return { none: 'crossed' };
  const bidPts = (bids.bestIndex * book.tick) / POINT;
  const askPts = (asks.bestIndex * book.tick) / POINT;
  const spreadPts = askPts - bidPts;
  return {
    fairPts: bidPts + spreadPts * bidWeight(bids, asks, method),
    uncertaintyPts: spreadPts / (2 * Math.sqrt(3)),
    spreadPts,
    imbalance: (bids.depthShares - asks.depthShares) / (bids.depthShares + asks.depthShares),
    bestBid: (bids.bestIndex * book.tick) as Price,
    bestAsk: (asks.bestIndex * book.tick) as Price,
  };
}

/** How far from the bid towards the ask the value lies, 0 to 1: large bids push it up. */
function bidWeight(bids: SideView, asks: SideView, method: FairValueMethod): number {
  if (method === 'mid') return 0.5;
  if (method === 'weightedMid') return bids.depthShares / (bids.depthShares + asks.depthShares);
  return bids.bestShares / (bids.bestShares + asks.bestShares);
}

function viewSide(book: TickBook, side: Side, ownOrders: readonly OwnOrder[], dust: Shares): SideView {
  const sizes = side === 'BUY' ? book.bids : book.asks;
  const step = side === 'BUY' ? -1 : 1;
  let bestIndex = -1;
  let bestShares = 0;
  let depthShares = 0;
  let levels = 0;
  let index = side === 'BUY' ? book.bestBidIndex : book.bestAskIndex;
  for (; index >= 0 && index < sizes.length && levels < DEPTH_LEVELS; index += step) {
    const resting = sizes[index] as number;
    if (resting === 0) continue;
    const others = resting - ownAt(ownOrders, side, index * book.tick);
    if (others <= 0 || others < dust) continue;
    const othersShares = sharesToFloat(others as Shares);
    if (levels === 0) {
      bestIndex = index;
      bestShares = othersShares;
    }
    depthShares += othersShares;
    levels += 1;
  }
  return { bestIndex, bestShares, depthShares };
}

function ownAt(ownOrders: readonly OwnOrder[], side: Side, at: number): number {
  let own = 0;
  for (const order of ownOrders) if (order.side === side && order.price === at) own += order.size;
  return own;
}

/** Best price of everybody else on one side, dust included: what a post-only order must not reach. Null when there is none. */
export function othersBest(book: TickBook, side: Side, ownOrders: readonly OwnOrder[]): Price | null {
  const sizes = side === 'BUY' ? book.bids : book.asks;
  const step = side === 'BUY' ? -1 : 1;
  let index = side === 'BUY' ? book.bestBidIndex : book.bestAskIndex;
  for (; index >= 0 && index < sizes.length; index += step) {
    const resting = sizes[index] as number;
    if (resting > 0 && resting > ownAt(ownOrders, side, index * book.tick))
      return (index * book.tick) as Price;
  }
  return null;
}
