import type { ConditionId, TokenId } from '../../domain/market.ts';
import { MICRO, type Shares, type Usd } from '../../domain/units.ts';
import { createHttpClient, type HttpCall, type HttpClient, parsed } from './http.ts';
import { asArray, asObject, textField, WireFault, type WireObject } from './wire/fields.ts';

export interface DataApiOptions {
  readonly dataUrl: string;
  readonly nowMs: () => number;
  readonly timeoutMs?: number;
}

/** What the Data API says that a wallet holds of one token. */
export interface DataPosition {
  readonly tokenId: TokenId;
  readonly conditionId: ConditionId;
  readonly title: string;
  readonly size: Shares;
  /** Dollars a share, by its own accounting, which counts sets at half a dollar a token; null where it gives none. */
  readonly averagePrice: number | null;
}

export interface DataPositions {
  readonly positions: readonly DataPosition[];
  /** False where the list is longer than the service lets anybody read. */
  readonly isComplete: boolean;
}

/**
 * The venue's public record of wallets. It follows the chain one to three minutes late, so what it says confirms books and never
 * makes them. Every call throws a `ForeignError`.
 */
export interface DataApi {
  positions(wallet: string, signal: AbortSignal): Promise<DataPositions>;
  /** Its own valuation of everything that is held, cash left out. */
  value(wallet: string, signal: AbortSignal): Promise<Usd>;
  close(): Promise<void>;
}

const PAGE = 500;
/** The service refuses to go further. */
const LAST_OFFSET = 1_000;

export function createDataApi(options: DataApiOptions): DataApi {
  const http = createHttpClient({
    baseUrl: options.dataUrl,
    nowMs: options.nowMs,
    timeoutMs: options.timeoutMs ?? 10_000,
  });
  return {
    positions: (wallet, signal) => readPositions(http, wallet, signal),
    value: (wallet, signal) => readValue(http, wallet, signal),
    close: () => http.close(),
  };
}

async function readPositions(http: HttpClient, wallet: string, signal: AbortSignal): Promise<DataPositions> {
  const positions = new Map<TokenId, DataPosition>();
  for (let offset = 0; offset <= LAST_OFFSET; offset += PAGE) {
    // Left to itself the service hides what is smaller than one share.
    const query = `user=${encodeURIComponent(wallet)}&sizeThreshold=0&limit=${PAGE}&offset=${offset}`;
    const call: HttpCall = { method: 'GET', path: '/positions', query };
    const rows = rowsOf(call, await http.json(call, signal), positionOf);
    for (const row of rows) positions.set(row.tokenId, row);
    if (rows.length < PAGE) return { positions: [...positions.values()], isComplete: true };
  }
  return { positions: [...positions.values()], isComplete: false };
}

async function readValue(http: HttpClient, wallet: string, signal: AbortSignal): Promise<Usd> {
  const call: HttpCall = { method: 'GET', path: '/value', query: `user=${encodeURIComponent(wallet)}` };
  const [row] = rowsOf(call, await http.json(call, signal), (object) => microOf(object, 'value') as Usd);
  // A wallet that never traded has no row.
  return row ?? (0 as Usd);
}

function rowsOf<Row>(call: HttpCall, answer: unknown, read: (row: WireObject) => Row): Row[] {
  return parsed(call, () => asArray(answer, 'the list').map((row) => read(asObject(row, 'the row'))));
}

const TOKEN = /^\d{1,78}$/;

function positionOf(row: WireObject): DataPosition {
  const tokenId = textField(row, 'asset');
  if (!TOKEN.test(tokenId)) throw new WireFault('asset', 'a token id of digits', tokenId);
  const { avgPrice, title } = row;
  return {
    tokenId: tokenId as TokenId,
    conditionId: textField(row, 'conditionId').toLowerCase() as ConditionId,
    title: typeof title === 'string' ? title : '',
    size: microOf(row, 'size') as Shares,
    averagePrice: typeof avgPrice === 'number' && Number.isFinite(avgPrice) ? avgPrice : null,
  };
}

/** Amounts are JSON numbers of six decimals, and come with the dust of floats. */
function microOf(row: WireObject, name: string): number {
  const value = row[name];
  const amount = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof amount !== 'number' || !Number.isFinite(amount) || amount < 0)
    throw new WireFault(name, 'an amount of zero or more', value);
  const micro = Math.round(amount * MICRO);
  if (!Number.isSafeInteger(micro)) throw new WireFault(name, 'an amount below nine billion', value);
  return micro;
}
