import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { groupsNotYetRead, placedRows, settingsNotYetRead } from '../src/settings/table.ts';

const root = new URL('..', import.meta.url).pathname;

/** Everything that may read a setting: the source outside the table itself, tests left out. */
const source = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.includes('.test.') && !file.startsWith('settings/'))
  .map((file) => readFileSync(join(root, 'src', file), 'utf8'))
  .join('\n');

/** Read as `settings.mm.name`, taken apart, or named in an interface that the parsed group is passed to. */
const isRead = (name: string): boolean => new RegExp(`\\b${name}\\b`).test(source);

describe('every setting', () => {
  const rows = placedRows.filter(({ group }) => !groupsNotYetRead.has(group));

  it('is read by something, or is documented as without effect yet', () => {
    const silent = rows.filter(({ name, row }) => !settingsNotYetRead.has(row.env) && !isRead(name));
    expect(silent.map(({ row }) => row.env)).toEqual([]);
  });

  it('that is documented as without effect exists', () => {
    const known = new Set(placedRows.map(({ row }) => row.env));
    expect([...settingsNotYetRead].filter((env) => !known.has(env))).toEqual([]);
  });

  it('that is documented as without effect is indeed not read', () => {
    // Named with its group: words like `model` and `postOnly` have other uses.
    const claimed = rows.filter(
      ({ group, name, row }) =>
        settingsNotYetRead.has(row.env) && new RegExp(`\\b${group}\\??\\.${name}\\b`).test(source),
    );
    expect(claimed.map(({ row }) => row.env)).toEqual([]);
  });
});
