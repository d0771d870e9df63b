import { createHash, randomBytes } from 'node:crypto';
import { openFileJournal } from '../adapters/node/file-journal.ts';
import { gitCommit } from '../adapters/node/git-commit.ts';
import { takeLease } from '../adapters/node/lease.ts';
import { createRunFolder, type RunManifest, runIdOf } from '../adapters/node/run-directory.ts';
import { systemTimers } from '../adapters/node/system-timers.ts';
import { createKernel } from '../kernel/kernel.ts';
import { loops } from '../loops/index.ts';
import type { SignerPort } from '../ports/signer.ts';
import type { Log } from '../ports/timers.ts';
import { environmentOf, redactedSettings, type SettingChange, type Settings } from '../settings/index.ts';
import { type Adapters, createAdapters } from './adapters.ts';
import { tablesPath } from './data-folder.ts';
import { checkAccount, checkOutside } from './preflight.ts';
import { type RecoveredRun, recoverLatestRun } from './recover.ts';
import { runWorker, type Worker } from './run-worker.ts';
import { changeLine, readSettingChanges, settingsWithChanges } from './settings-file.ts';
import { decodeSnapshot } from './snapshot.ts';
import { startRunTables } from './tables/run-tables.ts';

export interface ComposeOptions {
  /** What `.env` and the environment say; what operators have changed since is laid over it here. */
  readonly settings: Settings;
  readonly dataDir: string;
  /** Grants missing allowances instead of refusing to start. */
  readonly approve: boolean;
  /** Lifts a pause or halt that an operator gave to an earlier run; otherwise it still holds. */
  readonly resume: boolean;
  /** Continues no earlier run, but opens books from what venue and chain hold. */
  readonly newBooks: boolean;
  /** The run's seed; null for a random one. */
  readonly seed: string | null;
  readonly projectFolder: string;
  /** Whoever has the key; the worker has none. The caller closes it. */
  readonly signer: SignerPort;
  readonly log: Log;
}

/**
 * Puts the worker together: settings, adapters, kernel, driver, effect runner, heartbeat, control socket. The only place that
 * knows every name. Throws `StartRefused` or `LeaseTaken` before anything is sent; afterwards the worker answers for itself.
 */
export async function composeWorker(options: ComposeOptions): Promise<Worker> {
  const { dataDir, log } = options;
  const timers = systemTimers;
  const lease = takeLease(dataDir, timers.nowMs());
  let adapters: Adapters | null = null;
  try {
    const changes = readSettingChanges(dataDir);
    const settings = settingsWithChanges(options.settings, changes, dataDir);
    showChanges(options.settings, settings, changes, log);
    adapters = createAdapters(settings, timers, log, options.signer);
    await checkOutside(adapters, settings, log);
    const wallet = adapters.venue.wallet;
    const parent = options.newBooks
      ? null
      : await recoverLatestRun(dataDir, wallet, settings.chain.chainId, log);
    // Through text, so that this run starts from exactly what its replay will.
    const restored = parent?.snapshot == null ? null : decodeSnapshot(parent.snapshot).state;
    await checkAccount(adapters, restored, options.approve, log);
    const manifest = manifestOf(options, settings, wallet, parent, timers.nowMs());
    const directory = createRunFolder(dataDir, manifest, parent?.snapshot ?? null);
    const { runId, parentRunId } = manifest;
    const path = tablesPath(settings, dataDir);
    return await runWorker({
      settings,
      base: options.settings,
      changes,
      dataDir,
      directory,
      manifest,
      kernel: createKernel(loops, restored),
      hasParent: restored !== null,
      resume: options.resume,
      journal: openFileJournal(directory),
      tables: startRunTables({ path, dataDir, runId, parentRunId, directory }, log),
      adapters,
      forgetSignedAhead: () => options.signer.forgetAhead(),
      lease,
      timers,
      log,
    });
  } catch (error) {
    await adapters?.close();
    lease.release();
    throw error;
  }
}

/** Whoever starts the worker has to see that it does not run by `.env` alone. */
function showChanges(base: Settings, inForce: Settings, changes: readonly SettingChange[], log: Log): void {
  const before = redactedSettings(base);
  const now = redactedSettings(inForce);
  for (const change of changes) log.warning(changeLine(change, now[change.name], before[change.name]));
  if (changes.length > 0)
    log.warning(
      `${changes.length} ${changes.length === 1 ? 'setting differs' : 'settings differ'} from .env; ./run settings unset NAME takes a change back`,
    );
}

function manifestOf(
  { seed, projectFolder }: ComposeOptions,
  settings: Settings,
  wallet: string,
  parent: RecoveredRun | null,
  nowMs: number,
): RunManifest {
  return {
    version: 1,
    runId: runIdOf(nowMs, randomBytes(3).toString('hex')),
    parentRunId: parent?.manifest.runId ?? null,
    wallet,
    chainId: settings.chain.chainId,
    environment: environmentOf(settings),
    commit: gitCommit(projectFolder),
    nodeVersion: process.version,
    settingsHash: createHash('sha256')
      .update(JSON.stringify(redactedSettings(settings)))
      .digest('hex'),
    seed: seed ?? randomBytes(16).toString('hex'),
    loops: loops.map(({ name }) => name),
    startedAtMs: nowMs,
    endedAtMs: null,
    status: 'running',
    exitReason: null,
  };
}
