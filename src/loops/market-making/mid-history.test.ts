import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMidHistory, midJustBefore, rememberMid } from './mid-history.ts';

describe('the mids of a market', () => {
  it('give the one that stood just before a moment, not the one that came with it', () => {
    const history = createMidHistory();
    rememberMid(history, 50, 1_000);
    rememberMid(history, 50, 1_500);
    rememberMid(history, 48, 2_000);
    expect(midJustBefore(history, 2_000, 0)).toBe(50);
    expect(midJustBefore(history, 2_001, 0)).toBe(48);
    // The order that was hit was made at the look that saw 48.
    expect(midJustBefore(history, 1_200, 2_000)).toBe(48);
    expect(midJustBefore(history, 1_000, 0)).toBeNull();
  });

  it('give none where the book had none, and none long after the last look', () => {
    const history = createMidHistory();
    rememberMid(history, 50, 1_000);
    rememberMid(history, null, 2_000);
    expect(midJustBefore(history, 3_000, 0)).toBeNull();
    rememberMid(history, 50, 4_000);
    expect(midJustBefore(history, 124_000, 0)).toBe(50);
    expect(midJustBefore(history, 124_001, 0)).toBeNull();
  });

  it('are bounded, and agree with a full list as far back as they go', () => {
    const moves = fc.array(fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 40, max: 60 })), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(moves, fc.integer({ min: 0, max: 2_000 }), (steps, back) => {
        const history = createMidHistory();
        const all: { atMs: number; midPts: number }[] = [];
        let atMs = 10_000;
        for (const [afterMs, midPts] of steps) {
          atMs += afterMs;
          rememberMid(history, midPts, atMs);
          all.push({ atMs, midPts });
        }
        expect(history.samples.length).toBeLessThanOrEqual(16);
        const before = atMs - back;
        const found = midJustBefore(history, before, 0);
        if (found !== null) expect(found).toBe(all.findLast((one) => one.atMs < before)?.midPts);
        else expect(all.length > 16 || all.every((one) => one.atMs >= before)).toBe(true);
      }),
    );
  });
});
