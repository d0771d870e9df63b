import { describe, expect, it } from 'vitest';
import { price, shares, usd } from '../../domain/units.ts';
import { quoteAround } from '../../pricing/pricing-engine.ts';
import { costOf } from '../grid.ts';
import type { StageResult } from '../pipeline.ts';
import type { QuoteLevel, QuoteProposal } from '../proposal.ts';
import {
  dollars,
  inventoryOf,
  levelAt,
  proposalOf,
  stageContext,
  wholeShares,
} from '../test-support/quoting-cases.ts';
import { applyBudgetConstraint } from './apply-budget-constraint.ts';
import { applyEventRisk } from './apply-event-risk.ts';
import { applyMultiLevel } from './apply-multi-level.ts';
import { applyReduceOnly } from './apply-reduce-only.ts';
import { applyVolWiden } from './apply-vol-widen.ts';
import { clampPostOnly } from './clamp-post-only.ts';
import { createBaseProposal } from './create-base-proposal.ts';
import { dropBelowMinimum } from './drop-below-minimum.ts';

function changed(result: StageResult): QuoteProposal {
  if ('skip' in result) throw new Error(`expected a new proposal, found skip: ${result.skip}`);
  return result.proposal;
}

const pricesOf = (levels: readonly QuoteLevel[]) => levels.map((level) => level.pricePts);
const sizesOf = (levels: readonly QuoteLevel[]) => levels.map((level) => level.size / 1e6);
const onGrid = (units: number, sizeShares: number, change: Partial<QuoteLevel> = {}) =>
  levelAt(units / 100, sizeShares, { price: price(units), ...change });
const BASE = proposalOf([levelAt(48, 10)], [levelAt(52, 10)]);

describe('createBaseProposal', () => {
  it('makes one level a side, each with its own size', () => {
    const context = stageContext({ engineQuote: quoteAround('as', 50, -1, 2, {}), askSize: wholeShares(7) });
    const proposal = changed(createBaseProposal(proposalOf([], []), context));
    expect(proposal).toEqual({
      bids: [levelAt(47, 10)],
      asks: [levelAt(51, 7)],
      fairPts: 50,
      reservationPts: 49,
    });
  });

  it('leaves out a side without size, and refuses a quote whose bid is not below its ask', () => {
    expect(changed(createBaseProposal(BASE, stageContext({ bidSize: wholeShares(0) }))).bids).toEqual([]);
    const crossed = stageContext({ engineQuote: quoteAround('as', 50, 0, 0, {}) });
    expect(createBaseProposal(BASE, crossed)).toEqual({
      skip: 'engine as gave a bid of 50 pts at or above its ask of 50',
    });
  });
});

describe('applyMultiLevel', () => {
  it('multiplies distance and size a level', () => {
    const proposal = changed(applyMultiLevel(BASE, stageContext({ multiLevelCount: 3 })));
    expect(pricesOf(proposal.bids)).toEqual([48, 47, 45.5]);
    expect(pricesOf(proposal.asks)).toEqual([52, 53, 54.5]);
    expect(sizesOf(proposal.bids)).toEqual([10, 20, 40]);
    expect(proposal.asks.map((level) => level.level)).toEqual([0, 1, 2]);
    expect(applyMultiLevel(BASE, stageContext())).toEqual({ skip: 'one level is configured' });
  });
});

describe('widening', () => {
  it('follows volatility above its threshold, at most to twice the distance', () => {
    const at = (volatilityPtsPerSqrtMin: number | null) =>
      applyVolWiden(BASE, stageContext({ volatilityPtsPerSqrtMin }));
    expect(at(null)).toHaveProperty('skip');
    expect(at(5)).toHaveProperty('skip');
    expect(pricesOf(changed(at(7.5)).bids)).toEqual([47]);
    expect(pricesOf(changed(at(500)).asks)).toEqual([54]);
  });

  it('adds the configured percentage under event risk', () => {
    expect(applyEventRisk(BASE, stageContext())).toEqual({ skip: 'no event risk is flagged' });
    expect(pricesOf(changed(applyEventRisk(BASE, stageContext({ eventRisk: true }))).asks)).toEqual([53]);
  });

  it('stops at the widest spread the gate allows, and never pulls a wider quote in', () => {
    const risky = (maxSpreadPts: number) =>
      changed(applyEventRisk(BASE, stageContext({ eventRisk: true, eventRiskWidenPct: 500, maxSpreadPts })));
    expect(pricesOf(risky(11).bids)).toEqual([44.5]);
    expect(risky(3)).toBe(BASE);
  });
});

