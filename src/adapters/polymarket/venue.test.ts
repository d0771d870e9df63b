import { Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type OrderId, SIGNER_TOO_LARGE } from '../../domain/order.ts';
import type { Usd } from '../../domain/units.ts';
import { ForeignError } from '../../ports/foreign-error.ts';
import { Secret } from '../../settings/secret.ts';
import type { SignerLimits } from '../../signer/limits.ts';
import { testSigner, WIDE_LIMITS } from '../../signer/testing/test-signer.ts';
import { type FakeAnswer, type FakeHttp, type FakeRequest, startFakeHttp } from './testing/fake-http.ts';
import { DEVELOPMENT_ADDRESS, orderRequest } from './testing/orders.ts';
import { silentLog } from './testing/silent-log.ts';
import { until } from './testing/wall-timers.ts';
import { createPolymarketVenue, type PolymarketVenue } from './venue.ts';

const GIVEN = {
  apiKey: '3e2c0000-0000-4000-8000-000000000001',
  secret: new Secret('AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='),
  passphrase: new Secret('passphrase'),
};
const NOW_MS = 1_795_373_206_847;
const signal = (): AbortSignal => AbortSignal.timeout(5_000);

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const opened of open.splice(0)) await opened.close();
});

async function venueWith(
  answer: (request: FakeRequest) => FakeAnswer,
  options: {
    readonly given?: typeof GIVEN | null;
    readonly timeoutMs?: number;
    readonly limits?: SignerLimits;
  } = {},
): Promise<{ venue: PolymarketVenue; server: FakeHttp }> {
  const server = await startFakeHttp(answer);
  const venue = createPolymarketVenue({
    clobUrl: server.url,
    signer: await testSigner({
      nowMs: () => NOW_MS,
      ...(options.limits === undefined ? {} : { limits: options.limits }),
    }),
    signatureType: 0,
    credentials: options.given === undefined ? GIVEN : options.given,
    nowMs: () => NOW_MS,
    log: silentLog,
    timeoutMs: options.timeoutMs ?? 5_000,
  });
  open.push(server, venue);
  return { venue, server };
}

const bodyIds = (request: FakeRequest): number => (JSON.parse(request.body) as unknown[]).length;

