import { createHash } from 'node:crypto';
import type { TickBook } from '../../../domain/book.ts';
import type { ConditionId, Outcome, TokenId } from '../../../domain/market.ts';
import { formatPrice, formatShares, PRICE_ONE, type Price, type Shares } from '../../../domain/units.ts';

/** Everything besides the levels that the hash covers, as the wire writes it. */
export interface HashFacts {
  readonly conditionId: ConditionId;
  readonly tokenId: TokenId;
  readonly stampMs: number;
  readonly minSizeText: string;
  readonly tickText: string;
  readonly negRisk: boolean;
  readonly lastTradeText: string;
}

const priceTexts: string[] = [];
const priceText = (at: number): string => {
  const known = priceTexts[at];
  if (known !== undefined) return known;
  const made = formatPrice(at as Price);
  priceTexts[at] = made;
  return made;
};

/**
 * The venue's hash of one token's book: SHA-1 over its compact JSON with the hash left empty, in this key order, bids
 * ascending and asks descending. Confirmed on frames of September 2026.
 */
export function bookHash(book: TickBook, outcome: Outcome, facts: HashFacts): string {
  const isYes = outcome === 'YES';
  const text =
    `{"market":"${facts.conditionId}","asset_id":"${facts.tokenId}","timestamp":"${facts.stampMs}","hash":""` +
    `,"bids":[${isYes ? levelTexts(book, book.bids, 1, false) : levelTexts(book, book.asks, -1, true)}]` +
    `,"asks":[${isYes ? levelTexts(book, book.asks, -1, false) : levelTexts(book, book.bids, 1, true)}]` +
    `,"min_order_size":"${facts.minSizeText}","tick_size":"${facts.tickText}","neg_risk":${facts.negRisk}` +
    `,"last_trade_price":"${facts.lastTradeText}"}`;
  return createHash('sha1').update(text).digest('hex');
}

/** Levels in index order (`step` 1) or against it (-1); `mirrored` writes the other outcome's price. */
function levelTexts(book: TickBook, sizes: Float64Array, step: 1 | -1, mirrored: boolean): string {
  let text = '';
  let index = step === 1 ? 0 : sizes.length - 1;
  for (; index >= 0 && index < sizes.length; index += step) {
    const size = sizes[index] as number;
    if (size === 0) continue;
    const at = index * book.tick;
    const shown = priceText(mirrored ? PRICE_ONE - at : at);
    text += `${text === '' ? '' : ','}{"price":"${shown}","size":"${formatShares(size as Shares)}"}`;
  }
  return text;
}
