import { createHmac, createSecretKey } from 'node:crypto';
import type { Secret } from '../../../settings/secret.ts';
import type { Headers } from './l1-auth.ts';

/** What the venue gives for an L1 proof. */
export interface ApiCredentials {
  readonly apiKey: string;
  /** Base64 or base64url. */
  readonly secret: Secret;
  readonly passphrase: Secret;
}

/** The credentials in plain text, as the greeting of a socket has them. */
export const inPlainText = ({ apiKey, secret, passphrase }: ApiCredentials) => ({
  apiKey,
  secret: secret.reveal(),
  passphrase: passphrase.reveal(),
});

/** `path` has no host and no query; `body` is the exact text sent, empty where there is none. */
export type SignRequest = (method: string, path: string, body: string, timestampS: number) => Headers;

/** base64url with padding of HMAC-SHA256 over timestamp, method, path and body. The secret's key object is made once. */
export function createHmacSigner(
  secret: Secret,
): (method: string, path: string, body: string, timestampS: number) => string {
  const key = createSecretKey(Buffer.from(secret.reveal(), 'base64'));
  return (method, path, body, timestampS) =>
    createHmac('sha256', key)
      .update(`${timestampS}${method}${path}${body}`)
      .digest('base64')
      .replaceAll('+', '-')
      .replaceAll('/', '_');
}

/** L2 headers of a request. The address is the signing key's, also where another wallet holds the funds. */
export function createL2Signer(address: string, credentials: ApiCredentials): SignRequest {
  const hmac = createHmacSigner(credentials.secret);
  const passphrase = credentials.passphrase.reveal();
  return (method, path, body, timestampS) => ({
    POLY_ADDRESS: address,
    POLY_SIGNATURE: hmac(method, path, body, timestampS),
    POLY_TIMESTAMP: String(timestampS),
    POLY_API_KEY: credentials.apiKey,
    POLY_PASSPHRASE: passphrase,
  });
}
