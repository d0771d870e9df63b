import type { Outcome, Side } from '../domain/market.ts';
import {
  complement,
  MICRO,
  mulDiv,
  notional,
  type Price,
  type Shares,
  sharesToFloat,
  type Usd,
} from '../domain/units.ts';
import { yesPriceOf } from '../domain/yes-coordinates.ts';

/** How trading went. Formulas and units: `docs/metrics.md`. A measure that has no value says why, instead of a number that misleads. */
export interface TradeFill {
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
  readonly openedAtMs: number;
  readonly closedAtMs: number;
  /** Net of both sides' fees, in whole micro-dollars; the parts of a fill add up to the fill. */
  readonly pnl: Usd;
}

/** Shares that are still open, oldest first. They are no loss until they are closed. */
export interface OpenLot {
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
      const gain = opened.direction === 'long' ? closed.value - opened.value : opened.value - closed.value;
      trips.push({
        marketId: fill.marketId,
        direction: opened.direction,
        size,
        openedAtMs: opened.openedAtMs,
        closedAtMs: fill.atMs,
        pnl: (gain - opened.fee - closed.fee) as Usd,
      });
      if (left.size > 0) lots[0] = left;
      else lots.shift();
      rest = remaining;
    }
  }
  return { trips, open: [...open.values()].flat() };
}

function lotOf(fill: TradeFill): OpenLot {
  const yesPrice = yesPriceOf(fill);
  return {
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

/** Gains of winning round trips over losses of losing ones. Without losses it has no value: infinity says nothing. */
export function profitFactor(trips: readonly RoundTrip[]): Measure<'noRoundTrips' | 'noLosses'> & {
  readonly gains: Usd;
  readonly losses: Usd;
} {
  let gains = 0;
  let losses = 0;
  for (const { pnl } of trips) {
    if (pnl > 0) gains += pnl;
    else losses -= pnl;
  }
  const sums = { gains: gains as Usd, losses: losses as Usd };
  if (trips.length === 0) return { ...sums, value: null, because: 'noRoundTrips' };
  return losses === 0 ? { ...sums, value: null, because: 'noLosses' } : { ...sums, value: gains / losses };
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

/** How much better than the mid fills were, in basis points of the traded outcome's mid, weighted by shares. Null without fills. */
export function fillQualityBps(fills: readonly QuotedFill[]): number | null {
  let sum = 0;
  let size = 0;
  for (const fill of fills) {
    const mid = fill.outcome === 'YES' ? fill.midAtFillPts : 100 - fill.midAtFillPts;
    if (!(mid > 0)) continue;
    const better = isLong(fill) ? fill.midAtFillPts - yesPts(fill) : yesPts(fill) - fill.midAtFillPts;
    sum += (better / mid) * BPS * fill.size;
    size += fill.size;
  }
  return size > 0 ? sum / size : null;
}

/**
 * Part of the quoted spread that was earned, for quotes hit on both sides: (mean sale - mean purchase) / quoted spread in YES
 * coordinates, weighted by the shares that were hit on both. 1 is all of it. Null while no quote was hit on both sides.
 */
export function spreadCapture(fills: readonly QuotedFill[]): number | null {
  const quotes = new Map<string, { spreadPts: number; bought: Sum; sold: Sum }>();
  for (const fill of fills) {
    if (fill.quoteId === null || fill.quotedSpreadPts === null || !(fill.quotedSpreadPts > 0)) continue;
    const key = `${fill.marketId} ${fill.quoteId}`;
    const quote = quotes.get(key) ?? { spreadPts: fill.quotedSpreadPts, bought: zero(), sold: zero() };
    const sum = isLong(fill) ? quote.bought : quote.sold;
    sum.size += fill.size;
    sum.value += fill.size * yesPts(fill);
    quotes.set(key, quote);
  }
  let captured = 0;
  let weight = 0;
  for (const { spreadPts, bought, sold } of quotes.values()) {
    const size = Math.min(bought.size, sold.size);
    if (size === 0) continue;
    captured += (size * (sold.value / sold.size - bought.value / bought.size)) / spreadPts;
    weight += size;
  }
  return weight > 0 ? captured / weight : null;
}

interface Sum {
  size: number;
  value: number;
}
const zero = (): Sum => ({ size: 0, value: 0 });

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
  const mean = held / (toMs - fromMs) / MICRO;
  const traded = fills
    .filter((fill) => fill.atMs >= fromMs && fill.atMs < toMs)
    .reduce((sum, fill) => sum + sharesToFloat(fill.size), 0);
  return mean > 0 ? (traded / 2 / mean) * (DAY_MS / (toMs - fromMs)) : null;
}
