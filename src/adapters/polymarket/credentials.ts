import { ForeignError } from '../../ports/foreign-error.ts';
import type { SignerPort } from '../../ports/signer.ts';
import { Secret } from '../../settings/secret.ts';
import type { HttpCall, HttpClient } from './http.ts';
import { l1Headers } from './signing/l1-auth.ts';
import { type ApiCredentials, createL2Signer, type L2Signer } from './signing/l2-auth.ts';

/** Credentials together with the header signer that is made once from them. */
export interface ApiSession {
  readonly credentials: ApiCredentials;
  readonly l2: L2Signer;
}

export interface CredentialSource {
  /** The session if it is there already: an order that is to leave does not wait a turn for what is known. */
  ready(): ApiSession | null;
  /** The session; the first call fetches it, callers at the same time share that fetch. */
  session(signal: AbortSignal): Promise<ApiSession>;
  /** Forgets credentials that were fetched, so that the next call fetches new ones; given ones stay. */
  forget(): void;
}

/**
 * API credentials that were given, or else are created with an L1 proof; where the venue already has some for this
 * key it refuses to create (400), and they are derived.
 */
export function createCredentialSource(options: {
  readonly signer: Pick<SignerPort, 'address' | 'proveKey'>;
  readonly http: HttpClient;
  readonly nowMs: () => number;
  readonly given: ApiCredentials | null;
}): CredentialSource {
  const { signer, http } = options;
  const asSession = (credentials: ApiCredentials): ApiSession => ({
    credentials,
    l2: createL2Signer(signer.address, credentials),
  });
  let ready: ApiSession | null = options.given === null ? null : asSession(options.given);
  let underWay: Promise<ApiSession> | null = null;

  async function fetchSession(signal: AbortSignal): Promise<ApiSession> {
    const proof = async (): Promise<Record<string, string>> => {
      const timestampS = Math.floor(options.nowMs() / 1000);
      return { ...l1Headers(signer.address, await signer.proveKey(timestampS, 0), timestampS, 0) };
    };
    const create: HttpCall = { method: 'POST', path: '/auth/api-key', headers: await proof() };
    const created = await http.send(create, signal);
    if (created.status >= 200 && created.status < 300)
      return asSession(parseCredentials(created.text, create.path));
    const derive: HttpCall = { method: 'GET', path: '/auth/derive-api-key', headers: await proof() };
    return asSession(parseCredentials(JSON.stringify(await http.json(derive, signal)), derive.path));
  }

  return {
    ready: () => ready,
    session: async (signal) => {
      if (ready !== null) return ready;
      underWay ??= fetchSession(signal).finally(() => {
        underWay = null;
      });
      const fetched = await underWay;
      ready = fetched;
      return fetched;
    },
    forget: () => {
      if (options.given === null) ready = null;
    },
  };
}

/** Reads `{apiKey, secret, passphrase}`; the error for anything else never shows the text, which may hold a secret. */
function parseCredentials(text: string, path: string): ApiCredentials {
  try {
    const found = JSON.parse(text) as Record<string, unknown>;
    const { apiKey, secret, passphrase } = found;
    if (isFilled(apiKey) && isFilled(secret) && isFilled(passphrase))
      return { apiKey, secret: new Secret(secret), passphrase: new Secret(passphrase) };
  } catch {
    // Falls through to the one error below: the text itself must not be shown.
  }
  throw new ForeignError(
    'garbageAnswer',
    `${path}: expected JSON with apiKey, secret and passphrase as text, found something else (${text.length} characters)`,
    'later',
    { path },
  );
}

const isFilled = (value: unknown): value is string => typeof value === 'string' && value !== '';
