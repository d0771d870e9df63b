import { describe, expect, it } from 'vitest';
import { filteredTrades, type TradeTerms, touchAround, tradeReport } from './filtered-trades.ts';
import type { MarketForecast } from './forecast-markets.ts';

const TERMS: TradeTerms = {
  minEdgePts: 5,
  halfSpreadPts: 0.5,
  fee: { ratePpm: 70_000, exponent: 1, takerOnly: true, rebatePpm: 0 },
};
const forecast = (facts: Partial<MarketForecast> = {}): MarketForecast => ({
  marketId: 'a',
  kind: 'close',
  coin: 'BTC',
  atMs: 1,
  endAtMs: 10,
  probability: 0.7,
  marketProbability: 0.5,
  otherProbability: null,
  recalibratedProbability: null,
  outcome: 1,
  cluster: 'one',
  ...facts,
});

describe('trades of the edge filter', () => {
  it('pay the half spread and the fee, by hand', () => {
    const [trade] = filteredTrades([forecast()], TERMS);
    // 50.5 points and 0.07 * 0.505 * 0.495 a share.
    expect(trade?.entry.costPerShareUsd).toBeCloseTo(0.505 + 0.01749825, 8);
    expect(trade?.netPts).toBeCloseTo(100 - 52.249825, 6);
    expect(filteredTrades([forecast({ outcome: 0 })], TERMS)[0]?.netPts).toBeCloseTo(-52.249825, 6);
  });

  it('buy NO where YES is too dear', () => {
    const [trade] = filteredTrades([forecast({ probability: 0.2, outcome: 0 })], TERMS);
    expect(trade?.entry.outcome).toBe('NO');
    expect(trade?.netPts).toBeCloseTo(100 - 52.249825, 6);
  });

  it('are one a market, the first in time with enough of an edge', () => {
    const trades = filteredTrades(
      [
        forecast({ atMs: 3, probability: 0.9 }),
        forecast({ atMs: 2, probability: 0.8 }),
        forecast({ atMs: 1, probability: 0.56 }),
        forecast({ marketId: 'b', atMs: 9 }),
      ],
      TERMS,
    );
    expect(trades.map((trade) => [trade.forecast.marketId, trade.forecast.probability])).toEqual([
      ['a', 0.8],
      ['b', 0.7],
    ]);
  });

  it('count and average, with an interval once there are blocks enough', () => {
    const many = Array.from({ length: 40 }, (_, index) =>
      forecast({ marketId: String(index), cluster: String(index % 20), outcome: index % 4 === 0 ? 0 : 1 }),
    );
    const report = tradeReport(filteredTrades(many, TERMS));
    expect(report).toMatchObject({ trades: 40, wins: 30, yesTrades: 40 });
    expect(report.meanNetPts).toBeCloseTo(75 - 52.249825, 6);
    expect(report.claimedPts).toBeCloseTo(70 - 52.249825, 6);
    if ('tooFew' in report.net) throw new Error(report.net.tooFew);
    expect(report.net.low).toBeLessThan(report.meanNetPts);
    expect(report.net.high).toBeGreaterThan(report.meanNetPts);
    expect(tradeReport([])).toMatchObject({ trades: 0, net: { clusters: 0 } });
  });

  it('see no book beyond the edge of prices', () => {
    expect(touchAround(0.001, 0.5)).toEqual({ YES: { bid: 0, ask: 60 }, NO: { bid: 9_940, ask: 10_000 } });
  });
});
