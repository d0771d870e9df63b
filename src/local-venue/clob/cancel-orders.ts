import type { ConditionId, TokenId } from '../../domain/market.ts';
import {
  type CancelResult,
  cancelOrders as cancelEngineOrders,
  cancelMarketOrders,
} from '../../exchange/index.ts';
import type { Address, Hex } from '../chain/types.ts';
import { change } from './apply-events.ts';
import { ownersOf, type VenueCore } from './core.ts';

/** The answer of every cancel endpoint. */
export interface CancelAnswer {
  readonly canceled: string[];
  readonly not_canceled: Record<string, string>;
}

const merge = (answer: CancelAnswer, result: CancelResult): void => {
  answer.canceled.push(...result.canceled);
  for (const { id, reason } of result.notCanceled) answer.not_canceled[id] = reason;
};

/** Cancels the ids that belong to the account; each of the others is answered with its reason. */
export function cancelByIds(core: VenueCore, account: Address, ids: readonly string[]): CancelAnswer {
  return change(core, (out, nowMs) => {
    const answer: CancelAnswer = { canceled: [], not_canceled: {} };
    for (const id of new Set(ids)) {
      const record = core.orders.get(id);
      const owner = record?.account === account ? record.signed.maker : account;
      merge(answer, cancelEngineOrders(core.exchange, owner, [id], nowMs, out));
    }
    return answer;
  });
}

export interface MarketFilter {
  readonly conditionId?: ConditionId;
  readonly tokenId?: TokenId;
}

/** Cancels everything the account has open, or what of it lies in one market or on one token. */
export function cancelOpen(core: VenueCore, account: Address, filter: MarketFilter = {}): CancelAnswer {
  return change(core, (out, nowMs) => {
    const answer: CancelAnswer = { canceled: [], not_canceled: {} };
    for (const owner of ownersOf(core, account)) {
      merge(answer, cancelMarketOrders(core.exchange, owner, filter, nowMs, out));
    }
    return answer;
  });
}

/** Cancels what came in with one API key: the dead man's switch. */
export function cancelOfApiKey(core: VenueCore, account: Address, apiKey: string): CancelAnswer {
  const ids: Hex[] = [];
  for (const owner of ownersOf(core, account)) {
    for (const id of core.exchange.accounts.get(owner)?.openOrderIds ?? []) {
      if (core.orders.get(id)?.apiKey === apiKey) ids.push(id as Hex);
    }
  }
  return cancelByIds(core, account, ids);
}
