import { describe, expect, it } from 'vitest';
import { DEVELOPMENT_KEY } from '../adapters/polymarket/testing/orders.ts';
import { usd } from '../domain/units.ts';
import { defaultSettings, parseSettings } from '../settings/index.ts';
import { createBudget } from './budget.ts';
import { limitsOf } from './limits.ts';

describe('the limits of the signer', () => {
  it('let the default quoting settings run at full order rate for a day', () => {
    const settings = defaultSettings();
    const limits = limitsOf(settings);
    const { quoteSizeUsd, ordersPerSecond, maxPerMarketUsd, maxSplitPerMarketUsd } = settings.mm;
    expect(limits.maxOrder).toBeGreaterThanOrEqual(4e6 * Math.max(maxPerMarketUsd, maxSplitPerMarketUsd));
    const clock = { ms: 0 };
    const budget = createBudget(limits, { dayMs: () => 0, steadyMs: () => clock.ms });
    // The rate's burst first, then a day of full rate, with quotes of twice their size.
    const order = usd(2e6 * quoteSizeUsd);
    let refused = 0;
    for (let burst = 0; burst < ordersPerSecond * 1.5; burst += 1)
      if (budget.takeOrder(order, false) !== null) refused += 1;
    const second = usd(order * ordersPerSecond);
    for (; clock.ms < 86_400_000; clock.ms += 1_000)
      if (budget.takeOrder(second, false) !== null) refused += 1;
    expect(refused).toBe(0);
  });

  it('are those that are set, whatever is quoted, and whole numbers at the largest settings', () => {
    const parsed = parseSettings({
      SIGNER_MAX_ORDER_USD: '10',
      SIGNER_MAX_MINUTE_USD: '600',
      SIGNER_MAX_DAY_USD: '5000.5',
      SIGNER_MIN_PRICE_PTS: '1.5',
      SIGNER_MAX_PRICE_PTS: '99',
      SIGNER_MAX_FEE_GWEI: '250',
    });
    expect(parsed.ok && limitsOf(parsed.settings)).toMatchObject({
      minPrice: 150,
      maxPrice: 9_900,
      maxOrder: 10_000_000,
      maxMinute: 600_000_000,
      maxDay: 5_000_500_000,
      maxFeePerGasWei: 250_000_000_000n,
    });
    const { mm, signer } = defaultSettings();
    const largest = { ...mm, quoteSizeUsd: 100_000, maxPerMarketUsd: 1_000_000, ordersPerSecond: 500 };
    expect(Number.isSafeInteger(limitsOf({ mm: largest, signer }).maxDay)).toBe(true);
  });

  it.each([
    [{ SIGNER_MAX_ORDER_USD: '4' }, 'MM_QUOTE_SIZE_USD'],
    [{ SIGNER_MAX_MINUTE_USD: '4' }, 'MM_QUOTE_SIZE_USD'],
    [{ SIGNER_MAX_ORDER_USD: '100', SIGNER_MAX_MINUTE_USD: '50' }, 'SIGNER_MAX_ORDER_USD'],
    [{ SIGNER_MAX_MINUTE_USD: '100', SIGNER_MAX_DAY_USD: '50' }, 'SIGNER_MAX_MINUTE_USD'],
    [{ SIGNER_MIN_PRICE_PTS: '60', SIGNER_MAX_PRICE_PTS: '50' }, 'SIGNER_MIN_PRICE_PTS'],
    [{ SIGNER_MIN_PRICE_PTS: '5' }, 'SIGNER_MIN_PRICE_PTS'],
    [{ SIGNER_MAX_PRICE_PTS: '95' }, 'MM_MAX_MID'],
  ])('%o contradict others, and are refused at the start', (texts, env) => {
    const parsed = parseSettings({ POLYMARKET_PRIVATE_KEY: DEVELOPMENT_KEY, ...texts });
    expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.env)).toContain(env);
  });
});
