import { describe, expect, it } from 'vitest';
import type { ClientId } from '../../domain/order.ts';
import type { Price } from '../../domain/units.ts';
import { priceAndShape, type QuotingInputs } from '../../quoting/price-and-shape.ts';
import { bookOf, inventoryOf, quotingInputs, wholeShares } from '../../quoting/test-support/quoting-cases.ts';
import { parseSettings } from '../../settings/index.ts';

type Texts = Readonly<Record<string, string>>;

function mmOf(texts: Texts) {
  const parsed = parseSettings(texts);
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join(' '));
  return parsed.settings.mm;
}

interface Shaped {
  readonly bid: number | null;
  readonly ask: number | null;
  readonly spread: number;
  readonly levels: number;
  readonly shares: number;
  readonly fair: number;
}

/** Points and shares of what is quoted. */
function shaped(texts: Texts, change: Partial<QuotingInputs>): Shaped {
  const result = priceAndShape(quotingInputs({ ...change, settings: mmOf(texts) }));
  if (result.kind === 'none') throw new Error(result.reason);
  const [bid, ask] = [result.bids[0], result.asks[0]];
  const { bidPts, askPts } = result.engineQuote;
  return {
    bid: bid === undefined ? null : bid.price / 100,
    ask: ask === undefined ? null : ask.price / 100,
    spread: askPts - bidPts,
    levels: result.bids.length,
    shares: result.bids.reduce((sum, { size }) => sum + size, 0) / 1e6,
    fair: result.fair.fairPts,
  };
}

/** Fine grid and unequal depth, so that every setting can show. */
const FINE = bookOf(10, [
  ['BUY', 4_600, 300],
  ['SELL', 5_400, 100],
]);
const LONG: Partial<QuotingInputs> = { book: FINE, inventory: inventoryOf(60, 0) };
const WILD: Partial<QuotingInputs> = { book: FINE, volatilityPtsPerSqrtS: 0.3 };
const SHORT: Partial<QuotingInputs> = { book: FINE, inventory: inventoryOf(0, 30) };
const STORMY: Partial<QuotingInputs> = { book: FINE, staleFactor: 1, volatilityPtsPerSqrtS: 5 };
const REWARDED: Partial<QuotingInputs> = {
  book: FINE,
  reward: { minSize: wholeShares(5), maxSpreadPts: 4.5, dailyRateUsd: 5_000 },
};

type Row = readonly [
  env: string,
  one: string,
  other: string,
  given: Partial<QuotingInputs>,
  what: keyof Shaped,
  sign: 1 | -1 | 0,
  also?: Texts,
];

/** From the first value to the second, what changes and which way; 0 is any way. */
const rows: readonly Row[] = [
  ['MM_PRICING_ENGINE', 'legacy', 'as', LONG, 'spread', 0],
  ['MM_FAIR_VALUE', 'mid', 'weightedMid', { book: FINE }, 'fair', 0],
  ['MM_DELTA_MIN', '1.5', '3', { book: FINE, volatilityPtsPerSqrtS: 1e-6 }, 'spread', 1],
  ['MM_DELTA_MAX', '3', '8', STORMY, 'spread', 1],
  ['MM_QUOTE_SIZE_USD', '5', '10', { book: FINE }, 'shares', 1],
  ['MM_INVENTORY_SKEW_FACTOR', '0.1', '1', LONG, 'ask', -1],
  ['MM_MAX_SPREAD_PTS', '12', '4', STORMY, 'spread', -1, { MM_STOPLOSS_MAX_SPREAD_PTS: '3' }],
  ['MM_MAX_PER_MARKET_USD', '50', '500', LONG, 'ask', 1],
  ['MM_UNWIND_THRESHOLD', '0.8', '0.5', LONG, 'levels', -1],
  ['MM_MULTI_LEVEL_COUNT', '1', '3', { book: FINE }, 'levels', 1],
  ['MM_LEVEL_SIZE_MULT', '1', '2', { book: FINE }, 'shares', 1, { MM_MULTI_LEVEL_COUNT: '2' }],
  ['MM_VOL_WIDEN_THRESHOLD', '5', '0.1', { ...WILD, volatilityPtsPerSqrtS: 0.05 }, 'bid', -1],
  ['MM_EVENT_RISK_WIDEN_PCT', '50', '100', { book: FINE, eventRisk: true }, 'bid', -1],
  ['MM_AS_FEEDBACK_ENABLED', 'true', 'false', { book: FINE, markoutPts: 1 }, 'bid', 1],
  ['MM_AS_FEEDBACK_THRESHOLD_BPS', '50', '500', { book: FINE, markoutPts: 1 }, 'bid', 1],
  ['MM_CD_SYNERGY_ENABLED', 'false', 'true', { book: FINE, cdSignalPts: 4 }, 'bid', 1],
  [
    'MM_CD_SYNERGY_WEIGHT',
    '0.1',
    '0.3',
    { book: FINE, cdSignalPts: 4 },
    'bid',
    1,
    { MM_CD_SYNERGY_ENABLED: 'true' },
  ],
  ['MM_AS_GAMMA_BASE', '0.1', '1', LONG, 'bid', 0, { MM_PRICING_ENGINE: 'as' }],
  ['MM_AS_GAMMA_ALPHA', '0.5', '5', SHORT, 'bid', 1, { MM_PRICING_ENGINE: 'as' }],
  ['MM_AS_KAPPA_DEFAULT', '1.5', '0.5', LONG, 'spread', 1, { MM_PRICING_ENGINE: 'as' }],
  ['MM_GLFT_FILLS_PER_HOUR', '10', '1000', LONG, 'spread', 0, { MM_PRICING_ENGINE: 'glft' }],
];

