import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import type { AnalystPort } from '../../ports/analyst.ts';
import { ForeignError } from '../../ports/foreign-error.ts';
import { Secret } from '../../settings/index.ts';
import { createWorkerLog } from '../node/worker-log.ts';
import type { FakeAnswer, FakeHttp, FakeRequest } from '../polymarket/testing/fake-http.ts';
import { createClaudeAnalyst } from './analyst.ts';
import { errorOf, messageOf, startFakeClaude } from './testing/fake-claude.ts';

const KEY = 'sk-ant-test-0123456789abcdef';
const QUESTION = {
  tier: 'sonnet',
  system: 'Rate.',
  prompt: '<markets>[]</markets>',
  maxTokens: 512,
} as const;

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const opened of open.splice(0)) await opened.close();
});

async function claudeThat(
  answer: (request: FakeRequest) => FakeAnswer,
  prefix = '',
  timeoutMs = 5_000,
): Promise<{ analyst: AnalystPort; server: FakeHttp }> {
  const server = await startFakeClaude(answer);
  const analyst = createClaudeAnalyst({
    baseUrl: `${server.url}${prefix}`,
    apiKey: new Secret(KEY),
    models: { haiku: 'claude-fast', sonnet: 'claude-of-the-settings', opus: 'claude-thorough' },
    nowMs: () => 0,
    timeoutMs,
  });
  open.push(analyst, server);
  return { analyst, server };
}

const ask = (analyst: AnalystPort, signal = AbortSignal.timeout(10_000)) => analyst.ask(QUESTION, signal);

async function failureOf(answer: FakeAnswer, timeoutMs?: number): Promise<ForeignError> {
  const { analyst } = await claudeThat(() => answer, '', timeoutMs);
  const error: unknown = await ask(analyst).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ForeignError)) throw new Error(`expected a foreign error, found ${inspect(error)}`);
  return error;
}

describe('a question to Claude', () => {
  it('goes to the Messages API with key, version, model and bound, and its answer comes back with its tokens', async () => {
    const { analyst, server } = await claudeThat(() => messageOf('{"markets":[]}'));
    expect(await ask(analyst)).toEqual({
      text: '{"markets":[]}',
      answeredBy: 'claude-of-the-test',
      inputTokens: 1_200,
      outputTokens: 80,
    });
    const [seen] = server.seen;
    expect(seen?.headers).toMatchObject({
      'x-api-key': KEY,
      'anthropic-version': '2023-06-01',
      'content-type': 'application/json',
    });
    expect(JSON.parse(seen?.body ?? '')).toEqual({
      model: 'claude-of-the-settings',
      max_tokens: 512,
      system: 'Rate.',
      messages: [{ role: 'user', content: '<markets>[]</markets>' }],
    });
  });

  it.each([
    ['haiku', 'claude-fast'],
    ['sonnet', 'claude-of-the-settings'],
    ['opus', 'claude-thorough'],
  ] as const)('of the %s tier goes to the model that settings name for it', async (tier, model) => {
    const { analyst, server } = await claudeThat(() => messageOf('yes'));
    await analyst.ask({ ...QUESTION, tier }, AbortSignal.timeout(10_000));
    expect(JSON.parse(server.seen[0]?.body ?? '')).toMatchObject({ model });
  });

  it('before a trade is answered while as many others as there may be wait for theirs', async () => {
    const { analyst } = await claudeThat(({ body }) =>
      body.includes('claude-fast') ? messageOf('yes') : { silent: true },
    );
    const others = new AbortController();
    const waiting = (['opus', 'sonnet', 'sonnet', 'sonnet'] as const).map((tier) =>
      analyst.ask({ ...QUESTION, tier }, others.signal).catch(() => 'given up'),
    );
    const answer = await analyst.ask({ ...QUESTION, tier: 'haiku' }, AbortSignal.timeout(10_000));
    expect(answer.text).toBe('yes');
    others.abort(new Error('over'));
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['given up']));
  });

  it('keeps the path of its endpoint in front, as a Foundry deployment has one', async () => {
    const { analyst, server } = await claudeThat(() => messageOf('yes'), '/anthropic');
    await ask(analyst);
    expect(server.seen[0]?.path).toBe('/anthropic/v1/messages');
  });

  it('takes the text blocks of an answer together and leaves others out', async () => {
    const content = [
      { type: 'thinking', thinking: 'hm' },
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
    ];
    const { analyst } = await claudeThat(() => messageOf('', { content, usage: null, model: 7 }));
    expect(await ask(analyst)).toEqual({ text: 'ab', answeredBy: '', inputTokens: 0, outputTokens: 0 });
  });
});

