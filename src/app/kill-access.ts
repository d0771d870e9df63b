import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { listRuns } from '../adapters/node/run-directory.ts';
import { ForeignError } from '../ports/foreign-error.ts';
import type { SignerPort } from '../ports/signer.ts';
import type { Log } from '../ports/timers.ts';
import type { Settings } from '../settings/index.ts';
import { keystoreAddress } from '../signer/keystore.ts';
import { openLocalSigner } from '../signer/open-signer.ts';
import { readAccountKey } from './account-key.ts';
import { accountOrRefusal, signerSetupOf } from './open-account-signer.ts';
import { StartRefused } from './start-refused.ts';

type Hex = `0x${string}`;

/** What a kill can act with: the less is right in the settings, the less of it there is. */
export interface KillAccess {
  /** For requests to the venue; null where neither key nor stored credentials name an account. */
  readonly forVenue: SignerPort | null;
  /** For transactions; null where key and wallet do not make an account. */
  readonly forChain: SignerPort | null;
  /** Whole sentences on what is missing; empty where nothing is. */
  readonly troubles: readonly string[];
}

/**
 * Opens the account of the settings as far as it can be opened. Cancels are signed with API credentials, which are those of the key
 * whatever wallet it trades for, so a wrong wallet costs only the chain; and stored ones need the address of the key and not the key.
 */
export async function openKillAccess(settings: Settings, dataDir: string, log: Log): Promise<KillAccess> {
  try {
    return await withKey(settings, log);
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error;
    const address = hasCredentials(settings) ? keyAddress(settings, dataDir) : null;
    const forVenue = address === null ? null : keylessSigner(address);
    const instead =
      forVenue !== null
        ? `cancelling as ${address} with the API credentials of the settings`
        : hasCredentials(settings)
          ? 'and whose API credentials the settings hold cannot be told without it, so nothing is cancelled from here'
          : 'and the settings hold no API credentials, so nothing is cancelled from here';
    return { forVenue, forChain: null, troubles: [...error.problems, `Without the key: ${instead}.`] };
  }
}

async function withKey(settings: Settings, log: Log): Promise<KillAccess> {
  const privateKey = await readAccountKey(settings, log);
  const setup = { ...signerSetupOf(settings, privateKey, log), signsInThread: false };
  try {
    const signer = await accountOrRefusal(() => openLocalSigner(setup));
    return { forVenue: signer, forChain: signer, troubles: [] };
  } catch (error) {
    if (!(error instanceof StartRefused)) throw error;
    const own = { ...setup, signatureType: 0 as const, funder: null };
    const forVenue = await accountOrRefusal(() => openLocalSigner(own));
    return { forVenue, forChain: null, troubles: error.problems };
  }
}

const hasCredentials = ({ polymarket: { apiKey, apiSecret, apiPassphrase } }: Settings): boolean =>
  apiKey !== null && apiSecret !== null && apiPassphrase !== null;

/** The address of a key that cannot be had: a keystore names it in clear, and without a wallet of its own it is that of the runs. */
function keyAddress({ polymarket, chain, signer }: Settings, dataDir: string): Hex | null {
  if (signer.keystoreFile !== null) {
    try {
      const address = keystoreAddress(readFileSync(resolve(signer.keystoreFile), 'utf8'));
      if (address !== null) return address as Hex;
    } catch {
      // What is wrong with the file has been told; here it only does not name the address.
    }
  }
  if (polymarket.signatureType !== 0) return null;
  return (polymarket.funderAddress ?? walletOfRuns(dataDir, chain.chainId)) as Hex | null;
}

function walletOfRuns(dataDir: string, chainId: number): string | null {
  try {
    return listRuns(dataDir).findLast((run) => run.chainId === chainId)?.wallet ?? null;
  } catch {
    // No run that can be read.
    return null;
  }
}

/** Stands for a key nobody has: it names the account, and signs nothing. */
function keylessSigner(address: Hex): SignerPort {
  const refused = (): Promise<never> =>
    Promise.reject(new ForeignError('signerRefused', 'nothing can be signed without the key', 'never'));
  return {
    address,
    wallet: address,
    signOrders: refused,
    proveKey: refused,
    signTransaction: refused,
    forgetAhead: () => undefined,
    close: async () => undefined,
  };
}
