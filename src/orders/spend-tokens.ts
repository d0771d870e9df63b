import type { PlannedChange } from './planner.ts';

export interface Spending<Change> {
  /** What is done now. */
  readonly go: readonly Change[];
  /** What has to wait for tokens, what is most at stake first. */
  readonly wait: readonly Change[];
}

/** The venue takes an order as one token from a bucket that refills slowly, so not every wish can be followed at once. */
type Spendable = Pick<PlannedChange, 'tokens' | 'stake'>;

/**
 * Spends order tokens where each saves the most: by what is at stake for each token. With enough for all, the order stays as it
 * is. Once one does not fit, what has less at stake waits with it: taking the last token each time, it would keep a change of two
 * orders waiting for ever. Cancels that cost money while they wait are in no change and cost no order token, so they never come to
 * stand here.
 */
export function spendTokens<Change extends Spendable>(
  changes: readonly Change[],
  tokens: number,
): Spending<Change> {
  let wanted = 0;
  for (const change of changes) wanted += change.tokens;
  if (wanted <= tokens) return { go: changes, wait: [] };
  const ranked = changes.map((change, index) => ({ change, index, worth: worthOfToken(change) }));
  ranked.sort((a, b) => b.worth - a.worth || a.index - b.index);
  const go: Change[] = [];
  const wait: Change[] = [];
  let left = tokens;
  for (const { change } of ranked) {
    if (change.tokens > left) {
      left = 0;
      wait.push(change);
    } else {
      left -= change.tokens;
      go.push(change);
    }
  }
  return { go, wait };
}

const worthOfToken = ({ tokens, stake }: Spendable): number =>
  tokens === 0 ? Number.POSITIVE_INFINITY : stake / tokens;
