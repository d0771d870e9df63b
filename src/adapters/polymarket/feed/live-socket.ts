import WebSocket from 'ws';
import { growingRestMs } from '../../../domain/growing-rest.ts';
import type { Log, Timers } from '../../../ports/timers.ts';
import { SOCKET_PING_MS } from '../venue-facts.ts';

/** Waits of a socket; each has a default. */
export interface SocketTiming {
  readonly pingEveryMs?: number;
  /** With nothing received for this long, not even a PONG, the connection is taken for dead. */
  readonly silentAfterMs?: number;
  readonly firstBackoffMs?: number;
}

export interface LiveSocketOptions {
  readonly url: string;
  /** For the log: `market socket 2`. */
  readonly name: string;
  readonly timers: Timers;
  /** Uniform in [0, 1), for the jitter of reconnects. */
  readonly random: () => number;
  readonly log: Log;
  /** What to send first on every new connection. Awaited, so that it may fetch credentials. */
  readonly greet: () => Promise<string> | string;
  readonly onOpen: () => void;
  readonly onMessage: (bytes: Buffer) => void;
  readonly onDown: (reason: string) => void;
  /** What to send on every beat; the plain word of the market and user sockets where left out. */
  readonly ping?: string;
  readonly timing?: SocketTiming;
}

export interface LiveSocket {
  /** False when the connection is not open; the greeting of the next one has to say it then. */
  send(text: string): boolean;
  /** Gives the connection up and opens another one, as if it had broken. */
  reconnect(reason: string): void;
  close(): void;
}

/** Three missed answers to pings of ten seconds. */
const SILENT_AFTER_MS = 30_000;
const FIRST_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 30_000;
const HANDSHAKE_TIMEOUT_MS = 10_000;
const MAX_FRAME_BYTES = 16 * 1024 * 1024;

/**
 * A WebSocket that comes back: it greets on every connection, sends PING on a beat, takes silence for death, and
 * reconnects with doubling, jittered waits. Compression is refused: it costs twenty times the rest of the receive path.
 */
export function openLiveSocket(options: LiveSocketOptions): LiveSocket {
  const { timers, log } = options;
  const pingEveryMs = options.timing?.pingEveryMs ?? SOCKET_PING_MS;
  const silentAfterMs = options.timing?.silentAfterMs ?? SILENT_AFTER_MS;
  let socket: WebSocket | null = null;
  let failures = 0;
  let heardAtMs = 0;
  let closed = false;
  let isUp = false;
  let cancelTimer: (() => void) | null = null;

  function connect(): void {
    if (closed) return;
    const opening = new WebSocket(options.url, {
      perMessageDeflate: false,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      maxPayload: MAX_FRAME_BYTES,
    });
    socket = opening;
    let trouble = 'the server closed the connection';
    opening.on('open', () => {
      void greet(opening);
    });
    opening.on('message', (bytes: Buffer) => {
      heardAtMs = timers.nowMs();
      if (opening !== socket) return;
      // Only a server that speaks has taken us: one that hangs up on each greeting would be called ever so often.
      failures = 0;
      options.onMessage(bytes);
    });
    opening.on('error', (error) => {
      trouble = error.message === '' ? error.name : error.message;
    });
    opening.on('close', (code, reason) => {
      if (opening !== socket) return;
      down(
        `${trouble} (code ${code}${reason.length > 0 ? `, ${reason.toString('utf8').slice(0, 80)}` : ''})`,
      );
    });
  }

  async function greet(opening: WebSocket): Promise<void> {
    try {
      const greeting = await options.greet();
      if (opening !== socket || opening.readyState !== WebSocket.OPEN) return;
      opening.send(greeting);
    } catch (error) {
      log.warning(`${options.name}: the greeting could not be made`, { error: String(error) });
      opening.terminate();
      return;
    }
    heardAtMs = timers.nowMs();
    isUp = true;
    cancelTimer?.();
    cancelTimer = timers.after(pingEveryMs, ping);
    options.onOpen();
  }

  function ping(): void {
    if (socket === null || closed) return;
    const silentMs = timers.nowMs() - heardAtMs;
    if (silentMs >= silentAfterMs) {
      const silent = socket;
      down(`nothing received for ${silentMs} ms`);
      silent.terminate();
      return;
    }
    if (socket.readyState === WebSocket.OPEN) socket.send(options.ping ?? 'PING');
    cancelTimer = timers.after(pingEveryMs, ping);
  }

  function down(reason: string): void {
    socket = null;
    cancelTimer?.();
    if (closed) return;
    failures += 1;
    const base = growingRestMs(failures, options.timing?.firstBackoffMs ?? FIRST_BACKOFF_MS, MAX_BACKOFF_MS);
    const waitMs = Math.round(base * (0.5 + options.random() / 2));
    log.note(`${options.name} is down: ${reason}; next try in ${waitMs} ms`);
    cancelTimer = timers.after(waitMs, connect);
    if (isUp) {
      isUp = false;
      options.onDown(reason);
    }
  }

  connect();
  return {
    send: (text) => {
      if (!isUp || socket === null || socket.readyState !== WebSocket.OPEN) return false;
      socket.send(text);
      return true;
    },
    reconnect: (reason) => {
      const dropped = socket;
      if (closed || dropped === null) return;
      down(reason);
      dropped.terminate();
    },
    close: () => {
      closed = true;
      cancelTimer?.();
      const last = socket;
      socket = null;
      last?.terminate();
    },
  };
}
