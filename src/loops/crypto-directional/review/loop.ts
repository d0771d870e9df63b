import {
  askForReview,
  judgeSuggestion,
  readReview,
  type Suggestion,
  type TradeReview,
} from '../../../ai/trade-review.ts';
import type { DirectionalReview } from '../../../domain/directional.ts';
import { defineLoop, type Intent, type LoopView } from '../../../kernel/loop.ts';
import type { AnalystInput } from '../../../kernel/messages.ts';
import type { KernelState } from '../../../kernel/state.ts';
import { createReviewMemory, type ReviewMemory } from './review-memory.ts';
import { type DirectionalSettings, newSince, tradesToReview, tunableNow } from './trades-to-review.ts';

const HOUR_MS = 3_600_000;
/** A question whose answer has not come by now is given up; the call itself has a shorter bound. */
const GIVE_UP_MS = 300_000;
const MOST_TOKENS = 4_096;
/** Of the answer itself; what it says is kept beside. */
const MOST_RAW_CHARACTERS = 4_000;
/** Positions that were closed, or signals, without which there is nothing new to say. */
const LEAST_POSITIONS = 1;
const LEAST_SIGNALS = 20;
/** A beat comes a moment sooner or later than the last question was asked. */
const NEARLY = 0.99;

/**
 * Has a model look back on signals and trades now and then, keeps what it says, and, only where that is switched on, moves a few
 * settings by a step. It holds no order and asks for none.
 */
export const directionalReview = defineLoop<ReviewMemory>({
  name: 'cd-analysis',
  everyMs: intervalMs,
  minGapMs: () => 1_000,
  wakesOn: ['answer'],
  allowedIn: ['active', 'reducing', 'halted'],
  createMemory: createReviewMemory,
  decide,
});

/** Journals from before there were such settings have no review. */
function intervalMs({ settings: { cd } }: KernelState): number {
  return (cd?.analysisIntervalHours ?? 24) * HOUR_MS;
}

function decide(view: LoopView, memory: ReviewMemory): Intent[] {
  const { cd } = view.state.settings;
  if (cd === undefined) return [];
  const intents = takeAnswer(view, cd, memory);
  if (view.cause === 'beat') intents.push(...ask(view, cd, memory));
  return intents;
}

/** One question in each interval, whatever becomes of it, and none where nothing has happened since the last one was answered. */
function ask(view: LoopView, cd: DirectionalSettings, memory: ReviewMemory): Intent[] {
  const { state, nowMs } = view;
  if (!cd.analysisEnabled || memory.pending !== null) return [];
  // Every start beats at once.
  if (memory.askedAtMs !== null && nowMs - memory.askedAtMs < NEARLY * intervalMs(state)) return [];
  const fresh = newSince(state, memory.reviewedToMs);
  if (fresh.positions < LEAST_POSITIONS && fresh.signals < LEAST_SIGNALS) return [];
  const trades = tradesToReview(view, cd);
  const id = memory.nextReview;
  const key = `review-${id}`;
  memory.nextReview += 1;
  memory.askedAtMs = nowMs;
  const positions = trades.closed.length + trades.open.length;
  memory.pending = { id, key, askedAtMs: nowMs, signals: trades.signals.length, positions };
  return [{ kind: 'ask', key, tier: 'opus', ...askForReview(trades), maxTokens: MOST_TOKENS }];
}

function takeAnswer(view: LoopView, cd: DirectionalSettings, memory: ReviewMemory): Intent[] {
  const { state, nowMs } = view;
  const { pending } = memory;
  if (pending === null) return [];
  const answer = state.answers.get(pending.key);
  const isLost = pending.askedAtMs < state.run.startedAtMs || nowMs - pending.askedAtMs >= GIVE_UP_MS;
  if (answer === undefined && !isLost) return [];
  memory.pending = null;
  if (answer === undefined) return failed(memory, 'no answer came');
  if (answer.kind !== 'answered') return failed(memory, `${answer.code}: ${answer.text}`);
  const review = readReview(answer.text);
  if (review === null) return failed(memory, 'the answer holds no review');
  memory.reviewedToMs = pending.askedAtMs;
  memory.failures = 0;
  return settle(view, cd, pending, answer, review);
}

/** It is asked again when its time comes; a person is told once that it does not work. */
function failed(memory: ReviewMemory, because: string): Intent[] {
  memory.failures += 1;
  return memory.failures > 1
    ? []
    : [{ kind: 'notify', level: 'warning', text: `the review of directional trades fails: ${because}` }];
}

/** Keeps the review, and asks for the changes that come of it. */
function settle(
  { nowMs }: LoopView,
  cd: DirectionalSettings,
  { id, signals, positions }: NonNullable<ReviewMemory['pending']>,
  { text }: Extract<AnalystInput, { kind: 'answered' }>,
  found: TradeReview,
): Intent[] {
  const judged = found.suggestions.map((suggestion) => judge(suggestion, cd));
  const review: DirectionalReview = {
    id,
    atMs: nowMs,
    signals,
    positions,
    scores: found.scores,
    suggestions: judged.map(({ row }) => row),
    insights: found.insights,
    patterns: found.patterns,
    summary: found.summary,
    raw: text.slice(0, MOST_RAW_CHARACTERS),
  };
  return [{ kind: 'review', review }, ...judged.flatMap(({ change }) => change ?? [])];
}

interface Judged {
  readonly row: DirectionalReview['suggestions'][number];
  readonly change: Extract<Intent, { kind: 'changeSetting' }> | null;
}

/** One step at most, by the setting as it is now: somebody may have changed it since the question was asked. */
function judge(suggestion: Suggestion, cd: DirectionalSettings): Judged {
  const { name, value, reason } = suggestion;
  const verdict = judgeSuggestion(suggestion, tunableNow(cd)[name]);
  const row = (done: string): Judged['row'] => ({ name, value, reason, done });
  if (verdict.kind === 'ignore') return { row: row(`left alone: ${verdict.why}`), change: null };
  const { from, to } = verdict;
  if (!cd.analysisAutoApply)
    return { row: row(`not applied (CD_ANALYSIS_AUTO_APPLY=false): ${from} to ${to}`), change: null };
  return { row: row(`asked for: ${from} to ${to}`), change: { kind: 'changeSetting', name, to, reason } };
}
