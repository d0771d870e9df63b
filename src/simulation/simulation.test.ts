import { describe, expect, it } from 'vitest';
import { createKernel } from '../kernel/kernel.ts';
import { loops } from '../loops/index.ts';
import { CANARIES, type CanaryName } from './canaries.ts';
import { FAULT_LEVELS } from './faults.ts';
import { openScenario, runSeed, type SeedOptions } from './run-seed.ts';

const short = (seed: string, more: Partial<SeedOptions> = {}): SeedOptions => ({
  seed,
  hours: 1 / 6,
  markets: 12,
  engine: 'legacy',
  informed: null,
  faults: 'some',
  ...more,
});

describe('ten virtual minutes', () => {
  it.each([
    ['1', {}],
    ['2', { faults: 'many' as const }],
    ['3', { engine: 'as' as const, faults: 'many' as const }],
  ])('of seed %s hold every invariant, and nothing is left at the end', (seed, more) => {
    const result = runSeed(short(seed, more));
    expect(result.violation).toBeNull();
    expect(result).toMatchObject({
      ledgerResidualMicroUsd: 0,
      chainResidualMicroUsd: 0,
      openOrdersAtExit: 0,
    });
    expect(result.fills).toBeGreaterThan(20);
    expect(result.ordersPlaced).toBeGreaterThan(100);
    expect(result.splitUsd).toBeGreaterThan(0);
  });

  it('meet every kind of trouble that is asked for', () => {
    const { faults } = runSeed(short('4', { faults: 'many' }));
    for (const name of ['lostPlaceAnswer', 'lostCancelAnswer', 'cancelRace', 'failedSettlement', 'lateFrame'])
      expect(faults[name], name).toBeGreaterThan(0);
  });
});

describe('determinism', () => {
  it('gives the same trace for the same seed, and another for another', () => {
    const options = short('5', { hours: 0.05 });
    const { traceHash, inputs, commands } = runSeed(options);
    expect(runSeed(options)).toMatchObject({ traceHash, inputs, commands });
    expect(runSeed({ ...options, seed: '6' }).traceHash).not.toBe(traceHash);
  });

  it('lets a fresh kernel repeat every output from the inputs alone, as they come back from JSON', () => {
    const lines: { atMs: number; input: string; outputs: string }[] = [];
    const result = runSeed(
      short('7', {
        hours: 0.1,
        faults: 'many',
        onStep: (atMs, input, commands) =>
          lines.push({ atMs, input: JSON.stringify(input), outputs: JSON.stringify(commands) }),
      }),
    );
    expect(result.violation).toBeNull();
    expect(lines).toHaveLength(result.inputs);
    const replay = createKernel(loops, null);
    const different = lines.findIndex(
      ({ atMs, input, outputs }) => JSON.stringify(replay.step(atMs, JSON.parse(input))) !== outputs,
    );
    expect(different).toBe(-1);
  });
});

/** A small account, jumps, and limits that they reach: some bugs show only where something is lost. */
const losses: Partial<SeedOptions> = {
  engine: 'bounded',
  informed: 0.05,
  jumps: true,
  markets: 20,
  hours: 1,
  faults: 'some',
  cashPerMarketUsd: 5,
  settings: {
    MM_DD_REDUCE_PCT: '0.2',
    MM_DD_KILL_PCT: '0.4',
    MM_DD_RESUME_PCT: '0.35',
    MM_DD_COOLDOWN_MINUTES: '2',
    MM_DD_MAX_RECOVERIES_PER_DAY: '1',
  },
};
const LOSING: Partial<Record<CanaryName, Partial<SeedOptions>>> = {
  'drawdown-forgotten': losses,
  'cool-down-ignored': losses,
  'recoveries-uncounted': losses,
};

describe('limits on losses', () => {
  it('halt and resume by their settings while prices jump, and no market loses more than is certain', () => {
    const found = ['1', '2', '3'].map((seed) => runSeed(short(seed, losses)));
    expect(found.map(({ violation }) => violation)).toEqual([null, null, null]);
    for (const { ledgerResidualMicroUsd, chainResidualMicroUsd } of found)
      expect([ledgerResidualMicroUsd, chainResidualMicroUsd]).toEqual([0, 0]);
    const counts = found.map(({ losses: one }) => one);
    expect(counts.reduce((sum, { kills }) => sum + kills, 0)).toBeGreaterThan(0);
    expect(counts.reduce((sum, { resumesByItself }) => sum + resumesByItself, 0)).toBeGreaterThan(0);
  });
});

describe('the certificate of the bounded engine', () => {
  const terms = { engine: 'bounded', informed: 0.25, jumps: true, hours: 0.5 } as const;

  it('is kept where many know better and news comes in jumps', () => {
    const result = runSeed(short('1', terms));
    expect(result.violation).toBeNull();
    expect(result.fills).toBeGreaterThan(10);
  });

  it('is looked at in every market: one that is smaller than what the engine works with is broken', () => {
    expect(runSeed(short('1', { ...terms, certifiedUsd: 1 })).violation).toMatchObject({
      checker: 'certificate',
      expected: expect.stringContaining('a loss of at most 1 USD'),
    });
  });
});

describe('a planted bug', () => {
  const byChecker: Record<CanaryName, RegExp> = {
    'lost-fill': /books/,
    'flipped-side': /books/,
    'failure-ignored': /books/,
    'lost-transfer': /books/,
    'pause-ignored': /transmission/,
    'heartbeat-loss-ignored': /transmission/,
    'gap-ignored': /quotes|withdrawal/,
    'cancel-all-lost': /withdrawal|end/,
    'sent-twice': /transmission/,
    'off-grid': /quotes/,
    'too-small': /quotes/,
    'too-large': /quotes/,
    crossing: /quotes/,
    'change-unnoted': /sums/,
    'drawdown-forgotten': /loss limits/,
    'cool-down-ignored': /loss limits/,
    'recoveries-uncounted': /loss limits/,
  };

  it.each(Object.keys(CANARIES) as CanaryName[])('%s is found, by the checker that should', (canary) => {
    // Some bugs show only when a person pauses, which happens every half hour: the first seed in which they do counts.
    let checker = '';
    const losing = LOSING[canary] ?? {};
    const faults =
      canary === 'lost-transfer' ? { ...FAULT_LEVELS.many, walletTransfersPerHour: 60 } : FAULT_LEVELS.many;
    for (let seed = 1; seed <= 8 && checker === ''; seed += 1)
      checker =
        runSeed(short(String(seed), { markets: 6, hours: 0.25, faults, canary, ...losing })).violation
          ?.checker ?? '';
    expect(checker).toMatch(byChecker[canary]);
  });
});

describe('a driver', () => {
  it('wakes the kernel only when it asked to be woken', () => {
    let wakes = 0;
    const { driver, world, kernel } = openScenario({
      ...short('8', { markets: 3 }),
      onStep: (_atMs, input) => {
        if (input.kind === 'wake') wakes += 1;
      },
    });
    driver.runUntil(world.startMs + 60_000);
    world.deliver({ kind: 'operator', order: 'pause', by: 'test', reason: 'quiet' });
    driver.runUntil(world.startMs + 90_000);
    const before = wakes;
    driver.runUntil(world.startMs + 150_000);
    expect(kernel.state.trading.mode).toBe('halted');
    // One minute of rest: maintenance looks every second or less, and nothing else has a reason to.
    expect(wakes - before).toBeLessThan(130);
  });
});
