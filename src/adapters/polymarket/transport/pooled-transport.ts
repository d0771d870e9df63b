import { type Dispatcher, Pool } from 'undici';
import {
  codedError,
  type Exchanged,
  JSON_BODY,
  TOO_LARGE,
  type Transport,
  type TransportOptions,
} from './transport.ts';

const KEEP_ALIVE_MS = 60_000;

/** Connections of undici, for everything that is read: long lists, pages, books. Nothing that has to ask before it leaves. */
export function createPooledTransport(options: TransportOptions): Transport {
  const open = (): Pool =>
    new Pool(options.origin.origin, {
      connections: options.connections,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectTimeout: options.connectTimeoutMs,
      headersTimeout: options.connectTimeoutMs,
      bodyTimeout: options.connectTimeoutMs,
      maxResponseSize: options.maxResponseBytes,
    });
  let pool = open();
  return {
    exchange: ({ method, path, steady, headers, body }, timeoutMs, signal) =>
      exchange(
        pool,
        { method, path, headers: { ...steady, ...headers, ...(body === null ? {} : JSON_BODY) }, body },
        timeoutMs,
        signal,
      ),
    reconnect: async () => {
      const old = pool;
      pool = open();
      await old.destroy();
    },
    close: () => pool.destroy(),
  };
}

/**
 * One request and its whole answer. It speaks to the dispatcher itself and keeps one timer: composed signals and body streams
 * cost more than the rest of it. Whatever is given up before it began is never sent.
 */
function exchange(
  pool: Pool,
  request: Dispatcher.DispatchOptions,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Exchanged> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let status = 0;
    let retryAfter: string | undefined;
    let started: Dispatcher.DispatchController | null = null;
    let givenUp: Error | null = null;
    const end = (result: Exchanged): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', giveUp);
      resolve(result);
    };
    const giveUp = (): void => {
      givenUp = new Error('given up');
      started?.abort(givenUp);
      end({ error: givenUp, isGivenUp: true, isUnsent: false });
    };
    const timer = setTimeout(giveUp, timeoutMs);
    signal.addEventListener('abort', giveUp, { once: true });
    pool.dispatch(
      // Without this a DELETE with a body closes its connection, and every cancel would pay for a new one.
      { ...request, reset: false },
      {
        onRequestStart: (controller) => {
          started = controller;
          if (givenUp !== null) controller.abort(givenUp);
        },
        onResponseStart: (_controller, statusCode, headers) => {
          status = statusCode;
          retryAfter = [headers['retry-after']].flat()[0];
        },
        onResponseData: (_controller, chunk) => {
          chunks.push(chunk);
        },
        onResponseEnd: () => end({ status, text: Buffer.concat(chunks).toString('utf8'), retryAfter }),
        onResponseError: (_controller, error) =>
          end({ error: sameCodes(error), isGivenUp: givenUp !== null, isUnsent: false }),
      },
    );
  });
}

/** undici's word for an answer over the bound, in ours. */
const sameCodes = (error: Error): Error =>
  'code' in error && error.code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE'
    ? codedError(TOO_LARGE, error.message)
    : error;
