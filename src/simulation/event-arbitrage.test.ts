import { describe, expect, it } from 'vitest';
import { bestAsk, bestBid } from '../domain/book.ts';
import type { ConditionId } from '../domain/market.ts';
import { MICRO, type Price, shares } from '../domain/units.ts';
import type { Command } from '../kernel/messages.ts';
import { allTransactions } from '../kernel/transactions.ts';
import type { ArbitrageMemory } from '../loops/arbitrage/memory.ts';
import { restBid, takeAway } from './crossed-books.ts';
import { FAULT_LEVELS } from './faults.ts';
import { openScenario, type Scenario, type SeedOptions } from './run-seed.ts';
import type { SimulatedMarket } from './simulated-markets.ts';
import { expectExactBooks, pass } from './test-support/exact-books.ts';
import { after } from './world.ts';

const EVENT = `0x${'e'.repeat(62)}00`;
const CHANCES = [0.3, 0.34, 0.36];
const ON = {
  MM_ARB_ENABLED: 'true',
  MM_ARB_MIN_PROFIT_PCT: '0.1',
  MM_ARB_GAS_COST_USD: '0.02',
  MM_MAX_PER_EVENT_USD: '500',
} as const;

interface Terms extends Partial<SeedOptions> {
  readonly isAugmented?: boolean;
  readonly ratePpm?: number;
  /** How much more likely the others in the market think each outcome; together they are then wrong. */
  readonly shift?: number;
}

/** The drawn markets as the three outcomes of one event, each fair at its chance, and none of them near its end. */
const asEvent =
  ({ isAugmented = false, ratePpm = 0, shift = 0 }: Terms) =>
  (markets: readonly SimulatedMarket[]): readonly SimulatedMarket[] =>
    markets.map(({ market, listing, terms }, index) => {
      const chance = (CHANCES[index] ?? 0.3) + shift;
      const price = Math.round(chance * 10_000) as Price;
      const fee = { ...market.fee, ratePpm };
      const negRiskEvent = { marketId: EVENT, isAugmented, outcomes: markets.length };
      const questionId = `${EVENT.slice(0, 64)}0${index}`;
      return {
        market: { ...market, negRisk: true, negRiskEvent, questionId, listedYesPrice: price, fee },
        listing: { ...listing, fee },
        terms: { ...terms, path: { ...terms.path, startProbability: chance, jumps: 0 } },
      };
    });

function trading(terms: Terms = {}): Scenario {
  const { isAugmented: _augmented, ratePpm: _rate, shift: _shift, ...more } = terms;
  const run = openScenario({
    seed: 'event-arbitrage',
    hours: 1,
    markets: 3,
    engine: 'legacy',
    informed: 0,
    faults: 'none',
    adjust: asEvent(terms),
    ...more,
    settings: { ...ON, ...more.settings },
  });
  pass(run, 60);
  return run;
}

const memoryOf = ({ kernel }: Scenario): ArbitrageMemory =>
  kernel.state.loops.get('arbitrage')?.memory as ArbitrageMemory;

/** Somebody bids for YES in every market, close to its asks, so that all NO together are cheap. Names of the orders. */
function misprice({ world }: Scenario, seconds: number): string[] {
  return [...world.markets.keys()].map((conditionId) => {
    const book = world.exchange.markets.get(conditionId)?.book;
    const ask = book === undefined ? null : bestAsk(book);
    const bid = book === undefined ? null : bestBid(book);
    if (book === undefined || ask === null || bid === null) throw new Error('expected a book with two sides');
    const price = Math.min(ask - book.tick, bid + 500) as Price;
    const id = restBid(world, conditionId, price, shares(30 * MICRO), seconds * 1_000);
    if (id === null) throw new Error('expected room for a bid');
    return id;
  });
}

/** At the end every checker has its last word too. */
function expectExactEnd(run: Scenario): void {
  expectExactBooks(run);
  run.checkEnd();
}

describe('an event whose NO shares together cost less than they convert to', () => {
  it.each([
    ['without fees', 0],
    ['with taker fees', 10_000],
  ])('is bought and converted for exactly what was expected, %s', (_name, ratePpm) => {
    const run = trading({ ratePpm });
    misprice(run, 40);
    pass(run, 60);
    const { totals, endedEvents } = memoryOf(run);
    expect(totals.eventsAttempted).toBeGreaterThan(0);
    expect(totals).toMatchObject({ eventsCompleted: totals.eventsAttempted, failedLegs: 0 });
    expect(totals.expectedUsd).toBeGreaterThan(0);
    expect(totals.realisedUsd).toBe(totals.expectedUsd);
    for (const ended of endedEvents)
      expect(ended).toMatchObject({ strategy: 'buyConvert', outcome: 'completed', unpaired: 0 });
    const converted = [...allTransactions(run.kernel.state.transactions)].filter(
      ({ request }) => request.action === 'convert',
    );
    expect(converted.length).toBe(totals.eventsAttempted);
    expect(converted.every(({ state }) => state === 'confirmed')).toBe(true);
    expectExactEnd(run);
  });
});

const conversionsOf = ({ kernel }: Scenario) =>
  [...allTransactions(kernel.state.transactions)].filter(({ request }) => request.action === 'convert');

