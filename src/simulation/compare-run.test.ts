import { describe, expect, it } from 'vitest';
import { runAll } from './compare-pool.ts';
import { type ComparedRun, compareRun } from './compare-run.ts';
import { meanOf } from './compare-statistics.ts';

const short: ComparedRun = { seed: 1, engine: 'legacy', informed: 0.02, hours: 0.2, markets: 3 };

describe('one compared run', () => {
  it('trades every market until it has paid out, for every engine', () => {
    for (const engine of ['legacy', 'as', 'bounded', 'glft'] as const) {
      const { outcomes, ordersPlaced } = compareRun({ ...short, engine });
      expect(outcomes).toHaveLength(3);
      expect(ordersPlaced).toBeGreaterThan(20);
      for (const { pnlUsd, fills, meanHeldShares, mostHeldShares } of outcomes) {
        if (fills === 0) expect([pnlUsd, mostHeldShares]).toEqual([0, 0]);
        expect(Math.abs(pnlUsd)).toBeLessThan(fills * 40 + 1);
        expect(mostHeldShares).toBeGreaterThanOrEqual(meanHeldShares);
        expect(meanHeldShares > 0).toBe(fills > 0);
      }
    }
  });

  it('repeats', () => {
    expect(compareRun(short)).toEqual(compareRun(short));
    expect(compareRun({ ...short, seed: 2 }).outcomes).not.toEqual(compareRun(short).outcomes);
  });

  it('loses when every taker knows the truth', () => {
    const pnlAt = (informed: number) =>
      meanOf(
        [1, 2, 3].flatMap((seed) => compareRun({ ...short, seed, informed }).outcomes).map((o) => o.pnlUsd),
      );
    expect(pnlAt(1)).toBeLessThan(0);
    expect(pnlAt(1)).toBeLessThan(pnlAt(0));
  });

  it('needs time enough for markets to live and settle', () => {
    expect(() => compareRun({ ...short, hours: 0.05 })).toThrow('6 minutes, found 0.05 hours');
  });
});

describe('many compared runs', () => {
  it('come back in their order from any number of threads', async () => {
    const runs = [3, 1, 2].map((seed) => ({ ...short, seed, hours: 0.1, markets: 1 }));
    const seen: number[] = [];
    const outcomes = await runAll(runs, 2, (done) => seen.push(done));
    expect(outcomes).toEqual(runs.map((run) => compareRun(run)));
    expect(seen).toEqual([1, 2, 3]);
  });

  it('end with the first that fails, by name', async () => {
    const runs = [short, { ...short, seed: 9, hours: 0.01 }];
    await expect(runAll(runs, 1)).rejects.toThrow('engine legacy, seed 9, informed 0.02 failed');
  });
});
