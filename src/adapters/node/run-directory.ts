import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type RunStatus = 'running' | 'stopped' | 'crashed';

/** What a run is, beside its journal: enough to find it, to continue it and to judge it. */
export interface RunManifest {
  readonly version: 1;
  readonly runId: string;
  readonly parentRunId: string | null;
  /** The address that holds cash and tokens; runs continue each other only for the same wallet on the same chain. */
  readonly wallet: string;
  readonly chainId: number;
  /** Which venue its addresses led to, in the settings' words; left out by runs from before it was kept. */
  readonly environment?: string;
  readonly commit: string | null;
  readonly nodeVersion: string;
  /** SHA-256 of the redacted settings as canonical JSON. */
  readonly settingsHash: string;
  readonly seed: string;
  readonly loops: readonly string[];
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
  /** `running` in the manifest of a process that is gone means that it was killed. */
  readonly status: RunStatus;
  readonly exitReason: string | null;
}

const MANIFEST = 'manifest.json';
const SNAPSHOT = 'snapshot.json';

export const runsFolder = (dataDir: string): string => join(dataDir, 'runs');
export const runFolder = (dataDir: string, runId: string): string => join(runsFolder(dataDir), runId);

/** Run ids sort by time: `20261122T210501123Z-1a2b3c`. */
export const runIdOf = (startedAtMs: number, suffix: string): string =>
  `${new Date(startedAtMs).toISOString().replace(/[-:.]/g, '')}-${suffix}`;

/** Makes the run's folder with its snapshot (the state it starts from, or null for none) and then its manifest. */
export function createRunFolder(dataDir: string, manifest: RunManifest, snapshot: string | null): string {
  const directory = runFolder(dataDir, manifest.runId);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  if (snapshot !== null) replaceFile(join(directory, SNAPSHOT), snapshot);
  writeManifest(directory, manifest);
  return directory;
}

export function writeManifest(directory: string, manifest: RunManifest): void {
  replaceFile(join(directory, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** The manifest of a run, or null where there is none. */
export function readManifest(directory: string): RunManifest | null {
  const path = join(directory, MANIFEST);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as RunManifest) : null;
}

/** The encoded state a run started from, or null when it started from nothing. */
export function readSnapshot(directory: string): string | null {
  const path = join(directory, SNAPSHOT);
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

/** All runs of a data folder, oldest first. */
export function listRuns(dataDir: string): RunManifest[] {
  const folder = runsFolder(dataDir);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .sort()
    .flatMap((name) => readManifest(join(folder, name)) ?? []);
}

/** The newest run of this wallet on this chain. */
export function latestRun(dataDir: string, wallet: string, chainId: number): RunManifest | null {
  const same = listRuns(dataDir).filter(
    (run) => run.wallet.toLowerCase() === wallet.toLowerCase() && run.chainId === chainId,
  );
  return same.at(-1) ?? null;
}

/** Writes beside and renames, so that a crash leaves the old file or the new one and never half of one. */
export function replaceFile(path: string, text: string): void {
  const draft = `${path}.new`;
  writeFileSync(draft, text, { mode: 0o600, flush: true });
  renameSync(draft, path);
}
