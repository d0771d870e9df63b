/** The end of a trade: what it moves becomes settled, or is as if it had never been matched. */
import type { Side, TokenId } from '../domain/market.ts';
import type { Price, Shares, Usd } from '../domain/units.ts';
import { assetOf, openAccount } from './accounts.ts';
import { costOf } from './plan-match.ts';
import type { Exchange, ExchangeEvent } from './types.ts';

/**
 * Confirms or reverses a trade. Returns false, and changes nothing, when the trade is unknown or already ended, so that a repeated
 * receipt does no harm.
 */
export function applySettlement(
  exchange: Exchange,
  tradeId: string,
  outcome: 'confirmed' | 'failed',
  out: ExchangeEvent[],
): boolean {
  const trade = exchange.unsettledTrades.get(tradeId);
  if (trade === undefined) return false;
  exchange.unsettledTrades.delete(tradeId);
  const confirmed = outcome === 'confirmed';
  settleParty(exchange, trade.takerOwner, trade, trade.fee, confirmed);
  for (const maker of trade.makerOrders) settleParty(exchange, maker.owner, maker, 0 as Usd, confirmed);
  if (confirmed) exchange.feesCollected = (exchange.feesCollected + trade.fee) as Usd;
  trade.status = confirmed ? 'CONFIRMED' : 'FAILED';
  out.push({ kind: 'tradeSettled', trade, status: trade.status });
  return true;
}

interface Part {
  readonly side: Side;
  readonly tokenId: TokenId;
  readonly price: Price;
  readonly size: Shares;
}

function settleParty(exchange: Exchange, owner: string, part: Part, fee: Usd, confirmed: boolean): void {
  const account = openAccount(exchange, owner);
  const cost = costOf(part.price, part.size);
  const shares = assetOf(account, part.tokenId);
  const isBuy = part.side === 'BUY';
  const dollars = isBuy ? cost + fee : cost - fee;
  const from = isBuy ? account.cash : shares;
  const to = isBuy ? shares : account.cash;
  const gives = isBuy ? dollars : part.size;
  const gets = isBuy ? part.size : dollars;
  from.pendingOut -= gives;
  to.pendingIn -= gets;
  if (!confirmed) return;
  from.settled -= gives;
  to.settled += gets;
}
