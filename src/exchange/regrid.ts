/** Moving a market's levels to another tick. */
import { regrid } from '../domain/book.ts';
import type { Price } from '../domain/units.ts';
import { emptyQueues } from './state.ts';
import type { ExchangeMarket, LevelQueue } from './types.ts';

/** Every resting order must be on the new grid already. Throws when one is not: a level that cannot stand must not vanish. */
export function regridMarket(market: ExchangeMarket, to: Price): void {
  const from = market.book.tick;
  if (!regrid(market.book, to)) {
    throw new Error(`book of ${market.conditionId} holds levels that are off the grid of ${to}/10000`);
  }
  market.bidQueues = moved(market.bidQueues, from, to, market.book.bids.length);
  market.askQueues = moved(market.askQueues, from, to, market.book.asks.length);
}

function moved(queues: (LevelQueue | null)[], from: Price, to: Price, slots: number): (LevelQueue | null)[] {
  const target = emptyQueues(slots);
  for (let index = 0; index < queues.length; index += 1) {
    const queue = queues[index];
    if (queue === undefined || queue === null || queue.orders.length === 0) continue;
    const place = (index * from) / to;
    if (Number.isInteger(place)) target[place] = queue;
  }
  return target;
}
