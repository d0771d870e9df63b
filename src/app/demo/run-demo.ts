import { existsSync, mkdirSync } from 'node:fs';
import { runsFolder } from '../../adapters/node/run-directory.ts';
import { askStatus } from '../control-client.ts';
import { replayRun } from '../recover.ts';
import type { RunSummary } from '../run-summary.ts';
import { StartRefused } from '../start-refused.ts';
import type { WorkerStatus } from '../worker-status.ts';
import { type ChildProgram, pause } from './child-program.ts';
import { demoWorkerSettings } from './demo-settings.ts';
import { viewFromOutside } from './outside-view.ts';
import { startVenueChild, startWorkerChild } from './programs.ts';
import type { VenueReady } from './venue-ready.ts';

export interface DemoOptions {
  readonly dataDir: string;
  /** How long the worker trades; null until `stopAsked`. */
  readonly durationMs: number | null;
  readonly venueArgs: readonly string[];
  /** Settings of the worker that a person wants otherwise, by name. */
  readonly settings: Readonly<Record<string, string>>;
  /** Aborted when a person wants it to end. */
  readonly stopAsked: AbortSignal;
  readonly onLine: (from: 'venue' | 'worker', line: string) => void;
  readonly onStatus: (status: WorkerStatus) => void;
}

/** The demo's last line. Residuals and open orders are read from outside the worker; null where they could not be. */
export interface DemoSummary {
  readonly ok: boolean;
  readonly markets: number;
  readonly quotedMarkets: number;
  readonly ordersPlaced: number;
  readonly ordersCanceled: number;
  readonly fills: number;
  readonly settledTrades: number;
  readonly failedTrades: number;
  readonly arbitrage: RunSummary['arbitrage'];
  readonly directional: RunSummary['directional'];
  /** What coins cost at the end; null where the venue published no prices. */
  readonly prices: RunSummary['prices'];
  readonly splitUsd: number;
  readonly mergedUsd: number;
  readonly pnlUsd: number;
  readonly feesUsd: number;
  /** Liquidity rewards that the venue paid into the wallet. */
  readonly rewardsUsd: number;
  readonly ledgerResidualMicroUsd: number | null;
  readonly chainResidualMicroUsd: number | null;
  readonly pnlIdentityResidualMicroUsd: number | null;
  readonly openOrdersAtExit: number | null;
  readonly journalEntries: number;
  readonly replayMatches: boolean;
  readonly seconds: number;
  readonly runDirectory: string | null;
  /** Everything that did not go as it should. */
  readonly troubles: readonly string[];
}

/** Longer than the worker's own bound on its way out. */
const WORKER_STOP_BOUND_MS = 110_000;
const VENUE_STOP_BOUND_MS = 20_000;
const STATUS_EVERY_MS = 1_000;
/** A demo ends long before its day does. */
const REWARDS = ['--reward-payout-seconds', '15'];

/** Runs venue and worker as two programs that know each other by address only, and judges the outcome from outside. */
export async function runDemo(options: DemoOptions): Promise<DemoSummary> {
  if (existsSync(runsFolder(options.dataDir)))
    throw new StartRefused([
      `${options.dataDir}: found runs of an earlier demo; expected a new folder, because their chain is gone. Name another with --data.`,
    ]);
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 });
  const children: ChildProgram[] = [];
  const stopEarly = (): void => children[0]?.signal('SIGTERM');
  options.stopAsked.addEventListener('abort', stopEarly);
  try {
    const venue = await startVenueChild(
      [...REWARDS, ...options.venueArgs],
      (line) => options.onLine('venue', line),
      (program) => children.push(program),
    );
    options.stopAsked.removeEventListener('abort', stopEarly);
    const settings = demoWorkerSettings(venue.ready, options.dataDir, options.settings);
    const worker = startWorkerChild(settings, ['--yes', '--approve'], (line) =>
      options.onLine('worker', line),
    );
    children.push(worker);
    const startedMs = performance.now();
    await watch(worker, options);
    const isInTime = await worker.stop(WORKER_STOP_BOUND_MS);
    const seconds = Math.round((performance.now() - startedMs) / 1_000);
    return await judge({ venue: venue.ready, worker, isInTime, seconds });
  } finally {
    // The worker goes first: it has orders to take back.
    for (const child of children.toReversed()) await child.stop(VENUE_STOP_BOUND_MS);
  }
}

