import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Side } from '../domain/market.ts';
import type { Price, Usd } from '../domain/units.ts';
import { yesPriceOf, yesSideOf } from '../domain/yes-coordinates.ts';
import { createHangingState, type HangingRules, type HangingState, observeHanging } from './hanging.ts';
import {
  applyAnswers,
  applyCancelAnswered,
  applyMatched,
  applyPrepared,
  markCancelAsked,
} from './order-life.ts';
import { possibleFill, restingSize } from './order-size.ts';
import { addApproved, createOrderTable, type OrderTable, workingOrders } from './order-table.ts';
import { CONDITION, clientId, orderId, QUOTE, request, shares, T0 } from './test-orders.ts';
import type { OrderRecord } from './types.ts';

const RULES: HangingRules = { enabled: true, maxAgeMs: 60_000, maxDistance: 800 as Price };
const WHOLE = shares(10);

/** What a person with pencil and paper would keep of one order. */
interface ModelOrder {
  readonly n: number;
  readonly side: Side;
  readonly level: number;
  readonly price: number;
  filled: number;
  isOut: boolean;
  /** Who stood opposite at the last look. */
  partner: ModelOrder | null;
  hangsSinceMs: number | null;
}

interface Model {
  nowMs: number;
  fair: number;
  isOn: boolean;
  readonly orders: ModelOrder[];
}

interface Real {
  readonly table: OrderTable;
  state: HangingState;
}

type Step = fc.Command<Model, Real>;

const recordOf = (real: Real, order: ModelOrder): OrderRecord =>
  real.table.byClientId.get(clientId(order.n)) as OrderRecord;
const isThere = (order: ModelOrder): boolean => !order.isOut && order.filled < WHOLE;

/** Picks one of the orders that are still there, whatever their number. */
function pick(model: Model, at: number): ModelOrder | null {
  const there = model.orders.filter(isThere);
  return there[at % Math.max(1, there.length)] ?? null;
}

const quote = (side: Side, at: number, level: number, isYes: boolean): Step => ({
  check: ({ orders }) => orders.length < 40,
  run: (model, { table }) => {
    const n = model.orders.length + 1;
    const price = side === 'BUY' ? 4_900 - at : 5_100 + at;
    // An ask is a sale of YES or a purchase of NO, a bid the other way round.
    const own = (isYes ? price : 10_000 - price) as Price;
    const terms = isYes
      ? { outcome: 'YES' as const, side }
      : { outcome: 'NO' as const, side: side === 'BUY' ? ('SELL' as const) : ('BUY' as const) };
    addApproved(table, request(n, { ...terms, price: own }), { ...QUOTE, level }, 0 as Usd, model.nowMs);
    applyPrepared(table, [[clientId(n), orderId(n)]], model.nowMs);
    applyAnswers(table, [[clientId(n), { result: 'live' }]], model.nowMs);
    const order = { n, side, level, price, filled: 0, isOut: false, partner: null, hangsSinceMs: null };
    model.orders.push(order);
  },
  toString: () => `quote ${side} ${at} level ${level}`,
});

const fill = (at: number, part: number): Step => ({
  check: (model) => pick(model, at) !== null,
  run: (model, real) => {
    const order = pick(model, at) as ModelOrder;
    const size = Math.min(part, (WHOLE - order.filled) / 1e6);
    order.filled += shares(size);
    applyMatched(real.table, recordOf(real, order), shares(size), model.nowMs);
  },
  toString: () => `fill ${at} of ${part}`,
});

const cancel = (at: number, isConfirmed: boolean): Step => ({
  check: (model) => pick(model, at) !== null,
  run: (model, { table }) => {
    const order = pick(model, at) as ModelOrder;
    order.isOut = true;
    markCancelAsked(table, [orderId(order.n)], model.nowMs);
    if (isConfirmed) applyCancelAnswered(table, [orderId(order.n)], [orderId(order.n)], [], model.nowMs);
  },
  toString: () => `cancel ${at}`,
});

const world = (afterMs: number, fair: number, isOn: boolean): Step => ({
  check: () => true,
  run: (model) => {
    model.nowMs += afterMs;
    model.fair = fair;
    model.isOn = isOn;
  },
  toString: () => `${afterMs} ms, fair ${fair}, ${isOn ? 'on' : 'off'}`,
});

/** The state is plain data, so a run that starts on its copy goes on as if nothing had been. */
const restart: Step = {
  check: () => true,
  run: (_model, real) => {
    real.state = structuredClone(real.state);
  },
  toString: () => 'restart',
};

/** How many orders hung, over all looks. */
const seen = { hanging: 0 };

