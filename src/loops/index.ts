import type { Loop } from '../kernel/loop.ts';
import { arbitrage } from './arbitrage/loop.ts';
import { directionalEntry } from './crypto-directional/entry/loop.ts';
import { directionalExit } from './crypto-directional/exit/loop.ts';
import { directionalReview } from './crypto-directional/review/loop.ts';
import { maintenance } from './maintenance/loop.ts';
import { marketMaking } from './market-making/loop.ts';

/**
 * Every loop of the worker. The order breaks ties: books are brought up to date before anything is quoted on them, what has to be
 * sold is sold before anything is bought, and a set is taken before the market it stands in is quoted anew. Entries come after both, since
 * they are for markets in which nothing else of ours is, and what the others have just placed there then shows.
 */
export const loops: readonly Loop[] = [
  maintenance,
  directionalExit,
  arbitrage,
  marketMaking,
  directionalEntry,
  directionalReview,
];
