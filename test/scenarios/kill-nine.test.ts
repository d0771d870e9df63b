import { expect, it } from 'vitest';
import type { ChildProgram } from '../../src/app/demo/child-program.ts';
import { pause } from '../../src/app/demo/child-program.ts';
import { demoWorkerSettings } from '../../src/app/demo/demo-settings.ts';
import { openOrdersOf, viewFromOutside } from '../../src/app/demo/outside-view.ts';
import { runSummaryOf } from '../../src/app/demo/run-demo.ts';
import { replayRun } from '../../src/app/recover.ts';
import type { FillReport } from '../../src/domain/order.ts';
import { nextFloat, streamOf } from '../../src/domain/random.ts';
import { journalOf, runFolders, statusWhen } from '../support/demo-pieces.ts';
import { demoStand } from '../support/demo-stand.ts';

const stand = demoStand();
let worker: ChildProgram | null = null;
const lines: string[] = [];

const KILLS = 2;
const UP_BOUND_MS = 45_000;

it('a worker killed at any moment leaves nothing that the next one does not know, and nothing counted twice', {
  timeout: 240_000,
}, async () => {
  const seed = process.env.KILL_NINE_SEED ?? String(Date.now());
  const moments = streamOf(seed, 'kill-nine');
  console.log(`kill-nine: KILL_NINE_SEED=${seed}`);
  const started = await stand.startVenue(['--seed', '2'], (line) => lines.push(line));
  const settings = demoWorkerSettings(started.ready, stand.path);
  const wallet = started.ready.accounts[0]?.address ?? '';
  const start = (): ChildProgram =>
    stand.startWorker(settings, ['--yes', '--approve'], (line) => lines.push(`worker: ${line}`));

  for (let kill = 0; kill < KILLS; kill += 1) {
    worker = start();
    await statusWhen(stand.path, worker, ({ liveOrders }) => liveOrders > 0, UP_BOUND_MS, lines);
    const afterMs = Math.round(nextFloat(moments) * 5_000);
    await pause(afterMs);
    console.log(`kill-nine: killing run ${kill + 1} ${afterMs} ms after its first order`);
    worker.signal('SIGKILL');
    await worker.ended;
  }

  worker = start();
  // Every order the venue has is one of the books, and the other way round, at some quiet moment.
  await statusWhen(
    stand.path,
    worker,
    async ({ trading, liveOrders }) =>
      trading.mode === 'active' &&
      liveOrders > 0 &&
      liveOrders === (await openOrdersOf(started.ready, wallet)),
    UP_BOUND_MS,
    lines,
  );
  await pause(2_000);
  expect(await worker.stop(110_000), lines.slice(-20).join('\n')).toBe(true);
  const summary = runSummaryOf(worker.lastLine());
  expect(summary, lines.slice(-20).join('\n')).toMatchObject({
    ok: true,
    ledgerResidualMicroUsd: 0,
    chainResidualMicroUsd: 0,
    openOrdersAtExit: 0,
  });
  expect(await viewFromOutside(started.ready, wallet, summary?.holdings ?? null)).toEqual({
    openOrders: 0,
    chainResidualMicroUsd: 0,
  });

  const folders = runFolders(stand.path);
  expect(folders).toHaveLength(KILLS + 1);
  for (const directory of folders)
    expect((await replayRun(directory, false)).replayed.difference, directory).toBeNull();
  await expectEachOrderOnce(folders);
});

/** No order id was ever made twice, and no fill belongs to an order that no run had signed. */
async function expectEachOrderOnce(folders: readonly string[]): Promise<void> {
  const signed: string[] = [];
  const filled = new Set<string>();
  for (const directory of folders)
    for (const { kind, body } of await journalOf(directory)) {
      if (kind === 'ordersPrepared')
        for (const [, orderId] of (body as { orders: [string, string][] }).orders) signed.push(orderId);
      if (kind === 'fill') filled.add((body as { fill: FillReport }).fill.orderId);
    }
  expect(new Set(signed).size).toBe(signed.length);
  expect([...filled].filter((orderId) => !signed.includes(orderId))).toEqual([]);
}
