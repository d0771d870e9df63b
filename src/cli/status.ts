import { askStatus, dataFolder, NoWorker, type WorkerStatus } from '../app/index.ts';
import { utcText } from '../domain/utc-text.ts';
import { readArguments, refuse } from './arguments.ts';
import { directionalLines } from './directional-lines.ts';
import { marketTable } from './market-table.ts';
import { priceLines } from './price-lines.ts';
import { problemLines, projectFolder, readSettings } from './read-settings.ts';
import { refusalLines } from './refusal-lines.ts';
import { scannerLines } from './scanner-lines.ts';
import { scorerLines } from './scorer-lines.ts';

/** `./run status` asks the running worker what it is doing. */
const USAGE = './run status [--json]';

await main();

async function main(): Promise<void> {
  const { json } = readArguments(USAGE, { json: { type: 'boolean', default: false } });
  const { parsed } = readSettings();
  if (!parsed.ok) return refuse(problemLines(parsed.problems), json);
  let status: WorkerStatus;
  try {
    status = await askStatus(dataFolder(parsed.settings, projectFolder), 5_000);
  } catch (error) {
    if (!(error instanceof NoWorker)) throw error;
    return refuse([`${error.message}. Start one with ./run start.`], json);
  }
  if (json) console.log(JSON.stringify({ ok: true, ...status }));
  else console.log(linesOf(status).join('\n'));
}

/** Yellow on a terminal: something that a person has to look at. */
const warn = (text: string): string =>
  process.stdout.isTTY && process.env.NO_COLOR === undefined ? `\u001b[33m${text}\u001b[0m` : text;

/** Nothing where nothing was ever seen. */
function arbitrageLines(arbitrage: WorkerStatus['arbitrage']): string[] {
  if (arbitrage === null || arbitrage.seen + arbitrage.eventsSeen === 0) return [];
  const { seen, stale, attempted, real, completed, failedLegs, expectedUsd, realisedUsd } = arbitrage;
  return [
    `complete sets: ${seen} seen, ${stale} stale, ${attempted} attempted, ${real} real, ${completed} completed, ${failedLegs} legs failed, ${realisedUsd.toFixed(4)} USD realised of ${expectedUsd.toFixed(4)} expected; ${arbitrage.eventsSeen} seen across events`,
  ];
}

function linesOf(status: WorkerStatus): string[] {
  const { run, trading, reconciliation, profit, counts } = status;
  const seconds = Math.round((run.nowMs - run.startedAtMs) / 1_000);
  return [
    `run ${run.runId}, ${seconds} s, ${run.environment}, wallet ${run.wallet}`,
    ...tradingLines(trading),
    lossLine(status.losses),
    ...Object.entries(status.feeds).map(
      ([name, feed]) => `feed ${name}: ${feed.up ? 'up' : 'down'} (${feed.reason})`,
    ),
    ...priceLines(status.prices),
    `books: ${reconciliation.done ? 'reconciled' : 'not reconciled'}, residuals ${reconciliation.ledgerResidualMicroUsd} in themselves, ${reconciliation.chainResidualMicroUsd ?? 'not compared'} against the chain (micro-USD)${reconciliation.lastErrors.map((text) => `; ${text}`).join('')}`,
    ...status.loops.map(
      ({ name, runs, skippedBeats, fault }) =>
        `loop ${name}: ${runs} runs, ${skippedBeats} beats skipped${fault === null ? '' : `, FAULTED: ${fault}`}`,
    ),
    `profit ${profit.profitUsd.toFixed(2)} USD (realised ${profit.realisedUsd.toFixed(2)}, fees ${profit.feesUsd.toFixed(2)}), cash ${profit.cashUsd.toFixed(2)}, in positions ${profit.costUsd.toFixed(2)}`,
    ...transferLines(status.transfers),
    ...(status.today === null ? [] : [todayLine(status.today)]),
    `${counts.ordersPlaced} orders placed, ${counts.ordersCanceled} cancelled, ${status.liveOrders} live, ${counts.fills} fills, ${counts.settledTrades} settled, ${counts.failedTrades} failed`,
    ...refusalLines(status.refusals, run.nowMs),
    ...arbitrageLines(status.arbitrage),
    ...directionalLines(status.directional, run.nowMs, warn),
    `${status.journalEntries} journal entries, ${status.inputsPerSecond} inputs/s, ${status.framesPerSecond} frames/s`,
    '',
    ...marketTable(status.markets, 110),
    '',
    ...scannerLines(status.scanner, status.run.nowMs),
    ...scorerLines(status.scorer, status.run.nowMs),
  ];
}

/** Mode, since when, what it blocks, and each reason on a line of its own with what clears it. */
function tradingLines({ mode, sinceMs, blocked, blocks, ordersGone }: WorkerStatus['trading']): string[] {
  const orders =
    ordersGone === null ? '' : `; orders ${ordersGone ? 'gone, as a read showed' : 'being taken back'}`;
  return [
    `trading: ${mode} since ${utcText(sinceMs)}; blocked: ${blocked}${orders}`,
    ...blocks.map((block) => `  held back by ${block}`),
  ];
}

function lossLine({ highWaterUsd, drawdownPct, lossTodayPct, resumesToday }: WorkerStatus['losses']): string {
  if (highWaterUsd === null) return 'losses: the value of the account is not confirmed yet';
  const resumes = resumesToday === 0 ? '' : `, ${resumesToday} resumes by itself today`;
  return `losses: ${drawdownPct.toFixed(2)} % below the high-water mark of ${highWaterUsd.toFixed(2)} USD, ${lossTodayPct.toFixed(2)} % since the start of the UTC day${resumes}`;
}

/** Nothing where nothing moved by itself. */
function transferLines(transfers: WorkerStatus['transfers']): string[] {
  const { depositedUsd, withdrawnUsd, rewardsUsd, rebatesUsd, sharesIn, sharesOut } = transfers;
  if (Object.values(transfers).every((amount) => amount === 0)) return [];
  return [
    `wallet: deposited ${depositedUsd.toFixed(2)} USD, withdrawn ${withdrawnUsd.toFixed(2)}, rewards ${rewardsUsd.toFixed(6)}, rebates ${rebatesUsd.toFixed(6)}, shares in ${sharesIn.toFixed(2)}, out ${sharesOut.toFixed(2)}`,
  ];
}

function todayLine(today: NonNullable<WorkerStatus['today']>): string {
  const { date, fills, profitUsd, spreadCapturedUsd, markoutUsd, driftUsd, feesUsd } = today;
  const usd = (amount: number): string => amount.toFixed(2);
  return `today ${date} (UTC): profit ${usd(profitUsd)} USD from ${fills} fills: spread captured ${usd(spreadCapturedUsd)}, mark-out ${usd(markoutUsd)}, drift ${usd(driftUsd)}, fees ${usd(feesUsd)}`;
}
