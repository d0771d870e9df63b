import type { KernelState } from '../kernel/state.ts';
import { profitParts } from '../orders/books.ts';
import { allLiveOrders } from '../orders/order-table.ts';
import {
  chainResidualMicroUsd,
  type FinalHoldings,
  finalHoldings,
  inUsd,
  ledgerResidualMicroUsd,
  profitMicroUsd,
} from './run-figures.ts';

/** How a run ended: `summary.json` in its folder, and the last line of `./run start --json`. */
export interface RunSummary {
  readonly ok: boolean;
  readonly runId: string;
  readonly parentRunId: string | null;
  readonly directory: string;
  readonly exitReason: string;
  /** Markets listed by the venue, and those that were quoted on both sides at once at least once. */
  readonly markets: number;
  readonly quotedMarkets: number;
  readonly ordersPlaced: number;
  readonly ordersCanceled: number;
  readonly fills: number;
  readonly settledTrades: number;
  readonly failedTrades: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly rejected: Readonly<Record<string, number>>;
  readonly splitUsd: number;
  readonly mergedUsd: number;
  /** Profit of this run at mid marks. */
  readonly pnlUsd: number;
  readonly feesUsd: number;
  readonly ledgerResidualMicroUsd: number;
  /** Chain minus books at the newest quiet comparison; null when there was none. */
  readonly chainResidualMicroUsd: number | null;
  /** Orders that may be live by our books. */
  readonly openOrdersAtExit: number;
  readonly journalEntries: number;
  readonly holdings: FinalHoldings;
}

/** Profit and fees as they stood when the run began, so that a run is judged by its own. */
export interface Baseline {
  readonly profitMicroUsd: number;
  readonly feesMicroUsd: number;
}

export const baselineOf = (state: KernelState): Baseline => ({
  profitMicroUsd: state.books.ledger.openedAtMs === null ? 0 : profitMicroUsd(state),
  feesMicroUsd: profitParts(state.books).feesUsd,
});

export function runSummary(
  state: KernelState,
  baseline: Baseline,
  facts: Pick<RunSummary, 'ok' | 'directory' | 'exitReason' | 'quotedMarkets' | 'journalEntries'>,
): RunSummary {
  const { counts } = state;
  return {
    ...facts,
    runId: state.run.runId,
    parentRunId: state.run.parentRunId,
    markets: state.markets.size,
    ordersPlaced: counts.ordersPlaced,
    ordersCanceled: counts.ordersCanceled,
    fills: counts.fills,
    settledTrades: counts.settledTrades,
    failedTrades: counts.failedTrades,
    refused: counts.refused,
    rejected: counts.rejected,
    splitUsd: inUsd(counts.splitMicroUsd),
    mergedUsd: inUsd(counts.mergedMicroUsd),
    pnlUsd: inUsd(profitMicroUsd(state) - baseline.profitMicroUsd),
    feesUsd: inUsd(profitParts(state.books).feesUsd - baseline.feesMicroUsd),
    ledgerResidualMicroUsd: ledgerResidualMicroUsd(state),
    chainResidualMicroUsd: chainResidualMicroUsd(state),
    openOrdersAtExit: allLiveOrders(state.orders).length,
    holdings: finalHoldings(state),
  };
}
