import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { price } from '../../domain/units.ts';
import { ceilToTick, floorToTick } from '../grid.ts';
import { levelAt, proposalOf, stageContext } from '../test-support/quoting-cases.ts';
import { quantizeToTick } from './quantize-to-tick.ts';

const TICKS = [1_000, 100, 50, 25, 10, 1].map(price);
const onGrid = fc
  .constantFrom(...TICKS)
  .chain((tick) => fc.tuple(fc.constant(tick), fc.integer({ min: 1, max: 10_000 / tick - 1 })));

describe('quantizeToTick', () => {
  it('keeps every grid price of every tick, both ways: no unit is lost', () => {
    for (const tick of TICKS) {
      for (let units: number = tick; units < 10_000; units += tick) {
        expect(floorToTick((units / 10_000) * 100, tick)).toBe(units);
        expect(ceilToTick((units / 10_000) * 100, tick)).toBe(units);
      }
    }
  });

  it('keeps a grid price that float arithmetic reached by a detour', () => {
    const detour = fc.double({ min: -20, max: 20, noNaN: true });
    fc.assert(
      fc.property(onGrid, detour, fc.integer({ min: 2, max: 9 }), ([tick, index], there, divisor) => {
        const wandered = (((index * tick) / 100 - there) / divisor) * divisor + there;
        expect(floorToTick(wandered, tick)).toBe(index * tick);
        expect(ceilToTick(wandered, tick)).toBe(index * tick);
      }),
    );
  });

  it('moves a bid down and an ask up by less than a tick, and out of (0, 1) to nothing', () => {
    const pts = fc.double({ min: -5, max: 105, noNaN: true });
    fc.assert(
      fc.property(pts, fc.constantFrom(...TICKS), (at, tick) => {
        const down = floorToTick(at, tick);
        const up = ceilToTick(at, tick);
        if (down === null) expect(at * 100 < tick || at * 100 >= 10_000 - 1e-6).toBe(true);
        else {
          expect(down % tick).toBe(0);
          expect(down).toBeGreaterThan(0);
          expect(down - at * 100).toBeLessThanOrEqual(1e-6);
          expect(at * 100 - down).toBeLessThan(tick);
        }
        if (up === null) expect(at * 100 <= 1e-6 || at * 100 > 10_000 - tick).toBe(true);
        else {
          expect(up % tick).toBe(0);
          expect(up).toBeLessThan(10_000);
          expect(up - at * 100).toBeGreaterThanOrEqual(-1e-6);
          expect(up - at * 100).toBeLessThan(tick);
        }
      }),
    );
  });

  it('cuts sizes down to hundredths, joins levels that meet, and keeps fundings apart', () => {
    const bids = [levelAt(48.9, 10.999999), levelAt(48.2, 5), levelAt(48.1, 3, { funding: 'inventory' })];
    const result = quantizeToTick(proposalOf(bids, [levelAt(101, 10)]), stageContext());
    if ('skip' in result) throw new Error(result.skip);
    expect(result.proposal.bids.map((level) => [level.price, level.size / 1e6, level.funding])).toEqual([
      [4_800, 15.99, null],
      [4_800, 3, 'inventory'],
    ]);
    expect(result.proposal.asks).toEqual([]);
    expect(result.why).toContain('1 outside (0, 1) dropped');
  });

  it('drops what is not a number', () => {
    expect(floorToTick(Number.NaN, price(100))).toBeNull();
    expect(ceilToTick(Number.POSITIVE_INFINITY, price(100))).toBeNull();
  });
});
