import { describe, expect, it } from 'vitest';
import { nextFloat, streamOf } from '../../domain/random.ts';
import { logLossOf } from '../../pricing/forecast-scores.ts';
import type { MarketForecast } from './forecast-markets.ts';
import { recalibrateForward } from './recalibrate-forward.ts';

const HOUR = 3_600_000;

/** A model that is too bold: what happens has half the log-odds of what it says. A market an hour, resolved two hours later. */
function tooBold(count: number): MarketForecast[] {
  const stream = streamOf(20_261_123, 'bold');
  return Array.from({ length: count }, (_, index) => {
    const logOdds = 6 * (nextFloat(stream) - 0.5);
    const outcome = nextFloat(stream) < 1 / (1 + Math.exp(-logOdds / 2)) ? 1 : 0;
    return {
      marketId: String(index),
      kind: 'close',
      coin: 'BTC',
      atMs: index * HOUR + 1,
      endAtMs: (index + 2) * HOUR,
      probability: 1 / (1 + Math.exp(-logOdds)),
      marketProbability: 0.5,
      otherProbability: null,
      recalibratedProbability: null,
      outcome,
      cluster: String(index),
    };
  });
}

describe('recalibrating as markets resolve', () => {
  it('learns from what has resolved, and from nothing else', () => {
    const forecasts = tooBold(400);
    const learnt = recalibrateForward(forecasts);
    const turned = forecasts.map((forecast, index) =>
      index >= 250 ? ({ ...forecast, outcome: forecast.outcome === 1 ? 0 : 1 } as MarketForecast) : forecast,
    );
    const said = (rows: readonly MarketForecast[]) =>
      rows.slice(0, 252).map(({ recalibratedProbability }) => recalibratedProbability);
    expect(said(recalibrateForward(turned))).toEqual(said(learnt));
    expect(recalibrateForward(turned).at(-1)).not.toEqual({
      ...learnt.at(-1),
      outcome: turned.at(-1)?.outcome,
    });
  });

  it('says nothing until fifty markets have resolved, and then is better than the model', () => {
    const learnt = recalibrateForward(tooBold(1_000));
    expect(learnt.findIndex(({ recalibratedProbability }) => recalibratedProbability !== null)).toBe(51);
    const late = learnt.slice(300);
    const loss = (of: (forecast: MarketForecast) => number): number =>
      late.reduce((sum, forecast) => sum + logLossOf(of(forecast), forecast.outcome), 0) / late.length;
    expect(loss(({ recalibratedProbability }) => recalibratedProbability!)).toBeLessThan(
      loss(({ probability }) => probability) - 0.02,
    );
  });
});
