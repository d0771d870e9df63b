import type { SettingValue } from './row.ts';
import { Secret } from './secret.ts';
import type { Settings } from './settings.ts';
import type { PlacedRow } from './table.ts';
import { placedRows } from './table.ts';

/** A value that may be shown and stored. */
export type ShownValue = string | number | boolean | null;

/** The value of one row in parsed settings. */
export function settingAt(settings: Settings, { group, name }: PlacedRow): SettingValue {
  const values: Readonly<Record<string, SettingValue>> = settings[group];
  return values[name] ?? null;
}

/**
 * All settings by environment name, sorted, with secrets and private paths hidden. `JSON.stringify` of it is
 * canonical: equal settings give equal text, which is what the run's manifest hashes.
 */
export function redactedSettings(settings: Settings): Record<string, ShownValue> {
  const shown = placedRows.map((placed): [string, ShownValue] => [
    placed.row.env,
    shownValue(placed, settingAt(settings, placed)),
  ]);
  return Object.fromEntries(shown.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * The texts that give the same settings again when parsed, without those that must not be stored: secrets, and URLs
 * whose path is private. Values that are not set are left out.
 */
export function settingTexts(settings: Settings): Record<string, string> {
  return Object.fromEntries(
    placedRows.flatMap((placed): [string, string][] => {
      const value = settingAt(settings, placed);
      const keptBack =
        value === null || value instanceof Secret || (placed.row.kind === 'url' && placed.row.hidePath);
      return keptBack ? [] : [[placed.row.env, String(value)]];
    }),
  );
}

function shownValue({ row }: PlacedRow, value: SettingValue): ShownValue {
  if (value instanceof Secret) return value.toString();
  if (row.kind === 'url' && typeof value === 'string') return shownUrl(value, row.hidePath);
  return value;
}

/** A URL without user name and password, and without path and query where those are private. */
function shownUrl(text: string, hidePath: boolean): string {
  const parsed = URL.parse(text);
  if (parsed === null) return text;
  const privatePath = hidePath && (parsed.pathname !== '/' || parsed.search !== '');
  if (parsed.username === '' && parsed.password === '' && !privatePath) return text;
  return `${parsed.protocol}//${parsed.host}${privatePath ? '/[hidden]' : `${parsed.pathname}${parsed.search}`}`;
}
