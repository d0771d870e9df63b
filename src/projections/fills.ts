import type { ConditionId } from '../domain/market.ts';
import type { FillReport, OrderId, TradeStatus } from '../domain/order.ts';
import { PRICE_ONE, type Shares, type Usd } from '../domain/units.ts';
import { utcHourOf } from '../domain/utc-day.ts';
import type { KernelState } from '../kernel/state.ts';
import { type FillRecord, fillKey } from '../orders/fills.ts';
import { purposeOf } from '../orders/order-names.ts';
import {
  cancelMarkouts,
  LATE_AFTER_MS,
  MARKOUT_HORIZONS_MS,
  measureMarkout,
  type PendingMarkout,
  scheduleMarkouts,
  takeDueMarkouts,
} from '../pricing/mark-out.ts';
import {
  addFillQuality,
  addSpreadHit,
  addTrip,
  addWeighted,
  matchFill,
  type RoundTrip,
  type TradeFill,
} from '../pricing/performance-measures.ts';
import {
  addProfitEvent,
  addProfitFill,
  fillIdentity,
  type MicroMid,
  passHorizon,
} from '../pricing/profit-identity.ts';
import { type DayMeasures, marketDayOf } from './day-measures.ts';
import { type Belief, beliefOf, emitFillForecast } from './forecasts.ts';
import { emitResult, noteResultFill, type Strategy } from './market-results.ts';
import type { MeasuredFill, Measures } from './measures.ts';
import { midOf, ptsOf } from './mids.ts';
import { followOrders, quotedSpreadPts } from './quotes.ts';
import { type Emit, inShares, inUsd, rowOf } from './rows.ts';

const [SHORT_MS, LONG_MS] = MARKOUT_HORIZONS_MS;
const MICRO_PER_PRICE = 100;

/** The venue stamps trades in whole seconds. One that is told much later is measured against nothing: the mid of its moment is gone. */
const VENUE_SECOND_MS = 1_000;

/** What was known of a fill before its report was taken in, and the mid at that moment. */
export interface BeforeFill {
  readonly report: FillReport;
  readonly status: TradeStatus | null;
  readonly mid: MicroMid;
  readonly midPts: number | null;
  readonly belief: Belief | null;
}

/** Looks at what a report finds, before the facts take it in. */
export function beforeFill(measures: Measures, facts: KernelState, report: FillReport): BeforeFill {
  const status = facts.books.fills.byKey.get(fillKey(report))?.status ?? null;
  const { micro, isLive } = midOf(facts, report.conditionId);
  if (measures.day !== null) marketDayOf(measures.day, facts, report.conditionId);
  const isTimely = measures.nowMs <= report.matchedAtMs + VENUE_SECOND_MS + LATE_AFTER_MS;
  const belief = isTimely ? beliefOf(facts, report.conditionId) : null;
  return { report, status, mid: micro, midPts: isLive && isTimely ? ptsOf(micro) : null, belief };
}

/** Measures what a report did to the books: a new fill, one that failed, came back, or was confirmed. */
export function afterFill(measures: Measures, facts: KernelState, before: BeforeFill, emit: Emit): void {
  const key = fillKey(before.report);
  const record = facts.books.fills.byKey.get(key);
  const { day } = measures;
  if (record === undefined || day === null || record.status === before.status) return;
  let fill = measures.fills.get(key);
  if (before.status === null) {
    if (record.status === 'FAILED') return;
    fill = beginFill(measures, facts, day, before, record);
    if (before.belief !== null) emitFillForecast(measures, facts, fill, before.belief, emit);
  } else if (fill === undefined) return;
  else if (record.status === 'FAILED') failFill(measures, day, fill, before.mid);
  else if (before.status === 'FAILED') moveBack(measures, day, fill, before.mid, 1);
  fill.status = record.status;
  if (record.status === 'CONFIRMED') settleFill(measures, facts, day, fill, emit);
  emit(fillRow(fill, facts));
  emitResult(measures, facts, fill.report.conditionId, emit);
  const order = facts.orders.byOrderId.get(before.report.orderId);
  if (order !== undefined) followOrders(measures.quotes, facts, [order.request.clientId], emit);
}

