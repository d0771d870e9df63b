import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { createResponseReader, type ResponseReader } from './response-reader.ts';
import { codedError, type Exchanged, type TransportOptions } from './transport.ts';

/** One connection, which carries one request at a time. */
export interface DirectConnection {
  /** Writes the request; `onEnd` is called once, later, with its answer or with why there is none. Only while idle. */
  send(text: string, encoding: BufferEncoding, onEnd: (result: Exchanged) => void): void;
  /** Connected, and no request under way. */
  isIdle(): boolean;
  /** Ends it at once; a request under way ends with `error`. */
  destroy(error: Error): void;
}

export interface ConnectionEvents {
  readonly onIdle: (connection: DirectConnection) => void;
  /** It is of no use any more. The error says why it could not be opened; null where it has been open. */
  readonly onGone: (connection: DirectConnection, openingFailed: Error | null) => void;
}

/** How long a connection may rest before it counts as lost: less than what servers and routers keep. */
const IDLE_MS = 55_000;
const MARGIN_MS = 1_000;

export function openConnection(options: TransportOptions, events: ConnectionEvents): DirectConnection {
  let state: 'opening' | 'idle' | 'busy' | 'gone' = 'opening';
  /** Whom the answer to the request under way goes to. */
  let asker: ((result: Exchanged) => void) | null = null;
  /** Of the answer that comes next; made while at rest, so that no request waits for it. */
  let reader: ResponseReader = createResponseReader(options.maxResponseBytes);
  let idleSinceMs = 0;
  let idleForMs = IDLE_MS;
  let failure: Error | null = null;
  const socket = openSocket(options.origin, () => {
    clearTimeout(opening);
    rest();
  });
  const opening = setTimeout(
    () => destroy(codedError('ETIMEDOUT', `no connection within ${options.connectTimeoutMs} ms`)),
    options.connectTimeoutMs,
  );
  socket.setNoDelay(true);
  socket.on('data', read);
  socket.on('end', () => {
    if (asker !== null && reader.end()) answer();
    destroy(codedError('ECONNRESET', 'the venue ended the connection'));
  });
  socket.on('error', destroy);
  socket.on('close', () => destroy(codedError('ECONNRESET', 'the connection is closed')));

  const connection: DirectConnection = {
    isIdle: () => {
      if (state === 'idle' && performance.now() - idleSinceMs > idleForMs)
        destroy(codedError('ECONNRESET', 'the connection has rested for too long'));
      return state === 'idle';
    },
    send: (text, encoding, onEnd) => {
      state = 'busy';
      asker = onEnd;
      socket.write(text, encoding);
      socket.ref();
    },
    destroy,
  };
  return connection;

  function rest(): void {
    state = 'idle';
    idleSinceMs = performance.now();
    // A resting connection does not keep the program running.
    socket.unref();
    events.onIdle(connection);
  }

  function read(bytes: Buffer): void {
    if (asker === null) {
      // What nobody asked for would be taken for the answer to the next request.
      destroy(codedError('ECONNRESET', 'the venue sent an answer to no request'));
      return;
    }
    try {
      if (reader.take(bytes)) answer();
    } catch (error) {
      destroy(error as Error);
    }
  }

  function answer(): void {
    const onEnd = asker;
    asker = null;
    onEnd?.({ status: reader.status(), text: reader.text(), retryAfter: reader.header('retry-after') });
    if (state !== 'busy') return;
    if (!reader.mayReuse()) {
      destroy(codedError('ECONNRESET', 'the venue keeps the connection no longer'));
      return;
    }
    const hint = /timeout=(\d+)/.exec(reader.header('keep-alive') ?? '')?.[1];
    idleForMs = hint === undefined ? IDLE_MS : Math.min(IDLE_MS, Number(hint) * 1_000 - MARGIN_MS);
    reader = createResponseReader(options.maxResponseBytes);
    rest();
  }

  function destroy(error: Error): void {
    if (state === 'gone') return;
    const wasOpening = state === 'opening';
    state = 'gone';
    failure = error;
    clearTimeout(opening);
    socket.destroy();
    const onEnd = asker;
    asker = null;
    onEnd?.({ error: failure, isGivenUp: false, isUnsent: false });
    events.onGone(connection, wasOpening ? error : null);
  }
}

function openSocket(origin: URL, onOpen: () => void): Socket {
  const host = origin.hostname.replace(/^\[|\]$/g, '');
  if (origin.protocol === 'http:') return connectPlain({ host, port: Number(origin.port || 80) }, onOpen);
  return connectTls(
    {
      host,
      port: Number(origin.port || 443),
      ALPNProtocols: ['http/1.1'],
      ...(isIP(host) === 0 ? { servername: host } : {}),
    },
    onOpen,
  );
}
