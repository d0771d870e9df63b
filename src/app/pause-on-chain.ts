import type { Chain, UserPause } from '../adapters/chain/index.ts';
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
/** About how long a block of Polygon takes. */
const BLOCK_S = 2;

/**
 * Pauses the wallet on both exchanges, or takes the pause back, and says what the chain shows afterwards. What is paused or pending
 * already is left as it is: a second request would fail. `say` is told each step. Never throws.
 */
export async function changePauseOnChain(
  chain: PauseChain,
  action: 'pause' | 'unpause',
  say: (text: string) => void,
): Promise<OnChainOutcome> {
  const signal = AbortSignal.timeout(BOUND_MS);
  let trouble: string | null = null;
  let pauses: UserPause[] | null = null;
  const isWanted = ({ state }: UserPause): boolean => (state === 'none') === (action === 'unpause');
  try {
    await chain.checkChainId(signal);
    pauses = await chain.userPauses(signal);
    for (const pause of pauses) {
      if (isWanted(pause)) say(`${action} on chain: ${pauseText(pause)} already`);
      else trouble = (await change(chain, pause, action, say, signal)) ?? trouble;
    }
    for (let tries = 0; tries < READ_TRIES && !signal.aborted; tries += 1) {
      pauses = await chain.userPauses(signal);
      if (pauses.every(isWanted) || trouble !== null) break;
      await new Promise((resolve) => setTimeout(resolve, READ_PAUSE_MS));
    }
    for (const pause of pauses) say(`read from the chain: ${pauseText(pause)}${waitText(pause)}`);
  } catch (error) {
    trouble = textOf(error);
    say(`${action} on chain failed: ${trouble}`);
  }
  return { ok: pauses?.every(isWanted) === true, pauses, trouble };
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
