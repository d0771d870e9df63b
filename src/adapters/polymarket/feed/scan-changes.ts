import type { WatchedMarket } from '../../../domain/market.ts';
import type { LevelChange, OutcomeTouches } from '../../../domain/market-event.ts';
import { PRICE_ONE, type Price, type Shares } from '../../../domain/units.ts';
import type { WireChanges } from './market-frames.ts';
import { firstOf, lastOf, type Pattern, patternOf } from './text-words.ts';
import { touchesApart } from './touches.ts';

/** Reads `price_change` frames straight from their bytes. */
export interface ChangesScanner<Of> {
  add(market: WatchedMarket, of: Of): void;
  remove(market: WatchedMarket): void;
  /** Null for every frame that is not written exactly as the venue writes it today: those are for the JSON parser to judge. */
  scan(bytes: Buffer): Scanned<Of> | null;
}

/** One object for both: each object less that a frame makes is some memory less that no cache holds. */
interface Scanned<Of> extends WireChanges {
  readonly of: Of;
}

interface Known<Of> {
  readonly conditionId: string;
  /** From the frame's first byte to the token of its first row: one comparison for all that a market's frames begin with. */
  readonly head: Pattern;
  /** Token and the key after it: its quote tells a token from a longer one that begins alike. */
  readonly yes: Pattern;
  readonly no: Pattern;
  readonly of: Of;
}

/** What a Buffer has under `toString('latin1')`: the same without looking up the encoding, which costs a third of it. */
interface Latin1 {
  latin1Slice(from: number, to: number): string;
}

/** Bytes of a double. */
const WORD = 8;
/** Longer frames are for the parser. The venue's have some hundred bytes a row. */
const LONGEST_FRAME = 65_536;
const TOUCHES_PAST_FRAME = 64;

/**
 * Where every frame is copied to before it is read. Asking a Buffer for its memory costs most of what the copy does, and what always lies
 * in one place is read with fewer checks. Behind the longest frame there are zeros that no frame overwrites: every loop
 * ends there, since a zero is neither digit nor text, and no literal fits there, so that nothing is ever read past the end.
 * What older frames have left behind a shorter one harms nothing: a frame is taken only if its rows end where its end begins.
 */
const frame = new Uint8Array(LONGEST_FRAME + TOUCHES_PAST_FRAME);
const view = new DataView(frame.buffer);
const frameWords = new Float64Array(frame.buffer);
/**
 * What the last row read has said: its side, 0 for BUY, prices in ten-thousandths, its size in millionths; and the frame's time
 * in milliseconds. Kept outside of objects, a number is no garbage.
 */
const row = new Float64Array(6);
const SIDE = 0;
const PRICE = 1;
const SIZE = 2;
const BID = 3;
const ASK = 4;
const STAMP = 5;

const FRAME = '{"market":"';
const ROWS = '","price_changes":[';
const ROW = '{"asset_id":"';
const PRICE_KEY = '","price":"';
const SIZE_KEY = '","size":"';
const SIDE_KEY = '","side":"';
const BUY = 'BUY","hash":"';
const SELL = 'SELL","hash":"';
const BID_KEY = '","best_bid":"';
const ASK_KEY = '","best_ask":"';
const NEXT_ROW = `"},${ROW}`;
const STAMP_KEY = '"}],"timestamp":"';
const END = patternOf('","event_type":"price_change"}');

// What these texts are to begin and to end with, as doubles; where one is shorter than sixteen bytes, the two overlap.
const SIZE_FIRST = firstOf(SIZE_KEY);
const SIZE_LAST = lastOf(SIZE_KEY);
const SIDE_FIRST = firstOf(SIDE_KEY);
const SIDE_LAST = lastOf(SIDE_KEY);
const BUY_FIRST = firstOf(BUY);
const BUY_LAST = lastOf(BUY);
const SELL_FIRST = firstOf(SELL);
const SELL_LAST = lastOf(SELL);
const BID_FIRST = firstOf(BID_KEY);
const BID_LAST = lastOf(BID_KEY);
const ASK_FIRST = firstOf(ASK_KEY);
const ASK_LAST = lastOf(ASK_KEY);
const NEXT_FIRST = firstOf(NEXT_ROW);
const NEXT_LAST = lastOf(NEXT_ROW);
const STAMP_FIRST = firstOf(STAMP_KEY);
const STAMP_SECOND = firstOf(STAMP_KEY.slice(WORD));
const STAMP_LAST = lastOf(STAMP_KEY);

