import { utcText } from '../domain/utc-text.ts';

/** One market's breaker: how many fills in a row were adverse, and until when the market is suspended. Plain data. */
export interface CircuitBreaker {
  adverseInRow: number;
  /** 0 while it never was. */
  suspendedUntilMs: number;
  /** The row that opened it, for the reason. */
  adverseFills: number;
  trips: number;
}

export const createCircuitBreaker = (): CircuitBreaker => ({
  adverseInRow: 0,
  suspendedUntilMs: 0,
  adverseFills: 0,
  trips: 0,
});

/** The part of the market-making settings that breakers follow. */
export interface BreakerSettings {
  readonly circuitBreakerThreshold: number;
  readonly circuitBreakerCooldownSeconds: number;
}

/** What a fill's mark-out says to the breaker. */
export interface MeasuredFill {
  /** Points the fill stood at when it was measured, the spread it captured counted. */
  readonly realizedSpreadPts: number;
  readonly isLate: boolean;
}

/**
 * Counts one measured fill. It is adverse when the mid went against it by more than the spread it had captured, so that it stood
 * at a loss; a mid that jitters by a tick is no warning. Returns whether this fill suspends the market. A placement that the
 * venue refused never comes here.
 */
export function countFill(
  breaker: CircuitBreaker,
  { realizedSpreadPts, isLate }: MeasuredFill,
  settings: BreakerSettings,
  nowMs: number,
): boolean {
  // A mid read late belongs to no horizon: it neither lengthens the row nor ends it.
  if (isLate) return false;
  breaker.adverseInRow = realizedSpreadPts < 0 ? breaker.adverseInRow + 1 : 0;
  if (breaker.adverseInRow < settings.circuitBreakerThreshold) return false;
  breaker.adverseFills = breaker.adverseInRow;
  breaker.adverseInRow = 0;
  breaker.trips += 1;
  breaker.suspendedUntilMs = nowMs + settings.circuitBreakerCooldownSeconds * 1_000;
  return true;
}

/** Why the market is not quoted now, with until when; null while it may be. */
export const suspension = (breaker: CircuitBreaker, nowMs: number): string | null =>
  nowMs < breaker.suspendedUntilMs
    ? `suspended until ${utcText(breaker.suspendedUntilMs)} after ${breaker.adverseFills} adverse fills in a row`
    : null;
