import { createPublicClient } from '@polymarket/client';

/** Best bid and ask of one token, as the official client hands them on: texts, where the message has them. */
export interface ClientTouch {
  readonly tokenId: string;
  readonly bestBid?: string | null | undefined;
  readonly bestAsk?: string | null | undefined;
}

/** The official client with its subscription to one market, fed by hand. */
export interface ClientFeed {
  /** Gives it one message as its socket would, and resolves once the consumer of its events has read that message's touches. */
  take(bytes: Buffer): Promise<void>;
  close(): Promise<void>;
}

/**
 * The market subscription of `@polymarket/client`, all of it: its socket's message event, heartbeat, `JSON.parse`, schema,
 * filter by token, queue, merged stream, `for await`. Only the socket is a stand-in, so that no network is timed. It makes a
 * text of the bytes and an event of the text, as Node's own WebSocket does, which is the one that the client uses. Messages
 * go one by one to a consumer that waits, as on a quiet line; a burst takes the client longer.
 */
export async function openClientFeed(
  tokenIds: string[],
  onTouches: (touches: readonly ClientTouch[]) => void,
): Promise<ClientFeed> {
  const handle = await withStandIn(() => createPublicClient().subscribe([{ topic: 'market', tokenIds }]));
  const socket = StandInSocket.last;
  if (socket === null) throw new Error('the official client has opened no socket');
  let onRead = (): void => undefined;
  const reading = (async () => {
    for await (const event of handle) {
      if (event.type !== 'price_change') throw new Error(`the client made a ${event.type} of a change`);
      onTouches(event.payload.priceChanges);
      onRead();
    }
  })();
  return {
    take: (bytes) =>
      new Promise((resolve) => {
        onRead = resolve;
        socket.dispatchEvent(new MessageEvent('message', { data: bytes.toString('utf8') }));
      }),
    close: async () => {
      await handle.close();
      await reading;
    },
  };
}

/** As much of a WebSocket as the client touches. It opens at once. */
class StandInSocket extends EventTarget {
  static last: StandInSocket | null = null;
  static readonly OPEN = WebSocket.OPEN;
  readyState: number = WebSocket.OPEN;

  constructor() {
    super();
    StandInSocket.last = this;
    queueMicrotask(() => this.dispatchEvent(new Event('open')));
  }

  send(): void {}

  close(): void {
    this.readyState = WebSocket.CLOSED;
    this.dispatchEvent(new Event('close'));
  }
}

/** The client takes its socket's class from the global object, while it connects. */
async function withStandIn<Result>(connect: () => Promise<Result>): Promise<Result> {
  const platform = globalThis.WebSocket;
  Object.assign(globalThis, { WebSocket: StandInSocket });
  try {
    return await connect();
  } finally {
    globalThis.WebSocket = platform;
  }
}