describe('placing', () => {
  it('sends a batch of at most 15, each order with its own post-only flag, and reads the answers in order', async () => {
    const { venue, server } = await venueWith((request) => ({
      body: Array.from({ length: bodyIds(request) }, () => ({
        success: false,
        errorMsg: 'invalid expiration',
      })),
    }));
    const prepared = await venue.prepare(
      Array.from({ length: 17 }, (_, index) => orderRequest({ salt: index, postOnly: index % 2 === 0 })),
    );
    const answers = await venue.place(prepared, signal());
    expect(server.seen.map(bodyIds).sort()).toEqual([15, 2]);
    expect(answers).toHaveLength(17);
    const sent = JSON.parse(server.seen[0]!.body) as {
      postOnly: boolean;
      owner: string;
      order: { salt: number };
    }[];
    for (const order of sent) expect(order.postOnly).toBe(order.order.salt % 2 === 0);
    expect(sent[0]!.owner).toBe(GIVEN.apiKey);
    expect(server.seen[0]!.headers.poly_address).toBe(DEVELOPMENT_ADDRESS);
    expect(server.seen[0]!.headers.poly_timestamp).toBe('1795373206');
  });

  it('has at once what the signer has at once, and else what it would have had', async () => {
    const signer = await testSigner({ nowMs: () => NOW_MS });
    const orders = [orderRequest({ salt: 1 }), orderRequest({ salt: 2, postOnly: false })];
    const signed = await signer.signOrders(orders);
    const { venue } = await venueWith(() => ({ body: [] }));
    const ahead = createPolymarketVenue({
      clobUrl: 'http://127.0.0.1:9',
      signer: { ...signer, signOrders: () => signed },
      signatureType: 0,
      credentials: GIVEN,
      nowMs: () => NOW_MS,
      log: silentLog,
    });
    open.push(ahead);
    expect(ahead.prepare(orders)).toEqual(await venue.prepare(orders));
  });

  it('W24: says apart what is too large for the signer by itself and what it refuses for another reason', async () => {
    const limits = { ...WIDE_LIMITS, maxOrder: 5_000_000 as Usd };
    const { venue, server } = await venueWith(() => ({ body: [] }), { limits });
    const large = orderRequest({ salt: 1, sizeMicro: 20_000_000 });
    const stale = orderRequest({ salt: 2, timestampMs: 1 });
    const answers = await venue.place(await venue.prepare([large, stale]), signal());
    expect(answers.map(([, answer]) => answer)).toMatchObject([
      { code: SIGNER_TOO_LARGE, text: expect.stringContaining('SIGNER_MAX_ORDER_USD allows 5') },
      { code: 'signerRefused' },
    ]);
    expect(server.seen).toEqual([]);
  });

  it('makes the venue read again what it found too little of, once for each asset', async () => {
    const { venue, server } = await venueWith((request) => ({
      body:
        request.method === 'GET'
          ? {}
          : Array.from({ length: bodyIds(request) }, () => ({
              success: false,
              errorMsg: 'not enough balance / allowance',
            })),
    }));
    const prepared = await venue.prepare([
      orderRequest({ salt: 1 }),
      orderRequest({ salt: 2 }),
      orderRequest({ salt: 3, side: 'SELL' }),
    ]);
    await venue.place(prepared, signal());
    await venue.place(prepared, signal());
    const updates = () => server.seen.filter(({ path }) => path === '/balance-allowance/update');
    await until('two updates', () => updates().length === 2);
    expect(updates().map(({ query }) => [query.get('asset_type'), query.get('token_id')])).toEqual(
      expect.arrayContaining([
        ['COLLATERAL', null],
        ['CONDITIONAL', orderRequest().tokenId],
      ]),
    );
  });

  it('reads each kind of answer, and calls unknown what cannot be read one way only', async () => {
    let orderId = '';
    const cases: readonly (readonly [unknown, string])[] = [
      [{ success: true, errorMsg: '', orderID: '$', status: 'live' }, 'live'],
      [{ success: true, orderID: '$', status: 'matched', errorMsg: null }, 'matched'],
      [{ success: true, errorMsg: '', orderID: '$', status: 'delayed' }, 'delayed'],
      [{ success: true, errorMsg: '', orderID: '$', status: 'unmatched' }, 'unmatched'],
      [{ success: true, errorMsg: '', orderID: '', status: 'live' }, 'unknown/emptyOrderId'],
      [{ success: true, errorMsg: '', orderID: '0xother', status: 'live' }, 'unknown/foreignOrderId'],
      [{ success: true, errorMsg: '', orderID: '$', status: 'weird' }, 'unknown/garbageAnswer'],
      [
        { success: true, errorMsg: 'not enough balance / allowance', orderID: '', status: '' },
        'rejected/notEnoughBalance',
      ],
      [{ success: true, errorMsg: 'something', orderID: '$', status: 'live' }, 'unknown/contradiction'],
      [
        { success: false, errorMsg: 'invalid post-only order: order crosses book', orderID: '' },
        'rejected/crossesBook',
      ],
      [{ success: false, errorMsg: 'order 0x1 is invalid. Duplicated.', orderID: '' }, 'unknown/duplicated'],
      [{ success: false, errorMsg: '', orderID: '' }, 'rejected/refused'],
      [{ error: 'the orderbook 1 does not exist' }, 'rejected/noOrderbook'],
      [{}, 'unknown/garbageAnswer'],
      [null, 'unknown/garbageAnswer'],
      ['ok', 'unknown/garbageAnswer'],
    ];
    let entry: unknown = null;
    const { venue } = await venueWith(() => ({
      body: JSON.stringify([entry]).replace('"$"', `"${orderId}"`),
    }));
    const prepared = await venue.prepare([orderRequest()]);
    orderId = prepared[0]!.orderId;
    for (const [given, expected] of cases) {
      entry = given;
      const [[, answer]] = (await venue.place(prepared, signal())) as [
        Awaited<ReturnType<PolymarketVenue['place']>>[number],
      ];
      expect(
        'code' in answer ? `${answer.result}/${answer.code}` : answer.result,
        JSON.stringify(given),
      ).toBe(expected);
    }
  });

  it.each<readonly [string, FakeAnswer, string]>([
    ['a lost answer', { hangUp: true }, 'unknown/connectionLost'],
    ['no answer in time', { silent: true }, 'unknown/timeout'],
    ['garbage', { body: '<html>oops</html>' }, 'unknown/garbageAnswer'],
    ['too few answers', { body: [] }, 'unknown/garbageAnswer'],
    ['an object for a list', { body: { error: 'x' } }, 'unknown/garbageAnswer'],
    ['a server fault', { status: 500, body: { error: 'could not insert order' } }, 'unknown/venueFault'],
    ['a restart', { status: 425, body: { error: 'service not ready' } }, 'rejected/engineRestarting'],
    ['a rate limit', { status: 429, headers: { 'retry-after': '3' }, body: '' }, 'rejected/rateLimited'],
    [
      'a wrong key',
      { status: 401, body: { error: 'Unauthorized/Invalid api key' } },
      'rejected/unauthorized',
    ],
    ['a refused batch', { status: 400, body: { error: 'Invalid order payload' } }, 'rejected/invalidPayload'],
    [
      'post-only mode',
      { status: 503, body: { error: 'post-only mode: only', code: 'post_only_mode' } },
      'rejected/postOnlyMode',
    ],
  ])('%s is sent once and means %s', async (_name, told, expected) => {
    const { venue, server } = await venueWith(() => told, { timeoutMs: 300 });
    const prepared = await venue.prepare([orderRequest()]);
    const [first] = await venue.place(prepared, signal());
    const answer = first![1];
    expect('code' in answer ? `${answer.result}/${answer.code}` : answer.result).toBe(expected);
    expect(server.seen).toHaveLength(1);
  });

  it('believes no refusal of a batch whose answers stand in the wrong places', async () => {
    let ids: string[] = [];
    const { venue } = await venueWith(() => ({
      body: [
        { success: false, errorMsg: 'invalid post-only order: order crosses book', orderID: '' },
        { success: true, errorMsg: '', orderID: ids[0], status: 'live' },
      ],
    }));
    const prepared = await venue.prepare([orderRequest(), { ...orderRequest(), salt: 2 }]);
    ids = prepared.map(({ orderId }) => orderId);
    const answers = await venue.place(prepared, signal());
    expect(answers.map(([, answer]) => answer)).toMatchObject([
      { result: 'unknown', code: 'foreignOrderId' },
      { result: 'unknown', code: 'foreignOrderId' },
    ]);
  });

  it('says notSent of orders that may not leave any more, and sends nothing', async () => {
    const { venue, server } = await venueWith(() => ({}));
    const prepared = await venue.prepare([orderRequest()]);
    const [first] = await venue.place(prepared, signal(), () => false);
    expect(first![1].result).toBe('notSent');
    expect(server.seen).toEqual([]);
  });

  it('has the order written before the call returns, where a connection is at rest', async () => {
    const { venue } = await venueWith(() => ({ body: { canceled: [] } }));
    const prepared = await venue.prepare([orderRequest()]);
    await venue.cancelAll(signal());
    const write = vi.spyOn(Socket.prototype, 'write');
    try {
      const placed = venue.place(prepared, signal());
      const sent = write.mock.calls.map(([text]) => String(text));
      expect(sent).toEqual([expect.stringMatching(/^POST \/orders HTTP/)]);
      expect(sent[0]).toContain(`\r\n\r\n[${prepared[0]?.body}]`);
      await placed;
    } finally {
      write.mockRestore();
    }
  });

  it('says notSent where nothing listens', async () => {
    const { venue, server } = await venueWith(() => ({}));
    const prepared = await venue.prepare([orderRequest()]);
    await server.close();
    const [first] = await venue.place(prepared, signal());
    expect(first![1].result).toBe('notSent');
  });

  it('never lets any answer through as anything but an answer', async () => {
    let told: FakeAnswer = {};
    const { venue } = await venueWith(() => told);
    const prepared = await venue.prepare([orderRequest()]);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 200, max: 599 }), fc.json(), async (status, body) => {
        told = { status: status === 204 || status === 304 ? 200 : status, body };
        const answers = await venue.place(prepared, signal());
        expect(answers).toHaveLength(1);
        expect(['rejected', 'unknown']).toContain(answers[0]![1].result);
      }),
      { numRuns: 60 },
    );
  });
});

