import { formatPrice, PRICE_ONE, type Price } from '../../../domain/units.ts';
import { bookHash } from './book-hash.ts';
import type { MarketMirror } from './market-mirror.ts';

/** The venue writes last trade prices with at least three decimals: "0.910". */
const LAST_TRADE_DECIMALS = 3;

/**
 * Spellings the hash may use for a trade at this price. The hash takes the market's last trade price, the same for
 * both tokens; which token's price that is, the trade frame does not say.
 */
export function lastTradeSpellings(priceText: string, at: Price): readonly string[] {
  const spellings = new Set([priceText]);
  for (const candidate of [at, (PRICE_ONE - at) as Price]) {
    const plain = formatPrice(candidate);
    const dot = plain.indexOf('.');
    if (dot > 0) spellings.add(plain.padEnd(dot + 1 + LAST_TRADE_DECIMALS, '0'));
    spellings.add(plain);
  }
  return [...spellings];
}

/**
 * Whether the mirror hashes to what the venue announced. A fitting spelling of the last trade price is kept, because
 * the frame that tells it may come after the one that is hashed with it.
 */
export function isMirrorProven(mirror: MarketMirror): boolean {
  const { market } = mirror;
  const known = mirror.lastTradeText;
  const candidates = known === null ? mirror.lastTradeCandidates : [known, ...mirror.lastTradeCandidates];
  for (const lastTradeText of candidates) {
    const found = bookHash(mirror.book, mirror.hashOutcome, {
      conditionId: market.conditionId,
      tokenId: mirror.hashOutcome === 'YES' ? market.yesTokenId : market.noTokenId,
      stampMs: mirror.stampMs,
      minSizeText: mirror.minSizeText,
      tickText: mirror.tickText,
      negRisk: market.negRisk,
      lastTradeText,
    });
    if (found !== mirror.hash) continue;
    mirror.lastTradeText = lastTradeText;
    return true;
  }
  return false;
}
