import { orderAmounts } from '../adapters/polymarket/signing/order-amounts.ts';
import { refusalAnswer } from '../adapters/polymarket/wire/order-answer.ts';
import type { FillReport, OrderAnswer, OrderId, OrderRequest } from '../domain/order.ts';
import { nextInt } from '../domain/random.ts';
import type { Price, Shares } from '../domain/units.ts';
import {
  applySettlement,
  cancelOrders,
  type ExchangeEvent,
  type ExchangeTrade,
  placeOrder,
  resolveMarket,
} from '../exchange/index.ts';
import { noteEvents, runTraders, type TraderDesk, winnerOf } from '../local-venue/traders/index.ts';
import { addTokens, tokenBalance } from './chain-model.ts';
import { sendFill, sendMarketNews, sendOrderNews } from './sockets.ts';
import { after, latencyMs, type OwnTrade, RACER, strikes, WORKER, type World } from './world.ts';

const MINED_AFTER_MS = [1_500, 2_500] as const;
const CONFIRMED_AFTER_MS = [1_500, 2_500] as const;

/** Tells everybody what one action at the venue did, and starts the settlement of its trades. */
export function publish(world: World, events: readonly ExchangeEvent[]): void {
  if (events.length === 0) return;
  for (const event of events) {
    world.onVenueEvent(event);
    if (event.kind === 'trade') openTrade(world, event.trade);
    else sendOrderNews(world, event);
    tellMaker(world, event);
  }
  sendMarketNews(world, events);
}

function tellMaker(world: World, event: ExchangeEvent): void {
  if (event.kind !== 'orderCancelled' && event.kind !== 'orderUpdated') return;
  if (event.order.owner === WORKER) return;
  const desk = world.desks.get(event.order.conditionId);
  if (desk !== undefined) noteEvents(desk, [event]);
}

function openTrade(world: World, trade: ExchangeTrade): void {
  const reports = reportsOf(world, trade);
  if (reports.length === 0) {
    after(world, latencyMs(world, ...MINED_AFTER_MS), () => {
      applySettlement(world.exchange, trade.id, 'confirmed', []);
    });
    return;
  }
  const own: OwnTrade = { trade, reports };
  world.ownTrades.push(own);
  for (const report of reports) sendFill(world, report);
  const fails = strikes(world, 'failedSettlement');
  after(world, latencyMs(world, ...MINED_AFTER_MS), () => settle(world, own, fails));
}

/** The worker's parts in a trade. Match times are whole seconds on the wire. */
function reportsOf(world: World, trade: ExchangeTrade): FillReport[] {
  const reports: FillReport[] = [];
  const common = {
    tradeId: trade.id,
    conditionId: trade.conditionId,
    status: 'MATCHED' as const,
    matchedAtMs: Math.floor(world.nowMs / 1_000) * 1_000,
    transactionHash: null,
  };
  if (trade.takerOwner === WORKER) {
    const { tokenId, side, price, size } = trade;
    const orderId = trade.takerOrderId as OrderId;
    reports.push({ ...common, orderId, tokenId, side, price, size, role: 'TAKER' });
  }
  for (const maker of trade.makerOrders) {
    if (maker.owner !== WORKER) continue;
    const { tokenId, side, price, size } = maker;
    const orderId = maker.orderId as OrderId;
    reports.push({ ...common, orderId, tokenId, side, price, size, role: 'MAKER' });
  }
  return reports;
}

function settle(world: World, own: OwnTrade, fails: boolean): void {
  const moves = own.reports.map((report) => movesOf(report, own.trade));
  if (fails || !isCovered(world, moves)) {
    end(world, own, 'failed');
    advance(world, own, 'RETRYING');
    after(world, latencyMs(world, ...CONFIRMED_AFTER_MS), () => advance(world, own, 'FAILED'));
    return;
  }
  end(world, own, 'confirmed');
  for (const { cash, tokenId, shares } of moves) {
    world.chain.cash += cash;
    addTokens(world.chain, tokenId, shares);
  }
  advance(world, own, 'MINED');
  after(world, latencyMs(world, ...CONFIRMED_AFTER_MS), () => advance(world, own, 'CONFIRMED'));
}

function end(world: World, own: OwnTrade, outcome: 'confirmed' | 'failed'): void {
  const events: ExchangeEvent[] = [];
  applySettlement(world.exchange, own.trade.id, outcome, events);
  for (const event of events) world.onVenueEvent(event);
}

/** What a report moves in the wallet, in millionths. Sizes are whole hundredths of a share, so dollars are exact. */
function movesOf(report: FillReport, trade: ExchangeTrade) {
  const dollars = (report.price * report.size) / 10_000;
  const fee = report.role === 'TAKER' ? trade.fee : 0;
  return report.side === 'BUY'
    ? { cash: -dollars - fee, tokenId: report.tokenId, shares: report.size as number }
    : { cash: dollars - fee, tokenId: report.tokenId, shares: -report.size };
}

