import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ChildProgram } from '../../src/app/demo/child-program.ts';
import { demoWorkerSettings } from '../../src/app/demo/demo-settings.ts';
import { startVenueChild, startWorkerChild, type VenueChild } from '../../src/app/demo/programs.ts';
import { runSummaryOf } from '../../src/app/demo/run-demo.ts';
import { runFolders, statusWhen, temporaryFolder } from '../support/demo-pieces.ts';

let folder: ReturnType<typeof temporaryFolder>;
let venue: VenueChild | null = null;
let worker: ChildProgram | null = null;
let lines: string[] = [];
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  await worker?.stop(5_000);
  await venue?.program.stop(20_000);
  folder.remove();
});

const UP_BOUND_MS = 45_000;

/** Makes the state that a run started from one of another version. */
function age(directory: string): void {
  const path = join(directory, 'snapshot.json');
  const text = readFileSync(path, 'utf8');
  const aged = text.replace(/^\{"shape":"\w+"/, '{"shape":"older"');
  expect(aged).not.toBe(text);
  writeFileSync(path, aged);
}

it('books outlive an upgrade where the journals tell them, and otherwise no worker starts without being told to', {
  timeout: 240_000,
}, async () => {
  const started = await startVenueChild(['--seed', '4'], () => undefined);
  venue = started;
  const settings = demoWorkerSettings(started.ready, folder.path);
  async function quote(...args: string[]): Promise<ChildProgram> {
    lines = [];
    worker = startWorkerChild(settings, ['--yes', '--approve', ...args], (line) => lines.push(line));
    await statusWhen(folder.path, worker, ({ liveOrders }) => liveOrders > 0, UP_BOUND_MS, lines);
    return worker;
  }
  async function stopExactly(running: ChildProgram): Promise<void> {
    expect(await running.stop(110_000), lines.slice(-20).join('\n')).toBe(true);
    expect(runSummaryOf(running.lastLine()), lines.slice(-20).join('\n')).toMatchObject({
      ok: true,
      ledgerResidualMicroUsd: 0,
      chainResidualMicroUsd: 0,
      openOrdersAtExit: 0,
    });
  }

  await stopExactly(await quote());
  const second = await quote();
  second.signal('SIGKILL');
  await second.ended;

  age(runFolders(folder.path)[1] ?? '');
  const third = await quote();
  expect(lines.join('\n')).toMatch(/state of another version; rebuilding it from the journals of 2 runs/);
  await stopExactly(third);

  const runs = runFolders(folder.path);
  expect(runs).toHaveLength(3);
  age(runs[2] ?? '');
  rmSync(runs[0] ?? '', { recursive: true });
  lines = [];
  worker = startWorkerChild(settings, ['--yes'], (line) => lines.push(line));
  expect(await worker.ended).toBe(2);
  expect(lines.join('\n')).toMatch(/books in the form of another version.*--new-books/s);
  expect(runFolders(folder.path)).toHaveLength(2);

  await stopExactly(await quote('--new-books'));
  expect(runFolders(folder.path)).toHaveLength(3);
});
