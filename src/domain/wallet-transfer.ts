import type { TokenId } from './market.ts';

/** What moved the wallet without an order or a transaction of ours. The first four are dollars, the others outcome tokens. */
export const TRANSFER_KINDS = ['reward', 'rebate', 'deposit', 'withdrawal', 'tokensIn', 'tokensOut'] as const;
export type TransferKind = (typeof TRANSFER_KINDS)[number];

/** One asset that one log of the chain moved into or out of the wallet. */
export interface WalletTransfer {
  /** Hash, log index and place within the log: `0x.../12/0`. No two transfers of one chain share it. */
  readonly key: string;
  readonly kind: TransferKind;
  readonly asset: 'USD' | TokenId;
  /** Millionths; positive came in, negative went out. */
  readonly amount: number;
  readonly counterparty: string;
  readonly txHash: string;
  readonly blockNumber: number;
}
