import type { Log, Timers } from '../../../ports/timers.ts';
import type { FeedSink, UserEvent, UserFeedPort } from '../../../ports/venue.ts';
import { type ApiCredentials, inPlainText } from '../signing/l2-auth.ts';
import { asObject, WireFault, type WireObject } from '../wire/fields.ts';
import { parseOrderFrame } from '../wire/order.ts';
import { type OwnIdentity, parseTrade } from '../wire/trade.ts';
import { type LiveSocket, openLiveSocket, type SocketTiming } from './live-socket.ts';

export interface UserFeedOptions extends SocketTiming {
  readonly wsUserUrl: string;
  /** Asked for on every connection, so that rebuilt credentials are used at once. */
  readonly credentials: (signal: AbortSignal) => Promise<ApiCredentials>;
  /** Address that holds our tokens, by which our maker orders are told from others'. */
  readonly wallet: string;
  readonly timers: Timers;
  readonly random: () => number;
  readonly log: Log;
}

const CREDENTIALS_TIMEOUT_MS = 10_000;

/**
 * Our own orders and trades over the user socket. The venue replays nothing after a break, so `onUp` comes with every
 * connection, and also after a frame that could not be read: each time, a read of orders and trades has to fill the gap.
 */
export function createUserFeed(options: UserFeedOptions): UserFeedPort {
  const { log } = options;
  let socket: LiveSocket | null = null;
  let own: OwnIdentity = { apiKey: '', wallet: options.wallet };

  async function greet(): Promise<string> {
    const found = await options.credentials(AbortSignal.timeout(CREDENTIALS_TIMEOUT_MS));
    own = { apiKey: found.apiKey, wallet: options.wallet };
    return JSON.stringify({ auth: inPlainText(found), type: 'user' });
  }

  function receive(bytes: Buffer, sink: FeedSink<UserEvent>): void {
    const first = bytes[0];
    if (first !== 0x7b && first !== 0x5b) return;
    const text = bytes.toString('utf8');
    try {
      const parsed: unknown = JSON.parse(text);
      for (const entry of Array.isArray(parsed) ? parsed : [parsed])
        for (const event of userEvents(asObject(entry, 'the frame'), own)) sink.onEvent(event);
    } catch (error) {
      if (!(error instanceof WireFault) && !(error instanceof SyntaxError)) throw error;
      log.warning(`user socket: a frame could not be read: ${error.message}`, { frame: text.slice(0, 300) });
      sink.onUp(`a frame could not be read (${error.message})`);
    }
  }

  return {
    start: (sink) => {
      socket = openLiveSocket({
        url: options.wsUserUrl,
        name: 'user socket',
        timers: options.timers,
        random: options.random,
        log,
        timing: options,
        greet,
        onOpen: () => sink.onUp('user socket open'),
        onMessage: (bytes) => receive(bytes, sink),
        onDown: (reason) => sink.onDown(reason),
      });
    },
    reconnect: (reason) => socket?.reconnect(reason),
    close: async () => {
      socket?.close();
    },
  };
}

/** The events of one frame: an order, or our parts of a trade. Other frames have none. Throws a WireFault. */
export function userEvents(frame: WireObject, own: OwnIdentity): UserEvent[] {
  const kind = frame.event_type ?? (frame.type === 'TRADE' ? 'trade' : 'order');
  if (kind === 'order') return [parseOrderFrame(frame)];
  if (kind === 'trade') return parseTrade(frame, own).map((fill) => ({ kind: 'fill', fill }) as const);
  return [];
}
