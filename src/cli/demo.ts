import { resolve } from 'node:path';
import {
  cryptoDemoSettings,
  type DemoSummary,
  runDemo,
  StartRefused,
  type WorkerStatus,
} from '../app/index.ts';
import { readArguments, refuse } from './arguments.ts';
import { directionalLines, tradesLines } from './directional-lines.ts';
import { openLiveScreen } from './live-screen.ts';
import { marketTable } from './market-table.ts';
import { believedText, priceLines } from './price-lines.ts';
import { projectFolder } from './read-settings.ts';
import { settingsOfOptions } from './set-option.ts';

/**
 * `./run demo` runs the local venue (chain, exchange, traders) and the worker as two programs, shows what happens, and judges
 * the outcome from outside the worker.
 */
const USAGE =
  './run demo [--minutes N] [--markets FILE] [--replay-l2 DIR] [--seed S] [--data DIR] [--crypto [--spot FILE]] [--set NAME=VALUE]... [--json]';
const PROGRESS_EVERY_MS = 10_000;

await main();

async function main(): Promise<void> {
  const { minutes, markets, seed, data, crypto, spot, json, set, ...rest } = readArguments(USAGE, {
    minutes: { type: 'string' },
    markets: { type: 'string' },
    'replay-l2': { type: 'string' },
    seed: { type: 'string' },
    data: { type: 'string' },
    set: { type: 'string', multiple: true, default: [] },
    crypto: { type: 'boolean', default: false },
    spot: { type: 'string' },
    json: { type: 'boolean', default: false },
  });
  const forMinutes = minutes === undefined ? null : Number(minutes);
  if (forMinutes !== null && !(forMinutes > 0 && forMinutes <= 10_080))
    return refuse([`--minutes: found ${minutes}; expected a number above 0, at most 10080.`], json);
  const settings = settingsOfOptions(set);
  if (typeof settings === 'string') return refuse([settings], json);
  const replayL2 = rest['replay-l2'];
  if (crypto && (markets !== undefined || replayL2 !== undefined))
    return refuse(
      [
        '--crypto: its markets are the synthetic ones; leave out --markets and --replay-l2, or leave out --crypto.',
      ],
      json,
    );
  if (spot !== undefined && !crypto)
    return refuse(['--spot: its prices are those of coins; add --crypto, or leave it out.'], json);
  const stop = new AbortController();
  onSignals(stop);
  const screen = process.stderr.isTTY ? openLiveScreen(process.stderr) : null;
  const progress = createProgress();
  const say = (line: string): void => (screen === null ? console.error(line) : screen.note(line));
  const chosen = crypto ? cryptoDemoSettings(settings) : { settings, notes: [] };
  for (const note of chosen.notes) say(`demo: ${note}`);
  let summary: DemoSummary;
  try {
    summary = await runDemo({
      dataDir: resolve(projectFolder, data ?? `data/demo-${new Date().toISOString().replace(/[-:.]/g, '')}`),
      durationMs: forMinutes === null ? null : forMinutes * 60_000,
      venueArgs: [
        ...(seed === undefined ? [] : ['--seed', seed]),
        ...(markets === undefined ? [] : ['--markets', markets]),
        ...(replayL2 === undefined ? [] : ['--replay-l2', replayL2]),
        ...(crypto ? ['--crypto'] : []),
        ...(spot === undefined ? [] : ['--spot', spot]),
      ],
      settings: chosen.settings,
      stopAsked: stop.signal,
      onLine: (from, line) => say(`${from}: ${line}`),
      onStatus: (status) => {
        if (screen === null) progress(status);
        else screen.show(screenLines(status, process.stderr.columns ?? 120));
      },
    });
  } catch (error) {
    screen?.close();
    const lines =
      error instanceof StartRefused
        ? error.problems
        : [error instanceof Error ? error.message : String(error)];
    return refuse(['The demo did not run.', ...lines], json);
  }
  screen?.close();
  showSummary(summary, json);
  process.exitCode = summary.ok ? 0 : 1;
}

/** The first signal ends the demo in its order; a third one is a person who does not want to wait. */
function onSignals(stop: AbortController): void {
  let signals = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      signals += 1;
      stop.abort();
      // The children notice that we are gone and end by themselves.
      if (signals >= 3) process.exit(1);
    });
}