const look: Step = {
  check: () => true,
  run: (model, real) => {
    lookInModel(model);
    const { table } = real;
    const working = workingOrders(table, CONDITION);
    const before = totalExposed(table);
    const rules = { ...RULES, enabled: model.isOn };
    const quotes = observeHanging(real.state, table, working, rules, model.fair, model.nowMs);
    const expected = model.orders.filter(({ hangsSinceMs }) => hangsSinceMs !== null);
    expect(quotes.map((one) => one.clientId).sort()).toEqual(expected.map(({ n }) => clientId(n)).sort());
    seen.hanging += expected.length;
    for (const one of quotes) {
      const record = table.byClientId.get(one.clientId) as OrderRecord;
      expect(working).toContain(record);
      expect(one).toMatchObject({
        side: yesSideOf(record.request),
        price: yesPriceOf(record.request),
        size: restingSize(record),
      });
    }
    // Hanging adds nothing to what orders may still come to: it names orders and holds none.
    expect(totalExposed(table)).toBe(before);
  },
  toString: () => 'look',
};

const totalExposed = (table: OrderTable): number =>
  workingOrders(table, CONDITION).reduce((sum, record) => sum + possibleFill(record), 0);

function lookInModel(model: Model): void {
  const { orders, nowMs, fair, isOn } = model;
  for (const order of orders) {
    const { partner } = order;
    if (partner !== null && isThere(order) && partner.filled === WHOLE) order.hangsSinceMs ??= nowMs;
    order.partner = null;
    if (order.hangsSinceMs === null) continue;
    const isLate = nowMs - order.hangsSinceMs >= RULES.maxAgeMs;
    if (!isOn || isLate || !isThere(order) || Math.abs(order.price - fair) > RULES.maxDistance)
      order.hangsSinceMs = null;
  }
  if (!isOn) return;
  for (const level of new Set(orders.map((order) => order.level))) {
    const first = (side: Side) =>
      orders.find(
        (one) => one.side === side && one.level === level && isThere(one) && one.hangsSinceMs === null,
      );
    const [bid, ask] = [first('BUY'), first('SELL')];
    if (bid === undefined || ask === undefined) continue;
    bid.partner = ask;
    ask.partner = bid;
  }
}

/** Both sides of a level, seen together. */
const pair = (at: number, level: number, isYes: boolean): Step => ({
  check: ({ orders }) => orders.length < 40,
  run: (model, real) => {
    for (const step of [quote('BUY', at, level, isYes), quote('SELL', at, level, isYes), look])
      void step.run(model, real);
  },
  toString: () => `pair ${at} level ${level}`,
});

const side = fc.constantFrom<Side>('BUY', 'SELL');
const commands = [
  fc
    .tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 2 }), fc.boolean())
    .map((of) => pair(...of)),
  fc
    .tuple(side, fc.integer({ min: 0, max: 900 }), fc.integer({ min: 0, max: 2 }), fc.boolean())
    .map((of) => quote(...of)),
  fc.tuple(fc.nat(40), fc.constantFrom(3, 10, 10)).map((of) => fill(...of)),
  fc.tuple(fc.nat(40), fc.boolean()).map((of) => cancel(...of)),
  fc
    .tuple(
      fc.constantFrom(0, 1_000, 20_000),
      fc.integer({ min: 4_500, max: 5_500 }),
      fc.integer({ min: 0, max: 9 }).map((roll) => roll > 0),
    )
    .map((of) => world(...of)),
  fc.constant(restart),
  fc.constant(look),
  fc.constant(look),
];

describe('orders that hang', () => {
  it('are those that a model with pencil and paper keeps, at every look', () => {
    seen.hanging = 0;
    fc.assert(
      fc.property(fc.commands(commands, { maxCommands: 60, size: 'max' }), (steps) => {
        fc.modelRun(() => {
          const model: Model = { nowMs: T0, fair: 5_000, isOn: true, orders: [] };
          const real: Real = { table: createOrderTable(), state: createHangingState() };
          return { model, real };
        }, steps);
      }),
      { numRuns: 500 },
    );
    // Or the model would agree about nothing.
    expect(seen.hanging).toBeGreaterThan(500);
  });

  it('stay when the other side fills whole, and not when it fills in part', () => {
    const real: Real = { table: createOrderTable(), state: createHangingState() };
    const model: Model = { nowMs: T0, fair: 5_000, isOn: true, orders: [] };
    const run = (...steps: Step[]): number => {
      for (const step of steps) step.run(model, real);
      return real.state.sinceMs.size;
    };
    expect(run(quote('BUY', 0, 0, true), quote('SELL', 0, 0, false), look)).toBe(0);
    expect(run(fill(0, 3), look)).toBe(0);
    expect(run(fill(0, 10), look)).toBe(1);
    expect(run(world(59_999, 5_000, true), look)).toBe(1);
    expect(run(world(1, 5_000, true), look)).toBe(0);
  });
});
