import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Secret } from '../../settings/index.ts';
import { createWorkerLog } from './worker-log.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evenkeel-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('the log', () => {
  it('writes lines for a person and JSON for a program, from its level upwards, and never a secret', () => {
    const key = `0x${'ab12'.repeat(16)}`;
    const lines: string[] = [];
    const file = join(folder, 'deep', 'bot.log');
    const log = createWorkerLog({
      level: 'info',
      secrets: [new Secret(key), null],
      write: (line) => lines.push(line),
      file,
      color: false,
    });
    log.debug('not shown');
    log.note(`signed with ${key}`);
    log.alarm('broken', { cause: `key ${key.slice(2)} refused`, tries: 3 });
    log.close();
    const written = readFileSync(file, 'utf8');
    expect(lines.map((line) => line.replace(/^\d\d:\d\d:\d\d/, 'hh:mm:ss'))).toEqual([
      'hh:mm:ss note    signed with [secret]',
      'hh:mm:ss alarm   broken {"cause":"key [secret] refused","tries":3}',
    ]);
    expect(written).not.toContain('ab12ab12');
    expect(
      written
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toMatchObject([{ msg: 'signed with [secret]' }, { msg: 'broken', tries: 3 }]);
  });
});