describe('an event whose YES shares together cost less than a dollar', () => {
  it('is bought for exactly what was expected, and its shares are kept until it resolves', () => {
    const run = trading({ shift: -0.08 });
    pass(run, 20);
    const { totals, endedEvents } = memoryOf(run);
    expect(endedEvents[0]).toMatchObject({ strategy: 'buyAllYes', outcome: 'completed', unpaired: 0 });
    expect(totals).toMatchObject({ eventsCompleted: totals.eventsAttempted, failedLegs: 0 });
    expect(totals.realisedUsd).toBe(totals.expectedUsd);
    expect(conversionsOf(run)).toEqual([]);
    expect(totals.ownInTheWay).toBeGreaterThan(0);
    expectExactEnd(run);
  });
});

describe('an event that is mispriced', () => {
  it.each([
    ['arbitrage is off', { settings: { MM_ARB_ENABLED: 'false' } }],
    ['outcomes may be added to it', { isAugmented: true }],
    ['the profit is below what is asked for', { settings: { MM_ARB_MIN_PROFIT_PCT: '20' } }],
    ['gas costs more than it brings', { settings: { MM_ARB_GAS_COST_USD: '100' } }],
    ['fees eat the profit', { ratePpm: 100_000 }],
  ] satisfies [string, Terms][])('is left alone when %s', (_name, terms) => {
    const run = trading(terms);
    misprice(run, 40);
    pass(run, 60);
    expect(run.kernel.state.loops.get('arbitrage')?.memory).toMatchObject({
      totals: { eventsAttempted: 0, legsSent: 0 },
    });
    expect(conversionsOf(run)).toEqual([]);
  });

  it.each([
    ['the dollars of one attempt', { MM_ARB_MAX_SIZE_USD: '16' }],
    ['the limit of each market', { MM_MAX_PER_MARKET_USD: '12' }],
    ['the limit of the event', { MM_MAX_PER_EVENT_USD: '12' }],
  ])('is bought no larger than %s', (_name, settings) => {
    const unbounded = trading();
    const run = trading({ settings });
    for (const one of [unbounded, run]) {
      misprice(one, 40);
      pass(one, 60);
    }
    const sizeOf = (one: Scenario): number => memoryOf(one).endedEvents[0]?.size ?? 0;
    expect(memoryOf(run).totals).toMatchObject({ refused: 0, failedLegs: 0 });
    expect(sizeOf(run)).toBeLessThan(sizeOf(unbounded));
    expect(sizeOf(run)).toBeGreaterThan(0);
    expectExactEnd(run);
  });

  it('costs reads and no order when it is gone by the time it is read', () => {
    let planted: string[] = [];
    const run: Scenario = trading({
      onStep: (_atMs, _input, commands) => {
        if (commands.some(({ kind }) => kind === 'readOutcomeBooks'))
          for (const id of planted) takeAway(run.world, id);
      },
    });
    planted = misprice(run, 40);
    pass(run, 30);
    expect(memoryOf(run).totals).toMatchObject({ seen: 1, stale: 1, attempted: 0 });
  });

  it('of which one leg is gone leaves exact books, ordinary inventory and an event that rests', () => {
    let planted: string[] = [];
    const run: Scenario = trading({
      onStep: (_atMs, _input, commands: readonly Command[]) => {
        const takes = commands.some(
          (command) => command.kind === 'place' && command.orders[0]?.request.timeInForce === 'FAK',
        );
        // Somebody is faster in one of the markets.
        const [first] = planted;
        if (takes && first !== undefined) takeAway(run.world, first);
      },
    });
    planted = misprice(run, 40);
    pass(run, 30);
    const { totals, endedEvents, watchedEvents } = memoryOf(run);
    expect(totals).toMatchObject({ eventsAttempted: 1, eventsCompleted: 0, failedLegs: 1 });
    expect(endedEvents).toMatchObject([{ outcome: 'legFailed', pairs: 0 }]);
    expect(endedEvents[0]?.unpaired).toBeGreaterThan(0);
    expect(watchedEvents.get(EVENT)?.restUntilMs).toBeGreaterThan(run.world.nowMs);
    expect(conversionsOf(run)).toEqual([]);
    misprice(run, 10);
    pass(run, 15);
    expect(memoryOf(run).totals.eventsAttempted).toBe(1);
    expectExactEnd(run);
  });
});

describe('a bad day with an event that is mispriced again and again', () => {
  /** Every fault there is; conversions get lost, revert, or are never sent. */
  function badDay(seed: string): Scenario {
    const run = trading({ seed, faults: 'many', informed: null });
    const again = (): void => {
      if ([...run.world.markets.keys()].every((id) => isOpen(run, id))) misprice(run, 20);
      after(run.world, 30_000, again);
    };
    again();
    pass(run, 1_200);
    run.world.faults = FAULT_LEVELS.none;
    pass(run, 90);
    return run;
  }

  const isOpen = ({ world }: Scenario, conditionId: ConditionId): boolean => {
    const market = world.exchange.markets.get(conditionId);
    return market?.state === 'open' && bestAsk(market.book) !== null && bestBid(market.book) !== null;
  };

  it.each(['bad-4', 'bad-8', 'bad-10'])('keeps every rule and every micro-dollar, seed %s', (seed) => {
    const run = badDay(seed);
    expect(memoryOf(run).totals.eventsAttempted).toBeGreaterThan(0);
    expectExactEnd(run);
  });

  it('is the same day when it is lived again', () => {
    expect(badDay('bad-1').driver.traceHash()).toBe(badDay('bad-1').driver.traceHash());
  });
});
