import { growingRestMs } from '../domain/growing-rest.ts';
import type { ClientId, OrderAnswer, OrderRequest } from '../domain/order.ts';
import type { OrderTable } from '../orders/order-table.ts';
import type { Refused } from '../risk/refusal.ts';

/** Rejections in a row of one kind of order, and until when none of that kind is sent. */
interface RejectionRest {
  inARow: number;
  untilMs: number;
  code: string;
}

/** By market, outcome and side: a wallet that cannot sell can still buy, and one market's trouble is not another's. */
export type RejectionRests = Map<string, RejectionRest>;

/** The first rest, doubled with each further rejection in a row up to the longest. */
const FIRST_REST_MS = 1_000;
const LONGEST_REST_MS = 60_000;
/**
 * Crossing is answered by a new price at once, and by the market-making loop when it goes on. That an order which takes found
 * nothing says only that somebody was faster.
 */
const ANSWERED_ELSEWHERE: ReadonlySet<string> = new Set(['crossesBook', 'fakNoMatch', 'fokNotFilled']);

type OrderKind = Pick<OrderRequest, 'conditionId' | 'outcome' | 'side'>;

const keyOf = ({ conditionId, outcome, side }: OrderKind): string => `${conditionId}/${outcome}/${side}`;

/**
 * Takes the venue's answers. What it rejects (no balance by its cache, a rate limit, a mode in which it takes nothing) it
 * would reject again a moment later, so the same kind of order rests, longer each time; one that is taken ends the row.
 */
export function noteAnswers(
  rests: RejectionRests,
  orders: OrderTable,
  answers: readonly (readonly [ClientId, OrderAnswer])[],
  nowMs: number,
): void {
  const rejected = new Map<string, string>();
  for (const [clientId, answer] of answers) {
    const request = orders.byClientId.get(clientId)?.request;
    if (request === undefined) continue;
    if (answer.result === 'rejected') {
      if (!ANSWERED_ELSEWHERE.has(answer.code)) rejected.set(keyOf(request), answer.code);
    } else if (answer.result !== 'unknown' && answer.result !== 'notSent') rests.delete(keyOf(request));
  }
  for (const [key, code] of rejected) {
    const inARow = (rests.get(key)?.inARow ?? 0) + 1;
    const restMs = growingRestMs(inARow, FIRST_REST_MS, LONGEST_REST_MS);
    rests.set(key, { inARow, untilMs: nowMs + restMs, code });
  }
}

/** Until when no order of this kind is sent, unix milliseconds; 0 where it does not rest. */
export const restsUntilMs = (rests: RejectionRests, kind: OrderKind): number =>
  rests.get(keyOf(kind))?.untilMs ?? 0;

/** What became of the latest orders of this kind where the venue rejected them, whether or not the kind rests still; else null. */
export function rejectionOf(rests: RejectionRests, kind: OrderKind, nowMs: number): Refused | null {
  const rest = rests.get(keyOf(kind));
  if (rest === undefined) return null;
  return {
    refused: 'restsAfterRejection',
    value: rest.inARow,
    limit: Math.max(0, rest.untilMs - nowMs),
    text: `the venue rejected it ${rest.inARow} ${rest.inARow === 1 ? 'time' : 'times in a row'} (${rest.code})`,
  };
}

/** The refusal of an order whose kind rests now, or null. */
export const restingRefusal = (
  rests: RejectionRests,
  request: OrderRequest,
  nowMs: number,
): Refused | null => (nowMs < restsUntilMs(rests, request) ? rejectionOf(rests, request, nowMs) : null);
