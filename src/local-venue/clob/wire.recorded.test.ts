import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { getAddress } from 'viem';
import { describe, expect, it } from 'vitest';
import { isParseFailure } from '../../domain/fixed.ts';
import type { ConditionId, TokenId } from '../../domain/market.ts';
import { type Price, parsePrice, parseShares, type Shares, shares } from '../../domain/units.ts';
import { CONTRACTS } from '../chain/addresses.ts';
import { exchangeDomainSeparator, hashOrder } from '../chain/order-hash.ts';
import type { Address, Hex } from '../chain/types.ts';
import type { VenueLevel, VenueMarket } from '../types.ts';
import { wireBook } from './book-wire.ts';
import { isL1ClaimSigned } from './l1-auth.ts';
import { createHmacSecret, hmacSignature } from './l2-auth.ts';
import { recoverSigner } from './signatures.ts';
import { testMarket } from './test-support/venue.ts';

const root = process.env.EVENKEEL_SHARED_DATA ?? resolve(import.meta.dirname, '../../../../shared/data');
const present = existsSync(root);
if (!present && process.env.CI === 'true') throw new Error(`${root} not found, and CI must have it`);
if (!present) console.log('skipped: ../shared/data not found');

const read = <T>(path: string): T => JSON.parse(readFileSync(join(root, path), 'utf8')) as T;

interface RecordedBook {
  readonly market: string;
  readonly asset_id: string;
  readonly timestamp: string;
  readonly hash: string;
  readonly bids: readonly { readonly price: string; readonly size: string }[];
  readonly asks: readonly { readonly price: string; readonly size: string }[];
  readonly tick_size: string;
  readonly last_trade_price: string;
}

const priceOf = (text: string): Price => {
  const value = parsePrice(text);
  if (isParseFailure(value)) throw new Error(value.parseFailure);
  return value;
};
const sizeOf = (text: string): Shares => {
  const value = parseShares(text);
  if (isParseFailure(value)) throw new Error(value.parseFailure);
  return value;
};
const bestFirst = (levels: RecordedBook['bids']): VenueLevel[] =>
  levels.map((level) => ({ price: priceOf(level.price), size: sizeOf(level.size) })).reverse();

function listed(book: RecordedBook): VenueMarket {
  const market = testMarket({
    conditionId: book.market as ConditionId,
    yesTokenId: book.asset_id as TokenId,
    tickSize: priceOf(book.tick_size),
    minOrderSize: shares(5_000_000),
  });
  return {
    listing: { market, oracle: CONTRACTS.exchange },
    market,
    status: 'open',
    winner: null,
    listedAtMs: 0,
    resolvedAtMs: null,
    lastTradePrice: priceOf(book.last_trade_price),
    lastTradeSide: null,
    volume: 0 as VenueMarket['volume'],
  };
}

describe.runIf(present)('recorded wire facts', () => {
  it('gives recorded production books back byte for byte, hash included', () => {
    const books = read<RecordedBook[]>('orderbook/ws_raw_excerpts/enrico_initial_books_excerpt.json');
    expect(books).toHaveLength(3);
    for (const book of books) {
      const sides = { bids: bestFirst(book.bids), asks: bestFirst(book.asks) };
      const ours = wireBook(listed(book), book.asset_id, sides, Number(book.timestamp));
      expect(ours).toMatchObject({
        bids: book.bids,
        asks: book.asks,
        last_trade_price: book.last_trade_price,
      });
      expect(ours.hash).toBe(book.hash);
    }
  });

  it('agrees with the vectors of both kinds of authentication', async () => {
    const l1 = read<{
      address: string;
      vectors: { chainId: number; timestamp: number; nonce: number; signature: Hex }[];
    }>('vectors/l1_clob_auth.json');
    for (const { chainId, timestamp, nonce, signature } of l1.vectors) {
      const claim = {
        address: getAddress(l1.address),
        nonce: BigInt(nonce),
        timestamp: String(timestamp),
        signature,
      };
      expect(await isL1ClaimSigned(claim, chainId)).toBe(true);
      expect(await isL1ClaimSigned({ ...claim, nonce: 1n }, chainId)).toBe(false);
    }
    const l2 = read<{
      secret_base64: string;
      vectors: { timestamp: number; method: string; path: string; body: string; expected: string }[];
    }>('vectors/l2_hmac.json');
    for (const { timestamp, expected, ...request } of l2.vectors) {
      const signed = { ...request, timestamp: String(timestamp) };
      expect(hmacSignature(createHmacSecret(l2.secret_base64), signed)).toBe(expected);
    }
  });

  it('hashes and recovers the order vectors of the second generation', () => {
    const { vectors } = read<{
      vectors: {
        name: string;
        domain: { version: string; chainId: number; verifyingContract: Address };
        order: Record<string, string> & { side: 'BUY' | 'SELL'; signatureType: 0 | 1 | 2 | 3 };
        orderHash: Hex;
        signature: Hex;
      }[];
    }>('vectors/eip712_v2_v3_sdk_generated.json');
    const own = vectors.filter((vector) => vector.domain.version === '2');
    expect(own.length).toBeGreaterThan(1);
    for (const { domain, order, orderHash, signature } of own) {
      const hash = hashOrder(
        {
          salt: BigInt(order.salt ?? 0),
          maker: order.maker as Address,
          signer: order.signer as Address,
          tokenId: order.tokenId ?? '',
          makerAmount: BigInt(order.makerAmount ?? 0),
          takerAmount: BigInt(order.takerAmount ?? 0),
          side: order.side,
          signatureType: order.signatureType,
          timestamp: BigInt(order.timestamp ?? 0),
          metadata: order.metadata as Hex,
          builder: order.builder as Hex,
          signature,
        },
        exchangeDomainSeparator(domain.verifyingContract, domain.chainId),
      );
      expect(hash).toBe(orderHash);
      if (order.signatureType !== 3) expect(recoverSigner(hash, signature)).toBe(order.signer);
      else expect(recoverSigner(hash, signature)).toBeNull();
    }
  });
});
