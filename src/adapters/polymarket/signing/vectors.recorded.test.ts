import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { MarketVersion, Side, TokenId } from '../../../domain/market.ts';
import { Secret } from '../../../settings/secret.ts';
import { CONTRACTS } from '../venue-facts.ts';
import { openAccount } from './account.ts';
import type { Hex } from './hex.ts';
import { bytesToHex } from './hex.ts';
import { l1Digest } from './l1-auth.ts';
import { createHmacSigner } from './l2-auth.ts';
import type { SignatureType } from './order-encoder.ts';
import { createOrderSigner } from './order-signer.ts';

const folder = join(process.env.EVENKEEL_SHARED_DATA ?? join(process.cwd(), '../shared/data'), 'vectors');
const absent = !existsSync(folder);
if (absent) console.log('skipped: ../shared/data not found');
if (absent && process.env.CI === 'true') throw new Error(`reference vectors not found at ${folder}`);

interface OrderVector {
  readonly name: string;
  readonly domain: { readonly version: string; readonly verifyingContract: string };
  readonly orderHash?: string;
  readonly signature?: string;
  readonly order: {
    readonly salt: string;
    readonly maker: string;
    readonly tokenId: string;
    readonly makerAmount: string;
    readonly takerAmount: string;
    readonly side: Side;
    readonly signatureType: SignatureType;
    readonly timestamp: string;
    readonly signature?: string;
  };
}

interface VectorFile {
  readonly private_key: string;
  readonly vectors: readonly OrderVector[];
}

const read = <Shape>(name: string): Shape => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Shape;

describe.skipIf(absent)('reference vectors', () => {
  it.each(['eip712_v2_v3_sdk_generated.json', 'eip712_v2_nautilus_pyclob.json'])(
    'orders and ids of %s',
    async (file) => {
      const { private_key, vectors } = read<VectorFile>(file);
      const account = await openAccount(new Secret(private_key));
      for (const vector of vectors) {
        const { order } = vector;
        const signer = createOrderSigner({
          account,
          chainId: 137,
          contracts: CONTRACTS,
          signatureType: order.signatureType,
          wallet: order.maker as Hex,
        });
        const version: MarketVersion = vector.domain.version === '3' ? 'v2' : 'v1';
        const signed = signer.signAmounts(
          {
            tokenId: order.tokenId as TokenId,
            negRisk: vector.domain.verifyingContract === CONTRACTS.negRiskExchange,
            marketVersion: version,
            side: order.side,
            salt: Number(order.salt),
            timestampMs: Number(order.timestamp),
          },
          { makerAmount: Number(order.makerAmount), takerAmount: Number(order.takerAmount) },
        );
        expect(signed.signature, vector.name).toBe(vector.signature ?? order.signature);
        if (vector.orderHash !== undefined) expect(signed.orderId, vector.name).toBe(vector.orderHash);
      }
      expect(vectors.length).toBeGreaterThan(0);
    },
  );

  it('L1 attestation', async () => {
    const file = read<{
      private_key: string;
      vectors: { chainId: number; timestamp: number; nonce: number; signature: string }[];
    }>('l1_clob_auth.json');
    const account = await openAccount(new Secret(file.private_key));
    for (const vector of file.vectors)
      expect(
        bytesToHex(account.signDigest(l1Digest(account, vector.chainId, vector.timestamp, vector.nonce))),
      ).toBe(vector.signature);
  });

  it('L2 HMAC', () => {
    const file = read<{
      secret_base64: string;
      vectors: { timestamp: number; method: string; path: string; body: string; expected: string }[];
    }>('l2_hmac.json');
    const { sign } = createHmacSigner(new Secret(file.secret_base64));
    for (const { timestamp, method, path, body, expected } of file.vectors)
      expect(sign(method, path, body, timestamp)).toBe(expected);
  });
});
