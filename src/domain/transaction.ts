import type { ConditionId, Market } from './market.ts';
import type { Shares } from './units.ts';

export type TransactionAction = 'split' | 'merge' | 'redeem' | 'convert';

/** One question of a neg-risk event in a conversion. */
export interface ConversionMember {
  readonly conditionId: ConditionId;
  /** Its place among the event's questions; in the contract's index set it is the bit of this number. */
  readonly index: number;
  /** Whether its NO shares go in. If not, its YES shares come out. */
  readonly givesNo: boolean;
}

/**
 * NO shares of m questions of an event become m - 1 dollars each and YES shares of all its other questions. All of its questions
 * are members: of one that were left out, shares would arrive that nobody expects.
 */
export interface Conversion {
  /** The neg-risk adapter's id of the event. */
  readonly marketId: string;
  readonly members: readonly ConversionMember[];
}

/** One inventory operation on the chain. `txKey` is a counter-made name, known before anything is signed: `t-3`. */
export interface TransactionRequest {
  readonly txKey: string;
  readonly action: TransactionAction;
  /** For a conversion, the first market that gives NO. */
  readonly conditionId: ConditionId;
  readonly negRisk: boolean;
  /** Pairs to split or merge; for redeem, the winning shares expected; for convert, the NO shares that each market gives. */
  readonly amount: Shares;
  /** Present where the action is `convert`, and only there. */
  readonly conversion?: Conversion;
}

/** Every market whose shares the transaction moves. */
export const conditionsOf = ({ conditionId, conversion }: TransactionRequest): readonly ConditionId[] =>
  conversion === undefined ? [conditionId] : conversion.members.map((member) => member.conditionId);

/** Shares that the transaction will take out of one market, and nobody else may sell until it has ended. */
export function sharesTaken(
  { action, amount, conversion, conditionId: own }: TransactionRequest,
  conditionId: ConditionId,
): { readonly yes: number; readonly no: number } {
  if (conversion !== undefined) {
    const member = conversion.members.find((one) => one.conditionId === conditionId);
    return { yes: 0, no: member?.givesNo === true ? amount : 0 };
  }
  const pairs = action === 'split' || own !== conditionId ? 0 : amount;
  return { yes: pairs, no: pairs };
}

/**
 * The place of a market among its event's questions: the adapter's question id is the event's id with the place in its last byte.
 * Null where the market is of no neg-risk event or its ids do not say.
 */
export function questionIndexOf({ questionId, negRiskEvent }: Market): number | null {
  if (negRiskEvent === undefined) return null;
  const event = negRiskEvent.marketId.toLowerCase();
  const question = questionId.toLowerCase();
  if (!/^0x[0-9a-f]{62}00$/.test(event) || !/^0x[0-9a-f]{64}$/.test(question)) return null;
  return question.slice(0, 64) === event.slice(0, 64) ? Number.parseInt(question.slice(64), 16) : null;
}
