import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseSettings } from '../../settings/index.ts';
import { DEMO_SETTINGS, withoutSettings } from './demo-settings.ts';

it('sets only what the settings take, and docs/demo.md names each with its value', () => {
  const parsed = parseSettings(DEMO_SETTINGS);
  expect(parsed).toMatchObject({ ok: true });
  const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'demo.md'), 'utf8');
  const rows = [...page.matchAll(/^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) \| ([\d.]+) \|/gm)];
  const documented = rows.flatMap(([, names = '', value = '']) =>
    [...names.matchAll(/`([A-Z_]+)`/g)].map(([, name = '']) => [name, value] as const),
  );
  expect(Object.fromEntries(documented)).toEqual(DEMO_SETTINGS);
});

it('keeps settings and misspelt settings of the environment out, and lets everything else in', () => {
  const kept = withoutSettings({
    PATH: '/bin',
    HOME: '/root',
    POLYMARKET_PRIVATE_KEY: 'secret',
    MM_MAX_MARKETTS: '3',
    EVENKEEL_ANYTHING: 'x',
  });
  expect(kept).toEqual({ PATH: '/bin', HOME: '/root' });
});
