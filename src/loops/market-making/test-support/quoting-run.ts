/** A market-making run that a test drives, with a venue that takes every order and confirms every cancel at once. */
import type { Market } from '../../../domain/market.ts';
import type { OrderId, OrderRequest, TradeStatus } from '../../../domain/order.ts';
import type { Command, Input } from '../../../kernel/messages.ts';
import {
  accept,
  confirmCancels,
  fillOf,
  market,
  strategySettings,
  type TestKernel,
  trading,
} from '../../../kernel/test-support/test-kernel.ts';
import { restingSize } from '../../../orders/order-size.ts';
import { maintenance } from '../../maintenance/loop.ts';
import { marketMaking } from '../loop.ts';
import type { MarketMakingMemory, MarketMemory } from '../memory.ts';

export const LOOPS = [maintenance, marketMaking];

export const quoting = (mm: Parameters<typeof strategySettings>[0] = {}) =>
  strategySettings({ useSplitMerge: false, requoteMinGapMs: 0, minQuoteLifetimeSeconds: 1, ...mm });

/** A run whose first quotes rest. */
export function quotingRun(
  mm: Parameters<typeof strategySettings>[0] = {},
  markets: readonly Market[] = [market(1)],
): TestKernel {
  const test = trading(LOOPS, quoting(mm), markets);
  answer(test, test.commands);
  return test;
}

/** Answers until nothing is left to be answered. Returns every command that came on the way. */
export function answer(test: TestKernel, commands: readonly Command[]): Command[] {
  const all: Command[] = [];
  let open = commands;
  for (let round = 0; open.length > 0; round += 1) {
    if (round > 50) throw new Error('the worker and its venue answer each other without end');
    open = [...accept(test, open), ...confirmCancels(test, open)];
    all.push(...open);
  }
  return all;
}

/** One input, and the venue's answers to what it led to. */
export function say(test: TestKernel, input: Input, afterMs = 1): Command[] {
  const commands = test.step(input, afterMs);
  return [...commands, ...answer(test, commands)];
}

/** Lets time pass, waking the kernel whenever it wants to be woken. */
export function pass(test: TestKernel, ms: number): Command[] {
  const endMs = test.nowMs + ms;
  const commands: Command[] = [];
  while (test.nowMs < endMs) {
    const atMs = Math.min(endMs, Math.max(test.nowMs + 1, test.kernel.nextWakeAtMs()));
    commands.push(...say(test, { kind: 'wake' }, atMs - test.nowMs));
  }
  return commands;
}

export interface RestingOrder {
  readonly orderId: OrderId | null;
  readonly request: OrderRequest;
  readonly size: number;
  /** In YES coordinates, price in cents. */
  readonly isBid: boolean;
  readonly cents: number;
}

/** What rests in market `n`, best first on each side. */
export function resting(test: TestKernel, n = 1): RestingOrder[] {
  const records = test.state.orders.workingByCondition.get(market(n).conditionId)?.values() ?? [];
  const found = [...records].flatMap((record) => {
    const { request, orderId } = record;
    const size = restingSize(record);
    const isBid = (request.outcome === 'YES') === (request.side === 'BUY');
    const cents = (request.outcome === 'YES' ? request.price : 10_000 - request.price) / 100;
    return size > 0 ? [{ orderId, request, size, isBid, cents }] : [];
  });
  return found.sort((a, b) => (a.isBid ? b.cents - a.cents : a.cents - b.cents));
}

export const bidOf = (test: TestKernel, n = 1): RestingOrder | undefined =>
  resting(test, n).find(({ isBid }) => isBid);
export const askOf = (test: TestKernel, n = 1): RestingOrder | undefined =>
  resting(test, n).find(({ isBid }) => !isBid);

let trades = 0;
/** Somebody hits an order of ours, now. */
export function hit(
  test: TestKernel,
  order: RestingOrder | undefined,
  size = 5,
  status: TradeStatus = 'CONFIRMED',
): Command[] {
  if (order === undefined) throw new Error('expected an order of ours to hit');
  trades += 1;
  return say(test, {
    kind: 'fill',
    fill: fillOf(order.request, `trade-${trades}`, size, status, test.nowMs),
  });
}

export const memoryOf = (test: TestKernel): MarketMakingMemory =>
  // The kernel hands the memory only to the loop that made it; a test may look.
  test.state.loops.get('market-making')?.memory as MarketMakingMemory;

export function marketMemory(test: TestKernel, n = 1): MarketMemory {
  const found = memoryOf(test).markets.get(market(n).conditionId);
  if (found === undefined) throw new Error(`expected the loop to have looked at market ${n}`);
  return found;
}
