import {
  type AskingAgain,
  type AskingTrouble,
  createAskingTrouble,
  noteFailure,
  noteSuccess,
} from '../../../ai/asking-trouble.ts';
import {
  askForPayoffs,
  MOST_PAYOFF_TOKENS,
  MOST_UNREAD_AT_ONCE,
  readPayoffs,
  type UnreadMarket,
} from '../../../ai/payoff-question.ts';
import {
  checkPayoffAnswer,
  couldBeAnswered,
  type Payoff,
  payoffAnswerIn,
  type QuestionText,
  questionTextOf,
} from '../../../crypto/questions/index.ts';
import type { ConditionId, Market } from '../../../domain/market.ts';
import { answerTo } from '../../../kernel/answer-to.ts';
import type { Intent, LoopView } from '../../../kernel/loop.ts';
import type { AnalystInput } from '../../../kernel/messages.ts';

/** What a model said of one market, held against the text that it had then. */
interface AnsweredMarket {
  /** The texts it was asked about, and when they were first seen: an answer is worth nothing about others. */
  readonly text: QuestionText;
  readonly sinceMs: number;
  /** When the answer came; null while none has. */
  answeredAtMs: number | null;
  /** What is believed of it: `other` where the answer said so, contradicted the text, or left the market out. Null before the first. */
  payoff: Payoff | null;
  /** Answers in a row that were none for a reason that may lie in this text. */
  spoiled: number;
}

/** The question that is on its way. */
interface PendingPayoffs {
  readonly key: string;
  readonly askedAtMs: number;
  readonly asked: ReadonlyMap<string, ConditionId>;
}

/** Plain data. */
export interface PayoffMemory {
  readonly markets: Map<ConditionId, AnsweredMarket>;
  /** At most one at a time. */
  pending: PendingPayoffs | null;
  nextQuestion: number;
  /** When questions were asked in the last hour, oldest first. */
  askedAtMs: number[];
  readonly trouble: AskingTrouble;
  readonly counts: {
    asked: number;
    answered: number;
    failed: number;
    inputTokens: number;
    outputTokens: number;
  };
}

export const createPayoffMemory = (): PayoffMemory => ({
  markets: new Map(),
  pending: null,
  nextQuestion: 1,
  askedAtMs: [],
  trouble: createAskingTrouble(),
  counts: { asked: 0, answered: 0, failed: 0, inputTokens: 0, outputTokens: 0 },
});

const HOUR_MS = 3_600_000;
/** How long an answer is used. */
const LIFE_MS = 24 * HOUR_MS;
/** It is asked for anew when this much of its life is over, so that the new one is there before the old one runs out. */
const RENEW_MS = 20 * HOUR_MS;
/** A question whose answer has not come by now is given up; the call itself has a shorter bound. */
const GIVE_UP_MS = 150_000;
const MOST_QUESTIONS_AN_HOUR = 20;
/** Markets that are remembered, with their texts. Few questions are unread, and fewer still could be answered. */
const MOST_MARKETS = 100;
/** After so many answers that were none, a text counts as one that spoils them, and is left alone for the life of an answer. */
const MOST_SPOILED = 5;

/** Failures that may lie in what was asked, and not in whoever answers. */
const MAY_BE_THE_TEXT: ReadonlySet<string> = new Set([
  'garbageAnswer',
  'cutShort',
  'modelRefused',
  'invalidRequest',
  'questionTooLarge',
]);

/**
 * Takes the answer to the question on its way, and puts to a model what the parser cannot read: of `unread` the markets of which an
 * answer could be believed, one question at a time, and none while the last failure rests. `unread` has to hold every unread market that
 * still matters: the others, and answers about a text that has changed, are forgotten.
 */
