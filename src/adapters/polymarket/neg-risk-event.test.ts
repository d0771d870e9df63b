import { describe, expect, it } from 'vitest';
import { parseGammaMarket } from './gamma-market.ts';
import type { WireObject } from './wire/fields.ts';

const ROW: WireObject = {
  conditionId: `0x${'ab'.repeat(32)}`,
  clobTokenIds: '["11", "12"]',
  outcomes: '["Yes", "No"]',
  orderPriceMinTickSize: 0.01,
  orderMinSize: 5,
  negRisk: true,
  negRiskMarketID: '0xEVENT',
};
const eventOf = (row: WireObject, event: WireObject | null) => {
  const parsed = parseGammaMarket(row, event);
  if ('unusable' in parsed) throw new Error(`expected a market, found ${parsed.unusable}`);
  return parsed.market.negRiskEvent;
};

describe('the neg-risk event of a market', () => {
  it('is named by the market or its event, with the number of outcomes where the event lists them', () => {
    const event = { id: '7', negRiskAugmented: false, markets: [{}, {}, {}] };
    expect(eventOf(ROW, event)).toEqual({ marketId: '0xevent', isAugmented: false, outcomes: 3 });
    const { negRiskMarketID: _, ...unnamed } = ROW;
    expect(eventOf(unnamed, { ...event, negRiskMarketID: '0xother' })?.marketId).toBe('0xother');
  });

  it('counts as augmented wherever nothing says that it is not', () => {
    expect(eventOf(ROW, { id: '7' })).toEqual({ marketId: '0xevent', isAugmented: true, outcomes: null });
    expect(eventOf(ROW, null)?.isAugmented).toBe(true);
    expect(eventOf(ROW, { id: '7', negRiskAugmented: true })?.isAugmented).toBe(true);
    expect(eventOf({ ...ROW, negRiskOther: true }, { negRiskAugmented: false })?.isAugmented).toBe(true);
  });

  it('is left out for a market that stands alone', () => {
    expect(eventOf({ ...ROW, negRisk: false }, { id: '7', negRiskAugmented: false })).toBeUndefined();
    expect(eventOf({ ...ROW, negRiskMarketID: '' }, { id: '7' })).toBeUndefined();
  });
});
