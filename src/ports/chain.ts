import type { TokenId } from '../domain/market.ts';
import type { TransactionRequest } from '../domain/transaction.ts';
import type { ChainBalances } from './venue.ts';

export interface PreparedTransaction {
  readonly txKey: string;
  readonly hash: string;
  readonly nonce: number;
  /** Signed bytes, 0x hex. */
  readonly raw: string;
}

/** `unknown` means neither mined nor provably dropped when the wait ended. */
export type TransactionStatus = 'confirmed' | 'reverted' | 'notSent' | 'unknown';

export interface ChainPort {
  /** Cash and token balances of the wallet, all read at one block. */
  balances(tokens: readonly TokenId[], signal: AbortSignal): Promise<ChainBalances>;
  /** Takes the next nonce of the queue and signs; nothing leaves the machine. */
  prepare(request: TransactionRequest, signal: AbortSignal): Promise<PreparedTransaction>;
  /** Broadcasts and waits for the receipt, within the signal. */
  send(
    prepared: PreparedTransaction,
    signal: AbortSignal,
  ): Promise<{ status: TransactionStatus; text: string }>;
  /** What became of an earlier transaction. */
  read(
    hash: string,
    nonce: number,
    signal: AbortSignal,
  ): Promise<{ status: TransactionStatus; text: string }>;
  close(): Promise<void>;
}
