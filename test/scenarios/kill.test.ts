import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { standsHaltMark } from '../../src/adapters/node/halt-mark.ts';
import { leaseHolder } from '../../src/adapters/node/lease.ts';
import { tellOperator } from '../../src/app/control-client.ts';
import { type ChildProgram, pause, startChild } from '../../src/app/demo/child-program.ts';
import { demoWorkerSettings, withoutSettings } from '../../src/app/demo/demo-settings.ts';
import { openOrdersOf } from '../../src/app/demo/outside-view.ts';
import { startVenueChild, startWorkerChild, type VenueChild } from '../../src/app/demo/programs.ts';
import type { KillOutcome } from '../../src/app/index.ts';
import type { JournalEntry } from '../../src/ports/journal.ts';
import { journalOf, runFolders, statusWhen, temporaryFolder } from '../support/demo-pieces.ts';

const SRC = join(import.meta.dirname, '..', '..', 'src');
const UP_BOUND_MS = 60_000;

let venue: VenueChild;
let folder: ReturnType<typeof temporaryFolder>;
let worker: ChildProgram | null = null;
let stand: ChildProcess | null = null;
let lines: string[] = [];
beforeAll(async () => {
  venue = await startVenueChild(['--seed', '5'], () => undefined);
}, 130_000);
afterAll(() => venue.program.stop(20_000).then(() => undefined), 30_000);
beforeEach(() => {
  folder = temporaryFolder();
  lines = [];
});
afterEach(async () => {
  await go('SIGCONT');
  await worker?.stop(5_000);
  worker = null;
  stand?.kill('SIGKILL');
  stand = null;
  folder.remove();
});

const settings = (): Record<string, string> => demoWorkerSettings(venue.ready, folder.path);
const wallet = (): string => venue.ready.accounts[0]?.address ?? '';
const openAtVenue = (): Promise<number> => openOrdersOf(venue.ready, wallet());

const start = (...args: string[]): ChildProgram =>
  startWorkerChild(settings(), ['--yes', '--approve', ...args], (line) => lines.push(line));
const quoting = (): Promise<unknown> =>
  statusWhen(
    folder.path,
    worker as ChildProgram,
    async ({ liveOrders }) => liveOrders > 3 && (await openAtVenue()) > 3,
    UP_BOUND_MS,
    lines,
  );

/** Stops or continues the worker's own process, which holds the lease. */
async function go(signal: 'SIGSTOP' | 'SIGCONT'): Promise<void> {
  const pid = leaseHolder(folder.path)?.pid;
  if (pid !== undefined && worker !== null) process.kill(pid, signal);
}

/** Stops the worker at a moment when every order it has sent is answered: an answer that it reads later would look like a new order. */
async function stopBetweenOrders(): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    await go('SIGSTOP');
    await pause(20);
    if ((await unansweredOrders()) === 0) return;
    await go('SIGCONT');
    await pause(200);
  }
  throw new Error('there was an order without its answer at each of 50 moments');
}

async function unansweredOrders(): Promise<number> {
  const [run] = runFolders(folder.path);
  const names = (entries: readonly JournalEntry[]): Set<string> =>
    new Set(entries.flatMap(({ body }) => JSON.stringify(body).match(/"o-\d+"/g) ?? []));
  const entries = await journalOf(run ?? '');
  const placed = names(entries.filter(({ dir, kind }) => dir === 'out' && kind === 'place'));
  const answered = names(entries.filter(({ kind }) => kind === 'ordersAnswered'));
  return [...placed].filter((name) => !answered.has(name)).length;
}

/** A command with these settings and no others: how it ended, what it said, and its last line. */
async function command<Said>(name: string, ...words: string[]) {
  const told: string[] = [];
  const program = startChild({
    script: join(SRC, 'cli', `${name}.ts`),
    args: [...words, '--json'],
    env: { ...withoutSettings(process.env), ...settings() },
    onErrorLine: (line) => told.push(line),
  });
  const code = await program.ended;
  return { code, told: told.join('\n'), said: JSON.parse(program.lastLine() ?? 'null') as Said };
}
const kill = (...words: string[]) => command<KillOutcome>('kill', ...words);

it('kills though the worker is stopped by SIGSTOP; continued it sends nothing, and a resume lets it trade again', {
  timeout: 240_000,
}, async () => {
  worker = start();
  await quoting();
  expect(await openAtVenue()).toBeGreaterThan(3);
  await stopBetweenOrders();

  const killed = await kill('--reason', 'it hangs');
  expect(killed, killed.told).toMatchObject({
    code: 0,
    said: { ok: true, worker: 'silent', isMarked: true, remaining: [], onChain: null },
  });
  expect(killed.said.canceled).toBeGreaterThan(3);
  expect(killed.told).toMatch(/left the halt mark .*halt\.json/);
  expect(killed.told).toMatch(/the worker \(process \d+, stopped by a signal\) does not answer/);
  expect(killed.told).toMatch(/looked again after 1 s: 0 orders cancelled; a read shows none left/);
  expect(await openAtVenue()).toBe(0);

  // Long enough for books, decisions and the heartbeat to be old.
  await pause(11_000);
  await go('SIGCONT');
  const counts: number[] = [];
  for (let look = 0; look < 40; look += 1) {
    counts.push(await openAtVenue());
    await pause(100);
  }
  expect(counts.filter((count) => count > 0)).toEqual([]);
  const halted = await statusWhen(
    folder.path,
    worker,
    ({ trading, feeds }) => trading.mode === 'halted' && feeds.heartbeat?.up === true,
    UP_BOUND_MS,
    lines,
  );
  expect(halted.trading.blocks.join('\n')).toMatch(/operatorHalt: it hangs.* \(by .+\)/);
  await expectNothingSentSinceAbsence();

  expect(await command('resume')).toMatchObject({ code: 0 });
  expect(standsHaltMark(folder.path)).toBe(false);
  await quoting();
  await showHowLongAHaltTakes();
  expect(await worker.stop(110_000), lines.slice(-20).join('\n')).toBe(true);
});

