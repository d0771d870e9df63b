import {
  type FakeAnswer,
  type FakeHttp,
  type FakeRequest,
  startFakeHttp,
} from '../../polymarket/testing/fake-http.ts';

/** A message of the Messages API around one text. */
export const messageOf = (text: string, change: Readonly<Record<string, unknown>> = {}): FakeAnswer => ({
  body: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-of-the-test',
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    usage: { input_tokens: 1_200, output_tokens: 80 },
    ...change,
  },
});

/** An error as the API words it. */
export const errorOf = (status: number, type: string, message: string): FakeAnswer => ({
  status,
  body: { type: 'error', error: { type, message } },
});

/** The labels of the markets that a request asks about. */
export function labelsIn({ body }: FakeRequest): string[] {
  const { messages } = JSON.parse(body) as { messages: { content: string }[] };
  return [...(messages[0]?.content ?? '').matchAll(/"id":"(m\d+)"/g)].map(([, label]) => label ?? '');
}

/** A stand-in for the Messages API on a free local port. It takes POST /v1/messages with a key and a version, and nothing else. */
export const startFakeClaude = (
  answer: (request: FakeRequest) => FakeAnswer | Promise<FakeAnswer>,
): Promise<FakeHttp> =>
  startFakeHttp((request) => {
    if (request.method !== 'POST' || !request.path.endsWith('/v1/messages'))
      return errorOf(404, 'not_found_error', `no such page: ${request.path}`);
    if (request.headers['x-api-key'] === undefined)
      return errorOf(401, 'authentication_error', 'x-api-key header is required');
    if (request.headers['anthropic-version'] === undefined)
      return errorOf(400, 'invalid_request_error', 'anthropic-version: header is required');
    return answer(request);
  });
