/** Small builders for the tests of the gate. */
import type { ConditionId, TokenId } from '../domain/market.ts';
import type { ClientId, OrderRequest } from '../domain/order.ts';
import type { TransactionRequest } from '../domain/transaction.ts';
import type { Price, Shares, Usd } from '../domain/units.ts';
import type { GateMarket, GatePass } from './gate.ts';
import { createOrderBudget, type RiskLimits } from './limits.ts';
import { createNotionalWindow } from './notional-window.ts';

const CONDITION = `0x${'c1'.repeat(32)}` as ConditionId;
export const dollars = (count: number): Usd => Math.round(count * 1e6) as Usd;
export const shares = (count: number): Shares => Math.round(count * 1e6) as Shares;

export const limits = (change: Partial<RiskLimits> = {}): RiskLimits => ({
  maxPerMarket: dollars(100),
  maxPerEvent: dollars(150),
  maxPerCoin: dollars(150),
  maxTotalExposureBps: 7_500,
  maxSpread: 1_200 as Price,
  maxSpreadToReduce: 800 as Price,
  maxDistance: 1_200 as Price,
  maxOpenOrders: 100,
  ordersPerSecond: 40,
  maxNotionalPerMinute: dollars(100_000),
  maxSplitPerMarket: dollars(20),
  ...change,
});

export const gatePass = (change: Partial<GatePass> = {}): GatePass => {
  const terms = change.limits ?? limits();
  return {
    mode: 'active',
    limits: terms,
    budget: createOrderBudget(terms, 0),
    freeCash: dollars(1_000),
    equity: dollars(1_000),
    totalExposure: 0,
    openOrders: 0,
    notional: createNotionalWindow(),
    nowMs: 0,
    ...change,
  };
};

export const gateMarket = (change: Partial<GateMarket> = {}): GateMarket => ({
  tick: 100 as Price,
  minOrderSize: shares(5),
  fee: { ratePpm: 0, exponent: 1, takerOnly: true, rebatePpm: 0 },
  acceptingOrders: true,
  bookLive: true,
  bestBid: 4_900 as Price,
  bestAsk: 5_100 as Price,
  mid: 5_000 as Price,
  event: null,
  coin: null,
  risk: { leastNet: 0, mostNet: 0, liveBidShares: 0, liveAskShares: 0, mark: 5_000 as Price },
  freeYes: 0,
  freeNo: 0,
  pairs: 0,
  ownBestBid: null,
  ownBestAsk: null,
  ...change,
});

export const order = (change: Partial<OrderRequest> = {}): OrderRequest => ({
  clientId: 'o-1' as ClientId,
  conditionId: CONDITION,
  tokenId: '1' as TokenId,
  negRisk: false,
  outcome: 'YES',
  side: 'BUY',
  price: 4_800 as Price,
  size: shares(10),
  timeInForce: 'GTC',
  postOnly: true,
  expirationS: 0,
  salt: 1,
  timestampMs: 0,
  ...change,
});

export const transaction = (action: TransactionRequest['action'], amount: number): TransactionRequest => ({
  txKey: 't-1',
  action,
  conditionId: CONDITION,
  negRisk: false,
  amount: shares(amount),
});
