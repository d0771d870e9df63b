/** Markets that the model was wrong about in a known way. */
import type { JudgedMarket } from '../../../domain/directional.ts';
import type { ConditionId } from '../../../domain/market.ts';
import { nextFloat, nextInt, type RandomStream } from '../../../domain/random.ts';
import { DAY_MS } from '../../../domain/utc-day.ts';

export interface JudgedTerms {
  readonly coins: readonly string[];
  readonly days: number;
  /** What happens has log-odds `intercept + slope * what was said`. */
  readonly intercept: number;
  readonly slope: number;
  /** Markets of one coin that end on one day, and forecasts of one market, at most. */
  readonly mostMarkets?: number;
  readonly mostForecasts?: number;
  /** The day on which the first ends. */
  readonly fromDay?: number;
}

/** Every coin has at least one market a day; each is known an hour after it ended at noon. */
export function judgedMarkets(stream: RandomStream, terms: JudgedTerms): JudgedMarket[] {
  const { coins, days, intercept, slope, mostMarkets = 1, mostForecasts = 1, fromDay = 100 } = terms;
  return Array.from({ length: days }, (_, index) => fromDay + index).flatMap((day) =>
    coins.flatMap((coin) =>
      Array.from({ length: nextInt(stream, 1, mostMarkets) }, (_unused, n): JudgedMarket => {
        const said = 0.03 + 0.94 * nextFloat(stream);
        const truth = 1 / (1 + Math.exp(-intercept - slope * Math.log(said / (1 - said))));
        const endAtMs = day * DAY_MS + DAY_MS / 2;
        const count = nextInt(stream, 1, mostForecasts);
        return {
          conditionId: `${coin}-${day}-${n}` as ConditionId,
          coin,
          endAtMs,
          knownAtMs: endAtMs + 3_600_000,
          isYes: nextFloat(stream) < truth,
          forecasts: Array.from({ length: count }, (_none, place) => ({
            day: day - count + place,
            yesProbability: place === count - 1 ? said : 0.03 + 0.94 * nextFloat(stream),
          })),
        };
      }),
    ),
  );
}
