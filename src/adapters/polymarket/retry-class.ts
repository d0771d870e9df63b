import type { Retry } from '../../ports/venue.ts';

/** What went wrong with a call, as far as we can tell from this side. */
export type Trouble =
  /** The request never left this machine. */
  | { readonly kind: 'notSent'; readonly text: string }
  | { readonly kind: 'timeout'; readonly text: string }
  /** The connection broke after the request may have left. */
  | { readonly kind: 'reset'; readonly text: string }
  /** An answer that cannot be read. */
  | { readonly kind: 'garbage'; readonly text: string }
  | { readonly kind: 'http'; readonly status: number; readonly text: string }
  /** The text the venue gave for one order, or for a whole request. */
  | { readonly kind: 'refusal'; readonly text: string };

export interface TroubleClass {
  readonly code: string;
  /** When a call that changes something may be made again. `reconcileFirst`: it may have taken effect. */
  readonly write: Retry;
  /** When a call that only reads may be made again. */
  readonly read: Retry;
}

interface Row extends TroubleClass {
  readonly kind: Trouble['kind'];
  readonly status?: readonly [from: number, to: number];
  readonly text?: RegExp;
}

const row = (
  kind: Trouble['kind'],
  match: { readonly status?: readonly [number, number]; readonly text?: RegExp },
  code: string,
  write: Retry,
  read: Retry,
): Row => ({ kind, ...match, code, write, read });

const only = (status: number): readonly [number, number] => [status, status];

/** Refusal texts of the venue, state of November 2026. The same texts come as HTTP 400 and inside a batch's answer. */
const TEXT_ROWS: readonly (readonly [RegExp, string, Retry])[] = [
  // The venue already has an order of this hash: an earlier sending took effect.
  [/is invalid\. Duplicated/i, 'duplicated', 'reconcileFirst'],
  [/order match delayed due to market conditions/i, 'matchDelayed', 'reconcileFirst'],
  [/breaks minimum tick size/i, 'breaksTickSize', 'never'],
  [/lower than the minimum/i, 'belowMinimumSize', 'never'],
  [/crosses (the )?book/i, 'crossesBook', 'never'],
  [/not enough balance|insufficient balance/i, 'notEnoughBalance', 'later'],
  [/couldn't be fully filled/i, 'fokNotFilled', 'never'],
  [/no orders found to match with FAK/i, 'fakNoMatch', 'never'],
  [/not yet ready to process new orders/i, 'marketNotReady', 'later'],
  [/order_version_mismatch/i, 'orderVersionMismatch', 'never'],
  [/invalid amounts/i, 'invalidAmounts', 'never'],
  [/invalid expiration/i, 'invalidExpiration', 'never'],
  [/invalid nonce/i, 'invalidNonce', 'never'],
  [/order canceled in the CTF exchange contract/i, 'canceledOnChain', 'never'],
  [/Too many orders in payload/i, 'tooManyOrders', 'never'],
  [/the orderbook .* does not exist|No orderbook exists/i, 'noOrderbook', 'never'],
  [/order owner has to be the owner of the API KEY/i, 'wrongOwner', 'never'],
  [/order signer address has to be the address of the API KEY/i, 'wrongSigner', 'never'],
  [/address banned/i, 'addressBanned', 'never'],
  [/closed only mode/i, 'closedOnly', 'never'],
  [/use the deposit wallet flow/i, 'depositWalletNeeded', 'never'],
  [/Invalid order payload/i, 'invalidPayload', 'never'],
  [/post-only mode/i, 'postOnlyMode', 'later'],
  [/cancel-only/i, 'cancelOnlyMode', 'later'],
  [/Trading is currently disabled/i, 'tradingDisabled', 'later'],
];

/**
 * The one table. The first row that fits decides; the last ones of each kind fit everything of that kind.
 * A status that says "not taken" (400, 401, 425, 429, 503 with a reason) leaves nothing to reconcile.
 */
export const RETRY_TABLE: readonly Row[] = [
  row('notSent', {}, 'notSent', 'later', 'later'),
  row('timeout', {}, 'timeout', 'reconcileFirst', 'later'),
  row('reset', {}, 'connectionLost', 'reconcileFirst', 'later'),
  row('garbage', {}, 'garbageAnswer', 'reconcileFirst', 'later'),
  // Words of something in between that gave up waiting: the venue may have the request.
  row('http', { status: only(408) }, 'timeout', 'reconcileFirst', 'later'),
  row('http', { status: only(499) }, 'timeout', 'reconcileFirst', 'later'),
  row('http', { status: only(425) }, 'engineRestarting', 'later', 'later'),
  row('http', { status: only(429) }, 'rateLimited', 'later', 'later'),
  row('http', { status: only(503), text: /post.?only.?mode/i }, 'postOnlyMode', 'later', 'later'),
  row('http', { status: only(503), text: /cancel-only/i }, 'cancelOnlyMode', 'later', 'later'),
  row(
    'http',
    { status: only(503), text: /Trading is currently disabled/i },
    'tradingDisabled',
    'later',
    'later',
  ),
  row('http', { status: only(401), text: /L1/ }, 'unauthorizedL1', 'never', 'never'),
  row('http', { status: only(401) }, 'unauthorized', 'never', 'never'),
  row('http', { status: only(403) }, 'forbidden', 'never', 'never'),
  row('http', { status: only(404), text: /orderbook/i }, 'noOrderbook', 'never', 'never'),
  row('http', { status: only(404) }, 'notFound', 'never', 'never'),
  ...TEXT_ROWS.map(([text, code, write]) => row('http', { status: only(400), text }, code, write, 'never')),
  row('http', { status: [400, 499] }, 'refused', 'never', 'never'),
  row('http', { status: [500, 599] }, 'venueFault', 'reconcileFirst', 'later'),
  row('http', {}, 'unexpectedStatus', 'reconcileFirst', 'later'),
  ...TEXT_ROWS.map(([text, code, write]) => row('refusal', { text }, code, write, 'never')),
  row('refusal', {}, 'refused', 'never', 'never'),
];

/** The first row of the table that fits. */
export function classify(trouble: Trouble): TroubleClass {
  for (const candidate of RETRY_TABLE) {
    if (candidate.kind !== trouble.kind) continue;
    if (candidate.status !== undefined) {
      if (trouble.kind !== 'http') continue;
      if (trouble.status < candidate.status[0] || trouble.status > candidate.status[1]) continue;
    }
    if (candidate.text !== undefined && !candidate.text.test(trouble.text)) continue;
    return candidate;
  }
  throw new Error(`the retry table has no row for ${trouble.kind}`);
}
