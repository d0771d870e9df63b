import { existsSync, mkdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import pino, { type Logger } from 'pino';
import type { Log } from '../../ports/timers.ts';
import { HIDDEN, type Secret } from '../../settings/index.ts';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal';

export interface WorkerLogOptions {
  readonly level: LogLevel;
  /** Texts that must never be written, whoever passes them. */
  readonly secrets: readonly (Secret | null)[];
  /** Where lines for a person go. */
  readonly write: (line: string) => void;
  /** Where the same goes as JSON lines; null for nowhere. */
  readonly file: string | null;
  /** ANSI colours, which mean the level and nothing else. */
  readonly color: boolean;
}

export interface WorkerLog extends Log {
  close(): void;
}

type Method = 'debug' | 'note' | 'warning' | 'alarm';

const RANK: Readonly<Record<LogLevel, number>> = { trace: 0, debug: 1, info: 2, warn: 3, error: 4, fatal: 5 };
const LEVEL: Readonly<Record<Method, 'debug' | 'info' | 'warn' | 'error'>> = {
  debug: 'debug',
  note: 'info',
  warning: 'warn',
  alarm: 'error',
};
const COLOR: Readonly<Record<Method, string>> = { debug: '2', note: '0', warning: '33', alarm: '31' };
/** A log file of this size is moved aside at start, so that it is bounded by twice that. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** The worker's log: `12:00:01 note text` for a person, and JSON lines in a file. Secrets are cut out of both. */
export function createWorkerLog(options: WorkerLogOptions): WorkerLog {
  const hidden = options.secrets.flatMap((secret) => (secret === null ? [] : spellingsOf(secret.reveal())));
  const redact = (text: string): string => hidden.reduce((left, word) => left.replaceAll(word, HIDDEN), text);
  const file = options.file === null ? null : openFile(options.file, options.level);

  function log(method: Method, message: string, context?: Readonly<Record<string, unknown>>): void {
    if (RANK[LEVEL[method]] < RANK[options.level]) return;
    const text = redact(message);
    const shown = context === undefined ? '' : ` ${redact(JSON.stringify(context))}`;
    const clock = new Date().toISOString().slice(11, 19);
    const line = `${clock} ${method.padEnd(7)} ${text}${shown}`;
    options.write(options.color && COLOR[method] !== '0' ? `\u001b[${COLOR[method]}m${line}\u001b[0m` : line);
    file?.logger[LEVEL[method]](
      context === undefined ? {} : JSON.parse(redact(JSON.stringify(context))),
      text,
    );
  }

  return {
    debug: (message, context) => log('debug', message, context),
    note: (message, context) => log('note', message, context),
    warning: (message, context) => log('warning', message, context),
    alarm: (message, context) => log('alarm', message, context),
    close: () => file?.end(),
  };
}

/** A key is also secret without its 0x. Very short texts are left alone: cutting them out would garble everything. */
function spellingsOf(text: string): string[] {
  return [text, text.replace(/^0x/, '')].filter((word) => word.length >= 8);
}

function openFile(path: string, level: LogLevel): { logger: Logger; end: () => void } {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (existsSync(path) && statSync(path).size > MAX_FILE_BYTES) renameSync(path, `${path}.1`);
  const destination = pino.destination({ dest: path, sync: true, mode: 0o600 });
  return { logger: pino({ level, base: null }, destination), end: () => destination.end() };
}