describe('applyReduceOnly', () => {
  const context = (yes: number, no: number, inventoryRatio: number, reduceOnly = false) =>
    stageContext({ inventory: inventoryOf(yes, no), inventoryRatio, reduceOnly });

  it('leaves out the adding side from the threshold on', () => {
    expect(applyReduceOnly(BASE, context(50, 0, 0.79))).toHaveProperty('skip');
    expect(changed(applyReduceOnly(BASE, context(50, 0, 0.8)))).toEqual({ ...BASE, bids: [] });
    expect(changed(applyReduceOnly(BASE, context(0, 50, -0.8)))).toEqual({ ...BASE, asks: [] });
  });

  it('cuts the reducing side to the net position, so that it cannot flip', () => {
    const laddered = proposalOf([levelAt(48, 10)], [levelAt(52, 10), levelAt(53, 20), levelAt(54, 40)]);
    const proposal = changed(applyReduceOnly(laddered, context(30, 15, 0.1, true)));
    expect(proposal.bids).toEqual([]);
    expect(sizesOf(proposal.asks)).toEqual([10, 5]);
  });

  it('quotes nothing when only reducing is allowed and nothing is held', () => {
    expect(changed(applyReduceOnly(BASE, context(20, 20, 0, true)))).toEqual({ ...BASE, bids: [], asks: [] });
  });
});

describe('applyBudgetConstraint', () => {
  it('buys YES for a bid and NO for an ask when nothing is held', () => {
    const proposal = changed(applyBudgetConstraint(BASE, stageContext({ budget: dollars(9.6) })));
    expect(proposal.bids).toEqual([levelAt(48, 10, { funding: 'cash' })]);
    expect(proposal.asks).toEqual([levelAt(52, 10, { funding: 'cash' })]);
  });

  it('W15: sizes each side by what it can pay or deliver, never one size for both', () => {
    const context = stageContext({
      inventory: inventoryOf(6, 0),
      inventoryRatio: 0.1,
      budget: dollars(3.84),
    });
    const proposal = changed(applyBudgetConstraint(BASE, context));
    expect(proposal.bids).toEqual([levelAt(48, 8, { funding: 'cash' })]);
    expect(proposal.asks).toEqual([levelAt(52, 6, { funding: 'inventory' })]);
  });

  it('W15: an ask larger than the YES held is completed by buying NO, as an order of its own', () => {
    const big = proposalOf([], [levelAt(52, 20)]);
    const proposal = changed(applyBudgetConstraint(big, stageContext({ inventory: inventoryOf(12, 0) })));
    expect(proposal.asks).toEqual([
      levelAt(52, 12, { funding: 'inventory' }),
      levelAt(52, 8, { funding: 'cash' }),
    ]);
  });

  it('cuts nothing where the budget covers both sides to the micro-dollar, and something one micro-dollar below', () => {
    const uneven = proposalOf([levelAt(33.333, 7.01), levelAt(31.2, 9.13)], [levelAt(61.17, 8.09)]);
    const spentWith = (budget: number, inventoryRatio: number): number[] => {
      const { bids, asks } = changed(
        applyBudgetConstraint(uneven, stageContext({ budget: usd(budget), inventoryRatio })),
      );
      return [...sizesOf(bids), ...sizesOf(asks)];
    };
    const cost =
      costOf(shares(7_010_000), 33.333) + costOf(shares(9_130_000), 31.2) + costOf(shares(8_090_000), 38.83);
    for (const ratio of [-0.3, 0, 0.3]) {
      expect(spentWith(cost, ratio)).toEqual([7.01, 9.13, 8.09]);
      expect(spentWith(10 * cost, ratio)).toEqual([7.01, 9.13, 8.09]);
      expect(spentWith(cost - 1, ratio)).not.toEqual([7.01, 9.13, 8.09]);
    }
  });

  it('sells NO for a bid while NO is held', () => {
    const proposal = changed(
      applyBudgetConstraint(BASE, stageContext({ inventory: inventoryOf(0, 10), budget: usd(0) })),
    );
    expect(proposal.bids).toEqual([levelAt(48, 10, { funding: 'inventory' })]);
    expect(proposal.asks).toEqual([]);
  });

  it('gives each side half, and one side all where half would buy no order', () => {
    const half = changed(applyBudgetConstraint(BASE, stageContext({ budget: dollars(5.76) })));
    expect([...sizesOf(half.bids), ...sizesOf(half.asks)]).toEqual([6, 6]);
    const long = changed(
      applyBudgetConstraint(BASE, stageContext({ budget: dollars(3), inventoryRatio: 0.2 })),
    );
    expect([sizesOf(long.bids), sizesOf(long.asks)]).toEqual([[], [6.25]]);
    const short = changed(
      applyBudgetConstraint(BASE, stageContext({ budget: dollars(3), inventoryRatio: -0.2 })),
    );
    expect([sizesOf(short.bids), sizesOf(short.asks)]).toEqual([[6.25], []]);
    const dear = proposalOf([levelAt(19, 5)], [levelAt(20, 5)]);
    expect(
      sizesOf(changed(applyBudgetConstraint(dear, stageContext({ budget: dollars(1.5) }))).bids),
    ).toEqual([5]);
  });

  it('cuts the first level that does not fit and drops the deeper ones', () => {
    const ladder = proposalOf([levelAt(40, 10), levelAt(30, 20), levelAt(10, 10)], []);
    const proposal = changed(applyBudgetConstraint(ladder, stageContext({ budget: dollars(7) })));
    expect(sizesOf(proposal.bids)).toEqual([10, 10]);
  });
});

