import { bestAsk, bestBid } from '../domain/book.ts';
import type { ConditionId } from '../domain/market.ts';
import { nextExponential, nextInt, type RandomStream, streamOf } from '../domain/random.ts';
import { complement, PRICE_ONE, type Price, type Shares } from '../domain/units.ts';
import { amountsFor, cancelOrders, type ExchangeEvent, plantOrder } from '../exchange/index.ts';
import { publish } from './venue-model.ts';
import { after, countFault, RACER, type World } from './world.ts';

const HOUR_MS = 3_600_000;
const EDGE_TICKS = [2, 8] as const;
const SIZE_SHARES = [5, 60] as const;
/** Until somebody takes it, a crossing order rests this long: from not long enough to be traded to far more than that. */
const STANDS_MS = [50, 20_000] as const;
const APART_MS = [20, 5_000] as const;
const SHARE = 1_000_000;

/** Lets books stand crossed, and touches come apart, now and then; from a stream of their own, so that no other luck shifts. */
export function startCrossedBooks(world: World): void {
  const stream = streamOf(world.runId, 'crossed-books');
  recurFrom(
    world,
    stream,
    () => world.faults.crossedBooksPerHour,
    () => {
      const conditionId = pick(world, stream);
      const ticks = nextInt(stream, ...EDGE_TICKS);
      const size = (nextInt(stream, ...SIZE_SHARES) * SHARE) as Shares;
      const standsMs = nextInt(stream, ...STANDS_MS);
      if (conditionId !== null) crossBook(world, conditionId, ticks, size, standsMs);
    },
  );
  recurFrom(
    world,
    stream,
    () => world.faults.staleTouchesPerHour,
    () => {
      const conditionId = pick(world, stream);
      const ticks = nextInt(stream, ...EDGE_TICKS);
      const standsMs = nextInt(stream, ...APART_MS);
      if (conditionId !== null) tearTouches(world, conditionId, ticks, standsMs);
    },
  );
}

function recurFrom(world: World, stream: RandomStream, perHour: () => number, action: () => void): void {
  const rate = perHour();
  if (rate <= 0) return;
  after(world, Math.max(1, Math.ceil(nextExponential(stream, HOUR_MS / rate))), () => {
    if (perHour() <= 0) return;
    action();
    recurFrom(world, stream, perHour, action);
  });
}

function pick(world: World, stream: RandomStream): ConditionId | null {
  const open = [...world.markets.keys()].filter((id) => world.exchange.markets.get(id)?.state === 'open');
  return open[nextInt(stream, 0, Math.max(0, open.length - 1))] ?? null;
}

/** Rests a bid for YES `ticks` above the best ask. Returns its name, or null where the book leaves no room for it. */
export function crossBook(
  world: World,
  conditionId: ConditionId,
  ticks: number,
  size: Shares,
  standsMs: number,
): string | null {
  const market = world.exchange.markets.get(conditionId);
  const ask = market === undefined ? null : bestAsk(market.book);
  if (market === undefined || ask === null) return null;
  const price = (ask + ticks * market.book.tick) as Price;
  if (price >= PRICE_ONE) return null;
  const id = restBid(world, conditionId, price, size, standsMs);
  if (id !== null) countFault(world, 'crossedBook');
  return id;
}

/** Rests a bid of somebody else for YES, whatever stands in the book, for as long as nobody takes it and no longer. */
export function restBid(
  world: World,
  conditionId: ConditionId,
  price: Price,
  size: Shares,
  standsMs: number,
): string | null {
  const market = world.exchange.markets.get(conditionId);
  if (market === undefined) return null;
  const id = `crossed/${world.queue.nextSeq}`;
  const events: ExchangeEvent[] = [];
  const planted = plantOrder(
    world.exchange,
    {
      id,
      owner: RACER,
      tokenId: market.yesTokenId,
      side: 'BUY',
      ...amountsFor('BUY', price, size),
      orderType: 'GTC',
      postOnly: false,
      expirationSec: 0,
    },
    world.nowMs,
    events,
  );
  publish(world, events);
  if (planted === null) return null;
  after(world, standsMs, () => takeAway(world, id));
  return id;
}

/** Cancels what is left of a crossing order. */
export function takeAway(world: World, id: string): void {
  const events: ExchangeEvent[] = [];
  cancelOrders(world.exchange, RACER, [id], world.nowMs, events);
  publish(world, events);
}

/** Tells of touches in which NO looks cheaper than YES leaves room for, though nothing of the kind rests at the venue. */
export function tearTouches(world: World, conditionId: ConditionId, ticks: number, standsMs: number): void {
  const market = world.exchange.markets.get(conditionId);
  const bid = market === undefined ? null : bestBid(market.book);
  const ask = market === undefined ? null : bestAsk(market.book);
  if (market === undefined || bid === null || ask === null || !world.marketFeed.up) return;
  if (!world.watched.has(conditionId)) return;
  countFault(world, 'staleTouches');
  const cheap = Math.max(market.book.tick, complement(ask) - ticks * market.book.tick) as Price;
  const touches = { yes: { bid, ask }, no: { bid: complement(ask), ask: cheap } };
  const venueAtMs = world.nowMs;
  world.deliver({ kind: 'touchesApart', conditionId, touches, venueAtMs });
  after(world, standsMs, () => {
    if (world.marketFeed.up)
      world.deliver({ kind: 'touchesApart', conditionId, touches: null, venueAtMs: world.nowMs });
  });
}
