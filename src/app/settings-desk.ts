import type { SettingsChanged } from '../kernel/messages.ts';
import { strategySettingsOf } from '../kernel/strategy-settings.ts';
import {
  appliesLive,
  type ChangeWord,
  decideChange,
  layChanges,
  type SettingChange,
  type SettingProblem,
  type Settings,
  type ShownValue,
} from '../settings/index.ts';

/** What became of an operator's wish to change a setting. */
export type SettingAnswer =
  | {
      readonly ok: true;
      readonly name: string;
      readonly from: ShownValue;
      readonly to: ShownValue;
      readonly applies: 'now' | 'nextStart';
      /** What is wrong with other changes, so that the next start would be refused. */
      readonly stillWrong: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Takes changes of settings for one worker while it runs. */
export interface SettingsDesk {
  /** Answers once the change is kept and, where it is live, decided upon. Throws when it cannot be kept; nothing is changed then. */
  change(word: ChangeWord): SettingAnswer;
}

const messagesOf = (problems: readonly SettingProblem[]): string[] => problems.map(({ message }) => message);

/**
 * A change is kept first and takes effect then, so that none can be in effect that a restart would forget. Changes that wait for
 * the next start are left out of what is in force, and have to go with both.
 */
export function createSettingsDesk(options: {
  /** What `.env` and the environment said when the worker started. */
  readonly base: Settings;
  /** The changes it started with. */
  readonly changes: readonly SettingChange[];
  readonly keep: (changes: readonly SettingChange[]) => void;
  readonly submit: (input: SettingsChanged) => void;
  readonly nowMs: () => number;
}): SettingsDesk {
  const { base } = options;
  const sinceStart = options.changes.filter(({ name }) => !appliesLive(name));
  let changes = options.changes;

  function change(word: ChangeWord): SettingAnswer {
    const decided = decideChange(base, changes, word, options.nowMs());
    if (!decided.ok) return { ok: false, problems: messagesOf(decided.problems) };
    const { from, to } = decided;
    const live = appliesLive(word.name);
    const inForce = layChanges(base, [
      ...sinceStart,
      ...decided.changes.filter(({ name }) => appliesLive(name)),
    ]);
    if (!inForce.ok) return { ok: false, problems: messagesOf(inForce.problems) };
    options.keep(decided.changes);
    changes = decided.changes;
    const { name, by, reason } = word;
    if (live)
      options.submit({
        kind: 'settingsChanged',
        settings: strategySettingsOf(inForce.settings),
        by,
        change: { name, from, to, reason },
      });
    return { ok: true, name, from, to, applies: live ? 'now' : 'nextStart', stillWrong: [] };
  }

  return { change };
}
