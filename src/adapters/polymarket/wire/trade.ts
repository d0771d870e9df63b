import { type ConditionId, oppositeSide, type Side, type TokenId } from '../../../domain/market.ts';
import type { FillReport, OrderId, TradeStatus } from '../../../domain/order.ts';
import { PRICE_ONE, type Price, price } from '../../../domain/units.ts';
import {
  asArray,
  asObject,
  optionalSide,
  optionalText,
  optionalTimeMs,
  priceField,
  sharesField,
  sideField,
  textField,
  WireFault,
  type WireObject,
} from './fields.ts';

/** Who we are in a trade: the API key that owns our orders, and the wallet that holds our tokens. */
export interface OwnIdentity {
  readonly apiKey: string;
  readonly wallet: string;
}

/** Trade statuses in both spellings; a match that waits for its broadcast is a match. Null for a word we never saw. */
export function tradeStatus(text: string): TradeStatus | null {
  const word = text.toUpperCase().replace(/^TRADE_STATUS_/, '');
  switch (word) {
    case 'MATCHED_NOT_BROADCASTED':
    case 'MATCHED':
      return 'MATCHED';
    case 'MINED':
    case 'RETRYING':
    case 'CONFIRMED':
    case 'FAILED':
      return word;
    default:
      return null;
  }
}

/**
 * Our own parts of one trade, from a row of `GET /data/trades` or a trade frame of the user socket.
 *
 * The outer asset, side and price are the taker's. As maker our part stands inside `maker_orders` with our own asset,
 * side and price, and one trade may hold several of our orders. Throws a WireFault.
 */
export function parseTrade(trade: WireObject, own: OwnIdentity): FillReport[] {
  const statusText = textField(trade, 'status');
  const status = tradeStatus(statusText);
  if (status === null) throw new WireFault('status', 'a trade status', statusText);
  const outer = { tokenId: textField(trade, 'asset_id') as TokenId, side: sideField(trade, 'side') };
  const shared = {
    tradeId: textField(trade, 'id'),
    conditionId: textField(trade, 'market') as ConditionId,
    status,
    matchedAtMs:
      optionalTimeMs(trade, 'match_time') ??
      optionalTimeMs(trade, 'matchtime') ??
      optionalTimeMs(trade, 'timestamp') ??
      0,
    transactionHash: optionalText(trade, 'transaction_hash'),
  };
  const fills: FillReport[] = [];
  for (const entry of asArray(trade.maker_orders ?? [], 'maker_orders')) {
    const maker = asObject(entry, 'maker_orders[]');
    if (!isOwn(maker, own)) continue;
    const tokenId = textField(maker, 'asset_id') as TokenId;
    fills.push({
      ...shared,
      orderId: textField(maker, 'order_id').toLowerCase() as OrderId,
      tokenId,
      side: optionalSide(maker, 'side') ?? makerSide(outer, tokenId),
      price: priceField(maker, 'price'),
      size: sharesField(maker, 'matched_amount'),
      role: 'MAKER',
    });
  }
  if (isOwnTaker(trade, own, fills.length))
    fills.push({
      ...shared,
      orderId: textField(trade, 'taker_order_id').toLowerCase() as OrderId,
      tokenId: outer.tokenId,
      side: outer.side,
      price: takerPrice(trade, outer.side),
      size: sharesField(trade, 'size'),
      role: 'TAKER',
    });
  return fills;
}

/**
 * The price of a taking order that met several makers may be their mean, off our grid of 1/10,000 dollar. It is then
 * rounded against us: the chain's balances say the rest, and no fill is lost over a digit.
 */
function takerPrice(trade: WireObject, side: Side): Price {
  const found = trade.price;
  if (typeof found !== 'string' || !/^0?\.\d{5,}$/.test(found)) return priceField(trade, 'price');
  const tenThousandths = Number(found) * PRICE_ONE;
  return price(side === 'BUY' ? Math.ceil(tenThousandths) : Math.floor(tenThousandths));
}

const isOwn = (row: WireObject, own: OwnIdentity): boolean =>
  row.owner === own.apiKey ||
  (typeof row.maker_address === 'string' && row.maker_address.toLowerCase() === own.wallet.toLowerCase());

/**
 * The outer owner and address are the viewer's on some rows and the taker's on others, so `trader_side` decides. Old
 * rows lack it: then we took, if the row is ours and none of its makers is.
 */
function isOwnTaker(trade: WireObject, own: OwnIdentity, ownMakers: number): boolean {
  if (trade.trader_side === 'TAKER') return true;
  if (trade.trader_side === 'MAKER') return false;
  return ownMakers === 0 && isOwn(trade, own);
}

/** On the taker's own token a maker takes the other side; on the complement both buy (mint) or both sell (merge). */
const makerSide = (outer: { readonly tokenId: TokenId; readonly side: Side }, tokenId: TokenId): Side =>
  tokenId === outer.tokenId ? oppositeSide(outer.side) : outer.side;
