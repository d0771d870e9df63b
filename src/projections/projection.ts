import type { ConditionId } from '../domain/market.ts';
import type { ClientId, FillReport, OrderId } from '../domain/order.ts';
import type { Usd } from '../domain/units.ts';
import { DAY_MS, utcDayOf } from '../domain/utc-day.ts';
import { createDirectional } from '../kernel/directional.ts';
import type { Command, Input } from '../kernel/messages.ts';
import type { KernelState } from '../kernel/state.ts';
import { fillKey } from '../orders/fills.ts';
import { netShares } from '../orders/position.ts';
import type { JournalEntry } from '../ports/journal.ts';
import { beginDay, noteInventory } from './day-measures.ts';
import { type AccountDay, dayResultOf, emitDay } from './day-rows.ts';
import { followDirectional, takeDirectional, tidyDirectional } from './directional.ts';
import { applyInput, applyOutput, firstFacts, forgetEnded } from './facts.ts';
import { afterFill, type BeforeFill, beforeFill, takeMarkouts, tidyFills } from './fills.ts';
import { takeHorizons } from './forecasts.ts';
import {
  afterTransaction,
  beforeTransaction,
  type ChainOperation,
  emitInventory,
  takeDeposits,
} from './inventory.ts';
import { emitResult, emitUnlisted, noteResultOpening, resultsIn, tidyResults } from './market-results.ts';
import { createMeasures, type Measures } from './measures.ts';
import { enterQuoteOrder, followOrders, followQuotes, tidyQuotes } from './quotes.ts';
import type { Emit } from './rows.ts';

/**
 * Tables as a fold over the journal: the same entries give the same rows, whether they are read while the worker runs or years
 * later. Nothing here decides anything, and nothing that decides looks here.
 */
export interface Projection {
  /** Null before the first entry of a first run. */
  facts: KernelState | null;
  readonly measures: Measures;
}

/** What a run begins with: the state it was started from, and what the run before it had measured. Both null for a first run. */
export const createProjection = (facts: KernelState | null, measures: Measures | null): Projection => ({
  facts: facts === null ? null : withDirectional(facts),
  measures: measures ?? createMeasures(),
});

/** A state that was left before there was directional trading knows nothing of it, and is read all the same. */
const withDirectional = (facts: KernelState): KernelState => ({
  ...facts,
  directional: { ...createDirectional(), ...facts.directional },
});

/** Ended orders and fills are let go this often. */
const TIDY_EVERY_MS = 30_000;
/** Days before today that the Sharpe ratio of seven looks back on. */
const PAST_DAYS = 6;

/** Takes in the next entry. Rows that are new or have changed go to `emit`; a later one replaces an earlier one of the same key. */
export function project(projection: Projection, entry: JournalEntry, emit: Emit): void {
  if (entry.dir === 'in') takeInput(projection, entry, emit);
  else takeOutput(projection, entry.body as Command, emit);
}

function takeInput(projection: Projection, { seq, atMs, body }: JournalEntry, emit: Emit): void {
  const { measures } = projection;
  const input = body as Input;
  measures.inputSeq = seq;
  measures.levels.clear();
  measures.nowMs = Math.max(measures.nowMs, atMs);
  if (input.kind === 'runStarted') {
    projection.facts ??= firstFacts(input, atMs);
    measures.runId = input.runId;
    measures.wallet = input.wallet;
    // Books are no longer live once it is taken in, so nothing is measured over the time in which nobody watched.
    applyInput(projection.facts, atMs, input);
    if (measures.day === null) beginFromBooks(measures, projection.facts);
    if (measures.directional.firstRunId === '') measures.directional.firstRunId = input.runId;
    followDirectional(measures, projection.facts, input, emit);
    followTime(measures, projection.facts, emit);
    followQuotes(measures.quotes, projection.facts, [...measures.quotes.open], emit);
    return;
  }
  const { facts } = projection;
  if (facts === null) throw new Error(`the first input of a run is runStarted, found ${input.kind}`);
  followTime(measures, facts, emit);
  takeFacts(measures, facts, atMs, input, emit);
  if (measures.nowMs - measures.tidiedAtMs < TIDY_EVERY_MS) return;
  measures.tidiedAtMs = measures.nowMs;
  forgetEnded(facts);
  tidyQuotes(measures.quotes, facts);
  tidyFills(measures, facts);
  tidyResults(measures);
  tidyDirectional(measures, facts);
}

