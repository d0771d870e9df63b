import { describe, expect, it } from 'vitest';
import type { FeeSchedule } from '../../../domain/market.ts';
import type { Price } from '../../../domain/units.ts';
import { lowestPrice } from './sell-position.ts';

const FREE: FeeSchedule = { ratePpm: 0, exponent: 1, takerOnly: true, rebatePpm: 0 };
/** Two and a half cents of a share at even odds. */
const DEAR: FeeSchedule = { ...FREE, ratePpm: 100_000 };
const at = (cents: number): Price => Math.round(cents * 100) as Price;
const TICK = at(1);

describe('the lowest price at which a position is sold', () => {
  it.each([
    ['a stop follows the book two points down', 'stopped', 31, TICK, FREE, null, 29],
    ['so does the end of a market', 'expiry', 31, TICK, FREE, 0.9, 29],
    ['a stop is never free', 'stopped', 2, TICK, FREE, null, 1],
    ['a gain is what is bid', 'tookProfit', 67, TICK, FREE, 0.1, 67],
    ['a bid between two ticks is taken from the tick below', 'tookProfit', 67.5, TICK, FREE, null, 67],
    ['and a stop is counted from there', 'stopped', 31.5, TICK, FREE, null, 29],
    ['finer ticks are used where the market has them', 'stopped', 3.15, at(0.1), FREE, null, 1.1],
    ['a reversal follows the book down', 'edgeReversed', 47, TICK, FREE, 0.3, 45],
    ['a reversal is not sold for less than it is worth', 'edgeReversed', 47, TICK, FREE, 0.455, 46],
    ['nor where nobody pays that', 'edgeReversed', 47, TICK, FREE, 0.471, null],
    ['a fee is part of that', 'edgeReversed', 50, TICK, DEAR, 0.46, 49],
    ['and may leave nothing', 'edgeReversed', 50, TICK, DEAR, 0.48, null],
    ['a model that cannot say sells nothing by itself', 'edgeReversed', 47, TICK, FREE, null, null],
  ] as const)('%s', (_, cause, bid, tick, fee, probability, cents) => {
    const price = lowestPrice(cause, at(bid), tick, fee, probability, at(0));
    expect(price).toBe(cents === null ? null : at(cents));
  });

  it.each([
    ['is no lower than what the gate takes', 'stopped', 22, 20.5, 21],
    ['is the bid where no less is taken', 'stopped', 22, 22, 22],
    ['is the bid where even that is too far away', 'stopped', 21, 25, 21],
    ['is no lower for a reversal either', 'edgeReversed', 22, 20.5, 21],
    ['is not touched by what is out of its way', 'stopped', 22, 15, 20],
  ] as const)('%s', (_, cause, bid, least, cents) => {
    expect(lowestPrice(cause, at(bid), TICK, FREE, 0.1, at(least))).toBe(at(cents));
  });
});