function beginFill(
  measures: Measures,
  facts: KernelState,
  day: DayMeasures,
  { mid, midPts }: BeforeFill,
  { fill: report, outcome, cashUsd, feeUsd, status }: FillRecord,
): MeasuredFill {
  const order = facts.orders.byOrderId.get(report.orderId);
  const quoteId = order === undefined ? null : (measures.quotes.ofOrder.get(order.request.clientId) ?? null);
  const quote = quoteId === null ? undefined : measures.quotes.byId.get(quoteId);
  const fill: MeasuredFill = {
    id: fillKey(report),
    report,
    outcome,
    cash: cashUsd,
    fee: feeUsd,
    atMs: facts.nowMs,
    mid,
    midAtFillPts: midPts,
    quoteId,
    strategy: strategyOf(facts, report.orderId, quoteId),
    level: quote?.level ?? null,
    quotedSpreadPts: quote === undefined ? null : quotedSpreadPts(quote),
    status,
    markouts: new Map(),
    midAtHorizon: null,
  };
  measures.fills.set(fill.id, fill);
  // Timers run for every fill, because the identity's horizon ends for each; what is measured then may still be nothing.
  scheduleMarkouts(measures.markouts, {
    fillId: fill.id,
    outcome,
    side: report.side,
    price: report.price,
    atMs: fill.atMs,
    midAtFillPts: midPts ?? ptsOf(mid),
  });
  const market = marketDayOf(day, facts, report.conditionId);
  addProfitFill(market.running, { kind: 'fill', fillId: fill.id, ...moneyOf(fill), mid });
  market.waiting.set(fill.id, { ...sharesOf(fill), mid });
  market.fills += 1;
  moveCash(measures, fill, 1);
  measureDay(day, fill);
  return fill;
}

/** Orders that are no quotes are told apart by our names of them. */
function strategyOf({ orders }: KernelState, orderId: OrderId, quoteId: string | null): Strategy {
  if (quoteId !== null) return 'market-making';
  const order = orders.byOrderId.get(orderId)?.request ?? orders.archive.get(orderId);
  const purpose = order === undefined ? 'arbitrage' : purposeOf(order.clientId);
  return purpose === 'entry' || purpose === 'exit' ? 'crypto-directional' : 'complete-sets';
}

/** Shares that came (positive) or went. */
function sharesOf({ report, outcome }: MeasuredFill): { readonly yes: Shares; readonly no: Shares } {
  const moved = (report.side === 'BUY' ? report.size : -report.size) as Shares;
  return outcome === 'YES' ? { yes: moved, no: 0 as Shares } : { yes: 0 as Shares, no: moved };
}

const moneyOf = (fill: MeasuredFill) => ({
  ...sharesOf(fill),
  atMs: fill.atMs,
  pricePerShare: fill.report.price * MICRO_PER_PRICE,
  cash: fill.cash,
  fee: fill.fee,
});

function moveCash(measures: Measures, fill: MeasuredFill, sign: 1 | -1): void {
  const { cashOfToken } = measures;
  const { report, cash } = fill;
  cashOfToken.set(report.tokenId, (cashOfToken.get(report.tokenId) ?? 0) + sign * cash);
  noteResultFill(measures, fill, sign);
}

function measureDay(day: DayMeasures, fill: MeasuredFill): void {
  day.fills += 1;
  day.tradedShares += fill.report.size;
  addSpreadHit(day.spreadHits, {
    ...tradeOf(fill),
    quotedSpreadPts: fill.quotedSpreadPts,
  });
  if (fill.midAtFillPts !== null)
    addFillQuality(day.quality, { ...tradeOf(fill), midAtFillPts: fill.midAtFillPts });
}

const tradeOf = ({ id, report, outcome, fee, atMs }: MeasuredFill): TradeFill => ({
  fillId: id,
  marketId: report.conditionId,
  outcome,
  side: report.side,
  price: report.price,
  size: report.size,
  fee,
  atMs,
});

/** The chain took the trade back: its mark-out ends here, and what it had brought goes at today's mid. */
function failFill(measures: Measures, day: DayMeasures, fill: MeasuredFill, mid: MicroMid): void {
  cancelMarkouts(measures.markouts, fill.id);
  endHorizon(day, fill, mid);
  moveBack(measures, day, fill, mid, -1);
  day.failedFills += 1;
}

/** Takes a fill back (-1), or lets one that had failed stand after all (1). */
function moveBack(
  measures: Measures,
  day: DayMeasures,
  fill: MeasuredFill,
  mid: MicroMid,
  sign: 1 | -1,
): void {
  const { yes, no } = sharesOf(fill);
  const market = day.markets.get(fill.report.conditionId);
  if (market !== undefined)
    addProfitEvent(market.running, {
      kind: 'revert',
      atMs: measures.nowMs,
      yes: (sign * yes) as Shares,
      no: (sign * no) as Shares,
      cash: (sign * (fill.cash - fill.fee)) as Usd,
      mid,
    });
  moveCash(measures, fill, sign);
}

/** The identity's horizon of a fill is over, unless it was over before. A day that has begun since holds the shares as its own. */
function endHorizon(day: DayMeasures | null, fill: MeasuredFill, mid: MicroMid): void {
  if (fill.midAtHorizon !== null) return;
  fill.midAtHorizon = mid;
  const market = day?.markets.get(fill.report.conditionId);
  const waiting = market?.waiting.get(fill.id);
  if (market === undefined || waiting === undefined) return;
  market.waiting.delete(fill.id);
  passHorizon(market.running, waiting, mid);
}

