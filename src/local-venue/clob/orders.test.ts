import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  CONDITION,
  createTrader,
  NO,
  START_MS,
  send,
  startTestVenue,
  type TestTrader,
  type TestVenue,
  YES,
} from './test-support/venue.ts';

let venue: TestVenue;
let alice: TestTrader;
let bob: TestTrader;

beforeEach(async () => {
  venue = await startTestVenue();
  alice = await createTrader(venue, 0, venue.clock);
  bob = await createTrader(venue, 1, venue.clock);
});
afterEach(() => venue.stop());

const idOf = (answer: { json: () => Readonly<Record<string, unknown>> }): string =>
  String(answer.json().orderID);
const rowsOf = async (trader: TestTrader, path: string): Promise<Record<string, unknown>[]> =>
  (await trader.call('GET', path)).json().data as Record<string, unknown>[];
const REST = { side: 'BUY', price: 0.48, size: 10 } as const;

describe('the life of an order', () => {
  it('rests, is filled in part, is read back, and is canceled', async () => {
    const placed = await alice.place(REST);
    expect(placed.json()).toEqual({
      success: true,
      errorMsg: '',
      orderID: expect.stringMatching(/^0x[0-9a-f]{64}$/),
      status: 'live',
      makingAmount: '',
      takingAmount: '',
    });
    const taken = await bob.place({ side: 'SELL', price: 0.47, size: 4, orderType: 'FAK' });
    expect(taken.json()).toMatchObject({ status: 'matched', makingAmount: '4', takingAmount: '1.92' });
    const [row] = await rowsOf(alice, '/data/orders');
    expect(row).toEqual({
      id: idOf(placed),
      status: 'LIVE',
      owner: alice.credentials.apiKey,
      maker_address: alice.account.address,
      market: CONDITION,
      asset_id: YES,
      side: 'BUY',
      original_size: '10',
      size_matched: '4',
      price: '0.48',
      outcome: 'Up',
      expiration: '0',
      order_type: 'GTC',
      associate_trades: taken.json().tradeIDs,
      created_at: Math.floor(START_MS / 1000),
    });
    const canceled = await alice.call('DELETE', '/order', { orderID: idOf(placed) });
    expect(canceled.json()).toEqual({ canceled: [idOf(placed)], not_canceled: {} });
    expect(await rowsOf(alice, '/data/orders')).toEqual([]);
    const [done] = await rowsOf(alice, `/data/orders?id=${idOf(placed)}`);
    expect(done).toMatchObject({ status: 'CANCELED', size_matched: '4' });
    expect((await alice.call('GET', `/data/order/${idOf(placed)}`)).json()).toMatchObject({
      id: idOf(placed),
    });
    expect((await bob.call('GET', `/data/order/${idOf(placed)}`)).status).toBe(404);
  });

  it('shows a mint to both sides: the taker outside, the maker in its own token', async () => {
    const made = await alice.place({ tokenId: NO, side: 'BUY', price: 0.52, size: 10 });
    const taken = await bob.place({ side: 'BUY', price: 0.48, size: 5 });
    expect(await venue.state.settled()).toBe(true);
    const [asMaker] = await rowsOf(alice, '/data/trades');
    const [asTaker] = await rowsOf(bob, `/data/trades?id=${(taken.json().tradeIDs as string[])[0]}`);
    expect(asTaker).toMatchObject({
      taker_order_id: idOf(taken),
      asset_id: YES,
      side: 'BUY',
      size: '5',
      price: '0.48',
      status: 'TRADE_STATUS_CONFIRMED',
      outcome: 'Up',
      owner: bob.credentials.apiKey,
      trader_side: 'TAKER',
      transaction_hash: expect.stringMatching(/^0x[0-9a-f]{64}$/),
    });
    expect(asMaker).toMatchObject({
      asset_id: YES,
      price: '0.48',
      trader_side: 'MAKER',
      owner: alice.credentials.apiKey,
      maker_address: alice.account.address,
      maker_orders: [
        {
          order_id: idOf(made),
          owner: alice.credentials.apiKey,
          matched_amount: '5',
          price: '0.52',
          asset_id: NO,
          outcome: 'Down',
          side: 'BUY',
        },
      ],
    });
    expect(venue.fake.holdings.get(`${alice.account.address}|${NO}`)).toBe(105_000_000n);
    expect(venue.fake.holdings.get(`${bob.account.address}|USD`)).toBe(997_600_000n);
  });

  it('ends by itself one minute before the stated second when it is GTD', async () => {
    const expiration = Math.floor(START_MS / 1000) + 300;
    const placed = await alice.place({ ...REST, orderType: 'GTD', expiration });
    expect(placed.json()).toMatchObject({ status: 'live' });
    venue.clock.advance(239_000);
    expect(await rowsOf(alice, '/data/orders')).toHaveLength(1);
    venue.clock.advance(2_000);
    expect(await rowsOf(alice, '/data/orders')).toEqual([]);
  });
});

