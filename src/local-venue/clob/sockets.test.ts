import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { price } from '../../domain/units.ts';
import { armFault, disarmFault } from './faults.ts';
import { openSocket, type TestFrame, type TestSocket } from './test-support/socket.ts';
import {
  CONDITION,
  createTrader,
  NO,
  START_MS,
  startTestVenue,
  type TestTrader,
  type TestVenue,
  testMarket,
  YES,
} from './test-support/venue.ts';

let venue: TestVenue;
let alice: TestTrader;
let bob: TestTrader;
const sockets: TestSocket[] = [];

beforeEach(async () => {
  venue = await startTestVenue();
  alice = await createTrader(venue, 0, venue.clock);
  bob = await createTrader(venue, 1, venue.clock);
});
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.close();
  await venue.stop();
});

const open = async (url: string): Promise<TestSocket> => {
  const socket = await openSocket(url);
  sockets.push(socket);
  return socket;
};
const isType = (type: string) => (frame: TestFrame) => frame.event_type === type;

async function watchMarket(custom = false): Promise<TestSocket> {
  const socket = await open(venue.urls.wsMarket);
  socket.send({ assets_ids: [YES, NO], type: 'market', custom_feature_enabled: custom });
  await socket.next((frame) => frame.asset_id === NO);
  return socket;
}

async function watchUser(trader: TestTrader, markets?: string[]): Promise<TestSocket> {
  const socket = await open(venue.urls.wsUser);
  socket.send({ auth: trader.credentials, type: 'user', ...(markets === undefined ? {} : { markets }) });
  socket.send('PING');
  await socket.nextText('PONG');
  return socket;
}

/** A book kept from frames alone, by someone who knows only the protocol. */
interface Follower {
  bids: Map<string, string>;
  asks: Map<string, string>;
  tick: string;
  lastTrade: string;
}

type Level = { readonly price: string; readonly size: string };
const fromFrame = (frame: TestFrame): Follower => {
  const side = (name: string) => new Map((frame[name] as Level[]).map((level) => [level.price, level.size]));
  return {
    bids: side('bids'),
    asks: side('asks'),
    tick: String(frame.tick_size),
    lastTrade: String(frame.last_trade_price),
  };
};
const sorted = (levels: Map<string, string>, ascending: boolean): Level[] =>
  [...levels]
    .map(([at, size]) => ({ price: at, size }))
    .sort((left, right) => (ascending ? 1 : -1) * (Number(left.price) - Number(right.price)));

const hashOf = (book: Follower, tokenId: string, timestamp: unknown): string =>
  createHash('sha1')
    .update(
      JSON.stringify({
        market: CONDITION,
        asset_id: tokenId,
        timestamp,
        hash: '',
        bids: sorted(book.bids, true),
        asks: sorted(book.asks, false),
        min_order_size: '5',
        tick_size: book.tick,
        neg_risk: false,
        last_trade_price: book.lastTrade,
      }),
    )
    .digest('hex');

/** Replays the frames of a socket into both tokens' books and checks every hash. Returns how many were checked. */
function followAll(frames: readonly TestFrame[]): number {
  const books = new Map<string, Follower>();
  let checked = 0;
  for (const frame of frames) {
    const tokenId = String(frame.asset_id);
    switch (frame.event_type) {
      case 'book':
        if ('tick_size' in frame) books.set(tokenId, fromFrame(frame));
        expect(hashOf(books.get(tokenId)!, tokenId, frame.timestamp)).toBe(frame.hash);
        checked += 1;
        break;
      case 'last_trade_price':
        for (const book of books.values()) book.lastTrade = String(frame.price);
        break;
      case 'tick_size_change':
        books.get(tokenId)!.tick = String(frame.new_tick_size);
        break;
      case 'price_change': {
        const changes = frame.price_changes as Record<string, string>[];
        for (const change of changes) {
          const book = books.get(change.asset_id!)!;
          const levels = change.side === 'BUY' ? book.bids : book.asks;
          if (change.size === '0') levels.delete(change.price!);
          else levels.set(change.price!, change.size!);
        }
        for (const change of changes) {
          const book = books.get(change.asset_id!)!;
          expect(hashOf(book, change.asset_id!, frame.timestamp)).toBe(change.hash);
          const best = sorted(book.bids, true).at(-1)?.price ?? '0';
          expect(change.best_bid).toBe(best);
          checked += 1;
        }
        break;
      }
    }
  }
  return checked;
}

