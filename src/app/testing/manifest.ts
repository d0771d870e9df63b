import type { RunManifest } from '../../adapters/node/run-directory.ts';

/** The manifest of a first run that has stopped, but for what a test wants otherwise. */
export const manifestOf = (change: Partial<RunManifest> = {}): RunManifest => ({
  version: 1,
  runId: 'run-1',
  parentRunId: null,
  wallet: '0xaa',
  chainId: 137,
  commit: null,
  nodeVersion: process.version,
  settingsHash: '',
  seed: 'seed',
  loops: [],
  startedAtMs: 0,
  endedAtMs: null,
  status: 'stopped',
  exitReason: null,
  ...change,
});
