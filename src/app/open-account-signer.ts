import { availableParallelism } from 'node:os';
import type { SignerPort } from '../ports/signer.ts';
import type { Log } from '../ports/timers.ts';
import type { Secret, Settings } from '../settings/index.ts';
import { limitsOf, type SignerLimits } from '../signer/limits.ts';
import { openLocalSigner, type SignerSetup } from '../signer/open-signer.ts';
import { readAccountKey } from './account-key.ts';
import { readSettingChanges, settingsWithChanges } from './settings-file.ts';
import { signerLimitsOf, signerShortfall } from './signer-limits.ts';
import { StartRefused } from './start-refused.ts';

/** What a signer of these settings is made from; its limits follow from them where none are given. */
export const signerSetupOf = (
  settings: Settings,
  privateKey: Secret,
  log: Log,
  limits: SignerLimits = limitsOf(settings),
): SignerSetup => ({
  privateKey,
  chainId: settings.chain.chainId,
  signatureType: settings.polymarket.signatureType,
  funder: settings.polymarket.funderAddress,
  limits,
  log,
  // Where there is only one core, a second thread would take its time from the first.
  signsInThread: availableParallelism() > 1,
});

/**
 * What the signer of a worker is made from: what was changed by command makes it tighter and never looser, and what it signs today
 * outlives it in the data folder. Throws `StartRefused` where the changes are broken.
 */
export function startSetupOf(settings: Settings, dataDir: string, privateKey: Secret, log: Log): SignerSetup {
  const changes = readSettingChanges(dataDir);
  const limits = signerLimitsOf(settings, changes);
  const shortfall = signerShortfall(limits, settingsWithChanges(settings, changes, dataDir));
  if (shortfall !== null) log.warning(`settings changed by command ask for more: ${shortfall}`);
  return { ...signerSetupOf(settings, privateKey, log, limits), dayFolder: dataDir };
}

/**
 * The account's signer in this very process, behind the same policy as that of the worker: for commands of an operator that end soon
 * and listen to nobody. Throws `StartRefused` where there is no key, or settings make no account. The caller closes it.
 */
export async function openAccountSigner(settings: Settings, log: Log): Promise<SignerPort> {
  const privateKey = await readAccountKey(settings, log);
  return accountOrRefusal(() =>
    openLocalSigner({ ...signerSetupOf(settings, privateKey, log), signsInThread: false }),
  );
}

/** A RangeError is the signer's word for settings that make no account. */
export async function accountOrRefusal<Value>(open: () => Promise<Value>): Promise<Value> {
  try {
    return await open();
  } catch (error) {
    if (error instanceof RangeError) throw new StartRefused([error.message]);
    throw error;
  }
}
