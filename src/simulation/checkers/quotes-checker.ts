import type { ConditionId } from '../../domain/market.ts';
import type { OrderRequest } from '../../domain/order.ts';
import { conditionsOf, type TransactionRequest } from '../../domain/transaction.ts';
import type { ExchangeOrder } from '../../exchange/index.ts';
import type { Input } from '../../kernel/messages.ts';
import { WORKER, type World } from '../world.ts';
import { type Checker, Violation } from './checker.ts';
import { createMarketMirror, type MirroredMarket, markOfMirror, mirror } from './market-mirror.ts';

/** Marks are rounded to a price, each market's losses to a micro-dollar. */
const MARKETS_ROUNDED = 100;
const LOT = 10_000;
const MINUTE_MS = 60_000;
const DOLLAR = 10_000;

/** Shares that own orders of one market may still add to and take from its net position, and their best prices. */
interface OwnBook {
  bidShares: number;
  askShares: number;
  bestBid: number | null;
  bestAsk: number | null;
}

/** The limits that the gate was given. */
export interface QuoteLimits {
  readonly maxPerMarketMicroUsd: number;
  readonly maxPerEventMicroUsd: number;
  readonly maxPerCoinMicroUsd: number;
  /** Of orders within any minute, filled or not. */
  readonly maxMinuteMicroUsd: number;
  readonly maxTotalExposurePct: number;
}

/**
 * What stands and what is asked for: on the grid, inside (0, 1), large enough, on a live book, not crossing what was told, not
 * crossing ourselves, and within the exposure limits with every order counted that is or may get on the venue's book. Orders
 * and positions are taken from the venue itself, so an order that the kernel has forgotten counts here all the same.
 */