describe('credentials', () => {
  it('are created with an L1 proof, or derived where they exist, and fetched once', async () => {
    const { venue, server } = await venueWith(
      ({ path }) => {
        if (path === '/auth/api-key') return { status: 400, body: { error: 'Could not create api key' } };
        if (path === '/auth/derive-api-key')
          return { body: { apiKey: 'k', secret: 'AAAA', passphrase: 'p' } };
        return { body: { data: [], next_cursor: 'LTE=' } };
      },
      { given: null },
    );
    await Promise.all([venue.openOrders(signal()), venue.openOrders(signal())]);
    expect(
      server.seen.filter((request) => request.path.startsWith('/auth')).map((request) => request.path),
    ).toEqual(['/auth/api-key', '/auth/derive-api-key']);
    expect(server.seen[0]!.headers.poly_signature).toMatch(/^0x[0-9a-f]{130}$/);
    await venue.rebuild(signal());
    expect(server.seen.filter((request) => request.path === '/auth/api-key')).toHaveLength(2);
  });

  it('that cannot be read give an error that does not show them', async () => {
    const { venue } = await venueWith(() => ({ body: { apiKey: 'k', secret: 'hush-hush' } }), {
      given: null,
    });
    await expect(venue.credentials(signal())).rejects.toThrow(/apiKey, secret and passphrase/);
    await expect(venue.credentials(signal())).rejects.not.toThrow(/hush/);
  });
});