describe('refusals', () => {
  const refused = async (answer: Promise<{ status: number; json: () => unknown }>, text: string | RegExp) => {
    const { status, json } = await answer;
    expect(json()).toEqual({ error: text instanceof RegExp ? expect.stringMatching(text) : text });
    return status;
  };

  it('answers with the texts that clients match on', async () => {
    await alice.place(REST);
    expect(
      await refused(bob.place({ ...REST, size: 4.99 }), /Size \(4\.99\) lower than the minimum: 5$/),
    ).toBe(400);
    await refused(
      bob.place({ ...REST, price: 0.485 }),
      /Price \(0\.485\) breaks minimum tick size rule: 0\.01$/,
    );
    await refused(bob.place({ ...REST, size: 5_000 }), /^not enough balance \/ allowance/);
    await refused(
      bob.place({ side: 'SELL', price: 0.48, size: 5, postOnly: true }),
      'invalid post-only order: order crosses book',
    );
    await refused(
      bob.place({ side: 'SELL', price: 0.48, size: 50, orderType: 'FOK' }),
      "order couldn't be fully filled. FOK orders are fully filled or killed.",
    );
    await refused(
      bob.place({ side: 'SELL', price: 0.6, size: 5, orderType: 'FAK' }),
      'no orders found to match with FAK order. FAK orders are partially filled or killed if no match is found.',
    );
    await refused(bob.place({ ...REST, tokenId: '77' }), 'the orderbook 77 does not exist');
    await refused(bob.place({ ...REST, orderType: 'GTD', expiration: 5 }), 'invalid expiration');
    await refused(bob.call('POST', '/order', { order: {} }), 'Invalid order payload');
  });

  it('refuses an order of another key, signer, domain or signature', async () => {
    const payload = await alice.order(REST);
    await refused(
      alice.call('POST', '/order', { ...payload, owner: bob.credentials.apiKey }),
      'the order owner has to be the owner of the API KEY',
    );
    await refused(
      bob.call('POST', '/order', { ...payload, owner: bob.credentials.apiKey }),
      'the order signer address has to be the address of the API KEY',
    );
    const changed = { ...payload, order: { ...payload.order, makerAmount: '4900000' } };
    await refused(alice.call('POST', '/order', changed), 'invalid signature');
    await refused(alice.place({ ...REST, negRisk: true }), 'invalid signature');
    const { timestamp: _timestamp, ...old } = payload.order;
    await refused(
      alice.call('POST', '/order', { ...payload, order: { ...old, nonce: '0', feeRateBps: '0' } }),
      'order_version_mismatch',
    );
  });

  it('refuses the same order twice, and keeps the first', async () => {
    const payload = await alice.order(REST);
    expect((await alice.call('POST', '/order', payload)).status).toBe(200);
    await refused(alice.call('POST', '/order', payload), /^order 0x[0-9a-f]{64} is invalid\. Duplicated\.$/);
    expect(await rowsOf(alice, '/data/orders')).toHaveLength(1);
  });

  it('counts what open orders reserve', async () => {
    for (const price of [0.1, 0.11]) {
      expect((await alice.place({ side: 'BUY', price, size: 4_000 })).status).toBe(200);
    }
    await refused(alice.place({ side: 'BUY', price: 0.12, size: 2_000 }), /sum of active orders: 840000000/);
  });
});

