import { getAddress } from 'viem';
import { z } from 'zod';
import type { TimeInForce } from '../../domain/order.ts';
import { type Rejection, rejections } from '../../exchange/index.ts';
import type { ChainOrder, Hex } from '../chain/types.ts';

const digits = z.string().regex(/^\d{1,78}$/);
const address = z.string().regex(/^0x[0-9a-fA-F]{40}$/);
const bytes32 = z.string().regex(/^0x[0-9a-fA-F]{64}$/);
const wholeNumber = z.union([z.number().int().nonnegative(), digits]);

const SIGNATURE_TYPES = [0, 1, 2, 3] as const;

const payloadSchema = z.object({
  order: z.object({
    salt: wholeNumber,
    maker: address,
    signer: address,
    tokenId: digits,
    makerAmount: digits,
    takerAmount: digits,
    side: z.enum(['BUY', 'SELL']),
    signatureType: z.union(SIGNATURE_TYPES.map((type) => z.literal(type))),
    timestamp: wholeNumber,
    expiration: wholeNumber.default('0'),
    metadata: bytes32,
    builder: bytes32,
    signature: z.string().regex(/^0x([0-9a-fA-F]{2})+$/),
  }),
  owner: z.string(),
  orderType: z.enum(['GTC', 'GTD', 'FOK', 'FAK']),
  postOnly: z.boolean().default(false),
  deferExec: z.boolean().default(false),
});

/** An order as it came in, with its signed part in the shape of the contract's struct. */
export interface OrderPayload {
  readonly signed: ChainOrder;
  /** The API key it claims to come from. */
  readonly apiKey: string;
  readonly orderType: TimeInForce;
  readonly postOnly: boolean;
  readonly expirationSec: number;
}

/** Reads the body of `POST /order`, or one item of `POST /orders`. */
export function parseOrderPayload(body: unknown): OrderPayload | Rejection {
  if (isFirstGeneration(body)) return rejections.versionMismatch();
  const parsed = payloadSchema.safeParse(body);
  if (!parsed.success) return rejections.invalidPayload();
  const { order, owner, orderType, postOnly } = parsed.data;
  const expirationSec = Number(order.expiration);
  if (!Number.isSafeInteger(expirationSec)) return rejections.expiration();
  return {
    signed: {
      salt: BigInt(order.salt),
      maker: getAddress(order.maker),
      signer: getAddress(order.signer),
      tokenId: order.tokenId,
      makerAmount: BigInt(order.makerAmount),
      takerAmount: BigInt(order.takerAmount),
      side: order.side,
      signatureType: order.signatureType,
      timestamp: BigInt(order.timestamp),
      metadata: order.metadata as Hex,
      builder: order.builder as Hex,
      signature: order.signature as Hex,
    },
    apiKey: owner,
    orderType,
    postOnly,
    expirationSec,
  };
}

const orderOf = (body: unknown): object | null =>
  typeof body === 'object' && body !== null && 'order' in body && typeof body.order === 'object'
    ? body.order
    : null;

/** Orders of the exchange before this one carry a nonce and a fee rate, and no timestamp. */
function isFirstGeneration(body: unknown): boolean {
  const order = orderOf(body);
  return order !== null && 'feeRateBps' in order && 'nonce' in order && !('timestamp' in order);
}
