import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SHORT_MS, waitOf, watchTurns } from './turn-watch.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the wait for a turn', () => {
  it('counts a long turn by the time it holds up, not once', () => {
    // A thousand short turns and one of 30 ms in a second: 3 per cent of all moments fall into it, a third of those wait over 20 ms.
    const turnsMs = [...new Array<number>(1_000).fill(0.1), 30];
    expect(waitOf(turnsMs, 1_000, 0.99)).toBeCloseTo(20, 3);
    expect(waitOf(turnsMs, 1_000, 0.999)).toBeCloseTo(29, 3);
    expect(waitOf(turnsMs, 1_000, 0.5)).toBeCloseTo(SHORT_MS, 6);
    expect(waitOf([], 1_000, 0.99)).toBeCloseTo(SHORT_MS, 6);
  });

  it('is what moments taken one after the other would find', () => {
    const anyTurns = fc.array(fc.double({ min: 0.1, max: 20, noNaN: true }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(anyTurns, fc.double({ min: 0.5, max: 0.99, noNaN: true }), (turnsMs, part) => {
        const spanMs = turnsMs.reduce((sum, turnMs) => sum + turnMs, 0);
        const waitsMs: number[] = [];
        for (const turnMs of turnsMs)
          for (let atMs = 0.005; atMs < turnMs; atMs += 0.01) waitsMs.push(turnMs - atMs);
        waitsMs.sort((a, b) => a - b);
        const sampled = waitsMs[Math.floor(part * waitsMs.length)] ?? 0;
        expect(Math.abs(waitOf(turnsMs, spanMs, part) - Math.max(SHORT_MS, sampled))).toBeLessThan(0.2);
      }),
      { numRuns: 50 },
    );
  });

  it('is seen by the watch', async () => {
    const watch = watchTurns();
    for (let count = 0; count < 3; count += 1) await turn();
    const endMs = performance.now() + 30;
    while (performance.now() < endMs);
    for (let count = 0; count < 3; count += 1) await turn();
    watch.stop();
    expect(watch.longestMs()).toBeGreaterThanOrEqual(30);
    expect(watch.longestOwnMs()).toBeGreaterThan(0);
    expect(watch.longestOwnMs()).toBeLessThanOrEqual(watch.longestMs());
    expect(watch.waitMs(0.99)).toBeLessThanOrEqual(watch.longestMs());
  });
});
