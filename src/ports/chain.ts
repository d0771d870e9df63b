import type { TokenId } from '../domain/market.ts';
import type { TransactionRequest } from '../domain/transaction.ts';
import type { WalletTransfer } from '../domain/wallet-transfer.ts';
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

/** What moved the wallet in a stretch of blocks, settlements of trades left out. */
export interface ChainTransfers {
  /** The newest block that was read: the one asked for, or an earlier one where there were too many for one read. */
  readonly toBlock: number;
  /** Up to here nothing can be taken back by a reorganisation of the chain any more. */
  readonly finalBlock: number;
  /** In the order of the chain. Our own transactions are among them: only who knows their hashes can tell. */
  readonly transfers: readonly WalletTransfer[];
}

export interface ChainPort {
  /** Cash and token balances of the wallet, all read at one block. */
  balances(tokens: readonly TokenId[], signal: AbortSignal): Promise<ChainBalances>;
  /** Transfers after one block, up to and with another that exists. */
  transfers(afterBlock: number, upToBlock: number, signal: AbortSignal): Promise<ChainTransfers>;
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
