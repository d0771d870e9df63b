import type { Side } from '../domain/market.ts';
import type { Markout } from './mark-out.ts';

/** One measured mark-out with what it is grouped by. */
export interface MarkoutObservation {
  readonly markout: Markout;
  readonly marketId: string;
  readonly category: string;
  /** Side in YES coordinates: a bid for NO is SELL. */
  readonly side: Side;
  /** 0 is the tightest quote level. */
  readonly level: number;
  /** Hour of the day in UTC, 0 to 23. */
  readonly hourUtc: number;
}

/** From so many fills on each new one takes the place of an average old one, so that a group follows a market that changes. */
const MOST_COUNT = 500;

/** Count, mean and sum of squared differences from it (Welford), of points and of basis points. */
export interface MarkoutTally {
  count: number;
  meanPts: number;
  m2Pts: number;
  meanBps: number;
}

/** Tallies by group, for one horizon. Late measurements are counted and left out: they belong to no horizon. */
export interface MarkoutBooks {
  readonly horizonMs: number;
  /** `market|m`, `side|m|BUY`, `level|m|0`, `hour|m|13`, `category|c`. */
  tallies: Map<string, MarkoutTally>;
  lateLeftOut: number;
}

export const createMarkoutBooks = (horizonMs: number): MarkoutBooks => ({
  horizonMs,
  tallies: new Map(),
  lateLeftOut: 0,
});

/** The group keys of one observation. */
export const markoutKeys = (of: Omit<MarkoutObservation, 'markout'>) => ({
  category: `category|${of.category}`,
  market: `market|${of.marketId}`,
  side: `side|${of.marketId}|${of.side}`,
  level: `level|${of.marketId}|${of.level}`,
  hour: `hour|${of.marketId}|${of.hourUtc}`,
});

/** Adds one measurement to its market, side, level, hour and category. Other horizons are left alone; returns whether it counted. */
export function addMarkout(books: MarkoutBooks, observation: MarkoutObservation): boolean {
  const { markout } = observation;
  if (markout.horizonMs !== books.horizonMs) return false;
  if (markout.isLate) {
    books.lateLeftOut += 1;
    return false;
  }
  for (const key of Object.values(markoutKeys(observation))) {
    const tally = books.tallies.get(key) ?? { count: 0, meanPts: 0, m2Pts: 0, meanBps: 0 };
    if (tally.count >= MOST_COUNT) {
      tally.m2Pts *= (MOST_COUNT - 1) / tally.count;
      tally.count = MOST_COUNT - 1;
    }
    tally.count += 1;
    const before = markout.adversePts - tally.meanPts;
    tally.meanPts += before / tally.count;
    tally.m2Pts += before * (markout.adversePts - tally.meanPts);
    tally.meanBps += (markout.adverseBps - tally.meanBps) / tally.count;
    books.tallies.set(key, tally);
  }
  return true;
}

export interface MarkoutEstimate {
  readonly count: number;
  /** The group's own mean, and the mean shrunk to its category: the one to act on. */
  readonly meanPts: number;
  readonly shrunkPts: number;
  readonly shrunkBps: number;
  readonly sdPts: number;
  /** Standard error of `meanPts`. */
  readonly sePts: number;
  /** How much of `shrunkPts` is the group's own, from 0 to 1. */
  readonly ownWeight: number;
  /** Whether the group alone has the fills to see the least shift. */
  readonly isEnough: boolean;
  readonly neededFills: number;
}

/** Standard deviation of a mark-out where a group is too small to have one, and the least shift worth seeing. Pricing notes 5.6. */
export const MARKOUT_SD_PTS = 1.5;
export const LEAST_SHIFT_PTS = 0.3;
const Z_95 = 1.959963984540054;
const Z_POWER_80 = 0.8416212335729143;
const LEAST_FOR_SD = 10;

/** Fills needed before a mean mark-out of `shiftPts` lies outside its 95 % interval around 0; with `power80`, in four cases of five. */
export function fillsNeeded(sdPts: number, shiftPts: number, power80 = false): number {
  const z = Z_95 + (power80 ? Z_POWER_80 : 0);
  return Math.ceil(((z * sdPts) / shiftPts) ** 2);
}

/**
 * The estimate for one group of one market, shrunk to its category by (sd / least shift)^2 fills: so many carry as much as the
 * expected difference between markets. Null when neither the group nor its category has been measured.
 */
export function estimateMarkout(
  books: MarkoutBooks,
  groupKey: string,
  categoryKey: string,
): MarkoutEstimate | null {
  const own = books.tallies.get(groupKey);
  const category = books.tallies.get(categoryKey);
  const reference = category ?? own;
  if (reference === undefined) return null;
  const count = own?.count ?? 0;
  const sdPts = sdOf(own) ?? sdOf(category) ?? MARKOUT_SD_PTS;
  const pseudoFills = (sdPts / LEAST_SHIFT_PTS) ** 2;
  const ownWeight = count === 0 ? 0 : count / (count + pseudoFills);
  const shrink = (mine: number, theirs: number) => ownWeight * mine + (1 - ownWeight) * theirs;
  const neededFills = fillsNeeded(sdPts, LEAST_SHIFT_PTS);
  return {
    count,
    meanPts: own?.meanPts ?? reference.meanPts,
    shrunkPts: shrink(own?.meanPts ?? 0, reference.meanPts),
    shrunkBps: shrink(own?.meanBps ?? 0, reference.meanBps),
    sdPts,
    sePts: count === 0 ? sdPts : sdPts / Math.sqrt(count),
    ownWeight,
    isEnough: count >= neededFills,
    neededFills,
  };
}

/** Drops the groups of markets that are not kept, so that the books are bounded by the markets there are. Categories stay. */
export function forgetMarkouts(books: MarkoutBooks, isKept: (marketId: string) => boolean): void {
  for (const key of books.tallies.keys()) {
    const [group, of = ''] = key.split('|');
    if (group !== 'category' && !isKept(of)) books.tallies.delete(key);
  }
}

/**
 * The mean cost of a fill to quote with: the group shrunk to its category, and that to 0 by the fills that it takes to tell a shift
 * from chance, because a category of one fill knows no more than the fill. Null while nothing is measured.
 */
export function believedMarkoutPts(
  books: MarkoutBooks,
  groupKey: string,
  categoryKey: string,
): number | null {
  const estimate = estimateMarkout(books, groupKey, categoryKey);
  if (estimate === null) return null;
  const measured = books.tallies.get(categoryKey)?.count ?? estimate.count;
  return (estimate.shrunkPts * measured) / (measured + (estimate.sdPts / LEAST_SHIFT_PTS) ** 2);
}

const sdOf = (tally: MarkoutTally | undefined): number | null =>
  tally === undefined || tally.count < LEAST_FOR_SD || !(tally.m2Pts > 0)
    ? null
    : Math.sqrt(tally.m2Pts / (tally.count - 1));
