import type { Outcome, Side } from '../domain/market.ts';
import { complement, mulDiv, notional, type Price, type Shares, type Usd } from '../domain/units.ts';
import { yesPriceOf } from '../domain/yes-coordinates.ts';

/** How trading went. Formulas and units: `docs/metrics.md`. A measure that has no value says why, instead of a number that misleads. */
export interface TradeFill {
  readonly fillId: string;
  readonly marketId: string;
  readonly outcome: Outcome;
  readonly side: Side;
  /** Price of `outcome`. */
  readonly price: Price;
  readonly size: Shares;
  readonly fee: Usd;
  readonly atMs: number;
}

/** Shares that were opened and closed again. Buying NO closes bought YES: together they are a dollar. */
export interface RoundTrip {
  readonly marketId: string;
  readonly direction: 'long' | 'short';
  readonly size: Shares;
  readonly entryFillId: string;
  readonly exitFillId: string;
  /** What its shares were worth at the two prices, in YES coordinates. */
  readonly entryValue: Usd;
  readonly exitValue: Usd;
  /** Fees of both sides. */
  readonly fees: Usd;
  readonly openedAtMs: number;
  readonly closedAtMs: number;
  /** Net of both sides' fees, in whole micro-dollars; the parts of a fill add up to the fill. */
  readonly pnl: Usd;
}

/** Shares that are still open, oldest first. They are no loss until they are closed. */
export interface OpenLot {
  readonly fillId: string;
  readonly marketId: string;
  readonly direction: 'long' | 'short';
  readonly size: Shares;
  /** What they are worth at the price they were opened at, in YES coordinates, and the fee paid for them. */
  readonly value: Usd;
  readonly fee: Usd;
  readonly openedAtMs: number;
}

export interface RoundTrips {
  readonly trips: readonly RoundTrip[];
  readonly open: readonly OpenLot[];
}

/** Matches fills first in, first out, per market, in YES coordinates. Fills must be in time order. */
export function roundTripsOf(fills: readonly TradeFill[]): RoundTrips {
  const open = new Map<string, OpenLot[]>();
  const trips: RoundTrip[] = [];
  for (const fill of fills) {
    const lots = open.get(fill.marketId) ?? [];
    open.set(fill.marketId, lots);
    trips.push(...matchFill(lots, fill));
  }
  return { trips, open: [...open.values()].flat() };
}

/** Closes the oldest of one market's `lots` by a fill; what is left of the fill becomes a lot. Changes `lots`. */
export function matchFill(lots: OpenLot[], fill: TradeFill): RoundTrip[] {
  const trips: RoundTrip[] = [];
  let rest = lotOf(fill);
  while (rest.size > 0) {
    const first = lots[0];
    if (first === undefined || first.direction === rest.direction) {
      lots.push(rest);
      break;
    }
    const size = Math.min(first.size, rest.size) as Shares;
    const [opened, left] = cut(first, size);
    const [closed, remaining] = cut(rest, size);
    trips.push(tripOf(opened, closed, fill.atMs));
    if (left.size > 0) lots[0] = left;
    else lots.shift();
    rest = remaining;
  }
  return trips;
}

/** Closes all of one market's `lots` at what a YES share paid out when the market was settled. Empties `lots`. */
export function settleLots(lots: OpenLot[], payout: Price, settlementId: string, atMs: number): RoundTrip[] {
  const fee = 0 as Usd;
  return lots
    .splice(0)
    .map((lot) =>
      tripOf(lot, { ...lot, fillId: settlementId, value: notional(payout, lot.size), fee }, atMs),
    );
}

function tripOf(opened: OpenLot, closed: OpenLot, closedAtMs: number): RoundTrip {
  const gain = opened.direction === 'long' ? closed.value - opened.value : opened.value - closed.value;
  const fees = opened.fee + closed.fee;
  return {
    marketId: opened.marketId,
    direction: opened.direction,
    size: opened.size,
    entryFillId: opened.fillId,
    exitFillId: closed.fillId,
    entryValue: opened.value,
    exitValue: closed.value,
    fees: fees as Usd,
    openedAtMs: opened.openedAtMs,
    closedAtMs,
    pnl: (gain - fees) as Usd,
  };
}

function lotOf(fill: TradeFill): OpenLot {
  const yesPrice = yesPriceOf(fill);
  return {
    fillId: fill.fillId,
    marketId: fill.marketId,
    direction: (fill.side === 'BUY') === (fill.outcome === 'YES') ? 'long' : 'short',
    size: fill.size,
    value: notional(yesPrice, fill.size),
    fee: fill.fee,
    openedAtMs: fill.atMs,
  };
}

