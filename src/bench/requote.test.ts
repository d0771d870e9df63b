import { describe, expect, it } from 'vitest';
import { measureRequote } from './requote.ts';

describe('the requote bar', () => {
  it('signs what the official client signs, on one core and on two, and tells figures that are held against the bar', async () => {
    const { figures, value, unit } = await measureRequote({ orders: 40, warmUp: 1, rounds: 1 });
    expect(unit).toBe('x');
    const named = new Map(figures.map((figure) => [`${figure.name} ${figure.unit}`, figure.value]));
    const of = (name: string): number => named.get(name) ?? Number.NaN;
    expect(value).toBeCloseTo(of('clob-client-v2 ms') / of('ours ms'));
    expect(of('with the second core x')).toBeCloseTo(of('clob-client-v2 ms') / of('with the second core ms'));
    expect(of('longest turn ms')).toBeGreaterThan(0);
  });
});
