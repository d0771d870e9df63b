import { oppositeSide, type TokenId } from '../../domain/market.ts';
import { complement, formatPrice, formatShares } from '../../domain/units.ts';
import type { VenueEvent } from '../types.ts';
import { askText, bidText, currentBook, spreadText, touchOf } from './book-view.ts';
import { formatLastTradePrice } from './book-wire.ts';
import type { MarketRecord, VenueCore } from './core.ts';
import { winningToken } from './market-life.ts';

type Frame = Readonly<Record<string, unknown>>;
type EventOf<Kind extends VenueEvent['kind']> = Extract<VenueEvent, { kind: Kind }>;

export const tokensOf = (record: MarketRecord): readonly [TokenId, TokenId] => [
  record.market.yesTokenId,
  record.market.noTokenId,
];

/**
 * A book frame. Like production's it lacks the minimum size and the neg-risk flag that the hash covers; after a trade
 * it lacks tick and last trade price too.
 */
export function bookFrame(
  core: VenueCore,
  record: MarketRecord,
  tokenId: TokenId,
  afterTrade: boolean,
): Frame {
  const { market, asset_id, timestamp, hash, bids, asks, tick_size, last_trade_price } = currentBook(
    core,
    record,
    tokenId,
  );
  const frame = { market, asset_id, timestamp, hash, bids, asks };
  return afterTrade
    ? { ...frame, event_type: 'book' }
    : { ...frame, tick_size, event_type: 'book', last_trade_price };
}

/** The entries of a `price_change`: each changed level for both tokens, with the hash and touch of the book after it. */
export function priceChanges(core: VenueCore, record: MarketRecord, event: EventOf<'book'>): Frame[] {
  const views = tokensOf(record).map((tokenId) => {
    const touch = touchOf(core, record, tokenId);
    return {
      asset_id: tokenId,
      isYes: tokenId === record.market.yesTokenId,
      hash: currentBook(core, record, tokenId).hash,
      best_bid: bidText(touch),
      best_ask: askText(touch),
    };
  });
  const entries: Frame[] = [];
  for (const level of event.levels) {
    for (const { asset_id, isYes, hash, best_bid, best_ask } of views) {
      entries.push({
        asset_id,
        price: formatPrice(isYes ? level.price : complement(level.price)),
        size: formatShares(level.size),
        side: isYes ? level.side : oppositeSide(level.side),
        hash,
        best_bid,
        best_ask,
      });
    }
  }
  return entries;
}

export const priceChangeFrame = (record: MarketRecord, entries: readonly Frame[], atMs: number): Frame => ({
  market: record.market.conditionId,
  price_changes: entries,
  timestamp: String(atMs),
  event_type: 'price_change',
});

export const lastTradeFrame = (event: EventOf<'lastTrade'>): Frame => ({
  market: event.conditionId,
  asset_id: event.tokenId,
  price: formatLastTradePrice(event.price),
  size: formatShares(event.size),
  fee_rate_bps: '0',
  side: event.side,
  timestamp: String(event.atMs),
  event_type: 'last_trade_price',
  transaction_hash: '',
});

export const tickSizeFrame = (tokenId: TokenId, event: EventOf<'tickSize'>): Frame => ({
  asset_id: tokenId,
  event_type: 'tick_size_change',
  market: event.conditionId,
  new_tick_size: formatPrice(event.to),
  old_tick_size: formatPrice(event.from),
  timestamp: String(event.atMs),
});

export function bestBidAskFrame(
  core: VenueCore,
  record: MarketRecord,
  tokenId: TokenId,
  atMs: number,
): Frame {
  const touch = touchOf(core, record, tokenId);
  return {
    market: record.market.conditionId,
    asset_id: tokenId,
    best_bid: bidText(touch),
    best_ask: askText(touch),
    spread: spreadText(touch),
    timestamp: String(atMs),
    event_type: 'best_bid_ask',
  };
}

const eventMessage = (record: MarketRecord): Frame => ({
  id: record.market.eventId ?? record.market.gammaId,
  ticker: record.market.slug,
  slug: record.market.slug,
  title: record.market.question,
  description: record.market.description,
});

export function newMarketFrame(record: MarketRecord, atMs: number): Frame {
  const { market } = record;
  return {
    id: market.gammaId,
    question: market.question,
    market: market.conditionId,
    slug: market.slug,
    description: market.description,
    assets_ids: tokensOf(record),
    outcomes: market.outcomeNames,
    event_message: eventMessage(record),
    timestamp: String(atMs),
    event_type: 'new_market',
    tags: market.tags,
    condition_id: market.conditionId,
    active: market.active,
    clob_token_ids: tokensOf(record),
    order_price_min_tick_size: formatPrice(market.tickSize),
    group_item_title: '',
    taker_base_fee: '0',
    fees_enabled: market.fee.ratePpm > 0,
    fee_schedule: {
      rate: market.fee.ratePpm / 1e6,
      exponent: market.fee.exponent,
      takerOnly: market.fee.takerOnly,
      rebateRate: market.fee.rebatePpm / 1e6,
    },
  };
}

export const marketResolvedFrame = (record: MarketRecord, event: EventOf<'marketResolved'>): Frame => ({
  event_type: 'market_resolved',
  id: record.market.gammaId,
  market: event.conditionId,
  assets_ids: tokensOf(record),
  winning_asset_id: winningToken(record),
  winning_outcome: record.market.outcomeNames[event.winner === 'YES' ? 0 : 1],
  event_message: eventMessage(record),
  timestamp: String(event.atMs),
  tags: record.market.tags,
});
