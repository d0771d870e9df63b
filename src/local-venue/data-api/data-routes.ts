import type { FastifyInstance } from 'fastify';
import type { VenueMarket, VenueRoutes } from '../types.ts';
import {
  type AccountRow,
  accountRows,
  type PositionRow,
  positionRows,
  round6,
  type TradedMarkets,
} from './account-rows.ts';
import { type ChainHistory, createChainHistory } from './chain-history.ts';

export interface DataOptions {
  /** How old the newest thing is that the service knows; the real one lags the chain by one to three minutes. Default 2 s. */
  readonly lagMs?: number;
}

type Query = Readonly<Record<string, string | readonly string[] | undefined>>;
type Json = Readonly<Record<string, unknown>>;

const DEFAULT_LAG_MS = 2_000;
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 500;
const MAX_OFFSET = 1_000;
/** The real service writes this where a row has no outcome. */
const NO_OUTCOME = 999;

class BadQuery extends Error {
  override readonly name = 'BadQuery';
}

/** Positions, trades, value and activity of accounts, made from the chain's logs and the venue's confirmed trades. */
export function dataRoutes(options: DataOptions = {}): VenueRoutes {
  return (app, state) =>
    addRoutes(app, state, createChainHistory(state.chain), options.lagMs ?? DEFAULT_LAG_MS);
}

/** Exported for tests that bring a history of their own. */
export function addRoutes(
  app: FastifyInstance,
  state: TradedMarkets,
  history: ChainHistory,
  lagMs: number,
): void {
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof BadQuery) return reply.code(400).send({ error: error.message });
    return reply.code(500).send({ error: 'internal server error' });
  });
  const known = async (): Promise<number> => {
    await history.read();
    return Math.floor((state.clock.nowMs() - lagMs) / 1000);
  };
  app.get<{ Querystring: Query }>('/positions', async ({ query }) => {
    const untilSec = await known();
    return listPositions(positionRows(state, history, untilSec, required(query, 'user')), query);
  });
  app.get<{ Querystring: Query }>('/value', async ({ query }) => {
    const user = required(query, 'user');
    const wanted = texts(query, 'market');
    const positions = positionRows(state, history, await known(), user).filter(
      ({ market }) => wanted.length === 0 || wanted.includes(market.market.conditionId),
    );
    const value = positions.reduce((sum, { size, currentPrice }) => sum + size * currentPrice, 0);
    return [{ user, value: round6(value) }];
  });
  app.get<{ Querystring: Query }>('/trades', async ({ query }) => {
    const [user] = texts(query, 'user');
    const takerOnly = texts(query, 'takeronly', 'takerOnly')[0] !== 'false';
    const rows = accountRows(state, history, await known(), user ?? null).filter(
      (row) => row.type === 'TRADE' && (row.isTaker || !takerOnly),
    );
    return page(filterActivity(rows, query), query).map(tradeJson);
  });
  app.get<{ Querystring: Query }>('/activity', async ({ query }) => {
    const rows = accountRows(state, history, await known(), required(query, 'user'));
    return page(filterActivity(rows, query), query).map(activityJson);
  });
}

function listPositions(rows: readonly PositionRow[], query: Query): Json[] {
  const threshold = number(query, 'sizeThreshold', 1);
  const wanted = texts(query, 'market');
  const flags = { redeemable: flag(query, 'redeemable'), mergeable: flag(query, 'mergeable') };
  const conditionsHeld = new Map<string, number>();
  for (const { market } of rows) {
    const { conditionId } = market.market;
    conditionsHeld.set(conditionId, (conditionsHeld.get(conditionId) ?? 0) + 1);
  }
  const all = rows
    .filter(({ size }) => size >= threshold)
    .filter(({ market }) => wanted.length === 0 || wanted.includes(market.market.conditionId))
    .map((row) => positionJson(row, (conditionsHeld.get(row.market.market.conditionId) ?? 0) > 1))
    .filter((row) => flags.redeemable === null || row.redeemable === flags.redeemable)
    .filter((row) => flags.mergeable === null || row.mergeable === flags.mergeable);
  const sortField = POSITION_ORDER[texts(query, 'sortBy')[0]?.toUpperCase() ?? 'TOKENS'] ?? 'size';
  const direction = texts(query, 'sortDirection')[0]?.toUpperCase() === 'ASC' ? 1 : -1;
  all.sort((left, right) => direction * (Number(left[sortField]) - Number(right[sortField])));
  const { limit, offset } = window(query);
  return all.slice(offset, offset + limit);
}

const POSITION_ORDER: Readonly<Record<string, string>> = {
  TOKENS: 'size',
  CURRENT: 'currentValue',
  INITIAL: 'initialValue',
  CASHPNL: 'cashPnl',
  PERCENTPNL: 'percentPnl',
  PRICE: 'curPrice',
  AVGPRICE: 'avgPrice',
};