const QUOTE = 0x22;
const DOT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
/** Four times '0', the two characters that a price begins with, and what a quote becomes where digits become 0 to 9. */
const ZEROS = 0x30303030;
const ZERO_POINT = 0x2e30;
const END_OF_DIGITS = QUOTE ^ ZERO;
const BACKSLASH = 0x5c;
const CONDITION_LENGTH = 66;
/** Where a frame has the last four characters of its condition id: digits as good as random, by which markets are looked up. */
const KEY_AT = FRAME.length + CONDITION_LENGTH - 4;
const HASH_LENGTH = 40;
const STAMP_DIGITS = 13;
const MAX_WHOLE_DIGITS = 9;
const SIZE_DECIMALS = 6;
const PRICE_DECIMALS = 4;
/** Powers of ten, to bring a number with few decimals to millionths or ten-thousandths. */
const POWERS = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000] as const;

/**
 * A scanner that knows one layout: the keys in the order in which the venue sends them, no escapes, both tokens of one market.
 * It takes a small part of the time of `JSON.parse` with its objects, and leaves nothing behind but the changes and a hash:
 * what is left behind costs more than reading, since each frame's garbage lies in memory that no cache holds. Whatever
 * surprises it, it does not guess: it returns null.
 */
export function createChangesScanner<Of>(): ChangesScanner<Of> {
  const known = new Map<number, Known<Of>[]>();

  function scan(bytes: Buffer): Scanned<Of> | null {
    const endAt = bytes.length - END.length;
    if (endAt < KEY_AT + 4 || bytes.length > LONGEST_FRAME) return null;
    frame.set(bytes);
    if (!isPatternAt(endAt, END)) return null;
    const candidates = known.get(view.getInt32(KEY_AT, true));
    if (candidates === undefined) return null;
    for (let index = 0; index < candidates.length; index += 1) {
      const market = candidates[index] as Known<Of>;
      if (market.head.length <= endAt && isHead(market.head))
        return takeRows(market, endAt, bytes as Buffer & Latin1);
    }
    return null;
  }

  return {
    scan,
    add: ({ conditionId, yesTokenId, noTokenId }, of) => {
      if (conditionId.length !== CONDITION_LENGTH) return;
      const one = {
        conditionId,
        head: patternOf(FRAME + conditionId + ROWS + ROW),
        yes: patternOf(yesTokenId + PRICE_KEY),
        no: patternOf(noTokenId + PRICE_KEY),
        of,
      };
      const key = keyOf(conditionId);
      known.set(key, [...(known.get(key) ?? []), one]);
    },
    remove: ({ conditionId }) => {
      const key = keyOf(conditionId);
      const left = (known.get(key) ?? []).filter((one) => one.conditionId !== conditionId);
      if (left.length > 0) known.set(key, left);
      else known.delete(key);
    },
  };
}

/** All behind a frame's head. */
function takeRows<Of>(market: Known<Of>, endAt: number, bytes: Buffer & Latin1): Scanned<Of> | null {
  const { yes, no } = market;
  let changes: LevelChange[] | null = null;
  let hashAt = 0;
  let bid = 0;
  let ask = 0;
  let noBid = -1;
  let noAsk = -1;
  let at = market.head.length;
  for (;;) {
    if (at + yes.length <= endAt && isPatternAt(at, yes)) {
      hashAt = afterChange(at + yes.length);
      if (hashAt < 0) return null;
      const change: LevelChange = [
        row[SIDE] === 0 ? 'BUY' : 'SELL',
        row[PRICE] as Price,
        row[SIZE] as Shares,
      ];
      at = afterTouch(hashAt);
      if (at < 0) return null;
      // Mostly there is one, and `[change]` has room for one: the first push onto an empty array makes room for seventeen.
      if (changes === null) changes = [change];
      else changes.push(change);
      bid = row[BID] as number;
      ask = row[ASK] as number;
    } else {
      if (at + no.length > endAt || !isPatternAt(at, no)) return null;
      at = afterTexts(at + no.length);
      if (at < 0) return null;
      at = afterTouch(at);
      if (at < 0) return null;
      noBid = row[BID] as number;
      noAsk = row[ASK] as number;
    }
    if (!isWordAt(at, NEXT_FIRST) || !isWordAt(at + NEXT_ROW.length - WORD, NEXT_LAST)) break;
    at += NEXT_ROW.length;
  }
  // Without a row of YES the rows of NO are to be turned over, which is rare enough for the parser.
  if (changes === null || endAt - at !== STAMP_KEY.length + STAMP_DIGITS || !isStamp(at)) return null;
  return {
    of: market.of,
    changes,
    stampMs: row[STAMP] as number,
    hash: bytes.latin1Slice(hashAt, hashAt + HASH_LENGTH),
    hashOutcome: 'YES',
    bestBid: bidOf(bid),
    bestAsk: askOf(ask),
    touchesApart: noBid < 0 ? undefined : apartOf(bid, ask, noBid, noAsk),
  };
}

