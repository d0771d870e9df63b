/** Balances as the venue sees them: what the chain says, what unsettled trades will change, and what open orders hold back. */
import type { ConditionId, TokenId } from '../domain/market.ts';
import type { AccountStatus, AssetBalance, Exchange, ExchangeAccount, ExchangeOrder } from './types.ts';

/** Dollars, or a position token. */
export type Asset = 'USD' | TokenId;

const UNLIMITED = Number.MAX_SAFE_INTEGER;

const emptyBalance = (): AssetBalance => ({
  settled: 0,
  pendingOut: 0,
  pendingIn: 0,
  reserved: 0,
  allowance: UNLIMITED,
});

/** The account of `owner`, made with nothing in it when it is new. */
export function openAccount(exchange: Exchange, owner: string): ExchangeAccount {
  const known = exchange.accounts.get(owner);
  if (known !== undefined) return known;
  const account: ExchangeAccount = {
    owner,
    status: 'active',
    cash: emptyBalance(),
    tokens: new Map(),
    openOrderIds: new Set(),
  };
  exchange.accounts.set(owner, account);
  return account;
}

export function setAccountStatus(exchange: Exchange, owner: string, status: AccountStatus): void {
  openAccount(exchange, owner).status = status;
}

/** The balance record of one asset. Read it freely; write it with the functions here. */
export function balanceOf(exchange: Exchange, owner: string, asset: Asset): AssetBalance {
  return assetOf(openAccount(exchange, owner), asset);
}

export function assetOf(account: ExchangeAccount, asset: Asset): AssetBalance {
  if (asset === 'USD') return account.cash;
  const known = account.tokens.get(asset);
  if (known !== undefined) return known;
  const balance = emptyBalance();
  account.tokens.set(asset, balance);
  return balance;
}

/** Adds to what the chain says, in millionths. */
export function credit(exchange: Exchange, owner: string, asset: Asset, amount: number): void {
  assertAmount(amount);
  balanceOf(exchange, owner, asset).settled += amount;
}

/** Takes from what the chain says. It may go below what is reserved, as on the real venue when an owner moves funds away. */
export function debit(exchange: Exchange, owner: string, asset: Asset, amount: number): void {
  assertAmount(amount);
  const balance = balanceOf(exchange, owner, asset);
  if (balance.settled < amount) {
    throw new RangeError(`debit of ${amount} millionths exceeds the settled ${balance.settled} of ${owner}`);
  }
  balance.settled -= amount;
}

/** States what the chain says. Call it after `applySettlement` of every trade that the chain value already contains. */
export function setSettled(exchange: Exchange, owner: string, asset: Asset, amount: number): void {
  assertAmount(amount);
  balanceOf(exchange, owner, asset).settled = amount;
}

/** States what the exchange contract may pull. An approval for all tokens is set for each token. */
export function setAllowance(exchange: Exchange, owner: string, asset: Asset, amount: number): void {
  assertAmount(amount);
  balanceOf(exchange, owner, asset).allowance = amount;
}

/** What a new order may use, in millionths; below zero when funds left while orders were open. */
export const usableBalance = (exchange: Exchange, owner: string, asset: Asset): number =>
  usableOf(exchange, balanceOf(exchange, owner, asset));

export const usableOf = (exchange: Exchange, balance: AssetBalance): number =>
  Math.min(heldOf(exchange, balance), balance.allowance) - balance.reserved;

/** What the account holds for the venue's purposes, before reservations and allowance. */
export const heldOf = (exchange: Exchange, balance: AssetBalance): number =>
  balance.settled - balance.pendingOut + (exchange.assumptions.pendingInUsable ? balance.pendingIn : 0);

/** Holds back `amount` for an open order: dollars for a BUY, shares for a SELL. */
export function reserveFor(account: ExchangeAccount, order: ExchangeOrder, amount: number): void {
  assetOf(account, order.side === 'BUY' ? 'USD' : order.tokenId).reserved += amount;
  order.reserved += amount;
}

/** Gives back all that an order held. */
export function releaseAll(account: ExchangeAccount, order: ExchangeOrder): void {
  assetOf(account, order.side === 'BUY' ? 'USD' : order.tokenId).reserved -= order.reserved;
  order.reserved = 0;
}

/** Turns dollars into the same number of YES and NO shares. Throws when the settled dollars do not suffice. */
export function splitPosition(
  exchange: Exchange,
  owner: string,
  conditionId: ConditionId,
  amount: number,
): void {
  const market = marketOf(exchange, conditionId);
  debit(exchange, owner, 'USD', amount);
  credit(exchange, owner, market.yesTokenId, amount);
  credit(exchange, owner, market.noTokenId, amount);
}

/** Turns complete sets back into dollars. Throws when either side does not suffice. */
export function mergePositions(
  exchange: Exchange,
  owner: string,
  conditionId: ConditionId,
  amount: number,
): void {
  const market = marketOf(exchange, conditionId);
  const no = balanceOf(exchange, owner, market.noTokenId);
  if (no.settled < amount)
    throw new RangeError(`merge of ${amount} millionths exceeds the settled ${no.settled} NO of ${owner}`);
  debit(exchange, owner, market.yesTokenId, amount);
  debit(exchange, owner, market.noTokenId, amount);
  credit(exchange, owner, 'USD', amount);
}

/** One market of a conversion: its NO go in, or its YES come out. */
export interface ConvertedPosition {
  readonly conditionId: ConditionId;
  readonly givesNo: boolean;
}

/** Turns NO of some markets of an event into dollars, one for each beyond the first, and YES of all its others. */
export function convertPositions(
  exchange: Exchange,
  owner: string,
  positions: readonly ConvertedPosition[],
  amount: number,
): void {
  const giving = positions.filter(({ givesNo }) => givesNo);
  for (const { conditionId } of giving) {
    const { settled } = balanceOf(exchange, owner, marketOf(exchange, conditionId).noTokenId);
    if (settled < amount)
      throw new RangeError(
        `conversion of ${amount} millionths exceeds the settled ${settled} NO of ${owner}`,
      );
  }
  for (const { conditionId, givesNo } of positions) {
    const market = marketOf(exchange, conditionId);
    if (givesNo) debit(exchange, owner, market.noTokenId, amount);
    else credit(exchange, owner, market.yesTokenId, amount);
  }
  credit(exchange, owner, 'USD', (giving.length - 1) * amount);
}

/** Pays both settled balances of a resolved market out: the winner one dollar a share, the loser nothing. Returns the dollars paid, in millionths. */
export function redeemPositions(
  exchange: Exchange,
  owner: string,
  conditionId: ConditionId,
  winner: 'YES' | 'NO',
): number {
  const market = marketOf(exchange, conditionId);
  const yes = balanceOf(exchange, owner, market.yesTokenId);
  const no = balanceOf(exchange, owner, market.noTokenId);
  const paid = winner === 'YES' ? yes.settled : no.settled;
  yes.settled = 0;
  no.settled = 0;
  credit(exchange, owner, 'USD', paid);
  return paid;
}

export function marketOf(exchange: Exchange, conditionId: ConditionId) {
  const market = exchange.markets.get(conditionId);
  if (market === undefined) throw new RangeError(`no market with condition ${conditionId} is listed`);
  return market;
}

function assertAmount(amount: number): void {
  if (!Number.isSafeInteger(amount) || amount < 0) {
    throw new RangeError(`an amount must be a whole number of millionths, 0 or more, found ${amount}`);
  }
}
