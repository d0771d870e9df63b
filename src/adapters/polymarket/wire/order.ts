import type { ConditionId, TokenId } from '../../../domain/market.ts';
import type { OrderId, VenueOrder } from '../../../domain/order.ts';
import type { UserEvent } from '../../../ports/venue.ts';
import {
  optionalTimeMs,
  priceField,
  sharesField,
  sideField,
  textField,
  WireFault,
  type WireObject,
} from './fields.ts';

/**
 * Order statuses in both spellings (`LIVE`, `ORDER_STATUS_LIVE`) and with the venue's reasons behind them
 * (`CANCELED_MARKET_RESOLVED`, `CANCELED_order couldn't be fully filled...`). Null for a word we never saw.
 */
export function orderStatus(text: string): VenueOrder['status'] | null {
  const word = text.toUpperCase().replace(/^ORDER_STATUS_/, '');
  if (word.startsWith('CANCELED') || word.startsWith('CANCELLED') || word === 'EXPIRED') return 'CANCELED';
  switch (word) {
    case 'LIVE':
    case 'MATCHED':
    case 'DELAYED':
    case 'UNMATCHED':
    case 'INVALID':
      return word;
    default:
      return null;
  }
}

/** A row of `GET /data/orders`, or the answer of `GET /data/order/{id}`. Throws a WireFault. */
export function parseOrder(row: WireObject): VenueOrder {
  const statusText = textField(row, 'status');
  const status = orderStatus(statusText);
  if (status === null) throw new WireFault('status', 'an order status', statusText);
  return {
    orderId: textField(row, 'id').toLowerCase() as OrderId,
    conditionId: textField(row, 'market') as ConditionId,
    tokenId: textField(row, 'asset_id') as TokenId,
    side: sideField(row, 'side'),
    price: priceField(row, 'price'),
    originalSize: sharesField(row, 'original_size'),
    matchedSize: sharesField(row, 'size_matched'),
    status,
    createdAtMs: optionalTimeMs(row, 'created_at') ?? 0,
  };
}

/**
 * An order frame of the user socket. A killed FOK comes with a sentence for a status and empty text for numbers; a
 * cancellation is one whatever its status says, unless that is INVALID. Throws a WireFault.
 */
export function parseOrderFrame(frame: WireObject): Extract<UserEvent, { kind: 'orderSeen' }> {
  const statusText = typeof frame.status === 'string' ? frame.status : '';
  const said = orderStatus(statusText);
  const status = frame.type === 'CANCELLATION' && said !== 'INVALID' ? 'CANCELED' : said;
  if (status === null) throw new WireFault('status', 'an order status', frame.status);
  const matched = frame.size_matched;
  return {
    kind: 'orderSeen',
    orderId: textField(frame, 'id').toLowerCase() as OrderId,
    status,
    matchedSize:
      matched === undefined || matched === null || matched === '' ? null : sharesField(frame, 'size_matched'),
  };
}
