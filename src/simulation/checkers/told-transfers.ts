import type { TokenId } from '../../domain/market.ts';
import type { Input } from '../../kernel/messages.ts';

/** What the wallet came to hold by itself, by what the worker was told: the simplest account of it. */
export interface ToldTransfers {
  /** The amounts, in millionths, that this input adds to what is final. */
  take(input: Input): readonly (readonly ['USD' | TokenId, number])[];
}

/**
 * A token is taken over with the balance that it has when it is first read; from then on it changes by the transfers in later
 * blocks. Each block counts once, when it is final. Transactions of the worker's own are known by their hash.
 */
export function createToldTransfers(): ToldTransfers {
  const own = new Set<string>();
  const firstBlock = new Map<'USD' | TokenId, number>();
  const counted = new Set<string>();

  function take(input: Input): (readonly ['USD' | TokenId, number])[] {
    const amounts: (readonly ['USD' | TokenId, number])[] = [];
    if (input.kind === 'transactionPrepared') own.add(input.hash);
    if (input.kind === 'balancesRead') {
      if (!firstBlock.has('USD')) firstBlock.set('USD', input.blockNumber);
      for (const [tokenId, amount] of input.tokens) {
        if (firstBlock.has(tokenId)) continue;
        firstBlock.set(tokenId, input.blockNumber);
        amounts.push([tokenId, amount]);
      }
    }
    if (input.kind !== 'transfersRead') return amounts;
    for (const { key, asset, amount, blockNumber, txHash } of input.transfers) {
      const first = firstBlock.get(asset);
      if (own.has(txHash) || counted.has(key) || blockNumber > input.finalBlock) continue;
      if (first === undefined || blockNumber <= first) continue;
      counted.add(key);
      amounts.push([asset, amount]);
    }
    return amounts;
  }

  return { take };
}
