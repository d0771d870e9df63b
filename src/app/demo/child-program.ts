import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** One of our own programs as a child process. */
export interface ChildProgram {
  readonly pid: number;
  /** Resolves with the exit code, or null after a signal. */
  readonly ended: Promise<number | null>;
  readonly hasEnded: () => boolean;
  /** The first line of standard output, or the end of the program before it, or the bound. */
  firstLine(boundMs: number): Promise<string>;
  /** The newest line of standard output. */
  lastLine(): string | null;
  /** What cannot be caught goes to the program and to those it has started: they could not be told any more. */
  signal(name: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void;
  /** Asks it to end; kills it when it has not within the bound. Resolves with whether it ended by itself. */
  stop(boundMs: number): Promise<boolean>;
}

export interface ChildOptions {
  readonly script: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly onErrorLine: (line: string) => void;
}

/**
 * Starts a program in a session of its own, so that Ctrl-C reaches us and not it: we end things in their order. The channel
 * between us tells it when we are gone, however we ended, and it then ends too.
 */
export function startChild({ script, args, env, onErrorLine }: ChildOptions): ChildProgram {
  const child: ChildProcess = spawn(process.execPath, [script, ...args], {
    env: { ...env },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const ended = Promise.withResolvers<number | null>();
  const first = Promise.withResolvers<string>();
  let last: string | null = null;
  let hasEnded = false;
  child.once('error', (error) => {
    hasEnded = true;
    onErrorLine(error.message);
    ended.resolve(null);
  });
  child.once('close', (code) => {
    hasEnded = true;
    ended.resolve(code);
  });
  if (child.stdout !== null)
    createInterface({ input: child.stdout }).on('line', (line) => {
      first.resolve(line);
      last = line;
    });
  if (child.stderr !== null) createInterface({ input: child.stderr }).on('line', onErrorLine);

  async function stop(boundMs: number): Promise<boolean> {
    if (hasEnded) return true;
    child.kill('SIGTERM');
    const late = pause(boundMs);
    const inTime = await Promise.race([ended.promise.then(() => true), late.then(() => false)]);
    late.cancel();
    if (!inTime) {
      killGroup(child, 'SIGKILL');
      await ended.promise;
    }
    return inTime;
  }

  return {
    pid: child.pid ?? 0,
    ended: ended.promise,
    hasEnded: () => hasEnded,
    firstLine: async (boundMs) => {
      const late = pause(boundMs);
      const line = await Promise.race([
        first.promise,
        ended.promise.then((code) => new Error(`${script} ended with code ${code} before it was ready`)),
        late.then(() => new Error(`${script} was not ready within ${boundMs / 1_000} s`)),
      ]);
      late.cancel();
      if (typeof line === 'string') return line;
      throw line;
    },
    lastLine: () => last,
    signal: (name) => {
      if (hasEnded) return;
      if (name === 'SIGTERM') child.kill(name);
      else killGroup(child, name);
    },
    stop,
  };
}

/** The session of its own has one process group: the program and what it has started. */
function killGroup({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch (error) {
    // All of them have ended meanwhile.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

/** A wait that can be given up, so that it does not keep the process alive. */
export function pause(delayMs: number): Promise<void> & { cancel(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, delayMs);
  const cancel = (): void => {
    clearTimeout(timer);
    resolve();
  };
  return Object.assign(promise, { cancel });
}