/** Shows the status each second until the time is up, a stop is asked for, or the worker has ended by itself. */
async function watch(worker: ChildProgram, options: DemoOptions): Promise<void> {
  const { durationMs, stopAsked } = options;
  const endsAtMs = durationMs === null ? Number.POSITIVE_INFINITY : performance.now() + durationMs;
  const stop = Promise.withResolvers<void>();
  stopAsked.addEventListener('abort', () => stop.resolve());
  while (!stopAsked.aborted && !worker.hasEnded() && performance.now() < endsAtMs) {
    const next = pause(Math.min(STATUS_EVERY_MS, Math.max(0, endsAtMs - performance.now())));
    await Promise.race([next, stop.promise, worker.ended]);
    next.cancel();
    if (worker.hasEnded() || stopAsked.aborted) return;
    const status = await statusOf(options.dataDir);
    if (status !== null) options.onStatus(status);
  }
}

async function statusOf(dataDir: string): Promise<WorkerStatus | null> {
  try {
    return await askStatus(dataDir, 2_000);
  } catch {
    // The worker is still starting, or busy; the next second shows.
    return null;
  }
}

interface Ended {
  readonly venue: VenueReady;
  readonly worker: ChildProgram;
  readonly isInTime: boolean;
  readonly seconds: number;
}

async function judge({ venue, worker, isInTime, seconds }: Ended): Promise<DemoSummary> {
  const troubles: string[] = [];
  const code = await worker.ended;
  if (!isInTime) troubles.push('the worker did not stop in time and was killed');
  else if (code !== 0) troubles.push(`the worker ended with exit code ${code}`);
  const run = runSummaryOf(worker.lastLine());
  if (run === null) troubles.push('the worker left no summary');
  const wallet = venue.accounts[0]?.address ?? '';
  const outside = await attempt(
    troubles,
    'reading venue and chain',
    viewFromOutside(venue, wallet, run?.holdings ?? null),
  );
  const replay = run === null ? null : await attempt(troubles, 'the replay', replayRun(run.directory, false));
  const replayMatches = replay !== null && replay.replayed.difference === null;
  if (replay !== null && !replayMatches)
    troubles.push(`the replay differs at entry ${replay.replayed.difference?.seq}`);
  const chainResidual =
    outside === null || Number.isNaN(outside.chainResidualMicroUsd) ? null : outside.chainResidualMicroUsd;
  const ok =
    troubles.length === 0 &&
    run?.ledgerResidualMicroUsd === 0 &&
    run.pnlIdentityResidualMicroUsd === 0 &&
    chainResidual === 0 &&
    outside?.openOrders === 0 &&
    replayMatches;
  return {
    ok,
    markets: run?.markets ?? 0,
    quotedMarkets: run?.quotedMarkets ?? 0,
    ordersPlaced: run?.ordersPlaced ?? 0,
    ordersCanceled: run?.ordersCanceled ?? 0,
    fills: run?.fills ?? 0,
    settledTrades: run?.settledTrades ?? 0,
    failedTrades: run?.failedTrades ?? 0,
    arbitrage: run?.arbitrage ?? null,
    directional: run?.directional ?? null,
    prices: run?.prices ?? null,
    splitUsd: run?.splitUsd ?? 0,
    mergedUsd: run?.mergedUsd ?? 0,
    pnlUsd: run?.pnlUsd ?? 0,
    feesUsd: run?.feesUsd ?? 0,
    rewardsUsd: run?.transfers.rewardsUsd ?? 0,
    ledgerResidualMicroUsd: run?.ledgerResidualMicroUsd ?? null,
    chainResidualMicroUsd: chainResidual,
    pnlIdentityResidualMicroUsd: run?.pnlIdentityResidualMicroUsd ?? null,
    openOrdersAtExit: outside?.openOrders ?? null,
    journalEntries: run?.journalEntries ?? 0,
    replayMatches,
    seconds,
    runDirectory: run?.directory ?? null,
    troubles,
  };
}

/** The worker's last line; null when it ended without one. */
export function runSummaryOf(line: string | null): RunSummary | null {
  if (line === null) return null;
  try {
    const parsed = JSON.parse(line) as Partial<RunSummary>;
    return typeof parsed.directory === 'string' ? (parsed as RunSummary) : null;
  } catch {
    // Something else was the last thing it said.
    return null;
  }
}

async function attempt<Value>(troubles: string[], what: string, work: Promise<Value>): Promise<Value | null> {
  try {
    return await work;
  } catch (error) {
    troubles.push(`${what} failed: ${error instanceof Error ? error.message : String(error)}`);
    return null;
  }
}
