import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FillReport, TradeStatus } from '../domain/order.ts';
import type { Price } from '../domain/units.ts';
import { loops } from '../loops/index.ts';
import { booksResidual } from '../orders/books.ts';
import { allLiveOrders } from '../orders/order-table.ts';
import type { OrderRecord } from '../orders/types.ts';
import { decodeState, encodeState } from './codec.ts';
import { createKernel } from './kernel.ts';
import type { Command, Input } from './messages.ts';
import type { KernelState } from './state.ts';
import {
  balances,
  book,
  cents,
  conditionId,
  fillOf,
  market,
  orderIdOf,
  reconcile,
  runStarted,
  shares,
  strategySettings,
  type TestKernel,
  trading,
  venueOrder,
} from './test-support/test-kernel.ts';

/** Something that happens to the worker; the numbers choose among what there is to choose from at that moment. */
interface Happening {
  readonly what: keyof typeof HAPPENINGS;
  readonly pick: number;
  readonly size: number;
  readonly afterMs: number;
}

const STATUSES: readonly TradeStatus[] = ['MATCHED', 'MINED', 'CONFIRMED', 'FAILED', 'RETRYING'];

const pickOf = <Item>(items: readonly Item[], pick: number): Item | undefined => items[pick % items.length];

/** What the venue, the chain, the operator and the clock may do next, as inputs that fit the state. */
const HAPPENINGS = {
  wake: () => [{ kind: 'wake' }],
  book: (_test, pick, size) => [book((pick % 2) + 1, 40 + (size % 10), 53 + (pick % 5))],
  levels: (_test, pick, size) => [
    {
      kind: 'levels',
      conditionId: conditionId((pick % 2) + 1),
      changes: [[pick % 3 === 0 ? 'SELL' : 'BUY', (4_000 + (size % 90) * 10) as Price, shares(pick % 50)]],
      hash: 'h',
      venueAtMs: 0,
    },
  ],
  tick: (_test, pick, size) => [
    {
      kind: 'tickSize',
      conditionId: conditionId((pick % 2) + 1),
      tick: (size % 2 === 0 ? 10 : 100) as Price,
    },
  ],
  untrusted: (_test, pick) => [
    { kind: 'bookUntrusted', conditionId: conditionId((pick % 2) + 1), reason: 'hash' },
  ],
  prepared: ({ state }) => {
    const waiting = allLiveOrders(state.orders).filter((record) => record.state === 'approved');
    return [
      {
        kind: 'ordersPrepared',
        orders: waiting.map(({ request: { clientId } }) => [clientId, orderIdOf(clientId)] as const),
      },
    ];
  },
  answered: ({ state }, pick) => {
    const waiting = allLiveOrders(state.orders).filter((record) => record.state === 'inFlight');
    const answers = [
      { result: 'live' },
      { result: 'matched' },
      { result: 'rejected', code: 'crossesBook', text: 'crosses' },
      { result: 'unknown', code: 'timeout', text: 'lost' },
      { result: 'live' },
    ] as const;
    return [
      {
        kind: 'ordersAnswered',
        answers: waiting.map(
          (record, index) => [record.request.clientId, pickOf(answers, pick + index) ?? answers[0]] as const,
        ),
      },
    ];
  },
  filled: ({ state, nowMs }, pick, size) => {
    const record = pickOf(signed(state), pick);
    const left = record === undefined ? 0 : (record.request.size - record.matched) / 1e6;
    if (record === undefined || left < 1) return [];
    const part = Math.min(left, 1 + (size % 10));
    return [{ kind: 'fill', fill: fillOf(record.request, `trade-${state.steps}`, part, 'MATCHED', nowMs) }];
  },
  repeated: ({ state }, pick, size) => {
    const known = pickOf([...state.books.fills.byKey.values()], pick);
    const status = STATUSES[size % STATUSES.length] ?? 'MATCHED';
    return known === undefined ? [] : [{ kind: 'fill', fill: { ...known.fill, status } }];
  },
  seen: ({ state }, pick, size) => {
    const record = pickOf(signed(state), pick);
    const status = (['LIVE', 'CANCELED', 'MATCHED'] as const)[size % 3] ?? 'LIVE';
    return record?.orderId == null
      ? []
      : [{ kind: 'orderSeen', orderId: record.orderId, status, matchedSize: record.matched }];
  },
  canceled: ({ state }, pick, size) => {
    const ids = signed(state).flatMap(({ orderId }) => (orderId === null ? [] : [orderId]));
    const some = ids.slice(0, 1 + (pick % 4));
    if (size % 4 === 0) return [{ kind: 'cancelFailed', requested: some, code: 'timeout', text: 'lost' }];
    return [
      {
        kind: 'cancelAnswered',
        requested: size % 3 === 0 ? [] : some,
        canceled: some.slice(1),
        notCanceled: [],
      },
    ];
  },
  ordersRead: ({ state, nowMs }, pick) => [
    {
      kind: 'openOrdersRead',
      orders: signed(state)
        .filter((_, index) => (index + pick) % 3 > 0)
        .map(({ request }) => venueOrder(request)),
      askedAtMs: nowMs,
    },
  ],
  orderRead: ({ state, nowMs }, pick, size) => {
    const record = pickOf(signed(state), pick);
    if (record?.orderId == null) return [];
    const order =
      size % 3 === 0 ? null : venueOrder(record.request, { status: size % 3 === 1 ? 'LIVE' : 'CANCELED' });
    return [{ kind: 'orderRead', orderId: record.orderId, order, askedAtMs: nowMs }];
  },
  tradesRead: ({ state, nowMs }, _pick, size) => [
    {
      kind: 'tradesRead',
      fills: [...state.books.fills.byKey.values()].map(
        ({ fill, status }): FillReport => ({ ...fill, status: size % 2 === 0 ? 'CONFIRMED' : status }),
      ),
      sinceMs: 0,
      askedAtMs: nowMs,
    },
  ],
  balancesRead: (test) => [balances(test)],
  readFailed: () => [{ kind: 'readFailed', read: 'trades', key: '', code: 'http', text: '500' }],
  feed: (_test, pick, size) => [
    {
      kind: 'feed',
      feed: (['market', 'user', 'heartbeat'] as const)[pick % 3] ?? 'market',
      up: size % 3 > 0,
      reason: 'test',
    },
  ],
  transaction: ({ state }, pick, size) => {
    const pending = [...state.transactions.values()].filter(({ endedAtMs }) => endedAtMs === null);
    const record = pickOf(pending, pick);
    if (record === undefined) return [];
    const { txKey } = record.request;
    const status =
      (['confirmed', 'reverted', 'unknown', 'confirmed', 'notSent'] as const)[size % 5] ?? 'confirmed';
    return [
      { kind: 'transactionPrepared', txKey, hash: `0x${txKey}`, nonce: state.nextTransaction },
      { kind: 'transactionEnded', txKey, status, text: 'test' },
    ];
  },
  operator: (_test, pick) => [
    {
      kind: 'operator',
      order: (['pause', 'resume', 'reduce', 'resume', 'halt', 'resume'] as const)[pick % 6] ?? 'resume',
      by: 'test',
      reason: 'test',
    },
  ],
  restarted: ({ state }) => [runStarted(`run-${state.steps}`, state.settings)],
} satisfies Record<string, (test: TestKernel, pick: number, size: number) => Input[]>;

