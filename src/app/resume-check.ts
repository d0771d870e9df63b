import type { Chain } from '../adapters/chain/index.ts';
import type { OrderCheck } from './control-server.ts';
import { pauseText, textOf } from './preflight.ts';

/** Shorter than whoever asks for the resume waits. */
const READ_BOUND_MS = 3_000;

/**
 * Whether trading may be resumed as far as the chain goes: while the account is paused there, every match of an order fails. Refuses
 * where a pause stands or is about to, and only warns where the chain does not tell, which holds trading back by itself. Never throws.
 */
export async function checkResume(chain: Pick<Chain, 'wallet' | 'userPauses'>): Promise<OrderCheck> {
  try {
    const pauses = await chain.userPauses(AbortSignal.timeout(READ_BOUND_MS));
    const standing = pauses.filter(({ state }) => state !== 'none').map(pauseText);
    if (standing.length === 0) return { refused: null, warning: null };
    return {
      refused: `wallet ${chain.wallet} has ${standing.join(', and ')}: every match of an order of yours would fail there. Run ./run kill --undo-on-chain to take the pause back, then ./run resume`,
      warning: null,
    };
  } catch (error) {
    return {
      refused: null,
      warning: `whether the account is paused on chain could not be read (${textOf(error)}); if it is, every match of an order fails: ./run doctor tells`,
    };
  }
}
