import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { TokenId } from '../../domain/market.ts';
import {
  complement,
  formatPrice,
  MICRO,
  PRICE_ONE,
  priceToFloat,
  sharesToFloat,
} from '../../domain/units.ts';
import { askText, bidText, currentBook, midText, spreadText, touchOf } from './book-view.ts';
import { formatLastTradePrice } from './book-wire.ts';
import { findMarket, findMarketByToken, type MarketRecord, type VenueCore } from './core.ts';
import { badRequest, notFound } from './http-error.ts';
import { tokensOf } from './market-frames.ts';
import { pageOf } from './pages.ts';
import { jsonBody, pathText, queryText } from './request.ts';

const MAX_BATCH_TOKENS = 500;
const EXCHANGE_VERSION = 2;

/** Everything anyone may ask: time, books, prices, market parameters. */
export function registerMarketRoutes(app: FastifyInstance, core: VenueCore): void {
  app.get('/', async () => 'OK');
  app.get('/ok', async () => 'OK');
  app.get('/time', async (_request, reply) => {
    return reply.type('application/json').send(String(Math.floor(core.clock.nowMs() / 1000)));
  });
  app.get('/version', async () => ({ version: EXCHANGE_VERSION }));
  registerBookRoutes(app, core);
  registerPriceRoutes(app, core);
  registerParameterRoutes(app, core);
  registerListingRoutes(app, core);
}

interface Asked {
  readonly record: MarketRecord;
  readonly tokenId: TokenId;
}

function asked(core: VenueCore, tokenId: string | null): Asked {
  if (tokenId === null) throw badRequest('Invalid token id');
  const record = findMarketByToken(core, tokenId);
  if (record === null || record.status === 'resolved') {
    throw notFound('No orderbook exists for the requested token id');
  }
  return { record, tokenId: tokenId as TokenId };
}

const askedInQuery = (core: VenueCore, request: FastifyRequest): Asked =>
  asked(core, queryText(request, 'token_id'));

interface BatchItem {
  readonly tokenId: string;
  readonly side: string;
}

/** The body of the batch forms: a list of objects with `token_id`, and `side` where prices are asked for. */
function batchItems(request: FastifyRequest): BatchItem[] {
  const body = jsonBody(request);
  if (!Array.isArray(body)) throw badRequest('Invalid payload');
  if (body.length > MAX_BATCH_TOKENS) throw badRequest('Payload exceeds the limit');
  return body.map((item: unknown) => {
    const fields = (typeof item === 'object' && item !== null ? item : {}) as Readonly<
      Record<string, unknown>
    >;
    if (typeof fields.token_id !== 'string') throw badRequest('Invalid payload');
    return { tokenId: fields.token_id, side: String(fields.side ?? '').toUpperCase() };
  });
}

/** Batch forms leave out what does not exist. */
const knownItems = (core: VenueCore, request: FastifyRequest): (Asked & { readonly side: string })[] =>
  batchItems(request).flatMap(({ tokenId, side }) => {
    const record = findMarketByToken(core, tokenId);
    return record === null || record.status === 'resolved'
      ? []
      : [{ record, tokenId: tokenId as TokenId, side }];
  });

function registerBookRoutes(app: FastifyInstance, core: VenueCore): void {
  app.get('/book', async (request) => {
    const { record, tokenId } = askedInQuery(core, request);
    return currentBook(core, record, tokenId);
  });
  app.post('/books', async (request) =>
    knownItems(core, request).map(({ record, tokenId }) => currentBook(core, record, tokenId)),
  );
}

