import type { FastifyInstance, FastifyRequest } from 'fastify';
import { getAddress, isAddress } from 'viem';
import { z } from 'zod';
import { isParseFailure } from '../../domain/fixed.ts';
import { parsePrice } from '../../domain/units.ts';
import { setAccountStatus, setMode } from '../../exchange/index.ts';
import type { VenueCore } from './core.ts';
import { type ArmedFault, armFault, disarmFault, FAULT_NAMES, isFaultName } from './faults.ts';
import { badRequest, notFound, VenueRefusal } from './http-error.ts';
import { resolveMarket, setTickSize } from './market-life.ts';
import type { MarketChannel } from './market-socket.ts';
import { jsonBody, pathText, queryText } from './request.ts';
import type { RewardPayouts } from './reward-payouts.ts';
import { openOrdersOf } from './routes-account.ts';
import type { UserChannel } from './user-socket.ts';

const address = z.string().refine((text) => isAddress(text), 'expected an address');

const faultSchema = z.object({
  name: z.string(),
  times: z.number().int().positive().optional(),
  forMs: z.number().int().positive().optional(),
  request: z.string().optional(),
  address: address.optional(),
  conditionId: z.string().optional(),
});
const winnerSchema = z.object({ winner: z.enum(['YES', 'NO']) });
const tickSchema = z.object({ tickSize: z.string() });
const modeSchema = z.object({ mode: z.enum(['normal', 'postOnly', 'cancelOnly', 'disabled', 'restarting']) });
const statusSchema = z.object({ status: z.enum(['active', 'closedOnly', 'banned', 'makerNotAllowed']) });
const channelSchema = z.object({ channel: z.enum(['market', 'user']) });

/** What the operator of the local venue can do over HTTP: faults, market life, modes. From this machine only. */
export function registerAdminRoutes(
  app: FastifyInstance,
  core: VenueCore,
  channels: { readonly market: MarketChannel; readonly user: UserChannel },
  payouts: RewardPayouts,
): void {
  app.addHook('onRequest', async (request) => {
    if (request.url.startsWith('/admin') && !isLoopback(request.ip)) {
      throw new VenueRefusal(403, 'admin routes answer this machine only');
    }
  });

  app.get('/admin/faults', async () => ({
    known: FAULT_NAMES,
    armed: Object.fromEntries(core.faults.armed),
    struck: Object.fromEntries(core.faults.struck),
  }));
  app.post('/admin/faults', async (request) => {
    const { name, ...fault } = read(faultSchema, request);
    if (!isFaultName(name)) throw badRequest(`unknown fault ${name}, known: ${FAULT_NAMES.join(', ')}`);
    armFault(core.faults, name, withoutUndefined(fault));
    return { armed: name };
  });
  app.delete('/admin/faults/:name', async (request) => {
    const name = pathText(request, 'name');
    if (!isFaultName(name)) throw badRequest(`unknown fault ${name}, known: ${FAULT_NAMES.join(', ')}`);
    disarmFault(core.faults, name);
    return { disarmed: name };
  });

  app.post('/admin/markets/:condition/resolve', async (request) => {
    const conditionId = listedCondition(core, request);
    const { winner } = read(winnerSchema, request);
    await resolveMarket(core, conditionId, winner);
    return { resolved: conditionId, winner };
  });
  app.post('/admin/markets/:condition/tick-size', async (request) => {
    const conditionId = listedCondition(core, request);
    const { tickSize } = read(tickSchema, request);
    const tick = parsePrice(tickSize);
    if (isParseFailure(tick)) throw badRequest(tick.parseFailure);
    setTickSize(core, conditionId, tick);
    return { conditionId, tickSize };
  });

  app.get('/admin/orders', async (request) => {
    const owner = queryText(request, 'address');
    if (owner === null || !isAddress(owner)) throw badRequest('address is required: 0x and 40 hex digits');
    return { orders: openOrdersOf(core, getAddress(owner)) };
  });
  app.post('/admin/mode', async (request) => {
    const { mode } = read(modeSchema, request);
    setMode(core.exchange, mode);
    return { mode };
  });
  app.post('/admin/accounts/:address/status', async (request) => {
    const owner = pathText(request, 'address');
    if (!isAddress(owner)) throw badRequest(`expected an address, found ${owner}`);
    const { status } = read(statusSchema, request);
    setAccountStatus(core.exchange, getAddress(owner), status);
    return { address: getAddress(owner), status };
  });
  app.post('/admin/rewards/pay', async () => {
    const paid = await payouts.payNow();
    return { paid: paid.map(({ address, pUsd }) => ({ address, microUsd: pUsd.toString() })) };
  });
  app.post('/admin/drop-sockets', async (request) => {
    const { channel } = read(channelSchema, request);
    channels[channel].dropAll();
    return { dropped: channel };
  });
}

function read<T>(schema: z.ZodType<T>, request: FastifyRequest): T {
  const parsed = schema.safeParse(jsonBody(request));
  if (!parsed.success) throw badRequest(z.prettifyError(parsed.error));
  return parsed.data;
}

function listedCondition(core: VenueCore, request: FastifyRequest): string {
  const conditionId = pathText(request, 'condition');
  for (const known of core.markets.keys()) if (known === conditionId) return conditionId;
  throw notFound('market not found');
}

const isLoopback = (ip: string): boolean => ip === '127.0.0.1' || ip === '::1' || ip === '::ffff:127.0.0.1';

/** Optional fields of a parsed body are undefined when absent; a filter must not carry them at all. */
function withoutUndefined(fault: object): ArmedFault {
  return Object.fromEntries(Object.entries(fault).filter(([, value]) => value !== undefined));
}
