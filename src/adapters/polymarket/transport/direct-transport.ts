import { type DirectConnection, openConnection } from './direct-connection.ts';
import { createRequestWriter, type RequestText } from './request-text.ts';
import {
  codedError,
  type Exchanged,
  type Transport,
  type TransportOptions,
  type TransportRequest,
} from './transport.ts';

interface Waiting {
  readonly request: RequestText;
  readonly mayLeave: (() => boolean) | undefined;
  isOver: boolean;
  begin(connection: DirectConnection): void;
  end(result: Exchanged): void;
}

/** Connections that requests which ask before they leave do not take: a cancel or a beat finds one even if no order is answered. */
const KEPT_FREE = 2;

/**
 * Connections of our own, for orders and cancels. A request is one write on a warm connection, in the same turn of the event
 * loop as the decision that led to it; a general client waits a turn before it trusts a connection that rested, to catch
 * answers that nobody asked for. Here such an answer ends the connection, and an answer to an order must name that order.
 */
export function createDirectTransport(options: TransportOptions): Transport {
  const connections = new Set<DirectConnection>();
  const textOf = createRequestWriter(options.origin);
  /** Those at rest, last used last: the warmest one is taken first. */
  let idle: DirectConnection[] = [];
  let waiting: Waiting[] = [];
  let opening = 0;
  /** Requests under way that had to ask, and how many those may be. */
  let asking = 0;
  const mostAsking = Math.max(1, options.connections - KEPT_FREE);
  let isClosed = false;

  function open(): void {
    opening += 1;
    let isOpening = true;
    const opened = (): void => {
      if (isOpening) opening -= 1;
      isOpening = false;
    };
    const connection = openConnection(options, {
      onIdle: (rested) => {
        opened();
        idle.push(rested);
        serve();
      },
      onGone: (gone, failed) => {
        opened();
        connections.delete(gone);
        idle = idle.filter((one) => one !== gone);
        if (failed !== null) waiting.shift()?.end({ error: failed, isGivenUp: false, isUnsent: true });
        openForWaiting();
      },
    });
    connections.add(connection);
  }

  /** The first that may use a connection now: what asks comes after all that does not. */
  function nextReady(): Waiting | undefined {
    const first = waiting.find(({ mayLeave }) => mayLeave === undefined);
    return first ?? (asking < mostAsking ? waiting[0] : undefined);
  }

  /** Brings what waits and connections at rest together, and opens another connection for what is left. */
  function serve(): void {
    for (let next = nextReady(); next !== undefined; next = nextReady()) {
      const isHeld = isHeldBack(next);
      const connection = isHeld ? undefined : idleConnection();
      if (!isHeld && connection === undefined) break;
      waiting.splice(waiting.indexOf(next), 1);
      if (connection === undefined) next.end(HELD_BACK);
      else next.begin(connection);
    }
    openForWaiting();
  }

  /** This one is called while a connection ends, perhaps in the middle of `serve`, so it begins no request. */
  function openForWaiting(): void {
    if (isClosed || nextReady() === undefined) return;
    if (opening < waiting.length && connections.size < options.connections) open();
  }

  function idleConnection(): DirectConnection | undefined {
    for (let one = idle.pop(); one !== undefined; one = idle.pop()) if (one.isIdle()) return one;
    return undefined;
  }

  /** The request is written first, and bounded then: neither an answer nor a timer comes before this turn is over. */
  function exchange(request: TransportRequest, timeoutMs: number, signal: AbortSignal): Promise<Exchanged> {
    if (isClosed) return Promise.resolve(CLOSED);
    if (signal.aborted) return Promise.resolve(GIVEN_UP_UNSENT);
    return new Promise((resolve) => {
      let used: DirectConnection | null = null;
      let timer: NodeJS.Timeout | undefined;
      const call: Waiting = {
        request: textOf(request),
        mayLeave: request.mayLeave,
        isOver: false,
        begin: (connection) => {
          used = connection;
          if (call.mayLeave !== undefined) asking += 1;
          connection.send(call.request.text, call.request.encoding, call.end);
        },
        end: (result) => {
          if (call.isOver) return;
          call.isOver = true;
          if (call.mayLeave !== undefined && used !== null) asking -= 1;
          clearTimeout(timer);
          signal.removeEventListener('abort', giveUp);
          resolve(result);
        },
      };
      const giveUp = (): void => {
        const error = codedError('GIVEN_UP', 'given up');
        waiting = waiting.filter((one) => one !== call);
        call.end({ error, isGivenUp: true, isUnsent: used === null });
        // Its answer may still come, so nothing else may use that connection.
        used?.destroy(error);
      };
      waiting.push(call);
      serve();
      if (call.isOver) return;
      timer = setTimeout(giveUp, timeoutMs);
      signal.addEventListener('abort', giveUp, { once: true });
    });
  }

  async function dropAll(error: Error): Promise<void> {
    for (const connection of [...connections]) connection.destroy(error);
  }

  return {
    exchange,
    reconnect: () => dropAll(codedError('ECONNRESET', 'the connections are opened anew')),
    close: async () => {
      isClosed = true;
      for (const call of waiting.splice(0)) call.end(CLOSED);
      await dropAll(codedError('ECONNRESET', 'the client is closed'));
    },
  };
}

const CLOSED: Exchanged = {
  error: codedError('CLOSED', 'the client is closed'),
  isGivenUp: false,
  isUnsent: true,
};

const GIVEN_UP_UNSENT: Exchanged = {
  error: codedError('GIVEN_UP', 'given up before it was sent'),
  isGivenUp: true,
  isUnsent: true,
};

/** Who cannot say that a request may leave has not said so, and a request that stays in the queue would leave with a later one. */
function isHeldBack({ mayLeave }: Waiting): boolean {
  try {
    return mayLeave?.() === false;
  } catch {
    return true;
  }
}

const HELD_BACK: Exchanged = {
  error: codedError('HELD_BACK', 'trading was halted before the request left'),
  isGivenUp: false,
  isUnsent: true,
};
