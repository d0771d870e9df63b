import { type DirectConnection, openConnection } from './direct-connection.ts';
import {
  codedError,
  type Exchanged,
  type Transport,
  type TransportOptions,
  type TransportRequest,
} from './transport.ts';

interface Waiting {
  readonly text: string;
  isOver: boolean;
  begin(connection: DirectConnection): void;
  end(result: Exchanged): void;
}

/**
 * Connections of our own, for orders and cancels. A request is one write on a warm connection, in the same turn of the event
 * loop as the decision that led to it; a general client waits a turn before it trusts a connection that rested, to catch
 * answers that nobody asked for. Here such an answer ends the connection, and an answer to an order must name that order.
 */
export function createDirectTransport(options: TransportOptions): Transport {
  const connections = new Set<DirectConnection>();
  /** Those at rest, last used last: the warmest one is taken first. */
  let idle: DirectConnection[] = [];
  let waiting: Waiting[] = [];
  let opening = 0;
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
        const next = waiting.shift();
        if (next === undefined) idle.push(rested);
        else next.begin(rested);
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

  function openForWaiting(): void {
    if (!isClosed && opening < waiting.length && connections.size < options.connections) open();
  }

  function idleConnection(): DirectConnection | undefined {
    for (let one = idle.pop(); one !== undefined; one = idle.pop()) if (one.isIdle()) return one;
    return undefined;
  }

  function exchange(request: TransportRequest, timeoutMs: number, signal: AbortSignal): Promise<Exchanged> {
    return new Promise((resolve) => {
      let used: DirectConnection | null = null;
      const call: Waiting = {
        text: requestText(options.origin, request),
        isOver: false,
        begin: (connection) => {
          used = connection;
          connection.send(call.text, call.end);
        },
        end: (result) => {
          if (call.isOver) return;
          call.isOver = true;
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
      const timer = setTimeout(giveUp, timeoutMs);
      signal.addEventListener('abort', giveUp, { once: true });
      if (isClosed) {
        call.end({ error: codedError('CLOSED', 'the client is closed'), isGivenUp: false, isUnsent: true });
        return;
      }
      const connection = waiting.length === 0 ? idleConnection() : undefined;
      if (connection !== undefined) call.begin(connection);
      else {
        waiting.push(call);
        openForWaiting();
      }
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
      for (const call of waiting.splice(0))
        call.end({ error: codedError('CLOSED', 'the client is closed'), isGivenUp: false, isUnsent: true });
      await dropAll(codedError('ECONNRESET', 'the client is closed'));
    },
  };
}

/** The request as it goes over the wire. A line break in a path or a header would be another request: that is a broken invariant. */
export function requestText(origin: URL, { method, path, headers, body }: TransportRequest): string {
  if (/[\s]/.test(path)) throw new RangeError(`a path with white space: ${JSON.stringify(path)}`);
  let head = `${method} ${path} HTTP/1.1\r\nhost: ${origin.host}\r\nconnection: keep-alive\r\n`;
  for (const name in headers) {
    const value = headers[name] as string;
    if (/[\r\n\0]/.test(value)) throw new RangeError(`a line break in the header ${name}`);
    head += `${name}: ${value}\r\n`;
  }
  if (body !== null) head += `content-length: ${Buffer.byteLength(body)}\r\n`;
  else if (method === 'POST') head += 'content-length: 0\r\n';
  return `${head}\r\n${body ?? ''}`;
}
