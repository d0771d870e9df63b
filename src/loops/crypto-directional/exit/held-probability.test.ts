import { describe, expect, it } from 'vitest';
import type { DirectionalPosition } from '../../../domain/directional.ts';
import type { MarketSlot } from '../../../kernel/market-slots.ts';
import { conditionId, T0, type TestKernel } from '../../../kernel/test-support/test-kernel.ts';
import { createPayoffMemory } from '../pricing/ask-payoffs.ts';
import { type CoinModels, createCoinModels, fitNextCoin } from '../pricing/coin-models.ts';
import { knowing } from '../pricing/test-support/known-prices.ts';
import { closeAbove } from '../test-support/holding-run.ts';
import { heldPosition } from '../test-support/positions.ts';
import { createExitMemory, watchOf } from './exit-memory.ts';
import { heldPayoff, heldProbability } from './held-probability.ts';

const known = (change: Parameters<typeof closeAbove>[1] = {}): TestKernel =>
  knowing({ spotUsd: 100_000, dailyVolatility: 0.02 }, T0, {}, [closeAbove(1, change)]);
const slotOf = ({ state }: TestKernel): MarketSlot => {
  const slot = state.markets.get(conditionId(1));
  if (slot === undefined) throw new Error('expected the market');
  return slot;
};
const read = (test: TestKernel, memory = createExitMemory()) =>
  heldPayoff(test.state, slotOf(test), watchOf(memory, heldPosition(1)));

/** The model of bitcoin as it is fitted, and expecting prices to rise or fall by so many deviations. */
function drifting(test: TestKernel, shift: number): CoinModels {
  const models = createCoinModels();
  fitNextCoin(test.state, models, ['BTC']);
  const fit = models.fits.get('BTC');
  if (fit === undefined) throw new Error('expected a fit');
  models.fits.set('BTC', { ...fit, shapes: fit.shapes.map((shape) => ({ ...shape, shift })) });
  return models;
}

const said = (test: TestKernel, shift: number, outcome: DirectionalPosition['outcome']): number => {
  const { probability } = heldProbability(test.state, drifting(test, shift), read(test), { outcome });
  if (probability === null) throw new Error('expected a probability');
  return probability;
};

describe('what the model says of a position that is held', () => {
  it.each(['YES', 'NO'] as const)('is the better of both, with drift and without, for %s', (outcome) => {
    const test = known();
    const without = said(test, 0, outcome);
    const rising = said(test, 0.5, outcome);
    const falling = said(test, -0.5, outcome);
    const [good, bad] = outcome === 'YES' ? [rising, falling] : [falling, rising];
    expect(good).toBeGreaterThan(without + 0.05);
    expect(bad).toBe(without);
  });

  it('is nothing where its market cannot be read, or the price of its coin is not known', () => {
    const unread = known({ question: 'Will something happen to Bitcoin?' });
    expect(read(unread)).toBeNull();
    expect(heldProbability(unread.state, drifting(unread, 0), null, { outcome: 'YES' })).toEqual({
      probability: null,
      spotUsd: null,
    });
    const test = known();
    expect(
      heldProbability(test.state, createCoinModels(), read(test), { outcome: 'YES' }).probability,
    ).toBeNull();
  });

  it('is by what a model read for the entry, where the parser cannot, and is remembered while the position is held', () => {
    const readable = known();
    const payoff = read(readable)?.payoff;
    const test = known({ question: 'Will something happen to Bitcoin?' });
    const memory = createExitMemory();
    const answered = createPayoffMemory();
    answered.markets.set(conditionId(1), {
      text: { question: 'Will something happen to Bitcoin?' },
      sinceMs: T0,
      answeredAtMs: T0,
      payoff: payoff ?? null,
      spoiled: 0,
    });
    test.state.loops.set('crypto-directional', { memory: { answered } } as never);
    expect(read(test, memory)?.payoff).toEqual(payoff);
    answered.markets.clear();
    expect(read(test, memory)?.payoff).toEqual(payoff);
    // Of another text nobody has read anything.
    slotOf(test).market = { ...slotOf(test).market, question: 'Will something else happen to Bitcoin?' };
    expect(read(test, memory)).toBeNull();
  });
});
