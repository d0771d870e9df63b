import { nextFloat, nextInt } from '../domain/random.ts';
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

/** Answers a question about markets by chance: mostly well, now and then with a flag, without sense, or not at all. */
export function ask(world: World, { key, prompt }: Extract<Command, { kind: 'ask' }>): void {
  const { analyst } = world.random;
  if (strikes(world, 'failedRead')) {
    const text = 'no answer within the bound';
    after(world, TIMEOUT_MS, () =>
      world.deliver({ kind: 'askFailed', key, code: 'timeout', text, mayRetry: true, retryAfterMs: null }),
    );
    return;
  }
  const labels = [...prompt.matchAll(/"id":"(m\d+)"/g)].map(([, label]) => label);
  const axis = (): number => nextInt(analyst, 4, 10);
  const markets = labels.map((id) => ({
    id,
    clarity: axis(),
    quality: axis(),
    profitability: nextFloat(analyst) < 0.02 ? 1_000 : axis(),
    flags: nextFloat(analyst) < 0.2 ? [FLAGS[nextInt(analyst, 0, FLAGS.length - 1)]] : [],
    note: 'by chance',
  }));
  const isGarbage = nextFloat(analyst) < 0.05;
  const text = isGarbage ? 'I would rather not {' : `\`\`\`json\n${JSON.stringify({ markets })}\n\`\`\``;
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
