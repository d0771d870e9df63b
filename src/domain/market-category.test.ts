import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATEGORIES, categoryOf } from './market-category.ts';

const of = (hints: Partial<Parameters<typeof categoryOf>[0]>) =>
  categoryOf({ feeType: null, tags: [], question: '', ...hints });

describe('the category of a market', () => {
  it('follows the fee type before anything else', () => {
    expect(of({ feeType: 'sports_fees_v2', tags: ['crypto'], question: 'Bitcoin?' })).toBe('sports');
    expect(of({ feeType: 'general_fees', tags: ['crypto'] })).toBe('crypto');
  });

  const tagged: readonly (readonly [string, readonly string[]])[] = [
    ['economics', ['finance', 'fed-rates', 'politics']],
    ['crypto', ['finance', 'Crypto', 'business']],
    ['tech', ['big-tech', 'politics']],
    ['other', ['featured', 'rewards-20-4pt5-50']],
  ];
  it.each(tagged)('is %s for the tags %j, in whatever order', (category, tags) => {
    expect(of({ tags })).toBe(category);
    expect(of({ tags: [...tags].reverse() })).toBe(category);
  });

  const asked: readonly (readonly [string, string])[] = [
    ['crypto', 'Will the price of Bitcoin be above $62,000 on June 24?'],
    ['sports', 'Lakers vs. Celtics'],
    ['economics', 'Will the Fed cut rates in December?'],
    ['weather', 'Highest temperature in London on May 3?'],
    ['politics', 'Who will win the presidential election in Chile?'],
    ['mentions', 'Will Powell say "soft landing" in his speech?'],
    ['tech', 'Will OpenAI release a new model in June?'],
    ['geopolitics', 'Ceasefire in Ukraine by March?'],
    ['finance', 'Largest company in the world at the end of the year?'],
    ['culture', 'Which film wins at the Oscars?'],
    ['other', 'Will it happen?'],
  ];
  it.each(asked)('is %s where only the question says it: %s', (category, question) => {
    expect(of({ question })).toBe(category);
  });

  it('finds whole words, not parts of them', () => {
    expect(of({ question: 'Will Methuselah be re-elected by the weary?' })).toBe('other');
  });

  it('answers for any text, and does not depend on the order of tags', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.constantFrom('nba', 'crypto', 'ai', 'gdp'))),
        fc.string(),
        (tags, question) => {
          const category = of({ tags, question });
          expect(CATEGORIES).toContain(category);
          expect(of({ tags: [...tags].reverse(), question })).toBe(category);
        },
      ),
    );
  });
});
