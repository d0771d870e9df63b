import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkOrder } from './gate.ts';
import { countNotional, createNotionalWindow, notionalWithin, returnNotional } from './notional-window.ts';
import { isRefused } from './refusal.ts';
import { dollars, gateMarket, gatePass, limits, order, shares } from './test-gate.ts';

const CAP = dollars(100);

it('never lets more than the limit through in any minute, however the orders fall', () => {
  let refused = 0;
  const steps = fc.array(
    fc.record({ afterMs: fc.integer({ min: 0, max: 9_000 }), size: fc.integer({ min: 5, max: 60 }) }),
    { minLength: 20, maxLength: 80 },
  );
  fc.assert(
    fc.property(steps, (orders) => {
      const window = createNotionalWindow();
      const approved: { atMs: number; usd: number }[] = [];
      let nowMs = 1_790_000_000_000;
      for (const { afterMs, size } of orders) {
        nowMs += afterMs;
        const pass = gatePass({
          limits: limits({ maxNotionalPerMinute: CAP, maxPerMarket: dollars(1e6) }),
          notional: window,
          nowMs,
        });
        const verdict = checkOrder(pass, gateMarket(), order({ size: shares(size) }));
        if (!isRefused(verdict)) approved.push({ atMs: nowMs, usd: shares(size) * 0.48 });
        else {
          expect(verdict).toMatchObject({ refused: 'notionalRate', limit: CAP });
          refused += 1;
          // It was right to: with this order the last 61 seconds would come to more.
          const recent = approved.filter(({ atMs }) => atMs > nowMs - 61_000);
          expect(recent.reduce((sum, { usd }) => sum + usd, shares(size) * 0.48)).toBeGreaterThan(CAP);
        }
        const minute = approved.filter(({ atMs }) => atMs > nowMs - 60_000);
        expect(minute.reduce((sum, { usd }) => sum + usd, 0)).toBeLessThanOrEqual(CAP);
        expect(window.buckets.length).toBeLessThanOrEqual(62);
      }
    }),
    { numRuns: 200 },
  );
  expect(refused).toBeGreaterThan(100);
});

it('gives back what was counted in a moment, and nothing else', () => {
  const window = createNotionalWindow();
  countNotional(window, dollars(5), 1_000);
  countNotional(window, dollars(3), 1_500);
  const before = notionalWithin(window, 2_000);
  countNotional(window, dollars(4), 2_000);
  returnNotional(window, before);
  expect(window).toEqual({ usd: dollars(8), buckets: [{ second: 1, usd: dollars(8) }] });
  expect(notionalWithin(window, 61_999)).toBe(dollars(8));
  expect(notionalWithin(window, 62_000)).toBe(0);
});
