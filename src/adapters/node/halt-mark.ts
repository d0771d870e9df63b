import { mkdirSync, readFileSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A word left in the data folder that nothing may be sent. It holds for every worker of the folder until a person takes it back. */
export interface HaltMark {
  readonly atMs: number;
  readonly by: string;
  readonly reason: string;
}

const MARK_NAME = 'halt.json';

/** Where the mark of a data folder lies. */
export const haltMarkPath = (directory: string): string => join(directory, MARK_NAME);

/** Leaves the mark. It appears whole or not at all, needs no lease, and replaces an older one. Throws where the folder cannot be written. */
export function leaveHaltMark(directory: string, mark: HaltMark): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const draft = `${haltMarkPath(directory)}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(mark)}\n`, { mode: 0o600, flush: true });
  renameSync(draft, haltMarkPath(directory));
}

/** Whether a mark stands: one look at the folder, without reading the file. A folder that cannot be looked at counts as marked. */
export function standsHaltMark(directory: string): boolean {
  try {
    return statSync(haltMarkPath(directory), { throwIfNoEntry: false }) !== undefined;
  } catch {
    // Whoever cannot see whether trading was stopped does not trade.
    return true;
  }
}

/** Who has left the mark and why; null where none stands. One that cannot be read stands all the same. */
export function readHaltMark(directory: string): HaltMark | null {
  if (!standsHaltMark(directory)) return null;
  try {
    const found = JSON.parse(readFileSync(haltMarkPath(directory), 'utf8')) as Partial<HaltMark> | null;
    const { atMs, by, reason } = found ?? {};
    if (typeof atMs === 'number' && typeof by === 'string' && typeof reason === 'string')
      return { atMs, by, reason };
  } catch {
    // Falls through: an unreadable mark is a mark.
  }
  return { atMs: 0, by: 'somebody', reason: `the mark ${haltMarkPath(directory)} cannot be read` };
}

/** Takes the mark away. Throws where it stands and cannot be removed. */
export function removeHaltMark(directory: string): void {
  try {
    unlinkSync(haltMarkPath(directory));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  }
}
