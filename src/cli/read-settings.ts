import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import {
  type ParsedSettings,
  parseSettings,
  rowByEnv,
  type SettingProblem,
  type SettingTexts,
} from '../settings/index.ts';

/** The project folder, where `.env` is. */
export const projectFolder = join(import.meta.dirname, '..', '..');

/** Exit code for input that cannot be worked with: settings, arguments, a world that is not as the settings say. */
export const EXIT_BAD_INPUT = 2;

/** Where the value of a setting comes from. */
export type SettingSource = 'default' | '.env' | 'environment';

export interface ReadSettings {
  readonly parsed: ParsedSettings;
  /** The texts that were parsed: those of the file under those of the environment. */
  readonly texts: SettingTexts;
  /** Source of each setting, by environment name. */
  readonly sources: ReadonlyMap<string, SettingSource>;
}

/**
 * Reads the settings from `.env` in the project folder and from the environment, which wins. `overrides` win over
 * both; they are what a command's own options mean. Without an `envFile` only the environment counts.
 */
export function readSettings(
  overrides: SettingTexts = {},
  environment: SettingTexts = process.env,
  envFile: string | null = join(projectFolder, '.env'),
): ReadSettings {
  const fromFile = envFile === null ? {} : readEnvFile(envFile);
  const fromEnvironment = { ...environment, ...overrides };
  const isSet = (texts: SettingTexts, env: string): boolean => (texts[env] ?? '').trim() !== '';
  const merged: Record<string, string | undefined> = { ...fromFile };
  for (const [env, value] of Object.entries(fromEnvironment)) {
    // An empty variable must not hide what the file says.
    if (isSet(fromEnvironment, env) || merged[env] === undefined) merged[env] = value;
  }
  const sources = new Map<string, SettingSource>();
  for (const env of rowByEnv.keys()) {
    sources.set(env, isSet(fromEnvironment, env) ? 'environment' : isSet(fromFile, env) ? '.env' : 'default');
  }
  return { parsed: parseSettings(merged), texts: merged, sources };
}

/** The problems as the lines an operator reads. */
export function problemLines(problems: readonly SettingProblem[]): string[] {
  const count = problems.length === 1 ? 'One setting is wrong.' : `${problems.length} settings are wrong.`;
  return [`${count} Nothing was started.`, ...problems.map(({ message }) => `  ${message}`)];
}

function readEnvFile(path: string): SettingTexts {
  let content: string;
  try {
    content = readFileSync(path, 'utf8');
  } catch (error) {
    // Having no .env is normal: everything may come from the environment.
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
  return parseEnv(content);
}
