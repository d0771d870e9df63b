import type { TimeInForce } from '../domain/order.ts';

/**
 * An order as the worker asks for it to be signed: every field of the signed struct and of its domain, and the terms that the
 * amounts follow from. Nothing is taken over from it that the signer does not check or make itself.
 */
export interface OrderClaim {
  /** 20 bytes: the exchange whose domain it is signed for. */
  readonly contract: Uint8Array;
  /** 32 bytes. */
  readonly tokenWord: Uint8Array;
  readonly isBuy: boolean;
  readonly timeInForce: TimeInForce;
  /** Ten-thousandths of a dollar. */
  readonly price: number;
  /** Millionths of a share. */
  readonly size: number;
  /** Millionths of a dollar that an immediate buy spends; null where they follow from price and size. */
  readonly spend: number | null;
  readonly makerAmount: number;
  readonly takerAmount: number;
  readonly salt: number;
  readonly timestampMs: number;
  readonly expirationS: number;
}

/** Whom the worker takes itself to be; the same for all orders of a message. */
export interface AccountClaim {
  readonly chainId: number;
  /** 20 bytes each. */
  readonly maker: Uint8Array;
  readonly signer: Uint8Array;
  readonly signatureType: number;
}

export interface ProofClaim {
  readonly chainId: number;
  readonly address: Uint8Array;
  readonly timestampS: number;
  readonly nonce: number;
  readonly message: string;
}

export interface TransactionClaim {
  readonly chainId: number;
  readonly nonce: number;
  /** 20 bytes. */
  readonly to: Uint8Array;
  readonly data: Uint8Array;
  readonly value: bigint;
  readonly gas: bigint;
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
}
