import { readFileSync } from 'node:fs';
import { haltMarkPath, leaveHaltMark } from '../adapters/node/halt-mark.ts';
import { leaseHolder } from '../adapters/node/lease.ts';
import { systemTimers } from '../adapters/node/system-timers.ts';
import type { PolymarketVenue } from '../adapters/polymarket/venue.ts';
import { ForeignError } from '../ports/foreign-error.ts';
import type { SignerPort } from '../ports/signer.ts';
import type { Log } from '../ports/timers.ts';
import type { SettingProblem, Settings } from '../settings/index.ts';
import { createChainOf, createVenueOf } from './adapters.ts';
import { type CancelledEverything, cancelEverything } from './cancel-everything.ts';
import { NoWorker, tellOperator } from './control-client.ts';
import { openKillAccess } from './kill-access.ts';
import { openAccountSigner } from './open-account-signer.ts';
import { changePauseOnChain, type OnChainOutcome } from './pause-on-chain.ts';
import { textOf } from './preflight.ts';

export interface KillOutcome {
  /** No order is left by a read of ours, no worker can send another, and the chain shows the pause where one was wanted. */
  readonly ok: boolean;
  /** `halted`: the worker took the order. `notRunning`: nobody holds the data folder. `silent`: somebody does and did not answer. */
  readonly worker: 'halted' | 'notRunning' | 'silent';
  /** Whether the mark lies in the data folder that no worker sends past. */
  readonly isMarked: boolean;
  readonly canceled: number;
  /** Ids of the orders a read still showed; null when nothing could be read. */
  readonly remaining: readonly string[] | null;
  readonly trouble: string | null;
  readonly onChain: OnChainOutcome | null;
}

export interface KillOptions {
  readonly settings: Settings;
  /** What is wrong with settings of `KILL_SETTINGS`: what needs one of those is left out, and all else is done. */
  readonly problems: readonly SettingProblem[];
  readonly dataDir: string;
  readonly by: string;
  readonly reason: string;
  /** Pauses the account on chain as well. */
  readonly onChain: boolean;
  readonly log: Log;
  /** Told each step in words for a person. */
  readonly say: (text: string) => void;
}

/** Settings that a kill acts by. The signature type and the wallet beside them matter to the chain alone. */
export const KILL_SETTINGS = [
  'EVENKEEL_DATA_DIR',
  'POLYMARKET_CLOB_URL',
  'POLYMARKET_CHAIN_ID',
  'POLYGON_RPC_URL',
  'POLYMARKET_PRIVATE_KEY',
  'POLYMARKET_KEYSTORE_FILE',
  'POLYMARKET_KEYSTORE_PASSPHRASE_FILE',
  'POLYMARKET_SIGNATURE_TYPE',
  'POLYMARKET_FUNDER_ADDRESS',
] as const;

/** A pause counts for the wallet, so these have to be right before one is sent. */
const CHAIN_SETTINGS = [
  'POLYGON_RPC_URL',
  'POLYMARKET_CHAIN_ID',
  'POLYMARKET_SIGNATURE_TYPE',
  'POLYMARKET_FUNDER_ADDRESS',
];

const WORKER_BOUND_MS = 2_000;
const CANCEL_BOUND_MS = 20_000;
const CREDENTIALS_BOUND_MS = 10_000;
/** What was on its way to the venue when the mark was left has arrived by then, and is looked for once more. */
const LOOK_AGAIN_MS = 1_000;

/**
 * Leaves the mark that no worker sends past, then cancels every order of the account over a connection of its own, whether a worker
 * answers or not, until a read shows none, and none a second later either. Nothing here waits for the worker, its socket or its lease.
 * Mark and halt come before anything that can fail; what is wrong with settings or the key is told after them, and never thrown.
 */
export async function killOrders(options: KillOptions): Promise<KillOutcome> {
  const { settings, dataDir, say } = options;
  const isMarked = leaveMark(options);
  const told = haltWorker(options);
  const { forVenue, forChain, troubles } = await openKillAccess(settings, dataDir, options.log);
  const wrong = [...options.problems.map(({ message }) => message), ...troubles];
  for (const line of wrong) say(line);
  try {
    const paused = options.onChain ? pause(options, forChain) : Promise.resolve(null);
    const cancelled = await cancelTwice(options, forVenue, told);
    const worker = await told;
    const onChain = await paused;
    const { canceled, remaining, trouble } = cancelled;
    if (worker === 'silent' && !isMarked)
      say(`end the worker by hand (process ${holderOf(dataDir)?.pid}): it may send again`);
    const isHeld = (isMarked || worker !== 'silent') && !isWrong(options, 'EVENKEEL_DATA_DIR');
    return {
      ok: remaining?.length === 0 && isHeld && onChain?.ok !== false,
      worker,
      isMarked,
      canceled,
      remaining: remaining?.map(({ orderId }) => orderId) ?? null,
      trouble,
      onChain,
    };
  } finally {
    await forVenue?.close();
  }
}

/** Whether a default, which leads somewhere else, stands for one of these. */
const isWrong = ({ problems }: KillOptions, ...names: readonly string[]): boolean =>
  problems.some(({ env }) => names.includes(env));

