import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import type { Log } from '../ports/timers.ts';
import { WORKER_NODE_FLAGS } from '../runtime/worker-flags.ts';
import { rowByEnv, type SettingTexts } from '../settings/index.ts';
import { createFrameWriter } from '../signer/frame-writer.ts';
import { openSignerSession, type SignerSetup } from '../signer/open-signer.ts';
import { frameOf, type ParentWord, WORD_OF_PARENT } from '../signer/protocol.ts';
import { serveSession } from '../signer/serve-session.ts';
import type { SignerSession } from '../signer/signer-session.ts';
import { SIGNER_DESCRIPTOR } from '../signer/signer-socket.ts';
import { KEY_SETTINGS } from './account-key.ts';

const WORKER = join(import.meta.dirname, '..', 'cli', 'worker.ts');

export interface SuperviseOptions {
  readonly setup: SignerSetup;
  /** Settings as they were read, by environment name. The worker gets all but those that lead to the key. */
  readonly texts: SettingTexts;
  readonly environment: SettingTexts;
  readonly args: readonly string[];
  readonly log: Log;
  /** Another program for tests of this one. */
  readonly script?: string;
}

export interface SupervisedWorker {
  readonly pid: number;
  /** Passes a word on to the worker. */
  tell(word: ParentWord): void;
  /** Resolves with the exit code for this process once the worker is gone. */
  readonly ended: Promise<number>;
}

/** What a shell says of a program that a signal has ended. */
const SIGNAL_EXIT: Readonly<Record<string, number>> = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGABRT: 134,
  SIGKILL: 137,
  SIGTERM: 143,
};
const OTHER_SIGNAL_EXIT = 1;

/**
 * Starts the worker as a process of its own, without the key, and is its signer until it ends. The two share a process group, so a
 * terminal's Ctrl-C and a service manager reach both; the worker takes a second stop only from here. Throws a RangeError where the
 * setup makes no account.
 */
export async function superviseWorker(options: SuperviseOptions): Promise<SupervisedWorker> {
  const { setup, log } = options;
  let write: ((frame: Uint8Array) => void) | null = null;
  const session = await openSignerSession(setup, (frame) => write?.(frame));
  const program = options.script ?? WORKER;
  const child = spawn(
    process.execPath,
    [...process.execArgv, ...WORKER_NODE_FLAGS, program, ...options.args],
    {
      env: workerEnvironment(options.environment, options.texts),
      stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    },
  );
  const socket = child.stdio[SIGNER_DESCRIPTOR] as Socket;
  write = createFrameWriter(socket);
  serveSession(socket, session, log);
  const ended = endOf(child, session, log);
  return {
    pid: child.pid ?? 0,
    tell: (word) => {
      write?.(frameOf(WORD_OF_PARENT[word], 0, new Uint8Array()));
    },
    ended,
  };
}

async function endOf(child: ChildProcess, session: SignerSession, log: Log): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  child.once('error', (error) => {
    log.alarm(`the worker could not be started: ${error.message}`);
    resolve(OTHER_SIGNAL_EXIT);
  });
  child.once('exit', (code, signal) => {
    if (code === null)
      log.alarm(
        `the worker was ended by ${signal}: what it had in the book stays until the venue misses its heartbeats`,
      );
    resolve(code ?? SIGNAL_EXIT[signal ?? ''] ?? OTHER_SIGNAL_EXIT);
  });
  const code = await promise;
  await session.close();
  return code;
}

/** The environment of the worker: this one's, with the settings as they were read, and without any that leads to the key. */
export function workerEnvironment(environment: SettingTexts, texts: SettingTexts): Record<string, string> {
  const all = Object.entries({ ...environment, ...pickSettings(texts) });
  const isKey = (name: string): boolean => KEY_SETTINGS.some((setting) => setting === name);
  return Object.fromEntries(
    all.flatMap(([name, value]): [string, string][] =>
      value === undefined || isKey(name) ? [] : [[name, value]],
    ),
  );
}

const pickSettings = (texts: SettingTexts): SettingTexts =>
  Object.fromEntries(Object.entries(texts).filter(([name]) => rowByEnv.has(name)));