/** A halt of a worker that answers, seen from the venue. How long it took is printed and not judged: this machine is not alone. */
async function showHowLongAHaltTakes(): Promise<void> {
  const before = await openAtVenue();
  const fromMs = performance.now();
  await tellOperator(folder.path, { order: 'halt', reason: 'a look at the clock', by: 'test' }, 5_000);
  while ((await openAtVenue()) > 0 && performance.now() - fromMs < UP_BOUND_MS) await pause(5);
  const tookMs = Math.round(performance.now() - fromMs);
  expect(await openAtVenue()).toBe(0);
  console.log(`kill: ${before} orders were gone from the venue ${tookMs} ms after the halt was ordered`);
}

/** The first thing the worker learnt when it woke was that it had not run, and from then until the resume it placed nothing. */
async function expectNothingSentSinceAbsence(): Promise<void> {
  const [run] = runFolders(folder.path);
  const entries = await journalOf(run ?? '');
  const inputs = entries.filter(({ dir }) => dir === 'in');
  const woke = inputs.findIndex(
    (entry, index) => index > 0 && entry.atMs - (inputs[index - 1]?.atMs ?? 0) > 9_000,
  );
  expect(woke).toBeGreaterThan(0);
  const first = inputs[woke] as JournalEntry;
  expect(first).toMatchObject({ kind: 'feed', body: { up: false, feed: 'user' } });
  expect(JSON.stringify(first.body)).toMatch(/this process did not run for \d+\.\d s/);
  const since = entries.filter(({ seq }) => seq > first.seq);
  expect(since.filter(({ dir, kind }) => dir === 'out' && kind === 'place')).toEqual([]);
  expect(
    since.filter(({ kind, body }) => kind === 'ordersAnswered' && JSON.stringify(body).includes('"live"')),
  ).toEqual([]);
  expect(since.some(({ dir, kind }) => dir === 'out' && kind === 'cancelAll')).toBe(true);
}

it('kills without a worker; the next start is halted until a resume, and refused while the account is paused on chain', {
  timeout: 240_000,
}, async () => {
  worker = start();
  await quoting();
  worker.signal('SIGKILL');
  await worker.ended;
  expect(await openAtVenue()).toBeGreaterThan(0);

  const killed = await kill('--on-chain');
  expect(killed, killed.told).toMatchObject({
    code: 0,
    said: { ok: true, worker: 'notRunning', remaining: [], onChain: { ok: true } },
  });
  expect(killed.told).toMatch(/pauseUser\(\) of the neg-risk exchange/);
  expect(await openAtVenue()).toBe(0);

  const refused = start();
  expect(await refused.ended).toBe(2);
  expect(lines.join('\n')).toMatch(/found a pause on the exchange, in effect from block \d+ on/);
  expect(lines.join('\n')).toMatch(/kill --undo-on-chain/);
  const looked = await command<{ ok: boolean }>('doctor');
  expect(looked.told).toMatch(/FAIL .*on-chain pause .*a pause on the exchange/);
  expect(looked.said.ok).toBe(false);

  const undone = await kill('--undo-on-chain');
  expect(undone, undone.told).toMatchObject({ code: 0, said: { ok: true } });
  expect(standsHaltMark(folder.path)).toBe(true);

  lines = [];
  worker = start();
  const halted = await statusWhen(
    folder.path,
    worker,
    ({ trading, feeds }) => trading.mode === 'halted' && feeds.heartbeat?.up === true,
    UP_BOUND_MS,
    lines,
  );
  expect(halted.trading.blocks.join('\n')).toMatch(/operatorHalt: run kill/);
  expect(await openAtVenue()).toBe(0);
  expect(await command('resume')).toMatchObject({ code: 0 });
  await quoting();
  expect(await worker.stop(110_000), lines.slice(-20).join('\n')).toBe(true);
});

it('kills though the event loop of whoever holds the folder is blocked, whatever lies at its socket', {
  timeout: 60_000,
}, async () => {
  const script = join(folder.path, 'blocked.mjs');
  writeFileSync(
    script,
    `import { createServer } from 'node:http';
     import { takeLease } from '${SRC}/adapters/node/lease.ts';
     import { controlPath } from '${SRC}/app/control-path.ts';
     takeLease(process.argv[2], Date.now());
     createServer().listen(controlPath(process.argv[2]), () => {
       console.log('blocked');
       for (;;);
     });`,
  );
  const child = spawn(process.execPath, [script, folder.path], { stdio: ['ignore', 'pipe', 'inherit'] });
  stand = child;
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const killed = await kill();
  expect(killed, killed.told).toMatchObject({ code: 0, said: { ok: true, worker: 'silent', remaining: [] } });
  expect(killed.told).toMatch(/the worker \(process \d+, busy\) does not answer/);
});
