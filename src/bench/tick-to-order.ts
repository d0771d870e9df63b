import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WORKER_NODE_FLAGS } from '../runtime/worker-flags.ts';
import type { Bar, BarResult } from './bar.ts';
import { provenOrderId } from './check-tick-order.ts';
import { collectGarbage } from './collect-garbage.ts';
import { median } from './rounds.ts';
import {
  type FromTickContender,
  type FromTickServer,
  type TakenOrder,
  TICK_CONTENDERS,
  type TickContender,
  type ToTickServer,
} from './tick-messages.ts';

const MARKETS = 10;
const FRAMES = 400;
/** Rounds of each contender that count: spread over a minute and a half, so that a few seconds of other work on the machine do not decide. */
const ROUNDS = 15;
/**
 * Rounds before them: the compilers work on both sides for 8,000 frames, and once more after the first minute, when what happens once a
 * minute has come for the first time. A worker trades for days.
 */
const WARM_UP_ROUNDS = 50;
/** One in so many orders is proven in rounds that do not count: proving takes longer than the round. Prime, so that each market has its turn. */
const PROVEN_IN_WARM_UP = 19;
const AT_LEAST = 4;

/** From the venue's frame to our order in the venue's hands, with journal and gate in between. */
export const tickToOrderBar: Bar = {
  name: 'tick-to-order',
  what: 'the server sends a market frame until it has the whole order: journal, gate and cancel of the old quote included',
  run: () => measureTickToOrder(MARKETS, FRAMES, WARM_UP_ROUNDS, ROUNDS),
};

interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

/** Runs both contenders against one server, in interleaved rounds. Fails when any order is not the expected one. */
export async function measureTickToOrder(
  markets: number,
  frames: number,
  warmUpRounds: number,
  rounds: number,
): Promise<BarResult> {
  const directory = mkdtempSync(join(tmpdir(), 'evenkeel-tick-'));
  const server = await startTickServer(markets);
  const closers: (() => Promise<void> | void)[] = [];
  try {
    server.send({ kind: 'journal', directory });
    for (const contender of TICK_CONTENDERS) {
      const started = startContender(contender, [String(server.port), String(markets), directory], server);
      closers.push(started.close);
      await server.whileRight(started.ready);
    }
    const times: Record<TickContender, Percentiles[]> = { ours: [], peer: [], peerNoCancel: [] };
    let frameBytes = 0;
    for (let round = 0; round < warmUpRounds + rounds; round += 1) {
      for (const contender of TICK_CONTENDERS) {
        const counts = round >= warmUpRounds;
        const measured = await server.round(contender, frames);
        await proveTaken(contender, measured.taken, counts ? 1 : PROVEN_IN_WARM_UP);
        await collectGarbage();
        frameBytes = measured.frameBytes;
        if (counts) times[contender].push(percentilesOf(measured.latenciesUs));
      }
    }
    return resultOf(times, frameBytes);
  } finally {
    for (const close of closers.reverse()) await close();
    await server.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Proves with another implementation than ours that each order is signed by our key, and ours under the id they are known by. */
async function proveTaken(
  contender: TickContender,
  taken: readonly TakenOrder[],
  every: number,
): Promise<void> {
  for (const [index, { order, orderId }] of taken.entries()) {
    if (index % every !== 0) continue;
    const proven = await provenOrderId(order);
    if (contender === 'ours' && proven !== orderId)
      throw new Error(`the order's id is ${orderId}, by its fields it is ${proven}`);
  }
}

function percentilesOf(latenciesUs: readonly number[]): Percentiles {
  const sorted = [...latenciesUs].sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)]!;
  return { p50: at(0.5), p99: at(0.99) };
}

