import { contradictions } from './contradictions.ts';
import type { ParsedSettings } from './parse-settings.ts';
import { parseValue } from './parse-value.ts';
import { settingProblem } from './problem.ts';
import type { Settings } from './settings.ts';
import { rowByEnv } from './table.ts';
import { unknownNameProblem } from './unknown-names.ts';

/**
 * Applies one change to running settings and returns new ones; the given settings stay as they are. A value out of
 * bounds, a contradiction with the rest, and a setting that needs a restart are refused with the reason.
 */
export function changeSetting(settings: Settings, env: string, text: string): ParsedSettings {
  const placed = rowByEnv.get(env);
  if (placed === undefined) {
    const unknown = settingProblem({
      code: 'unknown',
      env,
      found: 'a name that no setting has',
      expected: 'a name from docs/settings.md',
      todo: 'Correct the name.',
    });
    return { ok: false, problems: [unknownNameProblem(env) ?? unknown] };
  }
  const { group, name, row } = placed;
  if (row.apply === 'boot') {
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
  const parsed = parseValue(row, text);
  if (!parsed.ok) return { ok: false, problems: [parsed.problem] };
  const changed: Settings = { ...settings, [group]: { ...settings[group], [name]: parsed.value } };
  const disagreements = contradictions(changed);
  return disagreements.length > 0 ? { ok: false, problems: disagreements } : { ok: true, settings: changed };
}
