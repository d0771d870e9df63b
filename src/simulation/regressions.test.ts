import { describe, expect, it } from 'vitest';
import type { ConditionId } from '../domain/market.ts';
import { mayBeLive } from '../domain/order.ts';
import { MICRO, type Price, shares } from '../domain/units.ts';
import type { ExchangeOrder } from '../exchange/index.ts';
import { allLiveOrders } from '../orders/order-table.ts';
import { averageCost, netShares } from '../orders/position.ts';
import { FAULT_LEVELS } from './faults.ts';
import { drop } from './feed-drops.ts';
import { openScenario, type Scenario, type SeedOptions } from './run-seed.ts';
import { raceAgainst } from './venue-model.ts';
import { after, WORKER } from './world.ts';

/** Defects of the predecessor that only a running whole can show. Each stands under the number it has in the list of them. */

const scenario = (more: Partial<SeedOptions> = {}): Scenario =>
  openScenario({
    seed: 'regressions',
    hours: 1,
    markets: 5,
    engine: 'legacy',
    informed: null,
    faults: 'none',
    ...more,
  });

/** Lets virtual seconds pass. The checkers watch all the while and throw at what must not be. */
const pass = ({ driver, world }: Scenario, seconds: number): void =>
  driver.runUntil(world.nowMs + seconds * 1_000);

function liveOrders({ world }: Scenario, conditionId?: ConditionId): ExchangeOrder[] {
  const ids = [...(world.exchange.accounts.get(WORKER)?.openOrderIds ?? [])];
  return ids
    .flatMap((id) => world.exchange.orders.get(id) ?? [])
    .filter((order) => conditionId === undefined || order.conditionId === conditionId);
}

const NOTHING_HELD = { final: shares(0), provisionalIn: shares(0), provisionalOut: shares(0) };

const operate = ({ world }: Scenario, order: 'pause' | 'halt' | 'resume' | 'stop'): void =>
  world.deliver({ kind: 'operator', order, by: 'test', reason: 'regression' });

const firstMarket = ({ world }: Scenario): ConditionId => [...world.markets.keys()][0] as ConditionId;

/** Lets time pass, a second at a time, until something has come about; ten minutes at most. */
function passUntil(run: Scenario, isSo: () => boolean): void {
  for (let second = 0; second < 600 && !isSo(); second += 1) pass(run, 1);
  expect(isSo()).toBe(true);
}

/** A scenario that has traded for a while and quotes. */
function quoting(more: Partial<SeedOptions> = {}): Scenario {
  const run = scenario(more);
  pass(run, 60);
  passUntil(run, () => liveOrders(run).length > run.world.markets.size);
  return run;
}

describe('W5: a market below its entry price', () => {
  it('is still quoted on both sides, with the ask where the market is and not where we bought', () => {
    const run = quoting({ markets: 1, settings: { MM_MAX_MARKETS: '1' } });
    const conditionId = firstMarket(run);
    const desk = run.world.desks.get(conditionId);
    if (desk === undefined) throw new Error('the market has no traders');
    const position = () => run.kernel.state.books.positions.get(conditionId);
    passUntil(run, () => netShares(position()?.yes ?? NOTHING_HELD) > 0);
    const held = position();
    if (held === undefined) throw new Error('nothing was bought');
    const entry = averageCost(held, 'YES') as Price;
    desk.population.path.value -= 1.2;
    pass(run, 120);
    const mid = run.kernel.state.markets.get(conditionId)?.lastMid as number;
    expect(entry - mid).toBeGreaterThan(1_500);
    const orders = liveOrders(run, conditionId);
    const asks = orders.filter(({ yesSide }) => yesSide === 'SELL');
    expect(orders.some(({ yesSide }) => yesSide === 'BUY')).toBe(true);
    expect(asks.length).toBeGreaterThan(0);
    for (const { yesPrice } of asks) expect(yesPrice).toBeLessThan(entry - 500);
    for (const { yesPrice } of orders) expect(Math.abs(yesPrice - mid)).toBeLessThanOrEqual(800);
  });
});

