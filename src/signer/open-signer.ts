import { openAccount } from '../adapters/polymarket/signing/account.ts';
import { openDigestThread } from '../adapters/polymarket/signing/digest-thread.ts';
import type { Hex } from '../adapters/polymarket/signing/hex.ts';
import { loadKeccak } from '../adapters/polymarket/signing/keccak.ts';
import type { SignatureType } from '../adapters/polymarket/signing/order-encoder.ts';
import { CONTRACTS } from '../adapters/polymarket/venue-facts.ts';
import type { SignerPort } from '../ports/signer.ts';
import type { Log } from '../ports/timers.ts';
import type { Secret } from '../settings/secret.ts';
import { createBudget, type SignedDay, type SigningBudget } from './budget.ts';
import { dayFilePath, openDayFile } from './day-file.ts';
import type { SignerLimits } from './limits.ts';
import { createSignerClient } from './signer-client.ts';
import {
  createSignerClock,
  createStepWatch,
  LOOK_EVERY_MS,
  type MachineClock,
  type SignerClock,
} from './signer-clock.ts';
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
  /** Where what was signed today outlives this process. Left out by commands that sign no orders. */
  readonly dayFolder?: string;
  /** For tests; the machine's where left out. */
  readonly clock?: MachineClock;
}

const SYSTEM_CLOCK: MachineClock = { nowMs: () => Date.now(), steadyMs: () => performance.now() };
/** Refusals are told one by one up to this many in a second; then only counted. */
const TOLD_A_SECOND = 5;

/** While the signer's time is ahead of the machine's by so much, what it has reached is put down this often, for the next start. */
const KEEP_AHEAD_MS = 60_000;

/**
 * Opens the key behind its policy. Throws a RangeError where key, signature type and funder do not make an account, or the file of
 * the day is broken.
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
  const machine = setup.clock ?? SYSTEM_CLOCK;
  const { clock, budget } = openBudget(setup, machine, account.address);
  const thread =
    setup.signsInThread === true && account.isNative
      ? await openDigestThread({ privateKey, account, log })
      : null;
  const session = createSignerSession({
    account,
    thread,
    chainId: setup.chainId,
    contracts: CONTRACTS,
    signatureType,
    wallet,
    limits: setup.limits,
    clock,
    budget,
    write,
    onRefused: tellRefusals(log, machine),
  });
  const watching = setInterval(watchTime(machine, clock, budget, log), LOOK_EVERY_MS).unref();
  const close = async (): Promise<void> => {
    clearInterval(watching);
    await session.close();
    orWarn(budget.close, log);
  };
  return { ...session, close };
}

function openBudget(
  { limits, chainId, dayFolder, log }: SignerSetup,
  machine: MachineClock,
  address: Hex,
): { clock: SignerClock; budget: SigningBudget } {
  if (dayFolder === undefined) {
    const clock = createSignerClock(machine);
    return { clock, budget: createBudget(limits, clock) };
  }
  const { found, write } = openDayFile(dayFilePath(dayFolder, chainId, address));
  const clock = createSignerClock(machine, found?.clockMs);
  if (clock.aheadMs() >= KEEP_AHEAD_MS)
    log.warning(
      `this machine's clock is ${(clock.aheadMs() / 1_000).toFixed(0)} s behind the time that the signer had reached before; it goes on from there, and the day keeps what it has counted. Synchronise the clock (for example with chrony).`,
    );
  const keep = (day: SignedDay): void => write({ ...day, clockMs: clock.nowMs() });
  return { clock, budget: createBudget(limits, clock, { found, keep }) };
}

/** Tells of a clock that was set, and puts down what the signer's own time has reached while it is ahead of it. */
function watchTime(machine: MachineClock, clock: SignerClock, budget: SigningBudget, log: Log): () => void {
  const lookForStep = createStepWatch(machine, log);
  let keptAtMs = Number.NEGATIVE_INFINITY;
  return () => {
    lookForStep();
    if (clock.aheadMs() < KEEP_AHEAD_MS || machine.steadyMs() - keptAtMs < KEEP_AHEAD_MS) return;
    keptAtMs = machine.steadyMs();
    orWarn(budget.putDown, log);
  };
}

/** What is put down here is only to be exact: what has been set aside stands where this fails. */
function orWarn(put: () => void, log: Log): void {
  try {
    put();
  } catch (error) {
    log.warning('what was signed today could not be put down', { error: String(error) });
  }
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

function tellRefusals(log: Log, clock: MachineClock): (text: string) => void {
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
