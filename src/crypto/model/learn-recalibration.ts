import type { JudgedMarket } from '../../domain/directional.ts';
import { utcDayOf } from '../../domain/utc-day.ts';
import { LEAST_CLUSTERS } from '../../pricing/cluster-bootstrap.ts';
import { fitRecalibration, NO_RECALIBRATION, type Recalibration } from './recalibration.ts';

export interface Evidence {
  readonly markets: number;
  /** Pairs of a coin and a UTC day: markets about one coin that end on the same day share their luck. */
  readonly coinDays: number;
  readonly days: number;
}

/** A map, and what it was fitted on, or would have been had it been enough. */
export interface LearntRecalibration extends Evidence {
  readonly map: Recalibration;
}

/** All coins move together, so it takes so many days as well, however many coins there are. */
export const LEAST_DAYS = LEAST_CLUSTERS;

const coinDayOf = ({ coin, endAtMs }: JudgedMarket): string => `${coin} ${utcDayOf(endAtMs)}`;

export const evidenceIn = (judged: readonly JudgedMarket[]): Evidence => ({
  markets: judged.length,
  coinDays: new Set(judged.map(coinDayOf)).size,
  days: new Set(judged.map(({ endAtMs }) => utcDayOf(endAtMs))).size,
});

/**
 * Fits the map on markets that had ended and been paid by `asOfMs`, and on nothing else. The markets of one coin and day weigh as much
 * together as one market alone, and the forecasts of one market as much as one; so it takes `LEAST_RESOLVED` coins and days.
 */
export function learnRecalibration(judged: readonly JudgedMarket[], asOfMs: number): LearntRecalibration {
  const known = judged.filter(({ knownAtMs, forecasts }) => knownAtMs <= asOfMs && forecasts.length > 0);
  const evidence = evidenceIn(known);
  if (evidence.days < LEAST_DAYS) return { map: NO_RECALIBRATION, ...evidence };
  const forecasts = [...Map.groupBy(known, coinDayOf).values()].flatMap((together) =>
    together.flatMap(({ forecasts: said, isYes, knownAtMs }) =>
      said.map(({ yesProbability }) => ({
        probability: yesProbability,
        isYes,
        resolvedAtMs: knownAtMs,
        weight: 1 / (together.length * said.length),
      })),
    ),
  );
  return { map: fitRecalibration(forecasts, asOfMs), ...evidence };
}
