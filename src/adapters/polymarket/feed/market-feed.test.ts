import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createBook, levelsOf, setLevel, type TickBook } from '../../../domain/book.ts';
import type { MarketEvent } from '../../../domain/market-event.ts';
import { type FakeHttp, startFakeHttp } from '../testing/fake-http.ts';
import { type FakeSocketServer, startFakeSocket } from '../testing/fake-socket.ts';
import { type ModelMarket, modelBook, modelChanges, modelMarket } from '../testing/model-market.ts';
import { silentLog } from '../testing/silent-log.ts';
import { until, wallTimers } from '../testing/wall-timers.ts';
import { createMarketFeed } from './market-feed.ts';
import type { MarketFeed, MarketFeedOptions } from './market-feed-options.ts';

interface Bench {
  readonly feed: MarketFeed;
  readonly socket: FakeSocketServer;
  readonly http: FakeHttp;
  readonly events: MarketEvent[];
  readonly ups: string[];
  readonly downs: string[];
  readonly models: ModelMarket[];
}

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const opened of open.splice(0)) await opened.close();
});

/** A venue that knows its models' books, and a feed that watches them. */
async function bench(
  options: { markets?: number; sendBooks?: boolean } & Partial<MarketFeedOptions> = {},
): Promise<Bench> {
  const models = Array.from({ length: options.markets ?? 1 }, (_, index) => modelMarket(index + 1));
  const byToken = new Map<string, readonly [ModelMarket, 'YES' | 'NO']>(
    models.flatMap((model) => [
      [model.watched.yesTokenId, [model, 'YES'] as const] as const,
      [model.watched.noTokenId, [model, 'NO'] as const] as const,
    ]),
  );
  const http = await startFakeHttp(({ query }) => {
    const [model, outcome] = byToken.get(query.get('token_id') ?? '')!;
    return { body: modelBook(model, outcome) };
  });
  const socket = await startFakeSocket((message, client) => {
    if (message === 'PING') client.send('PONG');
    const { assets_ids, operation } = message as { assets_ids?: string[]; operation?: string };
    if (assets_ids === undefined || operation === 'unsubscribe' || options.sendBooks === false) return;
    const books = assets_ids.map((id) => modelBook(...byToken.get(id)!));
    client.send(JSON.stringify(books.map((book) => ({ ...book, event_type: 'book' }))));
  });
  const feed = createMarketFeed({
    wsMarketUrl: socket.url,
    clobUrl: http.url,
    timers: wallTimers,
    random: () => 0.5,
    log: silentLog,
    verifyEveryMs: 0,
    firstBackoffMs: 10,
    ...options,
  });
  const events: MarketEvent[] = [];
  const ups: string[] = [];
  const downs: string[] = [];
  feed.start({
    onEvent: (event) => events.push(event),
    onUp: (reason) => ups.push(reason),
    onDown: (reason) => downs.push(reason),
  });
  feed.watch(models.map((model) => model.watched));
  open.push(feed, socket, http);
  return { feed, socket, http, events, ups, downs, models };
}

const ofKind = <Kind extends MarketEvent['kind']>(events: readonly MarketEvent[], kind: Kind) =>
  events.filter((event): event is Extract<MarketEvent, { kind: Kind }> => event.kind === kind);

/** A consumer that knows nothing but the events: whole books replace, level totals overwrite. */
function bookFrom(events: readonly MarketEvent[], conditionId: string): TickBook {
  let book = createBook(100 as TickBook['tick']);
  for (const event of events) {
    if (!('conditionId' in event) || event.conditionId !== conditionId) continue;
    if (event.kind === 'book') {
      book = createBook(event.tick);
      for (const [at, size] of event.bids) setLevel(book, 'BUY', at, size);
      for (const [at, size] of event.asks) setLevel(book, 'SELL', at, size);
    } else if (event.kind === 'levels')
      for (const [side, at, size] of event.changes) setLevel(book, side, at, size);
  }
  return book;
}

const seenBook = (events: readonly MarketEvent[], conditionId: string): unknown => {
  const book = bookFrom(events, conditionId);
  const side = (of: 'BUY' | 'SELL') =>
    levelsOf(book, of, 1000).map(({ price, size }) => [price / 100, size / 1e6]);
  return { bids: side('BUY'), asks: side('SELL') };
};

const modelLevels = (model: ModelMarket): unknown => ({
  bids: [...model.bids].sort((a, b) => b[0] - a[0]),
  asks: [...model.asks].sort((a, b) => a[0] - b[0]),
});

