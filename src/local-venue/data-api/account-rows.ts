import type { Outcome, Side } from '../../domain/market.ts';
import { MICRO, priceToFloat, sharesToFloat } from '../../domain/units.ts';
import type { VenueMarket, VenueState, VenueTrade } from '../types.ts';
import type { ChainHistory } from './chain-history.ts';

/** One thing that an account did, with amounts as floats, as the service shows them. */
export interface AccountRow {
  readonly type: 'TRADE' | 'SPLIT' | 'MERGE' | 'REDEEM';
  readonly owner: string;
  readonly market: VenueMarket;
  readonly atSec: number;
  readonly txHash: string;
  readonly isTaker: boolean;
  /** Of trades only. */
  readonly side: Side | null;
  readonly outcome: Outcome | null;
  readonly shares: number;
  readonly price: number;
  readonly usd: number;
}

/** What one account holds of one token. */
export interface PositionRow {
  readonly owner: string;
  readonly market: VenueMarket;
  readonly outcome: Outcome;
  readonly size: number;
  readonly averagePrice: number;
  readonly bought: number;
  readonly realizedPnl: number;
  readonly currentPrice: number;
}

/** What the Data routes read of the venue. */
export type TradedMarkets = Pick<
  VenueState,
  'clock' | 'markets' | 'marketByCondition' | 'marketByToken' | 'book' | 'trades' | 'priceHistory'
>;

/** Confirmed trades, splits, merges and redemptions up to `untilSec`, oldest first; of one account when `owner` is given. */
export function accountRows(
  state: TradedMarkets,
  history: ChainHistory,
  untilSec: number,
  owner: string | null,
): AccountRow[] {
  const rows: AccountRow[] = [];
  const trades = owner === null ? state.trades() : state.trades(owner as `0x${string}`);
  for (const trade of trades) {
    if (trade.status !== 'CONFIRMED') continue;
    const market = state.marketByCondition(trade.conditionId);
    if (market !== null) rows.push(...tradeRows(trade, market));
  }
  for (const change of history.setChanges) {
    const market = state.marketByCondition(change.conditionId);
    if (market === null) continue;
    const amount = Number(change.amount) / MICRO;
    rows.push({
      type: change.type,
      owner: change.owner,
      market,
      atSec: change.atSec,
      txHash: change.txHash,
      isTaker: false,
      side: null,
      outcome: null,
      shares: amount,
      price: 0,
      usd: amount,
    });
  }
  const wanted = owner?.toLowerCase() ?? null;
  return rows
    .filter((row) => row.atSec <= untilSec && (wanted === null || row.owner === wanted))
    .sort((left, right) => left.atSec - right.atSec);
}

function tradeRows(trade: VenueTrade, market: VenueMarket): AccountRow[] {
  const shared = {
    type: 'TRADE' as const,
    market,
    atSec: Math.floor(trade.updatedAtMs / 1000),
    txHash: trade.txHash ?? '0x',
  };
  const taker = {
    ...shared,
    owner: trade.takerOwner.toLowerCase(),
    isTaker: true,
    side: trade.side,
    outcome: trade.outcome,
    ...amounts(trade.size, trade.price),
  };
  const makers = trade.makers.map((fill) => ({
    ...shared,
    owner: fill.owner.toLowerCase(),
    isTaker: false,
    side: fill.side,
    outcome: fill.outcome,
    ...amounts(fill.size, fill.price),
  }));
  return [taker, ...makers];
}

function amounts(size: VenueTrade['size'], price: VenueTrade['price']) {
  const shares = sharesToFloat(size);
  return { shares, price: priceToFloat(price), usd: round6(shares * priceToFloat(price)) };
}

/**
 * What the account holds by the transfers of its tokens up to `untilSec`. Cost is an average over its purchases;
 * sets count as bought, and sold, at half a dollar a token, as the real service counts them.
 */
export function positionRows(
  state: TradedMarkets,
  history: ChainHistory,
  untilSec: number,
  owner: string,
): PositionRow[] {
  const wanted = owner.toLowerCase();
  const sizes = new Map<string, bigint>();
  for (const move of history.moves) {
    if (move.owner !== wanted || move.atSec > untilSec) continue;
    sizes.set(move.tokenId, (sizes.get(move.tokenId) ?? 0n) + move.delta);
  }
  const costs = costsOf(accountRows(state, history, untilSec, owner));
  const positions: PositionRow[] = [];
  for (const [tokenId, size] of sizes) {
    const market = state.marketByToken(tokenId);
    if (market === null || size <= 0n) continue;
    const outcome = market.market.yesTokenId === tokenId ? 'YES' : 'NO';
    const cost = costs.get(`${market.market.conditionId}|${outcome}`);
    positions.push({
      owner: wanted,
      market,
      outcome,
      size: Number(size) / MICRO,
      averagePrice: round6(cost?.average ?? 0),
      bought: round6(cost?.bought ?? 0),
      realizedPnl: round6(cost?.realized ?? 0),
      currentPrice: currentPrice(state, market, outcome),
    });
  }
  return positions;
}

interface Cost {
  held: number;
  average: number;
  bought: number;
  realized: number;
}

function costsOf(rows: readonly AccountRow[]): ReadonlyMap<string, Cost> {
  const costs = new Map<string, Cost>();
  const apply = (
    market: VenueMarket,
    outcome: Outcome,
    isBuy: boolean,
    shares: number,
    price: number,
  ): void => {
    const key = `${market.market.conditionId}|${outcome}`;
    const cost = costs.get(key) ?? { held: 0, average: 0, bought: 0, realized: 0 };
    costs.set(key, cost);
    if (isBuy) {
      cost.average = (cost.average * cost.held + shares * price) / (cost.held + shares);
      cost.held += shares;
      cost.bought += shares;
    } else {
      cost.realized += shares * (price - cost.average);
      cost.held = Math.max(0, cost.held - shares);
    }
  };
  for (const row of rows) {
    if (row.type === 'TRADE' && row.outcome !== null) {
      apply(row.market, row.outcome, row.side === 'BUY', row.shares, row.price);
    } else if (row.type === 'SPLIT' || row.type === 'MERGE') {
      for (const outcome of ['YES', 'NO'] as const)
        apply(row.market, outcome, row.type === 'SPLIT', row.shares, 0.5);
    } else if (row.type === 'REDEEM') {
      for (const outcome of ['YES', 'NO'] as const) {
        const held = costs.get(`${row.market.market.conditionId}|${outcome}`)?.held ?? 0;
        if (held > 0) apply(row.market, outcome, false, held, row.market.winner === outcome ? 1 : 0);
      }
    }
  }
  return costs;
}

/** The pay-out once resolved; before, the middle of the touch, else the last trade, else the listed price. */
function currentPrice(state: TradedMarkets, record: VenueMarket, outcome: Outcome): number {
  if (record.winner !== null) return record.winner === outcome ? 1 : 0;
  const book = state.book(record.market.yesTokenId);
  const [bid, ask] = [book?.bids[0]?.price, book?.asks[0]?.price];
  const last = state.priceHistory(record.market.yesTokenId).at(-1)?.price;
  const known = last ?? record.market.listedYesPrice;
  const yes =
    bid !== undefined && ask !== undefined
      ? (priceToFloat(bid) + priceToFloat(ask)) / 2
      : known === null
        ? 0.5
        : priceToFloat(known);
  return round6(outcome === 'YES' ? yes : 1 - yes);
}

export const round6 = (value: number): number => Math.round(value * 1e6) / 1e6;
