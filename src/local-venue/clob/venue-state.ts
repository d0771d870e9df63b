import type { TokenId } from '../../domain/market.ts';
import { complement, type Shares, type Usd } from '../../domain/units.ts';
import { bookForToken } from '../../exchange/index.ts';
import type { VenueState } from '../types.ts';
import { type Asset, settledOf } from './balances.ts';
import { cancelByIds, cancelOpen } from './cancel-orders.ts';
import { findMarket, findMarketByToken, isConditionId, orderView, type VenueCore } from './core.ts';
import { listMarket, resolveMarket, setTickSize } from './market-life.ts';
import { enterTraderOrder } from './order-entry.ts';
import { openOrdersOf } from './routes-account.ts';

const DEFAULT_SETTLE_TIMEOUT_MS = 30_000;

/** The venue as Gamma, Data and the traders see it. */
export function createVenueState(core: VenueCore): VenueState {
  const assetsOf = (tokenIds: readonly string[]): Asset[] => ['USD', ...tokenIds.map((id) => id as TokenId)];
  return {
    clock: core.clock,
    chain: core.chain,
    markets: () => [...core.markets.values()],
    marketByCondition: (conditionId) => findMarket(core, conditionId),
    marketByToken: (tokenId) => findMarketByToken(core, tokenId),
    book: (tokenId) => {
      const record = findMarketByToken(core, tokenId);
      const sides = bookForToken(core.exchange, tokenId as TokenId);
      if (record === null || sides === null) return null;
      return {
        conditionId: record.market.conditionId,
        tokenId: tokenId as TokenId,
        ...sides,
        changedAtMs: record.bookChangedAtMs,
      };
    },
    listMarket: (listing) => listMarket(core, listing),
    resolveMarket: (conditionId, winner) => resolveMarket(core, conditionId, winner),
    setTickSize: (conditionId, tickSize) => setTickSize(core, conditionId, tickSize),
    warm: (owner, tokenIds) => core.balances.ensure(owner, assetsOf(tokenIds)),
    submitOrder: (account, order) => enterTraderOrder(core, account, order),
    cancelOrders: (owner, orderIds) => cancelByIds(core, owner, orderIds).canceled as `0x${string}`[],
    cancelAll: (owner, conditionId) => {
      const isNarrowed = conditionId !== undefined && isConditionId(conditionId);
      return cancelOpen(core, owner, isNarrowed ? { conditionId } : {}).canceled as `0x${string}`[];
    },
    openOrders: (owner, conditionId) =>
      openOrdersOf(core, owner).filter(
        (order) => conditionId === undefined || order.conditionId === conditionId,
      ),
    order: (orderId) => {
      const order = core.exchange.orders.get(orderId);
      const record = core.orders.get(orderId);
      return order === undefined || record === undefined ? null : orderView(record, order);
    },
    trades: (owner) =>
      owner === undefined ? [...core.trades.values()] : (core.tradesByOwner.get(owner) ?? []),
    balances: async (owner, tokenIds) => {
      await core.balances.ensure(owner, assetsOf(tokenIds));
      return {
        pUsd: settledOf(core, owner, 'USD') as Usd,
        tokens: tokenIds.map((id) => settledOf(core, owner, id as TokenId) as Shares),
      };
    },
    priceHistory: (tokenId) => {
      const record = findMarketByToken(core, tokenId);
      if (record === null) return [];
      if (tokenId === record.market.yesTokenId) return record.history;
      return record.history.map(({ atSec, price }) => ({ atSec, price: complement(price) }));
    },
    onEvent: (handler) => {
      core.listeners.add(handler);
      return () => core.listeners.delete(handler);
    },
    settled: (timeoutMs = DEFAULT_SETTLE_TIMEOUT_MS) => core.settlement.idle(timeoutMs),
  };
}
