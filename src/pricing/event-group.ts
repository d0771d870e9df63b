import type { Side } from '../domain/market.ts';
import {
  groupCertaintyEquivalentUsd,
  groupGammaForBudget,
  groupPrice,
  groupReservations,
  logit,
  sigmoid,
} from './bounded.ts';
import type { LossEpoch } from './loss-epoch.ts';

/**
 * Quoting an event of outcomes of which exactly one pays, with one dollar budget for all of it. Outcome i is held as q_i shares: its
 * YES shares, and each share of its NO as a dollar in cash and one share less, which is what it pays. As `loss-epoch.ts` does for one
 * market: within an epoch every fill leaves cash + CE(held) no lower, so no outcome ends below -budgetUsd. Plain data.
 */
export interface GroupEpoch {
  /** One for each outcome, each above 0, together 1. */
  readonly probabilities: readonly number[];
  readonly budgetUsd: number;
  /** Null when the worst outcome of what is held has used the budget up: then only shares beyond the least held outcome may be sold. */
  readonly gammaPerUsd: number | null;
  /** Dollars in minus dollars out over the event from first entry to the start of the epoch. */
  readonly cashUsd: number;
  readonly held: readonly number[];
}

export type GroupPosition = Pick<GroupEpoch, 'cashUsd' | 'held'>;

/** Probabilities must be above 0 and together 1 to this, or the outcomes are not all of them. */
const SUM_NOISE = 1e-9;
const MOST_DOUBLINGS = 20;
const BISECTIONS = 60;
/** A trade may cost this many dollars of certainty equivalent: rounding, not money. */
const NOISE_USD = 1e-9;

/** The first epoch: nothing held or spent, so gamma is max ln(1/p_i) over the budget. */
export const openGroupEpoch = (probabilities: readonly number[], budgetUsd: number): GroupEpoch => ({
  probabilities: checked(probabilities),
  budgetUsd,
  gammaPerUsd: groupGammaForBudget(probabilities, budgetUsd),
  cashUsd: 0,
  held: probabilities.map(() => 0),
});

function checked(probabilities: readonly number[]): readonly number[] {
  const sum = probabilities.reduce((total, p) => total + p, 0);
  if (probabilities.length < 2 || !probabilities.every((p) => p > 0) || Math.abs(sum - 1) > SUM_NOISE)
    throw new RangeError(
      `an event needs two outcomes or more, each above 0 and together 1, found ${probabilities.join(', ')}`,
    );
  return probabilities;
}

/**
 * The most that any outcome and any later flow at prices of (p, gamma) can lose, in dollars from first entry:
 * (1/gamma) max ln(1/p_i) - cash - CE(held). It falls as gamma rises, down to the loss of what is held in its worst outcome.
 */
export const certifiedGroupLossUsd = (
  { cashUsd, held }: GroupPosition,
  probabilities: readonly number[],
  gamma: number,
): number =>
  -Math.log(Math.min(...probabilities)) / gamma -
  cashUsd -
  groupCertaintyEquivalentUsd(probabilities, held, gamma);

/**
 * A new epoch at new probabilities from what the event has brought so far, with the smallest gamma whose certified loss is within
 * the budget. Quotes of the old epoch have to be gone before quotes of the new one are sent.
 */
export function rebaseGroupEpoch(
  probabilities: readonly number[],
  position: GroupPosition,
  budgetUsd: number,
): GroupEpoch {
  const epoch = { ...position, probabilities: checked(probabilities), budgetUsd };
  const isEnough = (gamma: number): boolean =>
    certifiedGroupLossUsd(position, probabilities, gamma) <= budgetUsd;
  let enough = groupGammaForBudget(probabilities, budgetUsd);
  for (let count = 0; !isEnough(enough); count += 1) {
    if (count === MOST_DOUBLINGS) return { ...epoch, gammaPerUsd: null };
    enough *= 2;
  }
  let short = enough / 2;
  for (let count = 0; isEnough(short) && count < MOST_DOUBLINGS; count += 1) {
    enough = short;
    short /= 2;
  }
  for (let count = 0; count < BISECTIONS; count += 1) {
    const middle = (short + enough) / 2;
    if (isEnough(middle)) enough = middle;
    else short = middle;
  }
  return { ...epoch, gammaPerUsd: enough };
}

/** What one outcome is worth to us, in dollars a share: a lot more, the next part of a share, and a lot fewer. */
export interface OutcomePrices {
  readonly bidUsd: number;
  readonly reservationUsd: number;
  readonly askUsd: number;
}

/** Prices of every outcome for what is held now. The reservation prices sum to one; all bids are below, all asks above them. */
export function groupPrices(
  { probabilities, gammaPerUsd }: Pick<GroupEpoch, 'probabilities' | 'gammaPerUsd'>,
  held: readonly number[],
  lotShares: number,
): OutcomePrices[] | null {
  if (gammaPerUsd === null) return null;
  return groupReservations(probabilities, held, gammaPerUsd).map((reservationUsd, index) => ({
    bidUsd: groupPrice(probabilities, held, gammaPerUsd, index, lotShares),
    reservationUsd,
    askUsd: groupPrice(probabilities, held, gammaPerUsd, index, -lotShares),
  }));
}

