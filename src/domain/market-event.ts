import type { ConditionId, Market, Outcome, Side } from './market.ts';
import type { Price, Shares } from './units.ts';

/** Price and size, in YES coordinates. */
export type WireLevel = readonly [price: Price, size: Shares];
/** The price of YES at a moment of the past, as the venue remembers it. */
export interface PriceHistoryPoint {
  readonly atMs: number;
  readonly price: Price;
}

export type LevelChange = readonly [side: Side, price: Price, size: Shares];

export interface OutcomeTouches {
  readonly yes: { readonly bid: Price | null; readonly ask: Price | null };
  readonly no: { readonly bid: Price | null; readonly ask: Price | null };
}

export interface OutcomeLevels {
  readonly bids: readonly WireLevel[];
  readonly asks: readonly WireLevel[];
}

/** What the venue says of its markets, translated to YES coordinates at the edge. */
export type MarketEvent =
  | {
      /** The whole list of markets, or with `more` a part of it: the list is complete with the part that more do not follow. */
      readonly kind: 'marketsListed';
      readonly markets: readonly Market[];
      readonly more?: true;
    }
  | {
      /** A whole book in YES coordinates; it replaces what was there and makes the book live again. */
      readonly kind: 'book';
      readonly conditionId: ConditionId;
      readonly tick: Price;
      readonly bids: readonly WireLevel[];
      readonly asks: readonly WireLevel[];
      readonly hash: string;
      readonly venueAtMs: number;
      readonly source: 'socket' | 'read';
    }
  | {
      /** Level totals that changed, YES coordinates; frames that share (timestamp, hash) are one input. */
      readonly kind: 'levels';
      readonly conditionId: ConditionId;
      readonly changes: readonly LevelChange[];
      readonly hash: string;
      readonly venueAtMs: number;
    }
  | {
      /**
       * The best prices that one message gives for each token, each in its own, where they do not mirror each other; null once
       * they do again. Two tokens of one market are one book, so that a difference is a moment's inconsistency or a mistake.
       */
      readonly kind: 'touchesApart';
      readonly conditionId: ConditionId;
      readonly touches: OutcomeTouches | null;
      readonly venueAtMs: number;
    }
  | {
      /** Both tokens' whole books as one read found them, each in its own prices, best first. No mirror takes them over. */
      readonly kind: 'outcomeBooks';
      readonly conditionId: ConditionId;
      readonly yes: OutcomeLevels;
      readonly no: OutcomeLevels;
    }
  | { readonly kind: 'tickSize'; readonly conditionId: ConditionId; readonly tick: Price }
  | { readonly kind: 'bookUntrusted'; readonly conditionId: ConditionId; readonly reason: string }
  | {
      /** A public trade in YES coordinates; `takerSide` BUY lifted the YES ask. */
      readonly kind: 'publicTrade';
      readonly conditionId: ConditionId;
      readonly price: Price;
      readonly size: Shares;
      readonly takerSide: Side;
      readonly venueAtMs: number;
    }
  | { readonly kind: 'marketResolved'; readonly conditionId: ConditionId; readonly winner: Outcome | null };
