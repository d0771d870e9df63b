import type { Retry } from './venue.ts';

/** Trouble that comes from outside: a venue, a node, a socket. One shape for all of them, so that callers decide by code and retry class. */
export class ForeignError extends Error {
  readonly code: string;
  readonly retry: Retry;
  readonly context: Readonly<Record<string, string | number | boolean>>;

  constructor(
    code: string,
    message: string,
    retry: Retry,
    context: Readonly<Record<string, string | number | boolean>> = {},
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'ForeignError';
    this.code = code;
    this.retry = retry;
    this.context = context;
  }
}
