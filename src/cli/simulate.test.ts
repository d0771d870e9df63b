import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const command = join(import.meta.dirname, 'simulate.ts');

function simulate(...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, out: stdout, err: stderr };
}

describe('./run simulate', () => {
  it('prints a line for each seed and ends with one JSON object', () => {
    const { status, out } = simulate('--seeds', '1..2', '--hours', '0.02', '--markets', '4', '--json');
    expect(status).toBe(0);
    const lines = out.trimEnd().split('\n');
    expect(lines.filter((line) => /^seed +[12] /.test(line))).toHaveLength(2);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      seeds: 2,
      violations: 0,
      ledgerResidualMicroUsd: 0,
      chainResidualMicroUsd: 0,
      openOrdersAtExit: 0,
    });
  });

  it('fails with a canary, and names seed, input and expectation', () => {
    const { status, out } = simulate('--seeds', '1', '--hours', '0.1', '--markets', '6', '--canary');
    expect(status).toBe(1);
    expect(out).toMatch(
      /seed 1, input \d+ at [\d.]+ s: books: expected own\.\w+ of .* to be -?\d+ millionths; found -?\d+/,
    );
  });

  it.each([
    [['--seeds', '9..3'], '--seeds: expected a seed such as 7, or a range such as 1..50, found "9..3"'],
    [['--cash', '0'], '--cash: expected dollars for each market from 1 to 100000, found "0"'],
    [['--hours', '0'], '--hours: expected a number above 0 and at most 1000, found "0"'],
    [['--markets', '2.5'], '--markets: expected a whole number from 1 to 1000, found "2.5"'],
    [['--informed', '1.1'], '--informed: expected a share from 0 to 1, found "1.1"'],
    [['--engine', 'magic'], '--engine: expected legacy, as, bounded or glft, found "magic"'],
    [['--faults', 'all'], '--faults: expected none, some or many, found "all"'],
    [['--set', 'MM_MULTI_LEVEL_COUNT'], '--set: expected NAME=VALUE, found "MM_MULTI_LEVEL_COUNT"'],
    [['--set', 'MM_MULTI_LEVEL_COUNT=99'], 'MM_MULTI_LEVEL_COUNT'],
    [['--speed', '3'], "Unknown option '--speed'"],
  ])('refuses %s with one message', (args, message) => {
    const { status, out, err } = simulate(...args);
    expect(status).toBe(2);
    expect(out).toBe('');
    expect(err.split('\n')[0]).toContain(message);
  });
});
