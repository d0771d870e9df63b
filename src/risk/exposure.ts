import { mulDiv, notional, PRICE_ONE, type Price, type Shares, type Usd } from '../domain/units.ts';

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

/** The largest exposure that the account's value allows. */
export const totalCap = (equity: Usd, maxTotalExposureBps: number): Usd =>
  mulDiv(Math.max(0, equity), maxTotalExposureBps, 10_000, 'down') as Usd;
