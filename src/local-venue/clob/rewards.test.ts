import {
  CurrentRewardSchema,
  MarketRewardSchema,
  TotalUserEarningsResponseSchema,
  UserEarningsPageSchema,
} from '@polymarket/bindings/clob';
import { afterEach, describe, expect, it } from 'vitest';
import { price, shares, usd } from '../../domain/units.ts';
import {
  CONDITION,
  createTrader,
  NO,
  START_MS,
  startTestVenue,
  type TestTrader,
  type TestVenue,
  YES,
} from './test-support/venue.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
const MINUTES_PER_DAY = 1_440;
const today = new Date(START_MS).toISOString().slice(0, 10);

let venue: TestVenue | undefined;
afterEach(() => venue?.stop());

/** A market that pays 1,440 dollars a day, so a dollar a sample, for 20 shares and more within 4 cents. */
async function rewarded(): Promise<TestVenue> {
  const rewards = { minSize: shares(20_000_000), maxSpread: price(400), dailyRate: usd(1_440_000_000) };
  venue = await startTestVenue({ market: { rewards } });
  return venue;
}

const earnedOn = async (trader: TestTrader, date: string): Promise<number> => {
  const page = (await trader.call('GET', `/rewards/user?date=${date}`)).json();
  UserEarningsPageSchema.parse(page);
  return (page.data as { earnings: number }[]).reduce((sum, row) => sum + row.earnings, 0);
};

const cashOf = ({ fake }: TestVenue, { account }: TestTrader): bigint | undefined =>
  fake.holdings.get(`${account.address}|USD`);

/** Lets a pay-out that the clock has started come to its end. */
const settledOf = async ({ state }: TestVenue): Promise<void> => {
  await state.settled(1_000);
  await new Promise((resolve) => setImmediate(resolve));
};

