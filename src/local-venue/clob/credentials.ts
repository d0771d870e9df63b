import { createHash } from 'node:crypto';
import type { Address } from '../chain/types.ts';
import { createHmacSecret, type HmacSecret } from './l2-auth.ts';

export interface ApiCredentials {
  readonly apiKey: string;
  /** 32 bytes, base64url with padding, as the venue gives it. */
  readonly secret: string;
  readonly passphrase: string;
}

/** An API key that is in force, with what a request is checked against. */
export interface ApiAccount {
  readonly address: Address;
  readonly nonce: bigint;
  readonly credentials: ApiCredentials;
  readonly hmac: HmacSecret;
}

export interface CredentialStore {
  readonly seed: string;
  /** Keyed by API key. */
  readonly byKey: Map<string, ApiAccount>;
}

export const createCredentialStore = (seed: string): CredentialStore => ({ seed, byKey: new Map() });

/** The credentials of an address and nonce: always the same ones, so that a key can be derived again after it was lost. */
export function deriveCredentials(seed: string, address: Address, nonce: bigint): ApiCredentials {
  const digest = (purpose: string): Buffer =>
    createHash('sha256').update(`${seed}|${purpose}|${address.toLowerCase()}|${nonce}`).digest();
  const hex = digest('key').toString('hex');
  return {
    apiKey: `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`,
    secret: digest('secret').toString('base64').replaceAll('+', '-').replaceAll('/', '_'),
    passphrase: digest('passphrase').toString('hex'),
  };
}

/** Puts the key of (address, nonce) in force. Null when it is in force already: the venue refuses to create it twice. */
export function createApiKey(store: CredentialStore, address: Address, nonce: bigint): ApiCredentials | null {
  const credentials = deriveCredentials(store.seed, address, nonce);
  if (store.byKey.has(credentials.apiKey)) return null;
  store.byKey.set(credentials.apiKey, {
    address,
    nonce,
    credentials,
    hmac: createHmacSecret(credentials.secret),
  });
  return credentials;
}

/** The key of (address, nonce) when it is in force. */
export function findApiKey(store: CredentialStore, address: Address, nonce: bigint): ApiCredentials | null {
  return store.byKey.get(deriveCredentials(store.seed, address, nonce).apiKey)?.credentials ?? null;
}

export function apiKeysOf(store: CredentialStore, address: Address): string[] {
  const keys: string[] = [];
  for (const [key, account] of store.byKey) if (account.address === address) keys.push(key);
  return keys;
}

/** The account whose key, secret and passphrase all match; for the user socket, which sends them in the open. */
export function findByCredentials(store: CredentialStore, given: ApiCredentials): ApiAccount | null {
  const account = store.byKey.get(given.apiKey);
  if (account === undefined) return null;
  const same =
    account.credentials.secret === given.secret && account.credentials.passphrase === given.passphrase;
  return same ? account : null;
}
