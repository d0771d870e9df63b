import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Bar, BarResult } from './bar.ts';
import {
  FEED_CONTENDERS,
  type FeedContender,
  type ListenerReport,
  type ToListener,
} from './lateness-messages.ts';
import { type FeedLine, startFeedServer } from './lateness-server.ts';
import { assertSame, median } from './rounds.ts';

export interface LatenessSize {
  readonly markets: number;
  readonly framesPerSecond: number;
  readonly warmSeconds: number;
  readonly seconds: number;
  readonly rounds: number;
}

const SIZE: LatenessSize = {
  markets: 500,
  framesPerSecond: 20_000,
  warmSeconds: 6,
  seconds: 3,
  rounds: 5,
};
const AT_LEAST = 10;
const REPORT_BOUND_MS = 20_000;

/** How late the event loop is for whatever comes next while the whole feed comes in. */
export const latenessBar: Bar = {
  name: 'lateness',
  what: `wait for the event loop under ${SIZE.framesPerSecond} frames a second of ${SIZE.markets} markets, against keeping parsed JSON`,
  run: () => measureLateness(SIZE),
};

interface Listener {
  readonly line: FeedLine;
  readonly process: ChildProcess;
}

export async function measureLateness(size: LatenessSize): Promise<BarResult> {
  const server = await startFeedServer(size.markets);
  const listeners = new Map<FeedContender, Listener>();
  const reports: Record<FeedContender, ListenerReport[]> = { ours: [], peer: [] };
  try {
    for (const contender of FEED_CONTENDERS) {
      const line = server.nextLine();
      const script = join(import.meta.dirname, 'lateness-listener.ts');
      const child = fork(script, [contender, String(server.port), String(size.markets)]);
      listeners.set(contender, { line, process: child });
      await Promise.race([line.subscribed, ended(contender, child)]);
    }
    for (let round = 0; round <= size.rounds; round += 1)
      for (const [contender, listener] of listeners) {
        const seconds = round === 0 ? size.warmSeconds : size.seconds;
        const report = await Promise.race([
          playRound(contender, listener, size.framesPerSecond, seconds),
          ended(contender, listener.process),
        ]);
        if (round > 0) reports[contender].push(report);
      }
  } finally {
    await Promise.all([...listeners.values()].map(({ process: child }) => end(child)));
    await server.close();
  }
  return resultOf(reports);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  child.disconnect();
  await exited;
}

/** A listener that ends before it was told to has failed, and says so on its standard error. */
async function ended(contender: FeedContender, child: ChildProcess): Promise<never> {
  await once(child, 'exit');
  throw new Error(`${contender}: the process that takes the feed has ended`);
}

async function playRound(
  contender: FeedContender,
  { line, process: child }: Listener,
  framesPerSecond: number,
  seconds: number,
): Promise<ListenerReport> {
  const tell = (message: ToListener): boolean => child.send(message);
  tell({ kind: 'watch' });
  await line.play(framesPerSecond, seconds);
  tell({ kind: 'report', frames: line.sent() });
  const [found] = (await once(child, 'message', { signal: AbortSignal.timeout(REPORT_BOUND_MS) })) as [
    ListenerReport,
  ];
  assertSame(`the touches of ${contender}`, found.touchSum, line.touchSum());
  return found;
}

function resultOf(reports: Readonly<Record<FeedContender, readonly ListenerReport[]>>): BarResult {
  const of = (contender: FeedContender, figure: (report: ListenerReport) => number): number =>
    median(reports[contender].map(figure));
  const ours = of('ours', ({ p99Ms }) => p99Ms);
  const peer = of('peer', ({ p99Ms }) => p99Ms);
  return {
    name: 'lateness',
    bar: `p99 at least ${AT_LEAST}x lower than keeping parsed JSON`,
    value: peer / ours,
    unit: 'x',
    isMet: peer / ours >= AT_LEAST,
    figures: [
      { name: 'ours p99', value: ours, unit: 'ms' },
      { name: 'keeping parsed JSON p99', value: peer, unit: 'ms' },
      { name: 'ours p50', value: of('ours', ({ p50Ms }) => p50Ms), unit: 'ms' },
      { name: 'keeping parsed JSON p50', value: of('peer', ({ p50Ms }) => p50Ms), unit: 'ms' },
      { name: 'ours longest', value: of('ours', ({ longestMs }) => longestMs), unit: 'ms' },
      { name: 'keeping parsed JSON longest', value: of('peer', ({ longestMs }) => longestMs), unit: 'ms' },
    ],
  };
}
