import type { TokenId } from '../domain/market.ts';
import type { Shares, Usd } from '../domain/units.ts';
import type { TransferKind, WalletTransfer } from '../domain/wallet-transfer.ts';
import { bookTransfer, type TokenFlow } from '../orders/book-change.ts';
import type { ChainRead } from '../orders/ledger.ts';
import { flowsOf } from './gate-view.ts';
import type { ReadInput } from './messages.ts';
import type { Outbox } from './outbox.ts';
import type { KernelState } from './state.ts';
import { allTransactions } from './transactions.ts';
import { measureMoved, moveLossBaselines } from './value-moved.ts';

/** How far transfers of the wallet are known, and what of them is not booked yet. */
export interface WalletTransfers {
  /** Everything up to this block is in the books; null before they were opened, which took in all there was. */
  bookedToBlock: number | null;
  /** The newest block whose transfers were read. */
  readToBlock: number;
  readAtMs: number;
  /** Newer than what is final: they explain a balance, and are booked when no reorganisation can take them back any more. */
  recent: readonly WalletTransfer[];
  /** Tokens that came into the books later than the dollars, each with the block whose balance that was. */
  adoptedAtBlock: Map<TokenId, number>;
}

export const createWalletTransfers = (nowMs: number): WalletTransfers => ({
  bookedToBlock: null,
  readToBlock: 0,
  readAtMs: nowMs,
  recent: [],
  adoptedAtBlock: new Map(),
});

/** Earned by quoting; everything else was put in or taken out, and is neither profit nor loss. */
const isEarned = (kind: TransferKind): boolean => kind === 'reward' || kind === 'rebate';

/**
 * Takes in what moved the wallet by itself. Each block is booked once, and only when it is final; our own transactions are known
 * by the hash that was journaled before they were sent, and are booked by their own news.
 */
export function takeTransfers(
  state: KernelState,
  input: Extract<ReadInput, { kind: 'transfersRead' }>,
  outbox: Outbox,
): void {
  const { transfers } = state;
  const { bookedToBlock } = transfers;
  // An answer that leaves blocks out is of no use: what they hold would never be booked.
  if (bookedToBlock === null || input.afterBlock > bookedToBlock) return;
  const own = ownHashes(state);
  const unbooked = input.transfers.filter(
    ({ blockNumber, txHash }) => blockNumber > bookedToBlock && !own.has(txHash),
  );
  for (const transfer of unbooked) {
    if (transfer.blockNumber <= input.finalBlock && isInBooks(state, transfer)) book(state, transfer, outbox);
  }
  transfers.bookedToBlock = Math.max(bookedToBlock, Math.min(input.toBlock, input.finalBlock));
  for (const [tokenId, atBlock] of transfers.adoptedAtBlock)
    if (atBlock <= transfers.bookedToBlock) transfers.adoptedAtBlock.delete(tokenId);
  // The answer to an earlier question may come late.
  if (input.toBlock < transfers.readToBlock) return;
  transfers.readToBlock = input.toBlock;
  transfers.readAtMs = state.nowMs;
  transfers.recent = unbooked.filter(({ blockNumber }) => blockNumber > input.finalBlock);
}

function ownHashes({ transactions }: KernelState): Set<string> {
  const hashes = new Set<string>();
  for (const { hash } of allTransactions(transactions)) if (hash !== null) hashes.add(hash);
  return hashes;
}

/** A token that is not in the books yet is taken in with its whole balance when it is; until then its transfers say nothing. */
function isInBooks({ knownTokens, transfers }: KernelState, { asset, blockNumber }: WalletTransfer): boolean {
  if (asset === 'USD') return true;
  return knownTokens.has(asset) && blockNumber > (transfers.adoptedAtBlock.get(asset) ?? 0);
}

function book(state: KernelState, transfer: WalletTransfer, outbox: Outbox): void {
  const { kind, asset, amount, counterparty, key } = transfer;
  const flow = asset === 'USD' ? null : flowOf(state, asset, amount as Shares);
  if (asset !== 'USD' && flow === null) return;
  const value = measureMoved(state, () => bookTransfer(state.books, transfer, flow, state.nowMs));
  if (!isEarned(kind)) moveLossBaselines(state, value);
  state.counts.transfers[kind] += amount;
  const what = asset === 'USD' ? 'USD' : `of token ${asset}`;
  outbox.send({
    kind: 'notify',
    level: 'note',
    text: `${kind}: ${amount / 1e6} ${what}, counterparty ${counterparty} (${key})`,
  });
}

const flowOf = (state: KernelState, tokenId: TokenId, amount: Shares): TokenFlow | null =>
  flowsOf(state, [[tokenId, amount]])[0] ?? null;

/** The wallet as it was read, less what has come and gone too recently to be in the books. */
export function withoutRecent(
  state: KernelState,
  read: ChainRead & { readonly blockNumber: number },
): ChainRead {
  const recent = new Map<string, number>();
  for (const transfer of state.transfers.recent) {
    if (transfer.blockNumber > read.blockNumber || !isInBooks(state, transfer)) continue;
    recent.set(transfer.asset, (recent.get(transfer.asset) ?? 0) + transfer.amount);
  }
  return {
    askedAtMs: read.askedAtMs,
    cash: (read.cash - (recent.get('USD') ?? 0)) as Usd,
    tokens: read.tokens.map(
      ([tokenId, found]) => [tokenId, (found - (recent.get(tokenId) ?? 0)) as Shares] as const,
    ),
  };
}
