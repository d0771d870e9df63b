/** What background traders want done, and what they see, in YES coordinates. The driver turns it into orders of its own kind. */
import type { Outcome, Side } from '../../domain/market.ts';
import { complement, type Price, type Shares } from '../../domain/units.ts';

/** The market as a trader sees it. */
export interface BookView {
  readonly tick: Price;
  readonly minOrderSize: Shares;
  readonly bestBid: Price | null;
  readonly bestAsk: Price | null;
}

/**
 * `trader` is one of `traderNames`. `ref` names an order of that trader in this market; it is never used twice.
 * A `quote` rests (GTC, post-only; a refusal may be ignored). A `take` is FAK with `price` as its worst price; one that buys is sized
 * in dollars, `size` times the `touch` it was decided on.
 */
export type TraderAction =
  | {
      readonly kind: 'quote';
      readonly trader: string;
      readonly ref: number;
      readonly side: Side;
      readonly price: Price;
      readonly size: Shares;
    }
  | { readonly kind: 'cancel'; readonly trader: string; readonly ref: number }
  | {
      readonly kind: 'take';
      readonly trader: string;
      readonly ref: number;
      readonly side: Side;
      readonly price: Price;
      readonly touch: Price;
      readonly size: Shares;
    };

/** An order of one token. */
export interface Leg {
  readonly outcome: Outcome;
  readonly side: Side;
  readonly price: Price;
}

/**
 * The order that does what `side` at `price` in YES coordinates asks for: a sale of the shares at hand where they suffice, else a
 * purchase of the other outcome, so that no trader needs an inventory to quote both sides.
 */
export function legOf(side: Side, price: Price, size: Shares, freeYes: Shares, freeNo: Shares): Leg {
  if (side === 'BUY') {
    return freeNo >= size
      ? { outcome: 'NO', side: 'SELL', price: complement(price) }
      : { outcome: 'YES', side: 'BUY', price };
  }
  return freeYes >= size
    ? { outcome: 'YES', side: 'SELL', price }
    : { outcome: 'NO', side: 'BUY', price: complement(price) };
}
