import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openFileJournal, readFileJournal } from '../adapters/node/file-journal.ts';
import { leaveHaltMark, standsHaltMark } from '../adapters/node/halt-mark.ts';
import { takeLease } from '../adapters/node/lease.ts';
import { createRunFolder, readManifest } from '../adapters/node/run-directory.ts';
import { systemTimers } from '../adapters/node/system-timers.ts';
import { createKernel } from '../kernel/kernel.ts';
import type { Loop } from '../kernel/loop.ts';
import { scriptedLoop } from '../kernel/test-support/test-kernel.ts';
import { loops } from '../loops/index.ts';
import type { JournalEntry, JournalSink } from '../ports/journal.ts';
import { replayJournal } from '../runtime/replay.ts';
import { parseSettings, type Settings } from '../settings/index.ts';
import { tellOperator } from './control-client.ts';
import { replayRun } from './recover.ts';
import { runWorker, type Worker } from './run-worker.ts';
import { readSettingChanges } from './settings-file.ts';
import { startRunTables } from './tables/run-tables.ts';
import { createFakeWorld, type FakeWorld } from './testing/fake-world.ts';
import { manifestOf } from './testing/manifest.ts';

let dataDir: string;
let world: FakeWorld;
let alarms: string[];
let warnings: string[];
/** How many orders were signed each time that what was signed ahead was thrown away. */
let forgottenAt: number[];
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'evenkeel-worker-'));
  world = createFakeWorld();
  alarms = [];
  warnings = [];
  forgottenAt = [];
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const MANIFEST = manifestOf({ status: 'running' });

function settingsOf(texts: Record<string, string>): Settings {
  const parsed = parseSettings({ MM_CYCLE_SECONDS: '1', MM_MIN_DEPTH_USD: '0', ...texts });
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('\n'));
  return parsed.settings;
}

/** A worker on the fake world; `breakAt` makes the journal fail at the first entry it holds for. */
async function start(
  breakAt: ((entry: JournalEntry) => boolean) | null = null,
  of: readonly Loop[] = loops,
  settings = settingsOf({}),
): Promise<Worker> {
  const directory = createRunFolder(dataDir, MANIFEST, null);
  const file = openFileJournal(directory);
  const journal: JournalSink = {
    ...file,
    append: (entries) => {
      if (breakAt !== null && entries.some(breakAt)) throw new Error('no space left on device');
      file.append(entries);
    },
  };
  const log = {
    debug: () => undefined,
    note: () => undefined,
    warning: (message: string) => warnings.push(message),
    alarm: (message: string) => alarms.push(message),
  };
  const path = join(dataDir, 'worker.sqlite');
  return runWorker({
    settings,
    base: settings,
    changes: [],
    dataDir,
    directory,
    manifest: MANIFEST,
    kernel: createKernel(of, null),
    hasParent: false,
    resume: false,
    journal,
    adapters: world.adapters,
    forgetSignedAhead: () => forgottenAt.push(world.signed),
    lease: takeLease(dataDir, 0),
    timers: systemTimers,
    tables: startRunTables({ path, dataDir, runId: MANIFEST.runId, parentRunId: null, directory }, log),
    log,
  });
}

async function until(isThere: () => boolean): Promise<void> {
  for (let tries = 0; tries < 500 && !isThere(); tries += 1)
    await new Promise((done) => setTimeout(done, 20));
  if (!isThere()) throw new Error(`it did not come to that; sent: ${world.sent.join(', ')}`);
}

