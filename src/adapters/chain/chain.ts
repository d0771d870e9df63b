import type { Hex } from 'viem';
import type { ConditionId } from '../../domain/market.ts';
import type { Payouts } from '../../domain/resolution.ts';
import type { ChainPort } from '../../ports/chain.ts';
import { ForeignError } from '../../ports/foreign-error.ts';
import type { SignerPort } from '../../ports/signer.ts';
import type { Log, Timers } from '../../ports/timers.ts';
import { type Allowance, grantAllowances, readAllowances } from './allowances.ts';
import { readBalances } from './balances.ts';
import { type ChainContracts, inventoryCall } from './contract-calls.ts';
import { readPayouts } from './payouts.ts';
import { createRpc, quantity } from './rpc.ts';
import { createTransactionSender } from './transaction-sender.ts';
import type { Payer } from './transfer-logs.ts';
import { createTransferReader } from './transfer-reader.ts';
import { sendUrgently, type UrgentOutcome } from './urgent-sender.ts';
import { readUserPauses, type UserPause, userPauseCall } from './user-pause.ts';

export interface ChainOptions {
  readonly rpcUrl: string;
  readonly chainId: number;
  /** Whoever has the key. Its wallet holds cash and tokens. The chain does not close it. */
  readonly signer: Pick<SignerPort, 'address' | 'wallet' | 'signTransaction'>;
  readonly contracts: ChainContracts;
  /** Who pays rewards and rebates into wallets. None where left out: then what they pay counts as deposited. */
  readonly payers?: readonly Payer[];
  /** Blocks on top of one before it counts as final. */
  readonly finalityBlocks?: number;
  readonly timers: Timers;
  readonly log: Log;
  readonly timeoutMs?: number;
  readonly receiptPollMs?: number;
  readonly missingAfterMs?: number;
  /** Bound on the price of gas, in gwei. */
  readonly maxFeePerGasGwei?: number;
}

export interface Chain extends ChainPort {
  /** Address of the key, which pays for gas. */
  readonly address: Hex;
  readonly wallet: Hex;
  /** Throws a ForeignError `wrongChain` unless the node serves the chain that orders are signed for. */
  checkChainId(signal: AbortSignal): Promise<void>;
  /** What the key's account can pay for gas, in wei. */
  gasBalanceWei(signal: AbortSignal): Promise<bigint>;
  /** What each condition pays by its oracle's report; null where there is none. */
  payouts(conditionIds: readonly ConditionId[], signal: AbortSignal): Promise<(Payouts | null)[]>;
  /** Every allowance trading needs: which token, which contract, which wallet, how much. */
  allowances(signal: AbortSignal): Promise<Allowance[]>;
  /** Grants the allowances that are missing, one transaction each; gives those it granted. */
  approve(signal: AbortSignal): Promise<Allowance[]>;
  /** Whether each exchange settles the wallet's orders, or the wallet has paused itself there. */
  userPauses(signal: AbortSignal): Promise<UserPause[]>;
  /**
   * Pauses or unpauses the wallet on one exchange, ahead of whatever transaction of the key is stuck. `onStep` is told what is sent.
   * Rejects with a ForeignError `walletNeedsRelayer` where the key cannot speak for the wallet.
   */
  changeUserPause(
    exchange: Hex,
    functionName: 'pauseUser' | 'unpauseUser',
    onStep: (text: string) => void,
    signal: AbortSignal,
  ): Promise<UrgentOutcome>;
}

const TIMEOUT_MS = 10_000;
const RECEIPT_POLL_MS = 500;
const MISSING_AFTER_MS = 60_000;
const MAX_FEE_GWEI = 2_000;
const FINALITY_BLOCKS = 16;
const GWEI = 1_000_000_000n;

/** The chain that settles: balances at one block, inventory transactions, allowances. */
export function createChain(options: ChainOptions): Chain {
  const { address, wallet } = options.signer;
  const isOwnWallet = wallet.toLowerCase() === address.toLowerCase();
  const { contracts } = options;
  const rpc = createRpc({ rpcUrl: options.rpcUrl, timeoutMs: options.timeoutMs ?? TIMEOUT_MS });
  const sending = {
    rpc,
    signer: options.signer,
    chainId: options.chainId,
    timers: options.timers,
    maxFeePerGasWei: BigInt(options.maxFeePerGasGwei ?? MAX_FEE_GWEI) * GWEI,
    receiptPollMs: options.receiptPollMs ?? RECEIPT_POLL_MS,
  };
  const sender = createTransactionSender({
    ...sending,
    log: options.log,
    missingAfterMs: options.missingAfterMs ?? MISSING_AFTER_MS,
  });

  const transferReader = createTransferReader({
    rpc,
    contracts,
    wallet,
    payers: options.payers ?? [],
    finalityBlocks: options.finalityBlocks ?? FINALITY_BLOCKS,
    timers: options.timers,
    log: options.log,
  });

  function needOwnWallet(): void {
    if (isOwnWallet) return;
    throw new ForeignError(
      'walletNeedsRelayer',
      `transactions of wallet ${wallet} go through its own contract, which the key ${address} cannot call directly: split, merge, approve and pause there by hand, or trade from the key's own account`,
      'never',
      { wallet },
    );
  }

  return {
    address,
    wallet,
    balances: (tokens, signal) => readBalances(rpc, contracts, wallet, tokens, signal),
    transfers: transferReader.read,
    prepare: async (request, signal) => {
      needOwnWallet();
      return sender.prepare(request.txKey, inventoryCall(contracts, request), signal);
    },
    send: sender.send,
    read: sender.read,
    checkChainId: async (signal) => {
      const found = Number(quantity(await rpc.call('eth_chainId', [], signal), 'the chain id'));
      if (found !== options.chainId)
        throw new ForeignError(
          'wrongChain',
          `the chain node serves chain id ${found}, orders are signed for ${options.chainId}: set POLYGON_RPC_URL to a node of chain ${options.chainId}, or POLYMARKET_CHAIN_ID to ${found}`,
          'never',
          { found, expected: options.chainId },
        );
    },
    gasBalanceWei: async (signal) =>
      quantity(await rpc.call('eth_getBalance', [address, 'latest'], signal), 'the balance'),
    payouts: (conditionIds, signal) => readPayouts(rpc, contracts.conditionalTokens, conditionIds, signal),
    allowances: (signal) => readAllowances(rpc, contracts, wallet, signal),
    approve: async (signal) => {
      needOwnWallet();
      return grantAllowances(rpc, sender, contracts, wallet, signal);
    },
    userPauses: (signal) => readUserPauses(rpc, contracts, wallet, signal),
    changeUserPause: async (exchange, functionName, onStep, signal) => {
      needOwnWallet();
      return sendUrgently({ ...sending, onStep }, userPauseCall(exchange, functionName), signal);
    },
    close: () => rpc.close(),
  };
}
