import { takerFee } from '../../domain/fee.ts';
import type { FeeSchedule, Outcome } from '../../domain/market.ts';
import {
  MICRO,
  mulDiv,
  PRICE_ONE,
  type Price,
  priceToFloat,
  type Shares,
  type Usd,
  usdToFloat,
} from '../../domain/units.ts';

/** Best prices of one outcome, in its own coordinates. Null where the side is empty. */
export interface OutcomeTouch {
  readonly bid: Price | null;
  readonly ask: Price | null;
}

export interface MarketTouch {
  readonly YES: OutcomeTouch;
  readonly NO: OutcomeTouch;
}

/** One thing that could be bought, with what it costs and what it is worth to us. */
export interface EntryCandidate {
  readonly outcome: Outcome;
  /** Our probability that the outcome pays. */
  readonly probability: number;
  /** The order's price. */
  readonly price: Price;
  readonly feePerShareUsd: number;
  /** Price and fee: what a share costs in all. */
  readonly costPerShareUsd: number;
  /** Probability less cost, in points. */
  readonly edgePts: number;
}

/** Probability of YES as a number, or between two that are both held possible: with drift and without, for example. */
export type YesProbability = number | { readonly low: number; readonly high: number };

const FEE_PROBE = (10_000 * MICRO) as Shares;

/** Taker fee of one share in dollars; asked of many shares at once, because the venue rounds each fee. */
export const feePerShare = (schedule: FeeSchedule, at: Price): number =>
  (usdToFloat(takerFee(schedule, at, FEE_PROBE)) * MICRO) / FEE_PROBE;

/**
 * What buying either outcome would bring, the better one first. Taking costs the ask and the taker fee of the market's own schedule;
 * a post-only order costs the bid that it joins, and no fee where only takers pay. An outcome without that side in the book is no
 * candidate, nor is one whose price leaves nothing to win. Buying NO is the way to sell a YES that is too dear. Between two
 * probabilities each outcome counts with the one that is worse for it, so that an edge has to hold for both.
 */
export function entryCandidates(
  probabilityOfYes: YesProbability,
  touch: MarketTouch,
  fee: FeeSchedule,
  postOnly: boolean,
): EntryCandidate[] {
  const { low, high } =
    typeof probabilityOfYes === 'number'
      ? { low: probabilityOfYes, high: probabilityOfYes }
      : probabilityOfYes;
  if (!(low >= 0 && high >= low && high <= 1))
    throw new RangeError(`probabilities lie between 0 and 1, the lower first; found ${low} and ${high}`);
  const candidates: EntryCandidate[] = [];
  for (const outcome of ['YES', 'NO'] as const) {
    const price = postOnly ? touch[outcome].bid : touch[outcome].ask;
    if (price === null || price <= 0 || price >= PRICE_ONE) continue;
    const probability = outcome === 'YES' ? low : 1 - high;
    const feePerShareUsd = postOnly && fee.takerOnly ? 0 : feePerShare(fee, price);
    const costPerShareUsd = priceToFloat(price) + feePerShareUsd;
    candidates.push({
      outcome,
      probability,
      price,
      feePerShareUsd,
      costPerShareUsd,
      edgePts: 100 * (probability - costPerShareUsd),
    });
  }
  return candidates.sort((a, b) => b.edgePts - a.edgePts);
}

/** The candidate with the most edge, if that is at least `minEdgePts`. */
export function bestEntry(candidates: readonly EntryCandidate[], minEdgePts: number): EntryCandidate | null {
  const [best] = candidates;
  return best !== undefined && best.edgePts > 0 && best.edgePts >= minEdgePts ? best : null;
}

/** Part of the capital that maximises its expected logarithm (Kelly 1956): (p - c) / (1 - c) for a share that costs c and pays 1. */
export function kellyFraction(probability: number, costPerShareUsd: number): number {
  if (!(probability > costPerShareUsd && costPerShareUsd > 0 && costPerShareUsd < 1)) return 0;
  return Math.min(1, (probability - costPerShareUsd) / (1 - costPerShareUsd));
}

export interface StakeTerms {
  /** Part of the full Kelly stake that is used. */
  readonly kellyFraction: number;
  /** Largest stake, in per cent of capital. */
  readonly maxPositionPct: number;
}

const PPM = 1_000_000;

/**
 * Dollars to stake, fees included: Kelly's part of `capital`, times the fraction used, at most the cap, less what is staked on the
 * market `already`, so that an edge that persists is not bought again and again. Rounded down.
 */
export function stakeUsd(
  { probability, costPerShareUsd }: Pick<EntryCandidate, 'probability' | 'costPerShareUsd'>,
  capital: Usd,
  terms: StakeTerms,
  already: Usd = 0 as Usd,
): Usd {
  const share = kellyFraction(probability, costPerShareUsd) * terms.kellyFraction;
  const capped = Math.min(share, terms.maxPositionPct / 100);
  if (!(capped > 0 && capital > 0)) return 0 as Usd;
  // The small push keeps 0.05 of a dollar from becoming 0.0499999: a float on its way down to whole millionths.
  const target = mulDiv(capital, Math.floor(capped * PPM + 1e-6), PPM, 'down');
  return Math.max(0, target - already) as Usd;
}

/** Shares that `stake` pays for, fees included, in whole millionths. */
export const sharesForStake = (stake: Usd, costPerShareUsd: number): Shares =>
  (costPerShareUsd > 0 ? Math.floor(stake / costPerShareUsd) : 0) as Shares;
