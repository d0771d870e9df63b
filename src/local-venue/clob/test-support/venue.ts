import { privateKeyToAccount } from 'viem/accounts';
import type { ConditionId, Market, Side, TokenId } from '../../../domain/market.ts';
import { price, shares, usd } from '../../../domain/units.ts';
import { exchangeDomain, ORDER_TYPES } from '../../chain/order-signing.ts';
import type { FundedAccount, Hex } from '../../chain/types.ts';
import type { VenueClock } from '../../types.ts';
import { type RunningVenue, startVenue, type VenueOptions } from '../../venue.ts';
import { createManualClock, type ManualClock } from '../clock.ts';
import type { ApiCredentials } from '../credentials.ts';
import { createHmacSecret, hmacSignature } from '../l2-auth.ts';
import { createFakeChain, type FakeChain } from './fake-chain.ts';

export const START_MS = 1_795_373_206_847;
export const CONDITION = `0x${'ab'.repeat(32)}` as ConditionId;
export const YES = '1001' as TokenId;
export const NO = '1002' as TokenId;
const ZERO_32: Hex = `0x${'0'.repeat(64)}`;

export const testMarket = (over: Partial<Market> = {}): Market => ({
  conditionId: CONDITION,
  questionId: `0x${'cd'.repeat(32)}`,
  gammaId: '1',
  slug: 'will-it-rain',
  question: 'Will it rain?',
  description: 'Rain on the roof.',
  yesTokenId: YES,
  noTokenId: NO,
  outcomeNames: ['Up', 'Down'],
  version: 'v1',
  negRisk: false,
  eventId: '7',
  tags: ['weather'],
  category: 'other',
  tickSize: price(100),
  minOrderSize: shares(5_000_000),
  active: true,
  closed: false,
  acceptingOrders: true,
  enableOrderBook: true,
  restricted: false,
  resolution: 'none',
  createdAtMs: null,
  endAtMs: null,
  gameStartAtMs: null,
  fee: { ratePpm: 0, exponent: 1, takerOnly: true, rebatePpm: 0 },
  rewards: null,
  volume24h: usd(0),
  liquidity: usd(0),
  listedYesPrice: null,
  listedSpread: null,
  ...over,
});

export interface TestVenue extends RunningVenue {
  readonly fake: FakeChain;
  readonly clock: ManualClock;
}

/** A venue on a fake chain and a manual clock; every account has 1,000 dollars and 100 shares of each outcome. */
export async function startTestVenue(
  over: Partial<VenueOptions> & { readonly market?: Partial<Market>; readonly takerDelayMs?: number } = {},
): Promise<TestVenue> {
  const { market, takerDelayMs, ...options } = over;
  const fake = createFakeChain();
  const clock = createManualClock(START_MS);
  for (const { address } of fake.accounts) {
    fake.holdings.set(`${address}|USD`, 1_000_000_000n);
    fake.holdings.set(`${address}|${YES}`, 100_000_000n);
    fake.holdings.set(`${address}|${NO}`, 100_000_000n);
  }
  const listing = { market: testMarket(market), oracle: fake.chain.localOracle };
  const venue = await startVenue({
    chain: fake.chain,
    clock,
    watch: null,
    listings: () => [takerDelayMs === undefined ? listing : { ...listing, takerDelayMs }],
    gamma: () => undefined,
    data: () => undefined,
    ...options,
  });
  return { ...venue, fake, clock };
}

export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  readonly json: () => Readonly<Record<string, unknown>>;
}

/** One account's signed access to the venue, written without the venue's own request code. */
export interface TestTrader {
  readonly account: FundedAccount;
  readonly credentials: ApiCredentials;
  readonly call: (method: string, path: string, body?: unknown) => Promise<Answer>;
  readonly order: (terms: TestOrder) => Promise<TestPayload>;
  /** Places an order and returns its answer. */
  readonly place: (terms: TestOrder) => Promise<Answer>;
}

export interface TestOrder {
  readonly tokenId?: string;
  readonly side: Side;
  /** Decimal dollars and shares. */
  readonly price: number;
  readonly size: number;
  readonly orderType?: 'GTC' | 'GTD' | 'FOK' | 'FAK';
  readonly postOnly?: boolean;
  readonly expiration?: number;
  readonly negRisk?: boolean;
  readonly salt?: number;
}

export interface TestPayload {
  readonly deferExec: boolean;
  readonly order: Readonly<Record<string, unknown>> & { readonly signature: Hex };
  readonly owner: string;
  readonly orderType: string;
  readonly postOnly?: boolean;
}

