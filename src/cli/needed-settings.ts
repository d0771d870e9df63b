import {
  nearestName,
  parseLeniently,
  rowByEnv,
  type SettingProblem,
  type Settings,
  type SettingTexts,
} from '../settings/index.ts';
import { readSettings } from './read-settings.ts';

export interface NeededSettings {
  /** A default stands for each value that is wrong by itself. */
  readonly settings: Settings;
  /** What is wrong with settings that the command needs, by the name that was meant. */
  readonly problems: readonly SettingProblem[];
}

/**
 * The settings for a command that takes risk away and needs only some of them: a mistake among the others is told as a warning and
 * stops nothing. What is wrong with `needed` is the caller's to judge, after it has done what it can.
 */
export function readNeededSettings(needed: readonly string[], read = readSettings): NeededSettings {
  let texts: SettingTexts;
  try {
    ({ texts } = read());
  } catch (error) {
    // A file that may not be read must not keep orders in the book.
    const why = error instanceof Error ? error.message : String(error);
    console.error(`warning: .env cannot be read, so only the environment counts (${why})`);
    ({ texts } = read({}, process.env, null));
  }
  const { settings, problems } = parseLeniently(texts);
  const meant = problems.map((problem) => ({ ...problem, env: meantName(problem, texts) }));
  for (const { message } of meant.filter(({ env }) => !needed.includes(env)))
    console.error(`warning, this command goes on without it: ${message}`);
  return { settings, problems: meant.filter(({ env }) => needed.includes(env)) };
}

/** A mistyped name stands for the setting it is nearest to, as long as that is not set itself. */
function meantName({ env, code }: SettingProblem, texts: SettingTexts): string {
  if (code !== 'unknown') return env;
  const nearest = nearestName(env, rowByEnv.keys());
  return nearest === null || (texts[nearest] ?? '').trim() !== '' ? env : nearest;
}
