import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Side } from '../domain/market.ts';
import type { TimeInForce } from '../domain/order.ts';
import {
  applySettlement,
  balanceOf,
  bookForToken,
  cancelAllOrders,
  cancelOrder,
  splitPosition,
  usableBalance,
} from './index.ts';
import {
  budgetOf,
  type Model,
  type ModelTrade,
  modelLevels,
  modelPlace,
  modelSettle,
  modelUsable,
  newModel,
  OWNERS,
  other,
  START_CENTS,
  START_SETS,
  type Step,
} from './naive-model.ts';
import {
  COND,
  CRYPTO_FEE,
  NO,
  place,
  runOnContract,
  T0,
  type TestVenue,
  testVenue,
  tradesOf,
  YES,
} from './test-venue.ts';

const owner = fc.constantFrom(...OWNERS);
const placeStep = fc.record({
  do: fc.constant('place' as const),
  owner,
  token: fc.constantFrom(YES, NO),
  side: fc.constantFrom<Side>('BUY', 'SELL'),
  cents: fc.oneof(fc.integer({ min: 45, max: 55 }), fc.integer({ min: 1, max: 99 })),
  centiShares: fc.integer({ min: 450, max: 2_500 }),
  type: fc.constantFrom<TimeInForce>('GTC', 'GTC', 'GTC', 'FAK', 'FOK'),
  postOnly: fc.boolean(),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: placeStep },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('cancel' as const), pick: fc.nat(100) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancelAll' as const), owner }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('settle' as const),
      pick: fc.nat(100),
      outcome: fc.constantFrom('confirmed' as const, 'confirmed' as const, 'failed' as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('split' as const),
      owner,
      centiShares: fc.integer({ min: 1, max: 500 }),
    }),
  },
);
const steps = fc.array(step, { minLength: 5, maxLength: 70 });

// ---- Running both. ----

const newVenue = (): TestVenue =>
  testVenue({ owners: OWNERS, cents: START_CENTS, sets: START_SETS, fee: CRYPTO_FEE, ...NO_FINE_TICK });
const NO_FINE_TICK = {
  assumptions: {
    maxMakersPerTrade: 1_000,
    fineTick: {
      enabled: false,
      from: 100 as never,
      to: 10 as never,
      above: 9_600 as never,
      below: 400 as never,
    },
  },
};

function placeOnEngine(venue: TestVenue, id: string, want: Extract<Step, { do: 'place' }>) {
  const isMarketBuy = want.side === 'BUY' && want.type !== 'GTC';
  const budget = budgetOf(want);
  const amounts = isMarketBuy ? ([budget, Math.floor(budget / want.cents) * 100] as const) : null;
  return place(venue, {
    id,
    owner: want.owner,
    token: want.token,
    side: want.side,
    cents: want.cents,
    size: want.centiShares / 100,
    type: want.type,
    postOnly: want.postOnly,
    ...(amounts === null ? {} : { amounts }),
  });
}

function checkTrades(venue: TestVenue, from: number, expected: readonly ModelTrade[]): void {
  const trades = tradesOf(venue).slice(from);
  const engine = trades.map((trade) =>
    trade.makerOrders.map((maker) => [maker.orderId, trade.price / 100, maker.price / 100, maker.size / 1e4]),
  );
  const model = expected.map((trade) =>
    trade.fills.map((fill) => [fill.makerId, fill.takerCents, fill.makerCents, fill.lots]),
  );
  expect(engine).toEqual(model);
  for (const trade of trades) {
    const onChain = runOnContract(venue.exchange, trade);
    expect(onChain.collateralLeft).toBe(0);
    const dollars = (trade.price * trade.size) / 1e4;
    expect(onChain.takerGets).toBe(trade.side === 'BUY' ? trade.size : dollars);
    expect(onChain.takerGets).toBeGreaterThanOrEqual(onChain.takerMinimum);
    expect(trade.settlement.takerFillAmount).toBe(trade.side === 'BUY' ? dollars : trade.size);
    for (const [index, maker] of trade.makerOrders.entries()) {
      const cost = (maker.price * maker.size) / 1e4;
      const gets = maker.side === 'BUY' ? maker.size : cost;
      expect(onChain.makers[index]).toEqual({ gives: maker.side === 'BUY' ? cost : maker.size, gets });
    }
  }
}

function checkState(venue: TestVenue, model: Model): void {
  const { exchange } = venue;
  for (const name of OWNERS) {
    for (const [asset, key] of [['USD', 'cash'] as const, [YES, YES] as const, [NO, NO] as const]) {
      expect(balanceOf(exchange, name, asset).settled).toBe(model.settled.get(name)?.[key]);
      expect(usableBalance(exchange, name, asset)).toBe(modelUsable(model, name, key));
    }
  }
  const levels = modelLevels(model);
  const book = bookForToken(exchange, YES);
  expect(new Map(book?.bids.map((level) => [level.price / 100, level.size / 1e4]))).toEqual(levels.bids);
  expect(new Map(book?.asks.map((level) => [level.price / 100, level.size / 1e4]))).toEqual(levels.asks);
  expect(exchange.feesCollected).toBe(model.fees);
  // The contract refuses a fill beyond what was signed.
  for (const order of exchange.orders.values())
    expect(order.makerFilled).toBeLessThanOrEqual(order.makerAmount);
}

