import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createRunFolder,
  latestRun,
  listRuns,
  type RunManifest,
  readManifest,
  readSnapshot,
  runFolder,
  runIdOf,
  writeManifest,
} from './run-directory.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'evenkeel-runs-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const manifest = (startedAtMs: number, changed: Partial<RunManifest> = {}): RunManifest => ({
  version: 1,
  runId: runIdOf(startedAtMs, 'abcdef'),
  parentRunId: null,
  wallet: '0xAbC0000000000000000000000000000000000001',
  chainId: 137,
  commit: null,
  nodeVersion: 'v24.0.0',
  settingsHash: 'h',
  seed: 's',
  loops: ['maintenance'],
  startedAtMs,
  endedAtMs: null,
  status: 'running',
  exitReason: null,
  ...changed,
});

describe('run folders', () => {
  it('give back the manifest and the snapshot they were made with', () => {
    const first = manifest(1_000);
    const directory = createRunFolder(dataDir, first, '{"state":1}');
    expect(directory).toBe(runFolder(dataDir, first.runId));
    expect(readManifest(directory)).toEqual(first);
    expect(readSnapshot(directory)).toBe('{"state":1}');
    expect(readSnapshot(createRunFolder(dataDir, manifest(2_000), null))).toBeNull();
  });

  it('find the newest run of the same wallet, however it is spelled, on the same chain', () => {
    expect(latestRun(dataDir, '0xabc', 137)).toBeNull();
    for (const each of [
      manifest(3_000),
      manifest(1_000),
      manifest(4_000, { wallet: '0xother' }),
      manifest(5_000, { chainId: 80_002 }),
    ])
      createRunFolder(dataDir, each, null);
    expect(latestRun(dataDir, '0xABC0000000000000000000000000000000000001', 137)?.startedAtMs).toBe(3_000);
    expect(listRuns(dataDir).map(({ startedAtMs }) => startedAtMs)).toEqual([1_000, 3_000, 4_000, 5_000]);
  });

  it('leave no half-written file behind a change of the manifest', () => {
    const directory = createRunFolder(dataDir, manifest(1_000), null);
    writeManifest(directory, manifest(1_000, { status: 'stopped', endedAtMs: 9_000 }));
    expect(readManifest(directory)).toMatchObject({ status: 'stopped', endedAtMs: 9_000 });
    expect(readdirSync(directory)).toEqual(['manifest.json']);
  });

  it('that lack a manifest are no runs', () => {
    writeFileSync(join(createRunFolder(dataDir, manifest(1_000), null), 'journal-00001.jsonl'), '');
    rmSync(join(runFolder(dataDir, manifest(1_000).runId), 'manifest.json'));
    expect(listRuns(dataDir)).toEqual([]);
  });
});
