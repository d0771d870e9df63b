import { askBeforeExit, type ProposedExit, readExitCheck } from '../../../ai/trade-check.ts';
import type { DirectionalPosition } from '../../../domain/directional.ts';
import { POINT, type Price } from '../../../domain/units.ts';
import { answerTo } from '../../../kernel/answer-to.ts';
import type { Intent, LoopView } from '../../../kernel/loop.ts';
import type { MarketSlot } from '../../../kernel/market-slots.ts';
import { type ExitMemory, type ExitQuestion, type ExitWatch, lookBy } from './exit-memory.ts';
import { entryPriceOf } from './held-market.ts';

/** A position that is to be sold does not wait longer than this for a model. */
export const ANSWER_WAIT_MS = 30_000;
/** A word that it may go counts for so long; after that the market is another one. */
const CONFIRMED_MS = 10 * 60_000;
/** A word that it be kept counts for so long, */
const KEPT_MS = 10 * 60_000;
/** and no longer once the edge is worse by so many points. */
const WORSE_PTS = 1;
const MOST_TOKENS = 300;
const HOUR_MS = 3_600_000;

/** What is known of a position whose edge is gone. */
export interface Reversal {
  readonly position: DirectionalPosition;
  readonly slot: MarketSlot;
  readonly bid: Price;
  readonly probability: number;
  readonly edgePts: number;
  readonly spotUsd: number;
  readonly endAtMs: number;
}

/** Whether a position whose edge is gone may be sold now, and what a model said of that; otherwise what is to be asked. */
export type Confirmation =
  | { readonly kind: 'sell'; readonly aiValidation: string }
  | { readonly kind: 'wait'; readonly intents: readonly Intent[] };

const WAIT: Confirmation = { kind: 'wait', intents: [] };

/**
 * Takes the answer to the question about a position, whether its edge is still gone or not. Only a plain "hold" that names the position
 * keeps it: no answer, a late one, and one that makes no sense let it go.
 */
export function takeAnswer({ state, nowMs }: LoopView, watch: ExitWatch): Intent[] {
  const { question } = watch;
  if (question === null) return [];
  const answer = answerTo(state, question, ANSWER_WAIT_MS);
  if (answer.kind === 'waiting') {
    lookBy(watch, question.askedAtMs + ANSWER_WAIT_MS);
    return [];
  }
  watch.question = null;
  const check = answer.kind === 'answered' ? readExitCheck(answer.text, question.label) : null;
  if (check?.verdict === 'hold') {
    watch.kept = { atMs: nowMs, edgePts: question.edgePts };
    watch.confirmed = null;
    const text = `directional position ${watch.positionId} is kept although its edge is gone: ${check.reason}`;
    return [{ kind: 'notify', level: 'note', text }];
  }
  watch.kept = null;
  watch.confirmed = { atMs: nowMs, aiValidation: validationOf(answer, check) };
  return [];
}

function validationOf(
  answer: ReturnType<typeof answerTo>,
  check: ReturnType<typeof readExitCheck> | null,
): string {
  if (check !== null) return check.isAnswered ? `exit: ${check.reason}` : `no answer: ${check.reason}`;
  if (answer.kind === 'askFailed') return `no answer: ${answer.code}: ${answer.text}`.slice(0, 240);
  return 'no answer: none came in time';
}

/** Asks a model before a position is sold for its edge alone, unless one was asked a moment ago. */
export function confirmReversal(
  { state, nowMs }: LoopView,
  memory: ExitMemory,
  watch: ExitWatch,
  reversal: Reversal,
): Confirmation {
  if (watch.question !== null) return WAIT;
  const { confirmed, kept } = watch;
  if (confirmed !== null && nowMs - confirmed.atMs < CONFIRMED_MS)
    return { kind: 'sell', aiValidation: confirmed.aiValidation };
  if (kept !== null && isKept(kept, reversal.edgePts, nowMs, checkMs(state))) return WAIT;
  watch.confirmed = null;
  watch.question = questionOn(memory, reversal, nowMs);
  lookBy(watch, nowMs + ANSWER_WAIT_MS);
  const asked = askBeforeExit(proposedExit(watch.question, reversal, nowMs));
  const { key } = watch.question;
  return { kind: 'wait', intents: [{ kind: 'ask', key, tier: 'haiku', ...asked, maxTokens: MOST_TOKENS }] };
}

const checkMs = (state: LoopView['state']): number => (state.settings.cd?.exitCheckSeconds ?? 0) * 1_000;

/** Until the next beat whatever comes, and then for a while, unless it has become worse. */
function isKept(
  { atMs, edgePts }: NonNullable<ExitWatch['kept']>,
  edgeNowPts: number,
  nowMs: number,
  beatMs: number,
): boolean {
  const sinceMs = nowMs - atMs;
  return sinceMs < beatMs || (sinceMs < KEPT_MS && edgeNowPts > edgePts - WORSE_PTS);
}

function questionOn(memory: ExitMemory, { position, edgePts }: Reversal, nowMs: number): ExitQuestion {
  const number = memory.nextQuestion;
  memory.nextQuestion += 1;
  // Not to be known to who writes the text of a market: a model that copies a "hold" from there keeps nothing.
  const label = `p${position.id}-${number}-${nowMs.toString(36)}`;
  return { key: `exit-${number}`, label, askedAtMs: nowMs, edgePts };
}

const proposedExit = (
  { label }: ExitQuestion,
  { position, slot, bid, probability, edgePts, spotUsd, endAtMs }: Reversal,
  nowMs: number,
): ProposedExit => ({
  label,
  question: slot.market.question,
  description: slot.market.description,
  outcome: position.outcome,
  entryCents: entryPriceOf(position) / POINT,
  bidCents: bid / POINT,
  modelProbability: probability,
  edgePts,
  hoursHeld: (nowMs - (position.openedAtMs ?? nowMs)) / HOUR_MS,
  hoursToEnd: (endAtMs - nowMs) / HOUR_MS,
  spotUsd,
});
