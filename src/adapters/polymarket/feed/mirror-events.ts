import { bestAsk, bestBid, clearBook, levelsOf, regrid } from '../../../domain/book.ts';
import { oppositeSide } from '../../../domain/market.ts';
import type { LevelChange, MarketEvent, WireLevel } from '../../../domain/market-event.ts';
import { complement } from '../../../domain/units.ts';
import { priceField, sharesField, sideField, textField, type WireObject } from '../wire/fields.ts';
import { stampField, type WireBook, type WireChanges } from './market-frames.ts';
import { type MarketMirror, mirrorBook, mirrorLevel } from './market-mirror.ts';
import { isMirrorProven, lastTradeSpellings } from './verify-mirror.ts';

const ALL_LEVELS = 100_000;
const NOTHING: readonly LevelChange[] = [];

/** The mirror as a whole-book event. */
export function bookEvent(mirror: MarketMirror, source: 'socket' | 'read'): MarketEvent & { kind: 'book' } {
  const levels = (side: 'BUY' | 'SELL'): WireLevel[] =>
    levelsOf(mirror.book, side, ALL_LEVELS).map(({ price, size }) => [price, size] as const);
  return {
    kind: 'book',
    conditionId: mirror.market.conditionId,
    tick: priceField({ tick: mirror.tickText }, 'tick'),
    bids: levels('BUY'),
    asks: levels('SELL'),
    hash: mirror.hash,
    venueAtMs: mirror.stampMs,
    source,
  };
}

/** Takes over the texts that only whole books carry. */
export function takeFacts(mirror: MarketMirror, found: WireBook): void {
  if (found.tickText !== null) mirror.tickText = found.tickText;
  if (found.minSizeText !== null) mirror.minSizeText = found.minSizeText;
  if (found.lastTradeText !== null) mirror.lastTradeText = found.lastTradeText;
}

/** Replaces the mirror's book and facts by a whole book of the wire. Changes younger than it, if they were kept, go on top. */
export function takeBook(mirror: MarketMirror, found: WireBook): void {
  takeFacts(mirror, found);
  clearBook(mirror.book);
  if (found.tick !== null) regrid(mirror.book, found.tick);
  mirrorBook(mirror.book, found.bids, found.asks);
  mirror.stampMs = found.stampMs;
  mirror.hash = found.hash;
  mirror.hashOutcome = found.outcome;
  mirror.isHashChecked = found.hash === '';
  for (const later of mirror.sinceRead ?? []) {
    if (later.stampMs < found.stampMs || later.hash === found.hash) continue;
    for (const change of later.changes) mirrorLevel(mirror.book, change);
    mirror.stampMs = later.stampMs;
    mirror.hash = later.hash;
    mirror.isHashChecked = later.hash === '';
  }
  mirror.isLive = true;
  mirror.isUntrusted = false;
  mirror.isApart = false;
}

/** Applies one message's changes and keeps them for delivery. */
export function takeChanges(mirror: MarketMirror, found: WireChanges): void {
  for (const change of found.changes) mirrorLevel(mirror.book, change);
  mirror.pending = mirror.pending.length === 0 ? found.changes : [...mirror.pending, ...found.changes];
  mirror.sinceRead?.push({ stampMs: found.stampMs, hash: found.hash, changes: found.changes });
  mirror.stampMs = found.stampMs;
  mirror.hash = found.hash;
  mirror.hashOutcome = found.hashOutcome;
  mirror.isHashChecked = found.hash === '';
}

/** Whether the book's touch is what the message says it is once its whole event is in. */
export const isTouchReached = (mirror: MarketMirror, found: WireChanges): boolean =>
  (found.bestBid === undefined || found.bestBid === bestBid(mirror.book)) &&
  (found.bestAsk === undefined || found.bestAsk === bestAsk(mirror.book));

/** News of touches that do not mirror each other, or of their doing so again; null where there is none. */
export function touchesEvent(
  mirror: MarketMirror,
  { touchesApart, stampMs }: WireChanges,
): (MarketEvent & { kind: 'touchesApart' }) | null {
  if (touchesApart === undefined || (touchesApart === null && !mirror.isApart)) return null;
  mirror.isApart = touchesApart !== null;
  const { conditionId } = mirror.market;
  return { kind: 'touchesApart', conditionId, touches: touchesApart, venueAtMs: stampMs };
}

/** The changes kept, as one event, which is the last one taken; null when there are none. */
export function levelsEvent(mirror: MarketMirror): (MarketEvent & { kind: 'levels' }) | null {
  if (mirror.pending.length === 0) return null;
  const changes = mirror.pending;
  mirror.pending = NOTHING;
  return {
    kind: 'levels',
    conditionId: mirror.market.conditionId,
    changes,
    hash: mirror.hash,
    venueAtMs: mirror.stampMs,
  };
}

/**
 * Checks the mirror against the last hash announced. `wrong` only where the formula has been seen to fit this market:
 * a market whose whole books never fit it proves nothing either way.
 */
export function checkMirror(mirror: MarketMirror, nowMs: number): 'right' | 'wrong' | 'unknown' {
  mirror.isHashChecked = true;
  mirror.checkedAtMs = nowMs;
  if (mirror.proof === 'unprovable' || mirror.hash === '') return 'unknown';
  if (isMirrorProven(mirror)) {
    mirror.proof = 'proven';
    return 'right';
  }
  return mirror.proof === 'proven' ? 'wrong' : 'unknown';
}

/** A `last_trade_price` frame: the public trade, and the spellings the hash may use for its price from now on. */
export function takeTrade(mirror: MarketMirror, frame: WireObject): MarketEvent & { kind: 'publicTrade' } {
  const isYes = frame.asset_id === mirror.market.yesTokenId;
  const at = priceField(frame, 'price');
  const side = sideField(frame, 'side');
  mirror.lastTradeCandidates = lastTradeSpellings(textField(frame, 'price'), at);
  return {
    kind: 'publicTrade',
    conditionId: mirror.market.conditionId,
    price: isYes ? at : complement(at),
    size: sharesField(frame, 'size'),
    takerSide: isYes ? side : oppositeSide(side),
    venueAtMs: stampField(frame),
  };
}

/** A `tick_size_change` frame. */
export function takeTickSize(mirror: MarketMirror, frame: WireObject): MarketEvent & { kind: 'tickSize' } {
  const tick = priceField(frame, 'new_tick_size');
  mirror.tickText = textField(frame, 'new_tick_size');
  // A level off the coarser grid keeps the finer one: its size still counts.
  regrid(mirror.book, tick);
  return { kind: 'tickSize', conditionId: mirror.market.conditionId, tick };
}
