import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type GlftParameters,
  glftAskDistance,
  glftBase,
  glftBidDistance,
  glftClosedForm,
  glftRates,
  glftTable,
} from './glft.ts';
import { tridiagonalExponential } from './tridiagonal-exponential.ts';

const TUTORIAL: GlftParameters = {
  intensity: 2.986162360812285,
  k: 0.04235741115084049,
  gamma: 0.05,
  variancePerTime: 10.69 ** 2,
};

const CHECKED: GlftParameters = { variancePerTime: 0.3 ** 2, intensity: 0.9, k: 0.3, gamma: 0.01 };
const MAX_LOTS = 30;

describe('Gueant-Lehalle-Fernandez-Tapia in closed form', () => {
  it('gives the half-spread and skew of the public tutorial to every digit', () => {
    const { halfSpread, skew } = glftClosedForm(TUTORIAL);
    expect(halfSpread).toBeCloseTo(20.47208533844371, 13);
    expect(skew).toBeCloseTo(9.76326865029227, 13);
  });

  it('pays for waiting with a plus inside the logarithm', () => {
    expect(glftBase(CHECKED)).toBeCloseTo(3.27898228, 8);
    expect(glftBase(CHECKED)).toBeLessThan(-(1 / 0.01) * Math.log1p(-0.01 / 0.3));
  });
});

