import { takeLease } from '../adapters/node/lease.ts';
import { type ChangeWord, decideChange, layChanges, type Settings } from '../settings/index.ts';
import { NoWorker, tellSetting } from './control-client.ts';
import type { SettingAnswer } from './settings-desk.ts';
import { readSettingChanges, writeSettingChanges } from './settings-file.ts';
import { signerLimitsOf, signerShortfall } from './signer-limits.ts';

const WORKER_BOUND_MS = 5_000;

/**
 * Changes a setting: through the worker of the data folder while one runs, and otherwise in its file, for the next start. The
 * folder is held meanwhile, so that no worker starts on the old file. Throws `LeaseTaken` when a worker holds the folder and does
 * not answer, and `StartRefused` where the file is broken.
 */
export async function changeSettings(
  base: Settings,
  dataDir: string,
  word: ChangeWord,
  nowMs: number,
): Promise<SettingAnswer & { readonly worker: 'running' | 'notRunning' }> {
  try {
    return { ...(await tellSetting(dataDir, word, WORKER_BOUND_MS)), worker: 'running' };
  } catch (error) {
    if (!(error instanceof NoWorker)) throw error;
    return { ...changeFile(base, dataDir, word, nowMs), worker: 'notRunning' };
  }
}

function changeFile(base: Settings, dataDir: string, word: ChangeWord, nowMs: number): SettingAnswer {
  const lease = takeLease(dataDir, nowMs);
  try {
    const decided = decideChange(base, readSettingChanges(dataDir), word, nowMs);
    if (!decided.ok) return { ok: false, problems: decided.problems.map(({ message }) => message) };
    writeSettingChanges(dataDir, decided.changes);
    const { from, to } = decided;
    const stillWrong = decided.stillWrong.map(({ message }) => message);
    const laid = layChanges(base, decided.changes);
    const signer = laid.ok ? signerShortfall(signerLimitsOf(base, decided.changes), laid.settings) : null;
    return { ok: true, name: word.name, from, to, applies: 'nextStart', stillWrong, signer };
  } finally {
    lease.release();
  }
}
