import type { Level } from '../../domain/book.ts';
import type { Market } from '../../domain/market.ts';
import type { OutcomeLevels, WireLevel } from '../../domain/market-event.ts';
import { complement, MICRO, type Price, type Shares, type Usd } from '../../domain/units.ts';
import type { OwnQuote } from '../../orders/types.ts';
import {
  betterSet,
  type NoSet,
  type OutcomeBook,
  type SetMarket,
  type SetOpportunity,
  type SetResult,
  type SetTerms,
  scanBuyMerge,
  scanSplitSell,
} from '../../pricing/complete-set.ts';

/** Orders are in hundredths of a share. */
const LOT = 10_000;
/** Purchases that take are stated in whole cents. */
const CENT = 10_000;
/** The venue takes no purchase below this from its book. Source: users' reports, an assumption of the local venue. */
const LEAST_PURCHASE = MICRO;
/** How many sizes are tried for one that costs whole cents on both legs. */
const MOST_SIZES = 200_000;

export interface SetInput {
  readonly market: Market;
  /** Both books as one read found them, prices of each outcome, best first. */
  readonly yes: OutcomeLevels;
  readonly no: OutcomeLevels;
  /** Our own orders in YES coordinates: nobody earns by trading with himself. */
  readonly own: readonly OwnQuote[];
  readonly terms: SetTerms;
  /** Dollars and pairs that nothing speaks for. */
  readonly freeCash: Usd;
  readonly freePairs: Shares;
}

export type SetVerdict =
  | { readonly kind: 'trade'; readonly set: SetOpportunity }
  /** Selling pays, and pairs have to be made for it first. */
  | { readonly kind: 'split'; readonly set: SetOpportunity }
  /** `noEdge`: the books do not show it at all. The others: they do, and it is not enough. */
  | { readonly kind: 'none'; readonly because: 'noEdge' | 'wholeCents' | NoSet['because'] };

/** The set worth trading on these books, or why there is none. */
export function planSet(input: SetInput): SetVerdict {
  const set = readMarket(input);
  const { terms, freeCash, freePairs } = input;
  const buying = buyInWholeCents(set, { ...terms, maxCapital: Math.min(terms.maxCapital, freeCash) as Usd });
  // Pairs that are held need no transaction to be sold: what they cost to make is spent.
  const selling = scanSplitSell(upTo(set, 'bids', freePairs), { ...terms, gasPerTransaction: 0 as Usd });
  const best = betterSet(buying.result, selling);
  if (best.kind === 'opportunity') return { kind: 'trade', set: best };
  const made = scanSplitSell(set, { ...terms, maxCapital: Math.min(terms.maxCapital, freeCash) as Usd });
  if (made.kind === 'opportunity') return { kind: 'split', set: made };
  if (buying.isOff) return { kind: 'none', because: 'wholeCents' };
  return { kind: 'none', because: hasEdge(set) ? best.because : 'noEdge' };
}

function hasEdge({ yes, no }: SetMarket): boolean {
  const [yesAsk, noAsk, yesBid, noBid] = [yes.asks[0], no.asks[0], yes.bids[0], no.bids[0]];
  const buys = yesAsk !== undefined && noAsk !== undefined && yesAsk.price < complement(noAsk.price);
  const sells = yesBid !== undefined && noBid !== undefined && yesBid.price > complement(noBid.price);
  return buys || sells;
}

/** The market as it was read, without our own orders and without what is finer than an order can be. */
export function readMarket({
  market,
  yes,
  no,
  own,
}: Pick<SetInput, 'market' | 'yes' | 'no' | 'own'>): SetMarket {
  const ownAt = (side: OwnQuote['side'], at: Price): number =>
    own.reduce((sum, quote) => sum + (quote.side === side && quote.price === at ? quote.size : 0), 0);
  const others = (levels: readonly WireLevel[], ownSize: (at: Price) => number): Level[] =>
    levels
      .map(([price, size]) => ({ price, size: floorLot(size - ownSize(price)) as Shares }))
      .filter(({ size }) => size > 0);
  return {
    marketId: market.conditionId,
    fee: market.fee,
    minOrderSize: market.minOrderSize,
    yes: {
      bids: others(yes.bids, (at) => ownAt('BUY', at)),
      asks: others(yes.asks, (at) => ownAt('SELL', at)),
    },
    no: {
      bids: others(no.bids, (at) => ownAt('SELL', complement(at))),
      asks: others(no.asks, (at) => ownAt('BUY', complement(at))),
    },
  };
}

/**
 * The largest size up to the best one at which each leg costs whole cents: rounding a leg's dollars would leave it with fewer
 * shares than the other. `isOff` where a set pays and no size of it does that.
 */
function buyInWholeCents(
  set: SetMarket,
  terms: SetTerms,
): { readonly result: SetResult; readonly isOff: boolean } {
  const best = scanBuyMerge(set, terms);
  if (best.kind === 'none') return { result: best, isOff: false };
  const least = Math.max(LOT, set.minOrderSize) as Shares;
  const size = wholeCentSize([set.yes.asks, set.no.asks], least, best.size);
  const none: SetResult = { kind: 'none', because: 'belowMinSize', bestProfit: best.profit };
  if (size === null) return { result: none, isOff: true };
  const cut = upTo(set, 'asks', size);
  const result = scanBuyMerge({ ...cut, minOrderSize: size }, terms);
  return { result, isOff: result.kind === 'none' };
}

/** The largest size, from `most` down to `least`, at which buying from each of these asks costs whole cents; null where there is none. */
export function wholeCentSize(
  asks: readonly (readonly Level[])[],
  least: Shares,
  most: Shares,
): Shares | null {
  const isWhole = (levels: readonly Level[], size: number): boolean => {
    const cost = costOf(levels, size);
    return cost % CENT === 0 && cost >= LEAST_PURCHASE;
  };
  let tried = 0;
  for (let size = floorLot(most); size >= least && tried < MOST_SIZES; size -= LOT) {
    if (asks.every((levels) => isWhole(levels, size))) return size as Shares;
    tried += asks.length;
  }
  return null;
}

/** What `size`, in whole lots, costs from the best level on, in micro-dollars; a lot at a price is a whole number of them. */
function costOf(levels: readonly Level[], size: number): number {
  let left = size;
  let cost = 0;
  for (const level of levels) {
    if (left <= 0) break;
    const taken = Math.min(left, level.size);
    cost += level.price * (taken / LOT);
    left -= taken;
  }
  return cost;
}

/** The same books with at most `size` to take on each outcome's `side`. */
export function upTo(set: SetMarket, side: 'bids' | 'asks', size: Shares): SetMarket {
  const cut = (levels: readonly Level[]): Level[] => {
    const kept: Level[] = [];
    let left = floorLot(size);
    for (const level of levels) {
      if (left <= 0) break;
      const taken = Math.min(left, level.size) as Shares;
      kept.push({ price: level.price, size: taken });
      left -= taken;
    }
    return kept;
  };
  const book = (of: OutcomeBook): OutcomeBook => ({ ...of, [side]: cut(of[side]) });
  return { ...set, yes: book(set.yes), no: book(set.no) };
}

const floorLot = (size: number): number => Math.floor(size / LOT) * LOT;
