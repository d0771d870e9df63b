import type { MarketVersion } from '../../../domain/market.ts';
import type { OrderId, OrderRequest } from '../../../domain/order.ts';
import type { SignedOrder } from '../../../ports/signer.ts';
import { type Contracts, exchangeDomain } from '../venue-facts.ts';
import { domainSeparator, typedDataDigest } from './domain-separator.ts';
import { bytesToHex, type Hex, hexToBytes } from './hex.ts';
import type { Keccak } from './keccak.ts';
import { type OrderAmounts, orderAmounts } from './order-amounts.ts';
import { concatBytes, uint256FromDecimal, utf8, WORD, writeAddress, writeUint } from './words.ts';

/** 0 the key's own account, 1 proxy wallet, 2 Safe, 3 deposit wallet (ERC-1271 with an ERC-7739 signature). */
export type SignatureType = SignedOrder['signatureType'];

export const ORDER_TYPE =
  'Order(uint256 salt,address maker,address signer,uint256 tokenId,uint256 makerAmount,uint256 takerAmount,uint8 side,uint8 signatureType,uint256 timestamp,bytes32 metadata,bytes32 builder)';
const EXCHANGE_NAME = 'Polymarket CTF Exchange';
const NESTED_TYPE =
  'TypedDataSign(Order contents,string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)';
const DEPOSIT_WALLET_NAME = 'DepositWallet';
const DEPOSIT_WALLET_VERSION = '1';
export const ZERO_BYTES32: Hex = `0x${'0'.repeat(64)}`;
/** Token ids seen; a bound, so that a long run over many markets does not grow without end. */
const TOKEN_CACHE_LIMIT = 20_000;

export interface OrderEncoderOptions {
  readonly keccak: Keccak;
  /** Address of the key. */
  readonly address: Hex;
  readonly chainId: number;
  readonly contracts: Contracts;
  readonly signatureType: SignatureType;
  /** Holds cash and tokens. The key's own address for type 0. */
  readonly wallet: Hex;
  /** Bytes32 that attributes the order to a builder; zero for none. */
  readonly builder?: Hex;
}

/** An order of which nothing is left to do but the key's own part, which may happen elsewhere. */
export interface EncodedOrder {
  /** The 32 bytes to sign. */
  readonly digest: Uint8Array;
  /** The venue's id of the order: known before it is signed. */
  readonly orderId: () => OrderId;
  /** The order with the key's 65 bytes (r, s, v) over the digest. */
  readonly withSignature: (signature: Uint8Array) => SignedOrder;
}

/** The fields of a request that reach the signed struct besides its amounts. */
export type SignedFields = Pick<
  OrderRequest,
  'tokenId' | 'negRisk' | 'marketVersion' | 'side' | 'salt' | 'timestampMs'
>;

/** The same with the token as its 32 bytes, as it crosses between processes. */
export interface OrderWords {
  readonly marketVersion: MarketVersion;
  readonly negRisk: boolean;
  readonly tokenWord: Uint8Array;
  readonly isBuy: boolean;
  readonly salt: number;
  readonly timestampMs: number;
}

export interface OrderHashes {
  /** The exchange domain's separator, shared by all its orders. */
  readonly separator: Uint8Array;
  readonly structHash: Uint8Array;
  /** The EIP-712 hash, which is the venue's id of the order. */
  readonly orderHash: Uint8Array;
  /** The 32 bytes to sign: the order hash, or what a deposit wallet wants signed instead. */
  readonly digest: Uint8Array;
}

export interface OrderEncoder {
  /** Throws a RangeError for an order whose amounts cannot be signed exactly. */
  readonly encode: (order: OrderRequest) => EncodedOrder;
  /** Encodes amounts given instead of those that follow from price and size. */
  readonly encodeAmounts: (order: SignedFields, amounts: OrderAmounts) => EncodedOrder;
  /** The hashes alone. They are this order's own: the next one may be hashed before this one is signed. */
  readonly hash: (order: OrderWords, amounts: OrderAmounts) => OrderHashes;
  /** The 32 bytes of a token id. They are shared: nobody may write into them. */
  readonly tokenWord: (tokenId: string) => Uint8Array;
}

/** Word offsets of the order struct, in bytes. */
const SALT = 1 * WORD;
const MAKER = 2 * WORD;
const SIGNER = 3 * WORD;
const TOKEN = 4 * WORD;
const MAKER_AMOUNT = 5 * WORD;
const TAKER_AMOUNT = 6 * WORD;
const SIDE = 7 * WORD;
const SIGNATURE_TYPE = 8 * WORD;
const TIMESTAMP = 9 * WORD;
const BUILDER = 11 * WORD;
const STRUCT_BYTES = 12 * WORD;

/**
 * Encodes orders of CLOB V2 and ExchangeV3. Everything that does not change from order to order is encoded once: the domain
 * separators, the wallet words, and the words of each token.
 */
