import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { notional, type Shares } from '../domain/units.ts';
import { othersBest } from '../pricing/fair-value.ts';
import type { PricingEngineName } from '../pricing/pricing-engine.ts';
import { PRICING_ENGINES } from '../pricing/pricing-engines.ts';
import { QUOTING_STAGES } from './compose.ts';
import { SIZE_STEP } from './grid.ts';
import type { Stage } from './pipeline.ts';
import { priceAndShape, type QuotingInputs } from './price-and-shape.ts';
import { type GridLevel, toOutcomeOrder } from './proposal.ts';
import { applyBudgetConstraint } from './stages/apply-budget-constraint.ts';
import { anyQuotingInputs } from './test-support/quoting-cases.ts';

const ENGINES = Object.values(PRICING_ENGINES).map((engine): PricingEngineName => engine.name);
const LAST_THREE = QUOTING_STAGES.slice(-3);
const EARLIER = QUOTING_STAGES.slice(0, -3);
/** A failure is shown after at most twenty seconds of shrinking; a passing run takes one. */
const RUNS = { numRuns: 1_000 };

/** Any subset of the earlier stages, in their order, and always the last three. */
const anyStages: fc.Arbitrary<readonly Stage[]> = fc
  .array(fc.boolean(), { minLength: EARLIER.length, maxLength: EARLIER.length })
  .map((kept) => [...EARLIER.filter((_, index) => index === 0 || kept[index] === true), ...LAST_THREE]);

function shape(inputs: QuotingInputs, stages: readonly Stage[]) {
  const result = priceAndShape(inputs, stages);
  return result.kind === 'quote' ? result : null;
}

/** The price of a level by its number; a level cut into two fundings has one price. */
const priceByLevel = (levels: readonly GridLevel[]) =>
  new Map(fresh(levels).map((level) => [level.level, level.price]));

/** Without orders that hang: those stay where they are or go. */
const fresh = (levels: readonly GridLevel[]) => levels.filter(({ hangs }) => hangs === undefined);

function expectNotAbove(lower: readonly GridLevel[], upper: readonly GridLevel[]): void {
  const limit = priceByLevel(upper);
  for (const level of fresh(lower)) {
    const bound = limit.get(level.level);
    if (bound !== undefined) expect(level.price).toBeLessThanOrEqual(bound);
  }
}

