import { type LearntRecalibration, learnRecalibration } from '../../../crypto/model/learn-recalibration.ts';
import { NO_RECALIBRATION, type Recalibration } from '../../../crypto/model/recalibration.ts';
import { DAY_MS, utcDayOf } from '../../../domain/utc-day.ts';
import type { KernelState } from '../../../kernel/state.ts';
import type { CoinModels } from './coin-models.ts';

/** What had been learnt when a UTC day began, in days since 1970. */
export interface RecalibrationOfDay extends LearntRecalibration {
  readonly day: number;
}

/**
 * What resolved markets teach on this day, fitted at the first look of the day from what was known when the day began, so that entries and
 * exits price alike. Null while it is switched off.
 */
export function recalibrationOf(state: KernelState, models: CoinModels): RecalibrationOfDay | null {
  if (state.settings.cd?.recalibrate !== true) return null;
  const day = utcDayOf(state.nowMs);
  if (models.recalibration?.day === day) return models.recalibration;
  models.recalibration = { day, ...learnRecalibration(state.directional.judged, day * DAY_MS) };
  return models.recalibration;
}

/** The map to price with now; one that changes nothing while too little has resolved, or it is switched off. */
export const mapInUse = (state: KernelState, models: CoinModels): Recalibration =>
  recalibrationOf(state, models)?.map ?? NO_RECALIBRATION;
