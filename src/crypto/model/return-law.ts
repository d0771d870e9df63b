import { unitStudentTCdf, unitStudentTSurvival } from '../../pricing/student-t.ts';

/**
 * How the logarithm of a price moves from now to a horizon: drift + sd * Z, with Z Student-t of variance 1. The path in between is a
 * Brownian motion whose volatility is drawn once, so that ends, extremes and averages all have the same tail.
 */
export interface ReturnLaw {
  /** Standard deviation of the log return over the whole horizon; 0 at its end. */
  readonly sd: number;
  /** Degrees of freedom, above 2; infinity is the normal distribution. */
  readonly nu: number;
  /** Expected log return over the whole horizon. Zero unless evidence says otherwise. */
  readonly drift: number;
}

/** P(log return >= distance). At the horizon's end that is a fact, and a price at the strike counts as reached. */
export function survival(law: ReturnLaw, distance: number): number {
  if (law.sd <= 0) return law.drift >= distance ? 1 : 0;
  return unitStudentTSurvival((distance - law.drift) / law.sd, law.nu);
}

/** P(log return < distance), exact where `survival` is nearly 1. */
export function below(law: ReturnLaw, distance: number): number {
  if (law.sd <= 0) return law.drift < distance ? 1 : 0;
  return unitStudentTCdf((distance - law.drift) / law.sd, law.nu);
}
