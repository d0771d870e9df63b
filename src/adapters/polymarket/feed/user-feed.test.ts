import { afterEach, describe, expect, it } from 'vitest';
import type { UserEvent } from '../../../ports/venue.ts';
import { Secret } from '../../../settings/secret.ts';
import { startFakeSocket } from '../testing/fake-socket.ts';
import { silentLog } from '../testing/silent-log.ts';
import { until, wallTimers } from '../testing/wall-timers.ts';
import { createUserFeed, userEvents } from './user-feed.ts';

const OWN = { apiKey: 'our-key', wallet: '0xours' };
const order = (fields: Record<string, unknown>): Record<string, unknown> => ({
  event_type: 'order',
  type: 'PLACEMENT',
  id: '0xAB',
  owner: 'our-key',
  market: '0xc',
  asset_id: '1',
  side: 'BUY',
  original_size: '12',
  size_matched: '0',
  price: '0.6',
  status: 'LIVE',
  created_at: '1795373206',
  timestamp: '1795373206847',
  ...fields,
});

describe('user frames', () => {
  it.each<readonly [string, Record<string, unknown>, UserEvent]>([
    [
      'a placement',
      {},
      { kind: 'orderSeen', orderId: '0xab' as never, status: 'LIVE', matchedSize: 0 as never },
    ],
    [
      'an update',
      { type: 'UPDATE', size_matched: '4.5' },
      { kind: 'orderSeen', orderId: '0xab' as never, status: 'LIVE', matchedSize: 4_500_000 as never },
    ],
    [
      'a killed FOK with a sentence for a status and empty numbers',
      {
        type: 'CANCELLATION',
        status: "CANCELED_order couldn't be fully filled. FOK orders are fully filled or killed.",
        size_matched: '',
        created_at: '',
      },
      { kind: 'orderSeen', orderId: '0xab' as never, status: 'CANCELED', matchedSize: null },
    ],
    [
      "the venue's own cancel",
      { type: 'CANCELLATION', status: 'INVALID', created_at: '1774377384000' },
      { kind: 'orderSeen', orderId: '0xab' as never, status: 'INVALID', matchedSize: 0 as never },
    ],
    [
      'a cancellation that still says LIVE',
      { type: 'CANCELLATION', status: 'LIVE', expiration: null },
      { kind: 'orderSeen', orderId: '0xab' as never, status: 'CANCELED', matchedSize: 0 as never },
    ],
    [
      'a resolved market',
      { type: 'CANCELLATION', status: 'CANCELED_MARKET_RESOLVED' },
      { kind: 'orderSeen', orderId: '0xab' as never, status: 'CANCELED', matchedSize: 0 as never },
    ],
    [
      'the other spelling',
      { status: 'ORDER_STATUS_DELAYED' },
      { kind: 'orderSeen', orderId: '0xab' as never, status: 'DELAYED', matchedSize: 0 as never },
    ],
  ])('%s', (_name, fields, expected) => {
    expect(userEvents(order(fields), OWN)).toEqual([expected]);
  });

  it('of a kind we do not know have no events', () => {
    expect(userEvents({ event_type: 'notification' }, OWN)).toEqual([]);
  });
});

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const opened of open.splice(0)) await opened.close();
});

describe('user feed', () => {
  it('authenticates on every connection, and asks for reconciliation after each and after an unreadable frame', async () => {
    const server = await startFakeSocket();
    const feed = createUserFeed({
      wsUserUrl: server.url,
      credentials: async () => ({
        apiKey: 'our-key',
        secret: new Secret('s3'),
        passphrase: new Secret('p4'),
      }),
      wallet: '0xours',
      timers: wallTimers,
      random: () => 0,
      log: silentLog,
      firstBackoffMs: 10,
    });
    open.push(feed, server);
    const events: UserEvent[] = [];
    const ups: string[] = [];
    const downs: string[] = [];
    feed.start({
      onEvent: (event) => events.push(event),
      onUp: (reason) => ups.push(reason),
      onDown: (reason) => downs.push(reason),
    });
    await until('auth', () => server.received.length === 1);
    expect(server.received[0]).toEqual({
      auth: { apiKey: 'our-key', secret: 's3', passphrase: 'p4' },
      type: 'user',
    });
    server.broadcast([order({})]);
    server.broadcast({
      event_type: 'trade',
      id: 't1',
      taker_order_id: '0x9',
      market: '0xc',
      asset_id: '2',
      side: 'BUY',
      size: '4',
      price: '0.52',
      status: 'MATCHED',
      matchtime: '1795373206',
      trader_side: 'MAKER',
      maker_orders: [
        {
          order_id: '0xAB',
          owner: 'our-key',
          matched_amount: '4',
          price: '0.48',
          asset_id: '1',
          side: 'BUY',
        },
      ],
    });
    await until('two events', () => events.length === 2);
    expect(events[1]).toMatchObject({
      kind: 'fill',
      fill: { orderId: '0xab', tokenId: '1', role: 'MAKER', size: 4_000_000 },
    });
    server.broadcast(order({ status: 'NEW WORD' }));
    await until('a call for reconciliation', () => ups.length === 2);
    server.dropAll();
    await until('a new connection', () => ups.length === 3 && server.received.length === 2);
    expect(downs).toHaveLength(1);
  });

  it('comes back when the credentials could not be had', async () => {
    const server = await startFakeSocket();
    let tries = 0;
    const feed = createUserFeed({
      wsUserUrl: server.url,
      credentials: async () => {
        tries += 1;
        if (tries === 1) throw new Error('the venue is away');
        return { apiKey: 'k', secret: new Secret('s'), passphrase: new Secret('p') };
      },
      wallet: '0xours',
      timers: wallTimers,
      random: () => 0,
      log: silentLog,
      firstBackoffMs: 10,
    });
    open.push(feed, server);
    const ups: string[] = [];
    feed.start({ onEvent: () => undefined, onUp: (reason) => ups.push(reason), onDown: () => undefined });
    await until('up', () => ups.length === 1);
    expect(tries).toBe(2);
  });
});
