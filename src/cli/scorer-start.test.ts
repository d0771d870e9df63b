import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createAnalystOf } from '../app/adapters.ts';
import { withoutSettings } from '../app/demo/demo-settings.ts';
import { StartRefused } from '../app/start-refused.ts';
import { defaultSettings, problemsBeforeStart, problemsBeforeTrading, Secret } from '../settings/index.ts';

let dataDir: string;
beforeAll(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'evenkeel-scorer-start-'));
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const settings = defaultSettings();
const enabled = { ...settings, mm: { ...settings.mm, scorerEnabled: true } };

describe('a scorer without a key', () => {
  it('keeps the worker from starting, with one message and exit code 2', () => {
    const { status, stderr, stdout } = spawnSync(
      process.execPath,
      [join(import.meta.dirname, 'start.ts'), '--no-env-file', '--yes'],
      {
        encoding: 'utf8',
        timeout: 60_000,
        env: {
          ...withoutSettings(process.env),
          POLYMARKET_PRIVATE_KEY: `0x${'1'.repeat(64)}`,
          MM_SCORER_ENABLED: 'true',
          EVENKEEL_DATA_DIR: dataDir,
        },
      },
    );
    expect(status).toBe(2);
    expect(stdout).toBe('');
    const [head, message, ...more] = stderr.trim().split('\n');
    expect([head, more]).toEqual(['One setting is wrong. Nothing was started.', []]);
    expect(message).toMatch(
      /^ {2}ANTHROPIC_API_KEY: found nothing; expected a key .* MM_SCORER_ENABLED is true/,
    );
  });

  it('is refused wherever the setting came from, and is nothing to a command that only cancels', () => {
    expect(() => createAnalystOf(enabled, () => 0)).toThrow(StartRefused);
    expect(problemsBeforeStart(enabled).map(({ env }) => env)).toEqual([
      'POLYMARKET_PRIVATE_KEY',
      'ANTHROPIC_API_KEY',
    ]);
    expect(problemsBeforeTrading(enabled).map(({ env }) => env)).toEqual(['POLYMARKET_PRIVATE_KEY']);
  });

  it('is no matter while the scorer is off, and none with a key', async () => {
    expect(createAnalystOf(settings, () => 0)).toBeNull();
    const anthropic = { ...settings.anthropic, apiKey: new Secret('sk-ant-of-a-test') };
    const analyst = createAnalystOf({ ...enabled, anthropic }, () => 0);
    expect(analyst).not.toBeNull();
    await analyst?.close();
  });
});
