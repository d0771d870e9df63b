import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { recordRun } from '../app/why/testing/recorded-run.ts';
import { market, runStarted, T0 } from '../kernel/test-support/test-kernel.ts';

const command = join(import.meta.dirname, 'why.ts');
let dataDir: string;
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'evenkeel-why-cli-'));
  const run = recordRun(dataDir, { startedAtMs: T0 });
  run.record(T0, runStarted(), []);
  run.record(T0 + 1, { kind: 'marketsListed', markets: [market(1), market(2)] }, []);
  await run.close();
});
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

function ask(...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, out: stdout, err: stderr };
}

describe('./run why', () => {
  it('explains a market in lines, and with --json in one object on the last line', () => {
    const told = ask('market-2', '--data', dataDir);
    expect(told.status).toBe(0);
    expect(told.out).toMatch(/^market Question 2\?\n/);
    expect(told.out).toMatch(/because +no loop has looked at it|because +trading state is starting/);
    const { status, out } = ask('market-2', '--data', dataDir, '--json');
    expect(status).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ ok: true, kind: 'market', slug: 'market-2', isQuoted: false });
  });

  it('checks every order of a folder and of a run', () => {
    for (const folder of [dataDir, join(dataDir, 'runs', 'run-1')]) {
      const { status, out } = ask('--all', folder, '--json');
      expect([status, JSON.parse(out)]).toMatchObject([0, { ok: true, runs: 1, orders: 0, unexplained: 0 }]);
    }
  });

  it.each([
    [[], 'found no order and no market'],
    [['o-7'], 'o-7: no order and no market of this name in the one run of'],
    [['market'], 'market may mean 2 things; say which:'],
    [['market-1', '--at', 'noon'], '--at noon: expected a time such as'],
    [['market-1', '--all', 'x'], 'found market-1 beside --all'],
    [['--speed', '3'], "Unknown option '--speed'"],
  ])('refuses %s with one message', (args, message) => {
    const { status, out, err } = ask(...args, ...(args.includes('--all') ? [] : ['--data', dataDir]));
    expect(status).toBe(2);
    expect(out).toBe('');
    expect(err.split('\n')[0]).toContain(message);
  });

  it('says what it expected where there is no run', () => {
    const { status, err } = ask('o-1', '--data', join(dataDir, 'nowhere'));
    expect(status).toBe(2);
    expect(err).toMatch(/found no run; expected a data folder/);
  });
});