const signed = (state: KernelState): OrderRecord[] =>
  allLiveOrders(state.orders).filter(({ orderId }) => orderId !== null);

const COMMON = [
  'wake',
  'book',
  'levels',
  'prepared',
  'answered',
  'filled',
  'canceled',
  'tradesRead',
  'transaction',
] as const;
const names = Object.keys(HAPPENINGS) as (keyof typeof HAPPENINGS)[];
const happening: fc.Arbitrary<Happening> = fc.record({
  what: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...COMMON) },
    { weight: 1, arbitrary: fc.constantFrom(...names) },
  ),
  pick: fc.nat(1_000),
  size: fc.nat(1_000),
  afterMs: fc.constantFrom(0, 1, 50, 300, 1_000, 2_500, 10_000, 61_000),
});
const happenings = fc.array(happening, { minLength: 10, maxLength: 120 });

interface Recorded {
  readonly test: TestKernel;
  readonly outputs: string[];
}

/** Plays what happens to a worker that trades two markets, recording every output. */
function play(
  what: readonly Happening[],
  check: (test: TestKernel, commands: readonly Command[]) => void,
): Recorded {
  const settings = strategySettings({ minQuoteLifetimeSeconds: 1, requoteMinGapMs: 0 });
  const test = trading(loops, settings, [market(1), market(2)]);
  reconcile(test);
  const outputs: string[] = [];
  const from = test.inputs.length;
  for (const { what: name, pick, size, afterMs } of what) {
    const inputs: readonly Input[] = HAPPENINGS[name](test, pick, size);
    inputs.forEach((input, index) => {
      const commands = test.step(input, index === 0 ? afterMs : 0);
      check(test, commands);
      outputs.push(JSON.stringify(commands));
    });
  }
  expect(test.inputs.length - from).toBe(outputs.length);
  return { test, outputs };
}

