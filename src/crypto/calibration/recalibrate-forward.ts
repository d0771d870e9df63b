import { fitRecalibration, recalibrated } from '../model/recalibration.ts';
import { HOUR_MS } from '../questions/civil-time.ts';
import type { MarketForecast } from './forecast-markets.ts';

/** Gives each forecast what the recalibration would have made of it that had learnt, hour by hour, from markets resolved by then. */
export function recalibrateForward(forecasts: readonly MarketForecast[]): MarketForecast[] {
  const rowsOfMarket = new Map<string, number>();
  for (const { marketId } of forecasts) rowsOfMarket.set(marketId, (rowsOfMarket.get(marketId) ?? 0) + 1);
  const resolved = forecasts.map(({ marketId, probability, outcome, endAtMs }) => ({
    probability,
    isYes: outcome === 1,
    resolvedAtMs: endAtMs,
    weight: 1 / (rowsOfMarket.get(marketId) ?? 1),
  }));
  const byHour = Map.groupBy(forecasts, ({ atMs }) => Math.floor(atMs / HOUR_MS));
  const said = new Map<MarketForecast, number>();
  for (const [hour, asked] of byHour) {
    const map = fitRecalibration(resolved, hour * HOUR_MS);
    if (map.markets > 0)
      for (const forecast of asked) said.set(forecast, recalibrated(map, forecast.probability));
  }
  return forecasts.map((forecast) => ({
    ...forecast,
    recalibratedProbability: said.get(forecast) ?? null,
  }));
}
