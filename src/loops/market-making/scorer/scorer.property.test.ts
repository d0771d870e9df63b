import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FLAGS } from '../../../ai/score-verdict.ts';
import { market } from '../../../kernel/test-support/test-kernel.ts';
import { askOf, bidOf, pass, quotingRun } from '../test-support/quoting-run.ts';
import { replyText, scoringRun } from '../test-support/scoring-run.ts';

const MAX_SPREAD_PTS = 9;
const mm = { maxSpreadPts: MAX_SPREAD_PTS, stoplossMaxSpreadPts: 5, eventRiskWidenPct: 1_000 };
const MARKETS = [market(1)];

const axis = fc.oneof(
  { weight: 12, arbitrary: fc.integer({ min: 4, max: 10 }) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(-1, 1e9, '9', null, true) },
);
const row = fc.record(
  {
    id: fc.constantFrom('m1', 'm1', 'm2'),
    clarity: axis,
    quality: axis,
    profitability: axis,
    flags: fc.array(fc.constantFrom<unknown>(...FLAGS, 'quoteMore', 7), { maxLength: 2 }),
    note: fc.string({ unit: 'binary' }),
    spreadPts: fc.double(),
    size: fc.double(),
    eventRiskWidenPct: fc.constantFrom(-500, 1e9),
  },
  { requiredKeys: ['id', 'clarity', 'quality', 'profitability'] },
);
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), {
  weight: 8,
  arbitrary: fc.array(row, { minLength: 1, maxLength: 3 }).map((markets) => JSON.stringify({ markets })),
});

describe('whatever a model answers about a market', () => {
  const plain = quotingRun(mm, MARKETS);
  const [plainBid, plainAsk] = [bidOf(plain), askOf(plain)];

  it('its quotes are those without a scorer, or further apart within MM_MAX_SPREAD_PTS, or none', () => {
    const outcomes = new Set<string>();
    fc.assert(
      fc.property(text, (answer) => {
        const test = scoringRun(mm, MARKETS);
        replyText(test, answer);
        pass(test, 20_000);
        expect(test.state.counts.faults).toBe(0);
        const [bid, ask] = [bidOf(test), askOf(test)];
        if (bid === undefined || ask === undefined || plainBid === undefined || plainAsk === undefined) {
          expect([bid, ask]).toEqual([undefined, undefined]);
          outcomes.add('none');
          return;
        }
        expect(bid.cents).toBeLessThanOrEqual(plainBid.cents);
        expect(ask.cents).toBeGreaterThanOrEqual(plainAsk.cents);
        expect(ask.cents - bid.cents).toBeLessThanOrEqual(MAX_SPREAD_PTS);
        // The dollars of a quote do not grow.
        expect(bid.size * bid.cents).toBeLessThanOrEqual(plainBid.size * plainBid.cents * 1.001);
        outcomes.add(bid.cents < plainBid.cents ? 'wider' : 'plain');
      }),
      { numRuns: 150, seed: 7 },
    );
    expect([...outcomes].sort()).toEqual(['none', 'plain', 'wider']);
  });
});
