/** A kernel that holds a directional position, with the exit loop on it, and a venue that a test plays. */
import type { Market, Outcome } from '../../../domain/market.ts';
import type { OrderAnswer, OrderRequest, TradeStatus } from '../../../domain/order.ts';
import type { Command } from '../../../kernel/messages.ts';
import { signalOn } from '../../../kernel/test-support/directional-cases.ts';
import {
  accept,
  book,
  cents,
  conditionId,
  fillOf,
  market,
  ofKind,
  orderIdOf,
  placed,
  scriptedLoop,
  shares,
  strategySettings,
  T0,
  type TestKernel,
  trading,
} from '../../../kernel/test-support/test-kernel.ts';
import { defaultSettings } from '../../../settings/index.ts';
import { directionalExit } from '../exit/loop.ts';
import { tellAll, tellSpot } from '../pricing/test-support/known-prices.ts';

/** The market of the position. */
export const HELD = conditionId(1);

export type DirectionalSettings = ReturnType<typeof defaultSettings>['cd'];

/** Noon of New York three days after the tests begin. */
export const END_AT_MS = 1_790_265_600_000;

/** Pays where bitcoin closes above 100,000 dollars three days on. */
export const closeAbove = (n: number, change: Partial<Market> = {}): Market =>
  market(n, {
    question: 'Will the price of Bitcoin be above $100,000 on September 24?',
    description:
      'The 1 minute candle of BTC/USDT on Binance at 12:00 in the ET timezone with a "Close" price over the one in the title.',
    about: { endDate: '2026-09-24T16:00:00Z' },
    endAtMs: END_AT_MS,
    ...change,
  });

export interface HoldingTerms {
  readonly cd?: Partial<DirectionalSettings>;
  readonly outcome?: Outcome;
  readonly price?: number;
  readonly size?: number;
  /** Shares of the entry that have filled; all of it where left out. */
  readonly filled?: number;
  readonly status?: TradeStatus;
  readonly change?: Partial<Market>;
}

export interface HoldingRun {
  readonly test: TestKernel;
  readonly entry: OrderRequest;
  /** The book of the market in YES cents, and a look at it a second later. */
  readonly see: (bid: number, ask: number, size?: number) => Command[];
  /** What the coin costs, and a look a second later. */
  readonly price: (spotUsd: number) => Command[];
  readonly pass: (ms: number) => Command[];
  readonly exits: () => OrderRequest[];
}

/** Buys at 47 cents where the book stands at 47 to 53, in YES coordinates, with bitcoin at 100,000 dollars and two per cent a day. */
export function holding(terms: HoldingTerms = {}): HoldingRun {
  const { outcome = 'YES', price = 47, size = 10, filled = size, status = 'CONFIRMED' } = terms;
  const cd = { ...defaultSettings().cd, maxPriceAgeSeconds: 600, ...terms.cd };
  const entries = scriptedLoop({ name: 'crypto-directional', wakesOn: [] });
  const test = trading([entries.loop, directionalExit], strategySettings({ maxSpreadPts: 30 }, { cd }), [
    closeAbove(1, terms.change),
  ]);
  const bid = outcome === 'YES' ? price : 100 - price - 6;
  entries.script.push([{ kind: 'watch', conditionIds: [HELD] }]);
  test.step({ kind: 'wake' }, 10_000);
  test.step(book(1, bid, bid + 6));
  know(test, 100_000);
  const signal = signalOn(1, {
    outcome,
    price: cents(price),
    probability: (price + 13) / 100,
    endAtMs: END_AT_MS,
  });
  entries.script.push([
    {
      kind: 'enter',
      signal,
      endAtMs: END_AT_MS,
      size: shares(size),
      spend: null,
      expirationS: T0 / 1_000 + 9_999,
    },
  ]);
  const sent = test.step({ kind: 'wake' }, 10_000);
  const [entry] = placed(sent);
  if (entry === undefined) throw new Error('expected an entry');
  accept(test, sent);
  if (filled > 0) fill(test, entry, filled, status);
  const see: HoldingRun['see'] = (at, ask, depth) => {
    const seen = test.step(book(1, at, ask, depth));
    return [...seen, ...pass(test, 1_000)];
  };
  return {
    test,
    entry,
    see,
    price: (spotUsd) => {
      const before = test.commands.length;
      know(test, spotUsd);
      pass(test, 1_000);
      return test.commands.slice(before);
    },
    pass: (ms) => pass(test, ms),
    exits: () => placed(test.commands).filter(({ clientId }) => clientId.startsWith('x-')),
  };
}

