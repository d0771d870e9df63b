import {
  type CoinBet,
  type DirectionalNote,
  type DirectionalPosition,
  type DirectionalReview,
  type DirectionalSignal,
  heldShares,
  realisedUsd,
  type SignalAction,
} from '../domain/directional.ts';
import type { ConditionId, Outcome } from '../domain/market.ts';
import type { ClientId, OrderId } from '../domain/order.ts';
import { complement, PRICE_ONE, type Price, type Shares } from '../domain/units.ts';
import { DAY_MS, utcDayOf } from '../domain/utc-day.ts';
import type { Input } from '../kernel/messages.ts';
import type { KernelState } from '../kernel/state.ts';
import { emitModelForecast, type ModelSource } from './forecasts.ts';
import { emitResult, hasTraded, noteForecast } from './market-results.ts';
import type { Measures } from './measures.ts';
import { type Emit, inShares, inUsd, rowOf } from './rows.ts';

/** What the tables of directional trading need beyond the facts. Plain data, bounded by what is open and by the markets of a month. */
export interface DirectionalMeasures {
  /** The run that opened the books. Numbers count on over the runs after it, and begin anew with new books. */
  firstRunId: string;
  /** Signals whose orders the venue has not named yet. */
  readonly sent: Map<ClientId, SentSignal>;
  /** Positions that stand in the table and in the facts. */
  readonly positions: Map<number, FollowedPosition>;
  /** The UTC day of the newest forecast of each market and source. */
  readonly forecastDays: Map<string, number>;
}

interface SentSignal {
  readonly signal: DirectionalSignal;
  readonly runId: string;
}

/** The venue's names of a position's orders, which the facts forget, and the row as it was last written. */
interface FollowedPosition {
  orderId: OrderId | null;
  exitOrderId: OrderId | null;
  written: string;
}

export const createDirectionalMeasures = (): DirectionalMeasures => ({
  firstRunId: '',
  sent: new Map(),
  positions: new Map(),
  forecastDays: new Map(),
});

/** Takes in what directional trading told of itself, once the facts have. */
export function takeDirectional(
  measures: Measures,
  facts: KernelState,
  note: DirectionalNote,
  emit: Emit,
): void {
  if (note.of === 'review') emit(reviewRow(measures, note.review));
  else if (note.of === 'exit') followPositions(measures, facts, emit);
  else takeSignal(measures, facts, note.signal, emit);
}

function takeSignal(measures: Measures, facts: KernelState, signal: DirectionalSignal, emit: Emit): void {
  const { runId, directional } = measures;
  const { clientId } = signal;
  emit(signalRow(measures, facts, { signal, runId }));
  if (clientId !== null && orderIdIn(facts, clientId) === null)
    directional.sent.set(clientId, { signal, runId });
  forecast(measures, facts, signal, 'model once a day', emit);
  if (signal.action === 'entered') forecast(measures, facts, signal, 'model at entry', emit);
  if (signal.action === 'entered') followPositions(measures, facts, emit);
}

/**
 * At most one forecast a market, day and source: a signal that holds comes again with every cycle, and its orders are replaced, so
 * counting each would count one belief many times.
 */
function forecast(
  measures: Measures,
  facts: KernelState,
  signal: DirectionalSignal,
  source: ModelSource,
  emit: Emit,
): void {
  const { conditionId, atMs } = signal;
  const { forecastDays } = measures.directional;
  const key = `${source} ${conditionId}`;
  const day = utcDayOf(atMs);
  if ((forecastDays.get(key) ?? -1) >= day) return;
  if (!emitModelForecast(measures, facts, signal, source, emit)) return;
  forecastDays.set(key, day);
  const market = facts.markets.get(conditionId)?.market;
  if (market !== undefined) noteForecast(measures, market);
  emitResult(measures, facts, conditionId, emit);
}

/** Prices come by the hundred and change no position. Anything else may end one whose orders have ended a while ago. */
const UNCHANGING: ReadonlySet<Input['kind']> = new Set<Input['kind']>([
  'levels',
  'book',
  'publicTrade',
  'spotTicks',
]);

