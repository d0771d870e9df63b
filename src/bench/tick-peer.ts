import { OrderType, Side } from '@polymarket/clob-client-v2';
import WebSocket from 'ws';
import { benchClient } from './sign.ts';
import { tickMarkets } from './tick-market.ts';

interface Change {
  readonly asset_id: string;
  readonly price: string;
  readonly size: string;
  readonly side: string;
}

interface Frame {
  readonly event_type: string;
  readonly asset_id?: string;
  readonly bids?: readonly { readonly price: string; readonly size: string }[];
  readonly asks?: readonly { readonly price: string; readonly size: string }[];
  readonly price_changes?: readonly Change[];
}

interface PeerBook {
  readonly bids: Map<string, number>;
  readonly asks: Map<string, number>;
  bestBid: string | null;
  resting: string | null;
}

export interface TickPeer {
  readonly ready: Promise<void>;
  close(): void;
}

/** Shares of each order, about what ours comes to. */
const SIZE = 10;

/**
 * What people build from npm parts: `ws`, `JSON.parse`, a Map of levels for each side, sorted when the touch is wanted, and
 * the official client to sign and post. Tick size and neg-risk flag are given, and the version is cached by the client after
 * its first order, so that no look-up is left in the way. It keeps no journal and has no gate. Its cancel of the quote that it
 * replaces is sent at once and not waited for; `peerNoCancel` sends none.
 */
export function startTickPeer(
  contender: 'peer' | 'peerNoCancel',
  port: number,
  markets: number,
  onSettled: () => void,
  onWrong: (error: unknown) => void,
): TickPeer {
  const client = benchClient(`http://127.0.0.1:${port}/${contender}`);
  const books = new Map<string, PeerBook>();
  const tokens = tickMarkets(markets).map(({ yesTokenId }) => yesTokenId as string);
  for (const tokenId of tokens)
    books.set(tokenId, { bids: new Map(), asks: new Map(), bestBid: null, resting: null });
  const socket = new WebSocket(`ws://127.0.0.1:${port}/${contender}`, { perMessageDeflate: false });
  let booksSeen = 0;
  let gotReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    gotReady = resolve;
  });

  async function order(tokenId: string, book: PeerBook, price: number): Promise<void> {
    const canceled =
      contender === 'peer' && book.resting !== null ? client.cancelOrders([book.resting]) : Promise.resolve();
    const signed = await client.createOrder(
      { tokenID: tokenId, price, size: SIZE, side: Side.BUY },
      { tickSize: '0.01', negRisk: false },
    );
    const answer: unknown = await client.postOrder(signed, OrderType.GTC, true);
    if (
      typeof answer !== 'object' ||
      answer === null ||
      !('orderID' in answer) ||
      typeof answer.orderID !== 'string'
    )
      throw new Error(`the peer's order was answered with ${JSON.stringify(answer)}`);
    book.resting = answer.orderID;
    await canceled;
    onSettled();
  }

  socket.on('open', () => socket.send(JSON.stringify({ assets_ids: tokens, type: 'market' })));
  socket.on('error', onWrong);
  socket.on('message', (bytes: Buffer) => {
    const frame = JSON.parse(bytes.toString('utf8')) as Frame;
    const tokenId = take(books, frame);
    const book = tokenId === null ? undefined : books.get(tokenId);
    if (tokenId === null || book === undefined) return;
    const [bestBid] = [...book.bids.keys()].sort((a, b) => Number(b) - Number(a));
    const [bestAsk] = [...book.asks.keys()].sort((a, b) => Number(a) - Number(b));
    if (bestBid === undefined || bestAsk === undefined || bestBid === book.bestBid) return;
    book.bestBid = bestBid;
    order(tokenId, book, Number(bestBid)).then(() => {
      if (frame.event_type !== 'book') return;
      booksSeen += 1;
      if (booksSeen === markets) gotReady();
    }, onWrong);
  });
  return { ready, close: () => socket.terminate() };
}

/** Brings the book up to date; returns the token whose book it was. */
function take(books: Map<string, PeerBook>, frame: Frame): string | null {
  if (frame.event_type === 'book') {
    const book = books.get(frame.asset_id ?? '');
    if (book === undefined) return null;
    for (const { price, size } of frame.bids ?? []) book.bids.set(price, Number(size));
    for (const { price, size } of frame.asks ?? []) book.asks.set(price, Number(size));
    return frame.asset_id ?? null;
  }
  let changed: string | null = null;
  for (const { asset_id, price, size, side } of frame.price_changes ?? []) {
    const book = books.get(asset_id);
    if (book === undefined) continue;
    const levels = side === 'BUY' ? book.bids : book.asks;
    if (Number(size) === 0) levels.delete(price);
    else levels.set(price, Number(size));
    changed = asset_id;
  }
  return changed;
}
