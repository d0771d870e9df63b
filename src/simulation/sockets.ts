import { levelsOf } from '../domain/book.ts';
import type { ConditionId } from '../domain/market.ts';
import type { LevelChange } from '../domain/market-event.ts';
import type { FillReport, VenueOrder } from '../domain/order.ts';
import { nextInt } from '../domain/random.ts';
import { complement } from '../domain/units.ts';
import type { ExchangeEvent, ExchangeOrder, ExchangeOrderStatus } from '../exchange/index.ts';
import type { Input } from '../kernel/messages.ts';
import { after, latencyMs, type SimulatedFeed, strikes, WORKER, type World } from './world.ts';

const FRAME_MS = [4, 20] as const;
const ALL_LEVELS = 20_000;

/** Sends a frame over one socket: in order, and lost when the socket is down by the time it arrives. */
function sendFrame(world: World, feed: SimulatedFeed, input: Input, extraMs = 0): void {
  if (!feed.up) return;
  const atMs = Math.max(world.nowMs + latencyMs(world, ...FRAME_MS), feed.lastDeliveryMs);
  if (extraMs === 0) feed.lastDeliveryMs = atMs;
  after(world, atMs - world.nowMs + extraMs, () => {
    if (feed.up) world.deliver(input);
  });
}

/** The whole book of a market as the venue has it now. */
export function bookInput(world: World, conditionId: ConditionId, source: 'socket' | 'read'): Input | null {
  const market = world.exchange.markets.get(conditionId);
  if (market === undefined) return null;
  const side = (which: 'BUY' | 'SELL') =>
    levelsOf(market.book, which, ALL_LEVELS).map(({ price, size }) => [price, size] as const);
  return {
    kind: 'book',
    conditionId,
    tick: market.book.tick,
    bids: side('BUY'),
    asks: side('SELL'),
    hash: '',
    venueAtMs: world.nowMs,
    source,
  };
}

/** Both tokens' books as the venue has them now; the NO book is the YES book turned over. */
export function outcomeBooksInput(world: World, conditionId: ConditionId): Input | null {
  const market = world.exchange.markets.get(conditionId);
  if (market === undefined) return null;
  const side = (which: 'BUY' | 'SELL', isNo: boolean) =>
    levelsOf(market.book, which, ALL_LEVELS).map(
      ({ price, size }) => [isNo ? complement(price) : price, size] as const,
    );
  return {
    kind: 'outcomeBooks',
    conditionId,
    yes: { bids: side('BUY', false), asks: side('SELL', false) },
    no: { bids: side('SELL', true), asks: side('BUY', true) },
  };
}

/** A snapshot over the market socket, as after a subscription. */
export function sendBook(world: World, conditionId: ConditionId): void {
  const book = bookInput(world, conditionId, 'socket');
  if (book !== null) sendFrame(world, world.marketFeed, book);
}

/** Market news of one venue action: what happened to one market at one moment is one input. */
export function sendMarketNews(world: World, events: readonly ExchangeEvent[]): void {
  const changes = new Map<ConditionId, LevelChange[]>();
  for (const event of events) {
    if (event.kind === 'bookLevelChanged') {
      if (!world.watched.has(event.conditionId)) continue;
      const list = changes.get(event.conditionId);
      const change: LevelChange = [event.side, event.price, event.size];
      if (list === undefined) changes.set(event.conditionId, [change]);
      else list.push(change);
    }
  }
  for (const [conditionId, list] of changes) sendLevels(world, conditionId, list);
  for (const event of events) sendOther(world, event);
}

function sendLevels(world: World, conditionId: ConditionId, changes: readonly LevelChange[]): void {
  if (strikes(world, 'bookGap')) {
    // The changes are lost, and the next hash does not match: the feed says so and asks for the whole book.
    sendFrame(world, world.marketFeed, {
      kind: 'bookUntrusted',
      conditionId,
      reason: 'the hash does not match the book',
    });
    return;
  }
  sendFrame(world, world.marketFeed, {
    kind: 'levels',
    conditionId,
    changes,
    hash: '',
    venueAtMs: world.nowMs,
  });
}

function sendOther(world: World, event: ExchangeEvent): void {
  const feed = world.marketFeed;
  if (event.kind === 'tickSizeChanged' && world.watched.has(event.conditionId)) {
    sendFrame(world, feed, { kind: 'tickSize', conditionId: event.conditionId, tick: event.to });
  } else if (event.kind === 'lastTradePrice' && world.watched.has(event.conditionId)) {
    const isYes = event.tokenId === world.exchange.markets.get(event.conditionId)?.yesTokenId;
    sendFrame(world, feed, {
      kind: 'publicTrade',
      conditionId: event.conditionId,
      price: isYes ? event.price : complement(event.price),
      size: event.size,
      takerSide: isYes === (event.side === 'BUY') ? 'BUY' : 'SELL',
      venueAtMs: world.nowMs,
    });
  } else if (event.kind === 'marketStateChanged' && event.state === 'resolved') {
    const winner = world.chain.conditions.get(event.conditionId)?.winner ?? null;
    sendFrame(world, feed, { kind: 'marketResolved', conditionId: event.conditionId, winner });
  }
}

/** A frame of the user socket, with the trouble that such frames have. */
function sendUserFrame(world: World, input: Input): void {
  if (strikes(world, 'droppedFrame')) return;
  const lateMs = strikes(world, 'lateFrame') ? nextInt(world.random.faults, 500, 8_000) : 0;
  sendFrame(world, world.userFeed, input, lateMs);
  if (strikes(world, 'duplicateFrame'))
    sendFrame(world, world.userFeed, input, nextInt(world.random.faults, 1, 5_000));
}

/** What the user socket says of the worker's own orders. */
export function sendOrderNews(world: World, event: ExchangeEvent): void {
  if (event.kind !== 'orderPlaced' && event.kind !== 'orderUpdated' && event.kind !== 'orderCancelled')
    return;
  const { order, status } = event;
  if (order.owner !== WORKER) return;
  sendUserFrame(world, {
    kind: 'orderSeen',
    orderId: order.id as VenueOrder['orderId'],
    status: wireStatus(status),
    matchedSize: event.kind === 'orderPlaced' ? null : event.sizeMatched,
  });
}

export const sendFill = (world: World, fill: FillReport): void =>
  sendUserFrame(world, { kind: 'fill', fill });

export const wireStatus = (status: ExchangeOrderStatus): VenueOrder['status'] =>
  status === 'CANCELED_MARKET_RESOLVED' ? 'CANCELED' : status;

export const venueOrderOf = (order: ExchangeOrder): VenueOrder => ({
  orderId: order.id as VenueOrder['orderId'],
  conditionId: order.conditionId,
  tokenId: order.tokenId,
  side: order.side,
  price: order.price,
  originalSize: order.originalSize,
  matchedSize: order.sizeMatched,
  status: wireStatus(order.status),
  createdAtMs: order.createdAtMs,
});