function leaveMark({ dataDir, by, reason, say }: KillOptions): boolean {
  try {
    leaveHaltMark(dataDir, { atMs: systemTimers.nowMs(), by, reason });
    say(
      `left the halt mark ${haltMarkPath(dataDir)}: no worker of this data folder sends anything until ./run resume`,
    );
    return true;
  } catch (error) {
    say(`the halt mark could not be left in ${dataDir} (${textOf(error)}); going on without it`);
    return false;
  }
}

async function haltWorker({ dataDir, by, reason, say }: KillOptions): Promise<KillOutcome['worker']> {
  try {
    await tellOperator(dataDir, { order: 'halt', reason, by }, WORKER_BOUND_MS);
    say('the worker took the halt: it stays up, keeps its books and sends nothing');
    return 'halted';
  } catch (error) {
    const holder = holderOf(dataDir);
    if (holder === null) {
      say('no worker is running for this data folder');
      return 'notRunning';
    }
    const why = error instanceof NoWorker ? 'does not answer' : textOf(error);
    say(`the worker (process ${holder.pid}, ${stateOf(holder.pid)}) ${why}; going on without it`);
    return 'silent';
  }
}

/** Who holds the folder; a lock that cannot be read is somebody's. */
function holderOf(dataDir: string): { readonly pid: number } | null {
  try {
    return leaseHolder(dataDir);
  } catch {
    // What is wrong with the lock is for the next start to say; here it must not stand in the way.
    return { pid: 0 };
  }
}

const STATES: Readonly<Record<string, string>> = {
  T: 'stopped by a signal',
  t: 'held by a debugger',
  R: 'busy',
  D: 'waiting for a disk',
  S: 'waiting',
};

/** What the system says a process is doing. */
function stateOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return STATES[text.slice(text.lastIndexOf(')') + 2, text.lastIndexOf(')') + 3)] ?? 'running';
  } catch {
    // No /proc on this system.
    return 'running';
  }
}

/** Cancels and verifies at once, and again after the worker has answered or not, for what was on its way meanwhile. */
async function cancelTwice(
  options: KillOptions,
  signer: SignerPort | null,
  told: Promise<unknown>,
): Promise<CancelledEverything> {
  const { settings, log, say } = options;
  if (signer === null || isWrong(options, 'POLYMARKET_CLOB_URL', 'POLYMARKET_CHAIN_ID')) {
    const trouble = 'nothing was cancelled from here, since settings do not say where or for whom';
    say(`${trouble}; a worker that took the halt cancels its orders itself`);
    return { canceled: 0, remaining: null, trouble };
  }
  const venue = await venueWithCredentials(settings, log, signer, say);
  try {
    const first = await cancelEverything(venue, CANCEL_BOUND_MS, say);
    say(cancelText(first));
    if (first.remaining === null) return first;
    await told;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    const second = await cancelEverything(venue, CANCEL_BOUND_MS, say);
    say(`looked again after ${LOOK_AGAIN_MS / 1_000} s: ${cancelText(second)}`);
    return { ...second, canceled: first.canceled + second.canceled };
  } finally {
    await venue.close();
  }
}

const cancelText = ({ canceled, remaining, trouble }: CancelledEverything): string =>
  `${canceled} orders cancelled; ${
    remaining === null
      ? `what is left could not be read: ${trouble}. The venue takes them itself 10 to 15 s after the last heartbeat of a worker that has ended or hangs`
      : remaining.length === 0
        ? 'a read shows none left'
        : `a read still shows ${remaining.length}: ${remaining.map(({ orderId }) => orderId).join(' ')}`
  }`;

/** With the credentials of the settings where the venue takes them, else with ones derived from the key. */
async function venueWithCredentials(
  settings: Settings,
  log: Log,
  signer: SignerPort,
  say: (text: string) => void,
): Promise<PolymarketVenue> {
  const nowMs = (): number => systemTimers.nowMs();
  const venue = createVenueOf(settings, nowMs, log, signer);
  if (settings.polymarket.apiKey === null) return venue;
  try {
    await venue.openOrders(AbortSignal.timeout(CREDENTIALS_BOUND_MS));
    return venue;
  } catch (error) {
    if (!(error instanceof ForeignError) || error.context.status !== 401) return venue;
    say(
      `the venue does not take the API credentials of the settings (${error.message}); deriving others from the key`,
    );
    await venue.close();
    const polymarket = { ...settings.polymarket, apiKey: null, apiSecret: null, apiPassphrase: null };
    return createVenueOf({ ...settings, polymarket }, nowMs, log, signer);
  }
}

async function pause(options: KillOptions, signer: SignerPort | null): Promise<OnChainOutcome> {
  const { settings, log, say } = options;
  if (signer === null || isWrong(options, ...CHAIN_SETTINGS)) {
    const trouble = 'no pause was asked for, since settings do not say where or for whom';
    say(`pause on chain: ${trouble}`);
    return { ok: false, pauses: null, trouble };
  }
  const chain = createChainOf(settings, systemTimers, log, signer);
  try {
    return await changePauseOnChain(chain, 'pause', say);
  } finally {
    await chain.close();
  }
}

/** Takes a pause on chain back. Sends nothing to the venue, and lifts no halt. */
export async function undoOnChain(
  settings: Settings,
  log: Log,
  say: (text: string) => void,
): Promise<OnChainOutcome> {
  const signer = await openAccountSigner(settings, log);
  const chain = createChainOf(settings, systemTimers, log, signer);
  try {
    return await changePauseOnChain(chain, 'unpause', say);
  } finally {
    await chain.close();
    await signer.close();
  }
}
