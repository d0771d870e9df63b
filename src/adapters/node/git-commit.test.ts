import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { gitCommit } from './git-commit.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evenkeel-git-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): void {
  const full = join(folder, '.git', path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
}

it('reads the commit from a branch, a packed branch or a detached head, and knows when there is none', () => {
  const [loose, packed] = ['a'.repeat(40), 'b'.repeat(40)];
  expect(gitCommit(folder)).toBeNull();
  write('HEAD', 'ref: refs/heads/main\n');
  expect(gitCommit(folder)).toBeNull();
  write(
    'packed-refs',
    `# pack-refs with: peeled\n${'c'.repeat(40)} refs/heads/other/main\n${packed} refs/heads/main\n`,
  );
  expect(gitCommit(folder)).toBe(packed);
  write('refs/heads/main', `${loose}\n`);
  expect(gitCommit(folder)).toBe(loose);
  write('HEAD', `${packed}\n`);
  expect(gitCommit(folder)).toBe(packed);
});
