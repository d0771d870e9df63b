import type { TickBook } from '../../../domain/book.ts';
import type { Market } from '../../../domain/market.ts';
import { MICRO, sharesToFloat, usdToFloat } from '../../../domain/units.ts';
import type { MarketSlot } from '../../../kernel/market-slots.ts';
import { type BookMetrics, bookMetrics } from '../../../pricing/book-metrics.ts';
import { type MarketValue, marketValue } from '../../../pricing/market-value.ts';
import {
  adoptVenueHistory,
  createPriceHistory,
  historicalVolatility,
  observePrice,
  type PriceHistory,
} from '../../../pricing/price-history.ts';
import { lotSize } from '../../../quoting/price-and-shape.ts';
import type { Measured } from './measured.ts';
import type { ScannerLimits } from './scanner-limits.ts';

/** What is known of one watched market beyond its book, each part with its age. Plain data. */
export interface MarketFigures {
  /** Null while the book has no two sides. */
  metrics: BookMetrics | null;
  readonly activity: BookActivity;
  readonly history: PriceHistory;
  historyAskedAtMs: number | null;
  value: MarketValue | null;
  /** When metrics and value were worked out; null before the first time. */
  asOfMs: number | null;
}

/** How lively the book is, as seen while it was watched; averages that forget with a half-life of ten minutes. */
export interface BookActivity {
  /** Null before the first stretch. */
  changesPerMin: number | null;
  tradesPerMin: number | null;
  tradedSharesPerHour: number | null;
  observedMs: number;
  /** The slot's counts when the last stretch ended. */
  asOfMs: number | null;
  changes: number;
  trades: number;
  tradedMicro: number;
}

/** Metrics and value are worked out anew after this, for so many markets in one look, so that no look takes long. */
const RENEW_AFTER_MS = 10_000;
const MOST_RENEWED = 24;
/** A stretch shorter than this says little about a rate. */
const STRETCH_MS = 5_000;
const ACTIVITY_HALF_LIFE_MS = 600_000;
/** The listing's volume weighs as much as so many hours of watching. */
const LISTING_WEIGHT_HOURS = 6;
const HOUR_MS = 3_600_000;
/** A token of the average trade costs about half a dollar, since YES and NO trade alike. */
const SHARES_PER_TRADED_USD = 2;
const HOURS_PER_DAY = 24;

export const createMarketFigures = (): MarketFigures => ({
  metrics: null,
  activity: {
    changesPerMin: null,
    tradesPerMin: null,
    tradedSharesPerHour: null,
    observedMs: 0,
    asOfMs: null,
    changes: 0,
    trades: 0,
    tradedMicro: 0,
  },
  history: createPriceHistory(),
  historyAskedAtMs: null,
  value: null,
  asOfMs: null,
});

/** Which markets are looked at closely this time: all that never were, and the oldest of the others, as far as one look goes. */
export function toRenew<Key>(
  figures: Iterable<readonly [Key, Pick<MarketFigures, 'asOfMs'>]>,
  nowMs: number,
): Set<Key> {
  const renewed = new Set<Key>();
  const stale: { readonly key: Key; readonly asOfMs: number }[] = [];
  for (const [key, { asOfMs }] of figures) {
    if (asOfMs === null) renewed.add(key);
    else if (nowMs - asOfMs >= RENEW_AFTER_MS) stale.push({ key, asOfMs });
  }
  if (stale.length > MOST_RENEWED) stale.sort((a, b) => a.asOfMs - b.asOfMs);
  for (const { key } of stale.slice(0, MOST_RENEWED)) renewed.add(key);
  return renewed;
}

/** Works metrics, rates, history and value out anew from the live book without our own orders. */
export function renewMarketFigures(
  figures: MarketFigures,
  slot: MarketSlot,
  book: TickBook,
  limits: ScannerLimits,
  measured: Measured,
  paidRatio: number,
  nowMs: number,
): void {
  figures.asOfMs = nowMs;
  figures.metrics = bookMetrics(book);
  observeActivity(figures.activity, slot, nowMs);
  const { venueHistory } = slot;
  if (venueHistory !== null && figures.history.venueAsOfMs !== venueHistory.asOfMs)
    adoptVenueHistory(figures.history, venueHistory.points, venueHistory.asOfMs);
  if (figures.metrics !== null) observePrice(figures.history, figures.metrics.midPts, nowMs);
  figures.value = expectedValueOf(figures, slot.market, book, limits, measured, paidRatio);
}

function expectedValueOf(
  { metrics, activity, history }: MarketFigures,
  market: Market,
  book: TickBook,
  limits: ScannerLimits,
  measured: Measured,
  paidRatio: number,
): MarketValue | null {
  if (metrics === null || limits.ranking === 'seed') return null;
  return marketValue({
    book,
    midPts: metrics.midPts,
    halfSpreadPts: metrics.spreadPts / 2,
    tickPts: market.tickSize / 100,
    nearestPts: limits.nearestDepthPts,
    deepestPts: limits.deepestDepthPts,
    lotShares: sharesToFloat(lotSize(limits.quoteSizeUsd, metrics.midPts)),
    flowSharesPerHour: flowOf(market, activity),
    fills: measured.fills(market),
    markoutPts: measured.markoutPts(market),
    volatilityPtsPerSqrtS: historicalVolatility(history),
    rewards: market.rewards,
    paidRatio,
  });
}

/** Shares an hour that takers trade: the listing's day, giving way to what was seen here. */
function flowOf(market: Market, { tradedSharesPerHour, observedMs }: BookActivity): number {
  const listed = (usdToFloat(market.volume24h) * SHARES_PER_TRADED_USD) / HOURS_PER_DAY;
  if (tradedSharesPerHour === null) return listed;
  const hours = observedMs / HOUR_MS;
  return (listed * LISTING_WEIGHT_HOURS + tradedSharesPerHour * hours) / (LISTING_WEIGHT_HOURS + hours);
}

/** Turns the slot's running counts into rates. A count that has gone back is one of a slot that was made anew. */
function observeActivity(activity: BookActivity, slot: MarketSlot, nowMs: number): void {
  const { bookChanges, publicTrades, publicTradedMicro } = slot;
  const isFirst = activity.asOfMs === null || bookChanges < activity.changes;
  const elapsedMs = isFirst ? 0 : nowMs - (activity.asOfMs as number);
  if (!isFirst && elapsedMs < STRETCH_MS) return;
  if (!isFirst) {
    const minutes = elapsedMs / 60_000;
    const keep = activity.changesPerMin === null ? 0 : 0.5 ** (elapsedMs / ACTIVITY_HALF_LIFE_MS);
    const average = (before: number | null, now: number) => keep * (before ?? 0) + (1 - keep) * now;
    const traded = (publicTradedMicro - activity.tradedMicro) / MICRO;
    activity.changesPerMin = average(activity.changesPerMin, (bookChanges - activity.changes) / minutes);
    activity.tradesPerMin = average(activity.tradesPerMin, (publicTrades - activity.trades) / minutes);
    activity.tradedSharesPerHour = average(activity.tradedSharesPerHour, (traded / minutes) * 60);
    activity.observedMs += elapsedMs;
  }
  activity.asOfMs = nowMs;
  activity.changes = bookChanges;
  activity.trades = publicTrades;
  activity.tradedMicro = publicTradedMicro;
}
