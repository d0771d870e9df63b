import { stopPts, targetPts } from '../crypto/strategy/exit-rules.ts';
import {
  type DirectionalPosition,
  type DirectionalSignal,
  heldShares,
  realisedUsd,
  type SignalAction,
} from '../domain/directional.ts';
import { MICRO, notional, POINT, type Price, sharesToFloat } from '../domain/units.ts';
import { utcDayOf } from '../domain/utc-day.ts';
import { directionalBook, directionalPositions } from '../kernel/directional.ts';
import type { KernelState } from '../kernel/state.ts';
import type { StrategySettings } from '../kernel/strategy-settings.ts';
import type { EntryMemory } from '../loops/crypto-directional/entry/entry-memory.ts';
import { entriesUsedUp } from '../loops/crypto-directional/entry/size-entry.ts';
import type { ExitMemory } from '../loops/crypto-directional/exit/exit-memory.ts';
import { heldPositionOf, heldTouch } from '../loops/crypto-directional/exit/held-market.ts';
import { purposeOf } from '../orders/order-names.ts';
import { restingSize } from '../orders/order-size.ts';
import { workingOrders } from '../orders/order-table.ts';
import { meaningOf } from '../risk/refusal.ts';
import { type RecalibrationStatus, recalibrationStatus } from './recalibration-status.ts';

type CdSettings = NonNullable<StrategySettings['cd']>;

/** What directional trading sees, wants and holds, for a person. Prices in points of the outcome that is meant. */
export interface DirectionalStatus {
  readonly enabled: boolean;
  readonly exitsEnabled: boolean;
  readonly lastCycleAtMs: number | null;
  readonly cycleMinutes: number;
  /** Markets that the last cycle looked at, and listed ones about coins. */
  readonly marketsInScope: number;
  readonly coinMarkets: number;
  /** Latest signals by what came of them. */
  readonly signals: Readonly<Partial<Record<SignalAction, number>>>;
  /** Those that claim enough edge, the largest first. */
  readonly withEdge: readonly ShownSignal[];
  readonly resting: readonly RestingEntry[];
  readonly positions: readonly OpenPosition[];
  readonly realised: DirectionalProfit;
  readonly coinsStopped: readonly { readonly coin: string; readonly because: string }[];
  readonly aiCheck: {
    readonly enabled: boolean;
    readonly asking: number;
    /** Null while it does not fail. */
    readonly failing: { readonly because: string; readonly times: number; readonly untilMs: number } | null;
  };
  readonly recalibration: RecalibrationStatus;
  /** Of the running UTC day. */
  readonly entriesToday: number;
  readonly maxEntriesPerDay: number;
  /** Why no entry rests and none is under way; null while one is. */
  readonly nothingBecause: string | null;
}

export interface ShownSignal {
  readonly slug: string;
  readonly coin: string;
  readonly outcome: string;
  readonly probabilityPct: number;
  readonly pricePts: number;
  readonly edgePts: number;
  readonly confirmations: number;
  readonly action: SignalAction;
  readonly why: string;
  readonly atMs: number;
}

export interface RestingEntry {
  readonly clientId: string;
  readonly slug: string;
  readonly outcome: string;
  readonly pricePts: number;
  readonly shares: number;
  readonly sinceMs: number;
}

export interface OpenPosition {
  readonly id: number;
  readonly slug: string;
  readonly coin: string;
  readonly outcome: string;
  readonly shares: number;
  readonly entryPts: number;
  /** Middle of the live book of others; null where there is none. */
  readonly midPts: number | null;
  readonly bidPts: number | null;
  /** At the middle, before what selling would cost; null without one. */
  readonly unrealisedUsd: number | null;
  readonly realisedUsd: number;
  readonly stopAtPts: number;
  readonly targetAtPts: number;
  readonly endAtMs: number | null;
  /** Why it is held, or what its sale waits for. */
  readonly heldBecause: string;
}

/** Positions that are remembered: all that are open, and the latest that were closed. */
export interface DirectionalProfit {
  readonly closed: number;
  /** Net of fees, of those that are closed and of what the open ones have sold. */
  readonly realisedUsd: number;
}