export interface GroupOrder {
  readonly outcome: number;
  readonly side: Side;
  readonly priceUsd: number;
  readonly shares: number;
}

/**
 * Cuts orders that rest together to sizes with which the budget holds whichever of them fill, in whatever order and parts. Buying one
 * outcome makes every other worth more and itself worth less, so a bid is safe beside bids, and an ask beside asks. A bid has its
 * worst moment when the asks on all other outcomes have filled before it, and an ask when the bids have: each is judged there, after
 * all orders of its own outcome and side that stand before it. Asks are judged after bids, against what was left of them.
 */
export function certifyGroupOrders(
  epoch: GroupEpoch,
  held: readonly number[],
  orders: readonly GroupOrder[],
): GroupOrder[] {
  const certified = orders.map((order) => ({ ...order }));
  for (const side of ['BUY', 'SELL'] as const) {
    for (const [index, order] of certified.entries()) {
      if (order.side !== side) continue;
      const before = worstMoment(held, certified, index);
      certified[index] = { ...order, shares: certifiedOf(epoch, before, order) };
    }
  }
  return certified;
}

/** What is held when everything has filled that makes the order worse: other outcomes' other side, and its own side before it. */
function worstMoment(held: readonly number[], orders: readonly GroupOrder[], which: number): number[] {
  const at = [...held];
  const judged = orders[which];
  for (const [index, { outcome, side, shares }] of orders.entries()) {
    const isOther = outcome !== judged?.outcome && side !== judged?.side;
    const isBefore = outcome === judged?.outcome && side === judged.side && index < which;
    if (isOther || isBefore) at[outcome] = (at[outcome] ?? 0) + (side === 'BUY' ? shares : -shares);
  }
  return at;
}

function certifiedOf(
  { probabilities, gammaPerUsd }: GroupEpoch,
  held: readonly number[],
  { outcome, side, priceUsd, shares }: GroupOrder,
): number {
  if (gammaPerUsd === null) return side === 'SELL' ? excessOf(held, outcome, shares) : 0;
  const sign = side === 'BUY' ? 1 : -1;
  const isKept = (size: number): boolean =>
    size * (groupPrice(probabilities, held, gammaPerUsd, outcome, sign * size) - priceUsd) * sign >=
    -NOISE_USD;
  if (shares <= 0 || isKept(shares)) return shares;
  // The gain is concave in the size and 0 at 0, so below the size that gives nothing all sizes gain.
  let [kept, tooMany] = [0, shares];
  for (let count = 0; count < BISECTIONS; count += 1) {
    const middle = (kept + tooMany) / 2;
    if (isKept(middle)) kept = middle;
    else tooMany = middle;
  }
  return kept;
}

/** Shares held beyond the least held outcome: selling those at any price leaves the worst outcome where it is. */
const excessOf = (held: readonly number[], outcome: number, wanted: number): number =>
  Math.max(0, Math.min(wanted, (held[outcome] ?? 0) - Math.min(...held)));

/**
 * One outcome of the event as a market of its own. With the others held where they are, what it is worth is that of a market whose
 * probability of NO is the others' p_j e^(-gamma q_j) together: so its prices and certified sizes are those of the event.
 */
export function outcomeEpoch(
  { probabilities, budgetUsd, gammaPerUsd, cashUsd, held }: GroupEpoch,
  outcome: number,
): LossEpoch {
  const p = probabilities[outcome] ?? 0;
  const leanLogOdds = gammaPerUsd === null ? 0 : leanOf(probabilities, held, gammaPerUsd, outcome);
  const p0 = sigmoid(logit(p) + leanLogOdds);
  return { p0, budgetUsd, gammaPerUsd, cashUsd, inventoryShares: held[outcome] ?? 0, leanLogOdds };
}

/** -ln of the mean of e^(-gamma q_j) over all other outcomes, weighed by their probabilities. */
function leanOf(p: readonly number[], held: readonly number[], gamma: number, outcome: number): number {
  const others = p.map((value, index) => (index === outcome ? 0 : value / (1 - (p[outcome] ?? 0))));
  const least = Math.min(...held.filter((_, index) => index !== outcome));
  const sum = others.reduce(
    (total, weight, j) => total + weight * Math.exp(-gamma * ((held[j] ?? 0) - least)),
    0,
  );
  return gamma * least - Math.log(sum);
}

/** What all orders on one outcome that may still fill can come to: dollars that its bids take, and its asks lose if it wins. */
export interface OutcomeOrders {
  readonly bidsUsd: number;
  readonly asksUsd: number;
}

/**
 * The least the event can end with whatever wins and whichever orders fill, in whatever order and parts, in dollars from first
 * entry. If i wins, its bids pay and are not filled at worst; of all others the bids cost and the asks pay.
 */
export function worstEndUsd({ cashUsd, held }: GroupPosition, orders: readonly OutcomeOrders[]): number {
  const bidsUsd = orders.reduce((sum, of) => sum + of.bidsUsd, 0);
  const ends = held.map((shares, index) => {
    const own = orders[index];
    return shares - (bidsUsd - (own?.bidsUsd ?? 0)) - (own?.asksUsd ?? 0);
  });
  return cashUsd + Math.min(...ends);
}
