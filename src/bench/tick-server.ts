import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { formatPrice, MICRO, type Price } from '../domain/units.ts';
import { followJournal, type JournaledOrder, type PostedOrder } from './check-tick-order.ts';
import { collectGarbage } from './collect-garbage.ts';
import {
  moveFrame,
  moveMarket,
  TICK,
  type TickMarket,
  tickBook,
  tickBookFrame,
  tickMarkets,
} from './tick-market.ts';
import {
  type FromTickServer,
  type TakenOrder,
  TICK_CONTENDERS,
  type TickContender,
  type ToTickServer,
} from './tick-messages.ts';

const FRAME_TIMEOUT_MS = 5_000;

/**
 * The venue's side of the `tick-to-order` bar, as a process of its own: it sends market frames, takes orders, and knows when
 * it did both. Price, side and journal are checked when an order's time has been taken. It proves no signature: what that leaves
 * behind would have to be collected, and a collection throws compiled code away that the next frames would wait for.
 */
const count = Number(process.argv[2]);

interface Side {
  readonly markets: readonly TickMarket[];
  readonly byToken: ReadonlyMap<string, TickMarket>;
  /** The connection that asked for a token. */
  readonly sockets: Map<string, WebSocket>;
  /** Rows of `GET /data/orders`. */
  readonly live: Map<string, Record<string, unknown>>;
  /** Orders taken in this round, to be proven after it. */
  readonly taken: TakenOrder[];
  gotSettled: () => void;
  awaited: { readonly tokenId: string; readonly gotIt: (atMs: number) => void } | null;
  isRoundUnderWay: boolean;
  /** The order that the last frame causes. */
  arrived: Promise<unknown>;
}

function createSide(): Side {
  const markets = tickMarkets(count);
  return {
    markets,
    byToken: new Map(
      markets.flatMap((market) => [
        [market.yesTokenId as string, market],
        [market.noTokenId as string, market],
      ]),
    ),
    sockets: new Map(),
    live: new Map(),
    taken: [],
    gotSettled: () => undefined,
    awaited: null,
    isRoundUnderWay: false,
    arrived: Promise.resolve(),
  };
}

const sides: Readonly<Record<TickContender, Side>> = {
  ours: createSide(),
  peer: createSide(),
  peerNoCancel: createSide(),
};

/** The first word of a path says whose it is. */
function contenderOf(path: string): TickContender {
  const found = TICK_CONTENDERS.find((name) => path.split('/')[1] === name);
  if (found === undefined) throw new Error(`the path ${path} belongs to no contender`);
  return found;
}
let ordersOfPeers = 0;
let journaled: ((order: PostedOrder) => JournaledOrder) | null = null;

const send = (message: FromTickServer): void => {
  process.send?.(message);
};
const wrong = (error: unknown): void =>
  send({ kind: 'wrong', text: error instanceof Error ? (error.stack ?? error.message) : String(error) });

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const atMs = performance.now();
    answer(request, Buffer.concat(chunks).toString('utf8'), response, atMs).catch(wrong);
  });
});

async function answer(
  request: IncomingMessage,
  body: string,
  response: ServerResponse,
  atMs: number,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://bench');
  const contender = contenderOf(url.pathname);
  const call = `${request.method} ${url.pathname.slice(contender.length + 1)}`;
  const found = await answerOf(contender, call, url, body, atMs);
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(found));
}

async function answerOf(
  contender: TickContender,
  call: string,
  url: URL,
  body: string,
  atMs: number,
): Promise<unknown> {
  switch (call) {
    case 'POST /orders':
      return (JSON.parse(body) as { order: PostedOrder }[]).map(({ order }) =>
        takeOrder(contender, order, atMs),
      );
    case 'POST /order':
      return takeOrder(contender, (JSON.parse(body) as { order: PostedOrder }).order, atMs);
    case 'DELETE /orders':
      // A venue takes both at once; here one thread does, and its answer to the cancel can wait for the order.
      await sides[contender].arrived;
      return cancel(contender, JSON.parse(body) as string[]);
    case 'GET /data/orders':
      return { data: [...sides[contender].live.values()], next_cursor: 'LTE=' };
    case 'GET /data/trades':
      return { data: [], next_cursor: 'LTE=' };
    case 'GET /prices-history':
      return { history: [] };
    case 'GET /version':
      return { version: 2 };
    case 'GET /tick-size':
      return { minimum_tick_size: 0.01 };
    case 'GET /neg-risk':
      return { neg_risk: false };
    case 'GET /book': {
      const tokenId = url.searchParams.get('token_id') ?? '';
      const market = sides.ours.byToken.get(tokenId);
      if (market === undefined) throw new Error(`a book of ${tokenId} was asked for`);
      return tickBook(market, tokenId === market.yesTokenId, Date.now());
    }
    default:
      throw new Error(`${call} was not expected`);
  }
}

