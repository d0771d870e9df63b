import { parseQuestion } from '../../src/crypto/questions/parse-question.ts';
import { isTradable, type Payoff, type QuestionText } from '../../src/crypto/questions/payoff.ts';
import { utcText } from '../../src/domain/utc-text.ts';
import type { Label } from './recorded-listings.ts';

export interface Score {
  readonly labelled: number;
  readonly classified: number;
  readonly classifiedRight: number;
  /** Labels of the kinds that have a strike. */
  readonly thresholds: number;
  readonly thresholdsClassified: number;
  readonly negatives: number;
  readonly negativesTraded: number;
  readonly mistakes: readonly string[];
}

const THRESHOLDS = ['close', 'range', 'one-touch'];

/** Counts what the parser makes of labelled questions. A classified one is right if every labelled field is. */
export function scoreOf(
  pairs: readonly { readonly text: QuestionText; readonly label: Omit<Label, 'id'> }[],
): Score {
  const judged = pairs.map(({ text, label }) => {
    const payoff = parseQuestion(text);
    return { label, payoff, wrong: wrongFields(payoff, label), text };
  });
  const classified = judged.filter(({ payoff }) => payoff.kind !== 'other');
  const thresholds = judged.filter(({ label }) => THRESHOLDS.includes(label.kind));
  const negatives = judged.filter(({ label }) => label.kind === 'other');
  return {
    labelled: pairs.length,
    classified: classified.length,
    classifiedRight: classified.filter(({ wrong }) => wrong.length === 0).length,
    thresholds: thresholds.length,
    thresholdsClassified: thresholds.filter(({ payoff }) => payoff.kind !== 'other').length,
    negatives: negatives.length,
    negativesTraded: negatives.filter(({ payoff }) => isTradable(payoff)).length,
    mistakes: judged
      .filter(({ wrong }) => wrong.length > 0)
      .map(
        ({ text, wrong, payoff }) =>
          `${text.question}: ${wrong.join(', ')}${payoff.kind === 'other' ? ` (${payoff.reason})` : ''}`,
      ),
  };
}

const shown = (atMs: number | null): string | undefined => (atMs === null ? undefined : utcText(atMs));

function wrongFields(payoff: Payoff, label: Omit<Label, 'id'>): readonly string[] {
  if (payoff.kind !== label.kind) return [`kind ${payoff.kind}, expected ${label.kind}`];
  if (payoff.kind === 'other') return [];
  const found = {
    coin: payoff.coin,
    strikes: payoff.strikesUsd.join(),
    direction: payoff.direction ?? undefined,
    start: shown(payoff.window.startAtMs),
    end: shown(payoff.window.endAtMs),
    source: payoff.settlement === 'twap' ? `${payoff.source}-twap` : payoff.source,
  };
  const expected = { ...label, strikes: label.strikes?.join() };
  return (Object.keys(found) as (keyof typeof found)[]).flatMap((name) =>
    expected[name] === undefined || expected[name] === found[name]
      ? []
      : [`${name} ${found[name]}, expected ${expected[name]}`],
  );
}
