import { readScores } from '../../../ai/read-scores.ts';
import type { Intent, LoopView } from '../../../kernel/loop.ts';
import type { AnalystInput } from '../../../kernel/messages.ts';
import { type PendingQuestion, type ScorerMemory, scoredMarketOf } from './scorer-memory.ts';

/** A question whose answer has not come by now is given up; the call itself has a shorter bound. */
const GIVE_UP_MS = 150_000;
/** After a failure nothing is asked for a while, twice as long after each further one. */
const FIRST_REST_MS = 30_000;
const LONGEST_REST_MS = 900_000;
/** What will not be answered however often it is asked: a wrong key, a model that does not exist. */
const HOPELESS_REST_MS = 3_600_000;

/** Whether the answer to the question on its way is there and has not been taken. */
export const hasAnswer = ({ state }: LoopView, { pending }: ScorerMemory): boolean =>
  pending !== null && state.answers.has(pending.key);

/** Takes the answer to the question on its way, or gives the question up. Tells a person when scoring begins to fail, and when it works again. */
export function takeAnswer(view: LoopView, scorer: ScorerMemory): Intent[] {
  const { state, nowMs } = view;
  const { pending } = scorer;
  if (pending === null) return [];
  if (pending.askedAtMs < state.run.startedAtMs) {
    // Whoever was to answer a run before this one is gone.
    scorer.pending = null;
    return [];
  }
  const answer = state.answers.get(pending.key);
  if (answer === undefined && nowMs - pending.askedAtMs < GIVE_UP_MS) return [];
  scorer.pending = null;
  if (answer === undefined) return failed(view, scorer, pending, 'no answer came', growingRest(scorer));
  return answer.kind === 'answered'
    ? takeScores(view, scorer, pending, answer)
    : failed(view, scorer, pending, `${answer.code}: ${answer.text}`, restAfter(answer, scorer));
}

function takeScores(
  view: LoopView,
  scorer: ScorerMemory,
  pending: PendingQuestion,
  { text, inputTokens, outputTokens }: Extract<AnalystInput, { kind: 'answered' }>,
): Intent[] {
  const { counts, trouble } = scorer;
  const { nowMs } = view;
  counts.inputTokens += inputTokens;
  counts.outputTokens += outputTokens;
  const { scores, problem } = readScores(text, new Set(pending.asked.keys()));
  if (problem !== null) return failed(view, scorer, pending, problem, growingRest(scorer));
  counts.answered += 1;
  for (const [label, conditionId] of pending.asked) {
    const score = scores.get(label);
    const ofMarket = scoredMarketOf(scorer, conditionId, nowMs);
    if (score === undefined) Object.assign(ofMarket, { failedAtMs: nowMs, leftOutAtMs: nowMs });
    else
      Object.assign(ofMarket, {
        score,
        scoredAtMs: nowMs,
        failedAtMs: null,
        leftOutAtMs: null,
        toldInRun: null,
      });
  }
  const wasFailing = trouble.failures > 0;
  Object.assign(trouble, { failures: 0, because: null, untilMs: 0 });
  return wasFailing ? [{ kind: 'notify', level: 'note', text: 'market scoring works again' }] : [];
}

function failed(
  { nowMs, state }: LoopView,
  scorer: ScorerMemory,
  { asked }: PendingQuestion,
  because: string,
  restMs: number,
): Intent[] {
  const { trouble } = scorer;
  scorer.counts.failed += 1;
  for (const conditionId of asked.values()) scoredMarketOf(scorer, conditionId, nowMs).failedAtMs = nowMs;
  const isFirst = trouble.failures === 0;
  Object.assign(trouble, { failures: trouble.failures + 1, because, untilMs: nowMs + restMs });
  if (!isFirst) return [];
  const unscored = state.settings.mm.scorerFailOpen
    ? 'markets without a score are quoted (MM_SCORER_FAIL_OPEN=true)'
    : 'markets without a score are not quoted (MM_SCORER_FAIL_OPEN=false)';
  return [{ kind: 'notify', level: 'warning', text: `market scoring fails: ${because}; ${unscored}` }];
}

function restAfter(
  { mayRetry, retryAfterMs }: Extract<AnalystInput, { kind: 'askFailed' }>,
  scorer: ScorerMemory,
): number {
  if (!mayRetry) return HOPELESS_REST_MS;
  return Math.min(HOPELESS_REST_MS, Math.max(retryAfterMs ?? 0, growingRest(scorer)));
}

const growingRest = ({ trouble }: ScorerMemory): number =>
  Math.min(LONGEST_REST_MS, FIRST_REST_MS * 2 ** Math.min(trouble.failures, 10));
