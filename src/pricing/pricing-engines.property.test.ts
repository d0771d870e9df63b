import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PRICING_ENGINES } from './pricing-engines.ts';
import { anyInputs, anySettings, CALM_INPUTS, DEFAULT_SETTINGS } from './test-support/engine-cases.ts';

const NOISE_PTS = 1e-9;
/** A failure is shown after at most twenty seconds of shrinking. */
const RUNS = { numRuns: 500 };
const engines = Object.values(PRICING_ENGINES);

describe.each(engines)('every engine: $name', (engine) => {
  it('goes by its own name', () => {
    expect(PRICING_ENGINES[engine.name]).toBe(engine);
    expect(engine.quote(CALM_INPUTS, DEFAULT_SETTINGS).engine).toBe(engine.name);
  });

  it('bids below its reservation price and asks above it, within the widest spread or a tick', () => {
    fc.assert(
      fc.property(anyInputs, anySettings, (inputs, settings) => {
        const { bidPts, reservationPts, askPts, halfSpreadPts, skewPts } = engine.quote(inputs, settings);
        expect(bidPts).toBeLessThan(reservationPts);
        expect(askPts).toBeGreaterThan(reservationPts);
        expect(askPts - bidPts).toBeLessThanOrEqual(
          Math.max(settings.maxSpreadPts, inputs.tickPts) + NOISE_PTS,
        );
        expect(halfSpreadPts).toBeCloseTo((askPts - bidPts) / 2, 9);
        expect(inputs.fairPts + skewPts).toBeCloseTo(reservationPts, 9);
      }),
      RUNS,
    );
  });

  it('never raises the bid, or the ask, when it holds more', () => {
    fc.assert(
      fc.property(
        anyInputs,
        anySettings,
        fc.double({ min: 0, max: 300, noNaN: true }),
        (inputs, settings, more) => {
          const before = engine.quote(inputs, settings);
          const after = engine.quote({ ...inputs, inventoryShares: inputs.inventoryShares + more }, settings);
          expect(after.bidPts).toBeLessThanOrEqual(before.bidPts + NOISE_PTS);
          expect(after.askPts).toBeLessThanOrEqual(before.askPts + NOISE_PTS);
        },
      ),
      RUNS,
    );
  });

  it('never narrows when measured volatility rises', () => {
    const vol = fc.double({ min: 1e-6, max: 2, noNaN: true });
    fc.assert(
      fc.property(anyInputs, anySettings, vol, vol, (inputs, settings, one, other) => {
        const at = (volatilityPtsPerSqrtS: number) =>
          engine.quote({ ...inputs, volatilityPtsPerSqrtS }, settings);
        const calm = at(Math.min(one, other));
        const wild = at(Math.max(one, other));
        expect(wild.halfSpreadPts).toBeGreaterThanOrEqual(calm.halfSpreadPts - NOISE_PTS);
      }),
      RUNS,
    );
  });

  it('W5: does not know what the inventory cost, and quotes a market that fell to a third of the split price', () => {
    const quote = engine.quote({ ...CALM_INPUTS, fairPts: 17, inventoryShares: 20 }, DEFAULT_SETTINGS);
    expect(quote.askPts).toBeLessThan(25);
    expect(quote.askPts - quote.bidPts).toBeLessThanOrEqual(DEFAULT_SETTINGS.maxSpreadPts);
  });
});

describe.each(engines.filter(({ name }) => name !== 'legacy'))('within reach: $name', (engine) => {
  it('wants no side further from the fair value than the widest spread, and the side that reduces always', () => {
    fc.assert(
      fc.property(anyInputs, anySettings, (inputs, settings) => {
        const { bidPts, askPts, onlySide } = engine.quote(inputs, settings);
        const reachPts = Math.max(settings.maxSpreadPts, inputs.tickPts) + NOISE_PTS;
        const wants = (side: 'BUY' | 'SELL') => onlySide === undefined || onlySide === side;
        if (wants('BUY')) expect(inputs.fairPts - bidPts).toBeLessThanOrEqual(reachPts);
        if (wants('SELL')) expect(askPts - inputs.fairPts).toBeLessThanOrEqual(reachPts);
        if (inputs.inventoryShares > 0) expect(wants('SELL')).toBe(true);
        if (inputs.inventoryShares < 0) expect(wants('BUY')).toBe(true);
      }),
      RUNS,
    );
  });
});
