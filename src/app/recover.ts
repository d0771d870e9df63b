import { readFileJournal } from '../adapters/node/file-journal.ts';
import {
  latestRun,
  listRuns,
  type RunManifest,
  readSnapshot,
  runFolder,
  writeManifest,
} from '../adapters/node/run-directory.ts';
import { createKernel, type Kernel } from '../kernel/kernel.ts';
import type { KernelState } from '../kernel/state.ts';
import { loops } from '../loops/index.ts';
import type { Log } from '../ports/timers.ts';
import { type Replayed, replayJournal } from '../runtime/replay.ts';
import { textOf } from './preflight.ts';
import { decodeSnapshot, encodeSnapshot, type Snapshot, STATE_SHAPE } from './snapshot.ts';
import { StartRefused } from './start-refused.ts';

export interface RecoveredRun {
  readonly manifest: RunManifest;
  /** The state the run ended in, encoded; null when it ended before its first input and started from nothing. */
  readonly snapshot: string | null;
}

/**
 * The state in which the newest run of this wallet on this chain ended: what it started from, and every input since. A run
 * that was killed is marked as crashed. Null when there is none. Throws `StartRefused` where the books cannot be carried over.
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
  const snapshot = startOf(directory);
  const { inputs, state } = isReadable(snapshot)
    ? await continueRun(directory, manifest, log)
    : await rebuildRuns(dataDir, manifest, log);
  if (manifest.status === 'running') writeManifest(directory, { ...manifest, status: 'crashed' });
  log.note(
    `continuing run ${manifest.runId} (${manifest.status === 'running' ? 'killed' : manifest.status}, ${inputs} inputs)`,
  );
  return { manifest, snapshot: state === null ? null : encodeSnapshot(state) };
}

interface Ended {
  readonly inputs: number;
  readonly state: KernelState | null;
}

async function continueRun(directory: string, { runId }: RunManifest, log: Log): Promise<Ended> {
  const { replayed, state } = await replayRun(directory, true);
  if (replayed.difference !== null)
    log.warning(
      `run ${runId} decides differently when replayed, from entry ${replayed.difference.seq} on; its books are rebuilt from its inputs and compared with venue and chain`,
    );
  return { inputs: replayed.inputs, state };
}

/**
 * The run started from a state of another shape, as after an upgrade, so nothing may go on from that state. The journals hold every
 * input since the first run, and this version makes a state of its own shape from them. That is only trusted when it decides
 * exactly as the journals say: otherwise fills could be booked to other orders than they were of. Where it does not, the
 * start is refused and not begun with new books, because those would know no cost, no profit and no high-water mark, and would
 * lift a halt that still stands; a worker that is down loses nothing meanwhile.
 */
async function rebuildRuns(dataDir: string, newest: RunManifest, log: Log): Promise<Ended> {
  const runs = runsToReplay(dataDir, newest);
  log.warning(
    `run ${newest.runId} started from a state of another version; rebuilding it from the journals of ${runs.length} runs`,
  );
  let state: KernelState | null = null;
  let inputs = 0;
  for (const { runId } of runs) {
    const directory = runFolder(dataDir, runId);
    const kernel: Kernel = createKernel(loops, state ?? startOf(directory)?.state ?? null);
    const replayed = await replayJournal(kernel, readFileJournal(directory), false).catch((error: unknown) =>
      refuseUpgrade(newest, `the journal of run ${runId} cannot be replayed (${textOf(error)})`),
    );
    if (replayed.difference !== null)
      refuseUpgrade(
        newest,
        `this version decides differently in run ${runId}, entry ${replayed.difference.seq}`,
      );
    if (replayed.inputs > 0) state = kernel.state;
    inputs += replayed.inputs;
  }
  return { inputs, state };
}

/** The runs up to this one, oldest first, from the newest one whose start this version can read. */
function runsToReplay(dataDir: string, newest: RunManifest): RunManifest[] {
  const known = new Map(listRuns(dataDir).map((run) => [run.runId, run]));
  const runs = [newest];
  for (let run = newest; !isReadable(startOf(runFolder(dataDir, run.runId))); ) {
    const parent = known.get(run.parentRunId ?? '');
    if (parent === undefined)
      return refuseUpgrade(
        newest,
        `run ${run.parentRunId}, which came before ${run.runId}, is not there any more`,
      );
    runs.unshift(parent);
    run = parent;
  }
  return runs;
}

function refuseUpgrade({ runId, commit }: RunManifest, found: string): never {
  throw new StartRefused([
    `run ${runId}: found books in the form of another version, and ${found}; expected to carry them over. Nothing was sent.`,
    `To keep the books, run the version that wrote them (commit ${commit ?? 'unknown'}). To open new ones from what venue and chain hold, run ./run start --new-books: past costs, profit and the drawdown so far are then forgotten, and so is a pause or halt.`,
  ]);
}

function startOf(directory: string): Snapshot | null {
  const text = readSnapshot(directory);
  return text === null ? null : decodeSnapshot(text);
}

const isReadable = (start: Snapshot | null): boolean => start === null || start.shape === STATE_SHAPE;

/** Replays one run's journal on the state it started from. Throws where that state is of another version. */
export async function replayRun(
  directory: string,
  toTheEnd: boolean,
): Promise<{ readonly replayed: Replayed; readonly state: KernelState | null }> {
  const start = startOf(directory);
  if (!isReadable(start))
    throw new Error(
      `found a start in the form of another version (${start?.shape ?? 'unnamed'}); expected ${STATE_SHAPE}. Use the version whose commit manifest.json names`,
    );
  const kernel = createKernel(loops, start?.state ?? null);
  const replayed = await replayJournal(kernel, readFileJournal(directory), toTheEnd);
  return { replayed, state: replayed.inputs === 0 ? (start?.state ?? null) : kernel.state };
}
