import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** The system takes no longer path for a socket (108 bytes with the closing zero on Linux, 104 on macOS). */
const MAX_PATH_BYTES = 103;

/** Where the worker of a data folder listens for its operator. Too long a path is replaced by a short one in the system's temporary folder. */
export function controlPath(dataDir: string): string {
  const folder = resolve(dataDir);
  const path = join(folder, 'control.sock');
  if (Buffer.byteLength(path) <= MAX_PATH_BYTES) return path;
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  return join(tmpdir(), `evenkeel-${process.getuid?.() ?? 0}-${name}.sock`);
}
