import { inspect } from 'node:util';
import { ClobClient, Side as ClobSide, OrderType } from '@polymarket/clob-client-v2';
import fc from 'fast-check';
import { createWalletClient, hashTypedData, http, recoverAddress } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { polygon } from 'viem/chains';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Secret } from '../../../settings/secret.ts';
import { type FakeHttp, startFakeHttp } from '../testing/fake-http.ts';
import { DEVELOPMENT_ADDRESS, DEVELOPMENT_KEY, developmentSecret, orderRequest } from '../testing/orders.ts';
import { CONTRACTS, exchangeDomain } from '../venue-facts.ts';
import { openAccount } from './account.ts';
import { type SignatureType, ZERO_BYTES32 } from './order-encoder.ts';
import { createOrderSigner } from './order-signer.ts';
import { isNativeSigner } from './sign-digest.ts';

let venue: FakeHttp;

beforeAll(async () => {
  venue = await startFakeHttp(({ path }) => ({ body: lookUp(path) }));
});
afterAll(() => venue.close());

const DEPOSIT_WALLET = '0x1111111111111111111111111111111111111111';

const ORDER_TYPES = {
  Order: [
    { name: 'salt', type: 'uint256' },
    { name: 'maker', type: 'address' },
    { name: 'signer', type: 'address' },
    { name: 'tokenId', type: 'uint256' },
    { name: 'makerAmount', type: 'uint256' },
    { name: 'takerAmount', type: 'uint256' },
    { name: 'side', type: 'uint8' },
    { name: 'signatureType', type: 'uint8' },
    { name: 'timestamp', type: 'uint256' },
    { name: 'metadata', type: 'bytes32' },
    { name: 'builder', type: 'bytes32' },
  ],
} as const;

const anyOrder = fc.record({
  tokenId: fc.bigInt({ min: 0n, max: 2n ** 256n - 1n }).map(String),
  side: fc.constantFrom('BUY', 'SELL'),
  priceTenThousandths: fc.integer({ min: 1, max: 9999 }),
  sizeMicro: fc.integer({ min: 1, max: 10_000_000 }).map((hundredths) => hundredths * 10_000),
  negRisk: fc.boolean(),
  marketVersion: fc.constantFrom('v1', 'v2'),
  salt: fc.maxSafeNat(),
  timestampMs: fc.integer({ min: 1, max: 4_102_444_800_000 }),
} as const);

async function signerOf(signatureType: SignatureType) {
  const account = await openAccount(developmentSecret());
  const wallet = signatureType === 0 ? account.address : DEPOSIT_WALLET;
  return createOrderSigner({ account, chainId: 137, contracts: CONTRACTS, signatureType, wallet });
}

