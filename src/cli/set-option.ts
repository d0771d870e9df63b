import { parseSettings } from '../settings/index.ts';

/** The settings of every `--set NAME=VALUE` by name, or what is wrong with the first that is not one. */
export function settingsOfOptions(pairs: readonly string[]): Readonly<Record<string, string>> | string {
  const texts: Record<string, string> = {};
  for (const pair of pairs) {
    const [name, value] = pair.split(/=(.*)/s);
    if (name === undefined || value === undefined)
      return `--set: expected NAME=VALUE, found ${JSON.stringify(pair)}`;
    texts[name] = value;
  }
  const parsed = parseSettings(texts);
  return parsed.ok ? texts : parsed.problems.map(({ message }) => `--set: ${message}`).join('\n');
}
