import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createPolymarketVenue } from '../../src/adapters/polymarket/index.ts';
import { silentLog } from '../../src/adapters/polymarket/testing/silent-log.ts';
import { until } from '../../src/adapters/polymarket/testing/wall-timers.ts';
import { createDirectTransport } from '../../src/adapters/polymarket/transport/direct-transport.ts';
import type { ClientId, OrderRequest } from '../../src/domain/order.ts';
import type { Command, Input } from '../../src/kernel/messages.ts';
import type { SignerPort } from '../../src/ports/signer.ts';
import type { Approved } from '../../src/risk/approved.ts';
import { checkOrder } from '../../src/risk/gate.ts';
import { isRefused } from '../../src/risk/refusal.ts';
import { gateMarket, gatePass, order } from '../../src/risk/test-gate.ts';
import { createEffectRunner } from '../../src/runtime/effect-runner.ts';
import { UNUSED_PORTS } from '../../src/runtime/test-support/unused-ports.ts';
import { Secret } from '../../src/settings/secret.ts';
import { testSigner } from '../../src/signer/testing/test-signer.ts';

/**
 * A halt at every point of an order's way from the decision to the wire, with the real effect runner, signer, venue client and
 * transport. What counts is what the venue sees: no order may begin to arrive that was not asked for before the halt.
 */

const CREDENTIALS = {
  apiKey: '3e2c0000-0000-4000-8000-000000000001',
  secret: new Secret('AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='),
  passphrase: new Secret('passphrase'),
};

