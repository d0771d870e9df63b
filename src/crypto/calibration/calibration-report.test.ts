import { describe, expect, it } from 'vitest';
import { nextFloat, streamOf } from '../../domain/random.ts';
import { bandOf, calibrationReport, reliabilityLines, scoreLines } from './calibration-report.ts';
import type { MarketForecast } from './forecast-markets.ts';
import { reliabilitySvg } from './reliability-svg.ts';

/** A model that knows the probability, a market that says a half, and another model that is too bold. */
function forecasts(count: number): MarketForecast[] {
  const stream = streamOf(20_261_123, 'report');
  return Array.from({ length: count }, (_, index) => {
    const probability = nextFloat(stream);
    return {
      marketId: String(index),
      kind: index % 3 === 0 ? 'range' : 'close',
      coin: 'BTC',
      atMs: index,
      endAtMs: index + 1,
      probability,
      marketProbability: 0.5,
      otherProbability: index % 2 === 0 ? Math.min(0.999, Math.max(0.001, probability * 2 - 0.5)) : null,
      recalibratedProbability: null,
      outcome: nextFloat(stream) < probability ? 1 : 0,
      cluster: String(index % 60),
    };
  });
}

describe('the report of a calibration', () => {
  const report = calibrationReport(forecasts(3_000));

  it('scores model, market and another model, each on the rows where it said something', () => {
    const [all, ...kinds] = report.kinds;
    expect(all?.scores.map(({ by, forecasts: rows }) => [by, rows])).toEqual([
      ['model', 3_000],
      ['market', 3_000],
      ['other', 1_500],
    ]);
    expect(kinds.map(({ kind, markets }) => [kind, markets])).toEqual([
      ['close', 2_000],
      ['range', 1_000],
    ]);
    const [, market, other] = all?.scores ?? [];
    // -ln 1/2 and 1/4 are what a half gets, whatever happens.
    expect(market?.logLoss.mean).toBeCloseTo(Math.LN2, 12);
    expect(market?.brier.mean).toBeCloseTo(0.25, 12);
    for (const worse of [market, other]) {
      const interval = worse?.modelAhead?.interval;
      if (interval === undefined || 'tooFew' in interval) throw new Error('expected an interval');
      expect(interval.high).toBeLessThan(0);
    }
  });

  it('shows by tenths what was said and what happened', () => {
    const model = report.reliability.find(({ by }) => by === 'model');
    expect(model?.groups).toHaveLength(10);
    for (const { claimed, bias } of model?.groups ?? []) {
      const band = bandOf(claimed, bias);
      if (band !== null) expect(band.high - band.low).toBeLessThan(0.25);
    }
    expect(reliabilityLines(report).some((line) => line.endsWith('outside'))).toBe(true);
  });

  it('prints a mean with its interval, and without one how many blocks there were', () => {
    const lines = scoreLines(report);
    expect(lines[0]).toBe('all payoffs: 3000 markets');
    expect(lines[2]).toMatch(
      /^ {2}model +3000 {2}0\.\d{4} \[0\.\d{4} 0\.\d{4}\] +0\.\d{4} \[0\.\d{4} 0\.\d{4}\]$/,
    );
    const few = calibrationReport(forecasts(5));
    expect(scoreLines(few)[2]).toMatch(/\(5 blocks\)/);
  });

  it('draws a picture that is well formed, with every group a mark and every name escaped', () => {
    const svg = reliabilitySvg(report, 'a < b & "c"', 'bars');
    expect(svg).toContain('a &lt; b &amp; &quot;c&quot;');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    const opened = [...svg.matchAll(/<(\w+)[^>]*?(\/?)>/g)]
      .filter(([, , closed]) => closed === '')
      .map(([, name]) => name);
    const closed = [...svg.matchAll(/<\/(\w+)>/g)].map(([, name]) => name);
    expect(opened.toSorted()).toEqual(closed.toSorted());
    const groups = report.reliability.reduce((sum, { groups: bins }) => sum + bins.length, 0);
    expect([...svg.matchAll(/forecasts in \d+ blocks/g)]).toHaveLength(groups);
    const numbers = [...svg.matchAll(/ [xy][12]?="(-?[\d.]+)"/g)].map(([, value]) => Number(value));
    expect(Math.max(...numbers)).toBeLessThan(900);
  });
});
