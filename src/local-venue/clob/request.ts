import type { FastifyRequest } from 'fastify';
import type { VenueCore } from './core.ts';
import type { ApiAccount } from './credentials.ts';
import { badRequest } from './http-error.ts';
import { authenticateL2 } from './l2-auth.ts';

/** One query parameter as text; absent, empty and repeated ones are null. */
export function queryText(request: FastifyRequest, name: string): string | null {
  const query = request.query as Readonly<Record<string, unknown>>;
  const value = query[name];
  return typeof value === 'string' && value !== '' ? value : null;
}

/** One part of the path. */
export function pathText(request: FastifyRequest, name: string): string {
  const params = request.params as Readonly<Record<string, string>>;
  return params[name] ?? '';
}

/** The exact bytes that came in: what the signature of a request covers. */
export const rawBody = (request: FastifyRequest): Buffer =>
  Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);

/** The body as JSON; an empty one is null, and one that is not JSON is refused with 400. */
export function jsonBody(request: FastifyRequest): unknown {
  const raw = rawBody(request);
  if (raw.length === 0) return null;
  try {
    return JSON.parse(raw.toString('utf8'));
  } catch {
    throw badRequest('Invalid order payload');
  }
}

export const pathOf = (request: FastifyRequest): string => request.url.split('?', 1)[0] ?? request.url;

/** The account that signed this request; throws 401 when nobody valid did. */
export function requireAccount(core: VenueCore, request: FastifyRequest): ApiAccount {
  const signed = { method: request.method, path: pathOf(request), body: rawBody(request) };
  const clock = { nowMs: core.clock.nowMs(), toleranceSec: core.options.authToleranceSec };
  return authenticateL2(core.credentials, request.headers, signed, clock);
}
