import { contradictions } from './contradictions.ts';
import type { ParsedSettings } from './parse-settings.ts';
import { parseValue } from './parse-value.ts';
import { type SettingProblem, settingProblem } from './problem.ts';
import type { SettingValue } from './row.ts';
import type { Settings } from './settings.ts';
import { groupsNotYetRead, type PlacedRow, rowByEnv, settingsNotYetRead } from './table.ts';
import { unknownNameProblem } from './unknown-names.ts';

/**
 * Applies one change to running settings and returns new ones; the given settings stay as they are. A value out of
 * bounds, a contradiction with the rest, and a setting that needs a restart are refused with the reason.
 */
export function changeSetting(settings: Settings, env: string, text: string): ParsedSettings {
  const known = knownRow(env);
  if (!known.ok) return { ok: false, problems: [known.problem] };
  const { placed } = known;
  if (placed.row.apply === 'boot') {
    const todo = 'Set it in .env and restart the worker.';
    const parts = {
      code: 'needsRestart',
      env,
      found: 'a change while running',
      expected: 'a change before the start',
      todo,
    } as const;
    return { ok: false, problems: [settingProblem(parts)] };
  }
  const parsed = parseValue(placed.row, text);
  if (!parsed.ok) return { ok: false, problems: [parsed.problem] };
  return agreeing(withValue(settings, placed, parsed.value));
}

export type FoundRow =
  | { readonly ok: true; readonly placed: PlacedRow }
  | { readonly ok: false; readonly problem: SettingProblem };

/**
 * The row of a setting that an operator may change by command, live or for the next start. Keys, addresses and the account stay
 * in `.env`, since whoever can talk to the worker need not be able to move its money elsewhere. A setting that nothing reads
 * is refused, because an accepted change without effect would be a lie.
 */
export function changeableRow(env: string): FoundRow {
  const known = knownRow(env);
  if (!known.ok) return known;
  const { row } = known.placed;
  if (row.apply !== 'live' && row.byCommand !== true) {
    const todo = 'Set it in .env and restart the worker.';
    const expected = 'a change in .env';
    return {
      ok: false,
      problem: settingProblem({ code: 'fileOnly', env, found: 'a change by command', expected, todo }),
    };
  }
  if (!isWithoutEffect(known.placed)) return known;
  return {
    ok: false,
    problem: settingProblem({
      code: 'withoutEffect',
      env,
      found: 'a change',
      expected: 'none yet, since nothing in this version reads it',
      todo: 'Leave it as it is.',
    }),
  };
}

/** Whether the part of the worker that reads a setting is still to come. */
export const isWithoutEffect = ({ group, row }: PlacedRow): boolean =>
  groupsNotYetRead.has(group) || settingsNotYetRead.has(row.env);

/** Settings with one value in place of another; nothing is checked. */
export const withValue = (settings: Settings, { group, name }: PlacedRow, value: SettingValue): Settings => ({
  ...settings,
  [group]: { ...settings[group], [name]: value },
});

/** The settings, unless two of them contradict each other. */
export function agreeing(settings: Settings): ParsedSettings {
  const problems = contradictions(settings);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, settings };
}

function knownRow(env: string): FoundRow {
  const placed = rowByEnv.get(env);
  if (placed !== undefined) return { ok: true, placed };
  const unknown = settingProblem({
    code: 'unknown',
    env,
    found: 'a name that no setting has',
    expected: 'a name from docs/settings.md',
    todo: 'Correct the name.',
  });
  return { ok: false, problem: unknownNameProblem(env) ?? unknown };
}
