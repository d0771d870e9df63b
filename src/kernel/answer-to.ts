import type { AnalystInput } from './messages.ts';
import type { KernelState } from './state.ts';

/** A question to a model that is on its way. */
export interface AskedQuestion {
  readonly key: string;
  readonly askedAtMs: number;
}

/**
 * What became of a question. `waiting`: nothing yet. `lost`: no answer came in `giveUpMs`, or whoever was to bring it went with the run that
 * asked; `isOfEarlierRun` tells these apart.
 */
export type QuestionEnd =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'lost'; readonly isOfEarlierRun: boolean }
  | AnalystInput;

export function answerTo(
  { answers, nowMs, run }: Pick<KernelState, 'answers' | 'nowMs' | 'run'>,
  { key, askedAtMs }: AskedQuestion,
  giveUpMs: number,
): QuestionEnd {
  if (askedAtMs < run.startedAtMs) return { kind: 'lost', isOfEarlierRun: true };
  const answer = answers.get(key);
  if (answer !== undefined) return answer;
  return nowMs - askedAtMs < giveUpMs ? { kind: 'waiting' } : { kind: 'lost', isOfEarlierRun: false };
}
