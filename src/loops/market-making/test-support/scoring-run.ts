/** A market-making run whose markets a model scores, and a model that says what a test wants. */
import type { Market } from '../../../domain/market.ts';
import type { Command } from '../../../kernel/messages.ts';
import {
  market,
  ofKind,
  type strategySettings,
  type TestKernel,
} from '../../../kernel/test-support/test-kernel.ts';
import type { Exclusion } from '../scanner/exclusions.ts';
import { memoryOf, quotingRun, say } from './quoting-run.ts';

/** What the model says of one market; axes that are left out are 8. */
export interface Said {
  readonly clarity?: number;
  readonly quality?: number;
  readonly profitability?: number;
  readonly flags?: readonly string[];
  readonly note?: string;
}

export type Question = Extract<Command, { kind: 'ask' }>;

export const scoring = (mm: Parameters<typeof strategySettings>[0] = {}) => ({ scorerEnabled: true, ...mm });

/** A run with its first question on the way. */
export const scoringRun = (
  mm: Parameters<typeof strategySettings>[0] = {},
  markets: readonly Market[] = [market(1)],
): TestKernel => quotingRun(scoring(mm), markets);

export const questions = (commands: readonly Command[]): Question[] => ofKind(commands, 'ask');
export const lastQuestion = (test: TestKernel): Question => {
  const found = questions(test.commands).at(-1);
  if (found === undefined) throw new Error('expected a question to the model');
  return found;
};

/** The markets of a question by their labels, found by what is quoted of them. */
export function slugsIn(test: TestKernel, { prompt }: Question): Map<string, string> {
  const shown = JSON.parse(prompt.split(/<\/?markets>/)[1] ?? '[]') as { id: string; question: string }[];
  const slugs = new Map(
    [...test.state.markets.values()].map((slot) => [slot.market.question, slot.market.slug]),
  );
  return new Map(shown.map(({ id, question }) => [id, slugs.get(question) ?? '']));
}

/** The model answers the last question: what is said by slug, and 8 on all axes for the others. */
export function reply(
  test: TestKernel,
  said: Readonly<Record<string, Said | null>> = {},
  afterMs = 3_000,
): Command[] {
  const question = lastQuestion(test);
  const markets = [...slugsIn(test, question)].flatMap(([id, slug]) => {
    const of = said[slug];
    return of === null ? [] : [{ id, clarity: 8, quality: 8, profitability: 8, flags: [], note: '', ...of }];
  });
  return replyText(test, JSON.stringify({ markets }), afterMs);
}

export function replyText(test: TestKernel, text: string, afterMs = 3_000): Command[] {
  const { key } = lastQuestion(test);
  const used = { answeredBy: 'model', inputTokens: 1_000, outputTokens: 100 };
  return say(test, { kind: 'answered', key, text, ...used }, afterMs);
}

export function failReply(
  test: TestKernel,
  change: { readonly mayRetry?: boolean; readonly retryAfterMs?: number | null } = {},
): Command[] {
  const { key } = lastQuestion(test);
  const failure = { code: 'overloaded', text: 'status 529', mayRetry: true, retryAfterMs: null, ...change };
  return say(test, { kind: 'askFailed', key, ...failure }, 3_000);
}

export const reasonFor = (test: TestKernel, n = 1): Exclusion | undefined => {
  const { chosen, excluded } = memoryOf(test);
  const { conditionId } = market(n);
  return chosen.has(conditionId) ? undefined : excluded.get(conditionId);
};