export function createOrderEncoder(options: OrderEncoderOptions): OrderEncoder {
  const { keccak, signatureType } = options;
  const wallet = hexToBytes(options.wallet, 20);
  const isDeposit = signatureType === 3;
  const signer: Hex = isDeposit ? options.wallet : options.address;
  const builder = options.builder ?? ZERO_BYTES32;
  const separators = new Map<string, Uint8Array>();
  const tokens = new Map<string, Uint8Array>();
  const nested = isDeposit ? nestedWords(options) : null;
  const typeBytes = utf8(ORDER_TYPE);
  const typeLength = Uint8Array.of(typeBytes.length >> 8, typeBytes.length & 0xff);

  const struct = new Uint8Array(STRUCT_BYTES);
  const view = new DataView(struct.buffer);
  struct.set(keccak(typeBytes), 0);
  writeAddress(struct, MAKER, wallet);
  writeAddress(struct, SIGNER, hexToBytes(signer, 20));
  writeUint(view, SIGNATURE_TYPE, signatureType);
  struct.set(hexToBytes(builder, WORD), BUILDER);

  function separatorOf(version: MarketVersion, negRisk: boolean): Uint8Array {
    const key = `${version}/${negRisk}`;
    const known = separators.get(key);
    if (known !== undefined) return known;
    const domain = exchangeDomain(options.contracts, version, negRisk);
    const made = domainSeparator(keccak, {
      name: EXCHANGE_NAME,
      version: domain.version,
      chainId: options.chainId,
      verifyingContract: domain.exchange,
    });
    separators.set(key, made);
    return made;
  }

  function tokenWord(tokenId: string): Uint8Array {
    const known = tokens.get(tokenId);
    if (known !== undefined) return known;
    if (tokens.size >= TOKEN_CACHE_LIMIT) tokens.clear();
    const word = uint256FromDecimal(tokenId);
    tokens.set(tokenId, word);
    return word;
  }

  function hash(order: OrderWords, amounts: OrderAmounts): OrderHashes {
    const separator = separatorOf(order.marketVersion, order.negRisk);
    writeUint(view, SALT, checkedUint(order.salt, 'salt'));
    struct.set(order.tokenWord, TOKEN);
    writeUint(view, MAKER_AMOUNT, amounts.makerAmount);
    writeUint(view, TAKER_AMOUNT, amounts.takerAmount);
    writeUint(view, SIDE, order.isBuy ? 0 : 1);
    writeUint(view, TIMESTAMP, checkedUint(order.timestampMs, 'timestampMs'));
    const structHash = keccak(struct);
    const orderHash = typedDataDigest(keccak, separator, structHash);
    const digest = nested === null ? orderHash : typedDataDigest(keccak, separator, nested(structHash));
    return { separator, structHash, orderHash, digest };
  }

  function encodeAmounts(order: SignedFields, amounts: OrderAmounts): EncodedOrder {
    const { salt, timestampMs, negRisk, marketVersion = 'v1' } = order;
    const words: OrderWords = {
      marketVersion,
      negRisk,
      tokenWord: tokenWord(order.tokenId),
      isBuy: order.side === 'BUY',
      salt,
      timestampMs,
    };
    const { separator, structHash, orderHash, digest } = hash(words, amounts);
    const orderId = (): OrderId => bytesToHex(orderHash) as string as OrderId;
    return {
      digest,
      orderId,
      withSignature: (signature) => ({
        orderId: orderId(),
        signature: bytesToHex(
          nested === null
            ? signature
            : concatBytes([signature, separator, structHash, typeBytes, typeLength]),
        ),
        maker: options.wallet,
        signer,
        signatureType,
        builder,
        makerAmount: amounts.makerAmount,
        takerAmount: amounts.takerAmount,
        salt,
        timestampMs,
      }),
    };
  }

  return {
    encode: (order) =>
      encodeAmounts(order, orderAmounts(order.side, order.price, order.size, order.timeInForce, order.spend)),
    encodeAmounts,
    hash,
    tokenWord,
  };
}

/** Struct hash of `TypedDataSign`, with the deposit wallet's own domain inside (ERC-7739). */
function nestedWords(options: OrderEncoderOptions): (contents: Uint8Array) => Uint8Array {
  const { keccak } = options;
  const struct = new Uint8Array(7 * WORD);
  struct.set(keccak(utf8(NESTED_TYPE + ORDER_TYPE)), 0);
  struct.set(keccak(utf8(DEPOSIT_WALLET_NAME)), 2 * WORD);
  struct.set(keccak(utf8(DEPOSIT_WALLET_VERSION)), 3 * WORD);
  writeUint(new DataView(struct.buffer), 4 * WORD, options.chainId);
  writeAddress(struct, 5 * WORD, hexToBytes(options.wallet, 20));
  return (contents) => {
    struct.set(contents, WORD);
    return keccak(struct);
  };
}

function checkedUint(value: number, name: string): number {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`an order's ${name} must be a whole number below 2^53, found ${value}`);
  return value;
}
