import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VenueTradeStatus } from '../types.ts';
import { armFault } from './faults.ts';
import {
  createTrader,
  NO,
  send,
  startTestVenue,
  type TestTrader,
  type TestVenue,
  YES,
} from './test-support/venue.ts';

let venue: TestVenue;
let alice: TestTrader;
let bob: TestTrader;
let seen: VenueTradeStatus[];

async function begin(over: Parameters<typeof startTestVenue>[0] = {}): Promise<void> {
  venue = await startTestVenue(over);
  alice = await createTrader(venue, 0, venue.clock);
  bob = await createTrader(venue, 1, venue.clock);
  seen = [];
  venue.state.onEvent((event) => {
    if (event.kind === 'trade') seen.push(event.trade.status);
  });
}
beforeEach(() => begin());
afterEach(() => venue.stop());

const REST = { side: 'BUY', price: 0.48, size: 10 } as const;
const TAKE = { side: 'SELL', price: 0.48, size: 10 } as const;
const cashOf = async (trader: TestTrader) =>
  (await venue.state.balances(trader.account.address, [YES, NO])).pUsd;

describe('settlement', () => {
  it('walks a trade from matched to confirmed and moves balances as the chain did', async () => {
    await alice.place(REST);
    await bob.place(TAKE);
    expect(await venue.state.settled()).toBe(true);
    expect(seen).toEqual(['MATCHED', 'MINED', 'CONFIRMED']);
    expect(await cashOf(alice)).toBe(995_200_000);
    expect(venue.fake.holdings.get(`${alice.account.address}|USD`)).toBe(995_200_000n);
  });

  it('reverses a trade whose transaction reverts', async () => {
    armFault(venue.faults, 'settlementFailure', { times: 1 });
    await alice.place(REST);
    await bob.place(TAKE);
    expect(await venue.state.settled()).toBe(true);
    expect(seen).toEqual(['MATCHED', 'FAILED']);
    const after = await venue.state.balances(bob.account.address, [YES]);
    expect(after).toEqual({ pUsd: 1_000_000_000, tokens: [100_000_000] });
    const sellAll = await bob.place({ side: 'SELL', price: 0.9, size: 100 });
    expect(sellAll.json()).toMatchObject({ success: true, status: 'live' });
    const [row] = (await bob.call('GET', '/data/trades')).json().data as Record<string, unknown>[];
    expect(row).toMatchObject({
      status: 'TRADE_STATUS_FAILED',
      transaction_hash: expect.stringMatching(/^0x/),
    });
  });

  it('fails a trade whose maker moved the funds away, as the chain alone decides', async () => {
    await alice.place(REST);
    venue.fake.holdings.set(`${alice.account.address}|USD`, 0n);
    await bob.place(TAKE);
    expect(await venue.state.settled()).toBe(true);
    expect(seen).toEqual(['MATCHED', 'FAILED']);
  });

  it('retries on a new hash', async () => {
    armFault(venue.faults, 'settlementRetry', { times: 1 });
    const hashes = new Set<string | null>();
    venue.state.onEvent((event) => {
      if (event.kind === 'trade') hashes.add(event.trade.txHash);
    });
    await alice.place(REST);
    await bob.place(TAKE);
    expect(await venue.state.settled()).toBe(true);
    expect(seen).toEqual(['MATCHED', 'RETRYING', 'MINED', 'CONFIRMED']);
    expect(hashes.size).toBe(3);
  });

  it('waits for as many blocks as it is told', async () => {
    await venue.stop();
    await begin({ clob: { confirmations: 3 } });
    await alice.place(REST);
    await bob.place(TAKE);
    await expect.poll(() => seen).toEqual(['MATCHED', 'MINED']);
    venue.fake.mine(2);
    await expect
      .poll(() => {
        venue.clock.advance(250);
        return seen;
      })
      .toEqual(['MATCHED', 'MINED', 'CONFIRMED']);
  });

  it('confirms late under the fault that says so', async () => {
    armFault(venue.faults, 'delayedConfirmation', { forMs: 4_000 });
    await alice.place(REST);
    await bob.place(TAKE);
    await expect.poll(() => seen).toEqual(['MATCHED', 'MINED']);
    venue.clock.advance(3_999);
    expect(await venue.state.settled(20)).toBe(false);
    venue.clock.advance(1);
    expect(await venue.state.settled()).toBe(true);
    expect(seen.at(-1)).toBe('CONFIRMED');
  });

  it('keeps what unsettled trades take out of reach, and states balances once however reads and receipts interleave', async () => {
    venue.fake.hold = true;
    await alice.place({ ...REST, price: 0.9, size: 1_000 });
    await bob.place({ ...TAKE, price: 0.9, size: 100 });
    const short = await alice.place({ side: 'BUY', price: 0.5, size: 210 });
    expect(short.json().error).toMatch(/not enough balance/);
    const path = '/balance-allowance/update?asset_type=COLLATERAL&signature_type=0';
    expect((await alice.call('GET', path)).status).toBe(200);
    expect(await cashOf(alice)).toBe(1_000_000_000);
    venue.fake.release();
    expect(await venue.state.settled()).toBe(true);
    expect(await cashOf(alice)).toBe(910_000_000);
    await alice.call('GET', path);
    expect(await cashOf(alice)).toBe(910_000_000);
  });

  it('settles in the order of the matches', async () => {
    for (let index = 0; index < 30; index += 1) await alice.place({ ...REST, size: 5 });
    venue.fake.hold = true;
    const ids: string[] = [];
    for (let index = 0; index < 20; index += 1) {
      const answer = await bob.place({ ...TAKE, size: 5 });
      ids.push(String(answer.json().orderID));
    }
    venue.fake.hold = false;
    venue.fake.release();
    expect(await venue.state.settled()).toBe(true);
    const sent = venue.fake.submitted.map((match) => venue.chain.orderHash(match.taker, false));
    expect(sent).toEqual(ids);
  });
});

