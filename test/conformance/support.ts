import { createSecureClient, forkEnvironmentConfig } from '@polymarket/client';
import { privateKey } from '@polymarket/client/viem';
import { createWalletClient, http, type WalletClient } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { polygon } from 'viem/chains';
import type { FundedAccount } from '../../src/local-venue/chain/types.ts';
import { type LocalVenue, startLocalVenue } from '../../src/local-venue/start-local-venue.ts';

const POLL_MS = 25;
const DEADLINE_MS = 10_000;

/** A venue without background flow, so that every order in its books is the test's own. */
export function startQuietVenue(seed: string, approvedAccounts: number): Promise<LocalVenue> {
  return startLocalVenue({ seed, traders: false, accounts: 3, approvedAccounts, dataLagMs: 0 });
}

/** The unified official client, unchanged, pointed at the venue. */
export function unifiedClient({ urls }: LocalVenue, { privateKey: key, address }: FundedAccount) {
  const chain = { ...polygon, rpcUrls: { default: { http: [urls.rpc] } } };
  return createSecureClient({
    environment: forkEnvironmentConfig({
      name: 'local venue',
      rpc: urls.rpc,
      clob: { rest: urls.clob, market: { ws: urls.wsMarket }, user: { ws: urls.wsUser } },
      gamma: { rest: urls.gamma },
      data: { rest: urls.data },
    }),
    signer: privateKey(key, { chain, transport: http(urls.rpc) }),
    wallet: address,
  });
}

export function walletOf({ urls }: LocalVenue, { privateKey: key }: FundedAccount): WalletClient {
  const chain = { ...polygon, rpcUrls: { default: { http: [urls.rpc] } } };
  return createWalletClient({ account: privateKeyToAccount(key), chain, transport: http(urls.rpc) });
}

/** Asks again until the answer is not null; fails with what was waited for. */
export async function eventually<T>(what: string, ask: () => Promise<T | null> | T | null): Promise<T> {
  const until = Date.now() + DEADLINE_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (Date.now() > until) throw new Error(`waited ${DEADLINE_MS} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

/** Collects a subscription's events in the background until it is closed. */
export function collect<T>(events: AsyncIterable<T>): {
  readonly seen: readonly T[];
  readonly ended: Promise<void>;
} {
  const seen: T[] = [];
  const ended = (async () => {
    for await (const event of events) seen.push(event);
  })();
  return { seen, ended };
}
