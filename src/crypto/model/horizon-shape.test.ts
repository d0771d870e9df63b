import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextNormal, type RandomStream, streamOf } from '../../domain/random.ts';
import {
  FIT_TERMS,
  fitShape,
  type HorizonShape,
  LEAST_RETURNS_TO_FIT,
  plainShape,
  returnLaw,
  type StandardisedReturn,
} from './horizon-shape.ts';

/** A Student-t draw of variance 1, from its definition. */
function draw(nu: number, stream: RandomStream): number {
  let sum = 0;
  for (let count = 0; count < nu; count += 1) sum += nextNormal(stream) ** 2;
  return nextNormal(stream) * Math.sqrt((nu - 2) / sum);
}
const sample = (
  count: number,
  nu: number,
  scale: number,
  shift: number,
  name: string,
): StandardisedReturn[] => {
  const stream = streamOf(20_261_123, name);
  return Array.from({ length: count }, () => ({
    value: shift + scale * draw(nu, stream),
    volatility: 0.03,
  }));
};

describe('fitting the shape of a horizon', () => {
  it.each([
    [4, 1, 0],
    [8, 1.3, 0.1],
    [5, 0.8, -0.05],
  ])('finds nu %d, scale %d and shift %d that the returns were drawn with', (nu, scale, shift) => {
    const found = fitShape(sample(20_000, nu, scale, shift, `fit ${nu}`), 1)!;
    expect(Math.abs(Math.log(found.nu / nu))).toBeLessThan(0.25);
    expect(Math.abs(found.scale / scale - 1)).toBeLessThan(0.06);
    expect(Math.abs(found.shift - shift)).toBeLessThan(0.03);
  });

  it('keeps nu between 3 and 30, or where the terms pin it', () => {
    const normal = sample(4_000, 400, 1, 0, 'normal');
    expect(fitShape(normal, 1)!.nu).toBeGreaterThan(15);
    expect(fitShape(normal, 1)!.nu).toBeLessThanOrEqual(30 + 1e-9);
    const heavy = sample(4_000, 3, 1, 0, 'heavy').map(({ value, volatility }) => ({
      value: Math.sign(value) * Math.abs(value) ** 1.6,
      volatility,
    }));
    expect(fitShape(heavy, 1)!.nu).toBeCloseTo(3, 6);
    expect(fitShape(normal, 1, { ...FIT_TERMS, leastNu: 6, mostNu: 6 })!.nu).toBeCloseTo(6, 12);
  });

  it('is the most likely one: no neighbour explains the returns better', () => {
    const returns = sample(2_000, 5, 1.2, 0.05, 'likely');
    const terms = { ...FIT_TERMS, driftPriorDays: 0 };
    const found = fitShape(returns, 1, terms)!;
    const likelihood = ({ nu, scale, shift }: HorizonShape): number => {
      const width = scale * Math.sqrt((nu - 2) / nu);
      // ln Gamma by Stirling's series, another way than the code's.
      const lnGamma = (x: number): number =>
        x < 20
          ? lnGamma(x + 1) - Math.log(x)
          : (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + 1 / (12 * x) - 1 / (360 * x ** 3);
      const front = lnGamma((nu + 1) / 2) - lnGamma(nu / 2) - Math.log(nu * Math.PI) / 2 - Math.log(width);
      return returns.reduce(
        (sum, { value }) => sum + front - ((nu + 1) / 2) * Math.log1p(((value - shift) / width) ** 2 / nu),
        0,
      );
    };
    const best = likelihood(found);
    for (const [nu, scale, shift] of [
      [1.1, 1, 0],
      [0.9, 1, 0],
      [1, 1.02, 0],
      [1, 0.98, 0],
      [1, 1, 0.02],
      [1, 1, -0.02],
    ] as const) {
      const other = { ...found, nu: found.nu * nu, scale: found.scale * scale, shift: found.shift + shift };
      expect(likelihood(other)).toBeLessThan(best);
    }
  });

  it('believes in no drift until the evidence is long, and in none at all if told so', () => {
    const [year, decade] = [sample(365, 8, 1, 0.1, 'year'), sample(3_650, 8, 1, 0.1, 'year')];
    const shiftOf = (returns: StandardisedReturn[], driftPriorDays: number): number =>
      fitShape(returns, 1, { ...FIT_TERMS, driftPriorDays })!.shift;
    expect(shiftOf(year, 365) / shiftOf(year, 0)).toBeGreaterThan(0.35);
    expect(shiftOf(year, 365) / shiftOf(year, 0)).toBeLessThan(0.7);
    expect(shiftOf(decade, 365) / shiftOf(decade, 0)).toBeGreaterThan(0.85);
    expect(shiftOf(decade, Number.POSITIVE_INFINITY)).toBe(0);
  });

  it('finds how far wild days calm down and calm ones wake up', () => {
    const stream = streamOf(20_261_123, 'reverting');
    const returns = Array.from({ length: 4_000 }, (_, day) => {
      // Volatility swings slowly around 3 per cent; what follows has only the root of that swing.
      const volatility = 0.03 * Math.exp(0.8 * Math.sin(day / 90));
      return { value: draw(6, stream) * Math.sqrt(0.03 / volatility), volatility };
    });
    const found = fitShape(returns, 1)!;
    expect(Math.abs(found.reversion - 0.5)).toBeLessThan(0.08);
    expect(Math.abs(found.usualVolatility / 0.03 - 1)).toBeLessThan(0.1);
    expect(Math.abs(found.scale - 1)).toBeLessThan(0.06);
    expect(fitShape(returns, 1, { ...FIT_TERMS, reversionPrior: 0 })!.reversion).toBe(0);
    // The same evidence in returns over 30 days that overlap is a thirtieth of it.
    expect(fitShape(returns, 30)!.reversion).toBeLessThan(found.reversion);
  });

  it('finds no reversion where there is none', () => {
    expect(fitShape(sample(2_000, 6, 1, 0, 'steady'), 1)!.reversion).toBe(0);
  });

  it('leaves the deviation alone where that is asked', () => {
    const returns = sample(2_000, 6, 1.5, 0, 'wide');
    expect(fitShape(returns, 1, { ...FIT_TERMS, fitsScale: false })!.scale).toBe(1);
  });

  it('fits nothing to too little', () => {
    expect(fitShape(sample(LEAST_RETURNS_TO_FIT - 1, 6, 1, 0, 'few'), 1)).toBeNull();
    expect(fitShape(sample(LEAST_RETURNS_TO_FIT, 6, 1, 0, 'few'), 1)).not.toBeNull();
  });
});

describe('the law over a horizon', () => {
  const shapes: HorizonShape[] = [
    { horizonDays: 1, nu: 3, scale: 1.1, shift: 0.03, reversion: 0.1, usualVolatility: 0.04 },
    { horizonDays: 7, nu: 5, scale: 1.3, shift: 0.08, reversion: 0.3, usualVolatility: 0.04 },
    { horizonDays: 30, nu: 8, scale: 1.4, shift: 0.1, reversion: 0.5, usualVolatility: 0.04 },
  ];

  it('is the fitted one at a fitted horizon', () => {
    for (const shape of shapes) {
      const law = returnLaw(shapes, 0.03, shape.horizonDays);
      expect(law.nu).toBeCloseTo(shape.nu, 12);
      const expected = 0.03 * (4 / 3) ** shape.reversion * Math.sqrt(shape.horizonDays);
      expect(law.sd).toBeCloseTo(expected * shape.scale, 12);
      expect(law.drift).toBeCloseTo(expected * shape.shift, 12);
    }
  });

  it('has no jump between horizons, and widens with time', () => {
    const day = fc.double({ min: 1e-4, max: 400, noNaN: true });
    fc.assert(
      fc.property(day, day, (a, b) => {
        const [near, far] = [
          returnLaw(shapes, 0.03, Math.min(a, b)),
          returnLaw(shapes, 0.03, Math.max(a, b)),
        ];
        expect(far.sd).toBeGreaterThanOrEqual(near.sd * (1 - 1e-12));
        const beside = returnLaw(shapes, 0.03, a * (1 + 1e-9));
        expect(beside.sd).toBeCloseTo(returnLaw(shapes, 0.03, a).sd, 7);
        expect(beside.drift).toBeCloseTo(returnLaw(shapes, 0.03, a).drift, 7);
      }),
    );
  });

  it('lets drift grow with time beyond the fitted horizons, and vanish with it', () => {
    // Drift over h days is volatility * sqrt(h) * shift; with shift following sqrt(h) it is linear in time.
    expect(returnLaw(shapes, 0.03, 120).drift / returnLaw(shapes, 0.03, 60).drift).toBeCloseTo(2, 12);
    const [moment, day] = [0.01, 1].map((days) => returnLaw(shapes, 0.04, days).drift);
    expect(moment! / day!).toBeCloseTo(0.01, 12);
  });

  it('takes the volatility as it is for a moment, and nearer to the usual for a month', () => {
    const width = (daily: number, days: number): number =>
      returnLaw(shapes, daily, days).sd / Math.sqrt(days);
    expect(width(0.08, 1e-9) / width(0.02, 1e-9)).toBeCloseTo(4, 6);
    expect(width(0.08, 30) / width(0.02, 30)).toBeCloseTo(2, 9);
  });

  it('is the plain one without any fit: the volatility as estimated, no drift', () => {
    expect(returnLaw([plainShape(6)], 0.02, 4)).toEqual({ sd: 0.04, nu: 6, drift: 0 });
    expect(returnLaw([plainShape(6)], 0.02, 0)).toEqual({ sd: 0, nu: 6, drift: 0 });
  });

  it('refuses a volatility that is none: certainty would be its price', () => {
    for (const bad of [0, -0.01, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => returnLaw([plainShape(6)], bad, 1)).toThrow(RangeError);
    expect(() => returnLaw([], 0.02, 1)).toThrow(RangeError);
  });
});
