import { nextFloat, nextInt, type RandomStream } from '../domain/random.ts';
import type { Command } from '../kernel/messages.ts';
import { after, strikes, type World } from './world.ts';

/** A model takes seconds. */
const ANSWER_MS = [1_500, 12_000] as const;
const TIMEOUT_MS = 90_000;
const FLAGS = [
  'ambiguousResolution',
  'nearResolutionTrap',
  'lowLiquidity',
  'manipulationRisk',
  'extremePrice',
  'no_such_flag',
];

const SETTINGS = ['CD_MIN_EDGE_PTS', 'CD_KELLY_FRACTION', 'CD_STUDENT_T_NU', 'no_such_setting'];

/** Answers a question by chance: mostly well, now and then with a flag, about something else, without sense, or not at all. */
export function ask(world: World, { key, prompt }: Extract<Command, { kind: 'ask' }>): void {
  const { analyst } = world.random;
  if (strikes(world, 'failedRead')) {
    const text = 'no answer within the bound';
    after(world, TIMEOUT_MS, () =>
      world.deliver({ kind: 'askFailed', key, code: 'timeout', text, mayRetry: true, retryAfterMs: null }),
    );
    return;
  }
  const text = answerByChance(prompt, analyst);
  after(world, nextInt(analyst, ...ANSWER_MS), () =>
    world.deliver({
      kind: 'answered',
      key,
      text,
      answeredBy: 'chance',
      inputTokens: Math.ceil(prompt.length / 4),
      outputTokens: Math.ceil(text.length / 4),
    }),
  );
}

/** What a model would write: an object of the kind that is asked for, in a fence, or now and then none. */
export function answerByChance(prompt: string, analyst: RandomStream): string {
  const answer = objectFor(prompt, analyst);
  const isGarbage = nextFloat(analyst) < 0.05;
  return isGarbage ? 'I would rather not {' : `\`\`\`json\n${JSON.stringify(answer)}\n\`\`\``;
}

function objectFor(prompt: string, analyst: RandomStream): object {
  const [, kind, data = '{}'] = /<(trade|position|trades|markets)>\n([\s\S]*)\n<\/\1>/.exec(prompt) ?? [];
  if (kind === 'markets') {
    const rows = JSON.parse(data) as readonly { readonly id: string }[];
    const isAboutScores = rows.some((row) => 'spreadPoints' in row);
    return { markets: rows.map(({ id }) => ({ id, ...(isAboutScores ? score(analyst) : payoff(analyst)) })) };
  }
  if (kind === 'trades') return review(analyst);
  const { id, outcome, priceCents } = JSON.parse(data) as Readonly<Record<string, unknown>>;
  const isAnother = nextFloat(analyst) < 0.05;
  const named = isAnother ? 'another' : id;
  const word = nextFloat(analyst) < 0.75;
  if (kind === 'position') return { id: named, exit: word, reason: 'by chance' };
  return {
    id: named,
    outcome,
    priceCents,
    approve: word,
    confidence: 0.4 + 0.6 * nextFloat(analyst),
    reason: 'by chance',
  };
}

function score(analyst: RandomStream): object {
  const axis = (): number => nextInt(analyst, 4, 10);
  return {
    clarity: axis(),
    quality: axis(),
    profitability: nextFloat(analyst) < 0.02 ? 1_000 : axis(),
    flags: nextFloat(analyst) < 0.2 ? [FLAGS[nextInt(analyst, 0, FLAGS.length - 1)]] : [],
    note: 'by chance',
  };
}

function payoff(analyst: RandomStream): object {
  const kind = ['close', 'one-touch', 'other'][nextInt(analyst, 0, 2)];
  const strikesUsd = kind === 'other' ? [] : [nextInt(analyst, 1, 20) * 10_000];
  const coin = kind === 'other' ? null : 'BTC';
  return { kind, coin, strikesUsd, direction: kind === 'other' ? null : 'above', end: null };
}

function review(analyst: RandomStream): object {
  const mark = (): number => nextInt(analyst, 1, 10);
  const name = SETTINGS[nextInt(analyst, 0, SETTINGS.length - 1)];
  return {
    scores: { accuracy: mark(), entry: mark(), exit: mark(), modelFitness: mark(), overall: mark() },
    suggestions: [{ name, value: nextInt(analyst, 0, 20) / 2, reason: 'by chance' }],
    insights: [],
    patterns: [],
    summary: 'by chance',
  };
}