describe('each setting of quoting changes what is quoted', () => {
  it.each(rows.map((row) => [row[0], row[1], row[2], row] as const))(
    '%s: %s against %s',
    (...[, , , row]) => {
      const [env, one, other, given, what, sign, also = {}] = row;
      const before = shaped({ ...also, [env]: one }, given)[what] ?? 0;
      const after = shaped({ ...also, [env]: other }, given)[what] ?? 0;
      if (sign === 0) expect(after).not.toBe(before);
      else expect(Math.sign(after - before)).toBe(sign);
    },
  );

  it('MM_LEVEL_SPREAD_MULT: deeper levels stand further out', () => {
    const deepest = (mult: string): number => {
      const settings = mmOf({ MM_MULTI_LEVEL_COUNT: '2', MM_LEVEL_SPREAD_MULT: mult });
      const result = priceAndShape(quotingInputs({ book: FINE, settings }));
      return result.kind === 'none' ? 0 : (result.bids.at(-1)?.price ?? 0);
    };
    expect(deepest('3')).toBeLessThan(deepest('1.5'));
  });

  it('MM_POST_ONLY: keeps a quote from reaching the other side', () => {
    const tight = bookOf(100, [
      ['BUY', 4_900, 500],
      ['SELL', 5_100, 500],
    ]);
    const given = { book: tight, cdSignalPts: 20, volatilityPtsPerSqrtS: 1e-6 };
    const near = { MM_DELTA_MIN: '0.01', MM_INVENTORY_SKEW_FACTOR: '20' };
    const long = { ...given, inventory: inventoryOf(70, 0) };
    expect(shaped({ ...near, MM_POST_ONLY: 'true' }, long).ask).toBe(50);
    expect(shaped({ ...near, MM_POST_ONLY: 'false' }, long).ask).toBeLessThan(50);
  });

  it('a liquidity reward moves a quote inside its band where it pays', () => {
    const texts = { MM_PRICING_ENGINE: 'as', MM_FAIR_VALUE: 'mid' };
    const few = { kappaPerPt: 0.2, fillsPerHour: 1 };
    const plain = shaped(texts, { book: FINE, ...few });
    const paid = shaped(texts, { ...REWARDED, ...few });
    expect(paid.bid ?? 0).toBeGreaterThan(plain.bid ?? 100);
    expect(paid.ask ?? 100).toBeLessThan(plain.ask ?? 0);
  });

  it('an order that hangs takes its share of budget and inventory once', () => {
    const hanging = [
      {
        clientId: 'o-1' as ClientId,
        side: 'SELL',
        price: 5_900 as Price,
        size: wholeShares(55),
        level: 0,
        funding: 'inventory',
      },
    ] as const;
    const settings = mmOf({ MM_UNWIND_THRESHOLD: '1' });
    const result = priceAndShape(quotingInputs({ ...LONG, hanging, settings }));
    if (result.kind === 'none') throw new Error(result.reason);
    const sold = result.asks.filter(({ funding }) => funding === 'inventory');
    expect(sold.map(({ hangs, size }) => [hangs, size / 1e6])).toEqual([
      [undefined, 5],
      ['o-1', 55],
    ]);
  });
});
