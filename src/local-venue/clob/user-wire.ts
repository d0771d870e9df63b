import { formatPrice, formatShares } from '../../domain/units.ts';
import type { Address } from '../chain/types.ts';
import type { VenueMarket, VenueOrder, VenueTrade } from '../types.ts';

/** The name of an outcome as the market shows it ("Up", "Yes"). */
export const outcomeName = (listed: VenueMarket, tokenId: string): string =>
  listed.market.outcomeNames[tokenId === listed.market.yesTokenId ? 0 : 1];

const seconds = (ms: number): number => Math.floor(ms / 1000);

/** A row of `GET /data/orders`: sizes are decimal shares, `created_at` is a number of seconds. */
export function restOrder(listed: VenueMarket, order: VenueOrder): Record<string, unknown> {
  return {
    id: order.id,
    status: order.status,
    owner: order.apiKey,
    maker_address: order.owner,
    market: order.conditionId,
    asset_id: order.tokenId,
    side: order.side,
    original_size: formatShares(order.originalSize),
    size_matched: formatShares(order.matchedSize),
    price: formatPrice(order.price),
    outcome: outcomeName(listed, order.tokenId),
    expiration: String(order.expirationSec),
    order_type: order.orderType,
    associate_trades: order.tradeIds,
    created_at: seconds(order.createdAtMs),
  };
}

export type OrderChange = 'PLACEMENT' | 'UPDATE' | 'CANCELLATION';

/** The status text of a killed FOK on the user socket; its matched size and creation time are empty there. */
export const KILLED_FOK_STATUS =
  "CANCELED_order couldn't be fully filled. FOK orders are fully filled or killed.";

/** An order frame of the user socket. `killed` marks a FOK that could not be filled, which the venue reports oddly. */
export function orderFrame(
  listed: VenueMarket,
  order: VenueOrder,
  change: OrderChange,
  atMs: number,
  killed: boolean,
): Record<string, unknown> {
  return {
    event_type: 'order',
    type: change,
    id: order.id,
    owner: order.apiKey,
    order_owner: order.apiKey,
    market: order.conditionId,
    asset_id: order.tokenId,
    side: order.side,
    original_size: formatShares(order.originalSize),
    size_matched: killed ? '' : formatShares(order.matchedSize),
    price: formatPrice(order.price),
    outcome: outcomeName(listed, order.tokenId),
    order_type: order.orderType,
    status: killed ? KILLED_FOK_STATUS : socketStatus(order),
    created_at: killed ? '' : String(seconds(order.createdAtMs)),
    expiration: String(order.expirationSec),
    maker_address: order.owner,
    associate_trades: order.tradeIds,
    timestamp: String(atMs),
  };
}

/** Clients know five words on the socket; a resolution's cancel is a plain CANCELED there. */
const socketStatus = (order: VenueOrder): string =>
  order.status === 'CANCELED_MARKET_RESOLVED' ? 'CANCELED' : order.status;

function makerRows(listed: VenueMarket, trade: VenueTrade): Record<string, unknown>[] {
  return trade.makers.map((maker) => ({
    order_id: maker.orderId,
    owner: maker.apiKey,
    maker_address: maker.owner,
    matched_amount: formatShares(maker.size),
    price: formatPrice(maker.price),
    fee_rate_bps: '',
    asset_id: maker.tokenId,
    outcome: outcomeName(listed, maker.tokenId),
    side: maker.side,
  }));
}

/** Whether a part in a trade is the viewer's own. */
export type IsOwn = (part: { readonly owner: Address; readonly apiKey: string }) => boolean;

/** What REST rows and socket frames of a trade share. The outer asset, side and price are the taker's in every view. */
function tradeFields(listed: VenueMarket, trade: VenueTrade, isOwn: IsOwn): Record<string, unknown> {
  const asTaker = isOwn({ owner: trade.takerOwner, apiKey: trade.takerApiKey });
  const own = asTaker ? null : (trade.makers.find(isOwn) ?? null);
  return {
    id: trade.id,
    taker_order_id: trade.takerOrderId,
    market: trade.conditionId,
    asset_id: trade.tokenId,
    side: trade.side,
    size: formatShares(trade.size),
    fee_rate_bps: '0',
    price: formatPrice(trade.price),
    match_time: String(seconds(trade.matchedAtMs)),
    last_update: String(seconds(trade.updatedAtMs)),
    outcome: outcomeName(listed, trade.tokenId),
    bucket_index: trade.bucketIndex,
    owner: own === null ? trade.takerApiKey : own.apiKey,
    maker_address: own === null ? trade.takerOwner : own.owner,
    transaction_hash: trade.txHash ?? '',
    trader_side: own === null ? 'TAKER' : 'MAKER',
    maker_orders: makerRows(listed, trade),
  };
}

/** A row of `GET /data/trades`, as the viewer sees it. */
export const restTrade = (listed: VenueMarket, trade: VenueTrade, isOwn: IsOwn): Record<string, unknown> => ({
  ...tradeFields(listed, trade, isOwn),
  status: `TRADE_STATUS_${trade.status}`,
});

/** A trade frame of the user socket, as the viewer sees it; sent again at each change of status. */
export function tradeFrame(
  listed: VenueMarket,
  trade: VenueTrade,
  isOwn: IsOwn,
  atMs: number,
): Record<string, unknown> {
  const fields = tradeFields(listed, trade, isOwn);
  return {
    event_type: 'trade',
    type: 'TRADE',
    ...fields,
    trade_owner: fields.owner,
    status: trade.status,
    timestamp: String(atMs),
  };
}
