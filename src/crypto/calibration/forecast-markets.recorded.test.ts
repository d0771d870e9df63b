import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { coinTerms } from '../model/coin-model.ts';
import { calibrationReport, type ScoredKind } from './calibration-report.ts';
import { filteredTrades, tradeReport } from './filtered-trades.ts';
import { forecastMarkets } from './forecast-markets.ts';
import { readMarketRows } from './market-rows.ts';
import { addPrices, collectPrices, inOrder } from './price-series.ts';

const SHARED = process.env.EVENKEEL_SHARED_DATA ?? join(import.meta.dirname, '../../../../shared/data');
const MARKETS = join(SHARED, 'gamma/thesaddestlandscape');
const PRICES = join(SHARED, 'prices/spot_30s');
const TERMS = {
  minEdgePts: 5,
  halfSpreadPts: 0.5,
  fee: { ratePpm: 70_000, exponent: 1, takerOnly: true, rebatePpm: 0 },
};

describe("recorded markets of June 2026, against a third party's model", () => {
  if (!existsSync(MARKETS) || !existsSync(PRICES)) {
    it(`skipped: ../shared/data not found`, () => {
      expect(process.env.CI, `CI needs ${MARKETS} and ${PRICES}`).not.toBe('true');
    });
    return;
  }
  const collected = collectPrices();
  for (const name of readdirSync(PRICES))
    addPrices(collected, name, gunzipSync(readFileSync(join(PRICES, name))).toString());
  const rows = readdirSync(MARKETS).flatMap((name) => {
    const read = readMarketRows(readFileSync(join(MARKETS, name), 'utf8'));
    if (typeof read === 'string' || read.problems.length > 0) throw new Error(`${name} was not read`);
    return read.rows;
  });
  const { forecasts, skipped } = forecastMarkets(rows, inOrder(collected), coinTerms(6, 0.94, 30), 4);
  const report = calibrationReport(forecasts);
  const kind = (name: string): ScoredKind => report.kinds.find((one) => one.kind === name)!;
  const gap = (name: string, by: 'market' | 'other') =>
    kind(name).scores.find((score) => score.by === by)!.modelAhead!;

  it('reads every question, and judges most of them', () => {
    expect(skipped.get('not about the price of a coin, or not read') ?? 0).toBe(0);
    expect(forecasts.length).toBeGreaterThan(0.6 * rows.length);
  });

  it("has a log loss no worse than that model's, overall and for each kind of payoff", () => {
    for (const name of ['all', 'close', 'range', 'up-or-down'])
      expect(gap(name, 'other').mean, name).toBeLessThan(0);
    const { interval } = gap('all', 'other');
    if ('tooFew' in interval) throw new Error(interval.tooFew);
    expect(interval.high).toBeLessThan(0);
  });

  it('reports what the edge filter would have traded, net of fees, whatever it shows', () => {
    const trades = tradeReport(filteredTrades(forecasts, TERMS));
    expect(trades.trades).toBeGreaterThan(50);
    expect(trades.meanFeePts).toBeGreaterThan(0);
    if ('tooFew' in trades.net) throw new Error(trades.net.tooFew);
    expect(trades.net.low).toBeLessThan(trades.meanNetPts);
    expect(trades.net.high).toBeGreaterThan(trades.meanNetPts);
  });
});