describe('a question that fails', () => {
  it.each([
    [
      '429',
      { ...errorOf(429, 'rate_limit_error', 'slow down'), headers: { 'retry-after': '7' } },
      'rateLimited',
      'later',
    ],
    ['529', errorOf(529, 'overloaded_error', 'Overloaded'), 'overloaded', 'later'],
    ['401', errorOf(401, 'authentication_error', 'invalid x-api-key'), 'unauthorized', 'never'],
    ['404', errorOf(404, 'not_found_error', 'model: claude-of-the-settings'), 'noSuchModel', 'never'],
    ['no JSON', { body: '<html>busy</html>' }, 'garbageAnswer', 'later'],
    ['JSON of another kind', { body: [1, 2] }, 'garbageAnswer', 'later'],
    ['no text in it', messageOf('', { content: [{ type: 'tool_use' }] }), 'garbageAnswer', 'later'],
    ['too much text', messageOf('x'.repeat(70_000)), 'garbageAnswer', 'later'],
    ['more than may be read', { body: 'x'.repeat(600 * 1024) }, 'garbageAnswer', 'later'],
    ['an answer cut short', messageOf('{"mark', { stop_reason: 'max_tokens' }), 'cutShort', 'later'],
    ['a refusal', messageOf('no', { stop_reason: 'refusal' }), 'modelRefused', 'later'],
    ['a connection that ends', { hangUp: true }, 'connectionLost', 'later'],
  ] as const)('by %s has a code and a retry class', async (_, answer, code, retry) => {
    expect(await failureOf(answer)).toMatchObject({ code, retry });
  });

  it('by being cut short says at how many tokens', async () => {
    const { message } = await failureOf(messageOf('{"mark', { stop_reason: 'max_tokens' }));
    expect(message).toBe('the answer was cut at its bound of 512 tokens');
  });

  it('by silence ends with its bound', async () => {
    expect(await failureOf({ silent: true }, 200)).toMatchObject({ code: 'timeout', retry: 'later' });
  });

  it('by being given up ends at once', async () => {
    const { analyst } = await claudeThat(() => ({ silent: true }));
    const error = ask(analyst, AbortSignal.abort(new Error('over')));
    await expect(error).rejects.toMatchObject({ code: 'notSent' });
  });

  it('says so in the words of the other side', async () => {
    const { message } = await failureOf(errorOf(529, 'overloaded_error', 'Overloaded'));
    expect(message).toBe('POST /v1/messages: status 529, Overloaded');
  });

  it('says how long to wait where the other side said so', async () => {
    const answer = { ...errorOf(429, 'rate_limit_error', 'slow down'), headers: { 'retry-after': '7' } };
    expect((await failureOf(answer)).context).toMatchObject({ status: 429, retryAfterMs: 7_000 });
  });

  it('never shows the key, even where the other side sends it back', async () => {
    for (const answer of [
      errorOf(401, 'authentication_error', `invalid x-api-key: ${KEY}`),
      { body: `your key ${KEY} is not JSON` },
    ]) {
      const error = await failureOf(answer);
      const lines: string[] = [];
      const log = createWorkerLog({
        level: 'trace',
        secrets: [],
        write: (line) => lines.push(line),
        file: null,
        color: false,
      });
      log.alarm(error.message, { error, context: error.context });
      log.close();
      expect(error.message).toContain('[secret]');
      for (const shown of [error.message, inspect(error, { depth: 9 }), JSON.stringify(error), ...lines])
        expect(shown).not.toContain(KEY);
    }
  });
});