/** What an input has changed of directional trading: the names of its orders, and its positions. */
export function followDirectional(measures: Measures, facts: KernelState, input: Input, emit: Emit): void {
  const { directional } = measures;
  if (input.kind === 'ordersPrepared')
    for (const [clientId] of input.orders) {
      const sent = directional.sent.get(clientId);
      if (sent === undefined) continue;
      directional.sent.delete(clientId);
      emit(signalRow(measures, facts, sent));
    }
  if (!UNCHANGING.has(input.kind)) followPositions(measures, facts, emit);
}

/** Writes the positions that have changed since they were last written. One is none before its first fill. */
function followPositions(measures: Measures, facts: KernelState, emit: Emit): void {
  const { positions: followed } = measures.directional;
  const { positions, closed, unfilled } = facts.directional;
  const known = new Set<number>();
  const look = (position: DirectionalPosition, isUndone: boolean): void => {
    known.add(position.id);
    // One that was opened is followed even when the chain has taken back all that was bought.
    if (position.openedAtMs !== null || followed.has(position.id))
      writeChanged(measures, facts, position, isUndone, emit);
  };
  for (const position of positions.values()) look(position, false);
  for (const position of closed) look(position, false);
  for (const position of unfilled) look(position, true);
  for (const id of followed.keys()) if (!known.has(id)) followed.delete(id);
}

function writeChanged(
  measures: Measures,
  facts: KernelState,
  position: DirectionalPosition,
  isUndone: boolean,
  emit: Emit,
): void {
  const { positions: followed } = measures.directional;
  const last = followed.get(position.id);
  const orderId = last?.orderId ?? orderIdIn(facts, position.clientIds[0]);
  const exitOrderId = orderIdIn(facts, position.exit?.clientId) ?? last?.exitOrderId ?? null;
  const written = `${changingPart(position)} ${isUndone} ${orderId} ${exitOrderId}`;
  if (last?.written === written) return;
  followed.set(position.id, { orderId, exitOrderId, written });
  const row = positionRow(measures, facts, position, orderId, exitOrderId);
  const undone = { status: 'closed', exit_why: UNDONE, closed_at_ms: measures.nowMs };
  emit(isUndone ? rowOf(row.table, { ...row.values, ...undone }) : row);
}

/** All of a position that ever changes, as a text: it is compared at every input. */
function changingPart(position: DirectionalPosition): string {
  const { bought, paid, sold, got, fees, payout, openedAtMs, closedAtMs, closedBecause } = position;
  const orders = `${position.clientIds.length} ${position.clientIds.at(-1)} ${position.exit?.clientId}`;
  return `${bought} ${paid} ${sold} ${got} ${fees} ${payout} ${openedAtMs} ${closedAtMs} ${closedBecause} ${orders}`;
}

const UNDONE = 'the chain took back every trade that had bought';

const orderIdIn = ({ orders }: KernelState, clientId: ClientId | undefined): OrderId | null =>
  clientId === undefined ? null : (orders.byClientId.get(clientId)?.orderId ?? null);

/** A market that is neither traded nor forecast any more is let go after this. */
const KEEP_FORECASTS_DAYS = 60;

/** Lets go of orders that ended before the venue named them, and of markets whose outcome nobody has told for long. */
export function tidyDirectional(measures: Measures, facts: KernelState): void {
  const { sent, forecastDays } = measures.directional;
  for (const clientId of sent.keys()) if (!facts.orders.byClientId.has(clientId)) sent.delete(clientId);
  const oldest = utcDayOf(measures.nowMs) - KEEP_FORECASTS_DAYS;
  for (const [key, day] of forecastDays) {
    if (day >= oldest) continue;
    forecastDays.delete(key);
    const conditionId = key.slice(key.lastIndexOf(' ') + 1) as ConditionId;
    if (!hasTraded(measures, conditionId)) measures.results.delete(conditionId);
  }
}

const named = ({ directional: { firstRunId } }: Measures, id: number): string => `${firstRunId}/${id}`;

/** `noEdge` as the tables have it. */
const inSnakeCase = (action: SignalAction): string =>
  action.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function betColumns(facts: KernelState, bet: CoinBet, outcome: Outcome | null, fromMs: number) {
  const market = facts.markets.get(bet.conditionId)?.market;
  return {
    market_id: bet.conditionId,
    slug: market?.slug ?? null,
    token_id: (outcome === null ? null : outcome === 'YES' ? market?.yesTokenId : market?.noTokenId) ?? null,
    outcome,
    coin: bet.coin,
    kind: bet.kind,
    direction: bet.direction,
    strike: bet.strikesUsd[0] ?? null,
    strike_2: bet.strikesUsd[1] ?? null,
    end_at_ms: bet.endAtMs,
    expiry_days: bet.endAtMs === null ? null : (bet.endAtMs - fromMs) / DAY_MS,
  };
}

