import { describe, expect, it } from 'vitest';
import { PRICING_ENGINES } from '../../pricing/pricing-engines.ts';
import type { StageResult } from '../pipeline.ts';
import { priceAndShape } from '../price-and-shape.ts';
import type { QuoteProposal } from '../proposal.ts';
import {
  DEFAULT_QUOTING,
  levelAt,
  proposalOf,
  quotingInputs,
  stageContext,
} from '../test-support/quoting-cases.ts';
import { applyMarkoutWiden } from './apply-markout-widen.ts';

const BASE = proposalOf([levelAt(48, 10), levelAt(46, 20)], [levelAt(52, 10), levelAt(54, 20)]);
const at = (markoutPts: number | null, change = {}) =>
  applyMarkoutWiden(BASE, stageContext({ markoutPts, ...change }));

function changed(result: StageResult): QuoteProposal {
  if ('skip' in result) throw new Error(`expected a new proposal, found skip: ${result.skip}`);
  return result.proposal;
}
const bidsOf = (proposal: QuoteProposal) => proposal.bids.map((level) => level.pricePts);
const asksOf = (proposal: QuoteProposal) => proposal.asks.map((level) => level.pricePts);

describe('applyMarkoutWiden', () => {
  it('moves every level outwards by the measured cost above the threshold', () => {
    const wider = changed(at(0.4));
    expect(bidsOf(wider)).toEqual([47.6, 45.6]);
    expect(asksOf(wider)).toEqual([52.4, 54.4]);
  });

  it('MM_AS_FEEDBACK_THRESHOLD_BPS: 50 bps of 50 points is a quarter of a point', () => {
    expect(bidsOf(changed(at(0.2501)))[0]).toBeLessThan(48);
    expect(bidsOf(changed(at(0.2499)))[0]).toBeGreaterThan(48);
    expect(bidsOf(changed(at(0.4, { markoutThresholdBps: 100 })))[0]).toBeGreaterThan(48);
    expect(bidsOf(changed(at(0.01, { markoutThresholdBps: 0 })))[0]).toBeLessThan(48);
  });

  it('MM_AS_FEEDBACK_ENABLED: off leaves the proposal alone', () => {
    expect(at(3, { markoutFeedback: false })).toEqual({ skip: 'mark-out feedback is off' });
    expect(at(null)).toEqual({ skip: 'no mark-out is measured yet' });
  });

  it('tightens slightly below the threshold, at most 5 %, and never under the minimum', () => {
    expect(bidsOf(changed(at(0)))[0]).toBeCloseTo(48.1, 9);
    expect(bidsOf(changed(at(-9)))[0]).toBeCloseTo(48.1, 9);
    expect(asksOf(changed(at(0)))[0]).toBeCloseTo(51.9, 9);
    expect(bidsOf(changed(at(0, { minHalfSpreadPts: 1.95 })))[0]).toBe(48.05);
    const least = { minHalfSpreadPts: 4 };
    expect(at(0, least)).toEqual({ skip: 'mark-out 0.000 pts, 0.0 bps is within 50, at the minimum' });
  });

  it('mirrors: a market seen from NO is moved by the same points', () => {
    const far = { bids: [levelAt(18, 10)], asks: [levelAt(23, 10)], fairPts: 20, reservationPts: 20.5 };
    const mirrored = { bids: [levelAt(77, 10)], asks: [levelAt(82, 10)], fairPts: 80, reservationPts: 79.5 };
    for (const markoutPts of [-1, 0.05, 0.099, 0.101, 0.3, 2, 9]) {
      const one = changed(applyMarkoutWiden(far, stageContext({ markoutPts })));
      const other = changed(applyMarkoutWiden(mirrored, stageContext({ markoutPts })));
      expect(100 - (asksOf(other)[0] ?? 0)).toBeCloseTo(bidsOf(one)[0] ?? 0, 9);
      expect(100 - (bidsOf(other)[0] ?? 0)).toBeCloseTo(asksOf(one)[0] ?? 0, 9);
    }
  });

  it('stops at the widest spread the gate allows', () => {
    const most = changed(at(9, { maxSpreadPts: 6 }));
    expect([bidsOf(most)[0], asksOf(most)[0]]).toEqual([47, 53]);
    expect(changed(at(9, { maxSpreadPts: 3 }))).toBe(BASE);
    const alone = stageContext({ markoutPts: 9, maxSpreadPts: 6 });
    expect(asksOf(changed(applyMarkoutWiden({ ...BASE, bids: [] }, alone)))[0]).toBe(53);
  });
});

describe.each(Object.values(PRICING_ENGINES))('W4: with engine $name', ({ name }) => {
  const distances = (markoutPts: number | null) => {
    const settings = { ...DEFAULT_QUOTING, pricingEngine: name, maxSpreadPts: 20 };
    const result = priceAndShape(quotingInputs({ settings, markoutPts }));
    if (result.kind === 'none') throw new Error(result.reason);
    const stage = result.trace.find((entry) => entry.stage === 'applyMarkoutWiden');
    const spread = (proposal: QuoteProposal | undefined) =>
      (proposal?.asks[0]?.pricePts ?? 0) - (proposal?.bids[0]?.pricePts ?? 0);
    return { before: spread(stage?.before), after: spread(stage?.after) };
  };

  it('adverse selection above the threshold makes the quote strictly wider, by twice what it costs', () => {
    for (const markoutPts of [0.3, 1, 2]) {
      const { before, after } = distances(markoutPts);
      expect(after - before).toBeCloseTo(2 * markoutPts, 9);
    }
  });

  it('below the threshold it is no wider, at most 5 % tighter, and not under the minimum', () => {
    const least = name === 'legacy' ? 2 * DEFAULT_QUOTING.deltaMinPts : 1;
    for (const markoutPts of [0.2, 0, -2]) {
      const { before, after } = distances(markoutPts);
      expect(after).toBeLessThanOrEqual(before);
      expect(after).toBeGreaterThanOrEqual(Math.min(before, Math.max(least, 0.95 * before)) - 1e-9);
    }
  });
});
