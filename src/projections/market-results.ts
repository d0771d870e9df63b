import type { ConditionId, Market, Outcome } from '../domain/market.ts';
import { winnerOf } from '../domain/resolution.ts';
import { complement, MICRO, PRICE_ONE, type Price, type Usd } from '../domain/units.ts';
import { payoutOf } from '../kernel/gate-view.ts';
import type { MarketSlot } from '../kernel/market-slots.ts';
import type { Input } from '../kernel/messages.ts';
import type { KernelState } from '../kernel/state.ts';
import { costOfPosition, netShares, type Position } from '../orders/position.ts';
import type { MeasuredFill, Measures } from './measures.ts';
import { resolutionStatus } from './portfolio.ts';
import { type Emit, inShares, inUsd, rowOf } from './rows.ts';

/** What traded: quotes of one market, legs of a complete set, or a model's word. `chain` stands for shares and dollars that moved without a trade. */
export type Strategy = 'market-making' | 'complete-sets' | 'crypto-directional' | 'chain';

/** What one strategy's trades in one market come to. Millionths; shares and dollars that came are positive. */
export interface StrategySum {
  fills: number;
  cash: number;
  fees: number;
  yes: number;
  no: number;
  boughtShares: number;
  boughtUsd: number;
  firstAtMs: number | null;
}

/** One market in which something was held or traded, or of which a model has said something, until its result can change no more. */
export interface MarketRecord {
  /** Empty where there was no more than a forecast. */
  readonly byStrategy: Map<Strategy, StrategySum>;
  /** As it was listed when a model said something of it: what is only forecast is soon not listed any more. */
  listing: Market | null;
  /** When the venue told its outcome, and when the chain was seen to pay it; null before. */
  toldAtMs: number | null;
  paidOutAtMs: number | null;
}

const noSum = (): StrategySum => ({
  fills: 0,
  cash: 0,
  fees: 0,
  yes: 0,
  no: 0,
  boughtShares: 0,
  boughtUsd: 0,
  firstAtMs: null,
});

function recordOf({ results }: Measures, conditionId: ConditionId): MarketRecord {
  let record = results.get(conditionId);
  if (record === undefined) {
    record = { byStrategy: new Map(), listing: null, toldAtMs: null, paidOutAtMs: null };
    results.set(conditionId, record);
  }
  return record;
}

/** A model has said something of a market, so its outcome will be wanted. */
export function noteForecast(measures: Measures, { conditionId, description: _, ...market }: Market): void {
  recordOf(measures, conditionId).listing ??= { ...market, conditionId, description: '' };
}

/** The outcomes of markets that were forecast and are not listed any more, as the chain tells them. */
export function emitUnlisted(measures: Measures, facts: KernelState, input: Input, emit: Emit): void {
  if (input.kind !== 'resolutionsRead') return;
  for (const { conditionId, payouts } of input.resolutions) {
    const record = measures.results.get(conditionId);
    const winner = payouts === null ? undefined : winnerOf(payouts);
    if (record === undefined || record.listing === null || winner === undefined) continue;
    if (facts.markets.has(conditionId) || record.paidOutAtMs !== null) continue;
    record.paidOutAtMs = measures.nowMs;
    record.toldAtMs ??= measures.nowMs;
    emit(
      outcomeRow(measures, record.listing, {
        ...record,
        status: 'resolved',
        resolved: winner,
        isPaidOut: true,
      }),
    );
  }
}

export const hasTraded = ({ results }: Measures, conditionId: ConditionId): boolean =>
  (results.get(conditionId)?.byStrategy.size ?? 0) > 0;

function sumOf(measures: Measures, conditionId: ConditionId, strategy: Strategy): StrategySum {
  const record = recordOf(measures, conditionId);
  let sum = record.byStrategy.get(strategy);
  if (sum === undefined) {
    sum = noSum();
    record.byStrategy.set(strategy, sum);
  }
  return sum;
}

/** Enters a fill (1), or takes one that has failed out again (-1). */
export function noteResultFill(measures: Measures, fill: MeasuredFill, sign: 1 | -1): void {
  const { report, outcome, cash, fee, strategy, atMs } = fill;
  const sum = sumOf(measures, report.conditionId, strategy);
  const moved = report.side === 'BUY' ? report.size : -report.size;
  sum.fills += sign;
  sum.cash += sign * cash;
  sum.fees += sign * fee;
  if (outcome === 'YES') sum.yes += sign * moved;
  else sum.no += sign * moved;
  if (report.side === 'BUY') {
    sum.boughtShares += sign * report.size;
    sum.boughtUsd -= sign * cash;
  }
  sum.firstAtMs ??= atMs;
}

/** Enters shares and dollars that came or went on the chain: splits, merges, redemptions, conversions, and what came from outside. */
export function noteResultMove(
  measures: Measures,
  conditionId: ConditionId,
  { yes, no, cash }: { readonly yes: number; readonly no: number; readonly cash: number },
): void {
  const sum = sumOf(measures, conditionId, 'chain');
  sum.yes += yes;
  sum.no += no;
  sum.cash += cash;
  sum.firstAtMs ??= measures.nowMs;
}

/** The markets of ours of which an input may have told how they were resolved. */
export function resultsIn({ results }: Measures, input: Input): ConditionId[] {
  switch (input.kind) {
    case 'marketResolved':
      return results.has(input.conditionId) ? [input.conditionId] : [];
    case 'resolutionsRead':
      return input.resolutions.map(({ conditionId }) => conditionId).filter((id) => results.has(id));
    case 'marketsListed':
      return input.more === true ? [] : [...results.keys()];
    default:
      return [];
  }
}