describe('order signer', () => {
  it('uses the native binding here, and says so', async () => {
    expect(isNativeSigner()).toBe(true);
    expect((await openAccount(developmentSecret())).isNative).toBe(true);
  });

  it.each([0, 1, 2] as const)('equals viem byte for byte under signature type %i', async (signatureType) => {
    const signer = await signerOf(signatureType);
    const viemAccount = privateKeyToAccount(DEVELOPMENT_KEY);
    await fc.assert(
      fc.asyncProperty(anyOrder, async (given) => {
        const request = orderRequest(given);
        const ours = signer.sign(request);
        const domain = exchangeDomain(CONTRACTS, given.marketVersion, given.negRisk);
        const typed = {
          domain: {
            name: 'Polymarket CTF Exchange',
            version: domain.version,
            chainId: 137,
            verifyingContract: domain.exchange,
          },
          types: ORDER_TYPES,
          primaryType: 'Order',
          message: {
            salt: BigInt(request.salt),
            maker: ours.maker,
            signer: ours.signer,
            tokenId: BigInt(request.tokenId),
            makerAmount: BigInt(ours.makerAmount),
            takerAmount: BigInt(ours.takerAmount),
            side: request.side === 'BUY' ? 0 : 1,
            signatureType,
            timestamp: BigInt(request.timestampMs),
            metadata: ZERO_BYTES32,
            builder: ZERO_BYTES32,
          },
        } as const;
        expect(ours.orderId).toBe(hashTypedData(typed));
        expect(ours.signature).toBe(await viemAccount.signTypedData(typed));
      }),
      { numRuns: 40 },
    );
  });

  it.each([0, 3] as const)(
    'equals clob-client-v2 byte for byte under signature type %i',
    async (signatureType) => {
      const signer = await signerOf(signatureType);
      const client = clobClient(signatureType);
      await fc.assert(
        fc.asyncProperty(
          fc.integer({ min: 1, max: 99 }),
          fc.integer({ min: 500, max: 100_000 }),
          fc.constantFrom('BUY', 'SELL'),
          fc.boolean(),
          async (cents, hundredths, side, negRisk) => {
            const theirs = await client.createOrder(
              {
                tokenID: orderRequest().tokenId,
                price: cents / 100,
                size: hundredths / 100,
                side: side === 'BUY' ? ClobSide.BUY : ClobSide.SELL,
              },
              { tickSize: '0.01', negRisk },
            );
            const ours = signer.sign(
              orderRequest({
                priceTenThousandths: cents * 100,
                sizeMicro: hundredths * 10_000,
                side: side as 'BUY' | 'SELL',
                negRisk,
                salt: Number(theirs.salt),
                timestampMs: Number('timestamp' in theirs ? theirs.timestamp : 0),
              }),
            );
            expect(String(ours.makerAmount)).toBe(theirs.makerAmount);
            expect(String(ours.takerAmount)).toBe(theirs.takerAmount);
            expect(ours.maker).toBe(theirs.maker);
            expect(ours.signer).toBe(theirs.signer);
            expect(ours.signature).toBe(theirs.signature);
          },
        ),
        { numRuns: 25 },
      );
    },
  );

  it('a market buy spends what clob-client-v2 would spend', async () => {
    const signer = await signerOf(0);
    const client = clobClient(0);
    for (const cents of [7, 33, 50, 97]) {
      const ours = signer.sign(
        orderRequest({
          priceTenThousandths: cents * 100,
          sizeMicro: 12_340_000,
          timeInForce: 'FOK',
          postOnly: false,
        }),
      );
      const theirs = await client.createMarketOrder(
        {
          tokenID: orderRequest().tokenId,
          amount: ours.makerAmount / 1e6,
          price: cents / 100,
          side: ClobSide.BUY,
          orderType: OrderType.FOK,
        },
        { tickSize: '0.01', negRisk: false },
      );
      expect(String(ours.makerAmount)).toBe(theirs.makerAmount);
      expect(String(ours.takerAmount)).toBe(theirs.takerAmount);
    }
  });

  it('recovers to the key', async () => {
    const signed = (await signerOf(0)).sign(orderRequest());
    const recovered = await recoverAddress({
      hash: signed.orderId as `0x${string}`,
      signature: signed.signature,
    });
    expect(recovered).toBe(DEVELOPMENT_ADDRESS);
  });

  it('refuses amounts that cannot be signed exactly', async () => {
    const signer = await signerOf(0);
    expect(() => signer.sign(orderRequest({ sizeMicro: 10_000_001 }))).toThrow(/multiple of 10000/);
    expect(() => signer.sign(orderRequest({ priceTenThousandths: 10_000 }))).toThrow(/price/);
    expect(() => signer.sign(orderRequest({ salt: 2 ** 60 }))).toThrow(/salt/);
  });

  it('never shows the key: not in the account, not in the error for a bad one', async () => {
    const account = await openAccount(developmentSecret());
    const shown = inspect(account, { depth: 9, showHidden: true }) + JSON.stringify(account);
    expect(shown).not.toContain(DEVELOPMENT_KEY.slice(2, 20));
    const bad = `0x${'f'.repeat(64)}`;
    const failure: unknown = await openAccount(new Secret(bad)).catch((error: unknown) => error);
    expect(String(failure)).toContain('64 hex digits');
    expect(inspect(failure)).not.toContain('ffff');
  });
});

function clobClient(signatureType: 0 | 3): ClobClient {
  return new ClobClient({
    host: venue.url,
    chain: 137,
    signer: createWalletClient({
      account: privateKeyToAccount(DEVELOPMENT_KEY),
      chain: polygon,
      transport: http(venue.url),
    }),
    signatureType,
    ...(signatureType === 3 ? { funderAddress: DEPOSIT_WALLET } : {}),
  });
}

/** What clob-client-v2 asks before it signs. */
function lookUp(path: string): unknown {
  if (path === '/version') return { version: 2 };
  if (path === '/tick-size') return { minimum_tick_size: 0.01 };
  if (path === '/neg-risk') return { neg_risk: false };
  if (path.startsWith('/markets-by-token/')) return { condition_id: '0xc1' };
  const tokens = [{ t: orderRequest().tokenId, o: 'Yes' }];
  return { c: '0xc1', t: tokens, mts: 0.01, mos: 5, nr: false, fd: { r: 0, e: 1, to: true } };
}
