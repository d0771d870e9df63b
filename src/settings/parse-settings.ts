import { contradictions } from './contradictions.ts';
import { parseValue } from './parse-value.ts';
import { type SettingProblem, settingProblem } from './problem.ts';
import type { SettingValue } from './row.ts';
import type { Settings } from './settings.ts';
import { placedRows } from './table.ts';
import { unknownNameProblem } from './unknown-names.ts';

/** Names and texts, as the process environment or a parsed `.env` file gives them. */
export type SettingTexts = Readonly<Record<string, string | undefined>>;

export type ParsedSettings =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly SettingProblem[] };

export interface LenientSettings {
  /** Complete: a default stands for every value that is wrong by itself. Those that contradict each other are kept as they are. */
  readonly settings: Settings;
  readonly problems: readonly SettingProblem[];
}

/**
 * Parses all settings at once. The answer is either complete settings or the complete list of what is wrong, so that
 * nobody has to start the worker five times to find five mistakes. Names that are not ours are left alone.
 */
export function parseSettings(texts: SettingTexts): ParsedSettings {
  const { settings, problems } = parseLeniently(texts);
  return problems.length > 0 ? { ok: false, problems } : { ok: true, settings };
}

/** The settings with everything that is wrong about them, for commands that need a few of them and must not fail for the others. */
export function parseLeniently(texts: SettingTexts): LenientSettings {
  const problems: SettingProblem[] = [];
  const wrong = new Set<string>();
  const groups: Record<string, Record<string, SettingValue>> = {};
  for (const { group, name, row } of placedRows) {
    const parsed = parseValue(row, texts[row.env]);
    const value = parsed.ok ? parsed.value : row.default;
    if (!parsed.ok) {
      problems.push(parsed.problem);
      wrong.add(row.env);
    }
    groups[group] = { ...groups[group], [name]: value };
  }
  for (const env of Object.keys(texts).sort()) {
    if (texts[env] === undefined) continue;
    const problem = unknownNameProblem(env);
    if (problem !== null) problems.push(problem);
  }
  // The rows of the table filled every group and name, each by its own kind, which is what Settings spells out.
  const settings = groups as Settings;
  // A default stands in for what is wrong by itself, and may contradict nothing.
  problems.push(...contradictions(settings, wrong));
  return { settings, problems };
}

/** The settings of a worker for which nothing is set. */
export function defaultSettings(): Settings {
  const parsed = parseSettings({});
  if (!parsed.ok)
    throw new Error(
      `The defaults of the settings table are wrong: ${parsed.problems.map((p) => p.message).join(' ')}`,
    );
  return parsed.settings;
}

/** What a start needs beyond valid settings: all that trading needs, and a key for each part that asks a model. */
export function problemsBeforeStart(settings: Settings): SettingProblem[] {
  const problems = problemsBeforeTrading(settings);
  if (!settings.mm.scorerEnabled || settings.anthropic.apiKey !== null) return problems;
  return [
    ...problems,
    settingProblem({
      code: 'missing',
      env: 'ANTHROPIC_API_KEY',
      found: 'nothing',
      expected: 'a key for the model that scores markets, since MM_SCORER_ENABLED is true',
      todo: 'Set the key, or set MM_SCORER_ENABLED to false.',
    }),
  ];
}

/** What trading needs beyond valid settings. Commands that only look do not ask for it. */
export function problemsBeforeTrading(settings: Settings): SettingProblem[] {
  if (settings.polymarket.privateKey !== null || settings.signer.keystoreFile !== null) return [];
  return [
    settingProblem({
      code: 'missing',
      env: 'POLYMARKET_PRIVATE_KEY',
      found: 'nothing, and no POLYMARKET_KEYSTORE_FILE',
      expected: 'a keystore file with the private key of the account that signs orders',
      todo: 'Make one with ./run keystore create or import and set POLYMARKET_KEYSTORE_FILE in .env.',
    }),
  ];
}