const inDollars = (price: Price | null): number | null => (price === null ? null : price / PRICE_ONE);

function signalRow(measures: Measures, facts: KernelState, { signal, runId }: SentSignal) {
  const { outcome, yesMid, yesProbability, clientId } = signal;
  const mid = yesMid === null || outcome === null ? null : outcome === 'YES' ? yesMid : complement(yesMid);
  return rowOf('cd_signals', {
    id: named(measures, signal.id),
    run_id: runId,
    wallet: measures.wallet,
    ...betColumns(facts, signal, outcome, signal.atMs),
    spot_price: signal.spotUsd,
    vol_ewma: signal.dailyVolatility,
    p_model: signal.probability,
    p_market: inDollars(mid),
    p_yes_low: yesProbability?.low ?? null,
    p_yes_high: yesProbability?.high ?? null,
    p_yes_market: inDollars(yesMid),
    price: inDollars(signal.price),
    edge_pts: signal.edgePts,
    confirmation_count: signal.confirmations,
    action: inSnakeCase(signal.action),
    why: signal.why,
    size_usdc: inUsd(signal.stake),
    client_id: clientId,
    order_id: clientId === null ? null : orderIdIn(facts, clientId),
    ai_validation: signal.aiValidation,
    created_at_ms: signal.atMs,
    updated_at_ms: measures.nowMs,
  });
}

const STATUS: Readonly<Record<string, string>> = { stopped: 'stopped', tookProfit: 'took_profit' };

function positionRow(
  measures: Measures,
  facts: KernelState,
  position: DirectionalPosition,
  orderId: OrderId | null,
  exitOrderId: OrderId | null,
) {
  const { bought, sold, paid, got, payout, exit, closedBecause, openedAtMs, closedAtMs } = position;
  const fromMs = openedAtMs ?? position.approvedAtMs;
  const left = heldShares(position);
  const paidOut = closedBecause === 'resolved' ? left : 0;
  const gone = sold + paidOut;
  return rowOf('cd_positions', {
    id: named(measures, position.id),
    wallet: measures.wallet,
    ...betColumns(facts, position, position.outcome, fromMs),
    signal_id: named(measures, position.signalId),
    p_model: position.probability,
    edge_pts: position.edgePts,
    entry_price: bought === 0 ? null : paid / bought,
    shares: inShares(bought),
    shares_held: inShares((left - paidOut) as Shares),
    order_id: orderId,
    status: closedAtMs === null ? 'open' : (STATUS[closedBecause ?? ''] ?? 'closed'),
    exit_price: gone === 0 ? null : (got + payout) / gone,
    exit_order_id: exitOrderId,
    exit_reason: closedBecause ?? exit?.cause ?? null,
    exit_why: exit?.why ?? null,
    ai_validation: exit?.aiValidation ?? null,
    client_ids: position.clientIds.join(' '),
    fees: inUsd(position.fees),
    pnl_realized: inUsd(realisedUsd(position)),
    created_at_ms: fromMs,
    closed_at_ms: closedAtMs,
    updated_at_ms: measures.nowMs,
  });
}

function reviewRow(measures: Measures, review: DirectionalReview) {
  const { scores } = review;
  return rowOf('cd_trade_analyses', {
    id: named(measures, review.id),
    wallet: measures.wallet,
    analysis_type: 'post_trade',
    signals_analyzed: review.signals,
    positions_analyzed: review.positions,
    accuracy_score: scores.accuracy,
    entry_score: scores.entry,
    exit_score: scores.exit,
    model_fitness_score: scores.modelFitness,
    overall_score: scores.overall,
    parameter_suggestions: JSON.stringify(review.suggestions),
    insights: JSON.stringify(review.insights),
    patterns: JSON.stringify(review.patterns),
    summary: review.summary,
    raw_response: review.raw,
    created_at_ms: review.atMs,
  });
}
