import type { ChainClient } from './client.ts';
import type { Mining } from './types.ts';

export interface Miner {
  /** False until the first `set`: until then whoever sends a transaction makes its block. */
  readonly isRunning: () => boolean;
  readonly set: (mining: Mining) => Promise<void>;
  /** Ends the timer and waits for the block it may be making. */
  readonly stop: () => Promise<void>;
}

/**
 * Makes blocks by our own timer in interval mode, because the node's own interval knows whole seconds only.
 * A block that takes longer than the interval delays the next one; none are made up for.
 */
export function createMiner(client: ChainClient): Miner {
  let running = false;
  let stopLoop: (() => Promise<void>) | null = null;
  const stop = async () => {
    const stopping = stopLoop;
    stopLoop = null;
    await stopping?.();
  };
  const set = async (mining: Mining) => {
    await stop();
    running = true;
    await client.setAutomine(mining.kind === 'auto');
    if (mining.kind === 'interval') stopLoop = startLoop(client, mining.blockTimeMs);
    // What waited in the pool while mining was off belongs in a block now.
    else await client.mine({ blocks: 1 });
  };
  return { isRunning: () => running, set, stop };
}

function startLoop(client: ChainClient, blockTimeMs: number): () => Promise<void> {
  if (!(blockTimeMs > 0))
    throw new RangeError(`block time must be positive milliseconds, found ${blockTimeMs}`);
  let ended = false;
  let wake = () => {};
  const pause = () =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, blockTimeMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const loop = async () => {
    while (!ended) {
      await pause();
      if (ended) return;
      await client.mine({ blocks: 1 });
    }
  };
  const done = loop().catch((error: unknown) => {
    // Once stopped, or with the node gone, there is nothing left to mine; callers see the node's end themselves.
    if (!ended) process.emitWarning(`block timer ended: ${String(error)}`);
  });
  return async () => {
    ended = true;
    wake();
    await done;
  };
}
