import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Price } from '../../domain/units.ts';
import { decideExit, type ExitTerms, type HeldMarket, stopPts, targetPts } from './exit-rules.ts';

const END = 10_000_000;
const TERMS: ExitTerms = { stopLossPts: 15, takeProfitPts: 20, edgeReversalPts: -5, beforeExpiryMs: 600_000 };
const at = (cents: number): Price => Math.round(cents * 100) as Price;
const market = (fields: Partial<HeldMarket>): HeldMarket => ({
  bid: at(49),
  mid: at(50),
  probability: 0.5,
  nowMs: 0,
  ...fields,
});
const held = (entryCents: number) => ({ entryPrice: at(entryCents), endAtMs: END });

describe('each of the four causes', () => {
  it.each([
    ['a loss at the middle', 65, { mid: at(50), bid: at(49) }, 'stopped'],
    ['a gain that the bid pays', 40, { mid: at(61), bid: at(60) }, 'tookProfit'],
    ['the end of the market', 50, { nowMs: END - 600_000 }, 'expiry'],
    ['a model that has changed its mind', 50, { probability: 0.45 }, 'edgeReversed'],
  ] as const)('%s', (_name, entry, fields, cause) => {
    expect(decideExit(held(entry), market(fields), TERMS)).toMatchObject({ kind: 'exit', cause });
  });

  it.each([
    ['a loss that is only the width of the book', 65, { mid: at(51), bid: at(30), probability: 0.6 }],
    ['a gain that nobody pays', 40, { mid: at(61), bid: at(59), probability: 0.7 }],
    ['a model that cannot say', 50, { probability: null }],
    ['an edge just above the limit', 50, { probability: 0.4501 }],
    ['no bid at all', 90, { bid: null, mid: at(10) }],
  ] as const)('holds on %s', (_name, entry, fields) => {
    expect(decideExit(held(entry), market(fields), TERMS)).toMatchObject({ kind: 'hold' });
  });

  it('W24: a stop and a target can be reached from any price', () => {
    for (let cents = 1; cents <= 99; cents += 1) {
      const position = held(cents);
      expect(stopPts(position, TERMS)).toBeLessThan(cents);
      expect(stopPts(position, TERMS)).toBeGreaterThan(0);
      expect(cents + targetPts(position, TERMS)).toBeLessThan(100);
    }
    expect(decideExit(held(10), market({ mid: at(5), bid: at(4), probability: 0.9 }), TERMS)).toMatchObject({
      cause: 'stopped',
    });
    expect(decideExit(held(90), market({ mid: at(99), bid: at(98), probability: 0.9 }), TERMS)).toMatchObject(
      {
        cause: 'tookProfit',
      },
    );
  });

  it('keeps a position to its end where that is what the settings say', () => {
    const terms = { ...TERMS, beforeExpiryMs: 0 };
    expect(decideExit(held(50), market({ nowMs: END - 1 }), terms)).toMatchObject({ kind: 'hold' });
  });
});

const cents = fc.integer({ min: 2, max: 98 });

describe('for any position and market', () => {
  it('a lower price never stops being a reason to stop, and a higher bid never one to take the profit', () => {
    fc.assert(
      fc.property(cents, cents, cents, fc.integer({ min: 0, max: 1_000 }), (entry, mid, lower, permille) => {
        const [low, high] = [Math.min(mid, lower), Math.max(mid, lower)];
        const probability = permille / 1_000;
        const decide = (price: number) =>
          decideExit(held(entry), market({ mid: at(price), bid: at(price - 1), probability }), TERMS);
        const above = decide(high);
        const below = decide(low);
        if (above.kind === 'exit' && above.cause === 'stopped')
          expect(below).toMatchObject({ cause: 'stopped' });
        if (below.kind === 'exit' && below.cause === 'tookProfit')
          expect(above).toMatchObject({ cause: 'tookProfit' });
      }),
    );
  });

  it('more belief in what is held never sells it', () => {
    fc.assert(
      fc.property(
        cents,
        cents,
        fc.integer({ min: 0, max: 1_000 }),
        fc.integer({ min: 0, max: 1_000 }),
        (entry, mid, p, q) => {
          const decide = (permille: number) =>
            decideExit(
              held(entry),
              market({ mid: at(mid), bid: at(mid - 1), probability: permille / 1_000 }),
              TERMS,
            );
          if (decide(Math.min(p, q)).kind === 'hold') expect(decide(Math.max(p, q)).kind).toBe('hold');
        },
      ),
    );
  });
});
