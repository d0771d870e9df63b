import { describe, expect, it } from 'vitest';
import { price } from './units.ts';
import { yesPriceOf, yesSideOf } from './yes-coordinates.ts';

describe('an order in YES coordinates', () => {
  it.each([
    ['YES', 'BUY', 'BUY', 3_000],
    ['YES', 'SELL', 'SELL', 3_000],
    ['NO', 'BUY', 'SELL', 7_000],
    ['NO', 'SELL', 'BUY', 7_000],
  ] as const)('%s %s at 0.30 stands as a %s at %i/10000', (outcome, side, standsAs, at) => {
    const order = { outcome, side, price: price(3_000) };
    expect(yesSideOf(order)).toBe(standsAs);
    expect(yesPriceOf(order)).toBe(at);
  });
});
