import { isTunable, TUNABLE } from '../ai/trade-review.ts';
import type { Command } from '../kernel/messages.ts';
import type { Log } from '../ports/timers.ts';
import type { SettingsDesk } from './settings-desk.ts';

/** Who is named beside a change that the review of trades has made: in the journal, in the file, and by `./run settings changes`. */
export const REVIEW = 'cd-analysis';

/** Ten digits: a step of 0.05 from 0.25 is none of 0.04999999999999999. */
const DIGITS = 10;

/**
 * Takes a change that the review of directional trading wants to the desk, where an operator's go as well: the same checks, the same
 * file, the same input. A loop may be wrong, so its bounds and its step are checked here once more, and no other setting is within its
 * reach. What is refused is told, and not tried again.
 */
export function takeReviewChange(
  { name, to, reason }: Pick<Extract<Command, { kind: 'changeSetting' }>, 'name' | 'to' | 'reason'>,
  parts: {
    readonly desk: SettingsDesk;
    /** What the setting is now. */
    readonly presentOf: (name: string) => unknown;
    readonly log: Pick<Log, 'note' | 'warning'>;
  },
): void {
  const { desk, presentOf, log } = parts;
  const refused = (why: string): void =>
    log.warning(`the review's change of ${name} to ${to} is refused: ${why}`);
  const problem = problemOf(name, to, presentOf(name));
  if (problem !== null) {
    refused(problem);
    return;
  }
  try {
    const answer = desk.change({ name, value: String(to), by: REVIEW, reason: reason || 'no reason given' });
    if (!answer.ok) refused(answer.problems.join(' '));
    else
      log.warning(
        `${name} is ${answer.to} instead of ${answer.from}, by the review of trades: ${reason}. ./run settings unset ${name} takes it back`,
      );
  } catch (error) {
    refused(`it could not be kept: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function problemOf(name: string, to: number, present: unknown): string | null {
  if (!isTunable(name)) return 'it is none of the settings that a review may move';
  const { least, most, step } = TUNABLE[name];
  if (!(to >= least && to <= most)) return `expected a value within ${least} and ${most}`;
  if (typeof present !== 'number') return 'nobody knows what it is now';
  return Number(Math.abs(to - present).toPrecision(DIGITS)) > step
    ? `expected at most one step of ${step} from ${present}`
    : null;
}