function resultOf(
  times: Readonly<Record<TickContender, readonly Percentiles[]>>,
  frameBytes: number,
): BarResult {
  const of = (contender: TickContender, name: keyof Percentiles): number =>
    median(times[contender].map((round) => round[name]));
  const p50 = of('peer', 'p50') / of('ours', 'p50');
  const p99 = of('peer', 'p99') / of('ours', 'p99');
  const us = (name: string, value: number) => ({ name, value, unit: 'us' });
  return {
    name: 'tick-to-order',
    bar: `p50 and p99 at least ${AT_LEAST}x ws + Map + clob-client-v2`,
    value: Math.min(p50, p99),
    unit: 'x',
    isMet: p50 >= AT_LEAST && p99 >= AT_LEAST,
    figures: [
      us('ours p50', of('ours', 'p50')),
      us('ours p99', of('ours', 'p99')),
      us('peer p50', of('peer', 'p50')),
      us('peer p99', of('peer', 'p99')),
      us('peer without cancel p50', of('peerNoCancel', 'p50')),
      us('peer without cancel p99', of('peerNoCancel', 'p99')),
      { name: 'p50 ratio', value: p50, unit: 'x' },
      { name: 'p99 ratio', value: p99, unit: 'x' },
      { name: 'frame', value: frameBytes, unit: 'bytes' },
    ],
  };
}

interface TickServer {
  readonly port: number;
  send(message: ToTickServer): void;
  round(contender: TickContender, frames: number): Promise<Extract<FromTickServer, { kind: 'round' }>>;
  /** Waits for `work`, or throws what went wrong meanwhile. */
  whileRight<Value>(work: Promise<Value>): Promise<Value>;
  readonly fail: (error: unknown) => void;
  close(): Promise<void>;
}

/** Starts a contender in a process of its own, ours with the flags that the worker is started with. */
function startContender(
  contender: TickContender,
  args: readonly string[],
  server: TickServer,
): { readonly ready: Promise<void>; close(): Promise<void> } {
  const child = fork(new URL('./tick-contender.ts', import.meta.url), [contender, ...args], {
    execArgv: contender === 'ours' ? [...WORKER_NODE_FLAGS] : [],
  });
  const ready = new Promise<void>((resolve) => {
    child.on('message', (message: FromTickContender) => {
      if (message.kind === 'ready') resolve();
      else if (message.kind === 'settled') server.send({ kind: 'settled', contender });
      else server.fail(new Error(message.text));
    });
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', (code) => {
      if (code !== 0) server.fail(new Error(`the process of ${contender} ended with ${code}`));
      resolve();
    });
  });
  child.once('error', server.fail);
  return { ready, close: () => endOf(child, exited, () => child.connected && child.send('close')) };
}

const END_BOUND_MS = 5_000;

/** Asks a process to end, and makes it end when it does not. */
async function endOf(child: ChildProcess, exited: Promise<void>, ask: () => unknown): Promise<void> {
  ask();
  const timer = setTimeout(() => child.kill('SIGKILL'), END_BOUND_MS);
  await exited;
  clearTimeout(timer);
}

async function startTickServer(markets: number): Promise<TickServer> {
  // The server is the measure, not measured: with room for young objects it collects no garbage in the middle of a round.
  const child: ChildProcess = fork(new URL('./tick-server.ts', import.meta.url), [String(markets)], {
    execArgv: ['--max-semi-space-size=128', '--min-semi-space-size=128'],
  });
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  // Whoever waits hears of it; nobody may be waiting at this moment.
  failed.catch(() => undefined);
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  child.once('error', (error) => fail(error));
  const waiting: ((message: FromTickServer) => void)[] = [];
  child.on('message', (message: FromTickServer) => {
    if (message.kind === 'wrong') fail(new Error(message.text));
    else waiting.shift()?.(message);
  });
  const whileRight = <Value>(work: Promise<Value>): Promise<Value> => Promise.race([work, failed]);
  const next = (): Promise<FromTickServer> =>
    whileRight(new Promise<FromTickServer>((resolve) => waiting.push(resolve)));
  const listening = await next();
  if (listening.kind !== 'listening') throw new Error(`expected the server's port, found ${listening.kind}`);
  const send = (message: ToTickServer): void => {
    if (child.connected) child.send(message);
  };
  return {
    port: listening.port,
    send,
    whileRight,
    fail,
    round: async (contender, frames) => {
      send({ kind: 'round', contender, frames });
      const answer = await next();
      if (answer.kind !== 'round') throw new Error(`expected a round's times, found ${answer.kind}`);
      return answer;
    },
    close: () => endOf(child, exited, () => send({ kind: 'close' })),
  };
}
