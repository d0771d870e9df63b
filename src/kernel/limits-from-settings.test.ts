import { expect, it } from 'vitest';
import { checkOrder } from '../risk/gate.ts';
import { gateMarket, gatePass, order, shares } from '../risk/test-gate.ts';
import { limitsOf } from './limits-from-settings.ts';
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
