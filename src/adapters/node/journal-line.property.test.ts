import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../ports/journal.ts';
import { journalLine } from './journal-line.ts';

const levels = fc.record({
  kind: fc.constant('levels'),
  conditionId: fc.string(),
  changes: fc.array(
    fc.tuple(fc.constantFrom('BUY', 'SELL'), fc.integer({ min: 1, max: 9_999 }), fc.maxSafeNat()),
  ),
  hash: fc.string({ unit: 'binary' }),
  venueAtMs: fc.maxSafeNat(),
});
const other = fc.record({ kind: fc.constantFrom('wake', 'decision'), any: fc.jsonValue() });

const entry = fc
  .record({
    seq: fc.maxSafeNat(),
    atMs: fc.maxSafeNat(),
    dir: fc.constantFrom('in' as const, 'out' as const),
    cause: fc.option(fc.maxSafeNat()),
    body: fc.oneof(levels, other),
  })
  .map(
    ({ seq, atMs, dir, cause, body }): JournalEntry => ({
      seq,
      atMs,
      dir,
      kind: body.kind,
      v: 1,
      cause,
      body,
    }),
  );

describe('a line of the journal', () => {
  it('is what JSON.stringify writes', () => {
    fc.assert(
      fc.property(entry, (one) => {
        expect(journalLine(one)).toBe(`${JSON.stringify(one)}\n`);
      }),
    );
  });
});
