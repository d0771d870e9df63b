import type { Side } from '../domain/market.ts';
import { certaintyEquivalentUsd, gammaForBudget } from './bounded.ts';

/**
 * What the bounded engine's dollar budget is certified against. While quotes are made at `p0` and `gammaPerUsd`, each fill leaves
 * cash + CE(inventory) no lower, so whatever flow comes, the market cannot end below -budgetUsd. When the probability is to follow
 * the market, a new epoch starts from what the old one left: gamma grows with the part of the budget that is spent, so the bound
 * holds over all epochs together. Plain data: the caller keeps it and records each new one.
 */
export interface LossEpoch {
  /** Probability of YES the quotes are made at, strictly between 0 and 1. */
  readonly p0: number;
  readonly budgetUsd: number;
  /** Null when the position's worst outcome has used the budget up: from then on only what reduces may be quoted. */
  readonly gammaPerUsd: number | null;
  /** Dollars in minus dollars out in this market from first entry to the start of the epoch, a YES and NO pair counted as one in. */
  readonly cashUsd: number;
  /** YES minus NO at the start of the epoch. */
  readonly inventoryShares: number;
  /** What is held of the other outcomes of its event moves the probability by this, in log-odds. It is in `p0` already; 0 if absent. */
  readonly leanLogOdds?: number;
}

/** What a market has brought since it was first entered. */
export type LossPosition = Pick<LossEpoch, 'cashUsd' | 'inventoryShares'>;

/** The first epoch: flat, nothing spent, so gamma is ln(1 / min(p0, 1 - p0)) / budget. */
export const openLossEpoch = (p0: number, budgetUsd: number): LossEpoch => ({
  p0,
  budgetUsd,
  gammaPerUsd: gammaForBudget(p0, budgetUsd),
  cashUsd: 0,
  inventoryShares: 0,
});

/**
 * The most that can be lost, over both outcomes and any later flow at prices of (p, gamma), in dollars from first entry:
 * (1/gamma) ln(1/min(p, 1 - p)) - cash - CE(q), in a form that cannot overflow. It falls as gamma rises, down to the loss of the
 * position's own worst outcome.
 */
export function certifiedLossUsd(
  { cashUsd, inventoryShares: q }: LossPosition,
  p: number,
  gamma: number,
): number {
  // With m = min(p, 1 - p): ln((1 - p + p e^(-gamma q)) / m) is ln(a + b e^(-gamma q)), a = (1 - p)/m, b = p/m, one of them 1.
  const least = Math.min(p, 1 - p);
  const [a, b] = [(1 - p) / least, p / least];
  const log =
    q >= 0 ? Math.log(a + b * Math.exp(-gamma * q)) : -gamma * q + Math.log(a * Math.exp(gamma * q) + b);
  return log / gamma - cashUsd;
}

const BISECTIONS = 60;
/** A gamma more than a million times that of a fresh budget would quote nothing that trades. */
const MOST_DOUBLINGS = 20;

/**
 * A new epoch at probability `p` from what the market has brought so far: with the smallest gamma, hence the tightest quotes, whose
 * certified loss is within the budget. Quotes of the old epoch have to be gone before quotes of the new one are sent.
 */
export function rebaseLossEpoch(p: number, position: LossPosition, budgetUsd: number): LossEpoch {
  const epoch = { ...position, p0: p, budgetUsd };
  let enough = gammaForBudget(p, budgetUsd);
  for (let count = 0; certifiedLossUsd(position, p, enough) > budgetUsd; count += 1) {
    if (count === MOST_DOUBLINGS) return { ...epoch, gammaPerUsd: null };
    enough *= 2;
  }
  let short = enough / 2;
  for (
    let count = 0;
    certifiedLossUsd(position, p, short) <= budgetUsd && count < MOST_DOUBLINGS;
    count += 1
  ) {
    enough = short;
    short /= 2;
  }
  for (let count = 0; count < BISECTIONS; count += 1) {
    const middle = (short + enough) / 2;
    if (certifiedLossUsd(position, p, middle) <= budgetUsd) enough = middle;
    else short = middle;
  }
  return { ...epoch, gammaPerUsd: enough };
}

/**
 * Largest number of shares, at most `wanted`, that can trade at `priceUsd` with `inventoryShares` held and leave the epoch's
 * certificate in place: what they bring is at least what they cost in certainty equivalent. 0 when not even a few may.
 */
export function certifiedShares(
  { p0, gammaPerUsd }: Pick<LossEpoch, 'p0' | 'gammaPerUsd'>,
  inventoryShares: number,
  side: Side,
  priceUsd: number,
  wanted: number,
): number {
  const sign = side === 'BUY' ? 1 : -1;
  const reducing = Math.max(0, -sign * inventoryShares);
  // Shares that only shrink the position leave its worst outcome no worse at any price from 0 to 1.
  if (gammaPerUsd === null) return Math.min(wanted, reducing);
  const here = certaintyEquivalentUsd(p0, inventoryShares, gammaPerUsd);
  const keeps = (size: number) =>
    certaintyEquivalentUsd(p0, inventoryShares + sign * size, gammaPerUsd) - sign * size * priceUsd >=
    here - 1e-9;
  if (keeps(wanted)) return wanted;
  // The gain is concave in the size and 0 at 0, so below the size that gives nothing all sizes gain.
  let [kept, tooMany] = [0, wanted];
  for (let count = 0; count < BISECTIONS; count += 1) {
    const middle = (kept + tooMany) / 2;
    if (keeps(middle)) kept = middle;
    else tooMany = middle;
  }
  return kept;
}