const ORDER_ROW = {
  id: `0x${'A'.repeat(64)}`,
  status: 'ORDER_STATUS_LIVE',
  market: `0x${'c'.repeat(64)}`,
  asset_id: '123',
  side: 'BUY',
  original_size: '10.5',
  size_matched: '4',
  price: '0.48',
  created_at: 1_795_373_206,
};

describe('reading', () => {
  it('follows cursors to the end', async () => {
    const { venue, server } = await venueWith(({ query }) => {
      const cursor = query.get('next_cursor');
      if (cursor === null) return { body: { data: [ORDER_ROW], next_cursor: 'Mg==' } };
      return { body: { data: [{ ...ORDER_ROW, created_at: '1795373206000' }], next_cursor: 'LTE=' } };
    });
    const orders = await venue.openOrders(signal());
    expect(orders).toHaveLength(2);
    for (const order of orders)
      expect(order).toMatchObject({
        orderId: `0x${'a'.repeat(64)}`,
        status: 'LIVE',
        price: 4800,
        originalSize: 10_500_000,
        matchedSize: 4_000_000,
        createdAtMs: 1_795_373_206_000,
      });
    expect(server.seen[1]!.query.get('next_cursor')).toBe('Mg==');
  });

  it('refuses a list that runs in circles, and one with a row it cannot read', async () => {
    let body: unknown = { data: [], next_cursor: 'Mg==' };
    const { venue } = await venueWith(() => ({ body }));
    await expect(venue.openOrders(signal())).rejects.toMatchObject({ code: 'garbageAnswer', retry: 'later' });
    body = { data: [{ ...ORDER_ROW, price: 'NaN' }], next_cursor: 'LTE=' };
    await expect(venue.openOrders(signal())).rejects.toThrow(/field price/);
  });

  it('takes only the venue word for the absence of an order', async () => {
    let told: FakeAnswer = {};
    const { venue } = await venueWith(() => told);
    const id = `0x${'a'.repeat(64)}` as OrderId;
    told = { status: 404, body: { error: 'order not found' } };
    expect(await venue.order(id, signal())).toBeNull();
    told = { body: 'null' };
    expect(await venue.order(id, signal())).toBeNull();
    told = { body: ORDER_ROW };
    expect(await venue.order(id, signal())).toMatchObject({ orderId: id });
    for (const doubtful of [
      { status: 404, body: '<html>not found</html>' },
      { status: 500, body: {} },
      { body: {} },
      { body: { ...ORDER_ROW, id: '0xbb' } },
      { hangUp: true },
    ]) {
      told = doubtful;
      await expect(venue.order(id, signal())).rejects.toBeInstanceOf(ForeignError);
    }
  });

  it('asks for trades from a second before, and gives our parts of them', async () => {
    const { venue, server } = await venueWith(() => ({
      body: {
        data: [
          {
            id: 't1',
            taker_order_id: '0x1',
            market: '0xc',
            asset_id: '123',
            side: 'SELL',
            size: '4',
            price: '0.48',
            status: 'TRADE_STATUS_CONFIRMED',
            match_time: '1795373206',
            trader_side: 'MAKER',
            transaction_hash: '0xab',
            maker_orders: [
              {
                order_id: '0x2',
                owner: GIVEN.apiKey,
                maker_address: 'x',
                matched_amount: '4',
                price: '0.52',
                asset_id: '456',
                side: 'SELL',
              },
            ],
          },
        ],
        next_cursor: 'LTE=',
      },
    }));
    const fills = await venue.trades(NOW_MS, signal());
    expect(server.seen[0]!.query.get('after')).toBe('1795373205');
    expect(fills).toMatchObject([
      {
        tradeId: 't1',
        orderId: '0x2',
        tokenId: '456',
        side: 'SELL',
        price: 5200,
        role: 'MAKER',
        status: 'CONFIRMED',
      },
    ]);
  });

  it('reads version and clock', async () => {
    const { venue } = await venueWith(({ path }) => ({
      body: path === '/time' ? '1795373209' : { version: 2 },
    }));
    expect(await venue.status(signal())).toEqual({ version: 2, clockSkewMs: 1_795_373_209_000 - NOW_MS });
  });
});

