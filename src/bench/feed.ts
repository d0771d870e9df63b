import { EventEmitter } from 'node:events';
import { MarketEventSchema } from '@polymarket/bindings/subscriptions';
import { parseBook } from '../adapters/polymarket/feed/market-frames.ts';
import { createMirror, type MarketMirror } from '../adapters/polymarket/feed/market-mirror.ts';
import {
  isTouchReached,
  levelsEvent,
  takeBook,
  takeChanges,
  touchesEvent,
} from '../adapters/polymarket/feed/mirror-events.ts';
import { type ChangesScanner, createChangesScanner } from '../adapters/polymarket/feed/scan-changes.ts';
import type { WireObject } from '../adapters/polymarket/wire/fields.ts';
import { bestAsk, bestBid, type TickBook } from '../domain/book.ts';
import type { ConditionId, TokenId, WatchedMarket } from '../domain/market.ts';
import { price, shares } from '../domain/units.ts';
import type { Bar, BarResult } from './bar.ts';
import { type ClientTouch, openClientFeed } from './client-feed.ts';
import { assertSame, medianUs, seededRandom } from './rounds.ts';

const FRAMES = 3000;
/** Enough that the median is one of compiled code, which the first ten or so are not yet. */
const ROUNDS = 41;
const AT_LEAST = { mapAndSort: 5, officialClient: 20 } as const;
const YES = '71321045679252212594626385532706912750332728571942532289631379312455583992563';
const NO = '52114319501245915516055106046884209969926127482827954674443846427813813222426';
const CONDITION = `0x${'c'.repeat(64)}`;
const HASH_BYTES = 20;

const MARKET: WatchedMarket = {
  conditionId: CONDITION as ConditionId,
  yesTokenId: YES as TokenId,
  noTokenId: NO as TokenId,
  tickSize: price(10),
  minOrderSize: shares(5_000_000),
  negRisk: false,
};

/** From the bytes of a frame to the best bid and ask. */
export const feedBar: Bar = {
  name: 'feed',
  what: 'a price_change frame of the market socket to best bid and ask',
  run: async () => {
    const snapshot = firstBook();
    const whole = parseBook(snapshot, 'YES');
    const frames = changeFrames();
    const sums = { ours: 0, mapAndSort: 0, officialClient: 0 };
    const scanner = createChangesScanner<MarketMirror>();
    const mirror = createMirror(MARKET);
    scanner.add(MARKET, mirror);
    const socket = new EventEmitter();
    socket.on('message', (bytes: Buffer) => {
      sums.ours += ourTouch(scanner, bytes);
    });
    assertTaken(frames);
    const client = await openClientFeed([YES, NO], (touches) => {
      sums.officialClient += clientTouch(touches);
    });
    const us = await medianUs(
      {
        ours: () => {
          takeBook(mirror, whole);
          sums.ours = 0;
          for (const frame of frames) socket.emit('message', frame);
          return frames.length;
        },
        mapAndSort: () => {
          const book = sortedMapBook(snapshot);
          sums.mapAndSort = 0;
          for (const frame of frames) sums.mapAndSort += mapTouch(book, frame);
          return frames.length;
        },
        officialClient: async () => {
          sums.officialClient = 0;
          for (const frame of frames) await client.take(frame);
          return frames.length;
        },
        itsSchema: () => {
          for (const frame of frames) MarketEventSchema.safeParse(JSON.parse(frame.toString('utf8')));
          return frames.length;
        },
      },
      ROUNDS,
    );
    await client.close();
    assertSame('the sum of all best prices', sums.ours, sums.mapAndSort);
    assertSame('the sum of all best prices', sums.ours, sums.officialClient);
    return resultOf(us, frames.reduce((sum, frame) => sum + frame.length, 0) / frames.length);
  },
};

function resultOf(
  us: Record<'ours' | 'mapAndSort' | 'officialClient' | 'itsSchema', number>,
  frameBytes: number,
): BarResult {
  const toMap = us.mapAndSort / us.ours;
  const toClient = us.officialClient / us.ours;
  return {
    name: 'feed',
    bar: `at least ${AT_LEAST.mapAndSort}x Map and sort, and ${AT_LEAST.officialClient}x @polymarket/client, which keeps no book`,
    value: toClient,
    unit: 'x',
    isMet: toMap >= AT_LEAST.mapAndSort && toClient >= AT_LEAST.officialClient,
    figures: [
      { name: 'ours', value: us.ours, unit: 'us' },
      { name: 'Map and sort', value: us.mapAndSort, unit: 'us' },
      { name: '@polymarket/client', value: us.officialClient, unit: 'us' },
      { name: 'its JSON.parse and schema alone', value: us.itsSchema, unit: 'us' },
      { name: 'ratio to Map and sort', value: toMap, unit: 'x' },
      { name: 'frame', value: frameBytes, unit: 'bytes' },
    ],
  };
}

/** The path of the market feed: read, apply, deliver as one event. A frame that the scanner leaves to the parser is no figure. */
function ourTouch(scanner: ChangesScanner<MarketMirror>, bytes: Buffer): number {
  const scanned = scanner.scan(bytes);
  if (scanned === null)
    throw new Error(`a frame that is not as the venue writes it: ${bytes.toString('utf8')}`);
  const mirror = scanned.of;
  takeChanges(mirror, scanned);
  if (touchesEvent(mirror, scanned) !== null)
    throw new Error('touches that are apart, in frames made of one book');
  if (isTouchReached(mirror, scanned)) levelsEvent(mirror);
  return touchSum(mirror.book);
}

