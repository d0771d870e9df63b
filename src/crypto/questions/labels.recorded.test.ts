import { describe, expect, it } from 'vitest';
import { type Score, scoreOf } from '../../../test/support/question-score.ts';
import {
  hasShared,
  type Label,
  labelsOf,
  recordedListings,
  SHARED,
} from '../../../test/support/recorded-listings.ts';

/** Labels were written by reading the recorded text, before and without the parser; the held-out part was not looked at while it was written. */
describe('the parser on recorded questions', () => {
  if (!hasShared) {
    it('skipped: ../shared/data not found', () => {
      expect(process.env.CI, `CI needs ${SHARED}`).not.toBe('true');
    });
    return;
  }
  const texts = new Map(recordedListings().map(({ key, text }) => [key, text]));
  const scored = (labels: readonly Label[]): Score =>
    scoreOf(
      labels.map((label) => {
        const text = texts.get(label.id);
        if (text === undefined) throw new Error(`no recorded market has the key ${label.id}`);
        return { text, label };
      }),
    );
  const parts = { development: labelsOf('development'), 'held-out': labelsOf('held-out') };

  it('has labels for more than 400 of them, each once', () => {
    const ids = [...parts.development, ...parts['held-out']].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThanOrEqual(500);
  });

  it.each(['development', 'held-out'] as const)(
    '%s: 98 in 100 classified are right, 95 in 100 thresholds classified, no negative traded',
    (part) => {
      const score = scored(parts[part]);
      expect(score.thresholds).toBeGreaterThan(100);
      expect(score.negatives).toBeGreaterThan(60);
      expect(score.classifiedRight / score.classified, score.mistakes.join('\n')).toBeGreaterThanOrEqual(
        0.98,
      );
      expect(score.thresholdsClassified / score.thresholds, score.mistakes.join('\n')).toBeGreaterThanOrEqual(
        0.95,
      );
      expect(score.negativesTraded, score.mistakes.join('\n')).toBe(0);
    },
  );
});
