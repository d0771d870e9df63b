import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTrader, startTestVenue, type TestTrader, type TestVenue } from './test-support/venue.ts';

let venue: TestVenue;
let trader: TestTrader;
let other: TestTrader;

beforeEach(async () => {
  venue = await startTestVenue();
  trader = await createTrader(venue, 0, venue.clock);
  other = await createTrader(venue, 1, venue.clock);
  await trader.place({ side: 'BUY', price: 0.4, size: 10 });
  await other.place({ side: 'BUY', price: 0.4, size: 10 });
});
afterEach(() => venue.stop());

const beat = async (id: string) => (await trader.call('POST', '/v1/heartbeats', { heartbeat_id: id })).json();
const openCount = (of: TestTrader): number => venue.state.openOrders(of.account.address).length;

describe('the dead man’s switch', () => {
  it('does nothing to an account that never began it', () => {
    venue.clock.advance(60_000);
    expect(openCount(trader)).toBe(1);
  });

  it('is a chain of ids: a wrong one is answered with the one expected', async () => {
    const first = String((await beat('')).heartbeat_id);
    expect(await beat('')).toEqual({
      error: 'Invalid Heartbeat ID',
      error_msg: 'Invalid Heartbeat ID',
      heartbeat_id: first,
    });
    const second = String((await beat(first)).heartbeat_id);
    expect(second).not.toBe(first);
    expect(await beat(first)).toMatchObject({ heartbeat_id: second, error_msg: 'Invalid Heartbeat ID' });
  });

  it('keeps orders while beats come, and cancels those of its key alone once ten seconds pass', async () => {
    let id = String((await beat('')).heartbeat_id);
    for (let round = 0; round < 4; round += 1) {
      venue.clock.advance(5_000);
      id = String((await beat(id)).heartbeat_id);
    }
    expect(openCount(trader)).toBe(1);
    venue.clock.advance(10_000);
    expect(openCount(trader)).toBe(1);
    venue.clock.advance(5_000);
    expect(openCount(trader)).toBe(0);
    expect(openCount(other)).toBe(1);
    expect(await beat(id)).toMatchObject({ heartbeat_id: expect.stringMatching(/-/) });
  });

  it('can be kept alive by the older endpoint', async () => {
    expect((await trader.call('POST', '/heartbeats', {})).json()).toEqual({ status: 'ok' });
    venue.clock.advance(16_000);
    expect(openCount(trader)).toBe(0);
  });
});
