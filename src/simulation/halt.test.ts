import { describe, expect, it } from 'vitest';
import type { OrderState } from '../domain/order.ts';
import { allLiveOrders } from '../orders/order-table.ts';
import { FAULT_LEVELS } from './faults.ts';
import { openScenario, type Scenario, type SeedOptions } from './run-seed.ts';
import { after, WORKER } from './world.ts';

/** A halt at many moments of busy trading: the venue itself is asked what is left, and when. */

const MINUTE_MS = 60_000;
/** How long own orders may rest after a halt where the venue answers. */
const GONE_WITHIN_MS = 2_000;
/** The venue's sweep comes at most this long after the last beat, which may have left right before the halt. */
const SWEPT_WITHIN_MS = 15_000 + 1_000;

function busy(seed: string, more: Partial<SeedOptions> = {}): Scenario {
  const run = openScenario({
    seed,
    hours: 1,
    markets: 8,
    engine: 'legacy',
    informed: null,
    faults: 'none',
    makerRefreshMs: 500,
    ...more,
  });
  run.driver.runUntil(run.world.nowMs + MINUTE_MS);
  return run;
}

const openAtVenue = ({ world }: Scenario): number =>
  world.exchange.accounts.get(WORKER)?.openOrderIds.size ?? 0;

const operate = ({ world }: Scenario, order: 'pause' | 'halt' | 'resume'): void =>
  world.deliver({ kind: 'operator', order, by: 'test', reason: 'a test' });

/** Lets time pass, a millisecond at a time, until an order of ours is at that stage of its way. */
function passTo(run: Scenario, stage: OrderState): void {
  for (let tries = 0; tries < 30_000; tries += 1) {
    if (allLiveOrders(run.kernel.state.orders).some(({ state }) => state === stage)) return;
    run.driver.runUntil(run.world.nowMs + 1);
  }
  throw new Error(`no order was ${stage} within 30 s`);
}

/** The orders that the venue takes from now on, by the time at which each arrived. */
function arrivals({ world }: Scenario): number[] {
  const seen: number[] = [];
  const before = world.onVenueEvent;
  world.onVenueEvent = (event) => {
    before(event);
    if (event.kind === 'orderPlaced' && event.order.owner === WORKER) seen.push(world.nowMs);
  };
  return seen;
}

describe('a halt', () => {
  it.each(['approved', 'inFlight', 'open', 'cancelInFlight'] as const)(
    'while an order is %s leaves none at the venue after two seconds, and none arrives later',
    (stage) => {
      const run = busy(`halt while ${stage}`);
      const { world, driver } = run;
      let resting = 0;
      let arrived = 0;
      for (let round = 0; round < 25; round += 1) {
        driver.runUntil(world.nowMs + 2_500 + round * 97);
        passTo(run, stage);
        resting += openAtVenue(run);
        const seen = arrivals(run);
        operate(run, 'halt');
        driver.runUntil(world.nowMs + GONE_WITHIN_MS);
        arrived += seen.length;
        expect(openAtVenue(run), `round ${round}`).toBe(0);
        expect(run.kernel.state.withdrawal?.goneAtMs, `round ${round}`).not.toBeNull();
        const before = seen.length;
        driver.runUntil(world.nowMs + 3_000);
        expect(seen.length, `round ${round}`).toBe(before);
        operate(run, 'resume');
      }
      expect(resting).toBeGreaterThan(50);
      // What had left before the halt still arrives, and is taken back; what had not left does not.
      if (stage === 'inFlight') expect(arrived).toBeGreaterThan(0);
    },
  );

  it('whose cancels never reach the venue leaves nothing after its sweep, because no beat keeps it alive', () => {
    const run = busy('lost cancels');
    const { world, driver } = run;
    let resting = 0;
    for (let round = 0; round < 20; round += 1) {
      driver.runUntil(world.nowMs + 20_000 + round * 333);
      resting += openAtVenue(run);
      world.faults = { ...FAULT_LEVELS.none, lostCancelRequest: 1 };
      operate(run, 'halt');
      driver.runUntil(world.nowMs + SWEPT_WITHIN_MS);
      expect(openAtVenue(run), `round ${round}`).toBe(0);
      world.faults = FAULT_LEVELS.none;
      driver.runUntil(world.nowMs + 5_000);
      // It beats again by itself once a list has shown that nothing is left, so that a resume is one of seconds.
      expect(world.heartbeat.up, `round ${round}`).toBe(true);
      operate(run, 'resume');
    }
    expect(resting).toBeGreaterThan(60);
  });

  it('finds the orders whose answers were lost, and takes them back', () => {
    const run = busy('lost answers');
    const { world, driver } = run;
    let lost = 0;
    for (let round = 0; round < 20; round += 1) {
      world.faults = { ...FAULT_LEVELS.none, lostPlaceAnswer: 1 };
      driver.runUntil(world.nowMs + 10_000 + round * 333);
      lost += world.faultCounts.get('lostPlaceAnswer') ?? 0;
      world.faults = FAULT_LEVELS.none;
      operate(run, 'halt');
      driver.runUntil(world.nowMs + GONE_WITHIN_MS);
      expect(openAtVenue(run), `round ${round}`).toBe(0);
      after(world, 30_000, () => operate(run, 'resume'));
      driver.runUntil(world.nowMs + 45_000);
    }
    expect(lost).toBeGreaterThan(20);
  });
});
