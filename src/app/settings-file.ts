import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../adapters/node/run-directory.ts';
import { utcText } from '../domain/utc-text.ts';
import { layChanges, type SettingChange, type Settings } from '../settings/index.ts';
import { StartRefused } from './start-refused.ts';

const FILE = 'settings-changes.json';

const changeSchema = z.strictObject({
  name: z.string(),
  value: z.string(),
  by: z.string(),
  reason: z.string(),
  atMs: z.number(),
});
const fileSchema = z.strictObject({
  version: z.literal(1),
  changes: z.array(changeSchema).refine((all) => new Set(all.map(({ name }) => name)).size === all.length, {
    error: 'a setting is named twice',
  }),
});

/** Where a data folder keeps what operators have changed; it holds over `.env` until it is taken back. */
export const settingsFile = (dataDir: string): string => join(dataDir, FILE);

/** The changes of a data folder, by name. Throws `StartRefused` where the file is not as it was written. */
export function readSettingChanges(dataDir: string): readonly SettingChange[] {
  const path = settingsFile(dataDir);
  if (!existsSync(path)) return [];
  const parsed = fileSchema.safeParse(jsonOf(readFileSync(path, 'utf8')));
  if (parsed.success) return parsed.data.changes;
  throw new StartRefused([
    `${path}: found ${z.prettifyError(parsed.error)}; expected the changes of settings as ./run settings set writes them. Correct it, or remove it to go back to what .env says.`,
  ]);
}

/** Returns once the changes are on the disk: a crash leaves the old file or the new one. */
export function writeSettingChanges(dataDir: string, changes: readonly SettingChange[]): void {
  replaceFile(settingsFile(dataDir), `${JSON.stringify({ version: 1, changes }, null, 2)}\n`);
}

/** The settings with the changes laid over them. Throws `StartRefused` with everything that is wrong about them. */
export function settingsWithChanges(
  base: Settings,
  changes: readonly SettingChange[],
  dataDir: string,
): Settings {
  const laid = layChanges(base, changes);
  if (laid.ok) return laid.settings;
  throw new StartRefused([
    `${settingsFile(dataDir)}: found changes of settings that do not go with .env or with this version. Take them back one by one with ./run settings unset NAME, or set them anew.`,
    ...laid.problems.map(({ message }) => message),
  ]);
}

/** One line on a change, for whoever starts the worker or asks. */
export const changeLine = (
  { name, by, reason, atMs }: SettingChange,
  is: unknown,
  otherwise: unknown,
): string =>
  `${name} is ${is} instead of ${otherwise}: changed by ${by} at ${utcText(atMs)}, because: ${reason}`;

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The schema then says what was expected.
    return undefined;
  }
}