/** Books that were opened in runs of which no measures are left: what is held counts from here. */
function beginFromBooks(measures: Measures, facts: KernelState): void {
  if (facts.books.ledger.openedAtMs === null) return;
  for (const position of facts.books.positions.values()) {
    const { conditionId, yesPool, noPool } = position;
    noteResultOpening(measures, position);
    const market = facts.markets.get(conditionId)?.market;
    if (market === undefined) continue;
    measures.cashOfToken.set(market.yesTokenId, -yesPool.costUsd);
    measures.cashOfToken.set(market.noTokenId, -noPool.costUsd);
  }
  measures.day = beginDay(facts, utcDayOf(measures.nowMs), measures.nowMs);
}

/** What is due by now, at the mids of before: mark-outs, and the end of a day. */
function followTime(measures: Measures, facts: KernelState, emit: Emit): void {
  const { day, nowMs } = measures;
  if (day !== null && utcDayOf(nowMs) !== day.utcDay) {
    const midnightMs = (day.utcDay + 1) * DAY_MS;
    takeMarkouts(measures, facts, midnightMs, emit);
    const account = emitDay(measures, day, facts, midnightMs, emit);
    measures.pastResidual += account.residual;
    measures.pastDays = [...measures.pastDays, dayResultOf(account, day)].slice(-PAST_DAYS);
    const today = utcDayOf(nowMs);
    measures.day = beginDay(facts, today, today * DAY_MS);
  }
  takeMarkouts(measures, facts, nowMs, emit);
  takeHorizons(measures, facts, emit);
}

function takeFacts(measures: Measures, facts: KernelState, atMs: number, input: Input, emit: Emit): void {
  const { ledger } = facts.books;
  const postedBefore = ledger.nextSeq;
  const fills = reportsOf(facts, input).map((report) => beforeFill(measures, facts, report));
  const operation =
    input.kind === 'transactionEnded' ? beforeTransaction(measures, facts, input.txKey) : null;
  applyInput(facts, atMs, input);
  for (const before of fills) afterFill(measures, facts, before, emit);
  if (operation !== null) afterTransaction(measures, facts, operation, emit);
  followDirectional(measures, facts, input, emit);
  if (input.kind === 'transfersRead') takeEarned(measures, facts, input, postedBefore);
  for (const conditionId of resultsIn(measures, input)) emitResult(measures, facts, conditionId, emit);
  emitUnlisted(measures, facts, input, emit);
  followOrders(measures.quotes, facts, ordersIn(facts, input), emit);
  if (input.kind === 'openOrdersRead') followQuotes(measures.quotes, facts, [...measures.quotes.open], emit);
  if (ledger.nextSeq === postedBefore) return;
  noteMoved(measures, facts, postedBefore, fills, operation, emit);
}

/** Rewards and rebates at the amounts that the chain told, of which the books say only whether they were taken in now. */
function takeEarned(
  { day }: Measures,
  { books }: KernelState,
  { transfers }: Extract<Input, { kind: 'transfersRead' }>,
  postedBefore: number,
): void {
  if (day === null) return;
  const booked = new Set(
    books.ledger.entries.filter(({ seq }) => seq >= postedBefore).map(({ about }) => about),
  );
  for (const { key, kind, amount } of transfers) {
    if (!booked.has(key)) continue;
    if (kind === 'reward') day.rewards = (day.rewards + amount) as Usd;
    else if (kind === 'rebate') day.rebates = (day.rebates + amount) as Usd;
  }
}

