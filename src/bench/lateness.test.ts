import { describe, expect, it } from 'vitest';
import { measureLateness } from './lateness.ts';

describe('the lateness bar', () => {
  it('plays a feed to both, has every frame taken in and understood, and tells how late each was', async () => {
    const size = { markets: 6, framesPerSecond: 600, warmSeconds: 0.2, seconds: 0.3, rounds: 1 };
    const { figures, value } = await measureLateness(size);
    const of = (name: string): number => figures.find((figure) => figure.name === name)?.value ?? Number.NaN;
    expect(value).toBeCloseTo(of('keeping parsed JSON p99') / of('ours p99'));
    for (const who of ['ours', 'keeping parsed JSON']) {
      expect(of(`${who} p50`)).toBeGreaterThan(0);
      expect(of(`${who} p99`)).toBeGreaterThanOrEqual(of(`${who} p50`));
      expect(of(`${who} longest`)).toBeGreaterThanOrEqual(of(`${who} p99`));
    }
  });
});
