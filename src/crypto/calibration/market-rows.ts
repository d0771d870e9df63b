import { parseInstant } from '../questions/civil-time.ts';
import type { QuestionText } from '../questions/payoff.ts';
import { csvRows } from './csv.ts';

/** What a market said at one moment. */
export interface MarketRow {
  readonly marketId: string;
  readonly atMs: number;
  readonly text: QuestionText;
  /** The market's price of YES, as a probability. */
  readonly yesPrice: number;
  /** What another model said, where the file has one. */
  readonly otherProbability: number | null;
  /** Known outcome; null where it is to be read from prices. */
  readonly isYes: boolean | null;
}

export interface MarketRows {
  readonly rows: readonly MarketRow[];
  /** What is wrong with lines that could not be read, with their numbers. */
  readonly problems: readonly string[];
}

/** Names a column may have. The second ones are those of a public log of forecasts, whose author writes Spanish. */
const COLUMNS = {
  at: ['at', 'timestamp_utc'],
  marketId: ['marketId', 'market_id'],
  question: ['question'],
  endDate: ['endDate', 'end_date'],
  yesPrice: ['yesPrice', 'precio_yes_mercado'],
  otherProbability: ['otherProbability', 'prob_yes_modelo'],
  outcome: ['outcome'],
  slug: ['slug'],
  eventTitle: ['eventTitle'],
  description: ['description'],
} as const;
type Column = keyof typeof COLUMNS;
const NEEDED: readonly Column[] = ['at', 'marketId', 'question', 'endDate', 'yesPrice'];

/** Reads comma-separated rows with a header, or one JSON object a line, told apart by the first character. */
export function readMarketRows(text: string): MarketRows | string {
  const start = text.trimStart();
  return start.startsWith('{') ? fromJsonLines(text) : fromCsv(text);
}

function fromCsv(text: string): MarketRows | string {
  const [header = [], ...lines] = csvRows(text);
  const places = new Map<Column, number>();
  for (const [column, names] of Object.entries(COLUMNS) as [Column, readonly string[]][]) {
    const place = header.findIndex((name) => names.includes(name.trim()));
    if (place >= 0) places.set(column, place);
  }
  const absent = NEEDED.filter((column) => !places.has(column)).map((column) => COLUMNS[column].join(' or '));
  if (absent.length > 0)
    return `found the columns ${header.slice(0, 20).join(', ') || '(none)'}; expected also ${absent.join(', ')}`;
  return collect(lines, 2, (line) => (column) => line[places.get(column) ?? -1]);
}

function fromJsonLines(text: string): MarketRows {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return collect(lines, 1, (line) => {
    let parsed: unknown;
    try {
      parsed = JSON.parse(line);
    } catch {
      return null;
    }
    if (typeof parsed !== 'object' || parsed === null) return null;
    const fields = new Map(Object.entries(parsed));
    return (column) => {
      const value: unknown = COLUMNS[column]
        .map((name) => fields.get(name))
        .find((found) => found !== undefined);
      return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
    };
  });
}

type Fields = (column: Column) => string | undefined;

function collect<Line>(
  lines: readonly Line[],
  firstLine: number,
  fieldsOf: (line: Line) => Fields | null,
): MarketRows {
  const rows: MarketRow[] = [];
  const problems: string[] = [];
  for (const [index, line] of lines.entries()) {
    const fields = fieldsOf(line);
    const row = fields === null ? 'found no JSON object' : rowOf(fields);
    if (typeof row === 'string') problems.push(`line ${index + firstLine}: ${row}`);
    else rows.push(row);
  }
  return { rows, problems };
}

function rowOf(field: Fields): MarketRow | string {
  const atMs = parseInstant(field('at') ?? '');
  if (atMs === null)
    return `found the time ${JSON.stringify(field('at') ?? '')}, expected one such as 2026-06-24T07:02:51Z`;
  const [marketId, question, endDate] = [field('marketId') ?? '', field('question') ?? '', field('endDate')];
  if (marketId === '' || question === '') return 'found no market id or no question';
  const yesPrice = probability(field('yesPrice'));
  if (yesPrice === null)
    return `found the YES price ${JSON.stringify(field('yesPrice') ?? '')}, expected dollars from 0 to 1`;
  const outcome = (field('outcome') ?? '').toUpperCase();
  if (!['', 'YES', 'NO'].includes(outcome))
    return `found the outcome ${outcome}, expected YES, NO or nothing`;
  return {
    marketId,
    atMs,
    text: {
      question,
      endDate,
      slug: field('slug'),
      eventTitle: field('eventTitle'),
      description: field('description'),
    },
    yesPrice,
    otherProbability: probability(field('otherProbability')),
    isYes: outcome === '' ? null : outcome === 'YES',
  };
}

function probability(text: string | undefined): number | null {
  const value = Number(text ?? '');
  return text !== undefined && text.trim() !== '' && value >= 0 && value <= 1 ? value : null;
}