/** Whether the wallet has what the trade takes; without it the transaction reverts. */
function isCovered(world: World, moves: readonly ReturnType<typeof movesOf>[]): boolean {
  return moves.every(
    ({ cash, tokenId, shares }) =>
      world.chain.cash + cash >= 0 && tokenBalance(world.chain, tokenId) + shares >= 0,
  );
}

function advance(world: World, own: OwnTrade, status: FillReport['status']): void {
  for (let index = 0; index < own.reports.length; index += 1) {
    const report: FillReport = {
      ...(own.reports[index] as FillReport),
      status,
      transactionHash: `0x${own.trade.id}`,
    };
    own.reports[index] = report;
    sendFill(world, report);
  }
}

/** Takes orders in, one after the other as in a batch, and says what the venue answers. */
export function receiveOrders(
  world: World,
  orders: readonly (readonly [OrderRequest, OrderId])[],
): (readonly [OrderRequest['clientId'], OrderAnswer])[] {
  const events: ExchangeEvent[] = [];
  const answers = orders.map(([request, orderId]) => {
    const result = placeOrder(
      world.exchange,
      {
        id: orderId,
        owner: WORKER,
        tokenId: request.tokenId,
        side: request.side,
        ...orderAmounts(request.side, request.price, request.size, request.timeInForce, request.spend),
        orderType: request.timeInForce,
        postOnly: request.postOnly,
        expirationSec: request.expirationS,
      },
      world.nowMs,
      events,
    );
    if (!result.accepted) return [request.clientId, refusalAnswer(result.rejection.message)] as const;
    world.ownOrders.set(orderId, result.order);
    return [request.clientId, { result: result.status }] as const;
  });
  publish(world, events);
  return answers;
}

/** Cancels; `null` cancels everything of the worker. */
export function receiveCancel(world: World, orderIds: readonly OrderId[] | null) {
  const events: ExchangeEvent[] = [];
  const open = world.exchange.accounts.get(WORKER)?.openOrderIds ?? [];
  const result = cancelOrders(world.exchange, WORKER, orderIds ?? [...open], world.nowMs, events);
  publish(world, events);
  return {
    canceled: result.canceled as OrderId[],
    notCanceled: result.notCanceled.map(({ id, reason }) => [id as OrderId, reason] as const),
  };
}

/** Somebody takes all or part of one of the worker's resting orders. */
export function raceAgainst(world: World, orderId: OrderId): void {
  const order = world.ownOrders.get(orderId);
  if (order === undefined || order.status !== 'LIVE') return;
  const market = world.exchange.markets.get(order.conditionId);
  if (market === undefined) return;
  // Buying the other outcome at the complement meets a bid, and buying the same one an ask, without any inventory.
  const isBuy = order.side === 'BUY';
  const other = order.tokenId === market.yesTokenId ? market.noTokenId : market.yesTokenId;
  const price = (isBuy ? 10_000 - order.price : order.price) as Price;
  const part = nextInt(world.random.faults, 1, 4);
  const size = (Math.max(1, Math.floor((order.remaining * part) / 4 / 10_000)) * 10_000) as Shares;
  const events: ExchangeEvent[] = [];
  const dollars = Math.max(1_000_000, Math.ceil((price * size) / 10_000 / 10_000) * 10_000);
  const shares = Math.floor((dollars * 10_000) / price);
  placeOrder(
    world.exchange,
    {
      id: `${RACER}/${world.queue.nextSeq}`,
      owner: RACER,
      tokenId: isBuy ? other : order.tokenId,
      side: 'BUY',
      makerAmount: dollars,
      takerAmount: shares - (shares % 100),
      orderType: 'FAK',
      postOnly: false,
      expirationSec: 0,
    },
    world.nowMs,
    events,
  );
  publish(world, events);
}

/** Lets one market's traders act and calls them again when they are due, until the hidden path ends and the market resolves. */
export function startDesk(world: World, desk: TraderDesk): void {
  const act = (): void => {
    const events: ExchangeEvent[] = [];
    runTraders(desk, world.nowMs, events);
    publish(world, events);
    if (desk.nextAtMs !== null) {
      after(world, Math.max(1, desk.nextAtMs - world.nowMs), act);
      return;
    }
    const condition = world.chain.conditions.get(desk.market.conditionId);
    const winner = winnerOf(desk.population.path);
    if (condition === undefined || winner === null) return;
    condition.winner = winner;
    const ended: ExchangeEvent[] = [];
    resolveMarket(world.exchange, desk.market.conditionId, world.nowMs, ended);
    publish(world, ended);
  };
  after(world, latencyMs(world, 1, 1_000), act);
}
