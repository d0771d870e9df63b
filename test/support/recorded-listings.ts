import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { QuestionText } from '../../src/crypto/questions/payoff.ts';

/** A recorded market under the key that the labels use. */
export interface Listing {
  readonly key: string;
  readonly text: QuestionText;
  /** Price of YES or Up that it settled at: 1, 0, or null where the recording has none. */
  readonly settledAt: number | null;
}

/** What somebody wrote down about a question after reading it. Only what is there is compared. */
export interface Label {
  readonly id: string;
  readonly kind: string;
  readonly coin?: string;
  readonly strikes?: readonly number[];
  readonly direction?: string;
  readonly start?: string;
  readonly end?: string;
  readonly source?: string;
}

export const SHARED = process.env.EVENKEEL_SHARED_DATA ?? join(import.meta.dirname, '../../../shared/data');
export const hasShared = existsSync(join(SHARED, 'gamma'));
const LABELS = join(import.meta.dirname, '../labels/crypto-questions');

type Row = Readonly<Record<string, unknown>>;
const textOf = (row: Row, name: string): string | undefined => {
  const value = row[name];
  return typeof value === 'string' ? value : undefined;
};
const rowsOf = (value: unknown): readonly Row[] => (Array.isArray(value) ? (value as readonly Row[]) : []);

const jsonLines = <T>(text: string): readonly T[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T);

export const labelsOf = (part: 'development' | 'held-out'): readonly Label[] =>
  jsonLines(readFileSync(join(LABELS, `${part}.jsonl`), 'utf8'));

export const inventedQuestions = (
  part: 'invented' | 'invented-later',
): readonly (QuestionText & { readonly expected: Omit<Label, 'id'> })[] =>
  jsonLines(readFileSync(join(LABELS, `${part}.jsonl`), 'utf8'));

export const readShared = (path: string): string => {
  const bytes = readFileSync(join(SHARED, path));
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
};
const jsonAt = (path: string): unknown => JSON.parse(readShared(`gamma/${path}`));

/** Rows of a comma-separated text in which quoted fields may hold commas and doubled quotes. */
export function csvRows(text: string): readonly (readonly string[])[] {
  const field = /("(?:[^"]|"")*"|[^,]*)(,|$)/g;
  return text
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map((line) => {
      const fields: string[] = [];
      for (const [, value = '', end] of line.matchAll(field)) {
        fields.push(value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value);
        if (end === '') break;
      }
      return fields;
    });
}

/** Every recorded market of the development data, each once. */
export function recordedListings(): readonly Listing[] {
  const all = [
    ...predictions(),
    ...curated(),
    ...ladders(),
    ...events(),
    ...fiveMinutes(),
    ...clob(),
    ...single(),
  ];
  return [...new Map([...all].reverse().map((listing) => [listing.key, listing])).values()].reverse();
}

const listing = (key: string, text: QuestionText, settledAt: number | null = null): Listing => ({
  key,
  text,
  settledAt,
});

function predictions(): Listing[] {
  const folder = 'gamma/thesaddestlandscape';
  return readdirSync(join(SHARED, folder)).flatMap((file) => {
    const [header = [], ...rows] = csvRows(readShared(`${folder}/${file}`));
    const [id, question, endDate] = ['market_id', 'question', 'end_date'].map((name) => header.indexOf(name));
    return rows
      .filter((row) => row.length > 5)
      .map((row) =>
        listing(row[id ?? 0] ?? '', { question: row[question ?? 0] ?? '', endDate: row[endDate ?? 0] }),
      );
  });
}

function curated(): Listing[] {
  const { markets } = jsonAt('cl0110/polymarket_markets.json') as { readonly markets: unknown };
  return rowsOf(markets).map((row) => {
    const question = textOf(row, 'question') ?? '';
    const slug = textOf(row, 'url')?.split('/').at(-1) ?? '';
    const digest = createHash('sha1').update(question.trim()).digest('hex').slice(0, 8);
    const eventTitle = textOf(row, 'event_title');
    return listing(`cl0110:${slug}#${digest}`, { question, eventTitle, endDate: textOf(row, 'end_date') });
  });
}