/** What was booked has moved shares or cash: what is held is measured anew. */
function noteMoved(
  measures: Measures,
  facts: KernelState,
  postedBefore: number,
  fills: readonly BeforeFill[],
  operation: ChainOperation | null,
  emit: Emit,
): void {
  const { ledger } = facts.books;
  const posted = ledger.entries.filter(({ seq }) => seq >= postedBefore);
  const moved = new Set<ConditionId>(takeDeposits(measures, facts, posted));
  for (const { report } of fills) moved.add(report.conditionId);
  for (const { slot } of operation?.moves ?? []) moved.add(slot.market.conditionId);
  if (measures.day === null && ledger.openedAtMs !== null)
    measures.day = beginDay(facts, utcDayOf(measures.nowMs), measures.nowMs);
  else if (measures.day !== null && posted.some(({ kind }) => kind !== 'stage'))
    noteInventory(measures.day, facts, moved, measures.nowMs);
  for (const conditionId of moved) {
    emitInventory(measures, facts, conditionId, emit);
    emitResult(measures, facts, conditionId, emit);
  }
}

/** Each own fill that an input reports, once. Nothing more happens to one that is confirmed, and reads of trades repeat many. */
function reportsOf({ books }: KernelState, input: Input): FillReport[] {
  const reports = input.kind === 'fill' ? [input.fill] : input.kind === 'tradesRead' ? input.fills : [];
  const byKey = new Map<string, FillReport>();
  for (const report of reports) {
    const key = fillKey(report);
    if (books.fills.byKey.get(key)?.status !== 'CONFIRMED') byKey.set(key, report);
  }
  return [...byKey.values()];
}

/** Our names of the orders that an input tells of. */
function ordersIn({ orders }: KernelState, input: Input): ClientId[] {
  const named = (ids: readonly OrderId[]): ClientId[] =>
    ids.flatMap((orderId) => orders.byOrderId.get(orderId)?.request.clientId ?? []);
  switch (input.kind) {
    case 'ordersPrepared':
      return input.orders.map(([clientId]) => clientId);
    case 'ordersAnswered':
      return input.answers.map(([clientId]) => clientId);
    case 'orderSeen':
    case 'orderRead':
      return named([input.orderId]);
    case 'cancelAnswered':
      return named([...input.canceled, ...input.notCanceled.map(([orderId]) => orderId)]);
    default:
      return [];
  }
}

function takeOutput({ facts, measures }: Projection, command: Command, emit: Emit): void {
  if (facts === null) return;
  if (command.kind === 'decision') {
    for (const [clientId, level] of placedIn(command.why)) measures.levels.set(clientId, level);
    return;
  }
  const { levels, quotes, day } = measures;
  applyOutput(facts, command, (clientId) => levels.get(clientId) ?? null);
  if (command.kind === 'directional') takeDirectional(measures, facts, command.note, emit);
  if (command.kind !== 'place') return;
  for (const { request } of command.orders) {
    const level = levels.get(request.clientId);
    if (level === undefined) continue;
    const isNew = enterQuoteOrder(quotes, facts, request, level, measures.runId, measures.inputSeq, emit);
    if (day === null) continue;
    day.marketsQuoted.add(request.conditionId);
    if (isNew) day.quotesPlaced += 1;
  }
}

/** The orders that a decision placed, with their levels. Journals hold decisions of other kinds and older forms, too. */
function placedIn(why: unknown): readonly (readonly [ClientId, number])[] {
  const placed = (why as { readonly placed?: unknown } | null)?.placed;
  return Array.isArray(placed) ? (placed as readonly (readonly [ClientId, number])[]) : [];
}

/** Emits what changes with the mids alone: the running day, and what is held. Returns the day; null before the books are open. */
export function refresh({ facts, measures }: Projection, emit: Emit): AccountDay | null {
  if (facts === null || measures.day === null) return null;
  for (const { conditionId, yes, no } of facts.books.positions.values())
    if (netShares(yes) !== 0 || netShares(no) !== 0) emitInventory(measures, facts, conditionId, emit);
  return emitDay(measures, measures.day, facts, measures.nowMs, emit);
}
