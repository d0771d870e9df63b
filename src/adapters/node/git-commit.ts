import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The commit a folder is checked out at, or null where it is no repository. Reads files, so git need not be installed. */
export function gitCommit(folder: string): string | null {
  const read = (path: string): string | null => {
    const full = join(folder, '.git', path);
    return existsSync(full) ? readFileSync(full, 'utf8').trim() : null;
  };
  const head = read('HEAD');
  if (head === null) return null;
  const [, ref] = /^ref: (.+)$/.exec(head) ?? [];
  if (ref === undefined) return head;
  const packed = (read('packed-refs') ?? '').split('\n').find((line) => line.endsWith(` ${ref}`));
  return read(ref) ?? packed?.slice(0, 40) ?? null;
}
