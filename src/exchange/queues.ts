/**
 * Price levels: the book's totals together with the first-in-first-out queue behind each. A cancelled order stays in its queue as
 * a dead entry, so that a cancel costs O(1); the queue sweeps itself when the dead are the majority.
 */
import { setLevel, sizeAt } from '../domain/book.ts';
import type { Side } from '../domain/market.ts';
import type { Price, Shares } from '../domain/units.ts';
import type { ExchangeMarket, ExchangeOrder, LevelQueue } from './types.ts';

const SWEEP_FROM = 16;

export const queuesOf = (market: ExchangeMarket, side: Side): (LevelQueue | null)[] =>
  side === 'BUY' ? market.bidQueues : market.askQueues;

/** Puts a live order at the end of its level and adds its remaining shares to the total. */
export function enqueue(market: ExchangeMarket, order: ExchangeOrder): void {
  const queues = queuesOf(market, order.yesSide);
  const index = order.yesPrice / market.book.tick;
  let queue = queues[index];
  if (queue === undefined || queue === null) {
    queue = { orders: [], head: 0, dead: 0 };
    queues[index] = queue;
  }
  queue.orders.push(order);
  market.openOrderCount += 1;
  addToLevel(market, order.yesSide, order.yesPrice, order.remaining);
}

/** Takes an order that is no longer LIVE out of its level. */
export function dequeue(market: ExchangeMarket, order: ExchangeOrder): void {
  const queue = queuesOf(market, order.yesSide)[order.yesPrice / market.book.tick];
  market.openOrderCount -= 1;
  addToLevel(market, order.yesSide, order.yesPrice, -order.remaining);
  if (queue === undefined || queue === null) return;
  queue.dead += 1;
  trim(queue);
}

/** Records that `size` shares of the level's first orders were matched; orders that are done have left LIVE already. */
export function consume(
  market: ExchangeMarket,
  side: Side,
  at: Price,
  size: Shares,
  ordersDone: number,
): void {
  addToLevel(market, side, at, -size);
  market.openOrderCount -= ordersDone;
  const queue = queuesOf(market, side)[at / market.book.tick];
  if (queue === undefined || queue === null) return;
  queue.dead += ordersDone;
  trim(queue);
}

function trim(queue: LevelQueue): void {
  const { orders } = queue;
  while (queue.head < orders.length && orders[queue.head]?.status !== 'LIVE') {
    queue.head += 1;
    queue.dead -= 1;
  }
  if (queue.head === orders.length) {
    orders.length = 0;
    queue.head = 0;
    queue.dead = 0;
  } else if (queue.head + queue.dead > SWEEP_FROM && (queue.head + queue.dead) * 2 > orders.length) {
    queue.orders = orders.filter((order) => order.status === 'LIVE');
    queue.head = 0;
    queue.dead = 0;
  }
}

function addToLevel(market: ExchangeMarket, side: Side, at: Price, change: number): void {
  const total = sizeAt(market.book, side, at) + change;
  if (!setLevel(market.book, side, at, total as Shares)) {
    throw new Error(`level ${at}/10000 of ${market.conditionId} cannot hold ${total} millionths of a share`);
  }
}
