import { describe, expect, it } from 'vitest';
import { bestAsk, bestBid, isCrossed } from '../domain/book.ts';
import type { TokenId } from '../domain/market.ts';
import { type Price, type Shares, shares } from '../domain/units.ts';
import {
  amountsFor,
  cancelOrders,
  createExchange,
  credit,
  type ExchangeEvent,
  listMarket,
  type PlaceRequest,
  placeOrder,
  plantOrder,
} from './index.ts';

const YES = '11' as TokenId;
const NO = '12' as TokenId;

function venue() {
  const exchange = createExchange();
  const market = listMarket(exchange, {
    conditionId: `0x${'ab'.repeat(32)}` as never,
    yesTokenId: YES,
    noTokenId: NO,
    tickSize: 100 as Price,
    minOrderSize: shares(5e6),
    fee: { ratePpm: 0, exponent: 1, takerOnly: true, rebatePpm: 0 },
    takerDelayMs: 0,
    state: 'open',
  });
  for (const owner of ['maker', 'planter', 'taker']) credit(exchange, owner, 'USD', 1e9);
  return { exchange, market };
}

const buy = (id: string, owner: string, tokenId: TokenId, at: number, size: Shares): PlaceRequest => ({
  id,
  owner,
  tokenId,
  side: 'BUY',
  ...amountsFor('BUY', (at * 100) as Price, size),
  orderType: 'GTC',
  postOnly: false,
  expirationSec: 0,
});

describe('an order that rests although it could trade', () => {
  it('leaves the book crossed, is taken by whoever comes, and goes when it is cancelled', () => {
    const { exchange, market } = venue();
    const out: ExchangeEvent[] = [];
    placeOrder(exchange, buy('ask', 'maker', NO, 55, shares(20e6)), 0, out);
    expect(bestAsk(market.book)).toBe(4_500);
    const planted = plantOrder(exchange, buy('bid', 'planter', YES, 50, shares(10e6)), 0, out);
    expect(planted?.status).toBe('LIVE');
    expect(isCrossed(market.book)).toBe(true);
    expect([bestBid(market.book), bestAsk(market.book)]).toEqual([5_000, 4_500]);
    const held = exchange.accounts.get('planter');
    expect(held?.cash.reserved).toBe(5e6);
    const taken = placeOrder(exchange, buy('take', 'taker', NO, 50, shares(5e6)), 1, out);
    expect(taken).toMatchObject({ accepted: true, status: 'matched' });
    expect(planted?.remaining).toBe(5e6);
    cancelOrders(exchange, 'planter', ['bid'], 2, out);
    expect(isCrossed(market.book)).toBe(false);
    expect(held?.cash.reserved).toBe(0);
  });

  it('is none that the venue would not take at all', () => {
    const { exchange } = venue();
    const off = { ...buy('off', 'planter', YES, 50, shares(10e6)), makerAmount: 5_003_333 };
    expect(plantOrder(exchange, off, 0, [])).toBeNull();
    const takes = { ...buy('fak', 'planter', YES, 50, shares(10e6)), orderType: 'FAK' as const };
    expect(plantOrder(exchange, takes, 0, [])).toBeNull();
    expect(
      plantOrder(exchange, buy('other', 'planter', '99' as TokenId, 50, shares(10e6)), 0, []),
    ).toBeNull();
  });
});