export function quotesChecker(world: World, limits: QuoteLimits): Checker {
  const markets = createMarketMirror();
  const transit = new Map<string, OrderRequest>();
  /** YES minus NO, every match counted until its trade has failed. */
  const net = new Map<ConditionId, number>();
  /** Conversions whose end nobody has told yet. */
  const converting = new Map<string, TransactionRequest>();
  /** Orders of the last minute. */
  const sent: { readonly atMs: number; readonly microUsd: number }[] = [];

  const addNet = (conditionId: ConditionId, shares: number): void => {
    net.set(conditionId, (net.get(conditionId) ?? 0) + shares);
  };

  function checkRequest(request: OrderRequest): void {
    const market = markets.markets.get(request.conditionId);
    if (market === undefined)
      throw new Violation('quotes', 'orders in listed markets only', request.conditionId);
    const say = (expected: string, found: string): never => {
      throw new Violation('quotes', `${request.clientId} in ${market.market.slug} ${expected}`, found);
    };
    const { price, size } = request;
    if (price <= 0 || price >= DOLLAR || price % market.tick !== 0)
      say(`to be on the grid of ${market.tick}/10000 inside (0, 1)`, `price ${price}/10000`);
    if (size < market.market.minOrderSize || size % LOT !== 0)
      say(`to be whole lots, at least ${market.market.minOrderSize} millionths`, `size ${size}`);
    if (!market.live || !markets.feedUp || market.resolved)
      say('to be on a live book', 'a book that is not live');
    if (!request.postOnly) return;
    const isBid = isYesBid(request);
    const at = isYes(request) ? price : DOLLAR - price;
    if (isBid && market.bestAsk !== null && at >= market.bestAsk)
      say(`not to cross the ask of ${market.bestAsk}/10000`, `a bid at ${at}/10000`);
    if (!isBid && market.bestBid !== null && at <= market.bestBid)
      say(`not to cross the bid of ${market.bestBid}/10000`, `an ask at ${at}/10000`);
  }

  const isYes = (request: Pick<OrderRequest, 'outcome'>): boolean => request.outcome === 'YES';
  const isYesBid = (request: Pick<OrderRequest, 'outcome' | 'side'>): boolean =>
    (request.side === 'BUY') === isYes(request);

  /** Everything of the worker that is, or may still get, on the venue's book, by market; orders of this step left out. */
  function ownBooks(without: ReadonlySet<string>): Map<ConditionId, OwnBook> {
    const books = new Map<ConditionId, OwnBook>();
    for (const order of openOrders(world))
      addOwn(books, order.conditionId, order.yesSide === 'BUY', order.yesPrice, order.remaining);
    for (const request of transit.values()) {
      if (without.has(request.clientId)) continue;
      const at = isYes(request) ? request.price : DOLLAR - request.price;
      addOwn(books, request.conditionId, isYesBid(request), at, request.size);
    }
    return books;
  }

  const mayConvert = (conditionId: ConditionId): number =>
    [...converting.values()].reduce((sum, request) => sum + convertedIn(request, conditionId), 0);

  function takeEnded({ txKey, status }: Extract<Input, { kind: 'transactionEnded' }>): void {
    const request = converting.get(txKey);
    if (request === undefined || status === 'unknown') return;
    converting.delete(txKey);
    if (status !== 'confirmed') return;
    for (const conditionId of conditionsOf(request)) addNet(conditionId, convertedIn(request, conditionId));
  }

  function checkMarket(conditionId: ConditionId, own: OwnBook, ownBefore: OwnBook): void {
    const market = markets.markets.get(conditionId) as MirroredMarket;
    if (own.bestBid !== null && own.bestAsk !== null && own.bestBid >= own.bestAsk)
      throw new Violation(
        'quotes',
        `own orders in ${market.market.slug} not to cross`,
        `a bid at ${own.bestBid}/10000 and an ask at ${own.bestAsk}/10000`,
      );
    const held = net.get(conditionId) ?? 0;
    const mark = markOfMirror(market);
    // A conversion on its way may have happened or not.
    const readings = [held, held + mayConvert(conditionId)];
    const before = Math.max(...readings.map((shares) => exposure(shares, ownBefore, mark)));
    const now = Math.max(...readings.map((shares) => exposure(shares, own, mark)));
    const most = limits.maxPerMarketMicroUsd;
    // A market whose mark has moved may stand above its limit; then it may not get worse.
    if (now > Math.max(most, before))
      throw new Violation(
        'quotes',
        `at most ${most} micro-USD at risk in ${market.market.slug}`,
        `${now} after new orders, ${before} before`,
      );
  }

  /** What the event of a market loses in its worst outcome, one of its listed markets winning; 0 where it stands alone. */
  function eventLoss(eventId: string, books: ReadonlyMap<ConditionId, OwnBook>): number {
    const losses: { readonly ifNo: number; readonly ifYes: number }[] = [];
    for (const [conditionId, market] of markets.markets) {
      if (market.resolved || market.market.negRiskEvent?.marketId !== eventId) continue;
      const held = net.get(conditionId) ?? 0;
      const { bidShares, askShares } = books.get(conditionId) ?? NOTHING;
      const mark = markOfMirror(market) / DOLLAR;
      losses.push({ ifNo: (held + bidShares) * mark, ifYes: (askShares - held) * (1 - mark) });
    }
    const ends = losses.map(({ ifYes }, winner) =>
      losses.reduce((sum, { ifNo }, index) => sum + (index === winner ? ifYes : ifNo), 0),
    );
    return Math.max(0, ...ends);
  }

  function checkEvents(
    touched: ReadonlySet<ConditionId>,
    now: ReadonlyMap<ConditionId, OwnBook>,
    before: ReadonlyMap<ConditionId, OwnBook>,
  ): void {
    const eventIds = new Set<string>();
    for (const conditionId of touched) {
      const event = markets.markets.get(conditionId)?.market.negRiskEvent;
      if (event !== undefined) eventIds.add(event.marketId);
    }
    for (const eventId of eventIds) {
      const most = Math.max(limits.maxPerEventMicroUsd, eventLoss(eventId, before));
      const found = eventLoss(eventId, now);
      if (found > most + MARKETS_ROUNDED)
        throw new Violation('quotes', `at most ${most} micro-USD at risk in ${eventId}`, `${found}`);
    }
  }

  /** What the open markets about a coin may lose, each by itself. */
  function coinLoss(coin: string, books: ReadonlyMap<ConditionId, OwnBook>): number {
    let loss = 0;
    for (const [conditionId, market] of markets.markets)
      if (!market.resolved && coinNamed(market) === coin)
        loss += exposure(net.get(conditionId) ?? 0, books.get(conditionId) ?? NOTHING, markOfMirror(market));
    return loss;
  }

  function checkCoins(
    touched: ReadonlySet<ConditionId>,
    now: ReadonlyMap<ConditionId, OwnBook>,
    before: ReadonlyMap<ConditionId, OwnBook>,
  ): void {
    const coins = new Set<string>();
    for (const conditionId of touched) {
      const coin = coinNamed(markets.markets.get(conditionId));
      if (coin !== null) coins.add(coin);
    }
    for (const coin of coins) {
      const most = Math.max(limits.maxPerCoinMicroUsd, coinLoss(coin, before));
      const found = coinLoss(coin, now);
      if (found > most + MARKETS_ROUNDED)
        throw new Violation('quotes', `at most ${most} micro-USD at risk in ${coin}`, `${found}`);
    }
  }

  function checkMinute(atMs: number, requests: readonly OrderRequest[]): void {
    for (const { price, size } of requests) sent.push({ atMs, microUsd: (price * size) / DOLLAR });
    while ((sent[0]?.atMs ?? atMs) <= atMs - MINUTE_MS) sent.shift();
    const found = sent.reduce((sum, { microUsd }) => sum + microUsd, 0);
    if (found > limits.maxMinuteMicroUsd)
      throw new Violation('quotes', `at most ${limits.maxMinuteMicroUsd} micro-USD a minute`, `${found}`);
  }

  /** Marks and outcomes may carry the total past its cap; no order may add to it then. */
  function checkTotal(
    books: ReadonlyMap<ConditionId, OwnBook>,
    before: ReadonlyMap<ConditionId, OwnBook>,
  ): void {
    let total = 0;
    let totalBefore = 0;
    let equity = world.chain.cash;
    for (const [conditionId, market] of markets.markets) {
      const mark = markOfMirror(market);
      // What has an outcome is at risk no more, and may have been redeemed.
      const held = market.resolved ? 0 : (net.get(conditionId) ?? 0);
      total += exposure(held, books.get(conditionId) ?? NOTHING, mark);
      totalBefore += exposure(held, before.get(conditionId) ?? NOTHING, mark);
      equity += ((world.chain.tokens.get(market.market.yesTokenId) ?? 0) * mark) / DOLLAR;
      equity += ((world.chain.tokens.get(market.market.noTokenId) ?? 0) * (DOLLAR - mark)) / DOLLAR;
    }
    // Fills on their way and moving marks make the two views of equity differ by little; a percent is far more than that.
    const cap = (equity * (limits.maxTotalExposurePct + 1)) / 100;
    if (total > cap && total > totalBefore)
      throw new Violation('quotes', `at most ${Math.floor(cap)} micro-USD at risk`, `${total}`);
  }

  return {
    name: 'quotes',
    afterStep({ atMs, input, commands }) {
      mirror(markets, input);
      if (input.kind === 'ordersAnswered') for (const [clientId] of input.answers) transit.delete(clientId);
      if (input.kind === 'transactionEnded') takeEnded(input);
      for (const command of commands)
        if (command.kind === 'transact' && command.transaction.request.conversion !== undefined)
          converting.set(command.transaction.request.txKey, command.transaction.request);
      if (!commands.some(({ kind }) => kind === 'place')) return;
      const added = new Set<string>();
      const touched = new Set<ConditionId>();
      for (const command of commands) {
        if (command.kind !== 'place') continue;
        for (const { request } of command.orders) {
          checkRequest(request);
          transit.set(request.clientId, request);
          added.add(request.clientId);
          touched.add(request.conditionId);
        }
      }
      const before = ownBooks(added);
      const now = ownBooks(new Set());
      for (const conditionId of touched)
        checkMarket(conditionId, now.get(conditionId) ?? NOTHING, before.get(conditionId) ?? NOTHING);
      checkEvents(touched, now, before);
      checkCoins(touched, now, before);
      checkMinute(
        atMs,
        [...added].flatMap((clientId) => transit.get(clientId) ?? []),
      );
      checkTotal(now, before);
    },
    onVenueEvent(_atMs, event) {
      if (event.kind === 'orderPlaced' && event.order.owner === WORKER) {
        // From here on the venue's own record counts.
        for (const [clientId] of transit) if (isSame(world, clientId, event.order)) transit.delete(clientId);
      } else if (event.kind === 'trade' || (event.kind === 'tradeSettled' && event.status === 'FAILED')) {
        const sign = event.kind === 'trade' ? 1 : -1;
        const { trade } = event;
        const parts = [{ ...trade, owner: trade.takerOwner }, ...trade.makerOrders];
        for (const { owner, side, outcome, size } of parts)
          if (owner === WORKER)
            addNet(trade.conditionId, (isYesBid({ side, outcome }) ? sign : -sign) * size);
      }
    },
  };
}

