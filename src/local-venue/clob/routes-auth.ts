import type { FastifyInstance, FastifyRequest } from 'fastify';
import { openAccount } from '../../exchange/index.ts';
import type { VenueCore } from './core.ts';
import { apiKeysOf, createApiKey, findApiKey } from './credentials.ts';
import type { Heartbeats } from './heartbeats.ts';
import { badRequest, invalidL1Headers } from './http-error.ts';
import { isL1ClaimSigned, type L1Claim, parseL1Headers } from './l1-auth.ts';
import { requireAccount } from './request.ts';

/** Making, deriving, listing and deleting API keys. */
export function registerAuthRoutes(app: FastifyInstance, core: VenueCore, heartbeats: Heartbeats): void {
  app.post('/auth/api-key', async (request) => {
    const claim = await requireL1(core, request);
    const credentials = createApiKey(core.credentials, claim.address, claim.nonce);
    if (credentials === null) throw badRequest('Could not create api key');
    return credentials;
  });
  app.get('/auth/derive-api-key', async (request) => {
    const claim = await requireL1(core, request);
    const credentials = findApiKey(core.credentials, claim.address, claim.nonce);
    if (credentials === null) throw badRequest('Could not derive api key!');
    return credentials;
  });
  app.get('/auth/api-keys', async (request) => {
    const account = requireAccount(core, request);
    return { apiKeys: apiKeysOf(core.credentials, account.address) };
  });
  app.delete('/auth/api-key', async (request, reply) => {
    const account = requireAccount(core, request);
    core.credentials.byKey.delete(account.credentials.apiKey);
    heartbeats.forget(account.credentials.apiKey);
    return reply.type('application/json').send('"OK"');
  });
  app.get('/auth/ban-status/closed-only', async (request) => {
    const account = requireAccount(core, request);
    return { closed_only: openAccount(core.exchange, account.address).status === 'closedOnly' };
  });
}

async function requireL1(core: VenueCore, request: FastifyRequest): Promise<L1Claim> {
  const claim = parseL1Headers(request.headers);
  const nowSec = Math.floor(core.clock.nowMs() / 1000);
  if (Math.abs(nowSec - Number(claim.timestamp)) > core.options.authToleranceSec) throw invalidL1Headers();
  if (!(await isL1ClaimSigned(claim, core.chain.chainId))) throw invalidL1Headers();
  return claim;
}
