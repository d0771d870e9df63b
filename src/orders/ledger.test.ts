import { describe, expect, it } from 'vitest';
import { balanceOf, createLedger, ledgerResidual, post } from './ledger.ts';
import { T0 } from './test-orders.ts';

describe('the ledger', () => {
  it('refuses an entry that is not balanced for every asset', () => {
    const ledger = createLedger();
    const postings = [
      { account: 'own.final', asset: 'USD', amount: 5 },
      { account: 'external', asset: 'USD', amount: -4 },
    ] as const;
    expect(() => post(ledger, 'external', 'x', postings, T0)).toThrow('off by 1 millionths of USD');
    expect(ledger.entries).toHaveLength(0);
  });

  it('stays bounded and exact over very many entries', () => {
    const ledger = createLedger();
    for (let n = 1; n <= 10_000; n += 1)
      post(
        ledger,
        'external',
        `deposit ${n}`,
        [
          { account: 'own.final', asset: 'USD', amount: n },
          { account: 'external', asset: 'USD', amount: -n },
        ],
        T0 + n,
      );
    expect(ledger.entries.length).toBeLessThan(4_000);
    expect(balanceOf(ledger, 'own.final', 'USD')).toBe(50_005_000);
    expect(ledgerResidual(ledger)).toBe(0);
    expect(ledgerResidual(structuredClone(ledger))).toBe(0);
  });

  it('shows what somebody changed behind its back', () => {
    const ledger = createLedger();
    post(
      ledger,
      'external',
      'x',
      [
        { account: 'own.final', asset: 'USD', amount: 7 },
        { account: 'external', asset: 'USD', amount: -7 },
      ],
      T0,
    );
    ledger.balances.set('own.final|USD', 8);
    expect(ledgerResidual(ledger)).toBe(1);
  });
});
