import type { Side } from '../domain/market.ts';
import type { OrderRequest } from '../domain/order.ts';
import { mulDiv, notional, PRICE_ONE, type Price, type Shares, type Usd } from '../domain/units.ts';
import { yesSideOf } from '../domain/yes-coordinates.ts';

/** What is or may come to be held in one market, in the worst reading of everything that is not certain. */
export interface MarketRisk {
  /** Least and most net position, YES minus NO, over all ways in which provisional trades may still end. */
  leastNet: number;
  mostNet: number;
  /** Shares that live bids (in YES coordinates) may still add, and live asks take away. Unknown orders count. */
  liveBidShares: number;
  liveAskShares: number;
  /** YES mark, from the last trusted book. */
  mark: Price;
}

/** Shares that an order on this side may have without turning the market's net position round, however provisional trades end. */
export const closableShares = (risk: MarketRisk, order: Pick<OrderRequest, 'outcome' | 'side'>): number =>
  Math.max(
    0,
    yesSideOf(order) === 'BUY' ? -risk.mostNet - risk.liveBidShares : risk.leastNet - risk.liveAskShares,
  );

/**
 * Dollars at risk: what is lost if the worse outcome happens after the worse side of our orders has filled. A YES and a NO
 * share together are a dollar and are not at risk.
 */
export function exposureOf(risk: MarketRisk): Usd {
  const long = Math.max(0, risk.mostNet + risk.liveBidShares);
  const short = Math.max(0, -risk.leastNet + risk.liveAskShares);
  const lostIfNo = notional(risk.mark, long as Shares, 'up');
  const lostIfYes = notional((PRICE_ONE - risk.mark) as Price, short as Shares, 'up');
  return Math.max(lostIfNo, lostIfYes) as Usd;
}

/**
 * Dollars at risk over markets of which at most one resolves YES: what is lost in the worst outcome after the worst orders have
 * filled. What one market loses another may win in the same outcome, so the sum is never more than those of the markets alone. With
 * `oneWins` one of just these markets resolves YES; otherwise an outcome beyond them may win, and all of them may resolve NO.
 */
export function eventExposureOf(risks: readonly MarketRisk[], oneWins: boolean): Usd {
  let ifNoneWins = 0;
  let worstWin = Number.NEGATIVE_INFINITY;
  for (const risk of risks) {
    const ifNo = ifNoUsd(risk);
    ifNoneWins += ifNo;
    worstWin = Math.max(worstWin, ifYesUsd(risk) - ifNo);
  }
  // If one wins, all others lose: what they cost together is the sum less its own part.
  const worst = oneWins ? ifNoneWins + worstWin : ifNoneWins + Math.max(0, worstWin);
  return Math.max(0, worst) as Usd;
}

/**
 * The same over those outcomes only in which a further order on this side of `own` can lose: all that `own` does not win for a bid,
 * and the one that it wins for an ask.
 */
export function eventLossOn(
  side: Side,
  own: MarketRisk,
  others: readonly MarketRisk[],
  oneWins: boolean,
): Usd {
  let ifNoneWins = ifNoUsd(own);
  let worstWin = side === 'SELL' ? ifYesUsd(own) - ifNoUsd(own) : Number.NEGATIVE_INFINITY;
  if (side === 'BUY' && !oneWins) worstWin = 0;
  for (const other of others) {
    ifNoneWins += ifNoUsd(other);
    if (side === 'BUY') worstWin = Math.max(worstWin, ifYesUsd(other) - ifNoUsd(other));
  }
  return Math.max(0, ifNoneWins + worstWin) as Usd;
}

const ifNoUsd = ({ mark, mostNet, liveBidShares }: MarketRisk): number =>
  lossUsd(mark, mostNet + liveBidShares);
const ifYesUsd = ({ mark, leastNet, liveAskShares }: MarketRisk): number =>
  lossUsd((PRICE_ONE - mark) as Price, liveAskShares - leastNet);

/** What `shares` lose at this price a share; a gain, rounded down, when they are negative. */
const lossUsd = (price: Price, shares: number): number =>
  shares >= 0 ? notional(price, shares as Shares, 'up') : -notional(price, -shares as Shares, 'down');

/** The largest exposure that the account's value allows. */
export const totalCap = (equity: Usd, maxTotalExposureBps: number): Usd =>
  mulDiv(Math.max(0, equity), maxTotalExposureBps, 10_000, 'down') as Usd;
