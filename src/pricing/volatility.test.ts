import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createObservationVolTracker,
  createVolTracker,
  observePerObservation,
  observeVolatility,
  volatilityOf,
  volatilityOver,
} from './volatility.ts';

describe('per-observation volatility', () => {
  it('returns 0 first, seeds with the first change, then decays with a half-life of 20', () => {
    const tracker = createObservationVolTracker();
    expect(observePerObservation(tracker, 50)).toBe(0);
    expect(observePerObservation(tracker, 52)).toBe(2);
    let vol = 0;
    for (let count = 0; count < 20; count += 1) vol = observePerObservation(tracker, 52);
    expect(vol).toBeCloseTo(2 * Math.SQRT1_2, 12);
  });
});

describe('time-aware volatility', () => {
  const walk = (stepPts: number, everyMs: number, steps: number) => {
    const tracker = createVolTracker();
    for (let step = 0; step <= steps; step += 1) {
      observeVolatility(tracker, 50 + (step % 2) * stepPts, step * everyMs);
    }
    return volatilityOf(tracker);
  };

  it('is null until half a minute was seen, and exact for steady moves from then on', () => {
    expect(walk(1, 1_000, 29)).toBeNull();
    expect(walk(1, 1_000, 30)).toBeCloseTo(1, 12);
    expect(walk(2, 4_000, 10)).toBeCloseTo(1, 12);
    expect(volatilityOver(0.5, 16)).toBe(2);
  });

  it('does not depend on how often the same diffusion is read', () => {
    expect(walk(Math.sqrt(0.1), 100, 3_000)).toBeCloseTo(walk(Math.sqrt(10), 10_000, 30) ?? Number.NaN, 9);
  });

  it('forgets half of a calm-down in one half-life', () => {
    const tracker = createVolTracker(200);
    for (let second = 0; second <= 20_000; second += 1)
      observeVolatility(tracker, 50 + (second % 2), second * 1_000);
    for (let second = 1; second <= 200; second += 1)
      observeVolatility(tracker, 50, 20_000_000 + second * 1_000);
    expect(volatilityOf(tracker)).toBeCloseTo(Math.SQRT1_2, 9);
  });

  it('keeps a move made within one millisecond for the next observation', () => {
    const tracker = createVolTracker();
    observeVolatility(tracker, 50, 0);
    observeVolatility(tracker, 53, 0);
    observeVolatility(tracker, 53, 36_000);
    expect(volatilityOf(tracker)).toBeCloseTo(3 / 6, 12);
  });

  it('is never negative, infinite or NaN, and scales with the moves', () => {
    const observation = fc.tuple(fc.integer({ min: 0, max: 60_000 }), fc.integer({ min: 1, max: 9_999 }));
    fc.assert(
      fc.property(fc.array(observation, { minLength: 2, maxLength: 60 }), (observations) => {
        const one = createVolTracker();
        const three = createVolTracker();
        let atMs = 0;
        for (const [gapMs, units] of observations) {
          atMs += gapMs;
          observeVolatility(one, units / 100, atMs);
          observeVolatility(three, (3 * units) / 100, atMs);
        }
        const vol = volatilityOf(one);
        if (vol === null) return;
        expect(vol).toBeGreaterThanOrEqual(0);
        expect(vol).toBeLessThan(Number.POSITIVE_INFINITY);
        expect(volatilityOf(three)).toBeCloseTo(3 * vol, 6);
      }),
    );
  });

  it('refuses a half-life that is not above 0', () => {
    expect(() => createVolTracker(0)).toThrow('half-life in seconds must be above 0, found 0');
    expect(() => createObservationVolTracker(-1)).toThrow('half-life in observations must be above 0');
  });
});