describe('canceling', () => {
  it('gives what was and was not canceled', async () => {
    const { venue, server } = await venueWith(() => ({
      body: { canceled: ['0xAA'], not_canceled: { '0xBB': 'Order not found' } },
    }));
    const answer = await venue.cancel(['0xaa', '0xbb'] as OrderId[], signal());
    expect(answer).toEqual({ canceled: ['0xaa'], notCanceled: [['0xbb', 'Order not found']] });
    expect(server.seen[0]).toMatchObject({ method: 'DELETE', path: '/orders', body: '["0xaa","0xbb"]' });
    expect(await venue.cancelAll(signal())).toEqual(answer);
  });

  it('throws away what was signed ahead before everything is cancelled, whether or not that gets through', async () => {
    const order: string[] = [];
    const server = await startFakeHttp(({ path }) => {
      order.push(path);
      return { body: {} };
    });
    const venue = createPolymarketVenue({
      clobUrl: server.url,
      signer: {
        ...(await testSigner({ nowMs: () => NOW_MS })),
        forgetAhead: () => order.push('forget'),
      },
      signatureType: 0,
      credentials: GIVEN,
      nowMs: () => NOW_MS,
      log: silentLog,
    });
    open.push(server, venue);
    await expect(venue.cancelAll(signal())).rejects.toMatchObject({ code: 'garbageAnswer' });
    expect(order).toEqual(['forget', '/cancel-all']);
  });

  it('does not take garbage for a cancel', async () => {
    const { venue } = await venueWith(() => ({ body: {} }));
    await expect(venue.cancelAll(signal())).rejects.toMatchObject({
      code: 'garbageAnswer',
      retry: 'reconcileFirst',
    });
  });
});

describe('heartbeats', () => {
  it('send the chain on, and once the id that the venue expected', async () => {
    const ids: string[] = [];
    const { venue } = await venueWith(({ body }) => {
      const { heartbeat_id } = JSON.parse(body) as { heartbeat_id: string };
      ids.push(heartbeat_id);
      return heartbeat_id === 'wrong'
        ? { status: 400, body: { error_msg: 'Invalid Heartbeat ID', heartbeat_id: 'right' } }
        : { body: { heartbeat_id: `after-${heartbeat_id}` } };
    });
    expect(await venue.beat('', signal())).toBe('after-');
    expect(await venue.beat('wrong', signal())).toBe('after-right');
    expect(ids).toEqual(['', 'wrong', 'right']);
  });

  it('fail when the venue refuses twice, without a third try', async () => {
    const { venue, server } = await venueWith(() => ({ status: 400, body: { heartbeat_id: 'other' } }));
    await expect(venue.beat('x', signal())).rejects.toBeInstanceOf(ForeignError);
    expect(server.seen).toHaveLength(2);
  });
});
