import type { Outcome, TokenId } from '../../domain/market.ts';
import { type Price, usd } from '../../domain/units.ts';
import {
  listMarket as listEngineMarket,
  resolveMarket as resolveEngineMarket,
  setTickSize as setEngineTickSize,
} from '../../exchange/index.ts';
import type { Hex } from '../chain/types.ts';
import type { VenueListing } from '../types.ts';
import { change } from './apply-events.ts';
import { emit, findMarket, type MarketRecord, type VenueCore } from './core.ts';

/** Opens a market. Throws when its condition or one of its tokens is listed already. */
export function listMarket(core: VenueCore, listing: VenueListing): void {
  const { market } = listing;
  listEngineMarket(core.exchange, {
    conditionId: market.conditionId,
    yesTokenId: market.yesTokenId,
    noTokenId: market.noTokenId,
    tickSize: market.tickSize,
    minOrderSize: market.minOrderSize,
    fee: market.fee,
    takerDelayMs: listing.takerDelayMs ?? 0,
    state: market.acceptingOrders ? 'open' : 'notReady',
  });
  const nowMs = core.clock.nowMs();
  const record: MarketRecord = {
    listing,
    market,
    status: 'open',
    winner: null,
    listedAtMs: nowMs,
    resolvedAtMs: null,
    lastTradePrice: null,
    lastTradeSide: null,
    volume: usd(0),
    bookChangedAtMs: nowMs,
    history: [],
  };
  core.markets.set(market.conditionId, record);
  core.marketByToken.set(market.yesTokenId, record);
  core.marketByToken.set(market.noTokenId, record);
  emit(core, { kind: 'marketListed', conditionId: market.conditionId, atMs: nowMs });
}

/**
 * Ends a market: what rests is cancelled, then the outcome is reported on chain. Matches on their way still settle.
 * Does nothing when the market is resolved already; throws when it is not listed.
 */
export async function resolveMarket(core: VenueCore, conditionId: string, winner: Outcome): Promise<void> {
  const record = requireMarket(core, conditionId);
  if (record.status === 'resolved') return;
  const nowMs = core.clock.nowMs();
  record.status = 'resolved';
  record.winner = winner;
  record.resolvedAtMs = nowMs;
  record.market = { ...record.market, acceptingOrders: false, closed: true };
  change(core, (out, atMs) => resolveEngineMarket(core.exchange, record.market.conditionId, atMs, out));
  await core.chain.reportPayouts({
    questionId: record.market.questionId as Hex,
    oracle: record.listing.oracle,
    payouts: winner === 'YES' ? [1n, 0n] : [0n, 1n],
  });
  emit(core, {
    kind: 'marketResolved',
    conditionId: record.market.conditionId,
    winner,
    atMs: core.clock.nowMs(),
  });
}

/** Changes a market's tick; resting orders that are off the new grid are dropped. */
export function setTickSize(core: VenueCore, conditionId: string, tickSize: Price): void {
  const record = requireMarket(core, conditionId);
  change(core, (out, nowMs) => {
    setEngineTickSize(core.exchange, record.market.conditionId, tickSize, nowMs, out);
  });
}

export function requireMarket(core: VenueCore, conditionId: string): MarketRecord {
  const record = findMarket(core, conditionId);
  if (record === null) throw new RangeError(`no market with condition ${conditionId} is listed`);
  return record;
}

export const winningToken = (record: MarketRecord): TokenId | null =>
  record.winner === null
    ? null
    : record.winner === 'YES'
      ? record.market.yesTokenId
      : record.market.noTokenId;
