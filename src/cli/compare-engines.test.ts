import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const command = join(import.meta.dirname, 'compare-engines.ts');

function compareEngines(...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, out: stdout, err: stderr };
}

describe('./run compare-engines', () => {
  it('prints a row for each level and engine, and ends with one JSON object', () => {
    const { status, out } = compareEngines(
      ...['--seeds', '1..2', '--informed', '0,5', '--hours', '0.1', '--markets', '2', '--json'],
    );
    expect(status).toBe(0);
    const lines = out.trimEnd().split('\n');
    expect(lines.filter((line) => /^ +[05] % +(legacy|as|bounded|glft) /.test(line))).toHaveLength(8);
    const { rows, ...terms } = JSON.parse(lines.at(-1) ?? '');
    expect(terms).toEqual({ seeds: [1, 2], hours: 0.1, markets: 2 });
    expect(rows).toHaveLength(8);
    for (const { engine, outcomes, againstBase } of rows) {
      expect(outcomes).toBe(4);
      expect(againstBase === null).toBe(engine === 'legacy');
    }
  });

  it.each([
    [['--seeds', '9..3'], '--seeds: expected a seed such as 7, or a range such as 1..200, found "9..3"'],
    [
      ['--informed', '0,101'],
      '--informed: expected per cents from 0 to 100, with commas between, found "0,101"',
    ],
    [['--informed', '2,2'], '--informed: expected each level once, found "2,2"'],
    [['--hours', '0.05'], '--hours: expected a number from 0.1 to 1000, found "0.05"'],
    [['--markets', '0'], '--markets: expected a whole number from 1 to 1000, found "0"'],
    [['--threads', 'all'], '--threads: expected a whole number from 1 to 256, found "all"'],
    [['--speed', '3'], "Unknown option '--speed'"],
  ])('refuses %s with one message', (args, message) => {
    const { status, out, err } = compareEngines(...args);
    expect(status).toBe(2);
    expect(out).toBe('');
    expect(err.split('\n')[0]).toContain(message);
  });
});
