import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundedAsk, boundedBid, groupPrice } from './bounded.ts';
import {
  certifiedGroupLossUsd,
  certifyGroupOrders,
  type GroupEpoch,
  type GroupOrder,
  groupPrices,
  openGroupEpoch,
  rebaseGroupEpoch,
} from './event-group.ts';
import { rebaseLossEpoch } from './loss-epoch.ts';

const BUDGET_USD = 50;
const float = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const sumOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
const probabilities = fc
  .array(float(0.02, 1), { minLength: 2, maxLength: 7 })
  .map((weights) => weights.map((weight) => weight / sumOf(weights)));
const order = fc.record({
  outcome: fc.nat(6),
  side: fc.constantFrom('BUY' as const, 'SELL' as const),
  priceUsd: float(0.01, 0.99),
  shares: float(0, 400),
});
const within = (orders: readonly GroupOrder[], outcomes: number): GroupOrder[] =>
  orders.map((given) => ({ ...given, outcome: given.outcome % outcomes }));

/** Trades a part of each order, in the given turn, and returns what is left to lose in the worst outcome. */
function fill(epoch: GroupEpoch, orders: readonly GroupOrder[], parts: readonly number[]) {
  const held = [...epoch.held];
  let cash = epoch.cashUsd;
  orders.forEach(({ outcome, side, priceUsd, shares }, index) => {
    const size = shares * (parts[index % parts.length] ?? 1) * (side === 'BUY' ? 1 : -1);
    held[outcome] = (held[outcome] ?? 0) + size;
    cash -= size * priceUsd;
  });
  return { cashUsd: cash, held, worstUsd: cash + Math.min(...held) };
}

describe('prices of an event', () => {
  it('sum to one within 1e-12, with every bid below and every ask above', () => {
    fc.assert(
      fc.property(
        probabilities,
        fc.array(float(-2_000, 2_000), { minLength: 7, maxLength: 7 }),
        float(1, 50),
        (p, all, lot) => {
          const prices = groupPrices(openGroupEpoch(p, BUDGET_USD), all.slice(0, p.length), lot) ?? [];
          expect(Math.abs(sumOf(prices.map(({ reservationUsd }) => reservationUsd)) - 1)).toBeLessThan(1e-12);
          for (const { bidUsd, reservationUsd, askUsd } of prices) {
            expect(bidUsd).toBeLessThanOrEqual(reservationUsd + 1e-9);
            expect(askUsd).toBeGreaterThanOrEqual(reservationUsd - 1e-9);
          }
        },
      ),
    );
  });

  it('of two outcomes are those of one market', () => {
    const epoch = openGroupEpoch([0.2, 0.8], BUDGET_USD);
    const gamma = epoch.gammaPerUsd ?? 0;
    const [yes] = groupPrices(epoch, [50, 0], 10) ?? [];
    expect(yes?.bidUsd).toBeCloseTo(boundedBid(0.2, 50, gamma, 10), 12);
    expect(yes?.askUsd).toBeCloseTo(boundedAsk(0.2, 50, gamma, 10), 12);
  });

  it('are none when the budget is spent', () => {
    expect(groupPrices({ ...openGroupEpoch([0.5, 0.5], 1), gammaPerUsd: null }, [0, 0], 1)).toBeNull();
  });

  it('need all outcomes of the event', () => {
    expect(() => openGroupEpoch([0.5, 0.4], 10)).toThrow('together 1, found 0.5, 0.4');
    expect(() => openGroupEpoch([1, 0], 10)).toThrow('each above 0');
    expect(() => openGroupEpoch([1], 10)).toThrow('two outcomes or more');
  });
});