/** All that the model wants to know of bitcoin. */
export function know(test: TestKernel, spotUsd: number): void {
  if (test.state.spot.coins.length === 0) return;
  tellAll(test, { spotUsd, dailyVolatility: 0.02 });
  tellSpot(test, spotUsd);
}

/** Lets time pass as the driver does: with a wake whenever the kernel wants one. */
export function pass(test: TestKernel, ms: number): Command[] {
  const commands: Command[] = [];
  const untilMs = test.nowMs + ms;
  while (test.nowMs < untilMs) {
    const nextMs = Math.min(untilMs, Math.max(test.nowMs + 1, test.kernel.nextWakeAtMs()));
    commands.push(...test.step({ kind: 'wake' }, nextMs - test.nowMs));
  }
  return commands;
}

/** A fill of an order at its own price, from its match to `status`. */
export function fill(
  test: TestKernel,
  request: OrderRequest,
  size: number,
  status: TradeStatus = 'CONFIRMED',
  tradeId = `trade-${request.clientId}-${size}`,
): Command[] {
  const steps: TradeStatus[] = status === 'MATCHED' ? ['MATCHED'] : ['MATCHED', status];
  return steps.flatMap((at) =>
    test.step({ kind: 'fill', fill: { ...fillOf(request, tradeId, size, at, test.nowMs), role: 'TAKER' } }),
  );
}

/** Signs the orders of `commands` and answers each with this. */
export function answer(test: TestKernel, commands: readonly Command[], result: OrderAnswer): Command[] {
  return ofKind(commands, 'place').flatMap(({ orders }) => {
    const ids = orders.map(({ request }) => request.clientId);
    return [
      ...test.step({ kind: 'ordersPrepared', orders: ids.map((id) => [id, orderIdOf(id)] as const) }),
      ...test.step({ kind: 'ordersAnswered', answers: ids.map((id) => [id, result] as const) }),
    ];
  });
}

/** An exit that takes `size` shares and is over. */
export function sell(test: TestKernel, exit: OrderRequest, size: number, status?: TradeStatus): void {
  const orderId = orderIdOf(exit.clientId);
  test.step({ kind: 'ordersPrepared', orders: [[exit.clientId, orderId]] });
  test.step({ kind: 'ordersAnswered', answers: [[exit.clientId, { result: 'matched' }]] });
  test.step({ kind: 'orderSeen', orderId, status: 'MATCHED', matchedSize: shares(size) });
  fill(test, exit, size, status);
}

export const NOTHING = { result: 'rejected', code: 'fakNoMatch', text: 'no orders found to match' } as const;

/** The orders of a run's exits in their outcome's own cents and shares. */
export const shown = (run: HoldingRun): string[] =>
  run
    .exits()
    .map(({ side, outcome, price, size, timeInForce }) =>
      [timeInForce, side, outcome, size / 1e6, 'at', price / 100].join(' '),
    );

export const lastExit = (run: HoldingRun) => {
  const exit = run.exits().at(-1);
  if (exit === undefined) throw new Error('expected an exit');
  return exit;
};

/** All that a person was told. */
export const notes = (run: HoldingRun): string[] =>
  ofKind(run.test.commands, 'notify').map(({ text }) => text);
