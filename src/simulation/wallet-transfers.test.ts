import { describe, expect, it } from 'vitest';
import { FAULT_LEVELS } from './faults.ts';
import { runSeed, type SeedOptions } from './run-seed.ts';

const moving = (seed: string, more: Partial<SeedOptions> = {}): SeedOptions => ({
  seed,
  hours: 0.15,
  markets: 8,
  engine: 'legacy',
  informed: null,
  faults: { ...FAULT_LEVELS.some, walletTransfersPerHour: 400 },
  ...more,
});

describe('money that comes and goes by itself', () => {
  it.each([
    ['1', FAULT_LEVELS.some],
    ['2', FAULT_LEVELS.many],
  ] as const)('is booked to the micro-dollar under seed %s, and trading goes on', (seed, faults) => {
    const told = new Set<string>();
    const result = runSeed(
      moving(seed, {
        faults: { ...faults, walletTransfersPerHour: 400 },
        onStep: (_atMs, input) => {
          if (input.kind === 'transfersRead')
            for (const { kind, counterparty } of input.transfers)
              if (counterparty === 'somebody') told.add(kind);
        },
      }),
    );
    expect(result.violation).toBeNull();
    expect(result).toMatchObject({ ledgerResidualMicroUsd: 0, chainResidualMicroUsd: 0 });
    expect(result.faults.walletTransfer).toBeGreaterThan(30);
    expect([...told].sort()).toEqual(['deposit', 'rebate', 'reward', 'tokensIn', 'tokensOut', 'withdrawal']);
    expect(result.fills).toBeGreaterThan(10);
  });

  it('is missed by a worker that is not told of it, and a checker sees', () => {
    const { violation } = runSeed(moving('1', { canary: 'lost-transfer' }));
    expect(violation?.checker).toBe('books');
  });
});
