import { ANALYST_TIERS, type AnalystQuestion, type AnalystTier } from '../../domain/analyst-question.ts';
import { type AnalystAnswer, type AnalystPort, ASK_BOUNDS } from '../../ports/analyst.ts';
import { ForeignError } from '../../ports/foreign-error.ts';
import { HIDDEN, type Secret } from '../../settings/index.ts';
import { createHttpClient, type HttpAnswer, type HttpClient } from '../polymarket/http.ts';
import { classify } from './retry-class.ts';

export interface ClaudeOptions {
  /** Scheme, host and a path in front of `/v1/messages`. */
  readonly baseUrl: string;
  readonly apiKey: Secret;
  readonly models: Readonly<Record<AnalystTier, string>>;
  readonly nowMs: () => number;
  /** Bound of one call, of whatever tier; that of the tier where left out. A model writes its answer before the first byte of it is sent. */
  readonly timeoutMs?: number;
}

const API_VERSION = '2023-06-01';
const PATH = '/v1/messages';
const MOST_ANSWER_BYTES = 512 * 1024;
/** Of the text in it. A question's own bound on tokens is far below. */
const MOST_TEXT_CHARACTERS = 65_536;
const MOST_EXCERPT_CHARACTERS = 160;

/** Claude over the Messages API: one request a question, no retries of its own, everything bounded. */
export function createClaudeAnalyst(options: ClaudeOptions): AnalystPort {
  const { apiKey } = options;
  // Connections of its own for each tier: no check before a trade waits behind a review that takes minutes.
  const clientOf = (tier: AnalystTier): HttpClient =>
    createHttpClient({
      baseUrl: options.baseUrl,
      nowMs: options.nowMs,
      timeoutMs: options.timeoutMs ?? ASK_BOUNDS[tier].timeoutMs,
      connections: ASK_BOUNDS[tier].atOnce,
      maxResponseBytes: MOST_ANSWER_BYTES,
    });
  const clients: Readonly<Record<AnalystTier, HttpClient>> = {
    haiku: clientOf('haiku'),
    sonnet: clientOf('sonnet'),
    opus: clientOf('opus'),
  };

  async function ask(question: AnalystQuestion, signal: AbortSignal): Promise<AnalystAnswer> {
    const answer = await clients[question.tier].send(
      {
        method: 'POST',
        path: PATH,
        headers: { 'x-api-key': apiKey.reveal(), 'anthropic-version': API_VERSION },
        body: JSON.stringify({
          model: options.models[question.tier],
          max_tokens: question.maxTokens,
          system: question.system,
          messages: [{ role: 'user', content: question.prompt }],
        }),
      },
      signal,
    );
    if (answer.status !== 200) throw refused(answer);
    return readMessage(answer.text, question.maxTokens);
  }

  /** What the other side says may hold what we sent, and it is written to the journal. */
  const shown = (text: string): string =>
    text
      .replaceAll(apiKey.reveal(), HIDDEN)
      .replace(/[\p{Cc}\p{Cf}]+/gu, ' ')
      .slice(0, MOST_EXCERPT_CHARACTERS);

  function refused({ status, text, retryAfterMs }: HttpAnswer): ForeignError {
    const { code, retry } = classify(status, text);
    const context = retryAfterMs === null ? { status } : { status, retryAfterMs };
    return new ForeignError(code, `POST ${PATH}: status ${status}, ${shown(wordsOf(text))}`, retry, context);
  }

  function readMessage(text: string, maxTokens: number): AnalystAnswer {
    const message = parsed(text);
    const content = fieldOf(message, 'content');
    if (!Array.isArray(content)) throw unreadable(text);
    const answer = (content as readonly unknown[])
      .map((block) => (fieldOf(block, 'type') === 'text' ? fieldOf(block, 'text') : ''))
      .filter((part) => typeof part === 'string')
      .join('');
    const ended = fieldOf(message, 'stop_reason');
    if (ended === 'max_tokens')
      throw new ForeignError('cutShort', `the answer was cut at its bound of ${maxTokens} tokens`, 'later');
    if (ended === 'refusal')
      throw new ForeignError('modelRefused', 'the model refused to answer the question', 'later');
    if (answer === '' || answer.length > MOST_TEXT_CHARACTERS) throw unreadable(text);
    const usage = fieldOf(message, 'usage');
    const answeredBy = fieldOf(message, 'model');
    return {
      text: answer,
      answeredBy: typeof answeredBy === 'string' ? shown(answeredBy) : '',
      inputTokens: countIn(usage, 'input_tokens'),
      outputTokens: countIn(usage, 'output_tokens'),
    };
  }

  const unreadable = (text: string): ForeignError =>
    new ForeignError('garbageAnswer', `expected a message with text, found ${shown(text)}`, 'later');

  function parsed(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch {
      throw unreadable(text);
    }
  }

  return {
    ask,
    close: async () => {
      await Promise.all(ANALYST_TIERS.map((tier) => clients[tier].close()));
    },
  };
}

/** The message of an error as the API words it; of anything else the text itself. */
function wordsOf(text: string): string {
  try {
    const message = fieldOf(fieldOf(JSON.parse(text), 'error'), 'message');
    return typeof message === 'string' ? message : text;
  } catch {
    return text;
  }
}

const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;

/** A count that is none is 0: counts are for a person, and no reason to lose an answer. */
function countIn(usage: unknown, name: string): number {
  const count = fieldOf(usage, name);
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : 0;
}
