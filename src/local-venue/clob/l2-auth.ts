import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import type { ApiAccount, CredentialStore } from './credentials.ts';
import { unauthorized } from './http-error.ts';
import { type HeaderBag, headerText } from './l1-auth.ts';

export type HmacSecret = KeyObject;

/** Accepts base64 and base64url, with or without padding. */
export const createHmacSecret = (secret: string): HmacSecret =>
  createSecretKey(Buffer.from(secret.replaceAll('-', '+').replaceAll('_', '/'), 'base64'));

export interface SignedRequest {
  /** As sent, seconds since 1970. */
  readonly timestamp: string;
  readonly method: string;
  /** Without host and without query. */
  readonly path: string;
  /** The exact bytes of the body; empty when there was none. */
  readonly body: Uint8Array | string;
}

/** base64url, padding kept, of HMAC-SHA256 over timestamp, method, path and body bytes. */
export function hmacSignature(secret: HmacSecret, request: SignedRequest): string {
  return createHmac('sha256', secret)
    .update(request.timestamp + request.method + request.path)
    .update(request.body)
    .digest('base64')
    .replaceAll('+', '-')
    .replaceAll('/', '_');
}

/** Finds the account of an authenticated request; throws 401 for anything that does not fit. */
export function authenticateL2(
  store: CredentialStore,
  headers: HeaderBag,
  request: Omit<SignedRequest, 'timestamp'>,
  clock: { readonly nowMs: number; readonly toleranceSec: number },
): ApiAccount {
  const key = headerText(headers, 'poly_api_key');
  const passphrase = headerText(headers, 'poly_passphrase');
  const timestamp = headerText(headers, 'poly_timestamp');
  const signature = headerText(headers, 'poly_signature');
  const address = headerText(headers, 'poly_address');
  if (key === null || passphrase === null || timestamp === null || signature === null || address === null)
    throw unauthorized();
  const account = store.byKey.get(key);
  if (account === undefined || account.credentials.passphrase !== passphrase) throw unauthorized();
  if (account.address.toLowerCase() !== address.toLowerCase() || !/^\d{1,15}$/.test(timestamp))
    throw unauthorized();
  if (Math.abs(Math.floor(clock.nowMs / 1000) - Number(timestamp)) > clock.toleranceSec) throw unauthorized();
  const expected = Buffer.from(hmacSignature(account.hmac, { timestamp, ...request }));
  const found = Buffer.from(signature);
  if (found.length !== expected.length || !timingSafeEqual(found, expected)) throw unauthorized();
  return account;
}