/** The coin whose whole name stands in the question. */
const coinNamed = (market: MirroredMarket | undefined): string | null =>
  /\b(Bitcoin|Ethereum|Solana)\b/.exec(market?.market.question ?? '')?.[0] ?? null;

/** A NO share that goes and a YES share that comes both make a market longer by one. */
const convertedIn = (request: TransactionRequest, conditionId: ConditionId): number =>
  conditionsOf(request).includes(conditionId) ? request.amount : 0;

function* openOrders(world: World): Generator<ExchangeOrder> {
  for (const id of world.exchange.accounts.get(WORKER)?.openOrderIds ?? []) {
    const order = world.exchange.orders.get(id);
    if (order !== undefined) yield order;
  }
}

const isSame = (world: World, clientId: string, order: ExchangeOrder): boolean =>
  world.clientIds.get(order.id) === clientId;

const NOTHING: OwnBook = { bidShares: 0, askShares: 0, bestBid: null, bestAsk: null };

function addOwn(
  books: Map<ConditionId, OwnBook>,
  conditionId: ConditionId,
  isBid: boolean,
  price: number,
  shares: number,
): void {
  let own = books.get(conditionId);
  if (own === undefined) {
    own = { ...NOTHING };
    books.set(conditionId, own);
  }
  if (isBid) {
    own.bidShares += shares;
    own.bestBid = Math.max(price, own.bestBid ?? 0);
  } else {
    own.askShares += shares;
    own.bestAsk = Math.min(price, own.bestAsk ?? DOLLAR);
  }
}

/** What is lost if the worse outcome comes after the worse side has filled, in micro-dollars. */
function exposure(net: number, own: OwnBook, mark: number): number {
  const long = Math.max(0, net + own.bidShares);
  const short = Math.max(0, own.askShares - net);
  return Math.max(Math.ceil((long * mark) / DOLLAR), Math.ceil((short * (DOLLAR - mark)) / DOLLAR));
}
