import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { haltMarkPath, leaveHaltMark, readHaltMark, removeHaltMark, standsHaltMark } from './halt-mark.ts';
import { takeLease } from './lease.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evenkeel-mark-'));
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

const MARK = { atMs: 5, by: 'me', reason: 'enough' };

describe('a halt mark', () => {
  it('stands until it is taken away, says who left it, and is the user’s own file', () => {
    expect(standsHaltMark(folder)).toBe(false);
    expect(readHaltMark(folder)).toBeNull();
    leaveHaltMark(folder, MARK);
    expect(standsHaltMark(folder)).toBe(true);
    expect(readHaltMark(folder)).toEqual(MARK);
    expect(statSync(haltMarkPath(folder)).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['halt.json']);
    removeHaltMark(folder);
    removeHaltMark(folder);
    expect(standsHaltMark(folder)).toBe(false);
  });

  it('can be left while a worker holds the folder, over an older one, and in a folder that is not there yet', () => {
    const lease = takeLease(folder, 0);
    leaveHaltMark(folder, MARK);
    leaveHaltMark(folder, { ...MARK, by: 'you' });
    expect(readHaltMark(folder)?.by).toBe('you');
    lease.release();
    const deeper = join(folder, 'not', 'there');
    leaveHaltMark(deeper, MARK);
    expect(standsHaltMark(deeper)).toBe(true);
  });

  it.each(['', '{', 'null', '{"atMs":"5"}'])(
    'that holds %j stands, and says that it cannot be read',
    (text) => {
      writeFileSync(haltMarkPath(folder), text);
      expect(standsHaltMark(folder)).toBe(true);
      expect(readHaltMark(folder)?.reason).toMatch(/halt\.json cannot be read/);
    },
  );

  it('counts as left where nobody can see whether it is', () => {
    symlinkSync('halt.json', haltMarkPath(folder));
    expect(standsHaltMark(folder)).toBe(true);
    expect(readHaltMark(folder)?.reason).toMatch(/cannot be read/);
  });
});