/** Null where the settings hold nothing of it, as in journals of before. */
export function directionalStatus(state: KernelState): DirectionalStatus | null {
  const { cd } = state.settings;
  if (cd === undefined) return null;
  const memory = state.loops.get('crypto-directional')?.memory as EntryMemory | undefined;
  const signals = freshSignals(state, cd);
  const trades = [...(memory?.trades.values() ?? [])];
  const resting = restingEntries(state);
  const { failures = 0, because = null, untilMs = 0 } = memory?.trouble ?? {};
  const { day, entries } = state.directionalDay;
  const status = {
    enabled: cd.enabled,
    exitsEnabled: cd.exitEnabled,
    lastCycleAtMs: memory?.lastCycleAtMs ?? null,
    cycleMinutes: cd.cycleMinutes,
    marketsInScope: memory?.scope.length ?? 0,
    coinMarkets: [...state.markets.values()].filter(isOpenCoinMarket).length,
    signals: countByAction(signals),
    withEdge: signals.flatMap((signal) => shownSignal(state, signal)).sort((a, b) => b.edgePts - a.edgePts),
    resting,
    positions: directionalPositions(state)
      .filter(({ openedAtMs }) => openedAtMs !== null)
      .map((position) => openPosition(state, cd, position)),
    realised: directionalProfit(state),
    coinsStopped: [...(memory?.stopped ?? [])].map(([coin, reason]) => ({ coin, because: reason })),
    aiCheck: {
      enabled: cd.pretradeAiEnabled,
      asking: trades.filter(({ stage }) => stage === 'asked').length,
      failing: because === null ? null : { because, times: failures, untilMs },
    },
    recalibration: recalibrationStatus(state),
    entriesToday: day === utcDayOf(state.nowMs) ? entries : 0,
    maxEntriesPerDay: cd.maxTradesPerDay,
  };
  const isBusy = resting.length > 0 || trades.length > 0;
  return { ...status, nothingBecause: isBusy ? null : nothingBecause(state, cd, status) };
}

const isOpenCoinMarket = ({
  coin,
  resolved,
  market,
}: NonNullable<ReturnType<KernelState['markets']['get']>>) =>
  coin !== null && resolved === undefined && !market.closed;

/** What was said longer ago than two cycles is not said any more. */
const freshSignals = (
  { directional, nowMs }: KernelState,
  { cycleMinutes }: CdSettings,
): DirectionalSignal[] =>
  [...directional.signals.values()].filter(({ atMs }) => nowMs - atMs <= 2 * cycleMinutes * 60_000);

function countByAction(signals: readonly DirectionalSignal[]): DirectionalStatus['signals'] {
  const counts: Partial<Record<SignalAction, number>> = {};
  for (const { action } of signals) counts[action] = (counts[action] ?? 0) + 1;
  return counts;
}

const slugOf = ({ markets }: KernelState, { conditionId }: Pick<DirectionalSignal, 'conditionId'>): string =>
  markets.get(conditionId)?.market.slug ?? conditionId;

const NO_EDGE: ReadonlySet<SignalAction> = new Set<SignalAction>(['notPriced', 'noEdge']);

function shownSignal(state: KernelState, signal: DirectionalSignal): ShownSignal[] {
  const { coin, outcome, probability, price, edgePts, confirmations, action, why, atMs } = signal;
  if (NO_EDGE.has(action) || outcome === null || probability === null || price === null || edgePts === null)
    return [];
  const figures = { probabilityPct: 100 * probability, pricePts: price / POINT, edgePts, confirmations };
  return [{ slug: slugOf(state, signal), coin, outcome, ...figures, action, why, atMs }];
}

function restingEntries(state: KernelState): RestingEntry[] {
  return directionalPositions(state).flatMap((position) =>
    [...workingOrders(state.orders, position.conditionId)]
      .filter(({ request }) => purposeOf(request.clientId) === 'entry')
      .map((record) => ({
        clientId: record.request.clientId,
        slug: slugOf(state, position),
        outcome: record.request.outcome,
        pricePts: record.request.price / POINT,
        shares: sharesToFloat(restingSize(record)),
        sinceMs: record.approvedAtMs,
      })),
  );
}

function openPosition(state: KernelState, cd: CdSettings, position: DirectionalPosition): OpenPosition {
  const slot = state.markets.get(position.conditionId);
  const { bid, mid } =
    slot === undefined ? { bid: null, mid: null } : heldTouch(state, slot, position.outcome);
  const average = position.bought === 0 ? 0 : position.paid / position.bought;
  const terms = {
    stopLossPts: cd.exitStopLossPts,
    takeProfitPts: cd.exitTakeProfitPts,
    edgeReversalPts: cd.exitEdgeReversalPts,
    beforeExpiryMs: cd.exitBeforeExpiryMinutes * 60_000,
  };
  const rules =
    slot === undefined
      ? { entryPrice: Math.round(average * MICRO_TO_PRICE) as Price, endAtMs: position.endAtMs ?? Infinity }
      : heldPositionOf(position, slot);
  const held = heldShares(position);
  const shown = {
    id: position.id,
    slug: slugOf(state, position),
    coin: position.coin,
    outcome: position.outcome,
    shares: sharesToFloat(held),
    entryPts: 100 * average,
    midPts: mid === null ? null : mid / POINT,
    bidPts: bid === null ? null : bid / POINT,
    unrealisedUsd: mid === null ? null : (notional(mid, held) - average * held) / MICRO,
    realisedUsd: realisedUsd(position) / MICRO,
    stopAtPts: rules.entryPrice / POINT - stopPts(rules, terms),
    targetAtPts: rules.entryPrice / POINT + targetPts(rules, terms),
    endAtMs: position.endAtMs,
  };
  return { ...shown, heldBecause: heldBecause(state, cd, position, shown) };
}

