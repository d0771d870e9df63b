import { afterEach, expect, it } from 'vitest';
import { createClaudeAnalyst } from '../../src/adapters/claude/analyst.ts';
import {
  errorOf,
  labelsIn,
  messageOf,
  startFakeClaude,
} from '../../src/adapters/claude/testing/fake-claude.ts';
import type { FakeAnswer, FakeRequest } from '../../src/adapters/polymarket/testing/fake-http.ts';
import { until } from '../../src/adapters/polymarket/testing/wall-timers.ts';
import type { Input } from '../../src/kernel/messages.ts';
import { market } from '../../src/kernel/test-support/test-kernel.ts';
import { resting, say } from '../../src/loops/market-making/test-support/quoting-run.ts';
import {
  lastQuestion,
  reasonFor,
  scoringRun,
} from '../../src/loops/market-making/test-support/scoring-run.ts';
import { createEffectRunner, type EffectPorts } from '../../src/runtime/effect-runner.ts';
import { Secret } from '../../src/settings/index.ts';

const open: { close(): Promise<void> | void }[] = [];
afterEach(async () => {
  for (const opened of open.splice(0)) await opened.close();
});

/** The loop's own question goes over the wire to a stand-in for Claude, and what comes back goes into the kernel. */
async function scoredBy(answer: (request: FakeRequest) => FakeAnswer) {
  const server = await startFakeClaude(answer);
  const analyst = createClaudeAnalyst({
    baseUrl: server.url,
    apiKey: new Secret('sk-ant-of-a-test'),
    models: { haiku: 'fast', sonnet: 'claude-of-the-settings', opus: 'thorough' },
    nowMs: () => 0,
    timeoutMs: 5_000,
  });
  const inputs: Input[] = [];
  const nobody = (): never => {
    throw new Error('only the analyst is asked here');
  };
  const others = new Proxy({}, { get: () => nobody });
  const silent = () => undefined;
  const runner = createEffectRunner({
    ports: { venue: others, markets: others, marketFeed: others, chain: others, analyst } as EffectPorts,
    submit: (input) => inputs.push(input),
    nowMs: () => 0,
    mayTransmit: () => true,
    onExit: silent,
    log: { debug: silent, note: silent, warning: silent, alarm: silent },
  });
  open.push(runner, analyst, server);
  const test = scoringRun({ scorerFailOpen: false }, [
    market(1, { description: 'Resolves by the "official" count <b>.' }),
  ]);
  runner.run(lastQuestion(test));
  await until('an answer', () => inputs.length > 0);
  for (const input of inputs) say(test, input, 2_000);
  return { test, server };
}

const scores = (change: Readonly<Record<string, unknown>>) => (request: FakeRequest) =>
  messageOf(
    JSON.stringify({
      markets: labelsIn(request).map((id) => ({
        id,
        clarity: 8,
        quality: 8,
        profitability: 8,
        flags: [],
        ...change,
      })),
    }),
  );

it('a market that Claude scores well is quoted, after one question with its text in it', async () => {
  const { test, server } = await scoredBy(scores({}));
  expect(resting(test).length).toBeGreaterThan(0);
  expect(server.seen).toHaveLength(1);
  expect(JSON.parse(server.seen[0]?.body ?? '')).toMatchObject({
    model: 'claude-of-the-settings',
    max_tokens: 2_048,
  });
  expect(server.seen[0]?.body).toContain('official');
});

it('a market that Claude flags is left out for that', async () => {
  const { test } = await scoredBy(scores({ flags: ['ambiguous_resolution'] }));
  expect(resting(test)).toEqual([]);
  expect(reasonFor(test)).toBe('flagged: ambiguous resolution');
});

it('a market is left out when Claude is overloaded and unscored markets are not quoted', async () => {
  const { test } = await scoredBy(() => errorOf(529, 'overloaded_error', 'Overloaded'));
  expect(resting(test)).toEqual([]);
  expect(reasonFor(test)).toBe('not scored');
});
