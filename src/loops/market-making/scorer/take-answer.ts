import { type AskingAgain, noteFailure, noteSuccess } from '../../../ai/asking-trouble.ts';
import { readScores } from '../../../ai/read-scores.ts';
import { answerTo } from '../../../kernel/answer-to.ts';
import type { Intent, LoopView } from '../../../kernel/loop.ts';
import type { AnalystInput } from '../../../kernel/messages.ts';
import { type PendingQuestion, type ScorerMemory, scoredMarketOf } from './scorer-memory.ts';

/** A question whose answer has not come by now is given up; the call itself has a shorter bound. */
const GIVE_UP_MS = 150_000;
/** Whether the answer to the question on its way is there and has not been taken. */
export const hasAnswer = ({ state }: LoopView, { pending }: ScorerMemory): boolean =>
  pending !== null && state.answers.has(pending.key);

/** Takes the answer to the question on its way, or gives the question up. Tells a person when scoring begins to fail, and when it works again. */
export function takeAnswer(view: LoopView, scorer: ScorerMemory): Intent[] {
  const { pending } = scorer;
  if (pending === null) return [];
  const end = answerTo(view.state, pending, GIVE_UP_MS);
  if (end.kind === 'waiting') return [];
  scorer.pending = null;
  if (end.kind === 'answered') return takeScores(view, scorer, pending, end);
  if (end.kind === 'askFailed') return failed(view, scorer, pending, `${end.code}: ${end.text}`, end);
  return end.isOfEarlierRun ? [] : failed(view, scorer, pending, 'no answer came');
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
  if (problem !== null) return failed(view, scorer, pending, problem);
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
  return noteSuccess(trouble) ? [{ kind: 'notify', level: 'note', text: 'market scoring works again' }] : [];
}

function failed(
  { nowMs, state }: LoopView,
  scorer: ScorerMemory,
  { asked }: PendingQuestion,
  because: string,
  again?: AskingAgain,
): Intent[] {
  scorer.counts.failed += 1;
  for (const conditionId of asked.values()) scoredMarketOf(scorer, conditionId, nowMs).failedAtMs = nowMs;
  if (!noteFailure(scorer.trouble, because, nowMs, again)) return [];
  const unscored = state.settings.mm.scorerFailOpen
    ? 'markets without a score are quoted (MM_SCORER_FAIL_OPEN=true)'
    : 'markets without a score are not quoted (MM_SCORER_FAIL_OPEN=false)';
  return [{ kind: 'notify', level: 'warning', text: `market scoring fails: ${because}; ${unscored}` }];
}