describe('W6: an order whose answer was lost', () => {
  it('is found again and cancelled or kept, never forgotten and never placed beside', () => {
    const run = quoting();
    run.world.faults = { ...FAULT_LEVELS.none, lostPlaceAnswer: 1, lostCancelAnswer: 0.5 };
    const quoteShares = 40 * MICRO;
    for (let second = 0; second < 120; second += 1) {
      pass(run, 1);
      for (const conditionId of run.world.markets.keys()) {
        for (const side of ['BUY', 'SELL'] as const) {
          const resting = liveOrders(run, conditionId).filter(({ yesSide }) => yesSide === side);
          expect(resting.reduce((sum, { remaining }) => sum + remaining, 0)).toBeLessThan(quoteShares);
        }
      }
    }
    expect(run.world.faultCounts.get('lostPlaceAnswer')).toBeGreaterThan(5);
    run.world.faults = FAULT_LEVELS.none;
    pass(run, 60);
    const { orders } = run.kernel.state;
    expect(allLiveOrders(orders).filter(({ state }) => state === 'unknown')).toEqual([]);
    const known = new Set<string>(allLiveOrders(orders).flatMap(({ orderId }) => orderId ?? []));
    expect(liveOrders(run).filter(({ id }) => !known.has(id))).toEqual([]);
  });

  it('that never arrived is proven absent, and its money is free again', () => {
    const run = quoting();
    run.world.faults = { ...FAULT_LEVELS.none, lostPlaceRequest: 1 };
    pass(run, 60);
    run.world.faults = FAULT_LEVELS.none;
    pass(run, 60);
    const { orders } = run.kernel.state;
    const live = allLiveOrders(orders).filter(({ state }) => mayBeLive(state) && state !== 'inFlight');
    expect(live.filter(({ orderId }) => !run.world.ownOrders.has(orderId ?? ('' as never)))).toEqual([]);
    passUntil(run, () => liveOrders(run).length > run.world.markets.size);
  });
});

describe('W7: partial and late fills', () => {
  it('reach the books whether they race a cancel, come late, come never, or come while nobody listens', () => {
    const run = quoting();
    run.world.faults = {
      ...FAULT_LEVELS.none,
      cancelRace: 0.8,
      lateFrame: 0.3,
      droppedFrame: 0.3,
      duplicateFrame: 0.3,
      userFeedDropsPerHour: 60,
    };
    pass(run, 600);
    run.world.faults = FAULT_LEVELS.none;
    pass(run, 120);
    const reports = run.world.ownTrades.flatMap((own) => own.reports);
    const partly = [...run.world.ownOrders.values()].filter(
      ({ status, sizeMatched, originalSize }) =>
        status === 'CANCELED' && sizeMatched > 0 && sizeMatched < originalSize,
    );
    expect(partly.length).toBeGreaterThan(5);
    operate(run, 'stop');
    pass(run, 120);
    expect(run.driver.exitReason()).toContain('everything is settled');
    const { counts, books } = run.kernel.state;
    expect(counts.fills).toBe(reports.length);
    expect(books.fills.open.size).toBe(0);
    run.checkEnd();
  });
});

describe('W12: a pause, a skip or a lost connection', () => {
  it.each(['pause', 'halt'] as const)('%s leaves no live quote, until it is resumed', (order) => {
    const run = quoting();
    operate(run, order);
    pass(run, 1);
    expect(liveOrders(run)).toEqual([]);
    pass(run, 120);
    expect(liveOrders(run)).toEqual([]);
    operate(run, 'resume');
    passUntil(run, () => liveOrders(run).length > run.world.markets.size);
  });

  it.each(['market', 'user'] as const)('a lost %s socket leaves no live quote', (name) => {
    const run = quoting();
    drop(run.world, name, 60_000);
    pass(run, 1);
    expect(liveOrders(run)).toEqual([]);
    pass(run, 50);
    expect(liveOrders(run)).toEqual([]);
    passUntil(run, () => liveOrders(run).length > run.world.markets.size);
  });

  it('a heartbeat that is lost leaves no live quote', () => {
    const run = quoting();
    run.world.heartbeat.lossUntilMs = run.world.nowMs + 60_000;
    pass(run, 17);
    expect(liveOrders(run)).toEqual([]);
    pass(run, 40);
    expect(liveOrders(run)).toEqual([]);
  });

  it('a market that is skipped because its book is in doubt is left without a quote', () => {
    const run = quoting();
    const conditionId = firstMarket(run);
    run.world.faults = { ...FAULT_LEVELS.none, failedRead: 1 };
    run.world.deliver({ kind: 'bookUntrusted', conditionId, reason: 'test' });
    pass(run, 2);
    expect(liveOrders(run, conditionId)).toEqual([]);
    expect(liveOrders(run).length).toBeGreaterThan(0);
  });

  it('a market that is listed as closed, and an empty list, leave no quote behind', () => {
    const run = quoting();
    const conditionId = firstMarket(run);
    const all = [...run.world.markets.values()].map(({ market }) => market);
    const closing = (ids: readonly ConditionId[]) =>
      all.map((market) =>
        ids.includes(market.conditionId) ? { ...market, closed: true, acceptingOrders: false } : market,
      );
    run.world.deliver({ kind: 'marketsListed', markets: closing([conditionId]) });
    pass(run, 15);
    expect(liveOrders(run, conditionId)).toEqual([]);
    expect(liveOrders(run).length).toBeGreaterThan(0);
    run.world.deliver({ kind: 'marketsListed', markets: closing([...run.world.markets.keys()]) });
    pass(run, 15);
    expect(liveOrders(run)).toEqual([]);
  });
});