// Each of the next steps says where it has come to, or -1.

/** From a row's price to before its hash. */
function afterChange(from: number): number {
  let at = from;
  const plain = plainPrice(at);
  if (plain >= 0) {
    row[PRICE] = plain >> 3;
    at += plain & 7;
  } else at = afterDigits(at, PRICE_DECIMALS, PRICE);
  if (at < 0) return -1;
  const price = row[PRICE] as number;
  if (price <= 0 || price >= PRICE_ONE) return -1;
  if (!isWordAt(at, SIZE_FIRST) || !isWordAt(at + SIZE_KEY.length - WORD, SIZE_LAST)) return -1;
  at = afterDigits(at + SIZE_KEY.length, SIZE_DECIMALS, SIZE);
  return at < 0 ? -1 : afterSide(at);
}

/** The same of a row of NO, which says nothing that its row of YES does not. */
function afterTexts(from: number): number {
  const plain = plainPrice(from);
  let at = plain < 0 ? afterText(from) : from + (plain & 7);
  if (at < 0) return -1;
  if (!isWordAt(at, SIZE_FIRST) || !isWordAt(at + SIZE_KEY.length - WORD, SIZE_LAST)) return -1;
  at = afterText(at + SIZE_KEY.length);
  return at < 0 ? -1 : afterSide(at);
}

/** Over a side and the key of the hash. */
function afterSide(from: number): number {
  if (!isWordAt(from, SIDE_FIRST) || !isWordAt(from + SIDE_KEY.length - WORD, SIDE_LAST)) return -1;
  const at = from + SIDE_KEY.length;
  if (isWordAt(at, BUY_FIRST)) {
    row[SIDE] = 0;
    return isWordAt(at + BUY.length - WORD, BUY_LAST) ? at + BUY.length : -1;
  }
  row[SIDE] = 1;
  return isWordAt(at, SELL_FIRST) && isWordAt(at + SELL.length - WORD, SELL_LAST) ? at + SELL.length : -1;
}

/** From a row's hash to the end of its touch. */
function afterTouch(from: number): number {
  if (!isHash(from)) return -1;
  let at = from + HASH_LENGTH;
  if (!isWordAt(at, BID_FIRST) || !isWordAt(at + BID_KEY.length - WORD, BID_LAST)) return -1;
  at += BID_KEY.length;
  let plain = plainPrice(at);
  if (plain >= 0) {
    row[BID] = plain >> 3;
    at += plain & 7;
  } else at = afterDigits(at, PRICE_DECIMALS, BID);
  if (at < 0 || (row[BID] as number) > PRICE_ONE) return -1;
  if (!isWordAt(at, ASK_FIRST) || !isWordAt(at + ASK_KEY.length - WORD, ASK_LAST)) return -1;
  at += ASK_KEY.length;
  plain = plainPrice(at);
  if (plain >= 0) {
    row[ASK] = plain >> 3;
    return at + (plain & 7);
  }
  at = afterDigits(at, PRICE_DECIMALS, ASK);
  return (row[ASK] as number) > PRICE_ONE ? -1 : at;
}

/** Over digits up to a quote, with up to `decimals` of them after a point, which `row` then has in the smallest unit. */
function afterDigits(from: number, decimals: number, slot: number): number {
  let at = from;
  let value = 0;
  let byte = view.getUint8(at);
  for (; byte >= ZERO && byte <= NINE; byte = view.getUint8(at)) {
    value = value * 10 + (byte - ZERO);
    at += 1;
  }
  const whole = at - from;
  if (whole === 0 || whole > MAX_WHOLE_DIGITS) return -1;
  let left = decimals;
  if (byte === DOT) {
    const pointAt = at;
    at += 1;
    for (byte = view.getUint8(at); byte >= ZERO && byte <= NINE; byte = view.getUint8(at)) {
      value = value * 10 + (byte - ZERO);
      at += 1;
    }
    left = decimals + 1 - (at - pointAt);
    if (left < 0 || left === decimals) return -1;
  }
  if (byte !== QUOTE) return -1;
  row[slot] = left === 0 ? value : value * (POWERS[left] as number);
  return at;
}

/** Over a value up to its quote. A backslash, a control character or one outside ASCII is a surprise. */
function afterText(from: number): number {
  for (let at = from; ; at += 1) {
    const byte = view.getUint8(at);
    if (byte === QUOTE) return at;
    if (byte < 0x20 || byte === BACKSLASH || byte > 0x7e) return -1;
  }
}

