import type { Retry } from '../../ports/venue.ts';

interface Row {
  readonly status: readonly [from: number, to: number];
  /** Of the error's text; left out where every text fits. */
  readonly text?: RegExp;
  readonly code: string;
  readonly retry: Retry;
}

const row = (status: number | readonly [number, number], code: string, retry: Retry, text?: RegExp): Row => ({
  status: typeof status === 'number' ? [status, status] : status,
  code,
  retry,
  ...(text === undefined ? {} : { text }),
});

/**
 * Statuses of the Messages API, from its page on errors. The first row that fits decides. A question changes nothing, so nothing
 * is ever to be reconciled.
 */
export const RETRY_TABLE: readonly Row[] = [
  row(400, 'outOfCredit', 'later', /credit balance is too low/i),
  row(400, 'invalidRequest', 'never'),
  row(401, 'unauthorized', 'never'),
  row(402, 'outOfCredit', 'later'),
  row(403, 'forbidden', 'never'),
  row(404, 'noSuchModel', 'never', /model/i),
  row(404, 'notFound', 'never'),
  row(408, 'timeout', 'later'),
  row(409, 'conflict', 'later'),
  row(413, 'questionTooLarge', 'never'),
  row(429, 'rateLimited', 'later'),
  row([400, 499], 'refused', 'never'),
  row(504, 'timeout', 'later'),
  row(529, 'overloaded', 'later'),
  row([500, 599], 'analystFault', 'later'),
  row([0, 999], 'unexpectedStatus', 'later'),
];

/** The first row of the table that fits. */
export function classify(status: number, text: string): Pick<Row, 'code' | 'retry'> {
  for (const candidate of RETRY_TABLE) {
    const [from, to] = candidate.status;
    if (status < from || status > to) continue;
    if (candidate.text === undefined || candidate.text.test(text)) return candidate;
  }
  throw new Error(`the retry table has no row for status ${status}`);
}