/** The first `size` shares of a lot and the rest. Value and fee of the two add up to the lot's, to the micro-dollar. */
function cut(lot: OpenLot, size: Shares): readonly [OpenLot, OpenLot] {
  const value = mulDiv(lot.value, size, lot.size, 'down') as Usd;
  const fee = mulDiv(lot.fee, size, lot.size, 'down') as Usd;
  return [
    { ...lot, size, value, fee },
    {
      ...lot,
      size: (lot.size - size) as Shares,
      value: (lot.value - value) as Usd,
      fee: (lot.fee - fee) as Usd,
    },
  ];
}

/** A number, or null with the reason why there is none. */
export type Measure<Reason extends string> =
  | { readonly value: number }
  | { readonly value: null; readonly because: Reason };

/** What round trips gained and lost; both are positive. */
export interface GainsAndLosses {
  gains: Usd;
  losses: Usd;
  trips: number;
}

export function addTrip(sums: GainsAndLosses, { pnl }: Pick<RoundTrip, 'pnl'>): void {
  if (pnl > 0) sums.gains = (sums.gains + pnl) as Usd;
  else sums.losses = (sums.losses - pnl) as Usd;
  sums.trips += 1;
}

/** Gains of winning round trips over losses of losing ones. Without losses it has no value: infinity says nothing. */
export function profitFactorOf({
  gains,
  losses,
  trips,
}: GainsAndLosses): Measure<'noRoundTrips' | 'noLosses'> {
  if (trips === 0) return { value: null, because: 'noRoundTrips' };
  return losses === 0 ? { value: null, because: 'noLosses' } : { value: gains / losses };
}

export function profitFactor(
  trips: readonly RoundTrip[],
): Measure<'noRoundTrips' | 'noLosses'> & GainsAndLosses {
  const sums: GainsAndLosses = { gains: 0 as Usd, losses: 0 as Usd, trips: 0 };
  for (const trip of trips) addTrip(sums, trip);
  return { ...sums, ...profitFactorOf(sums) };
}

export interface DayResult {
  readonly pnlNet: Usd;
  /** Account value at the start of the day: what the day's return is of. */
  readonly openingValue: Usd;
}

const DAYS_A_YEAR = 365;
const SHARPE_DAYS = 7;
/** Returns that differ by less than this part of their size are equal: the rest is rounding of floats. */
const SAME = 1e-9;

/**
 * Mean over sample standard deviation of the daily returns of the last seven days, times the square root of 365. Equal returns have
 * no deviation and so no ratio; one day has no sample; a day that opened without value has no return.
 */
export function sharpe7d(days: readonly DayResult[]): Measure<'tooFewDays' | 'noVariance' | 'noValue'> {
  const last = days.slice(-SHARPE_DAYS);
  if (last.some((day) => day.openingValue <= 0)) return { value: null, because: 'noValue' };
  if (last.length < 2) return { value: null, because: 'tooFewDays' };
  const returns = last.map((day) => day.pnlNet / day.openingValue);
  const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
  const squares = returns.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.sqrt(squares / (returns.length - 1));
  const largest = Math.max(...returns.map(Math.abs));
  if (deviation <= SAME * largest) return { value: null, because: 'noVariance' };
  return { value: (mean / deviation) * Math.sqrt(DAYS_A_YEAR) };
}

/** A fill with the mid of YES just before it, and the quote that it hit. */
export interface QuotedFill extends TradeFill {
  readonly midAtFillPts: number;
  readonly quoteId: string | null;
  /** Distance between the quote's bid and ask in points; null for a one-sided quote. */
  readonly quotedSpreadPts: number | null;
}

const PTS_PER_PRICE = 0.01;
const BPS = 10_000;

const isLong = (fill: TradeFill): boolean => (fill.side === 'BUY') === (fill.outcome === 'YES');
const yesPts = (fill: TradeFill): number =>
  (fill.outcome === 'YES' ? fill.price : complement(fill.price)) * PTS_PER_PRICE;

/** A mean weighted by shares that is still being taken. */
export interface WeightedSum {
  sum: number;
  weight: number;
}

export const noSum = (): WeightedSum => ({ sum: 0, weight: 0 });

export function addWeighted(mean: WeightedSum, value: number, weight: number): void {
  mean.sum += value * weight;
  mean.weight += weight;
}