/** Dollars in accounts, in fees and locked behind complete sets never change; YES and NO are always equally many. */
function checkConservation(venue: TestVenue): void {
  let cash: number = venue.exchange.feesCollected;
  let yes = 0;
  let no = 0;
  for (const account of venue.exchange.accounts.values()) {
    cash += account.cash.settled;
    yes += account.tokens.get(YES)?.settled ?? 0;
    no += account.tokens.get(NO)?.settled ?? 0;
  }
  expect(yes).toBe(no);
  expect(cash + yes).toBe(OWNERS.length * (START_CENTS * 1e4 + START_SETS * 1e6));
}

function runStep(venue: TestVenue, model: Model, one: Step, index: number): void {
  const { exchange, events } = venue;
  if (one.do === 'place') {
    const before = tradesOf(venue).length;
    const result = placeOnEngine(venue, `s${index}`, one);
    const expected = modelPlace(model, `s${index}`, one);
    if (typeof expected === 'string') {
      expect(result.accepted ? 'accepted' : result.rejection.code).toBe(expected);
      checkTrades(venue, before, []);
    } else {
      expect(result.accepted ? 'accepted' : result.rejection.message).toBe('accepted');
      checkTrades(venue, before, expected);
    }
  } else if (one.do === 'cancel') {
    const order = model.resting[one.pick % Math.max(1, model.resting.length)];
    if (order === undefined) return;
    expect(cancelOrder(exchange, order.owner, order.id, T0, events).canceled).toEqual([order.id]);
    model.resting = model.resting.filter((candidate) => candidate !== order);
  } else if (one.do === 'cancelAll') {
    const mine = model.resting.filter((order) => order.owner === one.owner).map((order) => order.id);
    expect(cancelAllOrders(exchange, one.owner, T0, events).canceled).toEqual(mine);
    model.resting = model.resting.filter((order) => order.owner !== one.owner);
  } else if (one.do === 'settle') {
    const ids = [...exchange.unsettledTrades.keys()];
    const at = one.pick % Math.max(1, ids.length);
    if (ids[at] === undefined) return;
    expect(applySettlement(exchange, ids[at], one.outcome, events)).toBe(true);
    modelSettle(model, at, one.outcome);
  } else {
    const amount = one.centiShares * 1e4;
    const balances = model.settled.get(one.owner);
    if (balances === undefined || modelUsable(model, one.owner, 'cash') < amount) return;
    splitPosition(exchange, one.owner, COND, amount);
    balances.cash -= amount;
    balances[YES] = (balances[YES] ?? 0) + amount;
    balances[NO] = (balances[NO] ?? 0) + amount;
  }
}

describe('the engine against a naive model', () => {
  it('accepts, refuses, matches and settles alike, and conserves every micro-unit', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const venue = newVenue();
        const model = newModel();
        for (const [index, one] of sequence.entries()) {
          runStep(venue, model, one, index);
          checkState(venue, model);
          checkConservation(venue);
        }
        for (const id of [...venue.exchange.unsettledTrades.keys()])
          applySettlement(venue.exchange, id, 'confirmed', venue.events);
        for (const name of OWNERS) cancelAllOrders(venue.exchange, name, T0, venue.events);
        checkConservation(venue);
        for (const account of venue.exchange.accounts.values()) {
          for (const balance of [account.cash, ...account.tokens.values()]) {
            expect([balance.reserved, balance.pendingIn, balance.pendingOut]).toEqual([0, 0, 0]);
            expect(balance.settled).toBeGreaterThanOrEqual(0);
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  it('gives mirrored trades when every order is mirrored to the other token', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const venue = newVenue();
        const mirror = newVenue();
        for (const [index, one] of sequence.entries()) {
          if (one.do !== 'place') continue;
          const id = `s${index}`;
          const here = placeOnEngine(venue, id, one);
          const there = placeOnEngine(mirror, id, { ...one, token: other(one.token) });
          expect(there.accepted).toBe(here.accepted);
        }
        const swapped = tradesOf(mirror).map((trade) => ({
          ...trade,
          tokenId: other(trade.tokenId),
          outcome: trade.outcome === 'YES' ? 'NO' : 'YES',
          makerOrders: trade.makerOrders.map((maker) => ({
            ...maker,
            tokenId: other(maker.tokenId),
            outcome: maker.outcome === 'YES' ? 'NO' : 'YES',
          })),
        }));
        expect(swapped).toEqual(tradesOf(venue));
        expect(bookForToken(mirror.exchange, NO)).toEqual(bookForToken(venue.exchange, YES));
      }),
      { numRuns: 150 },
    );
  });

  it('tells enough: a book built from level events alone equals the book', () => {
    fc.assert(
      fc.property(steps, (sequence) => {
        const venue = newVenue();
        const model = newModel();
        for (const [index, one] of sequence.entries()) runStep(venue, model, one, index);
        const levels = { BUY: new Map<number, number>(), SELL: new Map<number, number>() };
        for (const event of venue.events) {
          if (event.kind !== 'bookLevelChanged') continue;
          if (event.size === 0) levels[event.side].delete(event.price);
          else levels[event.side].set(event.price, event.size);
        }
        const book = bookForToken(venue.exchange, YES);
        expect(new Map(book?.bids.map((level) => [level.price, level.size]))).toEqual(levels.BUY);
        expect(new Map(book?.asks.map((level) => [level.price, level.size]))).toEqual(levels.SELL);
      }),
      { numRuns: 150 },
    );
  });
});
