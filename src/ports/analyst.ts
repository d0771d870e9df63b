import type { AnalystQuestion, AnalystTier } from '../domain/analyst-question.ts';

export interface AnalystAnswer {
  readonly text: string;
  /** The model that answered, in its own words. */
  readonly answeredBy: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** What one tier may take. A price moves on while a check before a trade is waited for; a review has time. */
export interface AskBounds {
  readonly timeoutMs: number;
  /** Questions under way at once; one more fails at once. */
  readonly atOnce: number;
}

export const ASK_BOUNDS: Readonly<Record<AnalystTier, AskBounds>> = {
  haiku: { timeoutMs: 20_000, atOnce: 6 },
  sonnet: { timeoutMs: 80_000, atOnce: 3 },
  opus: { timeoutMs: 170_000, atOnce: 1 },
};

/** Somebody who reads and judges: a model behind an API. It is asked about risk and never about orders. */
export interface AnalystPort {
  /** Throws a `ForeignError`; where the other side has said how long to wait, its context has `retryAfterMs`. */
  ask(question: AnalystQuestion, signal: AbortSignal): Promise<AnalystAnswer>;
  close(): Promise<void>;
}
