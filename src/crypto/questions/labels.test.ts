import { describe, expect, it } from 'vitest';
import { scoreOf } from '../../../test/support/question-score.ts';
import { inventedQuestions } from '../../../test/support/recorded-listings.ts';

/** Questions of our own in the venue's style. Both lists were written before the parser had seen them. */
describe('questions that nobody has asked yet', () => {
  it.each([
    ['invented', 190, 100],
    ['invented-later', 90, 50],
  ] as const)('%s are read as they are labelled', (part, least, leastNegatives) => {
    const pairs = inventedQuestions(part).map(({ expected, ...text }) => ({ text, label: expected }));
    const score = scoreOf(pairs);
    expect(score.labelled).toBeGreaterThanOrEqual(least);
    expect(score.negatives).toBeGreaterThanOrEqual(leastNegatives);
    expect(score.mistakes).toEqual([]);
    expect(score.negativesTraded).toBe(0);
  });
});