describe('Gueant-Lehalle-Fernandez-Tapia exactly', () => {
  it('has the rates of the worked case', () => {
    expect(glftRates(CHECKED).eta).toBeCloseTo(0.32567836, 8);
    expect(glftRates(CHECKED).alpha).toBeCloseTo(1.35e-4, 12);
  });

  it.each([
    [0, 3.31305, 3.31305, 3.31292, 3.31292],
    [5, 3.65348, 2.97252, 3.65224, 2.97359],
    [10, 3.99293, 2.6328, 3.99157, 2.63426],
    [20, 4.66554, 1.9592, 4.67023, 1.9556],
  ])(
    'at %d lots of 30, tau 600: bid %d, ask %d; in closed form %d and %d',
    (q, bid, ask, nearBid, nearAsk) => {
      const table = glftTable(CHECKED, MAX_LOTS, 600);
      const { halfSpread, skew } = glftClosedForm(CHECKED);
      expect(glftBidDistance(table, q)).toBeCloseTo(bid, 5);
      expect(glftAskDistance(table, q)).toBeCloseTo(ask, 5);
      expect(glftBidDistance(table, -q)).toBeCloseTo(ask, 5);
      expect(glftAskDistance(table, -q)).toBeCloseTo(bid, 5);
      expect(halfSpread + q * skew).toBeCloseTo(nearBid, 5);
      expect(halfSpread - q * skew).toBeCloseTo(nearAsk, 5);
    },
  );

  it('quotes one side only at either bound', () => {
    const table = glftTable(CHECKED, 3, 600);
    expect(glftBidDistance(table, 3)).toBeNull();
    expect(glftAskDistance(table, 3)).not.toBeNull();
    expect(glftAskDistance(table, -3)).toBeNull();
    expect(glftBidDistance(table, -3)).not.toBeNull();
    expect([glftBidDistance(table, 2), glftAskDistance(table, -2)]).not.toContain(null);
  });

  it('forgets the inventory when no time is left to hold it', () => {
    const table = glftTable(CHECKED, MAX_LOTS, 0);
    expect(glftBidDistance(table, 20)).toBeCloseTo(glftBase(CHECKED), 12);
  });

  it('solves its equation: each next moment is a small step of -M, however small v is', () => {
    const { alpha, eta } = glftRates({ ...CHECKED, variancePerTime: 300 });
    const decay = Float64Array.from({ length: 21 }, (_, index) => alpha * (index - 10) ** 2);
    const hops = new Float64Array(20).fill(eta);
    const at = (t: number) => tridiagonalExponential(decay, hops, new Float64Array(21).fill(1), t);
    const dt = 1e-5;
    const now = at(5);
    const soon = at(5 + dt);
    expect(now[0]).toBeLessThan(1e-6);
    const rateOf = (index: number) => {
      const beside = (now[index - 1] ?? 0) + (now[index + 1] ?? 0);
      return -(decay[index] as number) + (eta * beside) / (now[index] as number);
    };
    for (let index = 0; index < 21; index += 1) {
      const grown = Math.log((soon[index] as number) / (now[index] as number)) / dt;
      // Both are scaled to a largest entry of 1, which takes the growth of the flat state from all.
      expect(grown).toBeCloseTo(rateOf(index) - rateOf(10), 4);
    }
  });

  it('folds q and -q into one without changing either', () => {
    const { alpha, eta } = glftRates(CHECKED);
    const whole = tridiagonalExponential(
      Float64Array.from({ length: 13 }, (_, index) => alpha * (index - 6) ** 2),
      new Float64Array(12).fill(eta),
      new Float64Array(13).fill(1),
      40,
    );
    glftTable(CHECKED, 6, 40).steps.forEach((step, q) => {
      const exact = Math.log((whole[6 + q] as number) / (whole[7 + q] as number)) / CHECKED.k;
      expect(step).toBeCloseTo(exact, 11);
    });
  });

  const float = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  const parameters = fc.record({
    gamma: float(0.001, 2),
    k: float(0.05, 20),
    variancePerTime: fc.oneof(float(0, 10), float(0, 20_000)),
    intensity: float(0.01, 1_000),
  });
  const maxLots = fc.integer({ min: 1, max: 20 });
  const tau = float(0.01, 30);
  const RUNS = { numRuns: 300 };

  it('moves both sides down with every part of a lot, and keeps them at least twice the base apart', () => {
    fc.assert(
      fc.property(parameters, maxLots, tau, (given, limit, left) => {
        const table = glftTable(given, limit, left);
        let before = Number.NEGATIVE_INFINITY;
        for (let q = -limit; q <= limit - 1; q += 0.25) {
          const bid = glftBidDistance(table, q) ?? Number.NaN;
          expect(bid).toBeGreaterThanOrEqual(before - 1e-9 * (1 + Math.abs(bid)));
          before = bid;
          const ask = glftAskDistance(table, q);
          if (ask !== null)
            expect(bid + ask).toBeGreaterThanOrEqual(2 * table.base - 1e-9 * (1 + Math.abs(bid)));
          if (ask !== null) expect(glftBidDistance(table, -q)).toBe(ask);
        }
      }),
      RUNS,
    );
  });

  it('passes the test of units, in price and in time', () => {
    const scale = fc.constantFrom(0.01, 0.1, 3, 100);
    fc.assert(
      fc.property(parameters, maxLots, tau, scale, scale, (given, limit, left, c, s) => {
        const here = glftTable(given, limit, left);
        const inOtherUnits = {
          gamma: given.gamma / c,
          k: given.k / c,
          variancePerTime: (given.variancePerTime * c * c) / s,
          intensity: given.intensity / s,
        };
        const there = glftTable(inOtherUnits, limit, left * s);
        here.steps.forEach((step, index) => {
          const other = (there.steps[index] as number) / c;
          expect(Math.abs(other - step)).toBeLessThan(1e-9 * (here.base + Math.abs(step)));
        });
        expect(Math.abs(there.base / c - here.base)).toBeLessThan(1e-9 * here.base);
        const near = glftClosedForm(given);
        const far = glftClosedForm(inOtherUnits);
        expect(Math.abs(far.skew / c - near.skew)).toBeLessThanOrEqual(1e-9 * (near.skew + near.halfSpread));
      }),
      RUNS,
    );
  });

  it('more volatility never brings the side that adds to the position nearer, so flat it never narrows', () => {
    fc.assert(
      fc.property(parameters, maxLots, tau, float(1, 50), (given, limit, left, factor) => {
        const calm = glftTable(given, limit, left);
        const wild = glftTable({ ...given, variancePerTime: given.variancePerTime * factor }, limit, left);
        calm.steps.forEach((step, q) => {
          expect(wild.steps[q]).toBeGreaterThanOrEqual(step - 1e-9 * (1 + step));
        });
      }),
      RUNS,
    );
  });

  it('the theory says no more: with inventory and little time left, more volatility can narrow', () => {
    const width = (variancePerTime: number) => {
      const table = glftTable({ gamma: 1.5, k: 0.057, variancePerTime, intensity: 0.04 }, 2, 0.045);
      return (glftBidDistance(table, 1) ?? 0) + (glftAskDistance(table, 1) ?? 0);
    };
    expect(width(9_000)).toBeLessThan(width(1_800) / 2);
  });
});
