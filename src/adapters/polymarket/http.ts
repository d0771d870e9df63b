import { ForeignError } from '../../ports/foreign-error.ts';
import { classify, type Trouble, type TroubleClass } from './retry-class.ts';
import type { Headers } from './signing/l1-auth.ts';
import { createDirectTransport } from './transport/direct-transport.ts';
import { createPooledTransport } from './transport/pooled-transport.ts';
import {
  type Exchanged,
  NOT_HTTP,
  TOO_LARGE,
  type Transport,
  type TransportOptions,
  type TransportRequest,
} from './transport/transport.ts';
import { WireFault } from './wire/fields.ts';

export interface HttpOptions {
  /** Scheme and host; a path in it is kept in front of every path asked for. */
  readonly baseUrl: string;
  readonly nowMs: () => number;
  /** Longest time for one call, whatever the caller's own signal says. */
  readonly timeoutMs?: number;
  readonly connections?: number;
  readonly maxResponseBytes?: number;
  /**
   * Use connections of our own for what is not a read, on which a request leaves in the turn that made it; pooled ones where left out.
   * Reads stay on the pooled ones: no cancel waits for a long list.
   */
  readonly isDirect?: boolean;
}

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Without the query. */
  readonly path: string;
  readonly query?: string;
  readonly headers?: Headers;
  /** More of them: one object for all calls that have the same, so that their text is made once. */
  readonly steady?: Headers;
  /** The exact text that is sent. */
  readonly body?: string;
  /** Whether the call may have changed something if its answer is lost. */
  readonly writes?: boolean;
  /** Asked right before the request leaves; where it says no, it fails as `notSent`. Only on connections of our own. */
  readonly mayLeave?: (() => boolean) | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  readonly retryAfterMs: number | null;
}

export interface HttpClient {
  /** Any answer with a status, good or bad. Throws a ForeignError where there was none. */
  send(call: HttpCall, signal: AbortSignal): Promise<HttpAnswer>;
  /** The parsed JSON of a 2xx answer. Everything else throws a ForeignError with the code of the retry table. */
  json(call: HttpCall, signal: AbortSignal): Promise<unknown>;
  /** Drops every connection and opens new ones. */
  reconnect(): Promise<void>;
  close(): Promise<void>;
}

const NO_HEADERS: Headers = {};
const DEFAULT_TIMEOUT_MS = 10_000;
const DEFAULT_CONNECTIONS = 8;
const DEFAULT_MAX_RESPONSE_BYTES = 32 * 1024 * 1024;
/** How much of an unreadable answer an error shows. */
const EXCERPT_CHARACTERS = 160;

/** One host's connections, kept warm; every call has a bound in time and in the bytes it may read. */
export function createHttpClient(options: HttpOptions): HttpClient {
  const base = new URL(options.baseUrl);
  const prefix = base.pathname.replace(/\/$/, '');
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const transportOptions: TransportOptions = {
    origin: base,
    connections: options.connections ?? DEFAULT_CONNECTIONS,
    connectTimeoutMs: timeoutMs,
    maxResponseBytes: options.maxResponseBytes ?? DEFAULT_MAX_RESPONSE_BYTES,
  };
  const pooled = createPooledTransport(transportOptions);
  const direct = options.isDirect === true ? createDirectTransport(transportOptions) : pooled;
  const transports = new Set([pooled, direct]);
  const onAll = async (act: (transport: Transport) => Promise<void>): Promise<void> => {
    await Promise.all([...transports].map(act));
  };

  async function send(call: HttpCall, signal: AbortSignal): Promise<HttpAnswer> {
    if (signal.aborted)
      throw troubleError(call, { kind: 'notSent', text: 'the call was given up before it was sent' });
    const transport = call.method === 'GET' ? pooled : direct;
    const answer = await transport.exchange(requestOf(call), timeoutMs, signal);
    if ('error' in answer) throw troubleError(call, networkTrouble(answer), answer.error);
    return {
      status: answer.status,
      text: answer.text,
      retryAfterMs: retryAfter(answer.retryAfter, answer.text, options.nowMs()),
    };
  }

  const requestOf = (call: HttpCall): TransportRequest => ({
    method: call.method,
    path: `${prefix}${call.path}${call.query === undefined || call.query === '' ? '' : `?${call.query}`}`,
    steady: call.steady,
    headers: call.headers ?? NO_HEADERS,
    body: call.body ?? null,
    mayLeave: call.mayLeave,
  });

  async function json(call: HttpCall, signal: AbortSignal): Promise<unknown> {
    const answer = await send(call, signal);
    if (answer.status < 200 || answer.status > 299)
      throw troubleError(call, { kind: 'http', status: answer.status, text: answer.text }, undefined, answer);
    return parseJson(call, answer.text);
  }

  return {
    send,
    json,
    reconnect: () => onAll((transport) => transport.reconnect()),
    close: () => onAll((transport) => transport.close()),
  };
}

