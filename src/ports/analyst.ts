import type { AnalystQuestion } from '../domain/analyst-question.ts';

export interface AnalystAnswer {
  readonly text: string;
  /** The model that answered, in its own words. */
  readonly answeredBy: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** Somebody who reads and judges: a model behind an API. It is asked about risk and never about orders. */
export interface AnalystPort {
  /** Throws a `ForeignError`; where the other side has said how long to wait, its context has `retryAfterMs`. */
  ask(question: AnalystQuestion, signal: AbortSignal): Promise<AnalystAnswer>;
  close(): Promise<void>;
}
