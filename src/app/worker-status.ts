import { bestAsk, bestBid } from '../domain/book.ts';
import type { ConditionId } from '../domain/market.ts';
import { MICRO, PRICE_ONE } from '../domain/units.ts';
import { yesPriceOf, yesSideOf } from '../domain/yes-coordinates.ts';
import type { MarketSlot } from '../kernel/market-slots.ts';
import { isReconciled } from '../kernel/reconciliation.ts';
import type { KernelState, RunCounts } from '../kernel/state.ts';
import { pendingTransactions } from '../kernel/transactions.ts';
import { type ArbitrageReport, arbitrageReport } from '../loops/arbitrage/report.ts';
import type { MarketMakingMemory } from '../loops/market-making/memory.ts';
import { profitParts } from '../orders/books.ts';
import { restingSize } from '../orders/order-size.ts';
import { allLiveOrders, workingOrders } from '../orders/order-table.ts';
import { netShares } from '../orders/position.ts';

import { BLOCKED_IN, explainBlocks } from '../risk/trading-state.ts';
import { type DirectionalStatus, directionalStatus } from './directional-status.ts';
import {
  chainResidualMicroUsd,
  inUsd,
  ledgerResidualMicroUsd,
  profitMicroUsd,
  type ShownTransfers,
  shownTransfers,
} from './run-figures.ts';
import { type ScannerStatus, scannerStatus } from './scanner-status.ts';
import { type ScorerStatus, scorerStatus } from './scorer-status.ts';
import { type ShownPrices, shownPrices } from './shown-prices.ts';
import { type ShownRefusal, shownRefusals } from './shown-refusals.ts';
import type { ShownDay } from './tables/shown-day.ts';

/** Prices in dollars of YES, sizes in shares; null where there is none. */
export interface QuotedMarket {
  readonly conditionId: string;
  readonly slug: string;
  readonly question: string;
  readonly book: { readonly bid: number | null; readonly ask: number | null; readonly live: boolean };
  readonly ours: {
    readonly bid: number | null;
    readonly bidShares: number;
    readonly ask: number | null;
    readonly askShares: number;
  };
  readonly inventory: {
    readonly yesFinal: number;
    readonly yesNet: number;
    readonly noFinal: number;
    readonly noNet: number;
  };
  /** Why it is not quoted; null while it is, or while nobody has looked yet. */
  readonly notQuotedBecause: string | null;
}

/** What may be done, since when, what may not, and what holds it back until when. */
export interface ShownTrading {
  readonly mode: string;
  readonly sinceMs: number;
  /** What may not be done in this mode. */
  readonly blocked: string;
  readonly blocks: readonly string[];
  /** Whether a read has shown since that no order is left; null while orders may rest. */
  readonly ordersGone: boolean | null;
}

/** The account's value against its limits. Dollars and percent; null before the value was confirmed. */
export interface ShownLosses {
  readonly highWaterUsd: number | null;
  readonly drawdownPct: number;
  readonly dayStartUsd: number | null;
  readonly lossTodayPct: number;
  readonly resumesToday: number;
}

/** What `./run status` shows and `GET /status` answers. */
export interface WorkerStatus {
  readonly run: {
    readonly runId: string;
    readonly parentRunId: string | null;
    readonly directory: string;
    readonly wallet: string;
    readonly environment: string;
    readonly startedAtMs: number;
    readonly nowMs: number;
  };
  readonly trading: ShownTrading;
  readonly losses: ShownLosses;
  readonly feeds: Readonly<Record<string, { up: boolean; sinceMs: number; reason: string }>>;
  /** What coins cost; null while prices are not followed. */
  readonly prices: ShownPrices | null;
  readonly reconciliation: {
    readonly done: boolean;
    readonly lastErrors: readonly string[];
    readonly chainResidualMicroUsd: number | null;
    readonly ledgerResidualMicroUsd: number;
  };
  readonly loops: readonly {
    readonly name: string;
    readonly runs: number;
    readonly skippedBeats: number;
    readonly fault: string | null;
  }[];
  readonly markets: readonly QuotedMarket[];
  /** Which markets were considered, and why others are not quoted. */
  readonly scanner: ScannerStatus;
  readonly scorer: ScorerStatus | null;
  /** Null where the settings hold nothing of directional trading. */
  readonly directional: DirectionalStatus | null;
  readonly listedMarkets: number;
  readonly quotedMarkets: number;
  readonly liveOrders: number;
  readonly pendingTransactions: number;
  readonly profit: {
    readonly profitUsd: number;
    readonly realisedUsd: number;
    readonly feesUsd: number;
    readonly cashUsd: number;
    readonly costUsd: number;
    readonly externalUsd: number;
  };
  /** What came of complete sets; null before the loop has run. */
  readonly arbitrage: ArbitrageReport | null;
  /** What moved the wallet by itself during the run. */
  readonly transfers: ShownTransfers;
  readonly counts: RunCounts;
  /** What the risk gate has refused in this run, and why. */
  readonly refusals: readonly ShownRefusal[];
  /** The running UTC day as the tables have it; null before their first batch, and where they are not kept. */
  readonly today: ShownDay | null;
  readonly journalEntries: number;
  /** Inputs the core took a second, over the last seconds. */
  readonly inputsPerSecond: number;
  /** Frames the market sockets brought a second. */
  readonly framesPerSecond: number;
}

/** What the state alone does not tell. */
export interface RuntimeFigures {
  readonly today: ShownDay | null;
  readonly directory: string;
  readonly environment: string;
  readonly nowMs: number;
  readonly quotedMarkets: number;
  readonly journalEntries: number;
  readonly inputsPerSecond: number;
  readonly framesPerSecond: number;
}

