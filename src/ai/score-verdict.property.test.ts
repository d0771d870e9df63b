import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FLAGS, type MarketScore, overallOf, verdictOn } from './score-verdict.ts';

const axis = fc.double({ min: 1, max: 10, noNaN: true });
const score = fc.tuple(axis, axis, axis, fc.uniqueArray(fc.constantFrom(...FLAGS))).map(
  ([clarity, quality, profitability, flags]): MarketScore => ({
    clarity,
    quality,
    profitability,
    overall: overallOf(clarity, quality, profitability),
    flags,
    note: '',
  }),
);
const STRICTNESS = { quote: 0, widen: 1, exclude: 2 } as const;
const strictness = (of: MarketScore, minScore: number) => STRICTNESS[verdictOn(of, minScore).kind];
const leastScore = fc.double({ min: 1, max: 10, noNaN: true });

describe('what a score leads to', () => {
  it('is excluding for an ambiguous resolution, a trap near resolution, or too low a score, and for nothing else', () => {
    fc.assert(
      fc.property(score, leastScore, (of, minScore) => {
        const isBad =
          of.flags.includes('ambiguousResolution') ||
          of.flags.includes('nearResolutionTrap') ||
          of.overall < minScore;
        expect(verdictOn(of, minScore).kind === 'exclude').toBe(isBad);
        if (!isBad) expect(verdictOn(of, minScore).kind).toBe(of.flags.length > 0 ? 'widen' : 'quote');
      }),
    );
  });

  it('never becomes milder by another flag, a lower axis or a higher bar', () => {
    fc.assert(
      fc.property(score, leastScore, fc.constantFrom(...FLAGS), axis, (of, minScore, flag, lower) => {
        const before = strictness(of, minScore);
        expect(strictness({ ...of, flags: [...of.flags, flag] }, minScore)).toBeGreaterThanOrEqual(before);
        expect(strictness(of, Math.max(minScore, lower))).toBeGreaterThanOrEqual(before);
        const clarity = Math.min(of.clarity, lower);
        const worse = { ...of, clarity, overall: overallOf(clarity, of.quality, of.profitability) };
        expect(strictness(worse, minScore)).toBeGreaterThanOrEqual(before);
      }),
    );
  });

  it('says why in words', () => {
    const of: MarketScore = { clarity: 2, quality: 2, profitability: 2, overall: 2, flags: [], note: '' };
    expect(verdictOn(of, 5)).toEqual({ kind: 'exclude', reason: 'scored too low' });
    expect(verdictOn({ ...of, flags: ['nearResolutionTrap'] }, 1)).toEqual({
      kind: 'exclude',
      reason: 'flagged: near-resolution trap',
    });
    expect(verdictOn({ ...of, flags: ['extremePrice', 'lowLiquidity'] }, 1)).toEqual({
      kind: 'widen',
      reasons: ['flagged: extreme price', 'flagged: low liquidity'],
    });
  });
});