function registerPriceRoutes(app: FastifyInstance, core: VenueCore): void {
  const touch = ({ record, tokenId }: Asked) => touchOf(core, record, tokenId);
  /** BUY is what a buyer pays, the best ask; production's documents disagree on this. */
  const priceFor = (item: Asked, side: string): string =>
    side === 'SELL' ? bidText(touch(item)) : askText(touch(item));

  app.get('/midpoint', async (request) => ({ mid: midText(touch(askedInQuery(core, request))) }));
  app.post('/midpoints', async (request) =>
    Object.fromEntries(knownItems(core, request).map((item) => [item.tokenId, midText(touch(item))])),
  );
  app.get('/price', async (request) => {
    const side = (queryText(request, 'side') ?? '').toUpperCase();
    if (side !== 'BUY' && side !== 'SELL') throw badRequest('Invalid side');
    return { price: priceFor(askedInQuery(core, request), side) };
  });
  app.post('/prices', async (request) => {
    const prices: Record<string, Record<string, string>> = {};
    for (const item of knownItems(core, request)) {
      const sides = item.side === 'BUY' || item.side === 'SELL' ? [item.side] : ['BUY', 'SELL'];
      for (const side of sides)
        prices[item.tokenId] = { ...prices[item.tokenId], [side]: priceFor(item, side) };
    }
    return prices;
  });
  app.get('/spread', async (request) => ({ spread: spreadText(touch(askedInQuery(core, request))) }));
  app.post('/spreads', async (request) =>
    Object.fromEntries(knownItems(core, request).map((item) => [item.tokenId, spreadText(touch(item))])),
  );
  app.get('/last-trade-price', async (request) => {
    const { record } = askedInQuery(core, request);
    return { price: formatLastTradePrice(record.lastTradePrice), side: record.lastTradeSide ?? '' };
  });
  app.post('/last-trades-prices', async (request) =>
    knownItems(core, request)
      .filter(({ record }) => record.lastTradePrice !== null)
      .map(({ record, tokenId }) => ({
        token_id: tokenId,
        price: formatLastTradePrice(record.lastTradePrice),
        side: record.lastTradeSide,
      })),
  );
  app.get('/prices-history', async (request) => ({ history: priceHistory(core, request) }));
}

const INTERVAL_SEC: Readonly<Record<string, number>> = {
  '1m': 30 * 86_400,
  '1w': 7 * 86_400,
  '1d': 86_400,
  '6h': 6 * 3_600,
  '1h': 3_600,
  max: Number.MAX_SAFE_INTEGER,
  all: Number.MAX_SAFE_INTEGER,
};

/** The last price of each bucket of `fidelity` minutes. */
function priceHistory(core: VenueCore, request: FastifyRequest): { t: number; p: number }[] {
  const { record, tokenId } = asked(core, queryText(request, 'market'));
  const interval = queryText(request, 'interval');
  const nowSec = Math.floor(core.clock.nowMs() / 1000);
  const spanSec = interval === null ? Number.MAX_SAFE_INTEGER : INTERVAL_SEC[interval];
  if (spanSec === undefined) throw badRequest(`invalid interval: ${interval}`);
  const fromSec = Number(queryText(request, 'startTs') ?? nowSec - spanSec);
  const toSec = Number(queryText(request, 'endTs') ?? nowSec);
  const bucketSec = Math.max(1, Number(queryText(request, 'fidelity') ?? 1) * 60);
  if (![fromSec, toSec, bucketSec].every(Number.isFinite)) throw badRequest('invalid filters');
  const buckets = new Map<number, { t: number; p: number }>();
  for (const { atSec, price } of record.history) {
    if (atSec < fromSec || atSec > toSec) continue;
    const own = tokenId === record.market.yesTokenId ? price : complement(price);
    buckets.set(Math.floor(atSec / bucketSec), { t: atSec, p: priceToFloat(own) });
  }
  return [...buckets.values()];
}

/** Routes that exist with the token in the query and in the path. */
function registerParameterRoutes(app: FastifyInstance, core: VenueCore): void {
  const answers: Readonly<Record<string, (item: Asked) => object>> = {
    '/tick-size': ({ record }) => ({ minimum_tick_size: priceToFloat(record.market.tickSize) }),
    '/neg-risk': ({ record }) => ({ neg_risk: record.market.negRisk }),
    '/fee-rate': ({ record }) => ({ base_fee: baseFeeBps(record) }),
  };
  for (const [path, answer] of Object.entries(answers)) {
    app.get(path, async (request) => answer(askedInQuery(core, request)));
    app.get(`${path}/:token`, async (request) => answer(asked(core, pathText(request, 'token'))));
  }
  app.get('/clob-markets/:condition', async (request) => {
    const record = findMarket(core, pathText(request, 'condition'));
    if (record === null) throw notFound('market not found');
    return compactMarket(record);
  });
  app.get('/markets-by-token/:token', async (request) => {
    const record = findMarketByToken(core, pathText(request, 'token'));
    if (record === null) throw notFound('market not found');
    return {
      condition_id: record.market.conditionId,
      primary_token_id: record.market.yesTokenId,
      secondary_token_id: record.market.noTokenId,
    };
  });
}

