import type { ConditionId } from '../domain/market.ts';
import type { TransactionRequest } from '../domain/transaction.ts';
import type { Usd } from '../domain/units.ts';
import { exposureOf } from '../risk/exposure.ts';
import {
  cashOwned,
  equityOf,
  holdingsValue,
  marketRisk,
  openCoinOf,
  openEventOf,
  totalExposure,
} from './gate-view.ts';
import type { KernelState } from './state.ts';
import { pendingConversions } from './transactions.ts';

/** What one market adds to the sums over the whole account. */
interface MarketPart {
  readonly exposure: Usd;
  readonly holdings: Usd;
  /** Its neg-risk event, or null where it stands alone or its outcome is known. */
  readonly eventId: string | null;
  /** The coin it is about, or null where it is about none or its outcome is known. */
  readonly coin: string | null;
}

/**
 * Sums over every market that holds something or has orders, kept up to date by the difference, so that no order costs more the more
 * markets there are. Nothing here is the source of anything. Positions, orders and conversions note in their own tables which markets
 * they have changed, since nobody else can write them; marks and listings are noted here. `settledRisk` takes the notes up
 * before it answers, and once a second adds everything up from nothing and compares.
 */
export interface AccountRisk {
  readonly parts: Map<ConditionId, MarketPart>;
  exposure: number;
  holdings: number;
  readonly byEvent: Map<string, Set<ConditionId>>;
  /** Exposure by coin. */
  readonly byCoin: Map<string, number>;
  /** Markets whose mark or outcome has changed since they were last added up. */
  changed: Set<ConditionId>;
  /** When the sums were last added up from nothing; null when they have to be before they are next used. */
  summedAtMs: number | null;
}

/** Sums that were never added up. */
export const createAccountRisk = (): AccountRisk => ({
  parts: new Map(),
  exposure: 0,
  holdings: 0,
  byEvent: new Map(),
  byCoin: new Map(),
  changed: new Set(),
  summedAtMs: null,
});

/** The mark or the outcome of a market has changed. */
export function noteMark({ accountRisk }: KernelState, conditionId: ConditionId): void {
  accountRisk.changed.add(conditionId);
}

/** A listing may change the mark and the event of any market. */
export function noteListing({ accountRisk }: KernelState): void {
  accountRisk.summedAtMs = null;
}

/** At most so long after a change that nobody noted it is found, and stops the loop that was about to rely on it. */
const COMPARE_EVERY_MS = 1_000;

/** The sums as everything stands now. */
function settledRisk(state: KernelState): AccountRisk {
  const { accountRisk: sums, nowMs } = state;
  if (sums.summedAtMs === null) {
    sumAnew(state);
    return sums;
  }
  const conversions = pendingConversions(state.transactions);
  for (const table of tablesIn(state)) {
    for (const conditionId of table.changed) takePart(state, conditionId, conversions);
    forgetChanged(table);
  }
  if (nowMs - sums.summedAtMs >= COMPARE_EVERY_MS) compare(state);
  return sums;
}

interface NotesChanges {
  changed: Set<ConditionId>;
}

const tablesIn = ({ accountRisk, books, orders, transactions }: KernelState): NotesChanges[] => [
  accountRisk,
  books,
  orders,
  transactions,
];

/** By a new set: one that is cleared leaves a table behind that holds its successor, and a collection takes the whole chain for living. */
function forgetChanged(table: NotesChanges): void {
  if (table.changed.size > 0) table.changed = new Set();
}

function sumAnew(state: KernelState): void {
  const { accountRisk: sums, books, orders } = state;
  for (const table of tablesIn(state)) forgetChanged(table);
  sums.parts.clear();
  sums.byEvent.clear();
  sums.byCoin.clear();
  sums.exposure = 0;
  sums.holdings = 0;
  const conversions = pendingConversions(state.transactions);
  for (const conditionIds of [books.positions.keys(), orders.workingByCondition.keys()])
    for (const conditionId of conditionIds) takePart(state, conditionId, conversions);
  sums.summedAtMs = state.nowMs;
}

/** Brings one market's part of the sums up to date. Whole numbers, so nothing drifts. */
function takePart(
  state: KernelState,
  conditionId: ConditionId,
  conversions: readonly TransactionRequest[],
): void {
  const { accountRisk: sums } = state;
  const before = sums.parts.get(conditionId) ?? NOTHING;
  const after = partOf(state, conditionId, conversions);
  if (after === NOTHING) sums.parts.delete(conditionId);
  else sums.parts.set(conditionId, after);
  sums.exposure += after.exposure - before.exposure;
  sums.holdings += after.holdings - before.holdings;
  addToCoin(sums, before.coin, -before.exposure);
  addToCoin(sums, after.coin, after.exposure);
  if (before.eventId !== after.eventId) moveEvent(sums, conditionId, before.eventId, after.eventId);
}

function addToCoin({ byCoin }: AccountRisk, coin: string | null, exposure: number): void {
  if (coin !== null && exposure !== 0) byCoin.set(coin, (byCoin.get(coin) ?? 0) + exposure);
}

