import type { OrderId, OrderRequest } from '../domain/order.ts';

type Hex = `0x${string}`;

/** An order with everything that goes on the wire beside its own terms. */
export interface SignedOrder {
  /** The order's EIP-712 hash, which is the venue's id of it. */
  readonly orderId: OrderId;
  readonly signature: Hex;
  readonly maker: Hex;
  readonly signer: Hex;
  /** 0 the key's own account, 1 proxy wallet, 2 Safe, 3 deposit wallet. */
  readonly signatureType: 0 | 1 | 2 | 3;
  readonly builder: Hex;
  /** What the order gives, in millionths: dollars for BUY, shares for SELL. */
  readonly makerAmount: number;
  /** What the order wants, in millionths: shares for BUY, dollars for SELL. */
  readonly takerAmount: number;
  /** Those of the request, or of an order with the same terms that was signed ahead. */
  readonly salt: number;
  readonly timestampMs: number;
  /** The order in the venue's words, where that was made ahead, too. */
  readonly json?: string;
}

/** Stands in the signer's no where one order alone is too large, so that a smaller one may be tried. */
export const MAX_ORDER_SETTING = 'SIGNER_MAX_ORDER_USD';

/** The signer's no: a whole sentence on which limit the order would have passed. */
export interface SigningRefused {
  readonly orderId: OrderId;
  readonly refused: string;
}

/** One answer for each order that was asked for, in their order. */
export type SigningAnswers = readonly (SignedOrder | SigningRefused)[];

/** A transaction of the key's own account (EIP-1559). It never carries value. */
export interface TransactionFields {
  readonly chainId: number;
  readonly nonce: number;
  readonly to: Hex;
  readonly data: Hex;
  readonly gas: bigint;
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}

export interface SignedTransaction {
  /** The bytes to broadcast. */
  readonly raw: Hex;
  readonly hash: Hex;
}

/** Whoever has the key. It is asked for what may be signed, never for the signature of a hash. */
export interface SignerPort {
  /** Checksummed address of the key. */
  readonly address: Hex;
  /** Address that holds cash and tokens. */
  readonly wallet: Hex;
  /**
   * At once where all of them were signed ahead. Else small lists are on their way before the call returns, and its promise rejects with
   * a RangeError for an order that cannot be encoded, with a ForeignError (`signerGone`, `signerSilent`) where there was no answer.
   */
  signOrders(orders: readonly OrderRequest[]): SigningAnswers | Promise<SigningAnswers>;
  /** The signature that proves control of the key to the venue at a time (L1). Rejects with a ForeignError when refused. */
  proveKey(timestampS: number, nonce: number): Promise<Hex>;
  /** Rejects with a ForeignError (`signerRefused`) where the policy does not allow it. */
  signTransaction(fields: TransactionFields): Promise<SignedTransaction>;
  /** Throws away what was signed ahead of being asked for. A halt does, so that nothing signed before it is sent after it. */
  forgetAhead(): void;
  close(): Promise<void>;
}

export const isSigned = (answer: SignedOrder | SigningRefused): answer is SignedOrder =>
  'signature' in answer;