/** Notes when the order was in, then holds it against the market that caused it. */
function takeOrder(contender: TickContender, order: PostedOrder, atMs: number): unknown {
  const side = sides[contender];
  if (side.awaited?.tokenId === order.tokenId) side.awaited.gotIt(atMs);
  else if (side.isRoundUnderWay) throw new Error(`${contender}: an order that no frame has caused`);
  const market = side.byToken.get(order.tokenId);
  const ticks = (100 * Number(order.makerAmount)) / Number(order.takerAmount);
  if (market?.yesTokenId !== order.tokenId || order.side !== 'BUY' || ticks !== market.bidTicks)
    throw new Error(
      `${contender}: found ${order.side} at ${ticks} cents, expected BUY YES at ${market?.bidTicks} cents`,
    );
  const orderId = orderIdOf(contender, order);
  side.taken.push({ order, orderId });
  side.live.set(orderId, {
    id: orderId,
    status: 'LIVE',
    market: market.conditionId,
    asset_id: order.tokenId,
    side: order.side,
    original_size: String(Number(order.takerAmount) / MICRO),
    size_matched: '0',
    price: formatPrice((ticks * TICK) as Price),
    created_at: Math.floor(Date.now() / 1_000),
  });
  return {
    success: true,
    errorMsg: '',
    orderID: orderId,
    status: 'live',
    makingAmount: '',
    takingAmount: '',
  };
}

function cancel(contender: TickContender, orderIds: readonly string[]): unknown {
  for (const orderId of orderIds)
    if (!sides[contender].live.delete(orderId))
      throw new Error(`${contender}: canceled ${orderId}, which is not live`);
  return { canceled: orderIds, not_canceled: {} };
}

/** Our order's id is that of the journal, in which it must be by now; a peer's is a number of our own. */
function orderIdOf(contender: TickContender, order: PostedOrder): string {
  if (contender !== 'ours') {
    ordersOfPeers += 1;
    return `0x${ordersOfPeers.toString(16).padStart(64, '0')}`;
  }
  if (journaled === null) throw new Error('an order came before the journal was named');
  return journaled(order).orderId;
}

async function round(contender: TickContender, frames: number): Promise<void> {
  const side = sides[contender];
  const latenciesUs: number[] = [];
  let frameBytes = 0;
  await collectGarbage('young');
  side.isRoundUnderWay = true;
  for (let frame = 0; frame < frames; frame += 1) {
    const market = side.markets[frame % side.markets.length]!;
    const text = moveFrame(market, moveMarket(market), Date.now());
    frameBytes += text.length;
    const settled = new Promise<void>((resolve) => {
      side.gotSettled = resolve;
    });
    const arrived = new Promise<number>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`${contender}: frame ${frame} led to no order in ${FRAME_TIMEOUT_MS} ms`)),
        FRAME_TIMEOUT_MS,
      );
      side.awaited = {
        tokenId: market.yesTokenId,
        gotIt: (atMs) => {
          clearTimeout(timer);
          side.awaited = null;
          resolve(atMs);
        },
      };
    });
    side.arrived = arrived;
    const sentAtMs = performance.now();
    side.sockets.get(market.yesTokenId)?.send(text);
    latenciesUs.push(((await arrived) - sentAtMs) * 1_000);
    await settled;
  }
  side.isRoundUnderWay = false;
  send({ kind: 'round', latenciesUs, frameBytes: frameBytes / frames, taken: side.taken.splice(0) });
}

const sockets = new WebSocketServer({ server, perMessageDeflate: false });
sockets.on('connection', (socket, request) => {
  const side = sides[contenderOf(request.url ?? '/')];
  socket.on('message', (bytes: Buffer) => {
    const text = bytes.toString('utf8');
    if (text === 'PING') socket.send('PONG');
    else
      for (const tokenId of (JSON.parse(text) as { assets_ids: string[] }).assets_ids)
        subscribe(side, socket, tokenId);
  });
});

function subscribe(side: Side, socket: WebSocket, tokenId: string): void {
  const market = side.byToken.get(tokenId);
  side.sockets.set(tokenId, socket);
  if (market !== undefined && tokenId === market.yesTokenId) socket.send(tickBookFrame(market, Date.now()));
}

process.on('message', (message: ToTickServer) => {
  switch (message.kind) {
    case 'journal':
      journaled = followJournal(message.directory);
      return;
    case 'round':
      round(message.contender, message.frames).catch(wrong);
      return;
    case 'settled':
      sides[message.contender].gotSettled();
      return;
    case 'close':
      sockets.close();
      server.close();
      server.closeAllConnections();
      process.disconnect();
      return;
  }
});
process.on('disconnect', () => process.exit(0));

server.listen(0, '127.0.0.1', () =>
  send({ kind: 'listening', port: (server.address() as AddressInfo).port }),
);
