import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { spotAt, steerPath } from './spot-path.ts';
import type { SpotWorld } from './spot-world.ts';

const bodySchema = z.object({ usd: z.number().positive() });

/** What the operator of the local world can do with its prices over HTTP: see them, and move one. The server listens on this machine only. */
export function registerSteeringRoutes(app: FastifyInstance, world: SpotWorld): void {
  app.get('/admin/spot', () => {
    const atMs = world.clock.nowMs();
    return Object.fromEntries([...world.paths].map(([coin, path]) => [coin, spotAt(path, atMs)]));
  });
  app.post<{ Params: { coin: string } }>('/admin/spot/:coin', ({ params, body }, reply) => {
    const path = world.paths.get(params.coin);
    if (path === undefined)
      return reply
        .code(404)
        .send({ error: `no coin ${params.coin}; there are ${[...world.paths.keys()].join(', ')}` });
    const parsed = bodySchema.safeParse(body);
    if (!parsed.success) return reply.code(400).send({ error: 'expected {"usd": a number above 0}' });
    const { usd } = parsed.data;
    return { coin: params.coin, usd, fromMs: steerPath(path, world.clock.nowMs(), usd) };
  });
}
