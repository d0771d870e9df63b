import { expect, it } from 'vitest';
import { crossRestMs } from './cross-cooldown.ts';

it('a market rests after a full row of rejections for crossing, longer with each row, and not for ever', () => {
  const settings = { crossRejectThreshold: 2, crossCooldownSeconds: 300, crossCooldownMaxSeconds: 600 };
  const seconds = [0, 1, 2, 3, 4, 5, 6, 100].map((rejects) => crossRestMs(rejects, settings) / 1_000);
  expect(seconds).toEqual([0, 0, 300, 300, 600, 600, 600, 600]);
});
