import type { ConditionId, Outcome, Side } from '../domain/market.ts';
import type { ClientId, OrderId } from '../domain/order.ts';
import type { Price, Shares, Usd } from '../domain/units.ts';
import { isRoutine, type Plan } from '../orders/planner.ts';
import type { Refused } from '../risk/refusal.ts';

/**
 * Why the quotes of one market are what they are, as journaled. It is written on the way from tick to order, so it is made only
 * for a look that sends something or changes a reason, and holds numbers in rows instead of named fields.
 */
export interface QuoteDecision {
  /** What the loop saw and what it made of it, in the loop's own shape; null where nothing is wanted. */
  readonly inputs: unknown;
  /** Why nothing is wanted; null where quotes are. */
  readonly notQuoted: string | null;
  readonly placed: readonly PlacedRow[];
  readonly refused: readonly RefusedQuote[];
  readonly canceled: readonly (readonly [ClientId, OrderId, reason: string])[];
  readonly kept: readonly (readonly [ClientId, reason: string])[];
  /** Quotes that are wanted and must wait, in YES coordinates. */
  readonly deferred: readonly (readonly [Side, Price, Shares, level: number, reason: string])[];
}

/** What the gate approved: the planner's reason, and what the account looks like with the order counted in. */
export type PlacedRow = readonly [
  ClientId,
  level: number,
  reason: string,
  marketExposure: Usd,
  marketLimit: Usd,
  freeCash: Usd,
];

/** What the gate refused, with the limit that it would have broken. */
export interface RefusedQuote extends Refused {
  readonly outcome: Outcome;
  readonly side: Side;
  readonly price: Price;
  readonly size: Shares;
  readonly level: number;
}

/** Which markets are quoted from now on, and why others are not: only what has changed. */
export interface SelectionDecision {
  readonly quoted: readonly ConditionId[];
  readonly excluded: readonly (readonly [reason: string, readonly ConditionId[]])[];
  /** What a model has said of markets, where it has said something new. */
  readonly scored?: readonly ScoredRow[];
}

/** The score from 1 to 10, the flags in words, and the model's own line, for a person. */
export type ScoredRow = readonly [ConditionId, overall: number, flags: readonly string[], note: string];

/** What was journaled last about one market, so that nothing is written twice. */
export interface ToldOfMarket {
  /** Why not all is as wanted: no quotes, quotes that wait, quotes refused. Empty where all is. */
  because: string;
  /** The last reason worth telling why each working order stays. */
  kept: Map<ClientId, string>;
}

/** Why not all is as wanted, in one text. Mostly empty, which costs nothing. */
export function becauseOf(
  notQuoted: string | null,
  deferred: Plan['deferred'],
  refused: readonly RefusedQuote[],
): string {
  let because = notQuoted ?? '';
  for (const { quote, reason } of deferred) because += `|${quote.side} ${reason}`;
  for (const { side, outcome, refused: code } of refused) because += `|${side} ${outcome} ${code}`;
  return because;
}

/** Notes what is told of a market. Returns whether any of it is new. */
export function noteTold(
  told: Map<ConditionId, ToldOfMarket>,
  conditionId: ConditionId,
  because: string,
  keeps: Plan['keeps'],
): boolean {
  const last = told.get(conditionId);
  if (last === undefined) {
    const kept = new Map(keeps.map(({ clientId, reason }) => [clientId, isRoutine(reason) ? '' : reason]));
    told.set(conditionId, { because, kept });
    return because !== '' || keeps.some(({ reason }) => !isRoutine(reason));
  }
  let isNew = last.because !== because;
  last.because = because;
  for (const { clientId, reason } of keeps) {
    if (last.kept.get(clientId) === reason || isRoutine(reason)) continue;
    last.kept.set(clientId, reason);
    isNew = true;
  }
  if (last.kept.size > keeps.length) forgetGone(last, keeps);
  return isNew;
}

function forgetGone({ kept }: ToldOfMarket, keeps: Plan['keeps']): void {
  const here = new Set(keeps.map(({ clientId }) => clientId));
  for (const clientId of kept.keys()) if (!here.has(clientId)) kept.delete(clientId);
}
