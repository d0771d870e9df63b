/** Reading the book as one token's owner sees it. */
import { type Level, levelsOf } from '../domain/book.ts';
import type { Side, TokenId } from '../domain/market.ts';
import { complement, type Price } from '../domain/units.ts';
import type { Exchange, ExchangeMarket, ExchangeOrder } from './types.ts';

export interface TokenBook {
  /** Best first. */
  readonly bids: Level[];
  readonly asks: Level[];
}

/** One token's book, best first on both sides, at most `limit` levels a side; null when no such token is listed. */
export function bookForToken(
  exchange: Exchange,
  tokenId: TokenId,
  limit = Number.MAX_SAFE_INTEGER,
): TokenBook | null {
  const market = exchange.marketByToken.get(tokenId);
  if (market === undefined) return null;
  const bids = levelsOf(market.book, 'BUY', limit);
  const asks = levelsOf(market.book, 'SELL', limit);
  return tokenId === market.yesTokenId ? { bids, asks } : { bids: mirrored(asks), asks: mirrored(bids) };
}

/** Price of the last trade in the given token, or null before the first. */
export function lastTradePriceOf(market: ExchangeMarket, tokenId: TokenId): Price | null {
  if (market.lastTradePrice === null) return null;
  return tokenId === market.yesTokenId ? market.lastTradePrice : complement(market.lastTradePrice);
}

/** Open orders of an owner, oldest first. */
export function openOrdersOf(exchange: Exchange, owner: string): ExchangeOrder[] {
  const orders: ExchangeOrder[] = [];
  for (const id of exchange.accounts.get(owner)?.openOrderIds ?? []) {
    const order = exchange.orders.get(id);
    if (order !== undefined) orders.push(order);
  }
  return orders;
}

/** The signed amounts of an order at a price for a size: the inverse of what the venue derives. Dollars are exact for lots. */
export function amountsFor(
  side: Side,
  price: Price,
  size: number,
): { readonly makerAmount: number; readonly takerAmount: number } {
  const dollars = Math.floor((price * size) / 10_000);
  return side === 'BUY'
    ? { makerAmount: dollars, takerAmount: size }
    : { makerAmount: size, takerAmount: dollars };
}

const mirrored = (levels: readonly Level[]): Level[] =>
  levels.map(({ price, size }) => ({ price: complement(price), size }));