describe('for any book, inventory and subset of stages that keeps the last three', () => {
  it('the bid is below the ask, both on tick inside (0, 1), sizes whole and at least the minimum', () => {
    fc.assert(
      fc.property(anyQuotingInputs, anyStages, (inputs, stages) => {
        const result = shape(inputs, stages);
        if (result === null) return;
        const highestBid = Math.max(...result.bids.map((level) => level.price), 0);
        const lowestAsk = Math.min(...result.asks.map((level) => level.price), 10_000);
        expect(highestBid).toBeLessThan(lowestAsk);
        for (const level of [...result.bids, ...result.asks]) {
          expect(level.price % inputs.book.tick).toBe(0);
          expect(level.price).toBeGreaterThan(0);
          expect(level.price).toBeLessThan(10_000);
          expect(level.size % SIZE_STEP).toBe(0);
          expect(level.size).toBeGreaterThanOrEqual(inputs.minOrderSize);
        }
        for (const level of result.bids) {
          const order = toOutcomeOrder(level, 'BUY');
          expect(notional(order.price, order.size)).toBeGreaterThanOrEqual(inputs.minNotional);
        }
      }),
      RUNS,
    );
  });

  it('no level crosses the others when post-only', () => {
    fc.assert(
      fc.property(anyQuotingInputs, anyStages, (inputs, stages) => {
        const result = shape({ ...inputs, settings: { ...inputs.settings, postOnly: true } }, stages);
        if (result === null) return;
        const bestAsk = othersBest(inputs.book, 'SELL', inputs.ownOrders) ?? 10_000;
        const bestBid = othersBest(inputs.book, 'BUY', inputs.ownOrders) ?? 0;
        for (const level of result.bids) expect(level.price).toBeLessThan(bestAsk);
        for (const level of result.asks) expect(level.price).toBeGreaterThan(bestBid);
      }),
      RUNS,
    );
  });

  it('more long inventory never raises a bid or an ask', () => {
    fc.assert(
      fc.property(
        anyQuotingInputs,
        anyStages,
        fc.integer({ min: 1, max: 30_000 }),
        (inputs, stages, moreCents) => {
          const more = moreCents * SIZE_STEP;
          const { inventory } = inputs;
          const longer = {
            ...inventory,
            yes: (inventory.yes + more) as Shares,
            yesAvailable: (inventory.yesAvailable + more) as Shares,
          };
          const before = shape(inputs, stages);
          const after = shape({ ...inputs, inventory: longer }, stages);
          if (before === null || after === null) return;
          expectNotAbove(after.bids, before.bids);
          expectNotAbove(after.asks, before.asks);
        },
      ),
      RUNS,
    );
  });

  it('event risk never narrows, and neither does volatility around an unmoved reservation price', () => {
    const vol = fc.double({ min: 1e-6, max: 1, noNaN: true });
    fc.assert(
      fc.property(anyQuotingInputs, anyStages, vol, vol, (inputs, stages, one, other) => {
        const leans = ['as', 'glft'].includes(inputs.settings.pricingEngine);
        const still = leans ? { ...inputs, inventory: FLAT } : inputs;
        const at = (volatilityPtsPerSqrtS: number, eventRisk: boolean) =>
          shape({ ...still, volatilityPtsPerSqrtS, eventRisk }, stages);
        const calm = at(Math.min(one, other), false);
        for (const wild of [at(Math.max(one, other), false), at(Math.min(one, other), true)]) {
          if (calm === null || wild === null) continue;
          expectNotAbove(wild.bids, calm.bids);
          expectNotAbove(calm.asks, wild.asks);
        }
      }),
      RUNS,
    );
  });

  it('volatility never narrows by more than the tick that rounding a moved reservation price can cost, rewards aside', () => {
    const vol = fc.double({ min: 1e-6, max: 1, noNaN: true });
    fc.assert(
      fc.property(anyQuotingInputs, vol, vol, (inputs, one, other) => {
        const widthAt = (volatilityPtsPerSqrtS: number) => {
          const settings = { ...inputs.settings, multiLevelCount: 1, postOnly: false };
          // A quote that a moved reservation price brings within reach of a reward band may step into it.
          const result = shape({ ...inputs, settings, volatilityPtsPerSqrtS, reward: null }, QUOTING_STAGES);
          const bid = result?.bids[0]?.price;
          const ask = result?.asks[0]?.price;
          return bid === undefined || ask === undefined ? null : ask - bid;
        };
        const calm = widthAt(Math.min(one, other));
        const wild = widthAt(Math.max(one, other));
        if (calm !== null && wild !== null) expect(wild).toBeGreaterThanOrEqual(calm - inputs.book.tick);
      }),
      RUNS,
    );
  });

  it.each(ENGINES)('W4: with engine %s more adverse selection never narrows', (pricingEngine) => {
    const pts = fc.oneof(
      fc.double({ min: -3, max: 3, noNaN: true }),
      fc.double({ min: -0.5, max: 0.5, noNaN: true }),
    );
    fc.assert(
      fc.property(anyQuotingInputs, anyStages, pts, pts, (inputs, stages, one, other) => {
        const settings = { ...inputs.settings, pricingEngine };
        const at = (markoutPts: number) => shape({ ...inputs, settings, markoutPts }, stages);
        const kind = at(Math.min(one, other));
        const toxic = at(Math.max(one, other));
        if (kind === null || toxic === null) return;
        expectNotAbove(toxic.bids, kind.bids);
        expectNotAbove(kind.asks, toxic.asks);
      }),
      RUNS,
    );
  });

  it('with the budget stage, cash and inventory cover every level, at the prices really sent', () => {
    fc.assert(
      fc.property(anyQuotingInputs, anyStages, (inputs, stages) => {
        if (!stages.includes(applyBudgetConstraint)) return;
        const result = shape(inputs, stages);
        if (result === null) return;
        const orders = [
          ...result.bids.map((level) => toOutcomeOrder(level, 'BUY')),
          ...result.asks.map((level) => toOutcomeOrder(level, 'SELL')),
        ];
        let cost = 0;
        const sold = { YES: 0, NO: 0 };
        for (const order of orders) {
          if (order.side === 'BUY') cost += notional(order.price, order.size, 'up');
          else sold[order.outcome] += order.size;
        }
        expect(cost).toBeLessThanOrEqual(inputs.budget);
        expect(sold.YES).toBeLessThanOrEqual(inputs.inventory.yesAvailable);
        expect(sold.NO).toBeLessThanOrEqual(inputs.inventory.noAvailable);
      }),
      RUNS,
    );
  });

  it('reduce-only never adds to the position', () => {
    fc.assert(
      fc.property(anyQuotingInputs, (inputs) => {
        const result = shape({ ...inputs, reduceOnly: true }, QUOTING_STAGES);
        if (result === null) return;
        const net = inputs.inventory.yes - inputs.inventory.no;
        const total = (levels: readonly GridLevel[]) => levels.reduce((sum, level) => sum + level.size, 0);
        expect(total(result.bids)).toBeLessThanOrEqual(Math.max(0, -net));
        expect(total(result.asks)).toBeLessThanOrEqual(Math.max(0, net));
      }),
      RUNS,
    );
  });

  it('is a pure function of its inputs', () => {
    fc.assert(
      fc.property(anyQuotingInputs, anyStages, (inputs, stages) => {
        expect(priceAndShape(inputs, stages)).toEqual(priceAndShape(structuredClone(inputs), stages));
      }),
      { ...RUNS, numRuns: 50 },
    );
  });
});

const FLAT = { yes: 0 as Shares, no: 0 as Shares, yesAvailable: 0 as Shares, noAvailable: 0 as Shares };
