import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { ChildProgram } from '../../src/app/demo/child-program.ts';
import { demoWorkerSettings } from '../../src/app/demo/demo-settings.ts';
import { runSummaryOf } from '../../src/app/demo/run-demo.ts';
import { runFolders, statusWhen } from '../support/demo-pieces.ts';
import { demoStand } from '../support/demo-stand.ts';

const stand = demoStand();
let worker: ChildProgram | null = null;
let lines: string[] = [];

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
  const started = await stand.startVenue(['--seed', '4']);
  const settings = demoWorkerSettings(started.ready, stand.path);
  async function quote(...args: string[]): Promise<ChildProgram> {
    lines = [];
    worker = stand.startWorker(settings, ['--yes', '--approve', ...args], (line) => lines.push(line));
    await statusWhen(stand.path, worker, ({ liveOrders }) => liveOrders > 0, UP_BOUND_MS, lines);
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

  age(runFolders(stand.path)[1] ?? '');
  const third = await quote();
  expect(lines.join('\n')).toMatch(/state of another version; rebuilding it from the journals of 2 runs/);
  await stopExactly(third);

  const runs = runFolders(stand.path);
  expect(runs).toHaveLength(3);
  age(runs[2] ?? '');
  rmSync(runs[0] ?? '', { recursive: true });
  lines = [];
  worker = stand.startWorker(settings, ['--yes'], (line) => lines.push(line));
  expect(await worker.ended).toBe(2);
  expect(lines.join('\n')).toMatch(/books in the form of another version.*--new-books/s);
  expect(runFolders(stand.path)).toHaveLength(2);

  await stopExactly(await quote('--new-books'));
  expect(runFolders(stand.path)).toHaveLength(3);
});