describe('market feed', () => {
  it('subscribes both tokens, gives one whole book in YES coordinates, and says that it is up', async () => {
    const { socket, events, ups, models } = await bench();
    await until('the first book', () => ofKind(events, 'book').length > 0);
    const { watched } = models[0]!;
    expect(socket.received[0]).toEqual({
      assets_ids: [watched.yesTokenId, watched.noTokenId],
      type: 'market',
      custom_feature_enabled: true,
    });
    expect(ups).toHaveLength(1);
    expect(ofKind(events, 'book')).toHaveLength(1);
    expect(seenBook(events, watched.conditionId)).toEqual(modelLevels(models[0]!));
  });

  it('gives the book of a simple model after any changes, split into any frames, and every hash fits', async () => {
    const change = fc.tuple(
      fc.constantFrom('BUY', 'SELL'),
      fc.integer({ min: 1, max: 49 }),
      fc.constantFrom(0, 0.01, 5, 12.34, 320_875),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.array(change, { minLength: 1, maxLength: 6 }), fc.integer({ min: 1, max: 3 })), {
          minLength: 1,
          maxLength: 12,
        }),
        async (steps) => {
          const { feed, socket, events, models } = await bench();
          const model = models[0]!;
          await until('the first book', () => ofKind(events, 'book').length > 0);
          for (const [changes, perFrame] of steps) {
            const placed = changes.map(
              ([side, cents, size]) => [side, side === 'BUY' ? cents : 100 - cents, size] as const,
            );
            for (const frame of modelChanges(model, placed, perFrame)) socket.broadcast(frame);
          }
          await until(
            'the model',
            () =>
              JSON.stringify(seenBook(events, model.watched.conditionId)) ===
              JSON.stringify(modelLevels(model)),
          );
          expect(feed.counts).toMatchObject({ mismatches: 0, oddFrames: 0, resyncs: 0 });
          expect(ofKind(events, 'bookUntrusted')).toEqual([]);
          for (const opened of open.splice(0)) await opened.close();
        },
      ),
      { numRuns: 15 },
    );
  });

  it('never shows the crossed book inside an event of several frames', async () => {
    const { socket, events, models } = await bench();
    const model = models[0]!;
    await until('the first book', () => ofKind(events, 'book').length > 0);
    // A sweep: the taker's rest appears above the old ask in the first frame, the asks it took go in the next two.
    for (const frame of modelChanges(
      model,
      [
        ['BUY', 53, 10],
        ['SELL', 51, 0],
        ['SELL', 52, 0],
        ['SELL', 54, 7],
      ],
      1,
    ))
      socket.broadcast(frame);
    await until('the event', () => ofKind(events, 'levels').length > 0);
    const first = ofKind(events, 'levels')[0]!;
    expect(first.changes.map(([side, at]) => [side, at])).toEqual([
      ['BUY', 5300],
      ['SELL', 5100],
      ['SELL', 5200],
      ['SELL', 5400],
    ]);
  });

  it('finds a lost frame by the hash, distrusts the book, and repairs it over REST', async () => {
    const { feed, socket, events, models, http } = await bench();
    const model = models[0]!;
    await until('the first book', () => ofKind(events, 'book').length > 0);
    modelChanges(model, [['BUY', 30, 77]], 1);
    for (const frame of modelChanges(model, [['SELL', 60, 5]], 1)) socket.broadcast(frame);
    await until('distrust', () => ofKind(events, 'bookUntrusted').length > 0);
    await until('the repair', () => ofKind(events, 'book').some((event) => event.source === 'read'));
    expect(seenBook(events, model.watched.conditionId)).toEqual(modelLevels(model));
    expect(feed.counts.mismatches).toBe(1);
    expect(http.seen.map((request) => request.path)).toEqual(['/book']);
  });

  it('follows a trade: public trade in YES coordinates, and hashes with the new last price', async () => {
    const { feed, socket, events, models } = await bench();
    const model = models[0]!;
    const { watched } = model;
    await until('the first book', () => ofKind(events, 'book').length > 0);
    socket.broadcast({
      event_type: 'last_trade_price',
      market: watched.conditionId,
      asset_id: watched.noTokenId,
      price: '0.49',
      size: '10',
      side: 'BUY',
      fee_rate_bps: '0',
      timestamp: '1795373206001',
    });
    model.lastTrade = '0.510';
    for (const frame of modelChanges(model, [['SELL', 51, 65]], 1)) socket.broadcast(frame);
    for (const frame of modelChanges(model, [['SELL', 51, 60]], 1)) socket.broadcast(frame);
    await until('two level events', () => ofKind(events, 'levels').length === 2);
    expect(ofKind(events, 'publicTrade')).toMatchObject([
      { price: 5100, size: 10_000_000, takerSide: 'SELL' },
    ]);
    expect(feed.counts.mismatches).toBe(0);
  });

  it('follows a finer tick without losing a level, and tells a resolution', async () => {
    const { socket, events, models } = await bench({ verifyEveryMs: 60_000 });
    const { watched } = models[0]!;
    await until('the first book', () => ofKind(events, 'book').length > 0);
    for (const asset_id of [watched.yesTokenId, watched.noTokenId])
      socket.broadcast({
        event_type: 'tick_size_change',
        market: watched.conditionId,
        asset_id,
        old_tick_size: '0.01',
        new_tick_size: '0.001',
        timestamp: '1',
      });
    socket.broadcast({
      event_type: 'market_resolved',
      market: watched.conditionId,
      winning_asset_id: watched.noTokenId,
      timestamp: '2',
    });
    await until('the resolution', () => ofKind(events, 'marketResolved').length > 0);
    expect(ofKind(events, 'tickSize')).toEqual([
      { kind: 'tickSize', conditionId: watched.conditionId, tick: 10 },
    ]);
    expect(ofKind(events, 'marketResolved')).toMatchObject([{ winner: 'NO' }]);
  });

  it('comes back after a break, subscribes again, and shows fresh books', async () => {
    const { socket, events, ups, downs, models } = await bench();
    await until('the first book', () => ofKind(events, 'book').length > 0);
    socket.dropAll();
    await until('a second connection', () => ups.length === 2);
    await until('a second book', () => ofKind(events, 'book').length === 2);
    expect(downs).toHaveLength(1);
    expect(ofKind(events, 'bookUntrusted')).toMatchObject([{ conditionId: models[0]!.watched.conditionId }]);
  });

  it('takes an open socket that says nothing for dead', async () => {
    const { socket, ups, downs } = await bench({ pingEveryMs: 20, silentAfterMs: 60, sendBooks: true });
    await until('up', () => ups.length === 1);
    for (const client of socket.clients) client.removeAllListeners('message');
    await until('down by silence', () => downs.some((reason) => reason.includes('nothing received')));
    await until('up again', () => ups.length >= 2);
  });

  it('finds an asset that fell silent on an open socket', async () => {
    const { socket, events, models } = await bench({ assetSilentAfterMs: 100 });
    await until('the first book', () => ofKind(events, 'book').length > 0);
    modelChanges(models[0]!, [['BUY', 30, 77]], 1);
    await until('the silent change', () => ofKind(events, 'book').some((event) => event.source === 'read'));
    expect(seenBook(events, models[0]!.watched.conditionId)).toEqual(modelLevels(models[0]!));
    await until('a new subscription', () =>
      socket.received.some((message) => (message as { operation?: string }).operation === 'subscribe'),
    );
  });

  it('reads the book over REST where no snapshot comes', async () => {
    const { events } = await bench({ sendBooks: false, snapshotWithinMs: 50 });
    await until('a book by REST', () => ofKind(events, 'book').some((event) => event.source === 'read'));
  });

  it('spreads tokens over sockets, adds to the free place, and leaves', async () => {
    const { socket, feed, events, models } = await bench({ markets: 5, tokensPerSocket: 4 });
    await until('all books', () => ofKind(events, 'book').length === 5);
    expect(socket.clients.size).toBe(3);
    const ids = models.slice(0, 2).map((model) => model.watched.conditionId);
    feed.unwatch(ids);
    await until('an empty socket closed', () => socket.clients.size === 2);
    const later = models[0]!.watched;
    feed.watch([later]);
    await until('the book again', () => ofKind(events, 'book').length === 6);
    expect(socket.clients.size).toBe(2);
  });

  it('reads a book on request, watched or not, and refuses garbage', async () => {
    const { feed, http, models, events } = await bench();
    await until('the first book', () => ofKind(events, 'book').length > 0);
    const read = await feed.readBook(models[0]!.watched, AbortSignal.timeout(5000));
    expect(read).toMatchObject({
      kind: 'book',
      source: 'read',
      bids: [
        [4900, 40_500_000],
        [4800, 120_000_000],
      ],
    });
    await http.close();
    await expect(feed.readBook(models[0]!.watched, AbortSignal.timeout(5000))).rejects.toMatchObject({
      code: 'notSent',
    });
  });

  it('counts frames it cannot read, and distrusts the book they concern', async () => {
    const { feed, socket, events, models } = await bench();
    const { watched } = models[0]!;
    await until('the first book', () => ofKind(events, 'book').length > 0);
    socket.broadcast('{"half a frame');
    socket.broadcast('NO NEW ASSETS');
    socket.broadcast({ event_type: 'something_new', market: watched.conditionId });
    socket.broadcast({
      event_type: 'price_change',
      market: watched.conditionId,
      timestamp: '5',
      price_changes: [{ asset_id: watched.yesTokenId, price: '0.1e1', size: '5', side: 'BUY' }],
    });
    await until('distrust', () => ofKind(events, 'bookUntrusted').length === 1);
    expect(feed.counts.oddFrames).toBe(2);
  });
});
