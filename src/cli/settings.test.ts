import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withoutSettings } from '../app/demo/demo-settings.ts';
import { placedRows } from '../settings/index.ts';

const KEY = 'a1'.repeat(32);

function settings(args: readonly string[], environment: Record<string, string> = {}) {
  const env = { ...withoutSettings(process.env), ...environment };
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

describe('without a running worker', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'evenkeel-set-'));
  });
  afterEach(() => rmSync(dataDir, { recursive: true, force: true }));
  const file = (): string => join(dataDir, 'settings-changes.json');
  const say = (...args: string[]) => settings([...args, '--json'], { EVENKEEL_DATA_DIR: dataDir });

  it('says in one sentence that a larger change needs .env, since the signer takes only tighter ones from here', () => {
    const larger = say('set', 'MM_QUOTE_SIZE_USD', '9');
    expect(larger.status).toBe(0);
    expect(larger.stderr).toMatch(/the signer keeps the tighter limits .* write this setting, .* into \.env/);
    expect(JSON.parse(larger.lastLine).signer).toContain('USD a minute');
    const smaller = say('set', 'MM_QUOTE_SIZE_USD', '3');
    expect(smaller.stderr).not.toContain('signer');
    expect(JSON.parse(smaller.lastLine).signer).toBeNull();
  });

  it('W29: keeps a change for the next start, shows it, and takes it back', () => {
    const set = say('set', 'mm_quote_size_usd', '7', '--reason', 'wider books');
    expect(set.stderr).toMatch(/MM_QUOTE_SIZE_USD: 5 USD -> 7 USD, from the next start on: no worker/);
    expect(JSON.parse(set.lastLine)).toMatchObject({ ok: true, applies: 'nextStart', from: 5, to: 7 });
    expect(statSync(file()).mode & 0o077).toBe(0);
    const { lastLine, stderr } = say('changes');
    expect(stderr).toMatch(
      /MM_QUOTE_SIZE_USD is 7 USD instead of 5 USD: changed by .+ at 20\d\d-.+Z, because: wider books/,
    );
    expect(JSON.parse(lastLine)).toMatchObject({
      ok: true,
      changes: [{ name: 'MM_QUOTE_SIZE_USD', to: 7, env: 5, reason: 'wider books', applies: 'nextStart' }],
    });
    expect(JSON.parse(say().lastLine).settings).toContainEqual({
      name: 'MM_QUOTE_SIZE_USD',
      value: 7,
      source: 'settings set',
    });
    expect(JSON.parse(say('unset', 'MM_QUOTE_SIZE_USD').lastLine)).toMatchObject({
      ok: true,
      from: 7,
      to: 5,
    });
    expect(JSON.parse(readFileSync(file(), 'utf8'))).toEqual({ version: 1, changes: [] });
    expect(existsSync(join(dataDir, 'worker.lock'))).toBe(false);
  });

  it('W29: refuses what a start would refuse, and what is not set this way, and keeps nothing', () => {
    const cases: [string[], RegExp][] = [
      [['set', 'MM_QUOTE_SIZE_USD', '-3'], /found "-3"; expected a number from .+ USD/],
      [['set', 'MM_DELTA_MIN', '9'], /expected at most MM_DELTA_MAX/],
      [['set', 'POLYMARKET_PRIVATE_KEY', KEY], /expected a change in \.env/],
      [['set', 'MM_QUOTE_SIZE_USD'], /Unknown arguments/],
      [['unset', 'MM_QUOTE_SIZE_USD'], /no change to take back/],
      [['set', 'MM_QUOTE_SIZE_USD', '7', '--why', 'x'], /--why/],
    ];
    for (const [args, message] of cases) {
      const { status, stderr, stdout } = say(...args);
      expect(status, stderr).toBe(2);
      expect(stderr).toMatch(message);
      expect(stdout + stderr).not.toContain(KEY);
    }
    expect(existsSync(file())).toBe(false);
  }, 60_000);

  it('says what is wrong with a file that somebody else has written, and touches it not', () => {
    writeFileSync(file(), '{"version":1,"changes":[{"name":"MM_QUOTE_SIZE_USD"}]}');
    const { status, stderr } = say('set', 'MM_QUOTE_SIZE_USD', '7');
    expect(status).toBe(2);
    expect(stderr).toMatch(/settings-changes\.json: found .*expected the changes of settings/s);
    expect(readFileSync(file(), 'utf8')).toContain('"changes":[{"name":"MM_QUOTE_SIZE_USD"}]');
  });
});
