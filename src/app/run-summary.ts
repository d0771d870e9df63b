import { realisedUsd } from '../domain/directional.ts';
import type { KernelState } from '../kernel/state.ts';
import { type ArbitrageReport, arbitrageReport } from '../loops/arbitrage/report.ts';
import { profitParts } from '../orders/books.ts';
import { allLiveOrders } from '../orders/order-table.ts';
import {
  chainResidualMicroUsd,
  type FinalHoldings,
  finalHoldings,
  inUsd,
  ledgerResidualMicroUsd,
  profitMicroUsd,
  type ShownTransfers,
  shownTransfers,
} from './run-figures.ts';
import { type ShownPrices, shownPrices } from './shown-prices.ts';
import type { ShownDay } from './tables/shown-day.ts';

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
  readonly arbitrage: ArbitrageReport | null;
  /** Directional trades of this run; null where the settings hold nothing of them. */
  readonly directional: DirectionalSummary | null;
  /** What coins cost at the end; null where prices were not followed. */
  readonly prices: ShownPrices | null;
  readonly splitUsd: number;
  readonly mergedUsd: number;
  /** Profit of this run at mid marks. */
  readonly pnlUsd: number;
  readonly feesUsd: number;
  /** What moved the wallet by itself during the run. */
  readonly transfers: ShownTransfers;
  readonly ledgerResidualMicroUsd: number;
  /** Chain minus books at the newest quiet comparison; null when there was none. */
  readonly chainResidualMicroUsd: number | null;
  /** Profit as the tables take it apart, from the journal alone, against the books; null when the tables were not complete in time. */
  readonly pnlIdentityResidualMicroUsd: number | null;
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
  tables: ShownDay | null,
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
    arbitrage: arbitrageReport(state),
    directional: directionalSummary(state),
    prices: shownPrices(state, state.nowMs),
    splitUsd: inUsd(counts.splitMicroUsd),
    mergedUsd: inUsd(counts.mergedMicroUsd),
    pnlUsd: inUsd(profitMicroUsd(state) - baseline.profitMicroUsd),
    feesUsd: inUsd(profitParts(state.books).feesUsd - baseline.feesMicroUsd),
    transfers: shownTransfers(state),
    ledgerResidualMicroUsd: ledgerResidualMicroUsd(state),
    chainResidualMicroUsd: chainResidualMicroUsd(state),
    pnlIdentityResidualMicroUsd: identityResidual(state, tables),
    openOrdersAtExit: allLiveOrders(state.orders).length,
    holdings: finalHoldings(state),
  };
}

/** Positions that were opened and closed in this run, and what was realised on those that were closed, net of fees. */
export interface DirectionalSummary {
  readonly opened: number;
  readonly closed: number;
  readonly realisedUsd: number;
  /** At the end, from whatever run. */
  readonly open: number;
}

function directionalSummary({ settings, directional, run }: KernelState): DirectionalSummary | null {
  if (settings.cd === undefined) return null;
  const isOfRun = (atMs: number | null): boolean => atMs !== null && atMs >= run.startedAtMs;
  const open = [...directional.positions.values()].filter(({ openedAtMs }) => openedAtMs !== null);
  const closed = directional.closed.filter(({ closedAtMs }) => isOfRun(closedAtMs));
  return {
    opened: [...open, ...directional.closed].filter(({ openedAtMs }) => isOfRun(openedAtMs)).length,
    closed: closed.length,
    realisedUsd: inUsd(closed.reduce((sum, position) => sum + realisedUsd(position), 0)),
    open: open.length,
  };
}

/** What the parts of the profit leave over, and the cash by which tables and books differ. 0, always. */
function identityResidual({ books }: KernelState, tables: ShownDay | null): number | null {
  if (tables === null) return null;
  return tables.residualMicroUsd + Math.abs(tables.cashMicroUsd - profitParts(books).cashUsd);
}
