import { describe, expect, it } from 'vitest';
import { measureDecision } from './decision.ts';

describe('the decision bar', () => {
  it('times decisions about one market each, those that send orders among them, and holds the slow ones against it too', () => {
    const { figures, value, isMet } = measureDecision({ markets: 8, timedSeconds: 60, rounds: 1 });
    const of = (name: string): number => figures.find((figure) => figure.name === name)?.value ?? Number.NaN;
    expect(of('decisions')).toBeGreaterThan(100);
    expect(of('sending')).toBeGreaterThan(0);
    expect(of('sending')).toBeLessThan(of('decisions'));
    expect(value).toBe(of('p50'));
    expect(of('p50')).toBeGreaterThan(0);
    expect(of('p99')).toBeGreaterThanOrEqual(of('p50'));
    expect(isMet).toBe(of('p50') <= 60 && of('p99') <= 250);
  });
});
