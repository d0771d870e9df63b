import { describe, expect, it } from 'vitest';
import type { ConditionId } from '../domain/market.ts';
import { MICRO, shares } from '../domain/units.ts';
import type { Command } from '../kernel/messages.ts';
import type { ArbitrageMemory } from '../loops/arbitrage/memory.ts';
import { crossBook, takeAway, tearTouches } from './crossed-books.ts';
import { FAULT_LEVELS } from './faults.ts';
import { openScenario, runSeed, type Scenario, type SeedOptions } from './run-seed.ts';
import { expectExactBooks, pass } from './test-support/exact-books.ts';

const ON = { MM_ARB_ENABLED: 'true', MM_ARB_MIN_PROFIT_PCT: '0.1' } as const;

function trading(more: Partial<SeedOptions> = {}): Scenario {
  const run = openScenario({
    seed: 'arbitrage',
    hours: 1,
    markets: 3,
    engine: 'legacy',
    informed: 0,
    faults: 'none',
    ...more,
    settings: { ...ON, ...more.settings },
  });
  pass(run, 60);
  return run;
}

const memoryOf = ({ kernel }: Scenario): ArbitrageMemory =>
  kernel.state.loops.get('arbitrage')?.memory as ArbitrageMemory;
/** The second market has no taker fee, the first has. */
const marketOf = ({ world }: Scenario, index: number): ConditionId =>
  [...world.markets.keys()][index] as ConditionId;
const crossFor = (run: Scenario, conditionId: ConditionId, seconds: number): string => {
  const id = crossBook(run.world, conditionId, 8, shares(20 * MICRO), seconds * 1_000);
  if (id === null) throw new Error('expected room for a crossing order');
  return id;
};

describe('a book that stands crossed at the venue', () => {
  it.each([
    ['without fees', 1],
    ['with taker fees', 0],
  ])('is traded on both sides for exactly what was expected, %s', (_name, index) => {
    const run = trading();
    crossFor(run, marketOf(run, index), 30);
    pass(run, 60);
    const { totals, ended } = memoryOf(run);
    expect(totals.attempted).toBeGreaterThan(0);
    expect(totals).toMatchObject({ real: totals.attempted, completed: totals.attempted, failedLegs: 0 });
    expect(totals.expectedUsd).toBeGreaterThan(0);
    expect(totals.realisedUsd).toBe(totals.expectedUsd);
    for (const attempt of ended) expect(attempt).toMatchObject({ outcome: 'completed', unpaired: 0 });
    expectExactBooks(run);
  });

  it('W34: is left alone when arbitrage is off, and when it pays less than asked for', () => {
    const off = trading({ settings: { MM_ARB_ENABLED: 'false' } });
    crossFor(off, marketOf(off, 1), 30);
    pass(off, 60);
    expect(memoryOf(off).totals).toMatchObject({ seen: 0, attempted: 0 });
    const greedy = trading({ settings: { MM_ARB_MIN_PROFIT_PCT: '50' } });
    crossFor(greedy, marketOf(greedy, 1), 30);
    pass(greedy, 60);
    const { totals } = memoryOf(greedy);
    expect(totals.attempted).toBe(0);
    expect(totals.unprofitable).toBeGreaterThan(0);
  });

  it('is not worth a transaction that costs more than it brings; pairs that are held need none to be sold', () => {
    const run = trading({ settings: { MM_ARB_GAS_COST_USD: '100' } });
    crossFor(run, marketOf(run, 1), 30);
    pass(run, 60);
    expect(memoryOf(run).ended.filter(({ strategy }) => strategy === 'buyMerge')).toEqual([]);
  });

  it('is traded in dollars up to the largest outlay', () => {
    const run = trading({ settings: { MM_ARB_MAX_SIZE_USD: '8' } });
    crossFor(run, marketOf(run, 1), 30);
    pass(run, 60);
    const [first] = memoryOf(run).ended;
    expect(first?.outcome).toBe('completed');
    expect(first?.size).toBeLessThanOrEqual(9 * MICRO);
    expect(first?.size).toBeGreaterThanOrEqual(5 * MICRO);
    expectExactBooks(run);
  });

  it('whose other leg is gone leaves exact books, ordinary inventory and a market that rests', () => {
    let planted = '';
    let isTaken = false;
    const run: Scenario = trading({
      onStep: (_atMs, _input, commands: readonly Command[]) => {
        const takes = commands.some(
          (command) => command.kind === 'place' && command.orders[0]?.request.timeInForce === 'FAK',
        );
        // Somebody is faster: what crossed is gone before the legs arrive.
        if (takes && !isTaken) {
          isTaken = true;
          takeAway(run.world, planted);
        }
      },
    });
    planted = crossFor(run, marketOf(run, 1), 30);
    pass(run, 30);
    const { totals, ended, markets } = memoryOf(run);
    expect(totals).toMatchObject({ attempted: 1, completed: 0, failedLegs: 1 });
    expect(ended).toMatchObject([{ outcome: 'legFailed' }]);
    expect(ended[0]?.unpaired).toBeGreaterThan(0);
    expect(totals.realisedUsd).toBeLessThan(totals.expectedUsd);
    expect(markets.get(marketOf(run, 1))?.restUntilMs).toBeGreaterThan(run.world.nowMs);
    crossFor(run, marketOf(run, 1), 10);
    pass(run, 15);
    expect(memoryOf(run).totals.attempted).toBe(1);
    expectExactBooks(run);
  });
});

describe('a view that is stale', () => {
  it('costs a read and no order when the tokens only look apart', () => {
    const run = trading();
    tearTouches(run.world, marketOf(run, 1), 6, 5_000);
    pass(run, 10);
    const { totals } = memoryOf(run);
    expect(totals).toMatchObject({ seen: 1, stale: 1, attempted: 0 });
  });

  it('is not even read when it passes within the time two frames need', () => {
    const run = trading();
    tearTouches(run.world, marketOf(run, 1), 6, 40);
    pass(run, 10);
    expect(memoryOf(run).totals).toMatchObject({ seen: 1, passed: 1, stale: 0, attempted: 0 });
  });
});

describe('a bad day with books that stand crossed', () => {
  const badDay = (seed: number, hours: number) =>
    runSeed({
      seed: `crossed-${seed}`,
      hours,
      markets: 5,
      engine: 'legacy',
      informed: null,
      faults: { ...FAULT_LEVELS.many, crossedBooksPerHour: 240, staleTouchesPerHour: 120 },
      settings: ON,
    });

  it('is the same day when it is lived again', () => {
    expect(badDay(1, 0.1).traceHash).toBe(badDay(1, 0.1).traceHash);
  });

  it.each([1, 2, 3, 4])('keeps every rule and every micro-dollar, seed %i', (seed) => {
    const result = badDay(seed, 0.3);
    expect(result.violation).toBeNull();
    expect([result.ledgerResidualMicroUsd, result.chainResidualMicroUsd]).toEqual([0, 0]);
    expect(result.openOrdersAtExit).toBe(0);
    expect(result.faults.crossedBook).toBeGreaterThan(0);
  });
});
