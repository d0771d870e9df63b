/** Reading the book as one token's owner sees it. */
import { type Level, levelsOf } from '../domain/book.ts';
import type { Side, TokenId } from '../domain/market.ts';
import {
  complement,
  mulDiv,
  notional,
  PRICE_ONE,
  type Price,
  type Shares,
  type Usd,
} from '../domain/units.ts';
import type { Exchange, ExchangeMarket, ExchangeOrder } from './types.ts';

/** One cent, and 0.0001 share, in millionths: the steps of a market BUY. */
const CENT = 10_000;
const SHARE_STEP = 100;

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

/** The two amounts of a signed order, in millionths. */
export interface SignedAmounts {
  readonly makerAmount: number;
  readonly takerAmount: number;
}

/** The amounts of an order sized in shares: any GTC or GTD, and a market SELL. Exact while `size` is whole lots. */
export function amountsFor(side: Side, price: Price, size: Shares): SignedAmounts {
  const dollars = notional(price, size);
  return side === 'BUY'
    ? { makerAmount: dollars, takerAmount: size }
    : { makerAmount: size, takerAmount: dollars };
}

/** The amounts of a market BUY: dollars rounded up to the cent, and the shares they buy at `worst`, rounded down to four decimals. */
export function marketBuyAmounts(dollars: Usd, worst: Price): SignedAmounts {
  const makerAmount = Math.ceil(dollars / CENT) * CENT;
  const shares = mulDiv(makerAmount, PRICE_ONE, worst, 'down');
  return { makerAmount, takerAmount: shares - (shares % SHARE_STEP) };
}

const mirrored = (levels: readonly Level[]): Level[] =>
  levels.map(({ price, size }) => ({ price: complement(price), size }));