export function workerStatus(state: KernelState, figures: RuntimeFigures): WorkerStatus {
  const { directory, environment, nowMs, ...counted } = figures;
  const { runId, parentRunId, wallet, startedAtMs } = state.run;
  const { reads } = state.reconciliation;
  const profit = profitParts(state.books);
  return {
    run: { runId, parentRunId, directory, wallet, environment, startedAtMs, nowMs },
    trading: shownTrading(state),
    losses: shownLosses(state),
    feeds: state.feeds,
    prices: shownPrices(state, nowMs),
    reconciliation: {
      done: isReconciled(state.reconciliation),
      lastErrors: Object.entries(reads).flatMap(([name, { lastError }]) =>
        lastError === null ? [] : [`${name}: ${lastError}`],
      ),
      chainResidualMicroUsd: chainResidualMicroUsd(state),
      ledgerResidualMicroUsd: ledgerResidualMicroUsd(state),
    },
    loops: [...state.loops].map(([name, { runs, skippedBeats, fault }]) => ({
      name,
      runs,
      skippedBeats,
      fault,
    })),
    markets: shownMarkets(state),
    scanner: scannerStatus(state, marketMakingMemory(state)),
    scorer: scorerStatus(state, marketMakingMemory(state)),
    directional: directionalStatus(state),
    listedMarkets: state.markets.size,
    liveOrders: allLiveOrders(state.orders).length,
    pendingTransactions: pendingTransactions(state.transactions).length,
    profit: {
      profitUsd: inUsd(profitMicroUsd(state)),
      realisedUsd: inUsd(profit.realisedUsd),
      feesUsd: inUsd(profit.feesUsd),
      cashUsd: inUsd(profit.cashUsd),
      costUsd: inUsd(profit.costUsd),
      externalUsd: inUsd(profit.externalUsd),
    },
    arbitrage: arbitrageReport(state),
    transfers: shownTransfers(state),
    counts: state.counts,
    refusals: shownRefusals(state),
    ...counted,
  };
}

const shownTrading = ({ trading, withdrawal }: KernelState): ShownTrading => ({
  mode: trading.mode,
  sinceMs: trading.sinceMs,
  blocked: BLOCKED_IN[trading.mode],
  blocks: explainBlocks(trading),
  ordersGone: withdrawal === null ? null : withdrawal.goneAtMs !== null,
});

const shownLosses = ({ losses: { drawdown, day } }: KernelState): ShownLosses => ({
  highWaterUsd: drawdown.highWaterUsd === null ? null : inUsd(drawdown.highWaterUsd),
  drawdownPct: drawdown.drawdownPct,
  dayStartUsd: day.startUsd === null ? null : inUsd(day.startUsd),
  lossTodayPct: day.lossPct,
  resumesToday: drawdown.recoveries,
});

/** Markets that are chosen, hold something, or have orders. */
function shownMarkets(state: KernelState): QuotedMarket[] {
  const memory = marketMakingMemory(state);
  const wanted = new Set<ConditionId>(memory?.chosen);
  for (const conditionId of state.orders.workingByCondition.keys()) wanted.add(conditionId);
  for (const [conditionId, position] of state.books.positions)
    if (position.openedAtMs !== null) wanted.add(conditionId);
  return [...wanted].flatMap((conditionId) => {
    const slot = state.markets.get(conditionId);
    return slot === undefined ? [] : [quotedMarket(state, slot, memory)];
  });
}

/** The kernel keeps each loop's memory as a plain object; this one is the market-making loop's own. */
const marketMakingMemory = (state: KernelState): MarketMakingMemory | undefined =>
  state.loops.get('market-making')?.memory as MarketMakingMemory | undefined;

function quotedMarket(
  state: KernelState,
  slot: MarketSlot,
  memory: MarketMakingMemory | undefined,
): QuotedMarket {
  const { conditionId, slug, question } = slot.market;
  const position = state.books.positions.get(conditionId);
  const toPrice = (price: number | null): number | null => (price === null ? null : price / PRICE_ONE);
  return {
    conditionId,
    slug,
    question,
    book: { bid: toPrice(bestBid(slot.book)), ask: toPrice(bestAsk(slot.book)), live: slot.bookLive },
    ours: ownTouch(state, conditionId),
    inventory: {
      yesFinal: (position?.yes.final ?? 0) / MICRO,
      yesNet: position === undefined ? 0 : netShares(position.yes) / MICRO,
      noFinal: (position?.no.final ?? 0) / MICRO,
      noNet: position === undefined ? 0 : netShares(position.no) / MICRO,
    },
    notQuotedBecause: memory?.markets.get(conditionId)?.notQuotedBecause ?? null,
  };
}

/** Our best quote on each side in YES terms, with the size resting there. */
export function ownTouch(state: KernelState, conditionId: ConditionId): QuotedMarket['ours'] {
  let bid = -1;
  let ask = PRICE_ONE + 1;
  let bidShares = 0;
  let askShares = 0;
  for (const record of workingOrders(state.orders, conditionId)) {
    if (record.state !== 'open' && record.state !== 'partiallyFilled') continue;
    const price = yesPriceOf(record.request);
    const size = restingSize(record);
    if (size === 0) continue;
    if (yesSideOf(record.request) === 'BUY') {
      if (price > bid) [bid, bidShares] = [price, 0];
      if (price === bid) bidShares += size;
    } else {
      if (price < ask) [ask, askShares] = [price, 0];
      if (price === ask) askShares += size;
    }
  }
  return {
    bid: bid < 0 ? null : bid / PRICE_ONE,
    bidShares: bidShares / MICRO,
    ask: ask > PRICE_ONE ? null : ask / PRICE_ONE,
    askShares: askShares / MICRO,
  };
}