describe('clampPostOnly', () => {
  it('keeps a tick from the other side of others, joining levels that meet', () => {
    const crossing = proposalOf([onGrid(5_500, 10), onGrid(5_400, 20)], [onGrid(5_600, 10)]);
    const proposal = changed(clampPostOnly(crossing, stageContext()));
    expect(proposal.bids.map(({ price: at, size }) => [at, size])).toEqual([[5_300, wholeShares(30)]]);
    expect(proposal.asks).toEqual(crossing.asks);
  });

  it('stays on the grid where others rest between its points, left over from a finer tick', () => {
    const crossing = proposalOf([onGrid(5_500, 10)], [onGrid(5_400, 10)]);
    const between = stageContext({ othersBestBid: price(5_430), othersBestAsk: price(5_470) });
    const proposal = changed(clampPostOnly(crossing, between));
    expect(proposal.bids.map(({ price: at }) => at)).toEqual([5_400]);
    expect(proposal.asks.map(({ price: at }) => at)).toEqual([5_500]);
  });

  it('drops a level that has nowhere to go, and skips when off or when nothing reaches', () => {
    const bid = proposalOf([onGrid(200, 10)], []);
    expect(changed(clampPostOnly(bid, stageContext({ othersBestAsk: price(100) }))).bids).toEqual([]);
    expect(clampPostOnly(bid, stageContext({ postOnly: false }))).toEqual({ skip: 'post-only is off' });
    expect(clampPostOnly(bid, stageContext())).toEqual({ skip: 'no level reaches the other side' });
  });

  it('says what is missing when prices are not on the grid', () => {
    expect(() => clampPostOnly(BASE, stageContext())).toThrow('put quantizeToTick before it');
    expect(() => dropBelowMinimum(BASE, stageContext())).toThrow('put quantizeToTick before it');
  });
});

describe('dropBelowMinimum', () => {
  it('drops what the venue would refuse', () => {
    const small = proposalOf([onGrid(4_800, 4.99)], [onGrid(5_200, 5)]);
    expect(changed(dropBelowMinimum(small, stageContext()))).toEqual({ ...small, bids: [] });
    expect(dropBelowMinimum({ ...small, bids: [] }, stageContext())).toEqual({
      skip: 'every level is large enough',
    });
  });

  it('measures the notional of the order that is sent: an ask paid in cash is a bid for NO', () => {
    const asks = proposalOf(
      [],
      [onGrid(9_500, 10, { funding: 'cash' }), onGrid(9_600, 10, { funding: 'inventory' })],
    );
    const kept = changed(dropBelowMinimum(asks, stageContext({ minNotional: dollars(1) })));
    expect(kept.asks.map((level) => level.price)).toEqual([9_600]);
  });
});
