import { isWithoutEffect } from './change-setting.ts';
import { expectedOf } from './parse-value.ts';
import type { PlacedRow } from './table.ts';
import { groupTitles, rowByEnv } from './table.ts';
import { unknownNameProblem } from './unknown-names.ts';

export type Explanation =
  | { readonly ok: true; readonly lines: readonly string[] }
  | { readonly ok: false; readonly message: string };

/** Says in a few lines what a setting does, what it accepts, and when a change takes effect. */
export function explainSetting(env: string): Explanation {
  const name = env.trim().toUpperCase();
  const placed = rowByEnv.get(name);
  if (placed === undefined) {
    const message =
      unknownNameProblem(name)?.message ?? `${env} is not a setting. docs/settings.md lists all of them.`;
    return { ok: false, message };
  }
  const { row, group } = placed;
  return {
    ok: true,
    lines: [
      `${row.env}  (${groupTitles[group]})`,
      row.doc,
      `accepts  ${expectedOf(row)}`,
      `default  ${row.default === null ? 'not set' : `${row.default}${row.unit === '' ? '' : ` ${row.unit}`}`}`,
      `applies  ${row.apply === 'live' ? 'at once, in the running worker' : 'at the next start'}`,
      `changed  ${changedBy(placed)}`,
    ],
  };
}

function changedBy(placed: PlacedRow): string {
  const { row } = placed;
  if (isWithoutEffect(placed)) return 'in .env; nothing reads it yet';
  return row.apply === 'live' || row.byCommand
    ? `by ./run settings set ${row.env} VALUE, or in .env`
    : 'in .env alone';
}
