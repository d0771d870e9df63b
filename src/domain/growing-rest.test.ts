import { expect, it } from 'vitest';
import { growingRestMs } from './growing-rest.ts';

it('doubles with each failure in a row, up to the longest rest and however often it fails', () => {
  expect([1, 2, 3, 4, 5, 6].map((times) => growingRestMs(times, 1_000, 10_000))).toEqual([
    1_000, 2_000, 4_000, 8_000, 10_000, 10_000,
  ]);
  expect(growingRestMs(100_000, 1_000, 10_000)).toBe(10_000);
});
