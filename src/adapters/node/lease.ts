import { linkSync, mkdirSync, readFileSync, renameSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Who holds a data folder. `startTicks` tells a process from a later one with the same number, where the system says it. */
export interface LeaseHolder {
  readonly pid: number;
  readonly startTicks: string | null;
  readonly sinceMs: number;
}

export interface Lease {
  /** Gives the folder back. Safe to call twice. */
  release(): void;
}

/** Another worker that lives holds the folder. */
export class LeaseTaken extends Error {
  readonly holder: LeaseHolder;

  constructor(directory: string, holder: LeaseHolder) {
    super(
      `the data folder ${directory} is in use by the worker with process id ${holder.pid}, running since ${new Date(holder.sinceMs).toISOString()}; ` +
        'expected a folder that no worker uses. Stop that one (./run stop), or set EVENKEEL_DATA_DIR to another folder.',
    );
    this.name = 'LeaseTaken';
    this.holder = holder;
  }
}

const LOCK_NAME = 'worker.lock';

/**
 * Takes the data folder for this process alone, or throws `LeaseTaken`. The lock of a process that has died is taken over:
 * it is moved aside first, and put back should it turn out that somebody else took it over in the same moment.
 */
export function takeLease(directory: string, nowMs: number): Lease {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, LOCK_NAME);
  const own: LeaseHolder = { pid: process.pid, startTicks: startTicksOf(process.pid), sinceMs: nowMs };
  const text = JSON.stringify(own);
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text, { mode: 0o600 });
  try {
    while (!isLinked(draft, path)) {
      const holder = readHolder(path);
      if (holder === null) continue;
      if (isAlive(holder)) throw new LeaseTaken(directory, holder);
      moveAside(path, holder);
    }
  } finally {
    unlinkSync(draft);
  }
  let held = true;
  return {
    release: () => {
      if (!held) return;
      held = false;
      if (readHolder(path)?.pid === process.pid) unlinkSync(path);
    },
  };
}

/** Who holds the folder now, or null when nobody who lives does. */
export function leaseHolder(directory: string): LeaseHolder | null {
  const holder = readHolder(join(directory, LOCK_NAME));
  return holder !== null && isAlive(holder) ? holder : null;
}

/** A link appears whole or not at all, so nobody ever reads half a lock. */
function isLinked(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function readHolder(path: string): LeaseHolder | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LeaseHolder;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

function moveAside(path: string, dead: LeaseHolder): void {
  const aside = `${path}.dead.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    // Somebody else moved it first; the next look shows who holds it now.
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  const moved = readHolder(aside);
  if (moved !== null && (moved.pid !== dead.pid || moved.startTicks !== dead.startTicks))
    isLinked(aside, path);
  unlinkSync(aside);
}

function isAlive({ pid, startTicks }: LeaseHolder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, and belongs to somebody else.
    return codeOf(error) === 'EPERM';
  }
  const found = startTicksOf(pid);
  return found === null || startTicks === null || found === startTicks;
}

/** When the process began, in clock ticks since boot; null where /proc does not tell, and for one that is a zombie. */
function startTicksOf(pid: number): string | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold spaces, so fields count from its end: the 20th after it is the start time.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'zombie' : (fields[19] ?? null);
  } catch {
    // No /proc on this system: the process id alone has to do.
    return null;
  }
}

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';
