import { type SettingProblem, settingProblem } from './problem.ts';
import type { NumberRow, Row, SettingValue, UrlRow } from './row.ts';
import { Secret } from './secret.ts';

export type ParsedValue =
  | { readonly ok: true; readonly value: SettingValue }
  | { readonly ok: false; readonly problem: SettingProblem };

const TRUE_WORDS = ['true', '1', 'yes', 'on'];
const FALSE_WORDS = ['false', '0', 'no', 'off'];

/**
 * Parses the text of one setting by its row. Surrounding blanks are dropped, and an empty text means "not set",
 * since that is how `.env` files leave a value out.
 */
export function parseValue(row: Row, raw: string | undefined): ParsedValue {
  const found = (raw ?? '').trim();
  if (found === '') return accept(row.default);
  switch (row.kind) {
    case 'number':
    case 'int':
      return parseNumber(row, found);
    case 'bool': {
      const word = found.toLowerCase();
      if (TRUE_WORDS.includes(word)) return accept(true);
      return FALSE_WORDS.includes(word) ? accept(false) : refuse(row, found);
    }
    case 'enum': {
      const match = row.values.find((value) => String(value).toLowerCase() === found.toLowerCase());
      return match === undefined ? refuse(row, found) : accept(match);
    }
    case 'text':
      return row.shape === undefined || row.shape.accepts(found) ? accept(found) : refuse(row, found);
    case 'secret':
      return row.shape === undefined || row.shape.accepts(found)
        ? accept(new Secret(found))
        : refuse(row, found);
    case 'url':
      return parseUrl(row, found);
    case 'address':
      return /^0x[0-9a-fA-F]{40}$/.test(found) ? accept(found) : refuse(row, found);
  }
}

/** What a row accepts, in words with its unit and bounds. */
export function expectedOf(row: Row): string {
  switch (row.kind) {
    case 'number':
      return `a number from ${row.min} to ${row.max}${unitOf(row)}`;
    case 'int':
      return `a whole number from ${row.min} to ${row.max}${unitOf(row)}`;
    case 'bool':
      return 'true or false';
    case 'enum':
      return `one of ${row.values.join(', ')}`;
    case 'text':
      return row.shape?.expected ?? 'text';
    case 'secret':
      return row.shape?.expected ?? 'text that is kept secret';
    case 'url':
      return `a URL that starts with ${row.schemes.map((scheme) => `${scheme}://`).join(' or ')}, unencrypted only inside a private network`;
    case 'address':
      return 'an address: 0x and 40 hexadecimal digits';
  }
}

function parseNumber(row: NumberRow, found: string): ParsedValue {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(found)) return refuse(row, found);
  const value = Number(found);
  if (row.kind === 'int' && !Number.isSafeInteger(value)) return refuse(row, found);
  if (value >= row.min && value <= row.max) return accept(Object.is(value, -0) ? 0 : value);
  const bound = value < row.min ? `at least ${row.min}` : `at most ${row.max}`;
  return refuse(
    row,
    found,
    'outOfBounds',
    `Set it to ${bound}${unitOf(row)}, or leave it out for ${row.default}.`,
  );
}

function parseUrl(row: UrlRow, found: string): ParsedValue {
  const parsed = URL.parse(found);
  const scheme = parsed?.protocol.slice(0, -1);
  if (parsed === null || !row.schemes.some((allowed) => allowed === scheme)) return refuse(row, found);
  const encrypted = scheme === 'https' || scheme === 'wss';
  // Credentials travel in headers and frames, so plain text may not leave the private network.
  if (!encrypted && !isPrivateHost(parsed.hostname)) return refuse(row, found);
  return accept(found.replace(/\/+$/, ''));
}

/** Whether a host name is this machine, a name without dots (container networks), or a private IPv4 range. */
function isPrivateHost(host: string): boolean {
  return (
    host === '[::1]' || !/[.:]/.test(host) || /^(127|10|192\.168|172\.(1[6-9]|2\d|3[01]))\.[\d.]+$/.test(host)
  );
}

function accept(value: SettingValue): ParsedValue {
  return { ok: true, value };
}

function refuse(
  row: Row,
  found: string,
  code: 'malformed' | 'outOfBounds' = 'malformed',
  todo?: string,
): ParsedValue {
  const instead = row.default === null ? 'leave it out' : `leave it out for ${row.default}`;
  return {
    ok: false,
    problem: settingProblem({
      code,
      env: row.env,
      found:
        row.kind === 'secret' || (row.kind === 'url' && row.hidePath)
          ? `${found.length} hidden characters`
          : `"${found}"`,
      expected: expectedOf(row),
      todo: todo ?? `Correct it, or ${instead}.`,
    }),
  };
}

const unitOf = (row: Row): string => (row.unit === '' ? '' : ` ${row.unit}`);
