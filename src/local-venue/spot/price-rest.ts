import type { FastifyInstance, FastifyReply } from 'fastify';
import { candleAt, daysUpTo, SECOND_MS, type SpotPath } from './spot-path.ts';
import { exactText, type PriceFeedName, publishedUsd, type SpotWorld } from './spot-world.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

const MOST_CANDLES = 1_000;
const STEP_MS: Readonly<Record<string, number>> = { '1m': MINUTE_MS, '1h': 60 * MINUTE_MS };

/** CoinGecko's names of the coins of the local world. */
const COINGECKO_IDS: Readonly<Record<string, string>> = {
  bitcoin: 'BTC',
  ethereum: 'ETH',
  solana: 'SOL',
  ripple: 'XRP',
  dogecoin: 'DOGE',
  binancecoin: 'BNB',
  hyperliquid: 'HYPE',
};
/** Coins that have no pair on Binance. */
const NOT_ON_BINANCE: ReadonlySet<string> = new Set(['HYPE']);

/** The parts of Binance's and CoinGecko's interfaces that prices are read from, under `/binance` and `/coingecko`. */
export function registerPriceRoutes(app: FastifyInstance, world: SpotWorld): void {
  const isAway = (feed: PriceFeedName, reply: FastifyReply): boolean => {
    if (!world.silent.has(feed)) return false;
    reply.code(503);
    return true;
  };
  const pathOfPair = (symbol: string): SpotPath | undefined => {
    const coin = /^([A-Z0-9]+)USDT$/.exec(symbol)?.[1] ?? '';
    return NOT_ON_BINANCE.has(coin) ? undefined : world.paths.get(coin);
  };
  const invalid = (reply: FastifyReply) => {
    reply.code(400);
    return { code: -1121, msg: 'Invalid symbol.' };
  };

  app.get<{ Querystring: { symbols?: string } }>('/binance/api/v3/ticker/24hr', async ({ query }, reply) => {
    if (isAway('binance', reply)) return { code: -1001, msg: 'Internal error.' };
    const symbols = listOf(query.symbols);
    const nowMs = world.clock.nowMs();
    const rows = symbols.map((symbol) => ({ symbol, path: pathOfPair(symbol) }));
    if (rows.length === 0 || rows.some(({ path }) => path === undefined)) return invalid(reply);
    return rows.map(({ symbol, path }) => ({
      symbol,
      lastPrice: exactText(publishedUsd(world, 'binance', path as SpotPath, nowMs)),
      openTime: nowMs - DAY_MS,
      closeTime: nowMs,
    }));
  });

  app.get<{ Querystring: { symbol?: string; interval?: string; limit?: string; startTime?: string } }>(
    '/binance/api/v3/klines',
    async ({ query }, reply) => {
      if (isAway('binance', reply)) return { code: -1001, msg: 'Internal error.' };
      const path = pathOfPair(query.symbol ?? '');
      if (path === undefined) return invalid(reply);
      const limit = Math.min(MOST_CANDLES, Number(query.limit ?? 500));
      const nowMs = world.clock.nowMs();
      const stepMs = STEP_MS[query.interval ?? ''];
      if (query.interval === '1d') return daysUpTo(path, nowMs).slice(-limit).map(dayRow);
      if (stepMs === undefined) {
        reply.code(400);
        return { code: -1120, msg: 'Invalid interval.' };
      }
      const fromMs = query.startTime === undefined ? nowMs - limit * stepMs : Number(query.startTime);
      return candlesOf(path, stepMs, fromMs, nowMs, limit);
    },
  );

  app.get<{ Querystring: { ids?: string } }>('/coingecko/api/v3/simple/price', async ({ query }, reply) => {
    if (isAway('coingecko', reply)) return { status: { error_code: 503 } };
    // Its prices are those of the last whole minute.
    const atMs = Math.floor(world.clock.nowMs() / MINUTE_MS) * MINUTE_MS;
    const prices: Record<string, object> = {};
    for (const id of (query.ids ?? '').split(',')) {
      const path = world.paths.get(COINGECKO_IDS[id] ?? '');
      if (path !== undefined)
        prices[id] = {
          usd: publishedUsd(world, 'coingecko', path, atMs),
          last_updated_at: Math.max(atMs, path.terms.startMs) / 1_000,
        };
    }
    return prices;
  });

  app.get<{ Params: { id: string }; Querystring: { days?: string } }>(
    '/coingecko/api/v3/coins/:id/market_chart',
    async ({ params, query }, reply) => {
      if (isAway('coingecko', reply)) return { status: { error_code: 503 } };
      const path = world.paths.get(COINGECKO_IDS[params.id] ?? '');
      if (path === undefined) {
        reply.code(404);
        return { error: 'coin not found' };
      }
      const nowMs = world.clock.nowMs();
      const days = daysUpTo(path, nowMs).slice(-(Number(query.days ?? 1) + 1));
      // The close of a day is given as the price of the midnight that ends it.
      const prices = days.map(({ dayAtMs, closeUsd }) => [Math.min(dayAtMs + DAY_MS, nowMs), closeUsd]);
      return { prices };
    },
  );
}

const dayRow = ({
  dayAtMs,
  closeUsd,
}: {
  readonly dayAtMs: number;
  readonly closeUsd: number;
}): unknown[] => {
  const close = exactText(closeUsd);
  return [dayAtMs, close, close, close, close, '1000.0', dayAtMs + DAY_MS - 1, '0', 0, '0', '0', '0'];
};

/** Whole steps from the first that begins at or after `fromMs`, and the one under way. */
function candlesOf(
  path: SpotPath,
  stepMs: number,
  fromMs: number,
  nowMs: number,
  limit: number,
): unknown[][] {
  const rows: unknown[][] = [];
  const first = Math.ceil(fromMs / stepMs) * stepMs;
  for (let openAtMs = first; openAtMs <= nowMs && rows.length < limit; openAtMs += stepMs) {
    const { openUsd, highUsd, lowUsd, closeUsd } = candleAt(
      path,
      openAtMs,
      Math.min(nowMs, openAtMs + stepMs - SECOND_MS),
    );
    const texts = [openUsd, highUsd, lowUsd, closeUsd].map(exactText);
    rows.push([openAtMs, ...texts, '10.0', openAtMs + stepMs - 1, '0', 0, '0', '0', '0']);
  }
  return rows;
}

function listOf(text: string | undefined): string[] {
  try {
    const parsed: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(parsed) ? parsed.map(String) : [];
  } catch {
    // Not a list: Binance answers it as it answers a pair that it does not have.
    return [];
  }
}
