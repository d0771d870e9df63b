import { describe, expect, it } from 'vitest';
import type { ConditionId } from '../domain/market.ts';
import { lossPositionOf } from '../loops/market-making/loss-epochs.ts';
import type { MarketMakingMemory } from '../loops/market-making/memory.ts';
import type { PricingEngineName } from '../pricing/pricing-engine.ts';
import { openScenario, runSeed, type Scenario, type SeedOptions } from './run-seed.ts';
import { simulatedMarkets } from './simulated-markets.ts';

const options = (seed: string, more: Partial<SeedOptions> = {}): SeedOptions => ({
  seed,
  hours: 0.3,
  markets: 6,
  eventsOf: 3,
  engine: 'bounded',
  informed: null,
  faults: 'none',
  ...more,
});

/** The conditions of each event. */
function eventsOf({ world }: Scenario): Map<string, ConditionId[]> {
  const events = new Map<string, ConditionId[]>();
  for (const [conditionId, { market }] of world.markets) {
    const { eventId } = market;
    if (eventId !== null) events.set(eventId, [...(events.get(eventId) ?? []), conditionId]);
  }
  return events;
}

describe('simulated events', () => {
  it('are left out unless asked for, and then leave the other draws of a market as they were', () => {
    const terms = { seed: 'events', count: 7, startMs: 1_800_000_000_000, informed: null };
    const alone = simulatedMarkets(terms);
    expect(alone.some(({ market }) => market.negRisk || 'negRiskEvent' in market)).toBe(false);
    const grouped = simulatedMarkets({ ...terms, eventsOf: 3 });
    expect(grouped.map(({ market }) => market.negRiskEvent?.marketId ?? null)).toEqual([
      ...['event-0', 'event-0', 'event-0', 'event-1', 'event-1', 'event-1'],
      null,
    ]);
    expect(grouped.map(({ market }) => market.conditionId)).toEqual(
      alone.map(({ market }) => market.conditionId),
    );
    expect(grouped[6]).toEqual(alone[6]);
    for (const of of [grouped.slice(0, 3), grouped.slice(3, 6)]) {
      const sum = of.reduce((total, { terms: { path } }) => total + path.startProbability, 0);
      expect(sum).toBeCloseTo(1, 12);
      expect(new Set(of.map(({ terms: { path } }) => path.horizonMs)).size).toBe(1);
    }
  });

  it.each<[PricingEngineName, string]>([
    ['legacy', '1'],
    ['as', '2'],
    ['bounded', '3'],
    ['glft', '4'],
  ])('hold every invariant under faults with %s, the limit of events among them', (engine, seed) => {
    const settings = { MM_MAX_PER_EVENT_USD: '30' };
    const result = runSeed(
      options(seed, { engine, faults: 'some', settings, livesMs: [8 * 60_000, 16 * 60_000] }),
    );
    expect(result.violation).toBeNull();
    expect(result).toMatchObject({
      ledgerResidualMicroUsd: 0,
      chainResidualMicroUsd: 0,
      openOrdersAtExit: 0,
    });
    expect(result.ordersPlaced).toBeGreaterThan(20);
  });
});

describe('the bounded engine in simulated events', () => {
  it.each(['1', '2', '3'])(
    'keeps each event within its budget at every step and when one outcome has won, seed %s',
    (seed) => {
      const budgetUsd = 60;
      let together = 0;
      const look: { check?: () => void } = {};
      const scenario = openScenario(
        options(seed, {
          informed: 0.3,
          livesMs: [8 * 60_000, 16 * 60_000],
          settings: { MM_MAX_PER_EVENT_USD: String(budgetUsd) },
          onStep: () => look.check?.(),
        }),
      );
      const { kernel, world, driver } = scenario;
      const events = eventsOf(scenario);
      expect(events.size).toBe(2);
      look.check = () => {
        const memory = kernel.state.loops.get('market-making')?.memory as MarketMakingMemory | undefined;
        if (memory !== undefined && memory.events.size > 0) together += 1;
        for (const conditionIds of events.values()) {
          const positions = conditionIds.map((conditionId) => lossPositionOf(kernel.state, conditionId));
          const cash = positions.reduce((sum, { cashUsd }) => sum + cashUsd, 0);
          const isOpen = conditionIds.every(
            (conditionId) => kernel.state.markets.get(conditionId)?.resolved === undefined,
          );
          if (isOpen)
            expect(
              cash + Math.min(...positions.map(({ inventoryShares }) => inventoryShares)),
            ).toBeGreaterThanOrEqual(-budgetUsd - 1e-4);
        }
      };
      driver.runUntil(world.nowMs + 20 * 60_000);
      expect(together).toBeGreaterThan(1_000);
      for (const conditionIds of events.values()) {
        const winners = conditionIds.filter(
          (conditionId) => world.chain.conditions.get(conditionId)?.winner === 'YES',
        );
        expect(winners).toHaveLength(1);
      }
      expect(kernel.state.counts.fills).toBeGreaterThan(10);
    },
  );
});