describe('W13: a stop', () => {
  it.each(['none', 'many'] as const)('sends nothing new, leaves nothing, and ends (faults %s)', (faults) => {
    const sent: string[] = [];
    let stopped = false;
    const run = quoting({
      onStep: (_atMs, _input, commands) => {
        if (stopped) sent.push(...commands.map(({ kind }) => kind));
      },
    });
    run.world.faults = faults === 'many' ? { ...FAULT_LEVELS.many, failedRead: 0.3 } : FAULT_LEVELS.none;
    pass(run, 120);
    stopped = true;
    operate(run, 'stop');
    pass(run, 180);
    expect(run.driver.exitReason()).not.toBeNull();
    expect(liveOrders(run)).toEqual([]);
    expect(sent.filter((kind) => kind === 'place' || kind === 'transact')).toEqual([]);
    expect(sent.at(-1)).toBe('exit');
  });

  it('that comes between signing and sending keeps the order here', () => {
    let placedAtMs: number | null = null;
    const run = scenario({
      onStep: (atMs, _input, commands) => {
        if (commands.some(({ kind }) => kind === 'place')) placedAtMs ??= atMs;
      },
    });
    while (placedAtMs === null) pass(run, 0.001);
    operate(run, 'stop');
    pass(run, 60);
    expect(run.world.ownOrders.size).toBe(0);
    expect(run.driver.exitReason()).not.toBeNull();
  });
});

describe('W16: splits', () => {
  it('stop when one side is sold without end, and the risk stays inside its limit', () => {
    const run = quoting({ settings: { MM_MAX_PER_MARKET_USD: '30' } });
    const takeAsks = (): void => {
      for (const { id, yesSide } of liveOrders(run))
        if (yesSide === 'SELL') raceAgainst(run.world, id as never);
      after(run.world, 3_000, takeAsks);
    };
    takeAsks();
    pass(run, 900);
    const { counts, books } = run.kernel.state;
    expect(counts.fills).toBeGreaterThan(20);
    for (const position of books.positions.values()) {
      const short = netShares(position.no) - netShares(position.yes);
      // What is lost should YES win is at most the dollars that NO can have cost.
      expect(short).toBeLessThanOrEqual(90 * MICRO);
    }
    // Five dollars for each market at the start, and none on top of a position.
    expect(counts.splitMicroUsd).toBeLessThanOrEqual(run.world.markets.size * 5 * MICRO);
  });
});

describe('W17: the limit of one market', () => {
  it('does not grow with free capital or with the slots that are taken', () => {
    const run = scenario({
      markets: 3,
      settings: { MM_MAX_MARKETS: '2', MM_QUOTE_SIZE_USD: '40', MM_MAX_PER_MARKET_USD: '40' },
    });
    pass(run, 300);
    expect(run.kernel.state.counts.ordersPlaced).toBeGreaterThan(4);
    for (const conditionId of run.world.markets.keys()) {
      const sides = { BUY: 0, SELL: 0 };
      for (const { yesSide, yesPrice, remaining } of liveOrders(run, conditionId)) {
        const risk = yesSide === 'BUY' ? yesPrice : 10_000 - yesPrice;
        sides[yesSide] += (remaining * risk) / 10_000;
      }
      // Marks move after an order was approved, by far less than five dollars on forty.
      expect(sides.BUY).toBeLessThanOrEqual(45 * MICRO);
      expect(sides.SELL).toBeLessThanOrEqual(45 * MICRO);
    }
  });
});
