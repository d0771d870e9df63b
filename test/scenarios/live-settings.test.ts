import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { type ChildProgram, startChild } from '../../src/app/demo/child-program.ts';
import { demoWorkerSettings, withoutSettings } from '../../src/app/demo/demo-settings.ts';
import { replayRun } from '../../src/app/recover.ts';
import type { Command, Input } from '../../src/kernel/messages.ts';
import { journalOf, runFolders, statusWhen } from '../support/demo-pieces.ts';
import { demoStand } from '../support/demo-stand.ts';

const stand = demoStand();
let worker: ChildProgram | null = null;
let lines: string[] = [];

const UP_BOUND_MS = 45_000;

it('W29: a setting changed while the worker runs decides from then on, also after kill -9 and after a clean stop', {
  timeout: 240_000,
}, async () => {
  const started = await stand.startVenue(['--seed', '3']);
  const settings = demoWorkerSettings(started.ready, stand.path);
  const start = (): ChildProgram =>
    stand.startWorker(settings, ['--yes', '--approve'], (line) => lines.push(line));
  const quoting = (): Promise<unknown> =>
    statusWhen(stand.path, worker as ChildProgram, ({ liveOrders }) => liveOrders > 0, UP_BOUND_MS, lines);
  const placing = (run: number): Promise<unknown> =>
    statusWhen(
      stand.path,
      worker as ChildProgram,
      async () => (await largestOrderUsd(runFolders(stand.path)[run] ?? '')) > 0,
      UP_BOUND_MS,
      lines,
    );
  const say = (...words: string[]) => command('settings', settings, words);

  worker = start();
  await quoting();
  const set = await say('set', 'MM_QUOTE_SIZE_USD', '9', '--reason', 'larger for a while');
  expect(set).toMatchObject({ ok: true, applies: 'now', from: 5, to: 9, worker: 'running' });
  expect(await say('set', 'MM_QUOTE_SIZE_USD', '1000001')).toMatchObject({ ok: false });
  expect(await say('set', 'HEARTBEAT_INTERVAL_SECONDS', '4')).toMatchObject({
    ok: true,
    applies: 'nextStart',
  });
  // With quotes off there is none left, and they come back with the new size.
  expect(await say('set', 'MM_ENABLED', 'false')).toMatchObject({ ok: true, applies: 'now' });
  await statusWhen(stand.path, worker, ({ liveOrders }) => liveOrders === 0, UP_BOUND_MS, lines);
  expect(await say('unset', 'MM_ENABLED')).toMatchObject({ ok: true, applies: 'now' });
  await quoting();
  worker.signal('SIGKILL');
  await worker.ended;

  lines = [];
  worker = start();
  // Orders of the killed run are live until the new one has read them, so live orders alone do not say that it has quoted.
  await placing(1);
  expect(lines.join('\n')).toMatch(
    /MM_QUOTE_SIZE_USD is 9 instead of 5: changed by .+ at 20.+Z, because: larger for a while/,
  );
  expect(lines.join('\n')).toMatch(/2 settings differ from \.env/);
  expect(await say('changes')).toMatchObject({
    ok: true,
    changes: [
      { name: 'HEARTBEAT_INTERVAL_SECONDS', to: 4, env: 5, applies: 'now' },
      { name: 'MM_QUOTE_SIZE_USD', to: 9, env: 5, applies: 'now', reason: 'larger for a while' },
    ],
  });
  expect(await worker.stop(110_000), lines.slice(-20).join('\n')).toBe(true);

  worker = start();
  await quoting();
  expect(await command('pause', settings, ['--reason', 'a look'])).toMatchObject({ ok: true });
  await statusWhen(stand.path, worker, ({ liveOrders }) => liveOrders === 0, UP_BOUND_MS, lines);
  expect(await command('resume', settings, [])).toMatchObject({ ok: true });
  await quoting();
  expect(await say('unset', 'MM_QUOTE_SIZE_USD')).toMatchObject({ ok: true, from: 9, to: 5, applies: 'now' });
  expect(await worker.stop(110_000), lines.slice(-20).join('\n')).toBe(true);

  const runs = runFolders(stand.path);
  expect(runs).toHaveLength(3);
  expect(await sizesDecidedBy(runs[0] ?? '')).toEqual([5, 9, 9, 9]);
  expect(await sizesDecidedBy(runs[1] ?? '')).toEqual([9]);
  expect(await sizesDecidedBy(runs[2] ?? '')).toEqual([9, 5]);
  expect(await largestOrderUsd(runs[1] ?? '')).toBeGreaterThan(5.5);
  for (const directory of runs)
    expect((await replayRun(directory, false)).replayed, directory).toMatchObject({ difference: null });

  await refusesABrokenFile(start);
});

/** A change of a later version, or a torn file, is no reason to trade on other settings than the operator believes. */
async function refusesABrokenFile(start: () => ChildProgram): Promise<void> {
  const file = join(stand.path, 'settings-changes.json');
  const written = readFileSync(file, 'utf8');
  for (const [text, message] of [
    [
      written.replace('HEARTBEAT_INTERVAL_SECONDS', 'MM_OF_ANOTHER_VERSION'),
      /MM_OF_ANOTHER_VERSION.*no setting/,
    ],
    [written.slice(0, 40), /settings-changes\.json: found .*expected the changes of settings/s],
  ] as const) {
    writeFileSync(file, text);
    lines = [];
    worker = start();
    expect(await worker.ended).toBe(2);
    expect(lines.join('\n')).toMatch(message);
    expect(runFolders(stand.path)).toHaveLength(3);
  }
}

/** The quote size in force at the start of a run and after each change in it, as the journal has them. */
async function sizesDecidedBy(directory: string): Promise<number[]> {
  const sizes: number[] = [];
  for (const { body } of await journalOf(directory)) {
    const input = body as Input;
    if (input.kind === 'runStarted' || input.kind === 'settingsChanged')
      sizes.push(input.settings.mm.quoteSizeUsd);
  }
  return sizes;
}

async function largestOrderUsd(directory: string): Promise<number> {
  let largest = 0;
  for (const { dir, body } of await journalOf(directory)) {
    const output = body as Command;
    if (dir !== 'out' || output.kind !== 'place') continue;
    for (const { request } of output.orders)
      largest = Math.max(largest, (request.price / 10_000) * (request.size / 1e6));
  }
  return largest;
}

/** A command with these settings and no others; what its last line says. */
async function command(
  name: string,
  settings: Readonly<Record<string, string>>,
  words: readonly string[],
): Promise<unknown> {
  const program = startChild({
    script: join(import.meta.dirname, '..', '..', 'src', 'cli', `${name}.ts`),
    args: [...words, '--json'],
    env: { ...withoutSettings(process.env), ...settings },
    onErrorLine: (line) => lines.push(`${name}: ${line}`),
  });
  await program.ended;
  return JSON.parse(program.lastLine() ?? 'null');
}
