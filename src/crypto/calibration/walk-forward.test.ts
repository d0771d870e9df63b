import { describe, expect, it } from 'vitest';
import { nextNormal, streamOf } from '../../domain/random.ts';
import type { PricePoint } from '../model/ewma-volatility.ts';
import { DAY_MS } from '../questions/civil-time.ts';
import { bucketsOf, isDaily, WALK_FORWARD_TERMS, walkForward } from './walk-forward.ts';

const TERMS = { ...WALK_FORWARD_TERMS, scoredFromMs: 0 };

function randomWalk(days: number, drift = 0): PricePoint[] {
  const stream = streamOf(20_261_123, 'walk');
  let price = 100;
  return Array.from({ length: days }, (_, day) => {
    price *= Math.exp(drift + 0.03 * nextNormal(stream));
    return { atMs: (day + 1) * DAY_MS, price };
  });
}

describe('the walk forward', () => {
  it('knows nothing of the future: what comes later changes no earlier forecast', () => {
    const closes = randomWalk(700);
    const until = closes[600]!.atMs;
    const crashed = closes.map((close) =>
      close.atMs > until ? { ...close, price: close.price / 2 } : close,
    );
    const said = (path: readonly PricePoint[]) =>
      walkForward('X', path, TERMS)
        .filter(({ atMs }) => atMs <= until)
        .map(({ probability, strike, shape }) => ({ probability, strike, shape }));
    expect(said(crashed)).toEqual(said(closes));
    expect(said(closes).length).toBeGreaterThan(1_000);
  });

  it('is calibrated on a random walk, and finds that out', () => {
    const buckets = bucketsOf(walkForward('X', randomWalk(3_000), TERMS), 1).filter(
      ({ horizonDays }) => horizonDays < 30,
    );
    expect(buckets).toHaveLength(15);
    expect(buckets.filter(({ isInside }) => isInside).length).toBeGreaterThanOrEqual(13);
    for (const { errors } of buckets) expect(Math.abs(errors)).toBeLessThan(4);
  });

  it('finds a model out that is half again too wide', () => {
    const forecasts = walkForward('X', randomWalk(3_000), TERMS).filter(
      ({ horizonDays }) => horizonDays === 1,
    );
    const wide = bucketsOf(forecasts, 1, ({ deviation }) => 0.5 - 0.12 * deviation);
    expect(wide.filter(({ isInside }) => isInside).length).toBeLessThanOrEqual(2);
  });

  it('scores nothing before its start, and needs closes a day apart', () => {
    const closes = randomWalk(400);
    const from = closes[300]!.atMs;
    const scored = walkForward('X', closes, { ...TERMS, scoredFromMs: from });
    expect(Math.min(...scored.map(({ atMs }) => atMs))).toBe(from);
    expect(isDaily(closes)).toBe(true);
    expect(isDaily(closes.filter((_, index) => index !== 50))).toBe(false);
  });
});
