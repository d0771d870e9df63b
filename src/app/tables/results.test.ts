import { describe, expect, it } from 'vitest';
import { MICRO } from '../../domain/units.ts';
import { type SimulatedJournal, simulateJournal } from '../testing/simulated-journal.ts';

const MINUTE_MS = 60_000;

const run = (seed: string, faults: 'none' | 'many'): SimulatedJournal =>
  simulateJournal({
    seed,
    hours: 1,
    markets: 6,
    engine: 'legacy',
    informed: null,
    faults,
    livesMs: [10 * MINUTE_MS, 40 * MINUTE_MS],
  });

const microOf = (usd: unknown): number => Math.round(Number(usd) * MICRO);

describe.each(['none', 'many'] as const)(
  'a simulated run whose markets resolve, with %s faults',
  (faults) => {
    const { scenario, state, rows } = run(`results ${faults}`, faults);
    const { world } = scenario;

    it('shows the outcomes that the oracle of that world reported', () => {
      const outcomes = rows('market_outcomes');
      expect(outcomes.length).toBeGreaterThanOrEqual(4);
      for (const { market_id, status, winner } of outcomes) {
        const truth = [...world.chain.conditions].find(([conditionId]) => conditionId === market_id)?.[1]
          .winner;
        expect([status, winner]).toEqual(truth === null ? ['open', null] : ['resolved', truth]);
      }
      expect(new Set(outcomes.map(({ winner }) => winner)).size).toBeGreaterThanOrEqual(2);
    });

    it('comes to the dollars that the wallet of that world has gained, to the micro-dollar', () => {
      const performance = rows('performance');
      expect(performance.every((row) => row.pnl_net !== null)).toBe(true);
      for (const row of performance) expect(row.residual_micro_usd).toBe(0);
      const gained = performance.reduce((sum, row) => sum + microOf(row.pnl_net), 0);
      const { transfers } = state.counts;
      const held = [...world.chain.conditions.values()].reduce(
        (sum, { yesTokenId, noTokenId, winner }) =>
          sum + (world.chain.tokens.get(winner === 'YES' ? yesTokenId : noTokenId) ?? 0),
        0,
      );
      const start = 600 * MICRO;
      expect(gained).toBe(
        world.chain.cash + held - start - world.chain.putIn - transfers.reward - transfers.rebate,
      );
      expect(performance.some((row) => Number(row.fills_count) > 5)).toBe(true);
    });

    it('has a forecast for every timely fill, of the market and the side that were traded', () => {
      const forecasts = rows('forecasts').filter((row) => row.source === 'fair value at fill');
      const fills = new Map(rows('mm_fills').map((row) => [row.id, row]));
      expect(forecasts.length).toBeGreaterThan(20);
      for (const forecast of forecasts) {
        const fill = fills.get(String(forecast.fill_id));
        expect(forecast.side).toBe((fill?.side === 'BUY') === (fill?.outcome === 'YES') ? 'YES' : 'NO');
        expect(forecast.market_probability).toBeCloseTo(Number(fill?.mid_at_fill), 9);
      }
    });
  },
);