const nothing = (): void => undefined;

describe('the kernel', () => {
  it('gives the same outputs and the same state for the same inputs', () => {
    fc.assert(
      fc.property(happenings, (what) => {
        const { test, outputs } = play(what, nothing);
        const again = createKernel(loops, null);
        const repeated = test.inputs.map(([atMs, input]) => JSON.stringify(again.step(atMs, input)));
        expect(repeated.slice(-outputs.length || repeated.length)).toEqual(outputs);
        expect(encodeState(again.state) === encodeState(test.state)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('goes on from a snapshot as if it had never stopped', () => {
    fc.assert(
      fc.property(happenings, fc.double({ min: 0, max: 1, noNaN: true }), (what, part) => {
        const { test, outputs } = play(what, nothing);
        const at = test.inputs.length - Math.floor(outputs.length * part);
        const before = createKernel(loops, null);
        for (const [atMs, input] of test.inputs.slice(0, at)) before.step(atMs, input);
        const restored = decodeState(encodeState(before.state)) as KernelState;
        const after = createKernel(loops, restored);
        const following = test.inputs
          .slice(at)
          .map(([atMs, input]) => JSON.stringify(after.step(atMs, input)));
        expect(following).toEqual(outputs.slice(outputs.length - following.length));
        expect(encodeState(after.state) === encodeState(test.state)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps its books exact and its orders inside the rules whatever happens', () => {
    fc.assert(
      fc.property(happenings, (what) => {
        play(what, ({ state, kernel, nowMs }, commands) => {
          expect(booksResidual(state.books, (id) => state.markets.get(id)?.market ?? null)).toBe(0);
          expect(state.counts.faults).toBe(0);
          const { mode } = state.trading;
          for (const command of commands) {
            if (command.kind !== 'place' && command.kind !== 'transact') continue;
            expect(['active', 'reducing']).toContain(mode);
            if (command.kind === 'place') expect(command.orders.length).toBeLessThanOrEqual(15);
          }
          // Due now or later, but never waiting for something that has no time.
          expect(Number.isFinite(kernel.nextWakeAtMs())).toBe(true);
          expect(ownCross(state)).toBeNull();
          expect(state.nowMs).toBe(nowMs);
        });
      }),
      { numRuns: 100 },
    );
  });

  it('asks to be woken a bounded number of times while nothing happens', () => {
    fc.assert(
      fc.property(happenings, (what) => {
        const { test } = play(what, nothing);
        const untilMs = test.nowMs + 60_000;
        let wakes = 0;
        while (wakes < 1_000) {
          const atMs = Math.max(test.nowMs + 1, test.kernel.nextWakeAtMs());
          if (atMs > untilMs) break;
          test.step({ kind: 'wake' }, atMs - test.nowMs);
          wakes += 1;
        }
        expect(wakes).toBeLessThan(200);
      }),
      { numRuns: 60 },
    );
  });
});

/** Two own orders that may be live and could trade with one another, in YES coordinates; null when there are none. */
function ownCross(state: KernelState): string | null {
  for (const id of [1, 2].map(conditionId)) {
    let bid = 0;
    let ask: number = cents(100);
    for (const { request, state: orderState } of allLiveOrders(state.orders)) {
      if (request.conditionId !== id || orderState === 'refused') continue;
      const price = request.outcome === 'YES' ? request.price : cents(100) - request.price;
      if ((request.outcome === 'YES') === (request.side === 'BUY')) bid = Math.max(bid, price);
      else ask = Math.min(ask, price);
    }
    if (bid >= ask) return `${bid} / ${ask}`;
  }
  return null;
}