describe('faults of the transport', () => {
  it('loses the answer of an order that is then found', async () => {
    armFault(venue.faults, 'lostAnswer', { request: 'POST /order', times: 1 });
    const payload = await alice.order(REST);
    await expect(alice.call('POST', '/order', payload)).rejects.toThrow();
    const rows = (await alice.call('GET', '/data/orders')).json().data as Record<string, unknown>[];
    expect(rows).toHaveLength(1);
    const again = await alice.call('POST', '/order', payload);
    expect(again.json().error).toMatch(/Duplicated/);
  });

  it('restarts, then takes post-only orders alone', async () => {
    armFault(venue.faults, 'restarting', { times: 1 });
    expect((await alice.place(REST)).status).toBe(425);
    armFault(venue.faults, 'postOnlyWindow');
    const refused = await alice.place(REST);
    expect(refused.status).toBe(503);
    expect(refused.json()).toEqual({
      error: 'post-only mode: only post-only orders and cancels are allowed',
      code: 'post_only_mode',
      retry_after_seconds: 30,
    });
    expect(refused.headers.get('retry-after')).toBe('30');
    expect((await alice.place({ ...REST, postOnly: true })).status).toBe(200);
    const batch = JSON.parse((await alice.call('POST', '/orders', [await alice.order(REST)])).text);
    expect(batch).toEqual([
      expect.objectContaining({
        success: true,
        errorMsg: expect.stringMatching(/^post-only mode/),
        orderID: '',
      }),
    ]);
  });

  it('is armed, narrowed to one account and disarmed over HTTP', async () => {
    const admin = (method: string, path: string, body?: unknown) =>
      send(`${venue.urls.clob}/admin${path}`, method, body === undefined ? '' : JSON.stringify(body));
    const armed = await admin('POST', '/faults', { name: 'tooManyRequests', address: alice.account.address });
    expect(armed.json()).toEqual({ armed: 'tooManyRequests' });
    const slow = await alice.place(REST);
    expect([slow.status, slow.headers.get('retry-after')]).toEqual([429, '1']);
    expect((await bob.place(REST)).status).toBe(200);
    await admin('DELETE', '/faults/tooManyRequests');
    expect((await alice.place(REST)).status).toBe(200);
    expect((await admin('POST', '/faults', { name: 'nonsense' })).status).toBe(400);
    const orders = await admin('GET', `/orders?address=${alice.account.address}`);
    expect(orders.json().orders).toHaveLength(1);
    await admin('POST', '/mode', { mode: 'cancelOnly' });
    expect((await alice.place({ ...REST, price: 0.4 })).status).toBe(503);
    expect((await alice.call('DELETE', '/cancel-all')).json().canceled).toHaveLength(1);
  });

  it('answers garbage when told to', async () => {
    armFault(venue.faults, 'garbageAnswer', { times: 1 });
    const answer = await alice.call('GET', '/data/orders');
    expect(answer.text).toMatch(/^<html>/);
  });
});