const MICRO_TO_PRICE = 10_000;

/** The strongest reason first. */
function heldBecause(
  state: KernelState,
  cd: CdSettings,
  { conditionId, exit }: DirectionalPosition,
  {
    bidPts,
    midPts,
    stopAtPts,
    targetAtPts,
  }: Pick<OpenPosition, 'bidPts' | 'midPts' | 'stopAtPts' | 'targetAtPts'>,
): string {
  const memory = state.loops.get('cd-exit')?.memory as ExitMemory | undefined;
  const watch = memory?.watches.get(conditionId);
  const refused = state.directional.exitsRefused.get(conditionId);
  const { mode } = state.trading;
  if (state.markets.get(conditionId)?.resolved !== undefined)
    return 'its market is resolved; it waits to be paid';
  if (!cd.exitEnabled) return 'exits are switched off (CD_EXIT_ENABLED)';
  if (mode !== 'active' && mode !== 'reducing') return `nothing is sold while trading is ${mode}`;
  if (refused !== undefined) return `its sale is refused: ${meaningOf(refused)?.what ?? refused}`;
  if (watch !== undefined && watch.fruitless > 0)
    return `${watch.fruitless} sales in a row have found nobody; it is tried again`;
  if (watch?.shortSinceMs != null) return 'its shares are not free to be sold yet';
  if (watch?.question != null) return 'its edge is gone, and a model is asked whether to sell';
  if (watch?.kept != null) return 'its edge is gone, and a model said to keep it for now';
  if (exit !== null) return `it is being sold: ${exit.why}`;
  if (midPts === null)
    return bidPts === null ? 'nobody bids, or its book is not live' : 'its book has one side only';
  return `between its stop at ${stopAtPts.toFixed(1)} and its target at ${targetAtPts.toFixed(1)}`;
}

/** Apart from everything else that was gained in the same markets. */
export function directionalProfit({ directional }: KernelState, sinceMs = 0): DirectionalProfit {
  const closed = directional.closed.filter(({ closedAtMs }) => (closedAtMs ?? 0) >= sinceMs);
  const all = [...closed, ...directional.positions.values()];
  return {
    closed: closed.length,
    realisedUsd: all.reduce((sum, position) => sum + realisedUsd(position), 0) / MICRO,
  };
}

type Known = Omit<DirectionalStatus, 'nothingBecause'>;

/** What keeps entries from being sent, the strongest reason alone. */
function nothingBecause(state: KernelState, cd: CdSettings, status: Known): string {
  const { mode } = state.trading;
  const fault = state.loops.get('crypto-directional')?.fault ?? null;
  const { failing, enabled: asks } = status.aiCheck;
  if (!cd.enabled) return 'entries are switched off (CD_ENABLED)';
  if (fault !== null) return `its loop is faulted: ${fault}`;
  if (mode !== 'active') return `trading is ${mode}`;
  if (status.coinMarkets === 0) return 'no listed market hangs on a coin';
  if (status.lastCycleAtMs === null) return 'the first cycle has not begun';
  if (status.marketsInScope === 0)
    return `none of ${status.coinMarkets} markets about coins is open, understood, and ${cd.minHoursToExpiry} hours to ${cd.maxDaysToExpiry} days from its end`;
  const usedUp = entriesUsedUp(state, cd, cd.maxConcurrentPositions - directionalBook(state, cd).positions);
  if (usedUp !== null) return usedUp;
  if (asks && failing !== null)
    return `the check before entries fails (${failing.because}), and without an answer nothing is entered`;
  if (Object.keys(status.signals).length === 0) return 'the cycle under way gathers books and prices';
  return `the latest signals: ${countsText(status.signals)}`;
}

const WORDS: Readonly<Record<SignalAction, string>> = {
  notPriced: 'not priced',
  noEdge: 'with too little edge',
  confirming: 'to be confirmed',
  asking: 'put to a model',
  aiRejected: 'without the leave of a model',
  tooSmall: 'too small',
  refused: 'refused',
  entered: 'entered already',
};

const countsText = (signals: DirectionalStatus['signals']): string =>
  (Object.keys(WORDS) as SignalAction[])
    .flatMap((action) => (signals[action] === undefined ? [] : [`${signals[action]} ${WORDS[action]}`]))
    .join(', ');
