import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isParseFailure, parseFixed } from './fixed.ts';
import {
  complement,
  formatPrice,
  formatShares,
  formatUsd,
  mulDiv,
  notional,
  type Price,
  parsePrice,
  parseShares,
  parseUsd,
  price,
  type Shares,
  shares,
  sharesFor,
  type Usd,
  usd,
} from './units.ts';

const whole = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -20_000, max: 20_000 }));
const natural = fc.oneof(fc.maxSafeNat(), fc.nat(20_000));

describe('fixed decimals', () => {
  it('give back every unit that was written', () => {
    fc.assert(
      fc.property(whole, (units) => {
        expect(parsePrice(formatPrice(units as Price))).toBe(units);
        expect(parseShares(formatShares(units as Shares))).toBe(units);
        expect(parseUsd(formatUsd(units as Usd))).toBe(units);
      }),
    );
  });

  it('read any plain decimal exactly or not at all, as bigint arithmetic does', () => {
    const text = fc
      .tuple(fc.boolean(), fc.stringMatching(/^[0-9]{0,18}$/), fc.option(fc.stringMatching(/^[0-9]{0,10}$/)))
      .map(([minus, before, after]) => `${minus ? '-' : ''}${before}${after === null ? '' : `.${after}`}`);
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 8 }), (decimal, decimals) => {
        const found = parseFixed(decimal, decimals);
        const expected = exactUnits(decimal, decimals);
        if (expected === null) expect(isParseFailure(found)).toBe(true);
        else expect(found).toBe(Number(expected));
      }),
      { numRuns: 1_000 },
    );
  });

  it('accept zeros past the scale and no other digit', () => {
    expect(parsePrice('0.48500')).toBe(4_850);
    expect(isParseFailure(parsePrice('0.48501'))).toBe(true);
  });

  it.each(['', '-', '.', '1e3', ' 1', '1 ', '+1', '0x10', '1,5', '1.2.3', '--1', 'NaN', 'Infinity', '١'])(
    'refuse %j and say what was found',
    (text) => {
      const found = parseShares(text);
      expect(isParseFailure(found) && found.parseFailure).toContain(JSON.stringify(text));
    },
  );

  it('never make a number whose neighbours cannot be told apart', () => {
    expect(parseShares('9007199254.740991')).toBe(Number.MAX_SAFE_INTEGER);
    expect(isParseFailure(parseShares('9007199254.740992'))).toBe(true);
    expect(isParseFailure(parseShares('9'.repeat(400)))).toBe(true);
  });

  it('have no minus zero', () => {
    expect(parseUsd('-0.00')).toBe(0);
    expect(formatUsd(-0 as Usd)).toBe('0');
  });
});

/** The units of a plain decimal, or null where it is none, has too many decimals, or passes 2^53. */
function exactUnits(text: string, decimals: number): bigint | null {
  const match = /^(-?)([0-9]*)(?:\.([0-9]*))?$/.exec(text);
  if (match === null) return null;
  const [, minus, before = '', after = ''] = match;
  if (before + after === '' || /[1-9]/.test(after.slice(decimals))) return null;
  const units = BigInt(before + after.slice(0, decimals).padEnd(decimals, '0') || '0');
  if (units > BigInt(Number.MAX_SAFE_INTEGER)) return null;
  return minus === '-' ? -units : units;
}

describe('mulDiv', () => {
  it('is the floor or the ceiling of the exact quotient, past 2^53 too', () => {
    fc.assert(
      fc.property(whole, natural, fc.integer({ min: 1, max: 2_000_000 }), (a, b, divisor) => {
        const product = BigInt(a) * BigInt(b);
        const by = BigInt(divisor);
        const truncated = product / by;
        const rest = product % by;
        const floor = rest < 0n ? truncated - 1n : truncated;
        const ceiling = rest > 0n ? truncated + 1n : truncated;
        expect(mulDiv(a, b, divisor, 'down') + 0).toBe(Number(floor));
        expect(mulDiv(a, b, divisor, 'up') + 0).toBe(Number(ceiling));
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('money', () => {
  const at = fc.integer({ min: 1, max: 9_999 }).map((value) => value as Price);
  const size = fc.integer({ min: 0, max: 10 ** 11 }).map((value) => value as Shares);

  it('of YES at p and NO at 1 - p is a dollar a pair, to the micro-dollar', () => {
    fc.assert(
      fc.property(at, size, (yes, pairs) => {
        expect(notional(yes, pairs, 'down') + notional(complement(yes), pairs, 'up')).toBe(pairs);
      }),
    );
  });

  it('is exact for sizes in hundredths of a share', () => {
    fc.assert(
      fc.property(at, fc.integer({ min: 0, max: 10 ** 8 }), (unit, hundredths) => {
        const lot = (hundredths * 10_000) as Shares;
        expect(notional(unit, lot, 'down')).toBe(notional(unit, lot, 'up'));
        expect(notional(unit, lot)).toBe(unit * hundredths);
      }),
    );
  });

  it('buys the most shares it pays for, and not one millionth more', () => {
    fc.assert(
      fc.property(at, size, (unit, budget) => {
        const bought = sharesFor(budget as number as Usd, unit);
        expect(notional(unit, bought, 'up')).toBeLessThanOrEqual(budget);
        expect(notional(unit, (bought + 1) as Shares, 'up')).toBeGreaterThan(budget);
      }),
    );
    expect(sharesFor(usd(5), 0 as Price)).toBe(0);
  });

  it('of a fraction, or past 2^53, is refused with what was found', () => {
    expect(() => price(0.5)).toThrow(/price must be a whole number below 2\^53, found 0\.5/);
    expect(() => shares(2 ** 53)).toThrow(/shares must be a whole number/);
    expect(() => usd(Number.NaN)).toThrow(/usd must be a whole number/);
  });
});