function headline(status: WorkerStatus): string {
  const seconds = Math.round((status.run.nowMs - status.run.startedAtMs) / 1_000);
  const clock = `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
  const { counts, profit } = status;
  return `${clock} ${status.trading.mode}, ${status.quotedMarkets} markets quoted, ${status.liveOrders} orders live, ${counts.fills} fills (${counts.settledTrades} settled), profit ${profit.profitUsd.toFixed(2)} USD, ${status.framesPerSecond} frames/s, ${status.inputsPerSecond} inputs/s${status.prices === null ? '' : `, prices of ${believedText(status.prices)}`}${directionalBrief(status.directional)}`;
}

/** Nothing while directional trading has done nothing. */
function directionalBrief(directional: WorkerStatus['directional']): string {
  if (directional === null) return '';
  const { resting, positions, realised } = directional;
  if (resting.length + positions.length + realised.closed === 0) return '';
  return `, directional ${resting.length} resting, ${positions.length} held, ${realised.closed} closed for ${realised.realisedUsd.toFixed(2)} USD`;
}

function screenLines(status: WorkerStatus, columns: number): string[] {
  const { counts, profit, trading, reconciliation } = status;
  return [
    headline(status),
    `  placed ${counts.ordersPlaced}, cancelled ${counts.ordersCanceled}, split ${(counts.splitMicroUsd / 1e6).toFixed(2)}, merged ${(counts.mergedMicroUsd / 1e6).toFixed(2)}, cash ${profit.cashUsd.toFixed(2)}, in positions ${profit.costUsd.toFixed(2)}, fees ${profit.feesUsd.toFixed(2)}`,
    `  books: ${reconciliation.done ? 'reconciled' : 'being reconciled'}, residuals ${reconciliation.ledgerResidualMicroUsd} and ${reconciliation.chainResidualMicroUsd ?? '-'} micro-USD (in themselves, against the chain)`,
    ...priceLines(status.prices).map((line) => `  ${line}`),
    ...directionalLines(status.directional, status.run.nowMs).map((line) => `  ${line}`),
    ...trading.blocks.map((block) => `  held back: ${block}`),
    ...(trading.blocks.length === 0 ? [] : [`  blocked: ${trading.blocked}`]),
    '',
    ...marketTable(status.markets, columns),
    '',
    'Ctrl-C ends the demo: every order is cancelled, the books are closed, the journal is replayed.',
  ];
}

/** A line now and then, for logs and pipes. */
function createProgress(): (status: WorkerStatus) => void {
  let nextMs = 0;
  return (status) => {
    if (performance.now() < nextMs) return;
    nextMs = performance.now() + PROGRESS_EVERY_MS;
    console.error(headline(status));
  };
}

function showSummary(summary: DemoSummary, json: boolean): void {
  const unit = (value: number | null): string => (value === null ? 'unknown' : `${value} micro-USD`);
  console.error(
    [
      `${summary.quotedMarkets} of ${summary.markets} markets quoted on both sides, in ${summary.seconds} s`,
      `orders: ${summary.ordersPlaced} placed, ${summary.ordersCanceled} cancelled, ${summary.openOrdersAtExit ?? 'unknown'} open at exit`,
      `trades: ${summary.fills} fills, ${summary.settledTrades} settled, ${summary.failedTrades} failed`,
      `chain: ${summary.splitUsd.toFixed(2)} USD split, ${summary.mergedUsd.toFixed(2)} merged`,
      `profit: ${summary.pnlUsd.toFixed(2)} USD at mid marks, of which fees ${summary.feesUsd.toFixed(2)}`,
      `residuals: books ${unit(summary.ledgerResidualMicroUsd)}, against the chain ${unit(summary.chainResidualMicroUsd)}, profit taken apart ${unit(summary.pnlIdentityResidualMicroUsd)}`,
      `journal: ${summary.journalEntries} entries, replay ${summary.replayMatches ? 'gives the same outputs' : 'DIFFERS'}; ${summary.runDirectory ?? 'no run'}`,
      ...priceLines(summary.prices),
      ...tradesLines(summary.directional),
      ...summary.troubles.map((trouble) => `trouble: ${trouble}`),
    ].join('\n'),
  );
  if (json) console.log(JSON.stringify(summary));
}
