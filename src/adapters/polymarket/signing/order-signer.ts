import type { OrderRequest } from '../../../domain/order.ts';
import type { SignedOrder } from '../../../ports/signer.ts';
import type { SigningAccount } from './account.ts';
import type { OrderAmounts } from './order-amounts.ts';
import {
  createOrderEncoder,
  type EncodedOrder,
  type OrderEncoder,
  type OrderEncoderOptions,
  type SignedFields,
} from './order-encoder.ts';

export interface OrderSignerOptions extends Omit<OrderEncoderOptions, 'keccak' | 'address'> {
  readonly account: SigningAccount;
}

export interface OrderSigner extends Pick<OrderEncoder, 'encode'> {
  /** Synchronous; throws a RangeError for an order whose amounts cannot be signed exactly. */
  readonly sign: (order: OrderRequest) => SignedOrder;
  /** Signs amounts given instead of those that follow from price and size. */
  readonly signAmounts: (order: SignedFields, amounts: OrderAmounts) => SignedOrder;
}

/** Encodes and signs in one place, without a policy: what the signer's answers are held against. */
export function createOrderSigner({ account, ...options }: OrderSignerOptions): OrderSigner {
  const encoder = createOrderEncoder({ ...options, keccak: account.keccak, address: account.address });
  const signed = ({ digest, withSignature }: EncodedOrder): SignedOrder =>
    withSignature(account.signDigest(digest));
  return {
    encode: encoder.encode,
    sign: (order) => signed(encoder.encode(order)),
    signAmounts: (order, amounts) => signed(encoder.encodeAmounts(order, amounts)),
  };
}