export const weightedMean = ({ sum, weight }: WeightedSum): number | null =>
  weight > 0 ? sum / weight : null;

/** How much better than the mid fills were, in basis points of the traded outcome's mid, weighted by shares. Null without fills. */
export function fillQualityBps(fills: readonly QuotedFill[]): number | null {
  const quality = noSum();
  for (const fill of fills) addFillQuality(quality, fill);
  return weightedMean(quality);
}

export function addFillQuality(
  quality: WeightedSum,
  fill: TradeFill & { readonly midAtFillPts: number },
): void {
  const mid = fill.outcome === 'YES' ? fill.midAtFillPts : 100 - fill.midAtFillPts;
  if (!(mid > 0)) return;
  const better = isLong(fill) ? fill.midAtFillPts - yesPts(fill) : yesPts(fill) - fill.midAtFillPts;
  addWeighted(quality, (better / mid) * BPS, fill.size);
}

/** What was bought and sold in one market by quotes, in YES coordinates: shares, and points times shares. */
export interface MarketHits {
  readonly quotedSpread: WeightedSum;
  readonly bought: WeightedSum;
  readonly sold: WeightedSum;
}

/** By market. */
export type SpreadHits = Map<string, MarketHits>;

/**
 * Part of the quoted spread that was earned: (mean sale - mean purchase) / mean quoted spread of each market in YES coordinates,
 * weighted by the shares that went both ways. 1 is all of it; less when the mid moved against what was held in between. By market
 * and not by quote, whose two prices are a spread apart by definition. Null while nothing went both ways.
 */
export function spreadCapture(fills: readonly QuotedFill[]): number | null {
  const hits: SpreadHits = new Map();
  for (const fill of fills) addSpreadHit(hits, fill);
  return spreadCaptureOf(hits);
}

export function addSpreadHit(hits: SpreadHits, fill: TradeFill & Pick<QuotedFill, 'quotedSpreadPts'>): void {
  if (fill.quotedSpreadPts === null || !(fill.quotedSpreadPts > 0)) return;
  let market = hits.get(fill.marketId);
  if (market === undefined) {
    market = { quotedSpread: noSum(), bought: noSum(), sold: noSum() };
    hits.set(fill.marketId, market);
  }
  addWeighted(market.quotedSpread, fill.quotedSpreadPts, fill.size);
  addWeighted(isLong(fill) ? market.bought : market.sold, yesPts(fill), fill.size);
}

export function spreadCaptureOf(hits: SpreadHits): number | null {
  const captured = noSum();
  for (const { quotedSpread, bought, sold } of hits.values()) {
    const size = Math.min(bought.weight, sold.weight);
    if (size === 0) continue;
    const earned = sold.sum / sold.weight - bought.sum / bought.weight;
    addWeighted(captured, earned / (quotedSpread.sum / quotedSpread.weight), size);
  }
  return weightedMean(captured);
}

/** Net YES shares from `atMs` on. */
export interface InventoryPoint {
  readonly atMs: number;
  readonly netShares: Shares;
}

const DAY_MS = 86_400_000;

/**
 * How often a day the average inventory was traded through: shares traded / 2 / time-weighted mean |net shares|, scaled to a day.
 * `points` in time order, the first at or before `fromMs`. Null over no time or without any inventory.
 */
export function inventoryTurnsPerDay(
  fills: readonly TradeFill[],
  points: readonly InventoryPoint[],
  fromMs: number,
  toMs: number,
): number | null {
  if (!(toMs > fromMs)) return null;
  let held = 0;
  for (const [index, point] of points.entries()) {
    const from = Math.max(fromMs, point.atMs);
    const to = Math.min(toMs, points[index + 1]?.atMs ?? toMs);
    if (to > from) held += Math.abs(point.netShares) * (to - from);
  }
  const traded = fills
    .filter((fill) => fill.atMs >= fromMs && fill.atMs < toMs)
    .reduce((sum, fill) => sum + fill.size, 0);
  return turnsPerDay(traded, held, fromMs, toMs);
}

/** The same from sums: shares traded, and shares held times milliseconds, both in millionths. */
export function turnsPerDay(
  tradedShares: number,
  heldShareMs: number,
  fromMs: number,
  toMs: number,
): number | null {
  if (!(toMs > fromMs && heldShareMs > 0)) return null;
  const meanHeld = heldShareMs / (toMs - fromMs);
  return (tradedShares / 2 / meanHeld) * (DAY_MS / (toMs - fromMs));
}
