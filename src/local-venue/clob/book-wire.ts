import { createHash } from 'node:crypto';
import { formatPrice, formatShares, type Price } from '../../domain/units.ts';
import type { VenueLevel, VenueMarket } from '../types.ts';

export interface WireLevel {
  readonly price: string;
  readonly size: string;
}

/** `GET /book`, with its keys in the order the hash is computed over. */
export interface WireBook {
  readonly market: string;
  readonly asset_id: string;
  /** Milliseconds since 1970, as text. */
  readonly timestamp: string;
  /** 40 lower-case hex digits. */
  readonly hash: string;
  /** Ascending: the best is last. */
  readonly bids: readonly WireLevel[];
  /** Descending: the best is last. */
  readonly asks: readonly WireLevel[];
  readonly min_order_size: string;
  readonly tick_size: string;
  readonly neg_risk: boolean;
  readonly last_trade_price: string;
}

/** A market that never traded shows this price. */
export const UNTRADED_PRICE = '0.5';
const LAST_TRADE_MIN_DECIMALS = 3;

/** The venue writes last trade prices with at least three decimals ("0.910"), level prices without trailing zeros. */
export function formatLastTradePrice(price: Price | null): string {
  if (price === null) return UNTRADED_PRICE;
  const text = formatPrice(price);
  const dot = text.indexOf('.');
  if (dot < 0) return `${text}.${'0'.repeat(LAST_TRADE_MIN_DECIMALS)}`;
  return text.padEnd(dot + 1 + LAST_TRADE_MIN_DECIMALS, '0');
}

const wireLevels = (bestFirst: readonly VenueLevel[]): WireLevel[] => {
  const levels: WireLevel[] = [];
  for (let index = bestFirst.length - 1; index >= 0; index -= 1) {
    const level = bestFirst[index]!;
    levels.push({ price: formatPrice(level.price), size: formatShares(level.size) });
  }
  return levels;
};

/** Sides of one token's book, best first, as the engine gives them. */
export interface TokenSides {
  readonly bids: readonly VenueLevel[];
  readonly asks: readonly VenueLevel[];
}

/** The book of one token with its hash: SHA-1 of the compact JSON with the hash left empty, in exactly this key order. */
export function wireBook(
  listed: VenueMarket,
  tokenId: string,
  sides: TokenSides,
  timestampMs: number,
): WireBook {
  const unhashed: WireBook = {
    market: listed.market.conditionId,
    asset_id: tokenId,
    timestamp: String(timestampMs),
    hash: '',
    bids: wireLevels(sides.bids),
    asks: wireLevels(sides.asks),
    min_order_size: formatShares(listed.market.minOrderSize),
    tick_size: formatPrice(listed.market.tickSize),
    neg_risk: listed.market.negRisk,
    last_trade_price: formatLastTradePrice(listed.lastTradePrice),
  };
  return { ...unhashed, hash: createHash('sha1').update(JSON.stringify(unhashed)).digest('hex') };
}