describe('batches and cancels', () => {
  it('answers a batch item by item, in order', async () => {
    const items = await Promise.all([
      alice.order({ ...REST, price: 0.4 }),
      alice.order({ ...REST, size: 1 }),
      alice.order({ ...REST, price: 0.42 }),
    ]);
    const answers = JSON.parse((await alice.call('POST', '/orders', items)).text) as Record<
      string,
      unknown
    >[];
    expect(answers.map((answer) => answer.success)).toEqual([true, false, true]);
    expect(answers[1]).toEqual({
      success: false,
      errorMsg: expect.stringContaining('lower than the minimum: 5'),
      orderID: '',
      status: '',
      makingAmount: '',
      takingAmount: '',
    });
    const many = await alice.call('POST', '/orders', new Array(16).fill(items[0]));
    expect(many.json()).toEqual({ error: 'Too many orders in payload: 16, max allowed: 15' });
  });

  it('cancels by ids, by market, by token, and everything, and never what is not one’s own', async () => {
    const up = idOf(await alice.place(REST));
    const down = idOf(await alice.place({ ...REST, tokenId: NO, price: 0.4 }));
    const other = idOf(await bob.place({ ...REST, price: 0.45 }));
    const byIds = await alice.call('DELETE', '/orders', [up, other, up]);
    expect(byIds.json()).toEqual({
      canceled: [up],
      not_canceled: { [other]: 'Order not found or already canceled' },
    });
    const again = await alice.call('DELETE', '/order', { orderID: up });
    expect(again.json()).toEqual({ canceled: [], not_canceled: { [up]: 'already canceled or matched' } });
    const byToken = await alice.call('DELETE', '/cancel-market-orders', { asset_id: YES });
    expect(byToken.json()).toEqual({ canceled: [], not_canceled: {} });
    const byMarket = await alice.call('DELETE', '/cancel-market-orders', { market: CONDITION });
    expect(byMarket.json()).toEqual({ canceled: [down], not_canceled: {} });
    const all = await bob.call('DELETE', '/cancel-all');
    expect(all.json()).toEqual({ canceled: [other], not_canceled: {} });
    const none = await bob.call('DELETE', '/cancel-market-orders', {});
    expect(none.status).toBe(400);
  });
});

describe('pages', () => {
  it('walks a listing of more than one page with its cursors', async () => {
    for (let index = 0; index < 101; index += 1) {
      await venue.state.submitOrder(alice.account, {
        tokenId: YES,
        side: 'BUY',
        price: (100 + (index % 30) * 100) as never,
        size: 5_000_000 as never,
        orderType: 'GTC',
      });
    }
    const first = (await alice.call('GET', '/data/orders?next_cursor=MA==')).json();
    expect(first).toMatchObject({ limit: 100, count: 100 });
    const second = (await alice.call('GET', `/data/orders?next_cursor=${first.next_cursor}`)).json();
    expect(second).toMatchObject({ count: 1, next_cursor: 'LTE=' });
    const ended = (await alice.call('GET', '/data/orders?next_cursor=LTE=')).json();
    expect(ended).toMatchObject({ count: 0, next_cursor: 'LTE=' });
  });
});

