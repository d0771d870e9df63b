import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { boundedEngine } from './bounded-engine.ts';
import { certifiedShares, openLossEpoch, rebaseLossEpoch } from './loss-epoch.ts';
import { anyInputs, anySettings, CALM_INPUTS, DEFAULT_SETTINGS } from './test-support/engine-cases.ts';

const at = (fairPts: number, p0: number | null, inventoryShares = 0) =>
  boundedEngine.quote(
    {
      ...CALM_INPUTS,
      fairPts,
      inventoryShares,
      lossEpoch:
        p0 === null ? null : rebaseLossEpoch(p0, { cashUsd: -0.5 * inventoryShares, inventoryShares }, 50),
    },
    DEFAULT_SETTINGS,
  );

describe('bounded quotes while the fair value moves on within an epoch', () => {
  it('are those of the epoch where it has not moved', () => {
    expect(at(50, 0.5).bidPts).toBeCloseTo(at(50, null).bidPts, 9);
    expect(at(50, 0.5).askPts).toBeCloseTo(at(50, null).askPts, 9);
  });

  it('leave the side that has become a gift, and do not let the other past its certificate', () => {
    const fell = at(46, 0.5);
    // An epoch of its own has its own gamma, so a little apart.
    expect(fell.bidPts).toBeCloseTo(at(46, 0.46).bidPts, 0);
    expect(fell.askPts).toBeCloseTo(at(50, 0.5).askPts, 9);
    const rose = at(54, 0.5);
    expect(rose.askPts).toBeCloseTo(100 - fell.bidPts, 9);
    expect(rose.bidPts).toBeCloseTo(100 - fell.askPts, 9);
  });

  it('keep whole lots certified, unless the widest spread cuts them', () => {
    fc.assert(
      fc.property(
        anyInputs,
        anySettings,
        fc.double({ min: 0.02, max: 0.98, noNaN: true }),
        (given, settings, p0) => {
          const { inventoryShares: q, lotShares } = given;
          const lossEpoch = rebaseLossEpoch(
            p0,
            { cashUsd: -Math.abs(q) / 4, inventoryShares: q },
            given.maxInventoryUsd,
          );
          const wide = { ...settings, maxSpreadPts: 1_000 };
          const { bidPts, askPts, onlySide } = boundedEngine.quote({ ...given, lossEpoch }, wide);
          const whole = Math.max(lotShares, 1);
          if (lossEpoch.gammaPerUsd === null) {
            expect(onlySide).toBe(q === 0 ? 'neither' : q > 0 ? 'SELL' : 'BUY');
            return;
          }
          expect(certifiedShares(lossEpoch, q, 'BUY', bidPts / 100, whole)).toBe(whole);
          expect(certifiedShares(lossEpoch, q, 'SELL', askPts / 100, whole)).toBe(whole);
        },
      ),
    );
  });

  it('give nothing to a taker who knows where the fair value is, however far it has gone', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 5, max: 95, noNaN: true }),
        fc.double({ min: 0.05, max: 0.95, noNaN: true }),
        (fairPts, p0) => {
          const { bidPts, askPts } = boundedEngine.quote(
            { ...CALM_INPUTS, fairPts, lossEpoch: openLossEpoch(p0, 50) },
            { ...DEFAULT_SETTINGS, maxSpreadPts: 1_000 },
          );
          expect(bidPts).toBeLessThan(fairPts - 0.5);
          expect(askPts).toBeGreaterThan(fairPts + 0.5);
        },
      ),
    );
  });
});
