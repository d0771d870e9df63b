import type { AddressInfo } from 'node:net';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { WebSocketServer } from 'ws';
import { cancelOfApiKey } from './cancel-orders.ts';
import type { VenueCore } from './core.ts';
import { type FaultFilter, strike } from './faults.ts';
import { startHeartbeats } from './heartbeats.ts';
import { VenueRefusal } from './http-error.ts';
import { headerText } from './l1-auth.ts';
import { startMarketChannel } from './market-socket.ts';
import { pathOf } from './request.ts';
import { startRewardEpochs } from './reward-epochs.ts';
import { startRewardPayouts } from './reward-payouts.ts';
import { registerAccountRoutes } from './routes-account.ts';
import { registerAdminRoutes } from './routes-admin.ts';
import { registerAuthRoutes } from './routes-auth.ts';
import { registerMarketRoutes } from './routes-market.ts';
import { registerOrderRoutes } from './routes-order.ts';
import { registerRewardRoutes } from './routes-rewards.ts';
import { startUserChannel } from './user-socket.ts';

const MAX_BODY_BYTES = 4 * 1024 * 1024;
const MAX_FRAME_BYTES = 1024 * 1024;

export interface ClobServer {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** Serves the CLOB: REST, `/ws/market` and `/ws/user`, on 127.0.0.1. Port 0 takes a free one. */
export async function startClobServer(core: VenueCore, port: number): Promise<ClobServer> {
  const app = createVenueApp();
  const heartbeats = startHeartbeats(core.clock, (apiKey) => {
    const account = core.credentials.byKey.get(apiKey);
    if (account !== undefined) cancelOfApiKey(core, account.address, apiKey);
  });
  const rewards = startRewardEpochs(core);
  const payouts = startRewardPayouts(core, rewards);
  const channels = { market: startMarketChannel(core), user: startUserChannel(core) };
  addFaultHooks(app, core);
  registerMarketRoutes(app, core);
  registerAuthRoutes(app, core, heartbeats);
  registerOrderRoutes(app, core);
  registerAccountRoutes(app, core, heartbeats);
  registerRewardRoutes(app, core, rewards);
  registerAdminRoutes(app, core, channels, payouts);
  const sockets = serveSockets(app, channels);
  await app.listen({ host: '127.0.0.1', port });
  return {
    port: (app.server.address() as AddressInfo).port,
    stop: async () => {
      heartbeats.stop();
      rewards.stop();
      payouts.stop();
      channels.market.dropAll();
      channels.user.dropAll();
      sockets.close();
      await app.close();
    },
  };
}

/** A server that keeps bodies as the bytes they came in and answers errors as the venue does. */
export function createVenueApp(): FastifyInstance {
  const app = Fastify({ bodyLimit: MAX_BODY_BYTES, forceCloseConnections: true });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.setErrorHandler((error, _request, reply) => {
    if (error instanceof VenueRefusal) return reply.code(error.statusCode).send(error.body);
    const status = statusOf(error);
    const text = error instanceof Error ? error.message : 'could not run the execution';
    return reply.code(status).send({ error: text });
  });
  app.setNotFoundHandler((_request, reply) => reply.code(404).send({ error: 'Not Found' }));
  return app;
}

function statusOf(error: unknown): number {
  const isClientError =
    typeof error === 'object' &&
    error !== null &&
    'statusCode' in error &&
    typeof error.statusCode === 'number';
  return isClientError ? Number(error.statusCode) : 500;
}

function serveSockets(
  app: FastifyInstance,
  channels: {
    readonly market: ReturnType<typeof startMarketChannel>;
    readonly user: ReturnType<typeof startUserChannel>;
  },
): WebSocketServer {
  const sockets = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
  });
  app.server.on('upgrade', (request, socket, head) => {
    const path = (request.url ?? '').split('?', 1)[0];
    const channel = path === '/ws/market' ? channels.market : path === '/ws/user' ? channels.user : null;
    if (channel === null) {
      socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
      return;
    }
    sockets.handleUpgrade(request, socket, head, (accepted) => channel.accept(accepted));
  });
  return sockets;
}

/** Faults of the transport: they strike any request but those that arm and disarm them. */
function addFaultHooks(app: FastifyInstance, core: VenueCore): void {
  app.addHook('onRequest', async (request, reply) => {
    const subject = subjectOf(request);
    if (subject === null) return;
    const isRestarting = core.exchange.mode === 'restarting';
    if (isRestarting || strike(core.faults, 'restarting', subject) !== null) {
      throw new VenueRefusal(425, 'service not ready');
    }
    if (strike(core.faults, 'tooManyRequests', subject) !== null) {
      reply.header('Retry-After', '1');
      throw new VenueRefusal(429, 'Too Many Requests');
    }
  });
  app.addHook('onSend', async (request: FastifyRequest, reply: FastifyReply, payload) => {
    const subject = subjectOf(request);
    if (subject === null || reply.statusCode >= 400) return payload;
    if (strike(core.faults, 'lostAnswer', subject) !== null) {
      // The request has done its work; only its answer never leaves.
      request.raw.socket.destroy();
      return payload;
    }
    if (strike(core.faults, 'garbageAnswer', subject) !== null) {
      reply.header('content-type', 'text/html');
      return '<html><body>upstream connect error</body></html>';
    }
    return payload;
  });
}

function subjectOf(request: FastifyRequest): FaultFilter | null {
  const path = pathOf(request);
  if (path.startsWith('/admin')) return null;
  const address = headerText(request.headers, 'poly_address');
  return {
    request: `${request.method} ${path}`,
    ...(address?.startsWith('0x') === true ? { address: address as `0x${string}` } : {}),
  };
}
