import { expect, it } from 'vitest';
import { checkOrder } from '../risk/gate.ts';
import { gateMarket, gatePass, order, shares } from '../risk/test-gate.ts';
import { defaultSettings } from '../settings/index.ts';
import { directionalLimitsOf, limitsOf } from './limits-from-settings.ts';
import { strategySettings } from './test-support/test-kernel.ts';

it('MM_STOPLOSS_MAX_SPREAD_PTS: a position is shed only in a market as narrow as that', () => {
  const settings = strategySettings();
  const verdict = (points: number) =>
    checkOrder(
      gatePass({
        mode: 'reducing',
        limits: limitsOf({ ...settings, mm: { ...settings.mm, stoplossMaxSpreadPts: points } }),
      }),
      gateMarket({
        freeYes: shares(20),
        bestBid: 4_600 as never,
        bestAsk: 5_400 as never,
        risk: {
          leastNet: shares(20),
          mostNet: shares(20),
          liveBidShares: 0,
          liveAskShares: 0,
          mark: 5_000 as never,
        },
      }),
      order({ side: 'SELL', price: 5_400 as never }),
    );
  expect(verdict(8)).toHaveProperty('request');
  expect(verdict(7.9)).toMatchObject({ refused: 'tooWideToReduce', limit: 790, value: 800 });
});

it('MAX_PER_COIN_USD and MAX_NOTIONAL_PER_MINUTE_USD: are dollars, and 0 a minute follows size and rate of the quotes', () => {
  const { mm, trading, heartbeat } = strategySettings();
  const limits = (perMinute: number, quoteSizeUsd: number) =>
    limitsOf({
      mm: { ...mm, quoteSizeUsd, ordersPerSecond: 3 },
      trading: { ...trading, maxPerCoinUsd: 12.5, maxNotionalPerMinuteUsd: perMinute },
      heartbeat,
    });
  expect(limits(70, 5)).toMatchObject({ maxPerCoin: 12_500_000, maxNotionalPerMinute: 70_000_000 });
  // Two quotes of seven dollars, three times a second, for a minute.
  expect(limits(0, 7).maxNotionalPerMinute).toBe(2_520_000_000);
});

it('CD_*: the limits of directional entries in domain units', () => {
  const { cd } = defaultSettings();
  expect(
    directionalLimitsOf({
      ...cd,
      minEdgePts: 4.5,
      minEntryPricePts: 7,
      maxEntryPricePts: 90.5,
      minTradeUsd: 1.25,
      maxPositionPct: 2.5,
      maxConcurrentPositions: 3,
      minHoursToExpiry: 1.5,
      maxDaysToExpiry: 2,
      maxTradesPerDay: 11,
      maxDailyPct: 40,
    }),
  ).toEqual({
    minEdge: 450,
    minPrice: 700,
    maxPrice: 9_050,
    minEntry: 1_250_000,
    maxEntryBps: 250,
    maxPositions: 3,
    minTimeLeftMs: 5_400_000,
    maxTimeLeftMs: 172_800_000,
    maxEntriesPerDay: 11,
    maxPerDayBps: 4_000,
  });
});