/** Parses an answer's text, or throws `garbageAnswer` with what was found. */
export function parseJson(call: HttpCall, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw troubleError(call, { kind: 'garbage', text: `expected JSON, found ${excerpt(text)}` }, error);
  }
}

/** Runs a parser of an answer; what it does not believe becomes `garbageAnswer` with the offending field. */
export function parsed<Value>(call: HttpCall, parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof WireFault)) throw error;
    throw troubleError(call, { kind: 'garbage', text: error.message }, error);
  }
}

/** The error of a call that went wrong, with the code and retry class of the table. */
export function troubleError(
  call: HttpCall,
  trouble: Trouble,
  cause?: unknown,
  answer?: HttpAnswer,
): ForeignError {
  const found: TroubleClass = classify(trouble);
  const retry = call.writes === true ? found.write : found.read;
  const what = trouble.kind === 'http' ? `status ${trouble.status}: ${excerpt(trouble.text)}` : trouble.text;
  const context: Record<string, string | number | boolean> = { method: call.method, path: call.path };
  if (trouble.kind === 'http') context.status = trouble.status;
  if (answer?.retryAfterMs != null) context.retryAfterMs = answer.retryAfterMs;
  return new ForeignError(
    found.code,
    `${call.method} ${call.path} failed (${found.code}): ${what}`,
    retry,
    context,
    cause,
  );
}

export function excerpt(text: string): string {
  const shown = text.length > EXCERPT_CHARACTERS ? `${text.slice(0, EXCERPT_CHARACTERS)}...` : text;
  return shown === '' ? 'an empty body' : JSON.stringify(shown);
}

/**
 * Codes of failures in which the request never left this machine. A destroyed client is not among them: it fails what waits
 * for a connection and what the venue has already taken with the same code.
 */
const NOT_SENT_CODES = new Set(['ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_CLOSED']);
/** These prove it only while connecting: an open connection can end with them too, by a word of some router on the way. */
const UNREACHABLE_CODES = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH']);

function networkTrouble({ error, isGivenUp, isUnsent }: Extract<Exchanged, { error: unknown }>): Trouble {
  const code = errorCode(error);
  const text = error instanceof Error && error.message !== '' ? `${code}: ${error.message}` : code;
  if (isUnsent || NOT_SENT_CODES.has(code) || (UNREACHABLE_CODES.has(code) && isConnecting(error)))
    return { kind: 'notSent', text };
  if (code === TOO_LARGE || code === NOT_HTTP) return { kind: 'garbage', text };
  if (isGivenUp || code.includes('TIMEOUT')) return { kind: 'timeout', text: 'no answer in time' };
  return { kind: 'reset', text };
}

function isConnecting(error: unknown): boolean {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.every(isConnecting);
  return error instanceof Error && 'syscall' in error && error.syscall === 'connect';
}

function errorCode(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return errorCode(error.errors[0]);
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code;
  return error instanceof Error ? error.name : 'unknown';
}

/** `Retry-After` in seconds or as a date, or `retry_after_seconds` of the body. */
function retryAfter(header: string | undefined, text: string, nowMs: number): number | null {
  if (header !== undefined && header !== '') {
    if (/^\d+(\.\d+)?$/.test(header)) return Number(header) * 1000;
    const at = Date.parse(header);
    if (Number.isFinite(at)) return Math.max(0, at - nowMs);
  }
  const inBody = /"retry_after_seconds"\s*:\s*(\d+(?:\.\d+)?)/.exec(text);
  return inBody === null ? null : Number(inBody[1]) * 1000;
}
