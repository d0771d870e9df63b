import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readFileJournal } from '../../src/adapters/node/file-journal.ts';
import { askStatus } from '../../src/app/control-client.ts';
import type { ChildProgram } from '../../src/app/demo/child-program.ts';
import { pause } from '../../src/app/demo/child-program.ts';
import type { WorkerStatus } from '../../src/app/worker-status.ts';
import type { JournalEntry } from '../../src/ports/journal.ts';

/** A folder for one test, and how to take it away again. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'evenkeel-scenario-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Asks the worker until what it says is wanted. Fails with the last answer when the bound has passed or the worker has ended. */
export async function statusWhen(
  dataDir: string,
  worker: ChildProgram,
  isWanted: (status: WorkerStatus) => boolean | Promise<boolean>,
  boundMs: number,
  said: readonly string[] = [],
): Promise<WorkerStatus> {
  const endsAtMs = performance.now() + boundMs;
  let last = 'no answer';
  while (performance.now() < endsAtMs && !worker.hasEnded()) {
    try {
      const status = await askStatus(dataDir, 2_000);
      if (await isWanted(status)) return status;
      last = `${status.trading.mode} ${status.trading.blocks.join('; ')}, ${status.liveOrders} orders live`;
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    await pause(100);
  }
  throw new Error(
    `the worker ${worker.hasEnded() ? 'ended' : `did not get there in ${boundMs} ms`}: ${last}\n${said.slice(-20).join('\n')}`,
  );
}

/** Every run folder of a data folder, oldest first. */
export const runFolders = (dataDir: string): string[] =>
  readdirSync(join(dataDir, 'runs'))
    .sort()
    .map((name) => join(dataDir, 'runs', name));

export async function journalOf(directory: string): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  for await (const entry of readFileJournal(directory)) entries.push(entry);
  return entries;
}
