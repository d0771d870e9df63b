import { agreeing, changeableRow, withValue } from './change-setting.ts';
import { type ParsedSettings, problemsBeforeStart } from './parse-settings.ts';
import { parseValue } from './parse-value.ts';
import { type SettingProblem, settingProblem } from './problem.ts';
import { type ShownValue, settingAt } from './redacted-settings.ts';
import type { Settings } from './settings.ts';
import { rowByEnv } from './table.ts';

/** A value that an operator has given by command; it holds over `.env` and the environment until it is taken back. */
export interface SettingChange {
  readonly name: string;
  readonly value: string;
  readonly by: string;
  readonly reason: string;
  readonly atMs: number;
}

/** What an operator asks for; a value of null takes the change back. */
export interface ChangeWord {
  readonly name: string;
  readonly value: string | null;
  readonly by: string;
  readonly reason: string;
}

export type ChangeDecision =
  | {
      readonly ok: true;
      /** All changes as they are from now on, by name. */
      readonly changes: readonly SettingChange[];
      readonly from: ShownValue;
      readonly to: ShownValue;
      /** What is still wrong with other changes, so that the worker would not start. */
      readonly stillWrong: readonly SettingProblem[];
    }
  | { readonly ok: false; readonly problems: readonly SettingProblem[] };

/** Lays changes over settings, all at once, so that their order means nothing. Answers with everything that is wrong. */
export function layChanges(base: Settings, changes: readonly SettingChange[]): ParsedSettings {
  const problems: SettingProblem[] = [];
  let settings = base;
  for (const { name, value } of changes) {
    const found = changeableRow(name);
    if (!found.ok) {
      problems.push(found.problem);
      continue;
    }
    const parsed = value.trim() === '' ? emptyValue(name) : parseValue(found.placed.row, value);
    if (parsed.ok) settings = withValue(settings, found.placed, parsed.value);
    else problems.push(parsed.problem);
  }
  return problems.length > 0 ? { ok: false, problems } : agreeing(settings);
}

/** Whether a change reaches the running worker; the others wait for the next start. */
export const appliesLive = (name: string): boolean => rowByEnv.get(name)?.row.apply === 'live';

/**
 * What becomes of the changes when an operator asks for one more, or for one less. It is refused when the worker could not start
 * with the outcome. Taking one back is refused only for what it makes wrong itself: after an upgrade several changes may be
 * wrong, and each has to be taken back while the others still are.
 */
export function decideChange(
  base: Settings,
  changes: readonly SettingChange[],
  word: ChangeWord,
  atMs: number,
): ChangeDecision {
  const others = changes.filter(({ name }) => name !== word.name);
  const before = startable(base, layChanges(base, changes));
  if (word.value === null && others.length === changes.length)
    return { ok: false, problems: [unchanged(word.name)] };
  const { name, value, by, reason } = word;
  const after =
    value === null
      ? others
      : [...others, { name, value: value.trim(), by, reason, atMs }].sort((a, b) =>
          a.name < b.name ? -1 : 1,
        );
  const laid = startable(base, layChanges(base, after));
  if (!laid.ok && (value !== null || before.ok)) return { ok: false, problems: laid.problems };
  return {
    ok: true,
    changes: after,
    from: before.ok ? shownIn(before.settings, name) : null,
    to: shownIn(laid.ok ? laid.settings : base, name),
    stillWrong: laid.ok ? [] : laid.problems,
  };
}

/** Refuses what the changes make impossible to start with; what the settings lack without them is not for them to mend. */
function startable(base: Settings, laid: ParsedSettings): ParsedSettings {
  if (!laid.ok) return laid;
  const lacking = new Set(problemsBeforeStart(base).map(({ env }) => env));
  const problems = problemsBeforeStart(laid.settings).filter(({ env }) => !lacking.has(env));
  return problems.length > 0 ? { ok: false, problems } : laid;
}

function emptyValue(env: string) {
  const problem = settingProblem({
    code: 'malformed',
    env,
    found: 'an empty value',
    expected: 'a value',
    todo: `To go back to what .env says, use ./run settings unset ${env}.`,
  });
  return { ok: false, problem } as const;
}

function unchanged(env: string): SettingProblem {
  return settingProblem({
    code: 'unchanged',
    env,
    found: 'no change to take back',
    expected: 'the name of a changed setting',
    todo: './run settings changes lists them.',
  });
}

/** The value of a setting that may be changed, none of which is secret. */
function shownIn(settings: Settings, env: string): ShownValue {
  const found = changeableRow(env);
  if (!found.ok) return null;
  const value = settingAt(settings, found.placed);
  return typeof value === 'object' ? null : value;
}
