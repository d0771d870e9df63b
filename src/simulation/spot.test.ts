import { expect, it } from 'vitest';
import type { Command, Input } from '../kernel/messages.ts';
import { candlesOf, dailyClosesOf, historyFailureOf, spotOf } from '../kernel/spot-prices.ts';
import { runCommand } from './effects.ts';
import { openScenario, runSeed, type SeedOptions } from './run-seed.ts';

const inputs = new Map<Input['kind'], number>();
const options = (change: Partial<SeedOptions> = {}): SeedOptions => ({
  seed: 'spot',
  hours: 0.1,
  markets: 2,
  engine: 'legacy',
  informed: null,
  faults: 'none',
  prices: true,
  adjust: (markets) =>
    markets.map((entry) => ({
      ...entry,
      market: { ...entry.market, question: 'Will Bitcoin be above $100,000?' },
    })),
  onStep: (_atMs, { kind }) => inputs.set(kind, (inputs.get(kind) ?? 0) + 1),
  ...change,
});

it('a simulated run without prices has none, and its worker asks for none', () => {
  inputs.clear();
  const commands = new Set<Command['kind']>();
  const { prices: _, ...without } = options();
  const found = runSeed({
    ...without,
    onStep: (_atMs, { kind }, out) => {
      inputs.set(kind, 1);
      for (const command of out) commands.add(command.kind);
    },
  });
  expect(found.violation).toBeNull();
  expect([...inputs.keys(), ...commands].filter((kind) => /spot/i.test(kind))).toEqual([]);
});

it('a simulated run with prices holds every invariant, believes them, and is the same twice', () => {
  inputs.clear();
  const first = runSeed(options({ faults: 'some' }));
  expect(first.violation).toBeNull();
  expect(inputs.get('spotTicks')).toBeGreaterThan(60);
  expect(inputs.get('spotSource')).toBe(4);
  expect(runSeed(options({ faults: 'some' })).traceHash).toBe(first.traceHash);
});

it("its prices are the seed's own, go stale in silence, are not believed in a lie, and have a history", () => {
  const { world, driver, kernel } = openScenario(options());
  const spot = world.spot;
  if (spot === null) throw new Error('the run has no prices');
  driver.runUntil(world.nowMs + 60_000);
  const found = spotOf(kernel.state, 'BTC');
  expect(found).toMatchObject({ kind: 'trusted', source: 'polybolt' });
  const path = spot.world.paths.get('BTC');
  expect(path?.pricesUsd).toContain(found.kind === 'trusted' ? found.priceUsd : null);

  spot.world.offPct.set('binance', 2);
  driver.runUntil(world.nowMs + 10_000);
  expect(spotOf(kernel.state, 'BTC')).toMatchObject({ code: 'sourcesDisagree' });
  spot.world.offPct.clear();
  for (const feed of ['polybolt', 'rtds', 'binance', 'coingecko'] as const) spot.world.silent.add(feed);
  driver.runUntil(world.nowMs + 120_000);
  expect(spotOf(kernel.state, 'BTC')).toMatchObject({ code: 'stale' });

  const transmission = { mayTransmit: () => false, onTransmit: () => undefined, onExit: () => undefined };
  const fromMs = world.nowMs - 3_600_000;
  runCommand(world, { kind: 'readDailyCloses', coin: 'BTC', days: 60 }, transmission);
  runCommand(world, { kind: 'readCandles', coin: 'BTC', step: '1m', fromMs }, transmission);
  driver.runUntil(world.nowMs + 5_000);
  expect(dailyClosesOf(kernel.state, 'BTC')?.closes).toHaveLength(60);
  expect(candlesOf(kernel.state, 'BTC', '1m')?.candles.length).toBeGreaterThanOrEqual(60);
  expect(historyFailureOf(kernel.state, 'BTC', '1m')).toBeNull();

  world.spot = null;
  runCommand(world, { kind: 'readCandles', coin: 'BTC', step: '1h', fromMs }, transmission);
  driver.runUntil(world.nowMs + 5_000);
  expect(historyFailureOf(kernel.state, 'BTC', '1h')).not.toBeNull();
});
