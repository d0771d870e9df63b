import { openAccount } from '../adapters/polymarket/signing/account.ts';
import { openDigestThread } from '../adapters/polymarket/signing/digest-thread.ts';
import type { Hex } from '../adapters/polymarket/signing/hex.ts';
import { loadKeccak } from '../adapters/polymarket/signing/keccak.ts';
import type { SignatureType } from '../adapters/polymarket/signing/order-encoder.ts';
import { CONTRACTS } from '../adapters/polymarket/venue-facts.ts';
import type { SignerPort } from '../ports/signer.ts';
import type { Log } from '../ports/timers.ts';
import type { Secret } from '../settings/secret.ts';
import type { BudgetClock } from './budget.ts';
import type { SignerLimits } from './limits.ts';
import { createSignerClient } from './signer-client.ts';
import { createSignerSession, type SignerSession } from './signer-session.ts';

export interface SignerSetup {
  readonly privateKey: Secret;
  readonly chainId: number;
  readonly signatureType: SignatureType;
  /** Holds cash and tokens where that is not the key's own account; required for types 1, 2 and 3. */
  readonly funder: string | null;
  readonly limits: SignerLimits;
  readonly log: Log;
  /** Whether a thread takes a part of large batches. Worth it where there is a second core; not where left out. */
  readonly signsInThread?: boolean;
  readonly clock?: BudgetClock;
}

const SYSTEM_CLOCK: BudgetClock = { nowMs: () => Date.now(), steadyMs: () => performance.now() };
/** Refusals are told one by one up to this many in a second; then only counted. */
const TOLD_A_SECOND = 5;

/**
 * Opens the key behind its policy. Throws a RangeError where key, signature type and funder do not make an account.
 */
export async function openSignerSession(
  setup: SignerSetup,
  write: (frame: Uint8Array) => void,
): Promise<SignerSession> {
  const { log, privateKey, signatureType } = setup;
  const account = await openAccount(privateKey);
  if (!account.isNative)
    log.warning(
      'orders are signed in slow JavaScript: the native secp256k1 binding could not be loaded here',
    );
  const wallet = walletOf(signatureType, account.address, setup.funder);
  const thread =
    setup.signsInThread === true && account.isNative
      ? await openDigestThread({ privateKey, account, log })
      : null;
  const clock = setup.clock ?? SYSTEM_CLOCK;
  return createSignerSession({
    account,
    thread,
    chainId: setup.chainId,
    contracts: CONTRACTS,
    signatureType,
    wallet,
    limits: setup.limits,
    clock,
    write,
    onRefused: tellRefusals(log, clock),
  });
}

/** The signer in this very process, behind the same policy and the same protocol: for commands that only an operator gives, and for tests. */
export async function openLocalSigner(setup: SignerSetup): Promise<SignerPort> {
  const session = await openSignerSession(setup, (frame) => client.receive(frame));
  const client = createSignerClient({
    keccak: await loadKeccak(),
    contracts: CONTRACTS,
    write: (frame) => session.receive(frame),
    close: session.close,
  });
  return client.hello();
}

function tellRefusals(log: Log, clock: BudgetClock): (text: string) => void {
  let second = 0;
  let told = 0;
  return (text) => {
    const now = Math.floor(clock.steadyMs() / 1_000);
    if (now !== second) {
      second = now;
      told = 0;
    }
    told += 1;
    if (told <= TOLD_A_SECOND) log.alarm(`the signer refuses: ${text}`);
    else if (told === TOLD_A_SECOND + 1) log.alarm('the signer refuses more than it tells one by one');
  };
}

/** The wallet that a signature type trades from. Throws a RangeError where the funder does not go with it. */
export function walletOf(signatureType: SignatureType, address: Hex, funder: string | null): Hex {
  if (signatureType === 0) {
    if (funder !== null && funder.toLowerCase() !== address.toLowerCase())
      throw new RangeError(
        `signature type 0 trades from the signing account ${address}, but the funder address is ${funder}: remove it, or set the signature type of that wallet`,
      );
    return address;
  }
  if (funder === null || !/^0x[0-9a-fA-F]{40}$/.test(funder))
    throw new RangeError(
      `signature type ${signatureType} trades from another wallet: expected its address (0x and 40 hex digits) as the funder, found ${funder ?? 'none'}`,
    );
  return funder as Hex;
}
