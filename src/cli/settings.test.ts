import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { placedRows } from '../settings/index.ts';

const KEY = 'a1'.repeat(32);

function settings(args: readonly string[], environment: Record<string, string> = {}) {
  const env = { PATH: process.env.PATH ?? '', ...environment };
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(import.meta.dirname, 'settings.ts'), ...args],
    {
      encoding: 'utf8',
      timeout: 25_000,
      env,
    },
  );
  return { status, stdout, stderr, lastLine: stdout.trimEnd().split('\n').at(-1) ?? '' };
}

it('prints every setting with its source, and no secret', () => {
  const { status, stdout, lastLine } = settings(['--json'], {
    POLYMARKET_PRIVATE_KEY: KEY,
    MM_MAX_MARKETS: '3',
  });
  const printed = JSON.parse(lastLine);
  expect(status).toBe(0);
  expect(printed.settings).toHaveLength(placedRows.length);
  expect(printed.settings).toContainEqual({ name: 'MM_MAX_MARKETS', value: 3, source: 'environment' });
  expect(printed.settings).toContainEqual({
    name: 'POLYMARKET_PRIVATE_KEY',
    value: '[secret]',
    source: 'environment',
  });
  expect(stdout).not.toContain(KEY);
});

it.each([
  [
    'a value out of bounds',
    [],
    { MM_MAX_MARKETS: '0' },
    'MM_MAX_MARKETS: found "0"; expected a whole number from 1 to 1000',
  ],
  ['an unknown setting', [], { MM_MAX_MARKET: '5' }, 'Rename it to MM_MAX_MARKETS'],
  [
    'a malformed key',
    [],
    { POLYMARKET_PRIVATE_KEY: 'ab' },
    'POLYMARKET_PRIVATE_KEY: found 2 hidden characters',
  ],
  ['an unknown name to explain', ['explain', 'MM_MAX_MARKET'], {}, 'MM_MAX_MARKETS'],
  ['unknown arguments', ['explode'], {}, 'Unknown arguments: explode'],
])('ends with exit code 2 and one clear message on %s', (_, args, environment, message) => {
  const { status, stderr, lastLine } = settings([...args, '--json'], environment);
  expect(status).toBe(2);
  expect(stderr).toContain(message);
  expect(JSON.parse(lastLine)).toMatchObject({ ok: false, message: expect.stringContaining(message) });
});