export function askPayoffs(view: LoopView, memory: PayoffMemory, unread: Iterable<Market>): Intent[] {
  const told = takeAnswer(view, memory);
  const { cd } = view.state.settings;
  const isAsking = cd?.enabled === true && cd.nlParsingEnabled;
  const wanted = follow(memory, isAsking ? unread : [], view.nowMs);
  return [...told, ...ask(memory, wanted, view.nowMs)];
}

/** What a model made of a market that the parser cannot read, as far as its text bears it out; null where there is no answer that counts. */
export const payoffOf = ({ markets }: PayoffMemory, conditionId: ConditionId): Payoff | null =>
  markets.get(conditionId)?.payoff ?? null;

/** Whether the answer to the question on its way is there and has not been taken. */
export const hasPayoffAnswer = ({ state }: LoopView, { pending }: PayoffMemory): boolean =>
  pending !== null && state.answers.has(pending.key);

/** Forgets what is asked about no more and what has run out, remembers what is new, and returns what an answer is wanted for. */
function follow(
  { markets }: PayoffMemory,
  unread: Iterable<Market>,
  nowMs: number,
): (readonly [ConditionId, AnsweredMarket])[] {
  const present = new Set<ConditionId>();
  for (const market of unread) {
    const { conditionId } = market;
    const text = questionTextOf(market);
    const known = markets.get(conditionId);
    if (text === null || (known === undefined && markets.size >= MOST_MARKETS)) continue;
    if (known === undefined || !isSameText(known.text, text)) {
      if (!couldBeAnswered(text)) continue;
      markets.set(conditionId, { text, sinceMs: nowMs, answeredAtMs: null, payoff: null, spoiled: 0 });
    } else if (ageOf(known, nowMs) >= LIFE_MS) Object.assign(known, { answeredAtMs: null, payoff: null });
    present.add(conditionId);
  }
  for (const conditionId of markets.keys()) if (!present.has(conditionId)) markets.delete(conditionId);
  return [...markets]
    .filter(([, known]) => ageOf(known, nowMs) >= RENEW_MS)
    .sort(([oneId, one], [otherId, other]) => one.spoiled - other.spoiled || (oneId < otherId ? -1 : 1));
}

const ageOf = ({ answeredAtMs }: AnsweredMarket, nowMs: number): number =>
  answeredAtMs === null ? Number.POSITIVE_INFINITY : nowMs - answeredAtMs;

const TEXT_FIELDS = [
  'question',
  'eventTitle',
  'slug',
  'description',
  'endDate',
  'groupItemTitle',
  'resolutionSource',
  'eventStartTime',
  'twapLookbackSeconds',
] as const satisfies readonly (keyof QuestionText)[];

const isSameText = (one: QuestionText, other: QuestionText): boolean =>
  TEXT_FIELDS.every((field) => one[field] === other[field]) &&
  JSON.stringify(one.outcomeNames) === JSON.stringify(other.outcomeNames);

/** The next question: those that spoiled no answer first, and those that may have in smaller and smaller company. */
function ask(
  memory: PayoffMemory,
  wanted: readonly (readonly [ConditionId, AnsweredMarket])[],
  nowMs: number,
): Intent[] {
  const [first] = wanted;
  if (first === undefined || memory.pending !== null || nowMs < memory.trouble.untilMs) return [];
  memory.askedAtMs = memory.askedAtMs.filter((atMs) => nowMs - atMs < HOUR_MS);
  if (memory.askedAtMs.length >= MOST_QUESTIONS_AN_HOUR) return [];
  const { spoiled } = first[1];
  const atOnce = Math.max(1, Math.floor(MOST_UNREAD_AT_ONCE / 4 ** spoiled));
  const asked = new Map<string, ConditionId>();
  const shown = wanted
    .filter(([, known]) => known.spoiled === spoiled)
    .slice(0, atOnce)
    .map(([conditionId, { text }], index) => {
      const label = `m${index + 1}`;
      asked.set(label, conditionId);
      return unreadMarket(label, text);
    });
  const key = `payoffs-${memory.nextQuestion}`;
  memory.nextQuestion += 1;
  memory.counts.asked += 1;
  memory.askedAtMs.push(nowMs);
  memory.pending = { key, askedAtMs: nowMs, asked };
  return [{ kind: 'ask', key, tier: 'sonnet', ...askForPayoffs(shown), maxTokens: MOST_PAYOFF_TOKENS }];
}

