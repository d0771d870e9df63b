import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOST_ANSWER_CHARACTERS, readScores } from './read-scores.ts';
import { FLAGS, verdictOn } from './score-verdict.ts';

const LABELS = new Set(['m1', 'm2', 'm3']);

/** Anything that may stand where a row of the answer should be, the right thing often among it. */
const row = fc.oneof(
  fc.record(
    {
      id: fc.oneof(fc.constantFrom('m1', 'm2', 'm3', 'm4', '__proto__', 'constructor'), fc.anything()),
      clarity: fc.oneof(fc.double(), fc.integer({ min: 0, max: 11 }), fc.anything()),
      quality: fc.oneof(fc.double(), fc.integer({ min: 0, max: 11 }), fc.anything()),
      profitability: fc.oneof(fc.double(), fc.integer({ min: 0, max: 11 }), fc.anything()),
      flags: fc.oneof(
        fc.array(fc.oneof(fc.constantFrom(...FLAGS, 'ambiguous_resolution', 'toString'), fc.anything())),
        fc.anything(),
      ),
      note: fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.anything()),
    },
    { requiredKeys: [] },
  ),
  fc.anything(),
);
const answer = fc.oneof(
  fc.array(row, { maxLength: 8 }).map((markets) => ({ markets })),
  fc.anything(),
);
/** As a model might write it: bare, fenced, in the middle of a sentence, cut off, or nothing of the kind. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.json(),
  fc
    .tuple(answer, fc.constantFrom('', '```json\n', 'Here you are: '), fc.nat({ max: 40 }))
    .map(([value, before, cut]) => {
      const written = `${before}${JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? null : inner))}`;
      return cut < 30 ? written : written.slice(0, -(cut - 29));
    }),
);

describe('whatever a model answers', () => {
  it('never throws, and every score that is read is inside its bounds', () => {
    fc.assert(
      fc.property(text, (written) => {
        const { scores, problem } = readScores(written, LABELS);
        expect(problem === null).toBe(scores.size > 0);
        for (const [label, score] of scores) {
          expect(LABELS.has(label)).toBe(true);
          for (const value of [score.clarity, score.quality, score.profitability, score.overall]) {
            expect(value).toBeGreaterThanOrEqual(1);
            expect(value).toBeLessThanOrEqual(10);
          }
          expect(score.flags.every((flag) => FLAGS.includes(flag))).toBe(true);
          expect(new Set(score.flags).size).toBe(score.flags.length);
          expect(score.note.length).toBeLessThanOrEqual(120);
          expect(score.note).not.toMatch(/[\p{Cc}\p{Cf}]/u);
          expect(['quote', 'widen', 'exclude']).toContain(verdictOn(score, 5).kind);
        }
      }),
      { numRuns: 500 },
    );
  });
});

const good = (change: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  id: 'm1',
  clarity: 8,
  quality: 6,
  profitability: 4,
  flags: [],
  note: 'clear',
  ...change,
});
const read = (...rows: readonly unknown[]) => readScores(JSON.stringify({ markets: rows }), LABELS);

describe('an answer in order', () => {
  it.each([
    ['bare', (json: string) => json],
    ['fenced', (json: string) => `Sure!\n\`\`\`json\n${json}\n\`\`\`\nAnything else?`],
    ['in a sentence', (json: string) => `The scores are ${json}, as far as I can tell.`],
  ])('is read when it is %s', (_, wrap) => {
    const { scores, problem } = readScores(wrap(JSON.stringify({ markets: [good()] })), LABELS);
    expect(problem).toBeNull();
    // 0.4 * 8 + 0.3 * 6 + 0.3 * 4
    expect(scores.get('m1')).toEqual({
      clarity: 8,
      quality: 6,
      profitability: 4,
      overall: 6.2,
      flags: [],
      note: 'clear',
    });
  });

  it('has its overall score worked out here, whatever it claims', () => {
    expect(read(good({ overall: 10, score: 10 })).scores.get('m1')?.overall).toBe(6.2);
  });

  it('counts only for markets that were asked about', () => {
    expect([...read(good({ id: 'm9' }), good({ id: 'm2' })).scores.keys()]).toEqual(['m2']);
  });

  it.each([
    ['a number out of bounds', { clarity: 100 }],
    ['a number as text', { clarity: '8' }],
    ['an axis left out', { profitability: undefined }],
    ['no number', { quality: null }],
  ])('gives no score for %s', (_, change) => {
    expect(read(good(change)).scores.size).toBe(0);
  });

  it('that names a market twice is read as the worse of both', () => {
    const { scores } = read(good({ flags: ['ambiguousResolution'] }), good({ clarity: 10 }));
    expect(scores.get('m1')).toMatchObject({ overall: 6.2, flags: ['ambiguousResolution'] });
    const swapped = read(good({ clarity: 10 }), good({ flags: ['lowLiquidity'], clarity: 1 })).scores;
    expect(swapped.get('m1')).toMatchObject({ clarity: 1, flags: ['lowLiquidity'] });
  });

  it('may spell its flags either way, and unknown ones do nothing', () => {
    const { scores } = read(
      good({ flags: ['near_resolution_trap', 'sell_everything', 'nearResolutionTrap'] }),
    );
    expect(scores.get('m1')?.flags).toEqual(['nearResolutionTrap']);
  });

  it('that is longer than any answer to us is not looked at', () => {
    const { problem } = readScores(
      JSON.stringify({ markets: [good()] }).padEnd(MOST_ANSWER_CHARACTERS + 1),
      LABELS,
    );
    expect(problem).toBe('the answer is too long');
  });
});
