import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../adapters/node/run-directory.ts';
import { type Usd, usd } from '../domain/units.ts';
import type { SignedDay } from './budget.ts';

/** What a signer puts down of its day, and the time that it had reached then. */
export interface KeptDay extends SignedDay {
  readonly clockMs: number;
}

export interface DayFile {
  /** Null where there was no file. */
  readonly found: KeptDay | null;
  /** Returns once it is on the disk; a crash leaves the old file or the new one. Throws where it cannot be written. */
  readonly write: (day: KeptDay) => void;
}

/** A file that is not as a signer writes it. A RangeError, as all that keeps an account from being opened. */
export class DayFileFault extends RangeError {}

const schema = z.strictObject({
  version: z.literal(1),
  day: z.int().nonnegative(),
  signedMicroUsd: z.int().nonnegative(),
  clockMs: z.int().nonnegative(),
});

/** Where a folder keeps what the signer of an account has signed today. */
export const dayFilePath = (folder: string, chainId: number, address: string): string =>
  join(folder, `signed-today-${chainId}-${address.toLowerCase()}.json`);

/** Reads what was put down. Throws a DayFileFault where it is not as it was written: no day begins anew because a file is broken. */
export function openDayFile(path: string): DayFile {
  return {
    found: readDay(path),
    write: ({ day, usd: signed, clockMs }) => {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      const text = JSON.stringify({ version: 1, day, signedMicroUsd: signed, clockMs: Math.floor(clockMs) });
      replaceFile(path, `${text}\n`);
    },
  };
}

function readDay(path: string): KeptDay | null {
  if (!existsSync(path)) return null;
  try {
    const { day, signedMicroUsd, clockMs } = schema.parse(JSON.parse(readFileSync(path, 'utf8')));
    return { day, usd: usd(signedMicroUsd) satisfies Usd, clockMs };
  } catch (error) {
    const found = error instanceof z.ZodError ? z.prettifyError(error).replaceAll('\n', ' ') : String(error);
    throw new DayFileFault(
      `${path}: found ${found}; expected what the signer has signed today, as it writes it. Look at what this account has traded today, and remove the file to let the day's sum (SIGNER_MAX_DAY_USD) begin anew.`,
    );
  }
}
