import { bestAsk, bestBid } from '../../domain/book.ts';
import type { TokenId } from '../../domain/market.ts';
import { complement, formatPrice, PRICE_ONE, type Price } from '../../domain/units.ts';
import { bookForToken } from '../../exchange/index.ts';
import { type WireBook, wireBook } from './book-wire.ts';
import type { MarketRecord, VenueCore } from './core.ts';

/** The whole book of one token as `GET /book` shows it now. */
export function currentBook(core: VenueCore, record: MarketRecord, tokenId: TokenId): WireBook {
  const sides = bookForToken(core.exchange, tokenId) ?? { bids: [], asks: [] };
  return wireBook(record, tokenId, sides, record.bookChangedAtMs);
}

/** Best bid and ask of one token; null where that side is empty. */
export interface Touch {
  readonly bid: Price | null;
  readonly ask: Price | null;
}

export function touchOf(core: VenueCore, record: MarketRecord, tokenId: TokenId): Touch {
  const market = core.exchange.markets.get(record.market.conditionId);
  if (market === undefined) return { bid: null, ask: null };
  const bid = bestBid(market.book);
  const ask = bestAsk(market.book);
  if (tokenId === record.market.yesTokenId) return { bid, ask };
  return { bid: ask === null ? null : complement(ask), ask: bid === null ? null : complement(bid) };
}

/** Wire text of a touch: an empty bid side shows 0, an empty ask side 1. */
export const bidText = (touch: Touch): string => (touch.bid === null ? '0' : formatPrice(touch.bid));
export const askText = (touch: Touch): string => (touch.ask === null ? '1' : formatPrice(touch.ask));

/** Ask less bid, with an empty side at the end of the range. */
export const spreadText = (touch: Touch): string =>
  formatPrice(((touch.ask ?? PRICE_ONE) - (touch.bid ?? 0)) as Price);

/** Middle of bid and ask as decimal text: half a ten-thousandth is kept as a fifth decimal. */
export function midText(touch: Touch): string {
  const doubled = (touch.bid ?? 0) + (touch.ask ?? PRICE_ONE);
  const whole = formatPrice(Math.floor(doubled / 2) as Price);
  if (doubled % 2 === 0) return whole;
  const [integer, fraction = ''] = whole.split('.');
  return `${integer}.${fraction.padEnd(4, '0')}5`;
}