/** The rows of one market: its outcome, and what each strategy made of it. */
export function emitResult(
  measures: Measures,
  facts: KernelState,
  conditionId: ConditionId,
  emit: Emit,
): void {
  const record = measures.results.get(conditionId);
  const slot = facts.markets.get(conditionId);
  if (record === undefined || slot === undefined) return;
  if (slot.resolved !== undefined) record.toldAtMs ??= measures.nowMs;
  if (slot.isPaidOut) record.paidOutAtMs ??= measures.nowMs;
  const { resolved, isPaidOut } = slot;
  emit(outcomeRow(measures, slot.market, { ...record, status: resolutionStatus(slot), resolved, isPaidOut }));
  const payout = slot.isPaidOut ? payoutOf(slot.resolved ?? null) : null;
  const residual =
    payout === null ? null : residualOf(record, facts.books.positions.get(conditionId), payout);
  for (const [strategy, sum] of record.byStrategy)
    emit(performanceRow(measures, slot, record, strategy, sum, payout, residual));
}

const shownOutcome = (winner: Outcome | null): string => winner ?? 'VOID';

interface KnownOutcome
  extends Pick<MarketRecord, 'toldAtMs' | 'paidOutAtMs'>,
    Pick<MarketSlot, 'resolved' | 'isPaidOut'> {
  readonly status: ReturnType<typeof resolutionStatus>;
}

function outcomeRow(
  measures: Measures,
  market: Market,
  { status, resolved, isPaidOut, toldAtMs, paidOutAtMs }: KnownOutcome,
) {
  return rowOf('market_outcomes', {
    market_id: market.conditionId,
    ...namesOf(market),
    end_at_ms: market.endAtMs,
    status,
    winner: isPaidOut ? shownOutcome(resolved ?? null) : null,
    payout_yes: isPaidOut ? payoutOf(resolved ?? null) / PRICE_ONE : null,
    told_at_ms: toldAtMs,
    paid_out_at_ms: paidOutAtMs,
    updated_at_ms: measures.nowMs,
  });
}

export const namesOf = ({ slug, question, category, eventId, conditionId }: Market) => ({
  slug,
  question,
  category,
  event_id: eventId ?? conditionId,
});

function performanceRow(
  measures: Measures,
  slot: MarketSlot,
  { paidOutAtMs }: MarketRecord,
  strategy: Strategy,
  sum: StrategySum,
  payout: Price | null,
  residual: number | null,
) {
  const net = sum.yes - sum.no;
  const winner = payout === null || payout * 2 === PRICE_ONE ? null : (slot.resolved ?? null);
  const isRight = winner === null || net === 0 ? null : net > 0 === (winner === 'YES');
  return rowOf('performance', {
    wallet: measures.wallet,
    market_id: slot.market.conditionId,
    strategy,
    ...namesOf(slot.market),
    fills_count: sum.fills,
    bought_shares: sum.boughtShares / MICRO,
    avg_buy_price: sum.boughtShares === 0 ? null : sum.boughtUsd / sum.boughtShares,
    yes_shares: inShares(sum.yes as Parameters<typeof inShares>[0]),
    no_shares: inShares(sum.no as Parameters<typeof inShares>[0]),
    fees: inUsd(sum.fees),
    actual_outcome: payout === null ? null : shownOutcome(slot.resolved ?? null),
    was_correct: isRight === null ? null : Number(isRight),
    pnl_net: payout === null ? null : inUsd(resultMicroUsd(sum, payout)),
    residual_micro_usd: residual,
    first_at_ms: sum.firstAtMs,
    resolved_at_ms: paidOutAtMs,
    updated_at_ms: measures.nowMs,
  });
}

/** Dollars times 10,000, so that half a share's payout is whole. */
const exactResult = (cash: number, yes: number, no: number, payout: Price): bigint =>
  BigInt(cash) * BigInt(PRICE_ONE) + BigInt(yes) * BigInt(payout) + BigInt(no) * BigInt(complement(payout));

const toMicro = (exact: bigint): number => {
  const one = BigInt(PRICE_ONE);
  const whole = exact / one;
  // Downwards, as the chain pays.
  return Number(exact % one < 0n ? whole - 1n : whole);
};

/** Net of fees, with what is still held at what it pays. */
const resultMicroUsd = ({ cash, fees, yes, no }: StrategySum, payout: Price): number =>
  toMicro(exactResult(cash - fees, yes, no, payout));

/**
 * What the books say the market has come to, less what its strategies have: 0, but for less than a micro-dollar for each part
 * of a void market, where an odd millionth of a share pays half a millionth.
 */
function residualOf(record: MarketRecord, position: Position | undefined, payout: Price): number {
  if (position === undefined) return 0;
  const cash = position.realisedUsd - position.feesUsd - costOfPosition(position);
  const inBooks = exactResult(cash, netShares(position.yes), netShares(position.no), payout);
  let inParts = 0n;
  for (const { cash: moved, fees, yes, no } of record.byStrategy.values())
    inParts += exactResult(moved - fees, yes, no, payout);
  return toMicro(inBooks - inParts);
}

/** Long enough for a trade that is told late. */
const KEEP_PAID_OUT_MS = 24 * 3_600_000;

/** Forgets markets whose result can change no more. */
export function tidyResults({ results, nowMs }: Measures): void {
  for (const [conditionId, { paidOutAtMs }] of results)
    if (paidOutAtMs !== null && nowMs - paidOutAtMs > KEEP_PAID_OUT_MS) results.delete(conditionId);
}

/** Books that were opened in runs of which no measures are left: what is held came from outside, at its cost. */
export function noteResultOpening(measures: Measures, position: Position): void {
  const { conditionId, yes, no } = position;
  noteResultMove(measures, conditionId, {
    yes: netShares(yes),
    no: netShares(no),
    cash: (position.realisedUsd - position.feesUsd - costOfPosition(position)) as Usd,
  });
}