/** The key of the frame's time and its thirteen digits, which `row` then has. */
function isStamp(from: number): boolean {
  if (!isWordAt(from, STAMP_FIRST) || !isWordAt(from + WORD, STAMP_SECOND)) return false;
  if (!isWordAt(from + STAMP_KEY.length - WORD, STAMP_LAST)) return false;
  const at = from + STAMP_KEY.length;
  const high = fourDigits(view.getInt32(at, true));
  const middle = fourDigits(view.getInt32(at + 4, true));
  const low = fourDigits(view.getInt32(at + 8, true));
  const last = view.getUint8(at + 12) - ZERO;
  if (high < 0 || middle < 0 || low < 0 || last < 0 || last > 9) return false;
  row[STAMP] = high * 1e9 + middle * 1e5 + low * 10 + last;
  return true;
}

/** The last four characters of a condition id, which are as good as random, as the integer that their bytes make. */
const keyOf = (conditionId: string): number => Buffer.from(conditionId.slice(-4), 'latin1').readInt32LE();

/**
 * Compares eight bytes at once, as doubles. A text is ASCII, which makes no NaN and no zero, and any other two doubles are
 * equal only if their bytes are.
 */
const isWordAt = (at: number, word: number): boolean => view.getFloat64(at, true) === word;

function isPatternAt(at: number, { length, words, last }: Pattern): boolean {
  for (let index = 0; index < words.length; index += 1)
    if (view.getFloat64(at + WORD * index, true) !== words[index]) return false;
  return view.getFloat64(at + length - WORD, true) === last;
}

/** The same at the frame's first byte, where its doubles lie as those of the pattern do. */
function isHead({ length, words, last }: Pattern): boolean {
  for (let index = 0; index < words.length; index += 1) if (frameWords[index] !== words[index]) return false;
  return view.getFloat64(length - WORD, true) === last;
}

/**
 * A price written as `0.` and one to three digits, in ten-thousandths, and in the lowest three bits how long it was: two
 * answers in one integer need no object. -1 for what is written otherwise. It reads six bytes.
 */
function plainPrice(at: number): number {
  if (view.getUint16(at, true) !== ZERO_POINT) return -1;
  // With the bits of '0' flipped, digits are 0 to 9.
  const word = view.getInt32(at + 2, true) ^ ZEROS;
  const tenths = word & 0xff;
  const hundredths = (word >> 8) & 0xff;
  const thousandths = (word >> 16) & 0xff;
  if (tenths > 9) return -1;
  if (hundredths === END_OF_DIGITS) return ((tenths * 1_000) << 3) | 3;
  if (hundredths > 9) return -1;
  const value = tenths * 1_000 + hundredths * 100;
  if (thousandths === END_OF_DIGITS) return (value << 3) | 4;
  return thousandths <= 9 && word >>> 24 === END_OF_DIGITS ? ((value + thousandths * 10) << 3) | 5 : -1;
}

/**
 * Whether forty bytes can stand in a text as they are, four at a time: each has bit 0x20 (no control character, no backslash),
 * not 0x80 (ASCII), and 0x10 or 0x40 (no quote), as hex digits have.
 */
function isHash(from: number): boolean {
  let all = -1;
  let any = 0;
  let either = -1;
  for (let at = from; at < from + HASH_LENGTH; at += 4) {
    const word = view.getInt32(at, true);
    all &= word;
    any |= word;
    // Bit 0x10 comes to lie on bit 0x40.
    either &= word | (word << 2);
  }
  return (
    (all & 0x20202020) === 0x20202020 && (any & 0x80808080) === 0 && (either & 0x40404040) === 0x40404040
  );
}

/** Four characters, the first in the lowest byte, as a number from 0 to 9999; -1 where one is no digit. */
function fourDigits(characters: number): number {
  const digits = characters ^ ZEROS;
  // A digit leaves the upper half of its byte empty, and so does it with six more.
  if (((digits | (digits + 0x06060606)) & 0xf0f0f0f0) !== 0) return -1;
  const pairs = digits * 10 + (digits >> 8);
  return (pairs & 0xff) * 100 + ((pairs >> 16) & 0xff);
}

/** Zero and the far end both stand for an empty side. */
const bidOf = (bid: number): Price | null => (bid === 0 ? null : (bid as Price));
const askOf = (ask: number): Price | null => (ask === 0 || ask === PRICE_ONE ? null : (ask as Price));

/** Touches become objects only where something is odd: one that is not mirrored, or a side that is empty. */
function apartOf(bid: number, ask: number, noBid: number, noAsk: number): OutcomeTouches | null {
  const isMirrored = bid + noAsk === PRICE_ONE && ask + noBid === PRICE_ONE;
  if (isMirrored && bid > 0 && ask > 0 && noBid > 0 && noAsk > 0) return null;
  return touchesApart({ bid: bidOf(bid), ask: askOf(ask) }, { bid: bidOf(noBid), ask: askOf(noAsk) });
}
