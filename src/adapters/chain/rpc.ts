import { Pool } from 'undici';
import { ForeignError } from '../../ports/foreign-error.ts';

export interface RpcCall {
  readonly method: string;
  readonly params: readonly unknown[];
}

export interface Rpc {
  /** One call. Throws a ForeignError: `rpcRefused` carries the node's own words, the others mean no answer. */
  call(method: string, params: readonly unknown[], signal: AbortSignal): Promise<unknown>;
  /** Several calls in one request, results in their order. */
  batch(calls: readonly RpcCall[], signal: AbortSignal): Promise<unknown[]>;
  close(): Promise<void>;
}

export interface RpcOptions {
  readonly rpcUrl: string;
  readonly timeoutMs: number;
}

const MAX_RESPONSE_BYTES = 16 * 1024 * 1024;

/** JSON-RPC over HTTP with a bound on every call. Errors never show the URL's path, where providers put access keys. */
export function createRpc(options: RpcOptions): Rpc {
  const url = new URL(options.rpcUrl);
  const pool = new Pool(url.origin, {
    connections: 4,
    pipelining: 1,
    connectTimeout: options.timeoutMs,
    headersTimeout: options.timeoutMs,
    bodyTimeout: options.timeoutMs,
    maxResponseSize: MAX_RESPONSE_BYTES,
  });
  let lastId = 0;

  async function post(body: string, what: string, signal: AbortSignal): Promise<unknown> {
    let status: number;
    let text: string;
    try {
      const answer = await pool.request({
        method: 'POST',
        path: `${url.pathname}${url.search}`,
        headers: { 'content-type': 'application/json' },
        body,
        signal: AbortSignal.any([signal, AbortSignal.timeout(options.timeoutMs)]),
      });
      status = answer.statusCode;
      text = await answer.body.text();
    } catch (error) {
      const cause = error instanceof Error ? error.message || error.name : String(error);
      throw new ForeignError(
        'rpcUnreachable',
        `${what}: no answer from the chain node at ${url.host} (${cause})`,
        'later',
        { host: url.host },
        error,
      );
    }
    if (status === 429)
      throw new ForeignError(
        'rpcRateLimited',
        `${what}: the chain node at ${url.host} limits our calls`,
        'later',
        { status },
      );
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new ForeignError(
        'rpcGarbage',
        `${what}: expected JSON-RPC from ${url.host}, found status ${status} with ${JSON.stringify(text.slice(0, 120))}`,
        'later',
        { status },
        error,
      );
    }
  }

  async function batch(calls: readonly RpcCall[], signal: AbortSignal): Promise<unknown[]> {
    if (calls.length === 0) return [];
    const what = calls
      .map((call) => call.method)
      .slice(0, 3)
      .join(', ');
    const firstId = lastId + 1;
    lastId += calls.length;
    const requests = calls.map((call, index) => ({
      jsonrpc: '2.0',
      id: firstId + index,
      method: call.method,
      params: call.params,
    }));
    const answers = await post(JSON.stringify(requests.length === 1 ? requests[0] : requests), what, signal);
    const byId = new Map<unknown, Record<string, unknown>>();
    for (const answer of Array.isArray(answers) ? answers : [answers])
      if (typeof answer === 'object' && answer !== null)
        byId.set((answer as { id?: unknown }).id, answer as Record<string, unknown>);
    return requests.map((request) => resultOf(byId.get(request.id), request.method));
  }

  return {
    batch,
    call: async (method, params, signal) => (await batch([{ method, params }], signal))[0],
    close: () => pool.destroy(),
  };
}

function resultOf(answer: Record<string, unknown> | undefined, method: string): unknown {
  if (answer !== undefined && 'result' in answer && answer.error === undefined) return answer.result;
  const error = answer?.error;
  if (typeof error === 'object' && error !== null) {
    const { message, code } = error as { message?: unknown; code?: unknown };
    throw new ForeignError(
      'rpcRefused',
      `${method}: the chain node says ${JSON.stringify(message)}`,
      'never',
      {
        message: typeof message === 'string' ? message : '',
        rpcCode: typeof code === 'number' ? code : 0,
      },
    );
  }
  throw new ForeignError(
    'rpcGarbage',
    `${method}: the chain node's answer has neither result nor error`,
    'later',
    {},
  );
}

/** The node's own words of refusal; null where there was no answer. */
export function refusalOf(error: unknown): string | null {
  if (!(error instanceof ForeignError) || error.code !== 'rpcRefused') return null;
  return String(error.context.message ?? error.message);
}

/** A hex quantity of the node as a bigint. */
export function quantity(value: unknown, what: string): bigint {
  if (typeof value === 'string' && /^0x[0-9a-fA-F]+$/.test(value)) return BigInt(value);
  throw new ForeignError(
    'rpcGarbage',
    `${what}: expected a hex number, found ${JSON.stringify(value)}`,
    'later',
    {},
  );
}
