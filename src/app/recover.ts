import { readFileJournal } from '../adapters/node/file-journal.ts';
import {
  latestRun,
  type RunManifest,
  readSnapshot,
  runFolder,
  writeManifest,
} from '../adapters/node/run-directory.ts';
import { decodeState, encodeState } from '../kernel/codec.ts';
import { createKernel } from '../kernel/kernel.ts';
import type { KernelState } from '../kernel/state.ts';
import { loops } from '../loops/index.ts';
import type { Log } from '../ports/timers.ts';
import { type Replayed, replayJournal } from '../runtime/replay.ts';

export interface RecoveredRun {
  readonly manifest: RunManifest;
  /** The state the run ended in, encoded; null when it ended before its first input and started from nothing. */
  readonly snapshot: string | null;
}

/**
 * The state in which the newest run of this wallet on this chain ended: what it started from, and every input since. A run
 * that was killed is marked as crashed. Null when there is none.
 */
export async function recoverLatestRun(
  dataDir: string,
  wallet: string,
  chainId: number,
  log: Log,
): Promise<RecoveredRun | null> {
  const manifest = latestRun(dataDir, wallet, chainId);
  if (manifest === null) return null;
  const directory = runFolder(dataDir, manifest.runId);
  const { replayed, state } = await replayRun(directory, true);
  if (replayed.difference !== null)
    log.warning(
      `run ${manifest.runId} decides differently when replayed, from entry ${replayed.difference.seq} on; its books are rebuilt from its inputs and compared with venue and chain`,
    );
  if (manifest.status === 'running') writeManifest(directory, { ...manifest, status: 'crashed' });
  log.note(
    `continuing run ${manifest.runId} (${manifest.status === 'running' ? 'killed' : manifest.status}, ${replayed.inputs} inputs)`,
  );
  return { manifest, snapshot: state === null ? null : encodeState(state) };
}

/** Replays one run's journal on the state it started from. */
export async function replayRun(
  directory: string,
  toTheEnd: boolean,
): Promise<{ readonly replayed: Replayed; readonly state: KernelState | null }> {
  const snapshot = readSnapshot(directory);
  const start = snapshot === null ? null : (decodeState(snapshot) as KernelState);
  const kernel = createKernel(loops, start);
  const replayed = await replayJournal(kernel, readFileJournal(directory), toTheEnd);
  return { replayed, state: replayed.inputs === 0 ? start : kernel.state };
}
