import { describe, expect, it } from 'vitest';
import { ANALYST_TIERS, type AnalystQuestion } from '../domain/analyst-question.ts';
import type { Input } from '../kernel/messages.ts';
import { type AnalystAnswer, type AnalystPort, ASK_BOUNDS } from '../ports/analyst.ts';
import { ForeignError } from '../ports/foreign-error.ts';
import { createEffectRunner, type EffectPorts } from './effect-runner.ts';

const COMMAND = {
  kind: 'ask',
  key: 'scores-1',
  tier: 'sonnet',
  system: 'Rate.',
  prompt: '[]',
  maxTokens: 512,
} as const;

/** An effect runner of which only the analyst is ever called. */
function runnerWith(ask: AnalystPort['ask'] | null) {
  const inputs: Input[] = [];
  const nobody = (): never => {
    throw new Error('only the analyst is asked here');
  };
  const others = new Proxy({}, { get: () => nobody });
  const ports = { venue: others, markets: others, marketFeed: others, chain: others } as EffectPorts;
  const silent = () => undefined;
  const runner = createEffectRunner({
    ports: ask === null ? ports : { ...ports, analyst: { ask, close: () => Promise.resolve() } },
    submit: (input) => inputs.push(input),
    nowMs: () => 0,
    mayTransmit: () => true,
    onExit: silent,
    log: { debug: silent, note: silent, warning: silent, alarm: silent },
  });
  return { inputs, runner };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));
const ANSWER: AnalystAnswer = { text: '{}', answeredBy: 'model', inputTokens: 3, outputTokens: 1 };

describe('a question to a model', () => {
  it('is handed to the port as it is, and its answer becomes an input under its key', async () => {
    const asked: AnalystQuestion[] = [];
    const { inputs, runner } = runnerWith(async (question) => {
      asked.push(question);
      return ANSWER;
    });
    runner.run(COMMAND);
    await settled();
    expect(asked).toEqual([{ tier: 'sonnet', system: 'Rate.', prompt: '[]', maxTokens: 512 }]);
    expect(inputs).toEqual([{ kind: 'answered', key: 'scores-1', ...ANSWER }]);
  });

  it.each([
    [
      new ForeignError('rateLimited', 'slow down', 'later', { retryAfterMs: 7_000 }),
      { code: 'rateLimited', text: 'slow down', mayRetry: true, retryAfterMs: 7_000 },
    ],
    [
      new ForeignError('unauthorized', 'no such key', 'never'),
      { code: 'unauthorized', text: 'no such key', mayRetry: false, retryAfterMs: null },
    ],
    [new Error('a mistake'), { code: 'unexpected', text: 'a mistake', mayRetry: true, retryAfterMs: null }],
  ])('that fails with %s becomes an input that says so', async (error, expected) => {
    const { inputs, runner } = runnerWith(() => Promise.reject(error));
    runner.run(COMMAND);
    await settled();
    expect(inputs).toEqual([{ kind: 'askFailed', key: 'scores-1', ...expected }]);
  });

  it('fails at once where no model is set up', async () => {
    const { inputs, runner } = runnerWith(null);
    runner.run(COMMAND);
    await settled();
    expect(inputs).toMatchObject([
      {
        kind: 'askFailed',
        code: 'noAnalyst',
        text: 'no model can be asked: set ANTHROPIC_API_KEY and start again',
        mayRetry: false,
      },
    ]);
  });

  it.each(ANALYST_TIERS)(
    'of the %s tier fails at once while as many as may be are under way',
    async (tier) => {
      const { atOnce } = ASK_BOUNDS[tier];
      const answers: (() => void)[] = [];
      const { inputs, runner } = runnerWith(
        () => new Promise((resolve) => answers.push(() => resolve(ANSWER))),
      );
      for (let index = 0; index <= atOnce; index += 1) runner.run({ ...COMMAND, tier, key: `q-${index}` });
      // Another tier has its own allowance.
      const elsewhere = tier === 'haiku' ? 'sonnet' : 'haiku';
      runner.run({ ...COMMAND, tier: elsewhere, key: 'elsewhere' });
      await settled();
      expect(inputs).toMatchObject([
        { kind: 'askFailed', key: `q-${atOnce}`, code: 'tooManyQuestions', mayRetry: true },
      ]);
      expect(answers).toHaveLength(atOnce + 1);
      for (const answer of answers) answer();
      await settled();
      // What is answered makes room again.
      runner.run({ ...COMMAND, tier, key: 'after' });
      await settled();
      expect(inputs.filter(({ kind }) => kind === 'askFailed')).toHaveLength(1);
      expect(answers).toHaveLength(atOnce + 2);
    },
  );

  it('is not waited for on the way out, and is given up with it', async () => {
    const { inputs, runner } = runnerWith(
      (_, signal) =>
        new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(signal.reason as Error)),
        ),
    );
    runner.run(COMMAND);
    await runner.idle();
    expect(inputs).toEqual([]);
    runner.close();
    await settled();
    expect(inputs).toMatchObject([{ kind: 'askFailed', code: 'closing' }]);
  });
});
