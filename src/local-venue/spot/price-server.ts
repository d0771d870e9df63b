import type { AddressInfo } from 'node:net';
import Fastify from 'fastify';
import { WebSocketServer } from 'ws';
import { registerPriceRoutes } from './price-rest.ts';
import { createPolyboltChannel, createRtdsChannel, type Proof } from './price-streams.ts';
import { SECOND_MS } from './spot-path.ts';
import type { SpotWorld } from './spot-world.ts';
import { registerSteeringRoutes } from './steering-routes.ts';

export interface PriceUrls {
  readonly polybolt: string;
  readonly rtds: string;
  readonly binance: string;
  readonly coingecko: string;
  /** Not a publisher: where the operator of the local world moves its prices. */
  readonly steering: string;
}

export interface PriceServer {
  readonly urls: PriceUrls;
  /** Breaks every stream. */
  readonly dropAll: () => void;
  readonly stop: () => Promise<void>;
}

const MAX_FRAME_BYTES = 64 * 1024;

/** Publishes the prices of the local world on 127.0.0.1, at a free port: both streams, and what is read of Binance and CoinGecko. */
export async function startPriceServer(
  world: SpotWorld,
  isKnown: (proof: Proof) => boolean,
): Promise<PriceServer> {
  const app = Fastify({ forceCloseConnections: true });
  registerPriceRoutes(app, world);
  registerSteeringRoutes(app, world);
  const channels = { '/polybolt': createPolyboltChannel(world, isKnown), '/rtds': createRtdsChannel(world) };
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES });
  app.server.on('upgrade', (request, socket, head) => {
    const channel = channels[(request.url ?? '').split('?')[0] as keyof typeof channels];
    if (channel === undefined) socket.destroy();
    else sockets.handleUpgrade(request, socket, head, channel.accept);
  });
  let cancelTimer: () => void = () => undefined;
  const tick = (): void => {
    for (const channel of Object.values(channels)) channel.tick();
    // On the second, so that no price is older than it has to be.
    cancelTimer = world.clock.after(SECOND_MS - (world.clock.nowMs() % SECOND_MS), tick);
  };
  cancelTimer = world.clock.after(SECOND_MS - (world.clock.nowMs() % SECOND_MS), tick);
  const dropAll = (): void => {
    for (const channel of Object.values(channels)) channel.dropAll();
  };
  await app.listen({ host: '127.0.0.1', port: 0 });
  const bound = (app.server.address() as AddressInfo).port;
  return {
    urls: {
      polybolt: `ws://127.0.0.1:${bound}/polybolt`,
      rtds: `ws://127.0.0.1:${bound}/rtds`,
      binance: `http://127.0.0.1:${bound}/binance`,
      coingecko: `http://127.0.0.1:${bound}/coingecko/api/v3`,
      steering: `http://127.0.0.1:${bound}/admin/spot`,
    },
    dropAll,
    stop: async () => {
      cancelTimer();
      dropAll();
      sockets.close();
      await app.close();
    },
  };
}