/** Legacy number: markets with fees carry 1000 there whatever their real rate; see `fd`. */
const LEGACY_BASE_FEE_BPS = 1_000;
const baseFeeBps = (record: MarketRecord): number =>
  record.market.fee.ratePpm > 0 ? LEGACY_BASE_FEE_BPS : 0;

function compactMarket(record: MarketRecord): object {
  const { market, listing } = record;
  return {
    c: market.conditionId,
    t: tokensOf(record).map((tokenId, index) => ({ t: tokenId, o: market.outcomeNames[index] })),
    mts: priceToFloat(market.tickSize),
    mos: sharesToFloat(market.minOrderSize),
    nr: market.negRisk,
    fd: { r: market.fee.ratePpm / MICRO, e: market.fee.exponent, to: market.fee.takerOnly },
    mbf: baseFeeBps(record),
    tbf: baseFeeBps(record),
    ao: market.acceptingOrders,
    sd: 0,
    itode: (listing.takerDelayMs ?? 0) > 0,
    cbos: false,
  };
}

function registerListingRoutes(app: FastifyInstance, core: VenueCore): void {
  const all = () => [...core.markets.values()];
  app.get('/markets', async (request) =>
    pageOf(all().map(clobMarket), queryText(request, 'next_cursor'), 500),
  );
  app.get('/sampling-markets', async (request) =>
    pageOf(all().map(clobMarket), queryText(request, 'next_cursor'), 500),
  );
  for (const path of ['/simplified-markets', '/sampling-simplified-markets']) {
    app.get(path, async (request) =>
      pageOf(all().map(simplifiedMarket), queryText(request, 'next_cursor'), 500),
    );
  }
  app.get('/markets/:condition', async (request) => {
    const record = findMarket(core, pathText(request, 'condition'));
    if (record === null) throw notFound('market not found');
    return clobMarket(record);
  });
}

function marketTokens(record: MarketRecord): object[] {
  return tokensOf(record).map((tokenId, index) => ({
    token_id: tokenId,
    outcome: record.market.outcomeNames[index],
    price: tokenPrice(record, index === 0),
    winner: record.winner === (index === 0 ? 'YES' : 'NO'),
  }));
}

function tokenPrice(record: MarketRecord, isYes: boolean): number {
  if (record.winner !== null) return (record.winner === 'YES') === isYes ? 1 : 0;
  const last = record.history.at(-1)?.price ?? record.market.listedYesPrice ?? PRICE_ONE / 2;
  return (isYes ? last : PRICE_ONE - last) / PRICE_ONE;
}

const rewardsOf = (record: MarketRecord): object => ({
  rates: null,
  min_size: record.market.rewards === null ? 0 : sharesToFloat(record.market.rewards.minSize),
  max_spread: record.market.rewards === null ? 0 : record.market.rewards.maxSpread / 100,
});

function simplifiedMarket(record: MarketRecord): object {
  return {
    condition_id: record.market.conditionId,
    rewards: rewardsOf(record),
    tokens: marketTokens(record),
    active: record.market.active,
    closed: record.market.closed,
    archived: false,
    accepting_orders: record.market.acceptingOrders,
  };
}

function clobMarket(record: MarketRecord): object {
  const { market } = record;
  return {
    ...simplifiedMarket(record),
    enable_order_book: market.enableOrderBook,
    minimum_order_size: sharesToFloat(market.minOrderSize),
    minimum_tick_size: Number(formatPrice(market.tickSize)),
    question_id: market.questionId,
    question: market.question,
    description: market.description,
    market_slug: market.slug,
    end_date_iso: market.endAtMs === null ? null : new Date(market.endAtMs).toISOString(),
    seconds_delay: 0,
    maker_base_fee: baseFeeBps(record),
    taker_base_fee: baseFeeBps(record),
    neg_risk: market.negRisk,
    is_50_50_outcome: false,
    tags: market.tags,
  };
}
