import { describe, expect, it } from 'vitest';
import type { ClientId } from '../../domain/order.ts';
import { type Price, price, sharesToFloat } from '../../domain/units.ts';
import { quoteAround } from '../../pricing/pricing-engine.ts';
import type { HangingLevel, RewardContext, StageResult } from '../pipeline.ts';
import type { QuoteProposal } from '../proposal.ts';
import {
  inventoryOf,
  levelAt,
  proposalOf,
  stageContext,
  wholeShares,
} from '../test-support/quoting-cases.ts';
import { applyCdSynergy } from './apply-cd-synergy.ts';
import { applyRewardBand } from './apply-reward-band.ts';
import { keepHanging } from './keep-hanging.ts';

const BASE = proposalOf([levelAt(46, 10)], [levelAt(54, 10)]);
const changed = (result: StageResult): QuoteProposal => {
  if ('skip' in result) throw new Error(result.skip);
  return result.proposal;
};
const shown = ({ bids, asks }: QuoteProposal) =>
  [bids, asks].map((side) => side.map((level) => `${level.pricePts} x ${sharesToFloat(level.size)}`));

describe('MM_CD_SYNERGY_ENABLED and MM_CD_SYNERGY_WEIGHT', () => {
  const lean = (cdSignalPts: number | null, cdSynergyWeight: number | null) =>
    applyCdSynergy(BASE, stageContext({ cdSignalPts, cdSynergyWeight, minHalfSpreadPts: 1.5 }));

  it('lean both sides by the weight times the signal, either way', () => {
    expect(shown(changed(lean(4, 0.25)))).toEqual([['47 x 10'], ['55 x 10']]);
    expect(shown(changed(lean(-4, 0.25)))).toEqual([['45 x 10'], ['53 x 10']]);
    expect(changed(lean(4, 0.25)).reservationPts).toBe(51);
  });

  it('never lean by more than the smallest half-spread, however strong the signal', () => {
    expect(shown(changed(lean(1_000, 1)))).toEqual([['47.5 x 10'], ['55.5 x 10']]);
  });

  it('do nothing while off, and without a signal', () => {
    expect(lean(4, null)).toEqual({ skip: 'leaning towards the directional signal is off' });
    expect(lean(null, 0.3)).toEqual({ skip: 'there is no directional signal' });
    expect(lean(4, 0)).toEqual({ skip: 'the directional signal is neutral' });
  });
});

describe('applyRewardBand', () => {
  const REWARD: RewardContext = {
    minSize: wholeShares(10),
    maxSpreadPts: 3,
    dailyRateUsd: 5_000,
    paidRatio: 1,
    midPts: 50,
    competition: 100,
  };
  const engineQuote = quoteAround('legacy', 50, 0, 4, {});
  const act = (reward: Partial<RewardContext>, proposal = BASE, kPerPt = 0.5) =>
    applyRewardBand(
      proposal,
      stageContext({ engineQuote, reward: { ...REWARD, ...reward }, kPerPt, fillsPerHour: 10 }),
    );

  it('moves a quote inside the band where the expected reward pays for the fills it costs', () => {
    const [bids, asks] = shown(changed(act({})));
    expect([bids, asks]).toEqual([['48 x 10'], ['52 x 10']]);
  });

  it('leaves it where the pot is too small, or too much of it is promised only', () => {
    expect(act({ dailyRateUsd: 0.5 })).toHaveProperty('skip');
    expect(act({ paidRatio: 0.0005 })).toHaveProperty('skip');
    expect(act({ competition: 1e6 })).toHaveProperty('skip');
  });

  it('makes a quote large enough to score when the reward pays for the cost of the extra fills', () => {
    const inside = proposalOf([levelAt(48, 10)], [levelAt(52, 10)]);
    const [bids] = shown(changed(act({ minSize: wholeShares(20), dailyRateUsd: 5_000 }, inside, 1)));
    expect(bids?.[0]).toMatch(/ x 20$/);
    expect(act({ minSize: wholeShares(20), dailyRateUsd: 0.01 }, inside, 1)).toHaveProperty('skip');
  });

  it('promises a side alone nothing near certainty, where only pairs earn', () => {
    const high = { ...proposalOf([levelAt(90, 10)], [levelAt(98, 10)]), fairPts: 94, reservationPts: 94 };
    expect(act({ midPts: 94 }, high)).toHaveProperty('skip');
  });

  it('never comes nearer than the smallest half-spread', () => {
    const near = changed(act({ dailyRateUsd: 1e6 }));
    expect(near.bids[0]?.pricePts).toBeLessThanOrEqual(48.5);
    expect(near.asks[0]?.pricePts).toBeGreaterThanOrEqual(51.5);
  });
});

describe('keepHanging', () => {
  const order = (n: number, side: 'BUY' | 'SELL', at: number, size = 10): HangingLevel => ({
    clientId: `o-${n}` as ClientId,
    side,
    price: price(at * 100) as Price,
    size: wholeShares(size),
    level: 0,
    funding: side === 'SELL' ? 'inventory' : 'cash',
  });
  const keep = (net: number, hanging: HangingLevel[], reduceOnly = false) =>
    keepHanging(
      BASE,
      stageContext({ hanging, reduceOnly, inventory: inventoryOf(Math.max(0, net), Math.max(0, -net)) }),
    );

  it('keeps an order beside the new quotes of its side, further out than they are', () => {
    expect(shown(changed(keep(10, [order(1, 'SELL', 56)])))).toEqual([['46 x 10'], ['54 x 10', '56 x 10']]);
    expect(changed(keep(10, [order(1, 'SELL', 56)])).asks[1]).toMatchObject({ hangs: 'o-1' });
    expect(shown(changed(keep(-10, [order(1, 'BUY', 45)])))).toEqual([['46 x 10', '45 x 10'], ['54 x 10']]);
  });

  it('lets one go that stands nearer than the new quote, or adds to the position', () => {
    expect(keep(10, [order(1, 'SELL', 53)])).toEqual({ skip: 'none of them is good any more' });
    expect(keep(10, [order(1, 'BUY', 45)])).toEqual({ skip: 'none of them is good any more' });
    expect(keep(0, [order(1, 'SELL', 56)])).toEqual({ skip: 'none of them would reduce the position' });
  });

  it('keeps no more than what is held, the nearest first', () => {
    const kept = changed(keep(20, [order(1, 'SELL', 58), order(2, 'SELL', 56), order(3, 'SELL', 57)]));
    expect(kept.asks.flatMap(({ hangs }) => hangs ?? [])).toEqual(['o-2', 'o-3']);
  });

  it('takes what hangs out of what the new quotes may sell while only reducing is allowed', () => {
    expect(shown(changed(keep(16, [order(1, 'SELL', 56)], true)))[1]).toEqual(['54 x 6', '56 x 10']);
  });
});
