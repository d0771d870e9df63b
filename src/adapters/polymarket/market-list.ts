import type { Market } from '../../domain/market.ts';
import type { Log } from '../../ports/timers.ts';
import type { MarketListPort } from '../../ports/venue.ts';
import { parseGammaMarket } from './gamma-market.ts';
import { createHttpClient, type HttpCall, type HttpClient, troubleError } from './http.ts';
import { GAMMA_PAGE_LIMIT } from './venue-facts.ts';
import { asArray, asObject, WireFault } from './wire/fields.ts';

export interface MarketListOptions {
  readonly gammaUrl: string;
  readonly nowMs: () => number;
  readonly log: Log;
  /**
   * Lists read at the same time, each a range of end dates. One reads everything; more are faster, and leave out
   * markets without an end date. Default 1.
   */
  readonly concurrency?: number;
  readonly timeoutMs?: number;
}

/** What the last complete listing held, for `status` and metrics. */
export interface ListingCounts {
  readonly listed: number;
  readonly usable: number;
  readonly duplicates: number;
  /** Objects that were no market of ours, by reason. */
  readonly unusable: Readonly<Record<string, number>>;
}

export interface MarketList extends MarketListPort {
  lastCounts(): ListingCounts | null;
  close(): Promise<void>;
}

/** At 100 a page, more than ten times what the venue lists today. */
const MAX_PAGES = 10_000;
const DAY_MS = 86_400_000;
/** Ends of the ranges of end dates, in days from now. Most markets end soon. */
const RANGE_DAYS = [1, 3, 7, 14, 30, 60, 120];

/** The market catalogue of Gamma: every active market, page by page. */
export function createMarketList(options: MarketListOptions): MarketList {
  const http = createHttpClient({
    baseUrl: options.gammaUrl,
    nowMs: options.nowMs,
    timeoutMs: options.timeoutMs ?? 20_000,
  });
  let counts: ListingCounts | null = null;

  return {
    lastCounts: () => counts,
    close: () => http.close(),
    markets: async (signal) => {
      const filters = rangesOf(options.concurrency ?? 1, options.nowMs());
      const lists = await Promise.all(filters.map((filter) => readAll(http, filter, signal)));
      const found = lists.flat();
      const byCondition = new Map<string, Market>();
      const unusable: Record<string, number> = {};
      let duplicates = 0;
      for (const object of found) {
        const parsed = parseGammaMarket(object);
        if ('unusable' in parsed) unusable[parsed.unusable] = (unusable[parsed.unusable] ?? 0) + 1;
        else if (byCondition.has(parsed.market.conditionId)) duplicates += 1;
        else byCondition.set(parsed.market.conditionId, parsed.market);
      }
      counts = { listed: found.length, usable: byCondition.size, duplicates, unusable };
      if (Object.keys(unusable).length > 0) options.log.debug('market objects that cannot be used', unusable);
      return { kind: 'marketsListed', markets: [...byCondition.values()] };
    },
  };
}

/** Filters that together cover every end date, `count` of them at most. */
function rangesOf(count: number, nowMs: number): string[] {
  const ends = RANGE_DAYS.slice(0, Math.max(0, count - 1)).map((days) =>
    new Date(nowMs + days * DAY_MS).toISOString(),
  );
  if (ends.length === 0) return [''];
  const filters = [`&end_date_max=${encodeURIComponent(ends[0]!)}`];
  for (let index = 0; index < ends.length; index += 1) {
    const next = ends[index + 1];
    const upper = next === undefined ? '' : `&end_date_max=${encodeURIComponent(next)}`;
    filters.push(`&end_date_min=${encodeURIComponent(ends[index]!)}${upper}`);
  }
  return filters;
}

async function readAll(http: HttpClient, filter: string, signal: AbortSignal): Promise<unknown[]> {
  const found: unknown[] = [];
  const seen = new Set<string>();
  let cursor = '';
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const after = cursor === '' ? '' : `&after_cursor=${encodeURIComponent(cursor)}`;
    const query = `limit=${GAMMA_PAGE_LIMIT}&active=true&closed=false&include_tag=true${filter}${after}`;
    const call: HttpCall = { method: 'GET', path: '/markets/keyset', query };
    const next = takePage(call, await http.json(call, signal), found);
    if (next === null) return found;
    if (seen.has(next))
      throw troubleError(call, { kind: 'garbage', text: `the cursor ${next} does not lead on` });
    seen.add(next);
    cursor = next;
  }
  throw troubleError(
    { method: 'GET', path: '/markets/keyset' },
    { kind: 'garbage', text: `the list has more than ${MAX_PAGES} pages` },
  );
}

/** Adds the page's objects and gives the cursor of the next one, or null on the last. */
function takePage(call: HttpCall, answer: unknown, found: unknown[]): string | null {
  try {
    const page = asObject(answer, 'the page');
    const rows = asArray(page.markets ?? page.data, 'markets');
    found.push(...rows);
    const next = page.next_cursor;
    return typeof next === 'string' && next !== '' && next !== 'LTE=' && rows.length > 0 ? next : null;
  } catch (error) {
    if (!(error instanceof WireFault)) throw error;
    throw troubleError(call, { kind: 'garbage', text: error.message }, error);
  }
}