const cleanUps: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A venue that counts each placement as soon as its head arrives, and answers as it is told. */
async function countingVenue(answer: (body: Promise<string>, response: ServerResponse) => void) {
  const placed: number[] = [];
  const canceled: number[] = [];
  const server = createServer((request, response) => {
    const isPlacement = request.method === 'POST' && request.url === '/orders';
    (isPlacement ? placed : canceled).push(performance.now());
    const body = bodyOf(request);
    if (isPlacement) answer(body, response);
    else response.end('{"canceled":[],"not_canceled":{}}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUps.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, placed, canceled };
}

function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => request.on('end', () => resolve(Buffer.concat(chunks).toString())));
}

/** Answers each order of a request; by what it says, they may be live. */
async function takeAll(body: Promise<string>, response: ServerResponse): Promise<void> {
  const { length } = JSON.parse(await body) as unknown[];
  response.end(JSON.stringify(Array.from({ length }, () => ({ success: true, status: 'live' }))));
}

function approved(n: number): Approved<OrderRequest> {
  const verdict = checkOrder(
    gatePass(),
    gateMarket(),
    order({ clientId: `o-${n}` as ClientId, salt: n, timestampMs: Date.now() }),
  );
  if (isRefused(verdict)) throw new Error(verdict.text);
  return verdict;
}

const place = (count: number): Command => ({
  kind: 'place',
  orders: Array.from({ length: count }, (_, index) => approved(index + 1)),
});

interface Hooks {
  /** The answer to each time it is asked; the halt is a lasting no. */
  mayTransmit(): boolean;
  onInput?(input: Input): void;
  beforeSigned?(): Promise<void>;
}

/** The worker's way out, from commands to the wire, to one venue. */
async function wayTo(url: string, hooks: Hooks) {
  const inner = await testSigner();
  const signer: SignerPort = {
    ...inner,
    signOrders: async (orders) => {
      await hooks.beforeSigned?.();
      return inner.signOrders(orders);
    },
  };
  const venue = createPolymarketVenue({
    clobUrl: url,
    signer,
    signatureType: 0,
    credentials: CREDENTIALS,
    nowMs: () => Date.now(),
    log: silentLog,
    timeoutMs: 5_000,
  });
  const inputs: Input[] = [];
  const effects = createEffectRunner({
    ports: { ...UNUSED_PORTS, venue },
    submit: (input) => {
      inputs.push(input);
      hooks.onInput?.(input);
    },
    nowMs: () => Date.now(),
    mayTransmit: () => hooks.mayTransmit(),
    onExit: () => undefined,
    log: silentLog,
  });
  cleanUps.push(async () => {
    effects.close();
    await venue.close();
    await inner.close();
  });
  /** How many orders were told to be not sent, and how many may be live. */
  const counted = (): { readonly notSent: number; readonly sent: number } => {
    const results = inputs.flatMap((input) =>
      input.kind === 'ordersAnswered' ? input.answers.map(([, { result }]) => result) : [],
    );
    const notSent = results.filter((result) => result === 'notSent').length;
    return { notSent, sent: results.length - notSent };
  };
  return { effects, counted };
}

describe('after a halt no order is transmitted', () => {
  it('that was decided in the very same turn', async () => {
    const venue = await countingVenue(takeAll);
    let isHalted = false;
    const { effects, counted } = await wayTo(venue.url, { mayTransmit: () => !isHalted });
    effects.run(place(3));
    isHalted = true;
    await effects.idle();
    expect(counted()).toEqual({ notSent: 3, sent: 0 });
    expect(venue.placed).toHaveLength(0);
  });

  it('that is being signed', async () => {
    const venue = await countingVenue(takeAll);
    const signing = Promise.withResolvers<void>();
    let isHalted = false;
    const { effects, counted } = await wayTo(venue.url, {
      mayTransmit: () => !isHalted,
      beforeSigned: () => signing.promise,
    });
    effects.run(place(3));
    await new Promise(setImmediate);
    isHalted = true;
    signing.resolve();
    await effects.idle();
    expect(counted()).toEqual({ notSent: 3, sent: 0 });
    expect(venue.placed).toHaveLength(0);
  });

  it('that is signed, while its hash is being written to the journal', async () => {
    const venue = await countingVenue(takeAll);
    let isHalted = false;
    const { effects, counted } = await wayTo(venue.url, {
      mayTransmit: () => !isHalted,
      onInput: ({ kind }) => {
        if (kind === 'ordersPrepared') isHalted = true;
      },
    });
    effects.run(place(3));
    await effects.idle();
    expect(counted()).toEqual({ notSent: 3, sent: 0 });
    expect(venue.placed).toHaveLength(0);
  });

  it('that waits for a connection, also when one comes free', async () => {
    const held: (() => void)[] = [];
    const venue = await countingVenue((body, response) => held.push(() => void takeAll(body, response)));
    let isHalted = false;
    const { effects, counted } = await wayTo(venue.url, { mayTransmit: () => !isHalted });
    for (let batch = 0; batch < 20; batch += 1) effects.run(place(1));
    // Six connections are what orders may use; the other fourteen wait.
    await until('the first to arrive', () => venue.placed.length === 6);
    isHalted = true;
    for (const answer of held) answer();
    await effects.idle();
    expect(counted()).toEqual({ notSent: 14, sent: 6 });
    expect(venue.placed).toHaveLength(6);
  });

  it.each([
    ['503', (response: ServerResponse) => response.writeHead(503).end('{}')],
    ['429', (response: ServerResponse) => response.writeHead(429, { 'retry-after': '0' }).end('{}')],
    ['425', (response: ServerResponse) => response.writeHead(425).end('{}')],
    ['a broken connection', (response: ServerResponse) => response.destroy()],
  ])('again, after the venue answered with %s: an order leaves once, halted or not', async (_, end) => {
    const venue = await countingVenue((_body, response) => void end(response));
    const { effects, counted } = await wayTo(venue.url, { mayTransmit: () => true });
    effects.run(place(2));
    await effects.idle();
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(venue.placed).toHaveLength(1);
    expect(counted().sent).toBe(2);
  });

  it('of a placement of which one part has left: each request asks for itself', async () => {
    const held: (() => void)[] = [];
    const venue = await countingVenue((body, response) => held.push(() => void takeAll(body, response)));
    let isHalted = false;
    const { effects, counted } = await wayTo(venue.url, { mayTransmit: () => !isHalted });
    // Ten requests of fifteen orders, of which six have a connection.
    effects.run(place(150));
    await until('the first part to arrive', () => venue.placed.length === 6);
    isHalted = true;
    for (const answer of held) answer();
    await effects.idle();
    expect(venue.placed).toHaveLength(6);
    expect(counted()).toEqual({ notSent: 60, sent: 90 });
  });

  it('and a cancel goes out all the same', async () => {
    const venue = await countingVenue(takeAll);
    const { effects } = await wayTo(venue.url, { mayTransmit: () => false });
    effects.run({ kind: 'cancelAll', reason: 'halt' });
    await effects.idle();
    expect(venue.canceled).toHaveLength(1);
  });
});

describe('an order that is half written when the halt comes', () => {
  it('counts as possibly live, and its cancel goes by another connection', async () => {
    const sockets: Socket[] = [];
    const texts: string[] = [];
    const server = createTcpServer((socket) => {
      const nth = sockets.push(socket) - 1;
      texts.push('');
      socket.on('error', () => undefined);
      socket.on('data', (bytes) => {
        texts[nth] += bytes.toString('latin1').slice(0, 100);
        // The first connection takes no more than its first bytes, as behind a full link.
        if (nth === 0) socket.pause();
        else socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const transport = createDirectTransport({
      origin: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`),
      connections: 4,
      connectTimeoutMs: 5_000,
      maxResponseBytes: 1_000,
    });
    cleanUps.push(async () => {
      await transport.close();
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    let isHalted = false;
    const request = { method: 'POST', path: '/orders', headers: {}, mayLeave: () => !isHalted } as const;
    const bound = new AbortController();
    // More than any buffer between the two takes.
    const half = transport.exchange({ ...request, body: 'x'.repeat(64 * 1024 * 1024) }, 30_000, bound.signal);
    await until('its first bytes to arrive', () => texts[0]?.startsWith('POST /orders') === true);
    isHalted = true;
    const next = transport.exchange({ ...request, body: '[]' }, 30_000, new AbortController().signal);
    const cancel = { method: 'DELETE', path: '/cancel-all', headers: {}, body: null } as const;
    expect(await transport.exchange(cancel, 30_000, new AbortController().signal)).toMatchObject({
      status: 200,
    });
    expect(await next).toMatchObject({ isUnsent: true });
    bound.abort();
    expect(await half).toMatchObject({ isUnsent: false, isGivenUp: true });
    expect(texts.filter((text) => text.startsWith('POST'))).toHaveLength(1);
  });
});
