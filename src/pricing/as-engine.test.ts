import { describe, expect, it } from 'vitest';
import { asEngine, asHorizonHours, varianceOverHorizonPts2 } from './as-engine.ts';
import { CALM_INPUTS, DEFAULT_SETTINGS } from './test-support/engine-cases.ts';

const spreadWith = (inputs: object, settings: object = {}) => {
  const quote = asEngine.quote({ ...CALM_INPUTS, ...inputs }, { ...DEFAULT_SETTINGS, ...settings });
  return quote.askPts - quote.bidPts;
};

describe('Avellaneda-Stoikov engine', () => {
  it.each([0, 1, 2])(
    'gives 1.3 to 2 points on default settings at %d points of volatility an hour',
    (ptsAnHour) => {
      const spread = spreadWith({ volatilityPtsPerSqrtS: ptsAnHour / 60 });
      expect(spread).toBeGreaterThan(1.29);
      expect(spread).toBeLessThan(2);
    },
  );

  it('gives 1.3 to 2 points before volatility is measured, in a market of a month', () => {
    const spread = spreadWith({ volatilityPtsPerSqrtS: null });
    expect(spread).toBeGreaterThan(1.3);
    expect(spread).toBeLessThan(2);
  });

  it('W2: the spread follows kappa and gamma instead of a bound', () => {
    const byKappa = [0.75, 1.5, 3, 6].map((kappaPerPt) => spreadWith({ kappaPerPt, tickPts: 0.1 }));
    for (let index = 1; index < byKappa.length; index += 1) {
      expect(byKappa[index]).toBeLessThan((byKappa[index - 1] as number) * 0.8);
    }
    const byGamma = [0.05, 0.1, 0.5, 1].map((asGammaBase) => spreadWith({}, { asGammaBase }));
    expect(new Set(byGamma.map((spread) => spread.toFixed(6))).size).toBe(4);
    const bounds = [DEFAULT_SETTINGS.maxSpreadPts, 2 * DEFAULT_SETTINGS.deltaMinPts, 0.1];
    for (const spread of [...byKappa, ...byGamma]) expect(bounds).not.toContain(spread);
  });

  it('W3: at full inventory both sides move by at least a tick, whatever the volatility', () => {
    for (const volatilityPtsPerSqrtS of [0, 0.0001, 1 / 60, 0.1, null]) {
      for (const tickPts of [1, 0.1]) {
        const market = { ...CALM_INPUTS, volatilityPtsPerSqrtS, tickPts };
        const flat = asEngine.quote(market, DEFAULT_SETTINGS);
        const long = asEngine.quote({ ...market, inventoryShares: 100 }, DEFAULT_SETTINGS);
        const short = asEngine.quote({ ...market, inventoryShares: -100 }, DEFAULT_SETTINGS);
        expect(flat.bidPts - long.bidPts).toBeGreaterThanOrEqual(tickPts);
        expect(flat.askPts - long.askPts).toBeGreaterThanOrEqual(tickPts);
        expect(short.bidPts - flat.bidPts).toBeGreaterThanOrEqual(tickPts);
        expect(short.askPts - flat.askPts).toBeGreaterThanOrEqual(tickPts);
      }
    }
  });

  it('W3: counts inventory in lots of the quote size, so ten lots lean ten times one lot', () => {
    const skew = (inventoryShares: number) =>
      asEngine.quote(
        { ...CALM_INPUTS, inventoryShares, volatilityPtsPerSqrtS: 3 / 60 },
        { ...DEFAULT_SETTINGS, asGammaAlpha: 0 },
      ).skewPts;
    expect(skew(10)).toBeCloseTo(-0.1 * 9, 9);
    expect(skew(100)).toBeCloseTo(10 * skew(10), 9);
  });

  it('in a wild market still offers what it holds on the grid, and does not ask for what the gate would refuse', () => {
    const wild = { volatilityPtsPerSqrtS: 50 / 60, tickPts: 1 };
    for (const fairPts of [4, 50, 96]) {
      const long = asEngine.quote(
        { ...CALM_INPUTS, ...wild, fairPts, inventoryShares: 10 },
        DEFAULT_SETTINGS,
      );
      // What the model wants is further than any quote may be.
      expect(long.because.modelSkewPts).toBeLessThan(-DEFAULT_SETTINGS.maxSpreadPts);
      // Below zero a bid is off the grid and dropped there.
      expect(long.onlySide === 'SELL' || long.bidPts < 0).toBe(true);
      expect(long.askPts).toBeGreaterThanOrEqual(1);
      expect(long.askPts).toBeLessThanOrEqual(fairPts + DEFAULT_SETTINGS.maxSpreadPts / 2);
      const short = asEngine.quote(
        { ...CALM_INPUTS, ...wild, fairPts: 100 - fairPts, inventoryShares: -10 },
        DEFAULT_SETTINGS,
      );
      expect(short.bidPts).toBeCloseTo(100 - long.askPts, 9);
    }
    expect(asEngine.quote({ ...CALM_INPUTS, ...wild }, DEFAULT_SETTINGS).onlySide).toBeUndefined();
  });

  it('takes the holding hour or what is left of the market', () => {
    expect([null, 720, 0.25, -1].map(asHorizonHours)).toEqual([1, 1, 0.25, 0]);
  });

  it('never expects more variance than a price that ends at 0 or 1 has left', () => {
    expect(varianceOverHorizonPts2({ ...CALM_INPUTS, volatilityPtsPerSqrtS: 50 })).toBe(2_500);
    expect(
      varianceOverHorizonPts2({ ...CALM_INPUTS, volatilityPtsPerSqrtS: null, hoursToResolution: 0.5 }),
    ).toBe(2_500);
    const tenth = varianceOverHorizonPts2({
      ...CALM_INPUTS,
      volatilityPtsPerSqrtS: null,
      hoursToResolution: 10,
    });
    expect(tenth / 2_500).toBeCloseTo(0.06377, 5);
  });
});
