import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundedAsk, boundedBid, worstCaseLossUsd } from './bounded.ts';
import {
  certifiedLossUsd,
  certifiedShares,
  type LossEpoch,
  openLossEpoch,
  rebaseLossEpoch,
} from './loss-epoch.ts';

const float = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const CENT = 0.01;

interface Account {
  cash: number;
  q: number;
}

const lossOf = ({ cash, q }: Account): number => -(cash + Math.min(0, q));

/** Takes the whole quote of an epoch: the adversary sells to us (size > 0) or buys from us. Spent epochs sell only what they have. */
function fill(account: Account, { p0, gammaPerUsd }: LossEpoch, size: number): void {
  if (gammaPerUsd === null || size === 0) return;
  const unit =
    size > 0 ? boundedBid(p0, account.q, gammaPerUsd, size) : boundedAsk(p0, account.q, gammaPerUsd, -size);
  account.cash -= unit * size;
  account.q += size;
}

describe('a loss budget', () => {
  it('of p0 0.5 and gamma 0.01 loses 69.3147 dollars to 5,000 shares, and not a cent more to any number', () => {
    const epoch: LossEpoch = { ...openLossEpoch(0.5, 100 * Math.LN2), gammaPerUsd: 0.01 };
    for (const direction of [1, -1]) {
      const account = { cash: 0, q: 0 };
      for (let count = 0; count < 5_000; count += 1) fill(account, epoch, direction);
      expect(lossOf(account)).toBeCloseTo(69.3147, 4);
      fill(account, epoch, direction * 1e6);
      expect(lossOf(account)).toBeLessThan(worstCaseLossUsd(0.5, 0.01) + 1e-6);
    }
  });

  it('opens with the gamma of its formula, and re-bases a flat, unspent market to the same', () => {
    for (const p of [0.02, 0.2, 0.5, 0.7, 0.99]) {
      const opened = openLossEpoch(p, 50);
      const rebased = rebaseLossEpoch(p, { cashUsd: 0, inventoryShares: 0 }, 50);
      expect(certifiedLossUsd(opened, p, opened.gammaPerUsd ?? 0)).toBeCloseTo(50, 9);
      expect(rebased.gammaPerUsd).toBeCloseTo(opened.gammaPerUsd ?? 0, 12);
    }
  });

  it('has a larger gamma after a loss, a smaller one after a gain, and none when it is spent', () => {
    const gammaAfter = (cashUsd: number) =>
      rebaseLossEpoch(0.4, { cashUsd, inventoryShares: 0 }, 50).gammaPerUsd;
    expect(gammaAfter(-25)).toBeCloseTo(2 * (gammaAfter(0) ?? 0), 9);
    expect(gammaAfter(50)).toBeCloseTo((gammaAfter(0) ?? 0) / 2, 9);
    expect(gammaAfter(-50)).toBeNull();
    expect(rebaseLossEpoch(0.4, { cashUsd: -60, inventoryShares: 100 }, 50).gammaPerUsd).toBeNull();
  });

  it('holds against any fills within an epoch, in parts or whole', () => {
    fc.assert(
      fc.property(
        float(0.01, 0.99),
        float(1, 500),
        fc.array(float(-800, 800), { maxLength: 40 }),
        (p0, budget, flow) => {
          const epoch = openLossEpoch(p0, budget);
          const account = { cash: 0, q: 0 };
          for (const size of flow) {
            fill(account, epoch, size);
            expect(lossOf(account)).toBeLessThanOrEqual(budget + 1e-6);
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('holds over any number of epochs, wherever the probability goes between them', () => {
    const move = fc.record({ p: float(0.005, 0.995), flow: fc.array(float(-500, 500), { maxLength: 4 }) });
    fc.assert(
      fc.property(float(1, 200), fc.array(move, { maxLength: 25 }), (budget, moves) => {
        const account = { cash: 0, q: 0 };
        for (const { p, flow } of moves) {
          const epoch = rebaseLossEpoch(p, { cashUsd: account.cash, inventoryShares: account.q }, budget);
          for (const size of flow) fill(account, epoch, size);
          expect(lossOf(account)).toBeLessThanOrEqual(budget + 1e-6 * (1 + Math.abs(account.q)));
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('without re-basing would lose without end to a price that goes back and forth: that is what epochs are for', () => {
    const account = { cash: 0, q: 0 };
    for (let round = 0; round < 20; round += 1) {
      fill(account, openLossEpoch(0.8, 50), 40);
      fill(account, openLossEpoch(0.2, 50), -40);
    }
    expect(lossOf(account)).toBeGreaterThan(100);
  });

  it('cuts orders at any price, on both sides and in levels, to sizes that keep it', () => {
    const order = fc.record({
      p: float(0.02, 0.98),
      buys: fc.boolean(),
      priceCents: fc.integer({ min: 1, max: 99 }),
      wanted: float(1, 500),
      part: float(0, 1),
    });
    fc.assert(
      fc.property(float(5, 200), fc.array(order, { maxLength: 30 }), (budget, orders) => {
        const account = { cash: 0, q: 0 };
        for (const { p, buys, priceCents, wanted, part } of orders) {
          const epoch = rebaseLossEpoch(p, { cashUsd: account.cash, inventoryShares: account.q }, budget);
          const price = priceCents * CENT;
          const size = part * certifiedShares(epoch, account.q, buys ? 'BUY' : 'SELL', price, wanted);
          account.cash -= (buys ? 1 : -1) * size * price;
          account.q += (buys ? 1 : -1) * size;
          expect(lossOf(account)).toBeLessThanOrEqual(budget + 1e-6);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('lets through what the engine itself would pay, and nothing dearer', () => {
    const epoch = openLossEpoch(0.4, 50);
    const bid = boundedBid(0.4, 20, epoch.gammaPerUsd ?? 0, 10);
    expect(certifiedShares(epoch, 20, 'BUY', bid, 10)).toBe(10);
    expect(certifiedShares(epoch, 20, 'BUY', bid + 0.005, 10)).toBeLessThan(9.9);
    expect(certifiedShares(epoch, 20, 'BUY', 0.45, 10)).toBeLessThan(1e-6);
    expect(certifiedShares({ ...epoch, gammaPerUsd: null }, 20, 'BUY', 0.01, 10)).toBe(0);
    expect(certifiedShares({ ...epoch, gammaPerUsd: null }, 7, 'SELL', 0.01, 10)).toBe(7);
  });

  it('mirrors: short at p is long at 1 - p', () => {
    fc.assert(
      fc.property(float(0.02, 0.98), float(-200, 200), float(-20, 20), (p, q, cash) => {
        // 1 of YES and 1 of NO is a dollar, so q net YES with cash c is -q net YES seen from NO, with cash c + q.
        const yes = rebaseLossEpoch(p, { cashUsd: cash - Math.min(0, q), inventoryShares: q }, 50);
        const no = rebaseLossEpoch(1 - p, { cashUsd: cash - Math.min(0, q) + q, inventoryShares: -q }, 50);
        expect(yes.gammaPerUsd === null).toBe(no.gammaPerUsd === null);
        const [one, other] = [yes.gammaPerUsd ?? 1, no.gammaPerUsd ?? 1];
        expect(Math.abs(one - other)).toBeLessThan(1e-6 * one);
      }),
    );
  });
});
