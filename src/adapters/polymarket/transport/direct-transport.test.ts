import { createServer as createHttpServer } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { LOOPBACK_CERTIFICATE, LOOPBACK_KEY } from '../testing/loopback-certificate.ts';
import { until } from '../testing/wall-timers.ts';
import { createDirectTransport } from './direct-transport.ts';
import type { Exchanged, Transport, TransportRequest } from './transport.ts';

const BOUND_MS = 5_000;
const ORDER: TransportRequest = { method: 'POST', path: '/orders', headers: { a: 'b' }, body: '[1]' };
const OK = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

const cleanUps: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

/** A server that speaks bytes: `onRequest` is given each connection's whole requests, one after another. */
async function wire(onRequest: (socket: Socket, request: string, connection: number) => void) {
  const sockets: Socket[] = [];
  const server = createServer((socket) => {
    const connection = sockets.push(socket);
    let text = '';
    socket.on('error', () => undefined);
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
      const length = Number(/content-length: (\d+)/.exec(text)?.[1] ?? 0);
      const end = text.indexOf('\r\n\r\n') + 4 + length;
      if (text.length < end || end < 4) return;
      const request = text.slice(0, end);
      text = text.slice(end);
      onRequest(socket, request, connection);
    });
  });
  const port = await listening(server);
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port, sockets };
}

function transportTo(port: number, connections = 4, maxResponseBytes = 1_000): Transport {
  const transport = createDirectTransport({
    origin: new URL(`http://127.0.0.1:${port}`),
    connections,
    connectTimeoutMs: BOUND_MS,
    maxResponseBytes,
  });
  cleanUps.push(() => transport.close());
  return transport;
}

const asked = (
  transport: Transport,
  request: TransportRequest = ORDER,
  signal?: AbortSignal,
): Promise<Exchanged> => transport.exchange(request, BOUND_MS, signal ?? new AbortController().signal);

describe('requests', () => {
  it('use one connection one after another, and several at the same time', async () => {
    const paths: string[] = [];
    const held: (() => void)[] = [];
    const { port, sockets } = await wire((socket, request) => {
      paths.push(request.split(' ')[1] ?? '');
      if (request.includes('/hold')) held.push(() => socket.write(OK));
      else socket.write(OK);
    });
    const transport = transportTo(port, 2);
    for (let turn = 0; turn < 5; turn += 1)
      expect(await asked(transport)).toEqual({ status: 200, text: 'ok', retryAfter: undefined });
    expect(sockets).toHaveLength(1);
    const three = ['/hold1', '/hold2', '/hold3'].map((path) => asked(transport, { ...ORDER, path }));
    await until('two of them to arrive', () => held.length === 2);
    expect(sockets).toHaveLength(2);
    expect(paths.slice(-2).sort()).toEqual(['/hold1', '/hold2']);
    held[0]?.();
    await until('the third to follow', () => held.length === 3);
    held[1]?.();
    held[2]?.();
    expect((await Promise.all(three)).every((one) => 'status' in one)).toBe(true);
    expect(sockets).toHaveLength(2);
  });
});

