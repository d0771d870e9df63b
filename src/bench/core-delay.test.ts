import { describe, expect, it } from 'vitest';
import { openCoreDelay } from './core-delay.ts';

describe('the time in which others had the core', () => {
  it('only grows, and by no more than has passed', () => {
    const beganMs = performance.now();
    const delay = openCoreDelay();
    const first = delay.soFarMs();
    const endMs = performance.now() + 20;
    while (performance.now() < endMs);
    const second = delay.soFarMs();
    delay.close();
    expect(second).toBeGreaterThanOrEqual(first);
    // The kernel counts in its own clock; a tenth of a millisecond is between reading that and ours.
    expect(second - first).toBeLessThanOrEqual(performance.now() - beganMs + 0.1);
  });
});