/** Only confirmed fills make round trips, so none is ever taken back. */
function settleFill(
  measures: Measures,
  facts: KernelState,
  day: DayMeasures,
  fill: MeasuredFill,
  emit: Emit,
): void {
  const { conditionId } = fill.report;
  let lots = measures.lots.get(conditionId);
  if (lots === undefined) {
    lots = [];
    measures.lots.set(conditionId, lots);
  }
  for (const trip of matchFill(lots, tradeOf(fill))) closeTrip(day, facts, trip, emit);
  if (lots.length === 0) measures.lots.delete(conditionId);
}

export function closeTrip(day: DayMeasures, facts: KernelState, trip: RoundTrip, emit: Emit): void {
  addTrip(day.trips, trip);
  const perShare = (value: Usd): number => value / trip.size;
  emit(
    rowOf('mm_round_trips', {
      id: `${trip.entryFillId} ${trip.exitFillId}`,
      market_id: trip.marketId,
      token_id: facts.markets.get(trip.marketId as ConditionId)?.market.yesTokenId ?? null,
      direction: trip.direction,
      entry_fill_id: trip.entryFillId,
      exit_fill_id: trip.exitFillId,
      entry_price: perShare(trip.entryValue),
      exit_price: perShare(trip.exitValue),
      size: inShares(trip.size),
      gross_pnl: inUsd(trip.pnl + trip.fees),
      net_pnl: inUsd(trip.pnl),
      hold_seconds: (trip.closedAtMs - trip.openedAtMs) / 1_000,
      created_at_ms: facts.nowMs,
    }),
  );
}

/**
 * Takes the mark-outs that are due by `atMs`, at the mids as they stand before anything of that moment is taken in. A book keeps
 * its mid until it changes, so this is the mid of the very moment at which each was due.
 */
export function takeMarkouts(measures: Measures, facts: KernelState, atMs: number, emit: Emit): void {
  for (const pending of takeDueMarkouts(measures.markouts, atMs)) {
    const fill = measures.fills.get(pending.fill.fillId);
    if (fill === undefined) continue;
    const mid = midOf(facts, fill.report.conditionId);
    if (mid.isLive && fill.midAtFillPts !== null) noteMarkout(measures, fill, pending, ptsOf(mid.micro));
    if (pending.horizonMs === LONG_MS) endHorizon(measures.day, fill, mid.micro);
    emit(fillRow(fill, facts));
  }
}

function noteMarkout(measures: Measures, fill: MeasuredFill, pending: PendingMarkout, midPts: number): void {
  const markout = measureMarkout(pending, midPts, pending.dueAtMs);
  fill.markouts.set(pending.horizonMs, { midPts, markout });
  if (pending.horizonMs !== LONG_MS || measures.day === null) return;
  addWeighted(measures.day.adverse, markout.adverseBps, fill.report.size);
}

/** Forgets fills that the facts have forgotten and whose measurements are over. */
export function tidyFills(measures: Measures, facts: KernelState): void {
  for (const [id, { midAtHorizon }] of measures.fills)
    if (midAtHorizon !== null && !facts.books.fills.byKey.has(id)) measures.fills.delete(id);
}

function fillRow(fill: MeasuredFill, facts: KernelState) {
  const { report, markouts } = fill;
  const short = markouts.get(SHORT_MS);
  const long = markouts.get(LONG_MS);
  const dollars = (pts: number | undefined): number | null => (pts === undefined ? null : pts / 100);
  const identity =
    fill.midAtHorizon === null
      ? null
      : fillIdentity({
          kind: 'fill',
          fillId: fill.id,
          ...moneyOf(fill),
          mid: fill.mid,
          midAtHorizon: fill.midAtHorizon,
        });
  return rowOf('mm_fills', {
    id: fill.id,
    quote_id: fill.quoteId,
    order_id: report.orderId,
    trade_id: report.tradeId,
    market_id: report.conditionId,
    token_id: report.tokenId,
    outcome: fill.outcome,
    side: report.side,
    level: fill.level,
    role: report.role,
    price: report.price / PRICE_ONE,
    size: inShares(report.size),
    fee: inUsd(fill.fee),
    status: fill.status,
    mid_at_fill: dollars(fill.midAtFillPts ?? undefined),
    mid_at_30s: dollars(short?.midPts),
    mid_at_120s: dollars(long?.midPts),
    markout_30s_pts: short?.markout.adversePts ?? null,
    markout_120s_pts: long?.markout.adversePts ?? null,
    adverse_selection: long?.markout.adverseBps ?? null,
    quoted_spread_pts: fill.quotedSpreadPts,
    utc_hour: utcHourOf(fill.atMs),
    cash_micro_usd: fill.cash,
    spread_captured_micro_usd: identity?.spreadCaptured ?? null,
    markout_micro_usd: identity?.markout ?? null,
    fee_micro_usd: fill.fee,
    rounding_micro_usd: identity?.rounding ?? null,
    total_micro_usd: identity?.total ?? null,
    residual_micro_usd: identity?.residual ?? null,
    created_at_ms: fill.atMs,
    updated_at_ms: facts.nowMs,
  });
}