describe('a running worker', () => {
  it('trades on when its tables cannot be kept, and says how they are made again', async () => {
    mkdirSync(join(dataDir, 'worker.sqlite'));
    const worker = await start();
    await until(() => world.open.size > 0);
    worker.stop('me', 'enough');
    expect(await worker.ended).toMatchObject({ ok: true, pnlIdentityResidualMicroUsd: null });
    expect(worker.status().today).toBeNull();
    expect(warnings.join('\n')).toMatch(/tables .* are not kept any more.*rebuild-tables/s);
  });

  it('quotes, and on a stop takes every order back before it says that it is done', async () => {
    const worker = await start();
    await until(() => world.open.size > 0);
    expect(worker.status()).toMatchObject({ trading: { mode: 'active' } });
    worker.stop('me', 'enough');
    const summary = await worker.ended;
    expect(summary).toMatchObject({ ok: true, openOrdersAtExit: 0, ledgerResidualMicroUsd: 0 });
    // The tables are complete, and agree with the books.
    expect(summary.pnlIdentityResidualMicroUsd).toBe(0);
    expect(warnings.filter((warning) => warning.includes('tables'))).toEqual([]);
    expect(worker.status().today).toMatchObject({ fills: 0, profitUsd: 0, portfolioValueUsd: 1_000 });
    expect(world.open.size).toBe(0);
    expect(world.sent.at(-1)).toBe('cancelAll');
    expect(readManifest(worker.directory)).toMatchObject({ status: 'stopped' });
    expect(JSON.parse(readFileSync(join(worker.directory, 'summary.json'), 'utf8'))).toEqual(summary);
    expect((await replayRun(worker.directory, false)).replayed).toMatchObject({
      difference: null,
      lackingAtEnd: 0,
    });
  });

  it('sends nothing that the journal did not take', async () => {
    const worker = await start(({ kind }) => kind === 'ordersPrepared');
    const summary = await worker.ended;
    expect(summary).toMatchObject({ ok: false });
    expect(alarms.join('\n')).toMatch(/no space left on device/);
    // Orders were signed, and none was sent: the one thing that goes out is the attempt to take everything back.
    expect(world.signed).toBeGreaterThan(0);
    expect(world.sent.filter((call) => call.startsWith('place'))).toEqual([]);
    expect(world.sent.at(-1)).toBe('cancelAll');
    expect(readManifest(worker.directory)).toMatchObject({ status: 'crashed' });
    takeLease(dataDir, 1).release();
  });

  it('changes a setting that a loop wants once, for good, as an operator would, and not in a replay', async () => {
    const wish = { kind: 'changeSetting', name: 'CD_MIN_EDGE_PTS', to: 6, reason: 'few trades win' } as const;
    const too = { ...wish, name: 'MAX_TOTAL_EXPOSURE_PCT', to: 100 } as const;
    const withWish = (): Loop[] => {
      const { loop, script } = scriptedLoop({ name: 'cd-analysis', wakesOn: [], everyMs: () => 1_000 });
      script.push([wish, too]);
      return [...loops.filter(({ name }) => name !== 'cd-analysis'), loop];
    };
    const worker = await start(null, withWish());
    await until(() => readSettingChanges(dataDir).length > 0 && world.open.size > 0);
    worker.stop('me', 'enough');
    expect(await worker.ended).toMatchObject({ ok: true });
    expect(readSettingChanges(dataDir)).toMatchObject([
      { name: 'CD_MIN_EDGE_PTS', value: '6', by: 'cd-analysis', reason: 'few trades win' },
    ]);
    expect(warnings.join('\n')).toMatch(/MAX_TOTAL_EXPOSURE_PCT to 100 is refused/);
    const entries: JournalEntry[] = [];
    for await (const entry of readFileJournal(worker.directory)) entries.push(entry);
    expect(entries.filter(({ kind }) => kind === 'settingsChanged').map(({ body }) => body)).toMatchObject([
      { by: 'cd-analysis', change: { name: 'CD_MIN_EDGE_PTS', from: 5, to: 6 } },
    ]);
    const kernel = createKernel(withWish(), null);
    const replayed = await replayJournal(kernel, readFileJournal(worker.directory), false);
    expect(replayed).toMatchObject({ difference: null, lackingAtEnd: 0 });
    expect(kernel.state.settings.cd?.minEdgePts).toBe(6);
    expect(readSettingChanges(dataDir)).toHaveLength(1);
  });

  it('starts halted where a mark was left, sends nothing, and trades once a person has resumed', async () => {
    leaveHaltMark(dataDir, { atMs: 1_000, by: 'me', reason: 'run kill' });
    const worker = await start();
    await until(() => worker.status().trading.blocks.some((text) => text.startsWith('operatorHalt')));
    expect(worker.status().trading.blocks.join()).toMatch(/run kill, at 1970-01-01T00:00:01.000Z \(by me\)/);
    await until(() => worker.status().feeds.heartbeat?.up === true);
    expect(world.signed).toBe(0);
    await tellOperator(dataDir, { order: 'resume', reason: 'enough', by: 'me' }, 5_000);
    expect(standsHaltMark(dataDir)).toBe(false);
    await until(() => world.open.size > 0);
    worker.stop('me', 'enough');
    expect(await worker.ended).toMatchObject({ ok: true });
  });

  it('finds a mark that is left while it trades, sends nothing from that moment on, and takes every order back', async () => {
    const worker = await start();
    await until(() => world.open.size > 0);
    leaveHaltMark(dataDir, { atMs: Date.now(), by: 'me', reason: 'run kill' });
    const before = world.sent.length;
    await until(() => world.open.size === 0);
    await until(() => worker.status().trading.blocks.some((text) => text.startsWith('operatorHalt')));
    expect(world.sent.slice(before).filter((call) => call.startsWith('place'))).toEqual([]);
    expect(worker.status().trading.mode).toBe('halted');
    worker.stop('me', 'enough');
    expect(await worker.ended).toMatchObject({ ok: true });
  });

  it('sends no heartbeat while orders have to go and cannot, nor once it has given up', async () => {
    const settings = settingsOf({});
    const often = { ...settings, heartbeat: { ...settings.heartbeat, intervalSeconds: 0.05 } };
    const worker = await start(null, undefined, often);
    await until(() => world.open.size > 0);
    const beating = world.beats;
    await until(() => world.beats > beating + 2);
    world.cancelsFail = true;
    const cancels = (): number => world.sent.filter((call) => call === 'cancelAll').length;
    const tried = cancels();
    await tellOperator(dataDir, { order: 'pause', reason: 'a look', by: 'me' }, 5_000);
    const paused = world.beats;
    // Half a second and a second later: time for thirty beats.
    await until(() => cancels() >= tried + 3);
    expect(world.beats - paused).toBeLessThanOrEqual(1);
    world.cancelsFail = false;
    await until(() => world.open.size === 0 && world.beats > paused + 2);
    worker.abort('enough');
    const given = world.beats;
    await worker.ended;
    expect(world.beats - given).toBeLessThanOrEqual(1);
  });

  it('signs nothing after a halt from what was signed ahead before it', async () => {
    const worker = await start();
    await until(() => world.open.size > 0);
    await tellOperator(dataDir, { order: 'pause', reason: 'a look', by: 'me' }, 5_000);
    await until(() => world.open.size === 0);
    const signed = world.signed;
    expect(forgottenAt.length).toBeGreaterThan(0);
    forgottenAt = [];
    await tellOperator(dataDir, { order: 'resume', reason: 'enough', by: 'me' }, 5_000);
    await until(() => world.open.size > 0);
    expect(forgottenAt[0]).toBe(signed);
    worker.stop('me', 'enough');
    expect(await worker.ended).toMatchObject({ ok: true });
  });

  it('is not resumed while the account is paused on chain, and is told why; any other order is taken', async () => {
    world.pausedFromBlock = 7;
    const worker = await start();
    const tell = (order: 'pause' | 'resume') =>
      tellOperator(dataDir, { order, reason: 'a look', by: 'me' }, 5_000);
    expect(await tell('pause')).toEqual({ accepted: 'pause', warning: null });
    expect(await tell('resume')).toEqual({ refused: expect.stringContaining('./run kill --undo-on-chain') });
    expect(worker.status().trading.blocks.join()).toContain('operatorPause');
    world.pausedFromBlock = null;
    expect(await tell('resume')).toEqual({ accepted: 'resume', warning: null });
    expect(worker.status().trading.blocks.join()).not.toContain('operatorPause');
    worker.stop('me', 'enough');
    expect(await worker.ended).toMatchObject({ ok: true });
  });

  it('gives up within a bound, and says that orders may be live, when nothing can be cancelled', async () => {
    const worker = await start();
    await until(() => world.open.size > 0);
    world.cancelsFail = true;
    worker.abort('second SIGINT');
    expect(await worker.ended).toMatchObject({ ok: false, exitReason: 'second SIGINT' });
    expect(alarms.join('\n')).toMatch(/orders may be live: the venue is gone/);
    expect(world.sent.filter((call) => call === 'cancelAll').length).toBeGreaterThan(1);
  });
});
