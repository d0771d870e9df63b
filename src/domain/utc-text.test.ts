import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utcText } from './utc-text.ts';

describe('a moment as text', () => {
  it('is what the platform writes, for any second of ten thousand years', () => {
    const atMs = fc.integer({ min: Date.UTC(0, 0, 1), max: Date.UTC(9_999, 11, 31, 23, 59, 59, 999) });
    fc.assert(
      fc.property(atMs, (at) => {
        expect(utcText(at)).toBe(`${new Date(at).toISOString().slice(0, 19)}Z`);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each(['2024-02-29T23:59:59Z', '2000-03-01T00:00:00Z', '1970-01-01T00:00:00Z', '2100-02-28T12:00:01Z'])(
    'is %s',
    (text) => {
      expect(utcText(Date.parse(text))).toBe(text);
    },
  );
});