const unreadMarket = (label: string, text: QuestionText): UnreadMarket => ({
  label,
  question: text.question,
  eventTitle: text.eventTitle ?? '',
  groupItemTitle: text.groupItemTitle ?? '',
  description: text.description ?? '',
  endDate: text.endDate ?? '',
});

function takeAnswer({ state, nowMs }: LoopView, memory: PayoffMemory): Intent[] {
  const { pending } = memory;
  if (pending === null) return [];
  const end = answerTo(state, pending, GIVE_UP_MS);
  if (end.kind === 'waiting') return [];
  memory.pending = null;
  if (end.kind === 'lost') return end.isOfEarlierRun ? [] : failed(memory, 'no answer came', nowMs);
  if (end.kind === 'answered') return takeRows(memory, pending, end, nowMs);
  if (MAY_BE_THE_TEXT.has(end.code)) noteSpoiled(memory, pending, nowMs);
  return failed(memory, `${end.code}: ${end.text}`, nowMs, end);
}

function takeRows(
  memory: PayoffMemory,
  pending: PendingPayoffs,
  { text, inputTokens, outputTokens }: Extract<AnalystInput, { kind: 'answered' }>,
  nowMs: number,
): Intent[] {
  const { counts, markets, trouble } = memory;
  counts.inputTokens += inputTokens;
  counts.outputTokens += outputTokens;
  const { rows, problem } = readPayoffs(text, new Set(pending.asked.keys()));
  if (problem !== null) {
    noteSpoiled(memory, pending, nowMs);
    return failed(memory, problem, nowMs);
  }
  counts.answered += 1;
  for (const [label, conditionId] of pending.asked) {
    const known = markets.get(conditionId);
    // A text that came after the question is asked about anew.
    if (known === undefined || known.sinceMs > pending.askedAtMs) continue;
    Object.assign(known, {
      answeredAtMs: nowMs,
      payoff: payoffIn(rows.get(label), known.text),
      spoiled: 0,
    });
  }
  return noteSuccess(trouble)
    ? [{ kind: 'notify', level: 'note', text: 'questions about coins can be put to a model again' }]
    : [];
}

/** What is believed of one row of an answer. The text decides, not the model. */
function payoffIn(row: object | undefined, text: QuestionText): Payoff {
  const answer = row === undefined ? 'the answer leaves it out' : payoffAnswerIn(row);
  return typeof answer === 'string'
    ? { kind: 'other', cause: 'unread-words', reason: `no model could read it: ${answer}` }
    : checkPayoffAnswer(answer, text);
}

/** One text among those asked about may have been what made the answer none. */
function noteSpoiled({ markets }: PayoffMemory, { asked }: PendingPayoffs, nowMs: number): void {
  for (const conditionId of asked.values()) {
    const known = markets.get(conditionId);
    if (known === undefined) continue;
    known.spoiled += 1;
    if (known.spoiled < MOST_SPOILED) continue;
    const reason = `no model could read it: ${MOST_SPOILED} answers in a row were none`;
    Object.assign(known, {
      answeredAtMs: nowMs,
      payoff: { kind: 'other', cause: 'unread-words', reason } satisfies Payoff,
      spoiled: 0,
    });
  }
}

function failed(
  { counts, trouble }: PayoffMemory,
  because: string,
  nowMs: number,
  again?: AskingAgain,
): Intent[] {
  counts.failed += 1;
  const text = `questions about coins cannot be put to a model: ${because}; what the parser cannot read is not traded`;
  return noteFailure(trouble, because, nowMs, again) ? [{ kind: 'notify', level: 'warning', text }] : [];
}
