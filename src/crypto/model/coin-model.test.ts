import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextNormal, streamOf } from '../../domain/random.ts';
import { coinModel, coinTerms, lawOf, shapesOf, withoutDrift } from './coin-model.ts';
import type { PricePoint } from './ewma-volatility.ts';
import { plainShape } from './horizon-shape.ts';

const DAY = 86_400_000;
const TERMS = coinTerms(6, 0.94, 30);
const NOW = 700 * DAY;

/** A walk with a volatility a day, a point each `stepMs` up to and with `NOW`. */
function walk(name: string, count: number, stepMs: number, daily: number): PricePoint[] {
  const stream = streamOf(20_261_123, name);
  let price = 100;
  return Array.from({ length: count }, (_, index) => {
    price *= Math.exp(daily * Math.sqrt(stepMs / DAY) * nextNormal(stream));
    return { atMs: NOW - (count - 1 - index) * stepMs, price };
  });
}
const days = walk('days', 700, DAY, 0.03);
const minutes = walk('minutes', 600, 5 * 60_000, 0.06);

describe('the model of a coin', () => {
  it('fits a shape to each horizon, and without enough past takes the setting and no drift', () => {
    const shapes = shapesOf(days, TERMS);
    expect(shapes.map(({ horizonDays }) => horizonDays)).toEqual([1, 3, 7, 30]);
    for (const { nu, scale } of shapes) {
      expect(nu).toBeGreaterThanOrEqual(3 - 1e-9);
      expect(scale).toBeGreaterThan(0.7);
      expect(scale).toBeLessThan(1.5);
    }
    expect(shapesOf(days.slice(0, 200), TERMS)).toEqual([plainShape(6)]);
    expect(shapesOf([], TERMS)).toEqual([plainShape(6)]);
  });

  it('expects the volatility of the last hours over minutes, and that of the last weeks over weeks', () => {
    const model = coinModel(days, minutes, [plainShape(6)], NOW, TERMS)!;
    expect(lawOf(model, 1e-6).sd / Math.sqrt(1e-6)).toBeCloseTo(model.recent!.daily, 5);
    expect(Math.abs(lawOf(model, 60).sd / Math.sqrt(60) / model.usual!.daily - 1)).toBeLessThan(0.05);
    expect(model.recent!.daily).toBeGreaterThan(1.4 * model.usual!.daily);
    expect(model.regime).toBe('high');
  });

  it('has a twin without drift that is the same in all else', () => {
    const shapes = [{ ...plainShape(4), shift: 0.1, reversion: 0.2, usualVolatility: 0.03 }];
    const model = coinModel(days, minutes, shapes, NOW, TERMS)!;
    const [law, twin] = [lawOf(model, 7), lawOf(withoutDrift(model), 7)];
    expect(law.drift).toBeGreaterThan(0);
    expect(twin).toEqual({ ...law, drift: 0 });
  });

  it('widens with time whatever the two volatilities are', () => {
    const model = coinModel(days, minutes, [plainShape(6)], NOW, TERMS)!;
    const horizon = fc.double({ min: 1e-4, max: 90, noNaN: true });
    fc.assert(
      fc.property(horizon, horizon, (a, b) => {
        expect(lawOf(model, Math.max(a, b)).sd).toBeGreaterThanOrEqual(
          lawOf(model, Math.min(a, b)).sd * (1 - 1e-12),
        );
      }),
    );
  });

  it('looks at nothing later than its moment', () => {
    const known = coinModel(days, minutes, [plainShape(6)], NOW - DAY, TERMS);
    const crash = (points: readonly PricePoint[]) =>
      points.map((point) => (point.atMs > NOW - DAY ? { ...point, price: point.price / 3 } : point));
    expect(coinModel(crash(days), crash(minutes), [plainShape(6)], NOW - DAY, TERMS)).toEqual(known);
  });

  it('W27: knows no volatility where prices are missing, stale or frozen, and then there is no model and no number', () => {
    const none = (daily: readonly PricePoint[], recent: readonly PricePoint[], atMs = NOW) =>
      coinModel(daily, recent, [plainShape(6)], atMs, TERMS);
    expect(none([], [])).toBeNull();
    expect(none(days, [], NOW + 4 * DAY)).toBeNull();
    expect(none([], minutes, NOW + 3 * DAY)).toBeNull();
    expect(none([], minutes.slice(0, 6), minutes[5]!.atMs)).toBeNull();
    expect(
      none(
        days.map(({ atMs }) => ({ atMs, price: 100 })),
        [],
      ),
    ).toBeNull();
    expect(none(days, [])).not.toBeNull();
  });
});