function positionJson(row: PositionRow, holdsBoth: boolean): Json {
  const { market, outcome, size, averagePrice, currentPrice } = row;
  const { market: terms } = market;
  const index = outcome === 'YES' ? 0 : 1;
  const initialValue = round6(size * averagePrice);
  const currentValue = round6(size * currentPrice);
  const cashPnl = round6(currentValue - initialValue);
  return {
    proxyWallet: row.owner,
    asset: index === 0 ? terms.yesTokenId : terms.noTokenId,
    conditionId: terms.conditionId,
    size,
    avgPrice: averagePrice,
    initialValue,
    currentValue,
    cashPnl,
    percentPnl: initialValue === 0 ? 0 : round6((cashPnl / initialValue) * 100),
    totalBought: row.bought,
    realizedPnl: row.realizedPnl,
    percentRealizedPnl: initialValue === 0 ? 0 : round6((row.realizedPnl / initialValue) * 100),
    curPrice: currentPrice,
    redeemable: market.status === 'resolved',
    mergeable: holdsBoth && market.status !== 'resolved',
    title: terms.question,
    slug: terms.slug,
    icon: '',
    eventId: terms.eventId ?? '',
    eventSlug: eventSlugOf(market),
    outcome: terms.outcomeNames[index],
    outcomeIndex: index,
    oppositeOutcome: terms.outcomeNames[1 - index],
    oppositeAsset: index === 0 ? terms.noTokenId : terms.yesTokenId,
    ...(terms.endAtMs === null ? {} : { endDate: new Date(terms.endAtMs).toISOString().slice(0, 10) }),
    negativeRisk: terms.negRisk,
  };
}

function filterActivity(rows: readonly AccountRow[], query: Query): AccountRow[] {
  const markets = texts(query, 'market');
  const types = texts(query, 'type').map((text) => text.toUpperCase());
  const [side] = texts(query, 'side').map((text) => text.toUpperCase());
  const start = number(query, 'start', 0);
  const end = number(query, 'end', Number.MAX_SAFE_INTEGER);
  return rows.filter(
    (row) =>
      (markets.length === 0 || markets.includes(row.market.market.conditionId)) &&
      (types.length === 0 || types.includes(row.type)) &&
      (side === undefined || row.side === side) &&
      row.atSec >= start &&
      row.atSec <= end,
  );
}

/** Newest first unless asked otherwise. */
function page(rows: readonly AccountRow[], query: Query): readonly AccountRow[] {
  const ordered = texts(query, 'sortDirection')[0]?.toUpperCase() === 'ASC' ? rows : rows.toReversed();
  const { limit, offset } = window(query);
  return ordered.slice(offset, offset + limit);
}

function tradeJson(row: AccountRow): Json {
  const { type: _type, usdcSize: _usd, ...trade } = activityJson(row);
  return trade;
}

function activityJson(row: AccountRow): Json {
  const { market: terms } = row.market;
  const index = row.outcome === null ? null : row.outcome === 'YES' ? 0 : 1;
  return {
    proxyWallet: row.owner,
    timestamp: row.atSec,
    conditionId: terms.conditionId,
    type: row.type,
    size: row.shares,
    usdcSize: row.usd,
    transactionHash: row.txHash,
    price: row.price,
    asset: index === null ? '' : index === 0 ? terms.yesTokenId : terms.noTokenId,
    side: row.side ?? '',
    outcomeIndex: index ?? NO_OUTCOME,
    title: terms.question,
    slug: terms.slug,
    icon: '',
    eventSlug: eventSlugOf(row.market),
    outcome: index === null ? '' : terms.outcomeNames[index],
    name: '',
    pseudonym: '',
    bio: '',
    profileImage: '',
    profileImageOptimized: '',
  };
}

function eventSlugOf(record: VenueMarket): string {
  const events = record.listing.gamma?.events;
  const first: unknown = Array.isArray(events) ? events[0] : undefined;
  const slug = typeof first === 'object' && first !== null && 'slug' in first ? first.slug : undefined;
  return typeof slug === 'string' && slug !== '' ? slug : record.market.slug;
}

function required(query: Query, name: string): string {
  const [text] = texts(query, name);
  if (text === undefined) throw new BadQuery(`required query param '${name}' not provided`);
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) throw new BadQuery(`invalid ${name}: ${text}`);
  return text;
}

function texts(query: Query, ...names: readonly string[]): string[] {
  const value = names.map((name) => query[name]).find((each) => each !== undefined);
  if (value === undefined || value === '') return [];
  return [value].flat().flatMap((each) => String(each).split(','));
}

function number(query: Query, name: string, fallback: number): number {
  const [text] = texts(query, name);
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isFinite(value)) throw new BadQuery(`invalid ${name}: ${text}`);
  return value;
}

function flag(query: Query, name: string): boolean | null {
  const [text] = texts(query, name);
  return text === undefined ? null : text === 'true';
}

function window(query: Query): { readonly limit: number; readonly offset: number } {
  const limit = number(query, 'limit', DEFAULT_LIMIT);
  const offset = number(query, 'offset', 0);
  if (limit < 0 || limit > MAX_LIMIT)
    throw new BadQuery(`limit must be from 0 to ${MAX_LIMIT}, found ${limit}`);
  if (offset < 0 || offset > MAX_OFFSET)
    throw new BadQuery(`offset must be from 0 to ${MAX_OFFSET}, found ${offset}`);
  return { limit, offset };
}
