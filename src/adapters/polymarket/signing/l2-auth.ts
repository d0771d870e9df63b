import { createHmac, createSecretKey, type Hmac } from 'node:crypto';
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
type OfRequest<Signed> = (method: string, path: string, body: string, timestampS: number) => Signed;

export interface HmacSigner {
  /** base64url with padding of HMAC-SHA256 over timestamp, method, path and body. */
  readonly sign: OfRequest<string>;
  /** Does what can be done of the next signature before its request is known. Left out, the next one takes that much longer. */
  readonly makeReady: () => void;
}

/** Signs with a secret whose key object is made once. */
export function createHmacSigner(secret: Secret): HmacSigner {
  const key = createSecretKey(Buffer.from(secret.reveal(), 'base64'));
  let ready: Hmac | null = null;
  return {
    sign: (method, path, body, timestampS) => {
      const hmac = ready ?? createHmac('sha256', key);
      ready = null;
      return `${hmac.update(`${timestampS}${method}${path}${body}`).digest('base64url')}=`;
    },
    makeReady: () => {
      ready ??= createHmac('sha256', key);
    },
  };
}

/** Makes the L2 headers of requests, for one set of credentials. */
export interface L2Signer {
  /** Those that every request has: one object, as long as the credentials are the same. */
  readonly steady: Headers;
  /** Those of one request. */
  readonly sign: OfRequest<Headers>;
  readonly makeReady: HmacSigner['makeReady'];
}

/** The address is the signing key's, also where another wallet holds the funds. */
export function createL2Signer(address: string, credentials: ApiCredentials): L2Signer {
  const hmac = createHmacSigner(credentials.secret);
  return {
    steady: {
      POLY_ADDRESS: address,
      POLY_API_KEY: credentials.apiKey,
      POLY_PASSPHRASE: credentials.passphrase.reveal(),
    },
    sign: (method, path, body, timestampS) => ({
      POLY_SIGNATURE: hmac.sign(method, path, body, timestampS),
      POLY_TIMESTAMP: String(timestampS),
    }),
    makeReady: hmac.makeReady,
  };
}