let nextSalt = 1;

export async function createTrader(
  venue: RunningVenue,
  index: number,
  clock: VenueClock,
): Promise<TestTrader> {
  const account = venue.chain.accounts[index]!;
  const signer = privateKeyToAccount(account.privateKey);
  const credentials = await createCredentials(venue, account, clock);
  const secret = createHmacSecret(credentials.secret);

  const call: TestTrader['call'] = async (method, path, body) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const timestamp = String(Math.floor(clock.nowMs() / 1000));
    const signature = hmacSignature(secret, {
      timestamp,
      method,
      path: path.split('?')[0] ?? path,
      body: text,
    });
    return send(`${venue.urls.clob}${path}`, method, text, {
      POLY_ADDRESS: account.address,
      POLY_API_KEY: credentials.apiKey,
      POLY_PASSPHRASE: credentials.passphrase,
      POLY_TIMESTAMP: timestamp,
      POLY_SIGNATURE: signature,
    });
  };

  const order: TestTrader['order'] = async (terms) => {
    const size = BigInt(Math.round(terms.size * 1e6));
    const dollars = BigInt(Math.round(terms.price * terms.size * 1e6));
    const isBuy = terms.side === 'BUY';
    const salt = terms.salt ?? nextSalt++;
    const signed = {
      salt: BigInt(salt),
      maker: account.address,
      signer: account.address,
      tokenId: BigInt(terms.tokenId ?? YES),
      makerAmount: isBuy ? dollars : size,
      takerAmount: isBuy ? size : dollars,
      side: isBuy ? 0 : 1,
      signatureType: 0,
      timestamp: BigInt(clock.nowMs()),
      metadata: ZERO_32,
      builder: ZERO_32,
    };
    const signature = await signer.signTypedData({
      domain: exchangeDomain(terms.negRisk ?? false),
      types: ORDER_TYPES,
      primaryType: 'Order',
      message: signed,
    });
    return {
      deferExec: false,
      order: {
        ...signed,
        salt,
        tokenId: String(signed.tokenId),
        makerAmount: String(signed.makerAmount),
        takerAmount: String(signed.takerAmount),
        side: terms.side,
        timestamp: String(signed.timestamp),
        expiration: String(terms.expiration ?? 0),
        signature,
      },
      owner: credentials.apiKey,
      orderType: terms.orderType ?? 'GTC',
      ...(terms.postOnly === undefined ? {} : { postOnly: terms.postOnly }),
    };
  };

  return {
    account,
    credentials,
    call,
    order,
    place: async (terms) => call('POST', '/order', await order(terms)),
  };
}

/** Creates an API key over HTTP with an attestation that viem signs. */
export async function createCredentials(
  venue: RunningVenue,
  account: FundedAccount,
  clock: VenueClock,
): Promise<ApiCredentials> {
  const headers = await l1Headers(account, Math.floor(clock.nowMs() / 1000), 0);
  const answer = await send(`${venue.urls.clob}/auth/api-key`, 'POST', '', headers);
  if (answer.status !== 200) throw new Error(`no credentials: ${answer.status} ${answer.text}`);
  const { apiKey, secret, passphrase } = answer.json();
  return { apiKey: String(apiKey), secret: String(secret), passphrase: String(passphrase) };
}

export async function l1Headers(
  account: FundedAccount,
  timestampSec: number,
  nonce: number,
): Promise<Record<string, string>> {
  const signature = await privateKeyToAccount(account.privateKey).signTypedData({
    domain: { name: 'ClobAuthDomain', version: '1', chainId: 137 },
    types: {
      ClobAuth: [
        { name: 'address', type: 'address' },
        { name: 'timestamp', type: 'string' },
        { name: 'nonce', type: 'uint256' },
        { name: 'message', type: 'string' },
      ],
    },
    primaryType: 'ClobAuth',
    message: {
      address: account.address,
      timestamp: String(timestampSec),
      nonce: BigInt(nonce),
      message: 'This message attests that I control the given wallet',
    },
  });
  return {
    POLY_ADDRESS: account.address,
    POLY_SIGNATURE: signature,
    POLY_TIMESTAMP: String(timestampSec),
    POLY_NONCE: String(nonce),
  };
}

export async function send(
  url: string,
  method: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { ...headers, ...(body === '' ? {} : { 'content-type': 'application/json' }) },
    ...(body === '' ? {} : { body }),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await response.text();
  return { status: response.status, text, headers: response.headers, json: () => JSON.parse(text) };
}
