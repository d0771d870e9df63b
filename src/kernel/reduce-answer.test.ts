import { expect, it } from 'vitest';
import type { Input } from './messages.ts';
import { runStarted, scriptedLoop, testKernel, trading, wakes } from './test-support/test-kernel.ts';

const answered = (key: string): Input => ({
  kind: 'answered',
  key,
  text: '{}',
  answeredBy: 'model',
  inputTokens: 1,
  outputTokens: 1,
});

it('an answer of a model wakes the loop that waits for it, and stands under its key', () => {
  const { loop, runs } = scriptedLoop({ wakesOn: ['answer'] });
  const test = trading([loop]);
  wakes(test, 1, 1_000);
  const before = runs.length;
  test.step(answered('a'));
  wakes(test, 1, 300);
  expect(runs.slice(before)).toEqual(['woken']);
  expect(test.state.answers.get('a')).toEqual(answered('a'));
});

it('only the latest answers are kept, and none of a run before', () => {
  const test = testKernel([]);
  test.step(runStarted());
  for (let n = 0; n < 40; n += 1) test.step(answered(`k${n}`));
  expect([...test.state.answers.keys()]).toEqual(Array.from({ length: 32 }, (_, n) => `k${n + 8}`));
  test.step(runStarted('run-2'));
  expect(test.state.answers.size).toBe(0);
});

it('an ask of a loop leaves as a command, as it is', () => {
  const { loop, script } = scriptedLoop();
  const test = trading([loop]);
  const ask = { kind: 'ask', key: 'a', tier: 'sonnet', system: 's', prompt: 'p', maxTokens: 300 } as const;
  script.push([ask]);
  expect(wakes(test, 1, 10_000)).toContainEqual(ask);
});
