import type { ConditionId } from './market.ts';
import type { Shares } from './units.ts';

export type TransactionAction = 'split' | 'merge' | 'redeem';

/** One inventory operation on the chain. `txKey` is a counter-made name, known before anything is signed: `t-3`. */
export interface TransactionRequest {
  readonly txKey: string;
  readonly action: TransactionAction;
  readonly conditionId: ConditionId;
  readonly negRisk: boolean;
  /** Pairs to split or merge; for redeem, the winning shares expected. */
  readonly amount: Shares;
}
