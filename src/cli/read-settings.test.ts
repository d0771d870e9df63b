import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { problemLines, readSettings } from './read-settings.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evenkeel-settings-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('lets options win over the environment, the environment over .env, and .env over the default', () => {
  const envFile = join(folder, '.env');
  writeFileSync(
    envFile,
    '# a comment\nMM_MAX_MARKETS=3\nMM_QUOTE_SIZE_USD="6"\nMM_MAX_SPREAD_PTS=11\nMM_ENABLED=\n',
  );
  const { parsed, sources } = readSettings(
    { MM_MAX_SPREAD_PTS: '10' },
    { MM_QUOTE_SIZE_USD: '7', MM_MAX_MARKETS: '' },
    envFile,
  );
  if (!parsed.ok) throw new Error(problemLines(parsed.problems).join('\n'));
  expect(parsed.settings.mm).toMatchObject({
    maxMarkets: 3,
    quoteSizeUsd: 7,
    maxSpreadPts: 10,
    enabled: true,
  });
  expect(['MM_MAX_MARKETS', 'MM_QUOTE_SIZE_USD', 'MM_ENABLED'].map((env) => sources.get(env))).toEqual([
    '.env',
    'environment',
    'default',
  ]);
});

it('works without a .env, and finds mistakes in one', () => {
  const envFile = join(folder, '.env');
  expect(readSettings({}, {}, envFile).parsed.ok).toBe(true);
  writeFileSync(envFile, 'MM_MAX_MARKETTS=3\nCD_ENABLED=perhaps\n');
  const { parsed } = readSettings({}, {}, envFile);
  expect(parsed.ok ? [] : problemLines(parsed.problems)).toEqual([
    '2 settings are wrong. Nothing was started.',
    expect.stringMatching(/CD_ENABLED: found "perhaps"/),
    expect.stringMatching(/Rename it to MM_MAX_MARKETS/),
  ]);
});
