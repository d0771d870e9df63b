import type { SettingsChanged } from '../kernel/messages.ts';
import { strategySettingsOf } from '../kernel/strategy-settings.ts';
import {
  appliesLive,
  type ChangeWord,
  changeableRow,
  decideChange,
  layChanges,
  type ParsedSettings,
  type SettingChange,
  type SettingProblem,
  type Settings,
  type ShownValue,
  settingAt,
} from '../settings/index.ts';
import { signerLimitsOf, signerShortfall } from './signer-limits.ts';

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
      /** Why the signer would refuse the larger orders that this asks for; null where it would not. */
      readonly signer: string | null;
    }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Takes changes of settings for one worker while it runs. */
export interface SettingsDesk {
  /** Answers once the change is kept and, where it is live, decided upon. Throws when it cannot be kept; nothing is changed then. */
  change(word: ChangeWord): SettingAnswer;
  /** What a setting is now, the changes laid over it; null for one that nobody may change by command. */
  presentOf(name: string): ShownValue;
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
  const signerLimits = signerLimitsOf(base, options.changes);
  let changes = options.changes;

  /** What the worker goes by where these are the changes. */
  const inForceWith = (all: readonly SettingChange[]): ParsedSettings =>
    layChanges(base, [...sinceStart, ...all.filter(({ name }) => appliesLive(name))]);

  function change(word: ChangeWord): SettingAnswer {
    const decided = decideChange(base, changes, word, options.nowMs());
    if (!decided.ok) return { ok: false, problems: messagesOf(decided.problems) };
    const { from, to } = decided;
    const live = appliesLive(word.name);
    const inForce = inForceWith(decided.changes);
    if (!inForce.ok) return { ok: false, problems: messagesOf(inForce.problems) };
    options.keep(decided.changes);
    changes = decided.changes;
    const signer = signerShortfall(signerLimits, inForce.settings);
    const { name, by, reason } = word;
    if (live)
      options.submit({
        kind: 'settingsChanged',
        settings: strategySettingsOf(inForce.settings),
        by,
        change: { name, from, to, reason },
      });
    return { ok: true, name, from, to, applies: live ? 'now' : 'nextStart', stillWrong: [], signer };
  }

  function presentOf(name: string): ShownValue {
    const found = changeableRow(name);
    const inForce = inForceWith(changes);
    if (!found.ok || !inForce.ok) return null;
    const value = settingAt(inForce.settings, found.placed);
    return typeof value === 'object' ? null : value;
  }

  return { change, presentOf };
}
