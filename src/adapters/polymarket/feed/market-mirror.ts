import { clearBook, createBook, regrid, setLevel, type TickBook } from '../../../domain/book.ts';
import type { Outcome, WatchedMarket } from '../../../domain/market.ts';
import type { LevelChange, WireLevel } from '../../../domain/market-event.ts';
import { formatPrice, formatShares, type Price } from '../../../domain/units.ts';

/**
 * What the feed knows of one market: the book in YES coordinates, and the facts of the wire that the venue's book hash
 * is made of and that no price carries. Plain data; the feed is its only writer.
 */
export interface MarketMirror {
  readonly market: WatchedMarket;
  readonly book: TickBook;
  /** Whether a whole book came on the connection that is open now. */
  isLive: boolean;
  /** Set when the mirror was found wrong, until a whole book replaces it. */
  isUntrusted: boolean;
  /** Verbatim texts of the wire: "0.910" and "0.91" hash differently. */
  tickText: string;
  minSizeText: string;
  lastTradeText: string | null;
  /** Other spellings the last trade may have in the hash, newest first. */
  lastTradeCandidates: readonly string[];
  /** Time and hash the venue gave for the state now in `book`, and which token's book it hashes. */
  stampMs: number;
  hash: string;
  hashOutcome: Outcome;
  isHashChecked: boolean;
  /** `unprovable`: not even a whole book fits the formula, so a mismatch proves nothing. */
  proof: 'unproven' | 'proven' | 'unprovable';
  /** A whole book was read to learn the facts the socket's books leave out. */
  isProofAsked: boolean;
  checkedAtMs: number;
  heardAtMs: number;
  /** Changes that came while a whole book is being read, so that they can be put on top of it. */
  sinceRead:
    | { readonly stampMs: number; readonly hash: string; readonly changes: readonly LevelChange[] }[]
    | null;
  /** Changes of the event under way that are not delivered yet: those of its first message as they came, or a list of our own. */
  pending: readonly LevelChange[];
  cancelHold: (() => void) | null;
  /** Whether the last message that told gave the tokens touches that do not mirror each other. */
  isApart: boolean;
}

export function createMirror(market: WatchedMarket): MarketMirror {
  return {
    market,
    book: createBook(market.tickSize),
    isLive: false,
    isUntrusted: false,
    tickText: formatPrice(market.tickSize),
    minSizeText: formatShares(market.minOrderSize),
    lastTradeText: null,
    lastTradeCandidates: [],
    stampMs: 0,
    hash: '',
    hashOutcome: 'YES',
    isHashChecked: true,
    proof: 'unproven',
    isProofAsked: false,
    checkedAtMs: 0,
    heardAtMs: 0,
    sinceRead: null,
    pending: [],
    cancelHold: null,
    isApart: false,
  };
}

/** Ticks to fall back to when a level lies off the grid, coarse to fine. Every tick the venue has is a multiple of the last. */
const FINER_TICKS = [100, 50, 25, 10, 5, 1] as Price[];

/** Sets one level; where the grid is too coarse for it, the book moves to a finer one first, so no level is ever lost. */
export function mirrorLevel(book: TickBook, change: LevelChange): void {
  // By index: to take an array apart by a pattern runs its iterator, for every level of every message.
  const side = change[0];
  const at = change[1];
  const size = change[2];
  if (setLevel(book, side, at, size)) return;
  for (const tick of FINER_TICKS) {
    if (tick >= book.tick || book.tick % tick !== 0 || at % tick !== 0) continue;
    if (regrid(book, tick) && setLevel(book, side, at, size)) return;
  }
}

/** Replaces every level. */
export function mirrorBook(book: TickBook, bids: readonly WireLevel[], asks: readonly WireLevel[]): void {
  clearBook(book);
  for (const [at, size] of bids) mirrorLevel(book, ['BUY', at, size]);
  for (const [at, size] of asks) mirrorLevel(book, ['SELL', at, size]);
}
