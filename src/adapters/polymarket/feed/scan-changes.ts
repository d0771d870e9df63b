import type { Side, WatchedMarket } from '../../../domain/market.ts';
import type { LevelChange, OutcomeTouches } from '../../../domain/market-event.ts';
import { PRICE_ONE, type Price, type Shares } from '../../../domain/units.ts';
import type { WireChanges } from './market-frames.ts';
import { touchesApart } from './touches.ts';

/** Reads `price_change` frames straight from their bytes. */
export interface ChangesScanner<Of> {
  add(market: WatchedMarket, of: Of): void;
  remove(market: WatchedMarket): void;
  /** Null for every frame that is not written exactly as the venue writes it today: those are for the JSON parser to judge. */
  scan(bytes: Buffer): Scanned<Of> | null;
}

interface Scanned<Of> {
  readonly of: Of;
  readonly found: WireChanges;
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

/** Text that has to stand somewhere, as the doubles that its bytes make. */
interface Pattern {
  readonly length: number;
  /** Its first eight bytes and its last eight, which overlap where it has less than sixteen. */
  readonly first: number;
  readonly last: number;
  /** All between, eight by eight; these may reach into the last. */
  readonly middle: Float64Array;
}

/** What a Buffer has under `toString('latin1')`: the same without looking up the encoding, which costs a third of it. */
interface Latin1 {
  latin1Slice(from: number, to: number): string;
}

/** Bytes of a double. */
const WORD = 8;

const FRAME = '{"market":"';
const ROWS = '","price_changes":[';
const ROW = '{"asset_id":"';
const PRICE = '","price":"';
const SIZE = patternOf('","size":"');
const BUY = patternOf('","side":"BUY","hash":"');
const SELL = patternOf('","side":"SELL","hash":"');
const BEST_BID = patternOf('","best_bid":"');
const BEST_ASK = patternOf('","best_ask":"');
const NEXT_ROW = patternOf(`"},${ROW}`);
const STAMP = patternOf('"}],"timestamp":"');
const END = patternOf('","event_type":"price_change"}');

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
 * It takes a small part of the time of `JSON.parse` with its objects, and leaves nothing behind but the changes. Whatever
 * surprises it, it does not guess: it returns null.
 */
export function createChangesScanner<Of>(): ChangesScanner<Of> {
  const known = new Map<number, Known<Of>[]>();
  let view: DataView = new DataView(new ArrayBuffer(0));
  /** Where the frame's last literal begins. Nothing else is sought behind it, and its quote ends every loop. */
  let endAt = 0;
  /** Where the last step stopped, in `view`. Its own result says whether it found what it was sent for. */
  let next = 0;
  let rowBid = 0;
  let rowAsk = 0;

  /** Steps over a pattern. */
  function take(pattern: Pattern): boolean {
    if (next + pattern.length > endAt || !isPatternAt(view, next, pattern)) return false;
    next += pattern.length;
    return true;
  }

  /** Steps over a pattern of at most sixteen bytes: its two ends are all of it. */
  function takeShort({ length, first, last }: Pattern): boolean {
    if (next + length > endAt || view.getFloat64(next, true) !== first) return false;
    if (view.getFloat64(next + length - WORD, true) !== last) return false;
    next += length;
    return true;
  }

  /** Digits up to a quote, with up to `decimals` of them after a point, as a whole number of the smallest unit; else -1. */
  function takeNumber(decimals: number): number {
    let at = next;
    let value = 0;
    let byte = view.getUint8(at);
    for (; byte >= ZERO && byte <= NINE; byte = view.getUint8(at)) {
      value = value * 10 + (byte - ZERO);
      at += 1;
    }
    const whole = at - next;
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
    next = at;
    return left === 0 ? value : value * (POWERS[left] as number);
  }

  /** A price in ten-thousandths: what `takeNumber` says, found faster where `plainPrice` knows it, as it mostly does. */
  function takePrice(): number {
    const plain = plainPrice(view, next);
    if (plain < 0) return takeNumber(PRICE_DECIMALS);
    next += plain & 7;
    return plain >> 3;
  }

  /** Thirteen digits; -1 where there is anything else. */
  function takeStamp(): number {
    const high = fourDigits(view.getInt32(next, true));
    const middle = fourDigits(view.getInt32(next + 4, true));
    const low = fourDigits(view.getInt32(next + 8, true));
    const last = view.getUint8(next + 12) - ZERO;
    if (high < 0 || middle < 0 || low < 0 || last < 0 || last > 9) return -1;
    next += STAMP_DIGITS;
    return high * 1e9 + middle * 1e5 + low * 10 + last;
  }

  /** Steps over a value up to its quote. A backslash, a control character or one outside ASCII is a surprise. */
  function takeText(): boolean {
    for (let at = next; ; at += 1) {
      const byte = view.getUint8(at);
      if (byte === QUOTE) {
        next = at;
        return true;
      }
      if (byte < 0x20 || byte === BACKSLASH || byte > 0x7e) return false;
    }
  }

  /** From a row's price to before its hash. */
  function takeChange(): LevelChange | null {
    const price = takePrice();
    if (price <= 0 || price >= PRICE_ONE || !takeShort(SIZE)) return null;
    const size = takeNumber(SIZE_DECIMALS);
    if (size < 0) return null;
    const side: Side = take(BUY) ? 'BUY' : 'SELL';
    if (side === 'SELL' && !take(SELL)) return null;
    return [side, price as Price, size as Shares];
  }

  /** The same of a row of NO, which says nothing that its row of YES does not. */
  const passChange = (): boolean => takeText() && takeShort(SIZE) && takeText() && (take(BUY) || take(SELL));

  /** From a row's hash to the end of its touch, which it leaves in `rowBid` and `rowAsk`. */
  function takeTouch(): boolean {
    if (next + HASH_LENGTH > endAt || !isHash(view, next)) return false;
    next += HASH_LENGTH;
    if (!takeShort(BEST_BID)) return false;
    rowBid = takePrice();
    if (rowBid < 0 || rowBid > PRICE_ONE || !takeShort(BEST_ASK)) return false;
    rowAsk = takePrice();
    return rowAsk >= 0 && rowAsk <= PRICE_ONE;
  }

  function scan(bytes: Buffer): Scanned<Of> | null {
    // The frames of one read of the socket lie in one ArrayBuffer: what views one of them views the next.
    if (bytes.buffer !== view.buffer) view = new DataView(bytes.buffer);
    next = bytes.byteOffset;
    endAt = next + bytes.length - END.length;
    if (endAt < next + KEY_AT + 4 || !isPatternAt(view, endAt, END)) return null;
    const candidates = known.get(view.getInt32(next + KEY_AT, true));
    if (candidates === undefined) return null;
    for (const market of candidates) if (take(market.head)) return takeRows(market, bytes as Buffer & Latin1);
    return null;
  }

  function takeRows(market: Known<Of>, bytes: Buffer & Latin1): Scanned<Of> | null {
    let changes: LevelChange[] | null = null;
    let hashAt = 0;
    let bid = 0;
    let ask = 0;
    let noBid = -1;
    let noAsk = -1;
    do {
      if (take(market.yes)) {
        const change = takeChange();
        hashAt = next;
        if (change === null || !takeTouch()) return null;
        // Mostly there is one, and `[change]` has room for one: the first push onto an empty array makes room for seventeen.
        if (changes === null) changes = [change];
        else changes.push(change);
        bid = rowBid;
        ask = rowAsk;
      } else {
        if (!take(market.no) || !passChange() || !takeTouch()) return null;
        noBid = rowBid;
        noAsk = rowAsk;
      }
    } while (takeShort(NEXT_ROW));
    // Without a row of YES the rows of NO are to be turned over, which is rare enough for the parser.
    if (changes === null || !take(STAMP) || endAt - next !== STAMP_DIGITS) return null;
    const stampMs = takeStamp();
    if (stampMs < 0) return null;
    const hashFrom = hashAt - bytes.byteOffset;
    return {
      of: market.of,
      found: {
        changes,
        stampMs,
        hash: bytes.latin1Slice(hashFrom, hashFrom + HASH_LENGTH),
        hashOutcome: 'YES',
        bestBid: bidOf(bid),
        bestAsk: askOf(ask),
        touchesApart: noBid < 0 ? undefined : apartOf(bid, ask, noBid, noAsk),
      },
    };
  }

  return {
    scan,
    add: ({ conditionId, yesTokenId, noTokenId }, of) => {
      if (conditionId.length !== CONDITION_LENGTH) return;
      const one = {
        conditionId,
        head: patternOf(FRAME + conditionId + ROWS + ROW),
        yes: patternOf(yesTokenId + PRICE),
        no: patternOf(noTokenId + PRICE),
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

/** The last four characters of a condition id, which are as good as random, as the integer that their bytes make. */
const keyOf = (conditionId: string): number => Buffer.from(conditionId.slice(-4), 'latin1').readInt32LE();

function patternOf(text: string): Pattern {
  const bytes = Buffer.from(text, 'latin1');
  const { length } = bytes;
  const middle = Float64Array.from({ length: Math.max(0, Math.ceil(length / WORD) - 2) }, (_, index) =>
    bytes.readDoubleLE(WORD * (index + 1)),
  );
  return { length, first: bytes.readDoubleLE(0), last: bytes.readDoubleLE(length - WORD), middle };
}

/**
 * Compares eight bytes at once, as doubles. A pattern is ASCII, which makes no NaN and no zero, and any other two doubles
 * are equal only if their bytes are.
 */
function isPatternAt(view: DataView, at: number, { length, first, last, middle }: Pattern): boolean {
  if (view.getFloat64(at, true) !== first) return false;
  for (let index = 0; index < middle.length; index += 1)
    if (view.getFloat64(at + WORD * (index + 1), true) !== middle[index]) return false;
  return view.getFloat64(at + length - WORD, true) === last;
}

/**
 * A price written as `0.` and one to three digits, in ten-thousandths, and in the lowest three bits how long it was: two
 * answers in one integer need no object. -1 for what is written otherwise. It reads six bytes.
 */
function plainPrice(view: DataView, at: number): number {
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
function isHash(view: DataView, from: number): boolean {
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
