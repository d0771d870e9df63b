import type { Chain, UserPause } from '../adapters/chain/index.ts';
import { ForeignError } from '../ports/foreign-error.ts';
import { pauseText, textOf } from './preflight.ts';

export interface OnChainOutcome {
  /** Every exchange is as it was wanted, by a read of the chain. */
  readonly ok: boolean;
  readonly pauses: readonly UserPause[] | null;
  readonly trouble: string | null;
}

type PauseChain = Pick<Chain, 'wallet' | 'checkChainId' | 'userPauses' | 'changeUserPause'>;

/** Sending and replacing on both exchanges together. */
const BOUND_MS = 150_000;
/** The node that is read may be some blocks behind the one that told of the receipt. */
const READ_TRIES = 20;
const READ_PAUSE_MS = 500;
/** An exchange whose request failed is asked again this often, within the bound. */
const MOST_ROUNDS = 3;
/** All reads afterwards together. */
const READ_BOUND_MS = 20_000;
/** A read that fails this often in a row has failed. */
const MOST_READS = 6;
/** About how long a block of Polygon takes. */
const BLOCK_S = 2;

/**
 * Pauses the wallet on both exchanges, or takes the pause back, and says what the chain shows afterwards. What is paused or pending
 * already is left as it is: a second request would fail. Trouble at one exchange, or with a read, does not spare the other.
 * `say` is told each step. Never throws.
 */
export async function changePauseOnChain(
  chain: PauseChain,
  action: 'pause' | 'unpause',
  say: (text: string) => void,
): Promise<OnChainOutcome> {
  const signal = AbortSignal.timeout(BOUND_MS);
  const isWanted = ({ state }: UserPause): boolean => (state === 'none') === (action === 'unpause');
  const confirmed = new Set<string>();
  let troubles: string[] = [];
  let pauses: readonly UserPause[] | null = null;
  try {
    await retried('the chain id', (all) => chain.checkChainId(all), signal, say);
    for (let round = 0; round < MOST_ROUNDS && !signal.aborted; round += 1) {
      // Read anew each time: what failed may have been mined all the same, and a second request would fail.
      pauses = await retried('the pauses', (all) => chain.userPauses(all), signal, say);
      if (round > 0 && (troubles.length === 0 || pauses.every(isWanted))) break;
      troubles = [];
      // A node that is some blocks behind does not show yet what was confirmed.
      for (const pause of pauses.filter(({ address }) => !confirmed.has(address))) {
        if (isWanted(pause)) {
          say(`${action} on chain: ${pauseText(pause)} already`);
          continue;
        }
        const trouble = await changeOrTrouble(chain, pause, action, say, signal);
        if (trouble !== null) troubles.push(trouble);
        else confirmed.add(pause.address);
      }
      if (troubles.length === 0) break;
    }
    pauses = null;
    pauses = await readAfter(chain, isWanted, troubles.length === 0, signal, say);
    for (const pause of pauses) say(`read from the chain: ${pauseText(pause)}${waitText(pause)}`);
  } catch (error) {
    troubles.push(textOf(error));
    say(`${action} on chain failed: ${textOf(error)}`);
  }
  const ok = pauses?.every(isWanted) === true;
  return { ok, pauses, trouble: ok || troubles.length === 0 ? null : troubles.join('; ') };
}

/** Reads until the chain shows what is wanted; after trouble the first answer is taken, since nothing more is on its way. */
async function readAfter(
  chain: PauseChain,
  isWanted: (pause: UserPause) => boolean,
  mayCome: boolean,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<readonly UserPause[]> {
  // What was sent last may have used up the bound, and the person still wants to know where the account stands.
  const bound = AbortSignal.timeout(READ_BOUND_MS);
  let pauses = await retried('the pauses', (all) => chain.userPauses(all), bound, say);
  for (let tries = 1; tries < READ_TRIES && !signal.aborted; tries += 1) {
    if (pauses.every(isWanted) || !mayCome) break;
    await new Promise((resolve) => setTimeout(resolve, READ_PAUSE_MS));
    pauses = await retried('the pauses', (all) => chain.userPauses(all), bound, say);
  }
  return pauses;
}

/** A read that a node refuses for the moment (a rate limit, a lost connection) is asked again, a few times and within the bound. */
async function retried<Value>(
  what: string,
  read: (signal: AbortSignal) => Promise<Value>,
  signal: AbortSignal,
  say: (text: string) => void,
): Promise<Value> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await read(signal);
    } catch (error) {
      const isLasting = error instanceof ForeignError && error.code === 'wrongChain';
      if (isLasting || tries >= MOST_READS || signal.aborted) throw error;
      say(`  ${what} could not be read (${textOf(error)}); trying again`);
    }
    await new Promise((resolve) => setTimeout(resolve, READ_PAUSE_MS));
  }
}

/** Null once it is confirmed, else what went wrong. */
async function changeOrTrouble(
  chain: PauseChain,
  pause: UserPause,
  action: 'pause' | 'unpause',
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    return await change(chain, pause, action, say, signal);
  } catch (error) {
    const trouble = `${action} of the ${pause.exchange}: ${textOf(error)}`;
    say(`  ${trouble}`);
    return trouble;
  }
}

async function change(
  chain: PauseChain,
  { exchange, address }: UserPause,
  action: 'pause' | 'unpause',
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<string | null> {
  const functionName = action === 'pause' ? 'pauseUser' : 'unpauseUser';
  say(`${functionName}() of the ${exchange} ${address} for wallet ${chain.wallet}`);
  const outcome = await chain.changeUserPause(address, functionName, (text) => say(`  ${text}`), signal);
  say(`  ${outcome.text}${outcome.hash === null ? '' : ` (${outcome.hash})`}`);
  return outcome.status === 'confirmed' ? null : `${functionName} of the ${exchange}: ${outcome.text}`;
}

function waitText({ state, fromBlock, atBlock }: UserPause): string {
  if (state !== 'pending' || fromBlock === null) return '';
  const blocks = fromBlock - atBlock;
  return `: ${blocks} blocks to go, about ${blocks * BLOCK_S} s; until then matches still settle`;
}