const NOTHING: MarketPart = { exposure: 0 as Usd, holdings: 0 as Usd, eventId: null, coin: null };

function partOf(
  state: KernelState,
  conditionId: ConditionId,
  conversions: readonly TransactionRequest[],
): MarketPart {
  const position = state.books.positions.get(conditionId);
  if (position === undefined && !state.orders.workingByCondition.has(conditionId)) return NOTHING;
  const risk = marketRisk(state, conditionId, conversions);
  const slot = state.markets.get(conditionId);
  return {
    exposure: exposureOf(risk),
    holdings: position === undefined ? (0 as Usd) : holdingsValue(position, risk.mark),
    eventId: slot === undefined ? null : openEventOf(slot),
    coin: slot === undefined ? null : openCoinOf(slot),
  };
}

function moveEvent(
  { byEvent }: AccountRisk,
  conditionId: ConditionId,
  from: string | null,
  to: string | null,
): void {
  if (from !== null) {
    const left = byEvent.get(from);
    left?.delete(conditionId);
    if (left?.size === 0) byEvent.delete(from);
  }
  if (to === null) return;
  const joined = byEvent.get(to);
  if (joined === undefined) byEvent.set(to, new Set([conditionId]));
  else joined.add(conditionId);
}

/** Adds everything up from nothing. A difference means that something changes a market and does not note it, so no sum may be relied on. */
function compare(state: KernelState): void {
  const { accountRisk: sums } = state;
  sums.summedAtMs = state.nowMs;
  const kept = keptFigures(sums);
  const found = figuresAnew(state);
  if (kept.every((figure, index) => figure === found[index])) return;
  throw new Error(
    `the account's sums are out of date: exposure, holdings, exposure by coin (micro-dollars), markets, and those of events, were kept as ${kept.join(', ')}, expected ${found.join(', ')}`,
  );
}

function keptFigures({ exposure, holdings, byCoin, parts, byEvent }: AccountRisk): number[] {
  let ofCoins = 0;
  for (const usd of byCoin.values()) ofCoins += usd;
  let inEvents = 0;
  for (const conditionIds of byEvent.values()) inEvents += conditionIds.size;
  return [exposure, holdings, ofCoins, parts.size, inEvents];
}

function figuresAnew(state: KernelState): number[] {
  const figures = [0, 0, 0, 0, 0] as [number, number, number, number, number];
  const conversions = pendingConversions(state.transactions);
  const add = (conditionId: ConditionId): void => {
    const { exposure, holdings, coin, eventId } = partOf(state, conditionId, conversions);
    figures[0] += exposure;
    figures[1] += holdings;
    if (coin !== null) figures[2] += exposure;
    figures[3] += 1;
    if (eventId !== null) figures[4] += 1;
  };
  const { positions } = state.books;
  for (const conditionId of positions.keys()) add(conditionId);
  for (const conditionId of state.orders.workingByCondition.keys())
    if (!positions.has(conditionId)) add(conditionId);
  return figures;
}

/** By how much the sums, with all that is noted as changed, miss what adding everything up gives, in micro-dollars. 0, always. */
export function sumsResidual(state: KernelState): number {
  const { accountRisk: sums } = state;
  if (sums.summedAtMs === null) return 0;
  let { exposure, holdings } = sums;
  const conversions = pendingConversions(state.transactions);
  for (const conditionId of new Set(tablesIn(state).flatMap(({ changed }) => [...changed]))) {
    const before = sums.parts.get(conditionId) ?? NOTHING;
    const after = partOf(state, conditionId, conversions);
    exposure += after.exposure - before.exposure;
    holdings += after.holdings - before.holdings;
  }
  return Math.abs(exposure - totalExposure(state)) + Math.abs(cashOwned(state) + holdings - equityOf(state));
}

/** Dollars at risk over all markets, every order that may be live counted. */
export const exposureNow = (state: KernelState): Usd => settledRisk(state).exposure as Usd;

/** Value of everything owned at mid marks, cash included, provisional trades as if they stand. */
export const equityNow = (state: KernelState): Usd => (cashOwned(state) + settledRisk(state).holdings) as Usd;

/** Dollars at risk over all markets about a coin that are not settled. */
export const coinExposureNow = (state: KernelState, coin: string): Usd =>
  (settledRisk(state).byCoin.get(coin) ?? 0) as Usd;

/** Dollars at risk in one market, as the sums have it. */
export const partNow = (state: KernelState, conditionId: ConditionId): Usd =>
  (settledRisk(state).parts.get(conditionId) ?? NOTHING).exposure;

const NO_MARKETS: ReadonlySet<ConditionId> = new Set();

/** Markets of a neg-risk event that hold something or have orders and are not settled. */
export const marketsOfEvent = (state: KernelState, eventId: string): ReadonlySet<ConditionId> =>
  settledRisk(state).byEvent.get(eventId) ?? NO_MARKETS;