function ladders(): Listing[] {
  return readdirSync(join(SHARED, 'gamma/wenfp108_sniper')).flatMap((file) =>
    rowsOf(jsonAt(`wenfp108_sniper/${file}`)).map((row) => {
      const slug = textOf(row, 'ticker') ?? '';
      const [eventTitle, endDate] = [textOf(row, 'eventTitle'), textOf(row, 'endDate')];
      return listing(`sniper:${slug}`, {
        question: textOf(row, 'question') ?? '',
        eventTitle,
        slug,
        endDate,
      });
    }),
  );
}

/** The names of outcomes as the venue lists them: JSON in a text. */
function namesIn(row: Row): readonly string[] | undefined {
  const json = textOf(row, 'outcomes');
  return json === undefined ? undefined : (JSON.parse(json) as readonly string[]);
}

/** A market as the venue's listing has it. */
function gamma(row: Row, eventTitle?: string): Listing {
  const prices: unknown = JSON.parse(textOf(row, 'outcomePrices') ?? '[]');
  const price = Array.isArray(prices) ? Number(prices[0]) : Number.NaN;
  const config = row.cryptoMarketConfig as { readonly twapLookbackSeconds?: number } | undefined;
  return listing(
    String(row.id),
    {
      question: textOf(row, 'question') ?? '',
      outcomeNames: namesIn(row),
      eventTitle,
      slug: textOf(row, 'slug'),
      description: textOf(row, 'description'),
      endDate: textOf(row, 'endDate'),
      resolutionSource: textOf(row, 'resolutionSource'),
      eventStartTime: textOf(row, 'eventStartTime'),
      twapLookbackSeconds: config?.twapLookbackSeconds,
    },
    row.closed === true && (price === 0 || price === 1) ? price : null,
  );
}

function events(): Listing[] {
  const snapshots = rowsOf(jsonAt('wenfp108_gamma_events/SNAPSHOT_11-30-34.json')).map(
    (row) => row.data as Row,
  );
  const all = [...snapshots, ...rowsOf(jsonAt('nautilus_gamma/gamma_event.json'))];
  return all.flatMap((event) => rowsOf(event.markets).map((row) => gamma(row, textOf(event, 'title'))));
}

function fiveMinutes(): Listing[] {
  const lines = jsonLines<{ readonly raw: Row; readonly outcome_prices: readonly string[] }>(
    readShared('gamma/ligengxin96/BTC-5m-markets-2026-06-08.jsonl.gz'),
  );
  return lines.map(({ raw, outcome_prices }) => ({ ...gamma(raw), settledAt: Number(outcome_prices[0]) }));
}

function clob(): Listing[] {
  const { data } = jsonAt('nautilus_clob_markets/markets.json') as { readonly data: unknown };
  return rowsOf(data).map((row) => {
    const tokens = rowsOf(row.tokens);
    const [yes] = tokens;
    const price = row.closed === true ? Number(yes?.price) : Number.NaN;
    const text: QuestionText = {
      question: textOf(row, 'question') ?? '',
      outcomeNames: tokens.map((token) => textOf(token, 'outcome') ?? ''),
      slug: textOf(row, 'market_slug'),
      description: textOf(row, 'description'),
      endDate: textOf(row, 'end_date_iso'),
    };
    return listing(String(row.condition_id).slice(0, 18), text, price === 0 || price === 1 ? price : null);
  });
}

function single(): Listing[] {
  const files = readdirSync(join(SHARED, 'gamma/nautilus_gamma')).filter((file) =>
    file.startsWith('gamma_market'),
  );
  const paths = [
    ...files.map((file) => `nautilus_gamma/${file}`),
    'nautilus_late2026_transcribed/gamma_market_crypto_twap.json',
  ];
  return paths.flatMap((path) => {
    const found = jsonAt(path);
    return (Array.isArray(found) ? rowsOf(found) : [found as Row]).map((row) => gamma(row));
  });
}
