import WebSocket from 'ws';
import { systemTimers } from '../adapters/node/system-timers.ts';
import { createMarketFeed } from '../adapters/polymarket/index.ts';
import { bestAsk, bestBid, clearBook, createBook, setLevel } from '../domain/book.ts';
import type { MarketEvent } from '../domain/market-event.ts';
import { shares } from '../domain/units.ts';
import type { Log } from '../ports/timers.ts';
import type { ListenerReport, ToListener } from './lateness-messages.ts';
import { TICK, tickMarkets } from './tick-market.ts';
import { type TurnWatch, watchTurns } from './turn-watch.ts';

/**
 * A process that takes a market feed, ours or the peer's way, and tells how late its event loop was. A process of its own, because
 * a collection of one contender's garbage would be the lateness of the other.
 */
const [contender, port, count] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const markets = tickMarkets(count);

interface Listener {
  frames(): number;
  /** Best bid and ask of every book, in ticks. */
  touches(): Iterable<readonly [bid: number, ask: number]>;
}

/** The market feed as the worker has it, and its events in books as the kernel has them. */
function listenOurWay(): Listener {
  const wrong = (message: string): never => {
    throw new Error(message);
  };
  const silent = (): void => undefined;
  const log: Log = { debug: silent, note: silent, warning: wrong, alarm: wrong };
  const feed = createMarketFeed({
    wsMarketUrl: `ws://127.0.0.1:${port}`,
    clobUrl: `http://127.0.0.1:${port}`,
    timers: systemTimers,
    random: Math.random,
    log,
  });
  const books = new Map(markets.map(({ conditionId }) => [conditionId as string, createBook(TICK)]));
  const onEvent = (event: MarketEvent): void => {
    if (event.kind === 'bookUntrusted') throw new Error(`a book is not trusted: ${event.reason}`);
    if (event.kind !== 'book' && event.kind !== 'levels') return;
    const book = books.get(event.conditionId);
    if (book === undefined) return;
    if (event.kind === 'levels') for (const [side, at, size] of event.changes) setLevel(book, side, at, size);
    else {
      clearBook(book);
      for (const [at, size] of event.bids) setLevel(book, 'BUY', at, size);
      for (const [at, size] of event.asks) setLevel(book, 'SELL', at, size);
    }
  };
  feed.start({ onEvent, onUp: silent, onDown: silent });
  feed.watch(
    markets.map(({ conditionId, yesTokenId, noTokenId }) => ({
      conditionId,
      yesTokenId,
      noTokenId,
      tickSize: TICK,
      minOrderSize: shares(5_000_000),
      negRisk: false,
    })),
  );
  return {
    frames: () => feed.counts.frames,
    *touches() {
      for (const book of books.values()) yield [(bestBid(book) ?? 0) / TICK, (bestAsk(book) ?? 0) / TICK];
    },
  };
}

interface PeerRow {
  readonly asset_id: string;
  readonly price: string;
  readonly size: string;
  readonly side: string;
}

interface PeerFrame {
  readonly event_type: string;
  readonly market: string;
  readonly asset_id: string;
  readonly bids: readonly PeerRow[];
  readonly asks: readonly PeerRow[];
  readonly price_changes: readonly PeerRow[];
}

/** Frames of each market that the peer still holds: a few seconds of a busy market. */
const KEPT_FRAMES = 100;

/** What is usually built: `JSON.parse`, the rows as they came in Maps by price, and the last frames of each market at hand. */
function listenThePeersWay(): Listener {
  let frames = 0;
  const books = new Map(
    markets.map(({ yesTokenId }) => [
      yesTokenId as string,
      { bids: new Map<string, PeerRow>(), asks: new Map<string, PeerRow>() },
    ]),
  );
  const kept = new Map<string, PeerFrame[]>(markets.map(({ conditionId }) => [conditionId, []]));
  const put = (side: Map<string, PeerRow>, row: PeerRow): void => {
    if (row.size === '0') side.delete(row.price);
    else side.set(row.price, row);
  };
  const socket = new WebSocket(`ws://127.0.0.1:${port}`, { perMessageDeflate: false });
  socket.on('open', () =>
    socket.send(
      JSON.stringify({ assets_ids: markets.flatMap(({ yesTokenId, noTokenId }) => [yesTokenId, noTokenId]) }),
    ),
  );
  socket.on('message', (bytes: Buffer) => {
    const frame = JSON.parse(bytes.toString('utf8')) as PeerFrame;
    frames += 1;
    const last = kept.get(frame.market);
    last?.push(frame);
    if (last !== undefined && last.length > KEPT_FRAMES) last.shift();
    if (frame.event_type === 'book') {
      const book = books.get(frame.asset_id);
      for (const row of frame.bids) book?.bids.set(row.price, row);
      for (const row of frame.asks) book?.asks.set(row.price, row);
      return;
    }
    for (const row of frame.price_changes) {
      const book = books.get(row.asset_id);
      if (book !== undefined) put(row.side === 'BUY' ? book.bids : book.asks, row);
    }
  });
  const ticks = (text: string): number => Math.round(Number(text) * 100);
  return {
    frames: () => frames,
    *touches() {
      for (const { bids, asks } of books.values())
        yield [Math.max(...[...bids.keys()].map(ticks)), Math.min(...[...asks.keys()].map(ticks))];
    },
  };
}

const listener = contender === 'ours' ? listenOurWay() : listenThePeersWay();
let watch: TurnWatch | null = null;

function report(frames: number, watched: TurnWatch): void {
  if (listener.frames() < frames) {
    setTimeout(() => report(frames, watched), 5);
    return;
  }
  let touchSum = 0;
  let weight = 1;
  for (const [bid, ask] of listener.touches()) {
    touchSum += weight * (bid + 3 * ask);
    weight += 1;
  }
  const found: ListenerReport = {
    p50Ms: watched.waitMs(0.5),
    p99Ms: watched.waitMs(0.99),
    longestMs: watched.longestMs(),
    touchSum,
  };
  process.send?.(found);
}

process.on('message', (message: ToListener) => {
  if (message.kind === 'watch') {
    watch = watchTurns();
    return;
  }
  if (watch === null) throw new Error('a report was asked for before anything was watched');
  watch.stop();
  report(message.frames, watch);
});
process.on('disconnect', () => process.exit(0));
