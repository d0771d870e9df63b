import type { ConditionId, Market, TokenId } from '../domain/market.ts';
import { conditionsOf } from '../domain/transaction.ts';
import { type Refused, refuse } from '../risk/refusal.ts';
import type { KernelState } from './state.ts';
import { pendingTransactions } from './transactions.ts';

/**
 * The refusal of anything new in a market while the wallet was not read for both of its tokens, or null. What a fill brought
 * could not be told from what the wallet held before.
 */
export function unreadRefusal(
  { knownTokens }: KernelState,
  { yesTokenId, noTokenId }: Pick<Market, 'yesTokenId' | 'noTokenId'>,
): Refused | null {
  if (knownTokens.has(yesTokenId) && knownTokens.has(noTokenId)) return null;
  return refuse('tokensUnread', 0, 0, 'the wallet was not read yet for the tokens of this market');
}

/**
 * Whether a wallet asked for at `askedAtMs` may hold, or lack, tokens of a market by a trade or transaction of our own that the
 * books do not count yet, or counted only after it. Where nothing of ours ever touched the market all there is came from outside.
 */
export function mayBeOurs(state: KernelState, conditionId: ConditionId, askedAtMs: number): boolean {
  if (!isTouched(state, conditionId)) return false;
  const { books, orders, reconciliation, run, transactions } = state;
  if ((reconciliation.reads.trades.doneAtMs ?? 0) < run.startedAtMs) return true;
  if (askedAtMs <= books.ledger.lastPostedAtMs) return true;
  if ((orders.workingByCondition.get(conditionId)?.size ?? 0) > 0) return true;
  for (const clientId of orders.untold)
    if (orders.byClientId.get(clientId)?.request.conditionId === conditionId) return true;
  for (const key of books.fills.open)
    if (books.fills.byKey.get(key)?.fill.conditionId === conditionId) return true;
  return pendingTransactions(transactions).some(({ request }) => conditionsOf(request).includes(conditionId));
}

/** Whether the books know of a position, an order or a transaction of ours in a market. */
function isTouched({ books, orders, transactions }: KernelState, conditionId: ConditionId): boolean {
  if (books.positions.has(conditionId)) return true;
  for (const { request } of orders.byClientId.values()) if (request.conditionId === conditionId) return true;
  return pendingTransactions(transactions).some(({ request }) => conditionsOf(request).includes(conditionId));
}

/** The listed market that a token is of; null where none is. Walks the list: for reads of the wallet, not for every step. */
export function conditionOf({ markets }: KernelState, tokenId: TokenId): ConditionId | null {
  for (const { market } of markets.values())
    if (market.yesTokenId === tokenId || market.noTokenId === tokenId) return market.conditionId;
  return null;
}