describe('liquidity rewards', () => {
  it('go to makers by score and side, sampled each minute, from the mid that small orders do not move', async () => {
    const running = await rewarded();
    const [two, one] = [
      await createTrader(running, 0, running.clock),
      await createTrader(running, 1, running.clock),
    ];
    // Mid 50: two-sided at 2 cents scores ((4-2)/4)^2 = 1/4 a share, 20 shares a side: 5.
    await two.place({ side: 'BUY', price: 0.48, size: 20 });
    await two.place({ side: 'BUY', price: 0.48, size: 20, tokenId: NO });
    // One-sided 40 shares at 2 cents: 10 on one side, of which a third counts.
    await one.place({ side: 'BUY', price: 0.48, size: 40 });
    // Below the least size: it neither scores nor moves the mid.
    await one.place({ side: 'BUY', price: 0.49, size: 10 });
    running.clock.advance(10 * MINUTE_MS);
    const parts = { two: 5, one: 10 / 3 };
    const all = parts.two + parts.one;
    const samples = (await earnedOn(two, today)) / (parts.two / all);
    expect(Math.abs(samples - 10)).toBeLessThanOrEqual(1 + 1e-9);
    expect(samples).toBeCloseTo(Math.round(samples), 9);
    expect(await earnedOn(one, today)).toBeCloseTo((samples * parts.one) / all, 9);
    const percentages = (await two.call('GET', '/rewards/user/percentages')).json();
    expect(percentages[CONDITION]).toBeCloseTo((100 * parts.two) / all, 9);
  });

  it('pay nothing for a day that brought less than a dollar, and have the shapes the official client wants', async () => {
    const running = await rewarded();
    const poor = await createTrader(running, 0, running.clock);
    const rich = await createTrader(running, 1, running.clock);
    for (const tokenId of [YES, NO]) await rich.place({ side: 'BUY', price: 0.49, size: 100, tokenId });
    for (const tokenId of [YES, NO]) await poor.place({ side: 'BUY', price: 0.47, size: 20, tokenId });
    running.clock.advance(20 * MINUTE_MS);
    const total = (await rich.call('GET', `/rewards/user/total?date=${today}`)).json();
    expect(TotalUserEarningsResponseSchema.parse(total)).toHaveLength(1);
    const poorToday = await earnedOn(poor, today);
    expect(poorToday).toBeGreaterThan(0);
    expect(poorToday).toBeLessThan(1);
    const richToday = await earnedOn(rich, today);
    expect(richToday).toBeGreaterThan(15);
    await rich.call('DELETE', '/cancel-all');
    await poor.call('DELETE', '/cancel-all');
    running.clock.advance(DAY_MS);
    expect(await earnedOn(poor, today)).toBe(0);
    expect(await earnedOn(rich, today)).toBeGreaterThanOrEqual(richToday);
    expect(await earnedOn(rich, new Date(START_MS + DAY_MS).toISOString().slice(0, 10))).toBe(0);
    const page = (await rich.call('GET', '/rewards/markets/current')).json();
    expect((page.data as unknown[]).map((row) => CurrentRewardSchema.parse(row).conditionId)).toEqual([
      CONDITION,
    ]);
    const single = (await rich.call('GET', `/rewards/markets/${CONDITION}`)).json();
    expect(MarketRewardSchema.parse((single.data as unknown[])[0])).toMatchObject({
      question: 'Will it rain?',
    });
    expect((page.data as unknown[])[0]).toMatchObject({
      total_daily_rate: MINUTES_PER_DAY,
      rewards_max_spread: 4,
    });
  });

  it('are paid on the chain after the day, once, to whom a dollar or more is due', async () => {
    const running = await rewarded();
    const rich = await createTrader(running, 0, running.clock);
    const poor = await createTrader(running, 1, running.clock);
    for (const tokenId of [YES, NO]) await rich.place({ side: 'BUY', price: 0.49, size: 100, tokenId });
    for (const tokenId of [YES, NO]) await poor.place({ side: 'BUY', price: 0.47, size: 20, tokenId });
    running.clock.advance(20 * MINUTE_MS);
    for (const trader of [rich, poor]) await trader.call('DELETE', '/cancel-all');
    running.clock.advance(MINUTE_MS);
    const [earned, tooLittle] = [await earnedOn(rich, today), await earnedOn(poor, today)];
    expect(tooLittle).toBeGreaterThan(0);
    expect(cashOf(running, rich)).toBe(1_000_000_000n);
    for (let day = 0; day < 3; day += 1) {
      running.clock.advance(DAY_MS);
      await settledOf(running);
    }
    expect(cashOf(running, rich)).toBe(1_000_000_000n + BigInt(Math.floor(earned * 1e6)));
    expect(cashOf(running, poor)).toBe(1_000_000_000n);
  });

  it('are paid at once when the operator of the venue says so, and the rest of the day later', async () => {
    const running = await rewarded();
    const trader = await createTrader(running, 0, running.clock);
    const payNow = async () => (await trader.call('POST', '/admin/rewards/pay')).json();
    for (const tokenId of [YES, NO]) await trader.place({ side: 'BUY', price: 0.49, size: 100, tokenId });
    running.clock.advance(5 * MINUTE_MS);
    const first = BigInt(Math.floor((await earnedOn(trader, today)) * 1e6));
    expect(await payNow()).toEqual({ paid: [{ address: trader.account.address, microUsd: String(first) }] });
    expect(await payNow()).toEqual({ paid: [] });
    running.clock.advance(5 * MINUTE_MS);
    const all = BigInt(Math.floor((await earnedOn(trader, today)) * 1e6));
    expect(all).toBeGreaterThan(first);
    expect(await payNow()).toEqual({
      paid: [{ address: trader.account.address, microUsd: String(all - first) }],
    });
    expect(cashOf(running, trader)).toBe(1_000_000_000n + all);
  });

  it('say which orders score', async () => {
    const running = await rewarded();
    const trader = await createTrader(running, 0, running.clock);
    const near = String((await trader.place({ side: 'BUY', price: 0.48, size: 20 })).json().orderID);
    const far = String((await trader.place({ side: 'BUY', price: 0.3, size: 20 })).json().orderID);
    await trader.place({ side: 'BUY', price: 0.48, size: 20, tokenId: NO });
    running.clock.advance(3 * MINUTE_MS);
    const answer = (await trader.call('POST', '/orders-scoring', [near, far])).json();
    expect(answer).toEqual({ [near]: true, [far]: false });
  });
});