describe('connections', () => {
  it('are not used again when the server keeps them no longer', async () => {
    const { port, sockets } = await wire((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok'),
    );
    const transport = transportTo(port);
    await asked(transport);
    expect(await asked(transport)).toMatchObject({ text: 'ok' });
    expect(sockets).toHaveLength(2);
  });

  it('are not used again when they have ended while at rest', async () => {
    const { port, sockets } = await wire((socket) => socket.write(OK));
    const transport = transportTo(port);
    await asked(transport);
    const first = sockets[0] as Socket;
    const ended = new Promise((resolve) => first.once('close', resolve));
    first.end();
    await ended;
    expect(await asked(transport)).toMatchObject({ text: 'ok' });
    expect(sockets).toHaveLength(2);
  });

  it('are not used again for longer than the server says that it keeps them', async () => {
    const { port, sockets } = await wire((socket) =>
      socket.write('HTTP/1.1 200 OK\r\nkeep-alive: timeout=1\r\ncontent-length: 2\r\n\r\nok'),
    );
    const transport = transportTo(port);
    await asked(transport);
    await new Promise((resolve) => setTimeout(resolve, 20));
    await asked(transport);
    expect(sockets).toHaveLength(2);
  });

  it('end on an answer that nobody asked for, which the next request does not get', async () => {
    let requests = 0;
    const { port } = await wire((socket) => {
      requests += 1;
      socket.write(requests === 1 ? `${OK}HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nwrong` : OK);
    });
    const transport = transportTo(port);
    expect(await asked(transport)).toMatchObject({ text: 'ok' });
    expect(await asked(transport)).toMatchObject({ text: 'ok' });
    const late = transportTo(port);
    await asked(late);
    expect(await asked(late)).toMatchObject({ text: 'ok' });
  });

  it('do not keep the program running while at rest', async () => {
    const { port } = await wire((socket) => socket.write(OK));
    const transport = transportTo(port);
    await asked(transport);
    expect(
      process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length,
    ).toBeLessThanOrEqual(1);
  });
});

describe('a request that asks before it leaves', () => {
  /** Answers nothing by itself. */
  async function slowVenue() {
    const seen: string[] = [];
    const sockets: Socket[] = [];
    const { port } = await wire((socket, request) => {
      seen.push(request.split(' ')[1] ?? '');
      sockets.push(socket);
    });
    return { port, seen, answer: (index: number) => sockets[index]?.write(OK) };
  }
  const order = (path: string, mayLeave: () => boolean): TransportRequest => ({ ...ORDER, path, mayLeave });
  const cancel: TransportRequest = { ...ORDER, method: 'DELETE', path: '/cancel' };

  it('does not leave after a halt that came while it waited for a connection', async () => {
    const { port, seen, answer } = await slowVenue();
    const transport = transportTo(port, 3);
    let isHalted = false;
    const first = asked(
      transport,
      order('/first', () => !isHalted),
    );
    const second = asked(
      transport,
      order('/second', () => !isHalted),
    );
    await until('the first order to arrive', () => seen.length === 1);
    isHalted = true;
    answer(0);
    expect(await first).toMatchObject({ status: 200 });
    expect(await second).toMatchObject({ isUnsent: true, isGivenUp: false, error: { code: 'HELD_BACK' } });
    expect(seen).toEqual(['/first']);
  });

  it('does not leave, then or later, where the question itself fails', async () => {
    const { port, seen, answer } = await slowVenue();
    const transport = transportTo(port, 3);
    const warm = asked(transport, cancel);
    await until('a cancel to arrive', () => seen.length === 1);
    answer(0);
    await warm;
    const failing = order('/failing', () => {
      throw new Error('the state cannot be read');
    });
    expect(await asked(transport, failing)).toMatchObject({ isUnsent: true, error: { code: 'HELD_BACK' } });
    const next = asked(
      transport,
      order('/next', () => true),
    );
    await until('the next order to arrive', () => seen.length === 2);
    answer(1);
    expect(await next).toMatchObject({ status: 200 });
    expect(seen).toEqual(['/cancel', '/next']);
  });

  it('leaves connections for cancels, which go before it', async () => {
    const { port, seen, answer } = await slowVenue();
    const transport = transportTo(port, 3);
    const orders = ['/1', '/2', '/3'].map((path) =>
      asked(
        transport,
        order(path, () => true),
      ),
    );
    await until('the first order to arrive', () => seen.length === 1);
    const cancels = [asked(transport, cancel), asked(transport, cancel), asked(transport, cancel)];
    await until('two cancels to arrive', () => seen.length === 3);
    expect(seen).toEqual(['/1', '/cancel', '/cancel']);
    answer(0);
    await until('the third cancel to arrive', () => seen.length === 4);
    expect(seen[3]).toBe('/cancel');
    for (let sent = 1; sent < 6; sent += 1) {
      await until('the next request to arrive', () => seen.length > sent);
      answer(sent);
    }
    expect(await Promise.all([...orders, ...cancels])).toEqual(
      Array.from({ length: 6 }, () => ({ status: 200, text: 'ok', retryAfter: undefined })),
    );
    expect(seen.slice(4)).toEqual(['/2', '/3']);
  });

  it('goes on when those before it were given up, lost or held back', async () => {
    const { port, seen, answer } = await slowVenue();
    const transport = transportTo(port, 3);
    const controller = new AbortController();
    const first = asked(
      transport,
      order('/1', () => true),
      controller.signal,
    );
    const held = asked(
      transport,
      order('/2', () => seen.length === 0),
    );
    const last = asked(
      transport,
      order('/3', () => true),
    );
    await until('the first order to arrive', () => seen.length === 1);
    controller.abort();
    expect(await first).toMatchObject({ isUnsent: false, isGivenUp: true });
    expect(await held).toMatchObject({ isUnsent: true });
    await until('the last order to arrive', () => seen.length === 2);
    answer(1);
    expect(await last).toMatchObject({ status: 200 });
    expect(seen).toEqual(['/1', '/3']);
  });
});

describe('a request without an answer', () => {
  it('is unsent when nothing listens', async () => {
    const server = createServer();
    const port = await listening(server);
    await new Promise((resolve) => server.close(resolve));
    const transport = transportTo(port, 2);
    const three = await Promise.all([asked(transport), asked(transport), asked(transport)]);
    for (const one of three)
      expect(one).toMatchObject({ isUnsent: true, isGivenUp: false, error: { code: 'ECONNREFUSED' } });
  });

  it('is unsent when it was given up before a connection was free', async () => {
    let arrived = 0;
    const { port } = await wire(() => {
      arrived += 1;
    });
    const transport = transportTo(port, 1);
    const first = asked(transport);
    await until('the first request to arrive', () => arrived === 1);
    const controller = new AbortController();
    const second = asked(transport, ORDER, controller.signal);
    controller.abort();
    expect(await second).toMatchObject({ isUnsent: true, isGivenUp: true });
    await transport.close();
    expect(await first).toMatchObject({ isUnsent: false, isGivenUp: false });
  });

  it('is unsent when it was given up before it was asked for, warm connection or not', async () => {
    const paths: string[] = [];
    const { port } = await wire((socket, request) => {
      paths.push(request.split(' ')[1] ?? '');
      socket.write(OK);
    });
    const transport = transportTo(port);
    const given = AbortSignal.abort();
    expect(await asked(transport, { ...ORDER, path: '/1' }, given)).toMatchObject({
      isUnsent: true,
      isGivenUp: true,
    });
    await asked(transport, { ...ORDER, path: '/2' });
    expect(await asked(transport, { ...ORDER, path: '/3' }, given)).toMatchObject({
      isUnsent: true,
      isGivenUp: true,
    });
    await asked(transport, { ...ORDER, path: '/4' });
    expect(paths).toEqual(['/2', '/4']);
  });

  it('may have taken effect when it was given up after it left; its connection is not used again', async () => {
    let held: Socket | null = null;
    const { port, sockets } = await wire((socket, _, connection) => {
      if (connection === 1) held = socket;
      else socket.write(OK);
    });
    const transport = transportTo(port, 1);
    const controller = new AbortController();
    const first = asked(transport, ORDER, controller.signal);
    await until('the request to arrive', () => held !== null);
    controller.abort();
    expect(await first).toMatchObject({ isUnsent: false, isGivenUp: true });
    expect(await asked(transport)).toMatchObject({ text: 'ok' });
    expect(sockets).toHaveLength(2);
  });

  it('ends with its bound', async () => {
    const { port } = await wire(() => undefined);
    const transport = transportTo(port);
    const ended = await transport.exchange(ORDER, 20, new AbortController().signal);
    expect(ended).toMatchObject({ isUnsent: false, isGivenUp: true });
    const waiting = transportTo(port, 1);
    const both = [0, 1].map(() => waiting.exchange(ORDER, 20, new AbortController().signal));
    expect(await Promise.all(both)).toMatchObject([
      { isUnsent: false, isGivenUp: true },
      { isUnsent: true, isGivenUp: true },
    ]);
  });

  it.each([
    ['breaks', (socket: Socket) => socket.destroy(), 'ECONNRESET'],
    ['ends', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nok'), 'ECONNRESET'],
    ['is no HTTP', (socket: Socket) => socket.write('no\r\n\r\n'), 'RESPONSE_NOT_HTTP'],
    [
      'is too large',
      (socket: Socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 9999\r\n\r\n'),
      'RESPONSE_TOO_LARGE',
    ],
  ] as const)('may have taken effect when the answer %s', async (_, act, code) => {
    const { port } = await wire((socket) => void act(socket));
    expect(await asked(transportTo(port))).toMatchObject({
      isUnsent: false,
      isGivenUp: false,
      error: { code },
    });
  });

  it('is unsent after the client was closed', async () => {
    const { port } = await wire((socket) => socket.write(OK));
    const transport = transportTo(port);
    await transport.close();
    expect(await asked(transport)).toMatchObject({ isUnsent: true });
  });
});

describe('over TLS', () => {
  async function secureServer(): Promise<URL> {
    const server = createHttpsServer(
      { cert: LOOPBACK_CERTIFICATE, key: LOOPBACK_KEY },
      (request, response) => {
        request.resume();
        request.on('end', () => response.end(`${request.method} ${request.url}`));
      },
    );
    const port = await listening(server);
    cleanUps.push(() => server.close());
    return new URL(`https://localhost:${port}`);
  }

  const options = { connections: 2, connectTimeoutMs: BOUND_MS, maxResponseBytes: 1_000 };

  it('speaks to a server whose certificate is trusted', async () => {
    const before = getCACertificates('default');
    setDefaultCACertificates([...before, LOOPBACK_CERTIFICATE]);
    cleanUps.push(() => setDefaultCACertificates(before));
    const transport = createDirectTransport({ ...options, origin: await secureServer() });
    cleanUps.push(() => transport.close());
    expect(await asked(transport)).toMatchObject({ status: 200, text: 'POST /orders' });
    expect(await asked(transport)).toMatchObject({ status: 200 });
  });

  it('sends nothing to a server whose certificate is not trusted, or that speaks plainly', async () => {
    const untrusted = createDirectTransport({ ...options, origin: await secureServer() });
    cleanUps.push(() => untrusted.close());
    expect(await asked(untrusted)).toMatchObject({ isUnsent: true });
    const plain = createHttpServer((_, response) => response.end('ok'));
    const port = await listening(plain);
    cleanUps.push(() => plain.close());
    const mistaken = createDirectTransport({ ...options, origin: new URL(`https://localhost:${port}`) });
    cleanUps.push(() => mistaken.close());
    expect(await asked(mistaken)).toMatchObject({ isUnsent: true });
  });
});