/** The official client passes over what its schema does not take, in silence, and then nobody would ever read its touch. */
function assertTaken(frames: readonly Buffer[]): void {
  for (const frame of frames)
    if (!MarketEventSchema.safeParse(JSON.parse(frame.toString('utf8'))).success)
      throw new Error(`a frame that the official client does not take: ${frame.toString('utf8')}`);
}

/** The client keeps no book: its consumer has to believe the touches that the message names. */
function clientTouch(touches: readonly ClientTouch[]): number {
  let sum = 0;
  for (const { tokenId, bestBid, bestAsk } of touches) {
    const bid = Math.round(Number(bestBid) * 10_000);
    const ask = Math.round(Number(bestAsk) * 10_000);
    sum += tokenId === YES ? bid + 3 * ask : 5 * bid + 7 * ask;
  }
  return sum;
}

/** Best bid and ask of both tokens: those of NO are the complements of those of YES. */
function touchSum(book: TickBook): number {
  const bid = bestBid(book) ?? 0;
  const ask = bestAsk(book) ?? 10_000;
  return bid + 3 * ask + 5 * (10_000 - ask) + 7 * (10_000 - bid);
}

interface MapBook {
  readonly bids: Map<string, string>;
  readonly asks: Map<string, string>;
}

function sortedMapBook(snapshot: WireObject): Map<string, MapBook> {
  const sides = snapshot as {
    bids: { price: string; size: string }[];
    asks: { price: string; size: string }[];
  };
  const asMap = (rows: { price: string; size: string }[]) =>
    new Map(rows.map((row) => [row.price, row.size]));
  const turned = (rows: { price: string; size: string }[]) =>
    new Map(rows.map((row) => [wire(1000 - Math.round(Number(row.price) * 1000)), row.size]));
  return new Map([
    [YES, { bids: asMap(sides.bids), asks: asMap(sides.asks) }],
    [NO, { bids: turned(sides.asks), asks: turned(sides.bids) }],
  ]);
}

/** What a book on Maps does for each frame: set or delete, then sort to find the best. */
function mapTouch(books: Map<string, MapBook>, bytes: Buffer): number {
  const frame = JSON.parse(bytes.toString('utf8')) as {
    price_changes: { asset_id: string; side: string; price: string; size: string }[];
  };
  for (const change of frame.price_changes) {
    const book = books.get(change.asset_id)!;
    const side = change.side === 'BUY' ? book.bids : book.asks;
    if (change.size === '0') side.delete(change.price);
    else side.set(change.price, change.size);
  }
  const [yesBid, yesAsk] = sortedTouch(books.get(YES)!);
  const [noBid, noAsk] = sortedTouch(books.get(NO)!);
  return yesBid + 3 * yesAsk + 5 * noBid + 7 * noAsk;
}

function sortedTouch(book: MapBook): [bid: number, ask: number] {
  const bids = [...book.bids.keys()].map(Number).sort((a, b) => b - a);
  const asks = [...book.asks.keys()].map(Number).sort((a, b) => a - b);
  return [Math.round((bids[0] ?? 0) * 10_000), Math.round((asks[0] ?? 1) * 10_000)];
}

const wire = (thousandths: number): string => String(thousandths / 1000);
const hashOf = (random: () => number): string =>
  Buffer.from(Array.from({ length: HASH_BYTES }, () => Math.floor(random() * 256))).toString('hex');
const DEPTH = 40;

function firstBook(): WireObject {
  const level = (thousandths: number) => ({ price: wire(thousandths), size: '120.5' });
  return {
    event_type: 'book',
    market: CONDITION,
    asset_id: YES,
    timestamp: '1795373206000',
    hash: hashOf(seededRandom(1)),
    bids: Array.from({ length: DEPTH }, (_, index) => level(460 + index)),
    asks: Array.from({ length: DEPTH }, (_, index) => level(540 - index)),
    tick_size: '0.001',
    last_trade_price: '0.5',
  };
}

/** Changes near the touch, each for both tokens, as the venue sends them. */
function changeFrames(): Buffer[] {
  const random = seededRandom(7);
  const bids = new Map(Array.from({ length: DEPTH }, (_, index) => [460 + index, true]));
  const asks = new Map(Array.from({ length: DEPTH }, (_, index) => [540 - index, true]));
  return Array.from({ length: FRAMES }, (_, index) => {
    const isBid = random() < 0.5;
    const at = isBid ? 460 + Math.floor(random() * DEPTH) : 501 + Math.floor(random() * DEPTH);
    const size = random() < 0.25 ? '0' : (random() * 500).toFixed(2);
    const side = isBid ? bids : asks;
    if (size === '0') side.delete(at);
    else side.set(at, true);
    const bid = Math.max(0, ...bids.keys());
    const ask = Math.min(1000, ...asks.keys());
    const touch = (low: number, high: number) => ({
      hash: hashOf(random),
      best_bid: wire(low),
      best_ask: wire(high),
    });
    const frame = {
      market: CONDITION,
      price_changes: [
        { asset_id: YES, price: wire(at), size, side: isBid ? 'BUY' : 'SELL', ...touch(bid, ask) },
        {
          asset_id: NO,
          price: wire(1000 - at),
          size,
          side: isBid ? 'SELL' : 'BUY',
          ...touch(1000 - ask, 1000 - bid),
        },
      ],
      timestamp: String(1_795_373_206_001 + index),
      event_type: 'price_change',
    };
    return Buffer.from(JSON.stringify(frame));
  });
}