describe('what anyone may read', () => {
  const read = async (path: string, body?: unknown) => {
    const answer = await send(
      `${venue.urls.clob}${path}`,
      body === undefined ? 'GET' : 'POST',
      body === undefined ? '' : JSON.stringify(body),
    );
    return JSON.parse(answer.text.startsWith('OK') ? '"OK"' : answer.text) as unknown;
  };

  it('serves time, prices and parameters of a market', async () => {
    await alice.place(REST);
    await bob.place({ side: 'SELL', price: 0.53, size: 10 });
    expect(await read('/ok')).toBe('OK');
    expect(await read('/time')).toBe(Math.floor(START_MS / 1000));
    expect(await read('/version')).toEqual({ version: 2 });
    expect(await read(`/midpoint?token_id=${YES}`)).toEqual({ mid: '0.505' });
    expect(await read(`/spread?token_id=${NO}`)).toEqual({ spread: '0.05' });
    expect(await read(`/price?token_id=${NO}&side=BUY`)).toEqual({ price: '0.52' });
    expect(
      await read('/prices', [
        { token_id: YES, side: 'SELL' },
        { token_id: '9', side: 'BUY' },
      ]),
    ).toEqual({
      [YES]: { SELL: '0.48' },
    });
    expect(await read(`/tick-size?token_id=${YES}`)).toEqual({ minimum_tick_size: 0.01 });
    expect(await read(`/tick-size/${YES}`)).toEqual({ minimum_tick_size: 0.01 });
    expect(await read(`/neg-risk?token_id=${YES}`)).toEqual({ neg_risk: false });
    expect(await read(`/fee-rate/${YES}`)).toEqual({ base_fee: 0 });
    expect(await read(`/last-trade-price?token_id=${YES}`)).toEqual({ price: '0.5', side: '' });
    expect(await read(`/markets-by-token/${NO}`)).toEqual({
      condition_id: CONDITION,
      primary_token_id: YES,
      secondary_token_id: NO,
    });
    expect(await read(`/clob-markets/${CONDITION}`)).toMatchObject({
      c: CONDITION,
      t: [
        { t: YES, o: 'Up' },
        { t: NO, o: 'Down' },
      ],
      mts: 0.01,
      mos: 5,
      nr: false,
      fd: { r: 0, e: 1, to: true },
    });
    expect(await read('/book?token_id=9')).toEqual({
      error: 'No orderbook exists for the requested token id',
    });
  });

  it('keeps a price history of trades, mirrored for the other token', async () => {
    await alice.place(REST);
    await bob.place({ side: 'SELL', price: 0.48, size: 10 });
    const atSec = Math.floor(START_MS / 1000);
    expect(await read(`/prices-history?market=${YES}&interval=1h`)).toEqual({
      history: [{ t: atSec, p: 0.48 }],
    });
    expect(await read(`/prices-history?market=${NO}&interval=1h`)).toEqual({
      history: [{ t: atSec, p: 0.52 }],
    });
  });
});

describe('balances', () => {
  it('shows the cached chain balance, and reads the chain again when told to', async () => {
    const path = '/balance-allowance?asset_type=COLLATERAL&signature_type=0';
    expect((await alice.call('GET', path)).json()).toEqual({
      balance: '1000000000',
      allowances: expect.objectContaining({ [venue.chain.contracts.exchange]: String(2n ** 256n - 1n) }),
    });
    await venue.chain.fund(alice.account.address, 5_000_000n);
    expect((await alice.call('GET', path)).json()).toMatchObject({ balance: '1000000000' });
    expect((await alice.call('GET', path.replace('?', '/update?'))).status).toBe(200);
    expect((await alice.call('GET', path)).json()).toMatchObject({ balance: '1005000000' });
    const token = `/balance-allowance?asset_type=CONDITIONAL&token_id=${NO}&signature_type=0`;
    expect((await alice.call('GET', token)).json()).toMatchObject({ balance: '100000000' });
  });

  it('refuses what is not allowed to the exchange', async () => {
    venue.fake.allowance = 1_000_000n;
    const answer = await alice.place(REST);
    expect(answer.json().error).toMatch(/^not enough balance \/ allowance: the allowance is not enough/);
  });
});

describe('taker delay', () => {
  it('holds a marketable order back inside the request and answers with its end', async () => {
    const slow = await startTestVenue({ takerDelayMs: 50 });
    try {
      const maker = await createTrader(slow, 0, slow.clock);
      const taker = await createTrader(slow, 1, slow.clock);
      await maker.place(REST);
      const answer = taker.place({ side: 'SELL', price: 0.48, size: 5 });
      const released = setInterval(() => slow.clock.advance(10), 5);
      expect((await answer).json()).toMatchObject({
        status: 'matched',
        makingAmount: '5',
        takingAmount: '2.4',
      });
      clearInterval(released);
    } finally {
      await slow.stop();
    }
  });
});
