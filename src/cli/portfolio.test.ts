import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withoutSettings } from '../app/demo/demo-settings.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'evenkeel-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (name: string, ...args: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, `${name}.ts`), ...args], {
    env: withoutSettings(process.env) as NodeJS.ProcessEnv,
    encoding: 'utf8',
  });

it.each(['portfolio', 'performance'])('%s says what it found and expected where there is no run', (name) => {
  const { status, stdout, stderr } = run(name, '--data', folder, '--json');
  expect(status).toBe(2);
  expect(stderr).toMatch(/found no run.*expected a data folder with runs in it/);
  expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ ok: false });
  const unknown = run(name, '--when', 'now');
  expect(unknown.status).toBe(2);
  expect(unknown.stderr).toContain(`usage: ./run ${name}`);
});
