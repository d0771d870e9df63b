import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { moveFrame, moveMarket, type TickMarket, tickBookFrame, tickMarkets } from './tick-market.ts';

/** One listener's place in the feed. */
export interface FeedLine {
  /** Frames sent so far, whole books included. */
  sent(): number;
  /** Resolves once every market has been asked for and its book was sent. */
  readonly subscribed: Promise<void>;
  /** Sends frames at this rate for this long. */
  play(framesPerSecond: number, seconds: number): Promise<void>;
  /** The sum that a listener reports once it has everything. */
  touchSum(): number;
}

export interface FeedServer {
  readonly port: number;
  /** The line of the listener that connects next. */
  nextLine(): FeedLine;
  close(): Promise<void>;
}

/** Steps up and as many down again: after these frames every book is as it was. */
const STEPS_UP = 15;
const SPREAD_TICKS = 4;

interface Loop {
  readonly market: TickMarket;
  readonly book: string;
  readonly frames: readonly Buffer[];
  /** Best bid after each frame, in ticks. */
  readonly bidTicks: readonly number[];
}

/** A market that walks up and down for ever, with true hashes; made before anything is sent. */
function loopOf(market: TickMarket, startMs: number): Loop {
  let isUp = true;
  const walker: TickMarket = { ...market, random: () => (isUp ? 0 : 1) };
  const book = tickBookFrame(walker, startMs);
  const frames: Buffer[] = [];
  const bidTicks: number[] = [];
  for (let step = 0; step < 2 * STEPS_UP; step += 1) {
    isUp = step < STEPS_UP;
    frames.push(Buffer.from(moveFrame(walker, moveMarket(walker), startMs + step + 1)));
    bidTicks.push(walker.bidTicks);
  }
  if (walker.bidTicks !== market.bidTicks) throw new Error('a walk up and down must end where it began');
  return { market, book, frames, bidTicks };
}

/** A market socket that sends what it has prepared, so that sending costs little beside taking in. */
export async function startFeedServer(count: number): Promise<FeedServer> {
  const loops = tickMarkets(count).map((market) => loopOf(market, Date.now()));
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  await once(server, 'listening');
  let line: ReturnType<typeof createLine> | null = null;
  server.on('connection', (socket) => {
    const own = line;
    socket.on('message', (bytes: Buffer) => {
      const text = bytes.toString('utf8');
      if (text === 'PING') socket.send('PONG');
      else own?.subscribe(socket, (JSON.parse(text) as { assets_ids: string[] }).assets_ids);
    });
  });
  return {
    port: (server.address() as AddressInfo).port,
    nextLine: () => {
      line = createLine(loops);
      return line;
    },
    close: () =>
      new Promise((resolve) => {
        for (const client of server.clients) client.terminate();
        server.close(() => resolve());
      }),
  };
}

function createLine(loops: readonly Loop[]): FeedLine & {
  subscribe(socket: WebSocket, tokens: readonly string[]): void;
} {
  const sockets = new Map<string, WebSocket>();
  const { promise, resolve } = Promise.withResolvers<void>();
  let moves = 0;
  /** The n-th frame of the feed: every market in turn. */
  function sendNext(): void {
    const loop = loops[moves % loops.length] as Loop;
    const step = Math.floor(moves / loops.length) % loop.frames.length;
    sockets.get(loop.market.yesTokenId)?.send(loop.frames[step] as Buffer);
    moves += 1;
  }
  return {
    subscribed: promise,
    sent: () => sockets.size + moves,
    subscribe: (socket, tokens) => {
      const wanted = new Set(tokens);
      for (const { market, book } of loops) {
        if (!wanted.has(market.yesTokenId)) continue;
        sockets.set(market.yesTokenId, socket);
        socket.send(book);
      }
      if (sockets.size === loops.length) resolve();
    },
    play: async (framesPerSecond, seconds) => {
      const startMs = performance.now();
      const first = moves;
      const total = Math.round(framesPerSecond * seconds);
      while (moves - first < total) {
        const dueNow = ((performance.now() - startMs) * framesPerSecond) / 1_000;
        while (moves - first < Math.min(total, dueNow)) sendNext();
        await new Promise((done) => setTimeout(done, 1));
      }
    },
    touchSum: () =>
      loops.reduce((sum, { market, bidTicks }, index) => {
        const played = Math.floor((moves - index + loops.length - 1) / loops.length);
        const bid = played === 0 ? market.bidTicks : (bidTicks[(played - 1) % bidTicks.length] as number);
        return sum + (index + 1) * (bid + 3 * (bid + SPREAD_TICKS));
      }, 0),
  };
}