describe('an epoch of an event', () => {
  it('starts with max ln(1/p) over the budget, and re-based unspent stays so', () => {
    const epoch = openGroupEpoch([0.5, 0.3, 0.2], BUDGET_USD);
    expect(epoch.gammaPerUsd).toBeCloseTo(Math.log(5) / BUDGET_USD, 12);
    expect(rebaseGroupEpoch([0.5, 0.3, 0.2], epoch, BUDGET_USD).gammaPerUsd).toBeCloseTo(
      Math.log(5) / BUDGET_USD,
      9,
    );
  });

  it('of two outcomes is the epoch of one market', () => {
    const gamma = (cashUsd: number, q: number) => [
      rebaseGroupEpoch([0.3, 0.7], { cashUsd, held: [q, 0] }, BUDGET_USD).gammaPerUsd,
      rebaseLossEpoch(0.3, { cashUsd, inventoryShares: q }, BUDGET_USD).gammaPerUsd,
    ];
    for (const [cash, q] of [
      [-12, 30],
      [20, -35],
      [5, 0],
      [-60, 5],
    ] as const) {
      const [group, single] = gamma(cash, q);
      if (single == null) expect(group).toBeNull();
      else expect(group).toBeCloseTo(single, 9);
    }
  });

  it('has a certified loss that falls as gamma rises, down to that of what is held', () => {
    fc.assert(
      fc.property(
        probabilities,
        fc.array(float(-80, 80), { minLength: 7, maxLength: 7 }),
        float(-30, 30),
        float(0.001, 0.2),
        float(1.01, 5),
        (p, all, cashUsd, gamma, factor) => {
          const position = { cashUsd, held: all.slice(0, p.length) };
          const [near, far] = [gamma, gamma * factor].map((at) => certifiedGroupLossUsd(position, p, at));
          expect(far).toBeLessThanOrEqual((near ?? 0) + 1e-9);
          expect(far).toBeGreaterThanOrEqual(-cashUsd - Math.min(...position.held) - 1e-9);
        },
      ),
    );
  });

  it('holds its budget over any epochs, wherever the probabilities go and whoever trades at its prices', () => {
    const trade = fc.record({
      outcome: fc.nat(6),
      size: float(-300, 300).filter((size) => Math.abs(size) > 1e-3),
    });
    const moves = fc.array(fc.tuple(probabilities, fc.array(trade, { maxLength: 6 })), { maxLength: 8 });
    fc.assert(
      fc.property(probabilities, moves, (p0, given) => {
        let epoch = openGroupEpoch(p0, BUDGET_USD);
        let [cash, held] = [0, p0.map(() => 0)];
        for (const [p, trades] of [[p0, []] as const, ...given]) {
          // Only moves over the same outcomes are moves of the same event.
          if (p.length !== p0.length) continue;
          epoch = rebaseGroupEpoch(p, { cashUsd: cash, held }, BUDGET_USD);
          const { gammaPerUsd } = epoch;
          if (gammaPerUsd === null) break;
          for (const { outcome, size } of trades) {
            const index = outcome % p0.length;
            cash -= groupPrice(p, held, gammaPerUsd, index, size) * size;
            held = held.map((shares, at) => (at === index ? shares + size : shares));
            expect(cash + Math.min(...held)).toBeGreaterThanOrEqual(-BUDGET_USD - 1e-6);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('orders of an event that rest together', () => {
  const parts = fc.array(float(0, 1), { minLength: 8, maxLength: 8 });
  const turn = fc.array(fc.nat(1_000), { minLength: 8, maxLength: 8 });

  it('hold the budget whichever of them fill, in whatever turn and parts, and after the next epoch too', () => {
    fc.assert(
      fc.property(
        probabilities,
        fc.array(order, { maxLength: 8 }),
        fc.array(order, { maxLength: 8 }),
        parts,
        turn,
        (p, first, second, part, ranks) => {
          let epoch = openGroupEpoch(p, BUDGET_USD);
          for (const given of [first, second]) {
            const orders = certifyGroupOrders(epoch, epoch.held, within(given, p.length));
            const inTurn = orders
              .map((each, index) => ({ each, rank: ranks[index] ?? 0 }))
              .sort((a, b) => a.rank - b.rank)
              .map(({ each }) => each);
            const after = fill(epoch, inTurn, part);
            expect(after.worstUsd).toBeGreaterThanOrEqual(-BUDGET_USD - 1e-6);
            epoch = rebaseGroupEpoch(p, after, BUDGET_USD);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('need it: a bid and an ask that are each safe alone are not together', () => {
    const epoch = openGroupEpoch([0.4, 0.3, 0.3], BUDGET_USD);
    const gamma = epoch.gammaPerUsd ?? 0;
    const bid = {
      outcome: 0,
      side: 'BUY',
      shares: 60,
      priceUsd: groupPrice(epoch.probabilities, epoch.held, gamma, 0, 60),
    } as const;
    const ask = {
      outcome: 1,
      side: 'SELL',
      shares: 60,
      priceUsd: groupPrice(epoch.probabilities, epoch.held, gamma, 1, -60),
    } as const;
    expect(certifyGroupOrders(epoch, epoch.held, [bid])[0]?.shares).toBeCloseTo(60, 6);
    expect(certifyGroupOrders(epoch, epoch.held, [ask])[0]?.shares).toBeCloseTo(60, 6);
    const [bidTogether] = certifyGroupOrders(epoch, epoch.held, [bid, ask]);
    expect(bidTogether?.shares).toBeLessThan(30);
  });

  it('let through what the event would pay, cut what is dearer, and leave what is safe alone', () => {
    const epoch = openGroupEpoch([0.5, 0.3, 0.2], BUDGET_USD);
    const at = (priceUsd: number) =>
      certifyGroupOrders(epoch, epoch.held, [{ outcome: 0, side: 'BUY', priceUsd, shares: 100 }])[0]?.shares;
    const fair = groupPrice(epoch.probabilities, epoch.held, epoch.gammaPerUsd ?? 0, 0, 100);
    expect(at(fair - 0.001)).toBe(100);
    expect(at(fair + 0.01)).toBeLessThan(100);
    expect(at(0.5)).toBeLessThan(1e-3);
  });

  it('with the budget spent, only sell what is held beyond the least held outcome', () => {
    const epoch = rebaseGroupEpoch([0.5, 0.3, 0.2], { cashUsd: -60, held: [30, 10, 0] }, BUDGET_USD);
    expect(epoch.gammaPerUsd).toBeNull();
    const sell = (outcome: number) => ({ outcome, side: 'SELL', priceUsd: 0.01, shares: 20 }) as const;
    const buy = { outcome: 2, side: 'BUY', priceUsd: 0.01, shares: 20 } as const;
    const certified = certifyGroupOrders(epoch, epoch.held, [sell(0), sell(0), sell(1), sell(2), buy]);
    expect(certified.map(({ shares }) => shares)).toEqual([20, 10, 10, 0, 0]);
    expect(fill(epoch, certified, [1]).worstUsd).toBeGreaterThanOrEqual(-60);
  });
});
