import type { Headers } from '../signing/l1-auth.ts';

export interface TransportRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** With its query. */
  readonly path: string;
  readonly headers: Headers;
  /** More headers: one object for all requests that have the same, so that their text is made once. */
  readonly steady?: Headers | undefined;
  /** The exact text that is sent, of JSON; null for none. */
  readonly body: string | null;
  /**
   * Asked right before the request leaves; where it says no, the request is unsent. What asks adds risk, so on connections of our own
   * it waits behind what does not ask, and leaves some of them free for that.
   */
  readonly mayLeave?: (() => boolean) | undefined;
}

/** The whole answer, whatever its status, or why there is none. */
export type Exchanged =
  | { readonly status: number; readonly text: string; readonly retryAfter: string | undefined }
  | {
      readonly error: unknown;
      /** The caller's signal or the bound in time ended it. */
      readonly isGivenUp: boolean;
      /** It is certain that nothing of the request left this machine. */
      readonly isUnsent: boolean;
    };

/** Carries requests to one host. Each `exchange` ends within its bound and never throws. */
export interface Transport {
  exchange(request: TransportRequest, timeoutMs: number, signal: AbortSignal): Promise<Exchanged>;
  /** Drops every connection; the next request opens a new one. */
  reconnect(): Promise<void>;
  close(): Promise<void>;
}

export interface TransportOptions {
  /** Scheme, host and port; a path in it is not used. */
  readonly origin: URL;
  readonly connections: number;
  readonly connectTimeoutMs: number;
  readonly maxResponseBytes: number;
}

/** What a request with a body says of it. */
export const JSON_BODY: Headers = { 'content-type': 'application/json' };

/** Codes of answers that are no answer: too long to be read, or not the protocol. */
export const TOO_LARGE = 'RESPONSE_TOO_LARGE';
export const NOT_HTTP = 'RESPONSE_NOT_HTTP';

/** An error with a code, as Node's own network errors are. */
export const codedError = (code: string, text: string): Error => Object.assign(new Error(text), { code });