describe('the market channel', () => {
  it('begins with an array of snapshots, and answers PING and repeated assets', async () => {
    await alice.place({ side: 'BUY', price: 0.48, size: 10 });
    await alice.place({ side: 'BUY', price: 0.47, size: 7.5 });
    const socket = await watchMarket();
    expect(socket.texts[0]).toMatch(/^\[/);
    expect(socket.frames[0]).toEqual({
      market: CONDITION,
      asset_id: YES,
      timestamp: String(START_MS),
      hash: expect.stringMatching(/^[0-9a-f]{40}$/),
      bids: [
        { price: '0.47', size: '7.5' },
        { price: '0.48', size: '10' },
      ],
      asks: [],
      tick_size: '0.01',
      event_type: 'book',
      last_trade_price: '0.5',
    });
    socket.send('PING');
    await socket.nextText('PONG');
    socket.send({ assets_ids: [YES], operation: 'subscribe' });
    await socket.nextText('NO NEW ASSETS');
  });

  it('sends each change for both tokens with a hash that the follower recomputes', async () => {
    const socket = await watchMarket();
    await alice.place({ side: 'BUY', price: 0.48, size: 10 });
    const frame = await socket.next(isType('price_change'));
    expect(frame.price_changes).toEqual([
      {
        asset_id: YES,
        price: '0.48',
        size: '10',
        side: 'BUY',
        hash: expect.any(String),
        best_bid: '0.48',
        best_ask: '1',
      },
      {
        asset_id: NO,
        price: '0.52',
        size: '10',
        side: 'SELL',
        hash: expect.any(String),
        best_bid: '0',
        best_ask: '0.52',
      },
    ]);
    venue.clock.advance(1_000);
    await bob.place({ tokenId: NO, side: 'BUY', price: 0.45, size: 20 });
    const resting = await alice.place({ side: 'BUY', price: 0.46, size: 12 });
    venue.clock.advance(1_000);
    await bob.place({ side: 'SELL', price: 0.46, size: 15, orderType: 'FAK' });
    venue.clock.advance(1_000);
    await alice.call('DELETE', '/order', { orderID: resting.json().orderID });
    venue.state.setTickSize(CONDITION, price(10));
    await alice.place({ side: 'BUY', price: 0.461, size: 12 });
    await socket.next((found) => JSON.stringify(found).includes('"0.461"'));
    expect(socket.frames.filter(isType('tick_size_change'))).toHaveLength(2);
    expect(socket.frames.filter(isType('last_trade_price')).map((found) => found.price)).toEqual([
      '0.480',
      '0.460',
    ]);
    expect(followAll(socket.frames)).toBeGreaterThan(12);
    const read = await fetch(`${venue.urls.clob}/book?token_id=${NO}`);
    const rest = (await read.json()) as TestFrame;
    const last = socket.frames.filter(isType('price_change')).at(-1)!.price_changes as TestFrame[];
    expect(rest.hash).toBe(last.find((change) => change.asset_id === NO)!.hash);
  });

  it('can send one event as several frames that share timestamp and hash', async () => {
    const socket = await watchMarket();
    armFault(venue.faults, 'splitPriceChanges');
    await alice.place({ side: 'BUY', price: 0.48, size: 10 });
    await alice.place({ side: 'BUY', price: 0.47, size: 10 });
    const from = socket.frames.length;
    venue.state.cancelAll(alice.account.address);
    await socket.next((frame) => JSON.stringify(frame).includes('"0.47"'), from);
    const cancels = socket.frames.slice(from).filter(isType('price_change'));
    const hashes = cancels.map((frame) => (frame.price_changes as TestFrame[])[0]!.hash);
    expect(cancels).toHaveLength(2);
    expect(new Set(hashes).size).toBe(1);
  });

  it('tells custom clients of the touch, of new markets and of resolutions', async () => {
    const socket = await watchMarket(true);
    await alice.place({ side: 'BUY', price: 0.48, size: 10 });
    expect(await socket.next(isType('best_bid_ask'))).toMatchObject({
      asset_id: YES,
      best_bid: '0.48',
      best_ask: '1',
      spread: '0.52',
    });
    const other = { conditionId: `0x${'ef'.repeat(32)}`, yesTokenId: '2001', noTokenId: '2002' };
    venue.state.listMarket({ market: testMarket(other as never), oracle: venue.chain.localOracle });
    expect(await socket.next(isType('new_market'))).toMatchObject({
      condition_id: other.conditionId,
      assets_ids: ['2001', '2002'],
      order_price_min_tick_size: '0.01',
    });
    const user = await watchUser(alice);
    await venue.state.resolveMarket(CONDITION, 'NO');
    expect(await socket.next(isType('market_resolved'))).toMatchObject({
      winning_asset_id: NO,
      winning_outcome: 'Down',
    });
    expect(await user.next(isType('order'))).toMatchObject({ type: 'CANCELLATION', status: 'CANCELED' });
    expect([...venue.fake.payouts.values()]).toEqual([[0n, 1n]]);
    const answer = await alice.place({ side: 'BUY', price: 0.48, size: 10 });
    expect(answer.json()).toEqual({ error: `the orderbook ${YES} does not exist` });
  });

  it('keeps still under the silence fault while the socket stays open, and speaks again after it', async () => {
    const socket = await watchMarket();
    armFault(venue.faults, 'marketSilence');
    await alice.place({ side: 'BUY', price: 0.48, size: 10 });
    disarmFault(venue.faults, 'marketSilence');
    await alice.place({ side: 'BUY', price: 0.47, size: 10 });
    await socket.next((frame) => JSON.stringify(frame).includes('"0.47"'));
    expect(JSON.stringify(socket.frames)).not.toContain('"0.48"}]');
    expect(socket.frames.filter(isType('price_change'))).toHaveLength(1);
  });
});

describe('the user channel', () => {
  it('refuses wrong credentials', async () => {
    const socket = await open(venue.urls.wsUser);
    socket.send({ auth: { ...alice.credentials, passphrase: 'no' }, type: 'user' });
    expect(await socket.closed).toBe(1008);
  });

  it('shows a maker its placement, its fill in its own token, and the trade until it is confirmed', async () => {
    const socket = await watchUser(alice);
    const placed = await alice.place({ tokenId: NO, side: 'BUY', price: 0.52, size: 10 });
    expect(await socket.next(isType('order'))).toEqual({
      event_type: 'order',
      type: 'PLACEMENT',
      id: placed.json().orderID,
      owner: alice.credentials.apiKey,
      order_owner: alice.credentials.apiKey,
      market: CONDITION,
      asset_id: NO,
      side: 'BUY',
      original_size: '10',
      size_matched: '0',
      price: '0.52',
      outcome: 'Down',
      order_type: 'GTC',
      status: 'LIVE',
      created_at: String(Math.floor(START_MS / 1000)),
      expiration: '0',
      maker_address: alice.account.address,
      associate_trades: [],
      timestamp: String(START_MS),
    });
    await bob.place({ side: 'BUY', price: 0.48, size: 10 });
    const confirmed = await socket.next((frame) => frame.status === 'CONFIRMED');
    const trades = socket.frames.filter(isType('trade'));
    expect(trades.map((frame) => frame.status)).toEqual(['MATCHED', 'MINED', 'CONFIRMED']);
    expect(trades[0]).toMatchObject({
      type: 'TRADE',
      trader_side: 'MAKER',
      asset_id: YES,
      side: 'BUY',
      price: '0.48',
      transaction_hash: '',
    });
    expect(confirmed.transaction_hash).toMatch(/^0x[0-9a-f]{64}$/);
    expect(confirmed.maker_orders).toEqual([
      expect.objectContaining({ asset_id: NO, price: '0.52', side: 'BUY', owner: alice.credentials.apiKey }),
    ]);
    expect(await socket.next((frame) => frame.type === 'UPDATE')).toMatchObject({
      status: 'MATCHED',
      size_matched: '10',
    });
    expect(
      socket.frames.every(
        (frame) => frame.event_type !== 'order' || frame.owner === alice.credentials.apiKey,
      ),
    ).toBe(true);
  });

  it('reports a killed FOK in its odd form', async () => {
    const socket = await watchUser(alice);
    await alice.place({ side: 'BUY', price: 0.48, size: 10, orderType: 'FOK' });
    expect(await socket.next(isType('order'))).toMatchObject({
      type: 'CANCELLATION',
      status: "CANCELED_order couldn't be fully filled. FOK orders are fully filled or killed.",
      size_matched: '',
      created_at: '',
    });
  });

  it('keeps to the markets asked for', async () => {
    const socket = await watchUser(alice, [`0x${'ef'.repeat(32)}`]);
    await alice.place({ side: 'BUY', price: 0.48, size: 10 });
    socket.send({ operation: 'subscribe', markets: [CONDITION] });
    socket.send('PING');
    await socket.nextText('PONG');
    await alice.place({ side: 'BUY', price: 0.47, size: 10 });
    await socket.next(isType('order'));
    expect(socket.frames.map((frame) => frame.price)).toEqual(['0.47']);
  });

  it('repeats and reverses frames under the faults that do so', async () => {
    const socket = await watchUser(alice);
    armFault(venue.faults, 'duplicateUserEvents', { times: 1 });
    await alice.place({ side: 'BUY', price: 0.48, size: 10 });
    await socket.next(isType('order'));
    armFault(venue.faults, 'shuffledUserEvents');
    const from = 2;
    await bob.place({ side: 'SELL', price: 0.48, size: 10 });
    expect(await venue.state.settled()).toBe(true);
    venue.clock.advance(20);
    await socket.next((frame) => frame.status === 'MATCHED' && frame.event_type === 'trade', from);
    expect(socket.frames[0]).toEqual(socket.frames[1]);
    expect(
      socket.frames
        .slice(from)
        .filter(isType('trade'))
        .map((frame) => frame.status),
    ).toEqual(['CONFIRMED', 'MINED', 'MATCHED']);
  });
});
