import type { Hex } from 'viem';
import type { ChainTransfers } from '../../ports/chain.ts';
import { ForeignError } from '../../ports/foreign-error.ts';
import type { Log, Timers } from '../../ports/timers.ts';
import type { ChainContracts } from './contract-calls.ts';
import type { Rpc } from './rpc.ts';
import { logFilters, type Payer, walletTransfers } from './transfer-logs.ts';

/** Nodes bound how many blocks one question may span: some at 10,000, some at 10. The reader starts here and halves. */
const FIRST_RANGE_BLOCKS = 1_000;
/** Questions of one read; what they do not cover, the next read does. */
const RANGES_PER_READ = 40;
const TRIES = 3;
const RETRY_AFTER_MS = 500;

export interface TransferReader {
  read(afterBlock: number, upToBlock: number, signal: AbortSignal): Promise<ChainTransfers>;
}

/** Reads what moved the wallet, in ranges as wide as the node allows. */
export function createTransferReader(options: {
  readonly rpc: Rpc;
  readonly contracts: ChainContracts;
  readonly wallet: Hex;
  readonly payers: readonly Payer[];
  readonly finalityBlocks: number;
  readonly timers: Timers;
  readonly log: Log;
}): TransferReader {
  const { rpc, contracts, wallet, timers, log } = options;
  let rangeBlocks = FIRST_RANGE_BLOCKS;

  async function read(afterBlock: number, upToBlock: number, signal: AbortSignal): Promise<ChainTransfers> {
    const logs: unknown[] = [];
    let toBlock = Math.min(afterBlock, upToBlock);
    for (let ranges = 0; toBlock < upToBlock && ranges < RANGES_PER_READ; ranges += 1) {
      const [found, reached] = await readRange(toBlock + 1, upToBlock, signal);
      for (const log of found) logs.push(log);
      toBlock = reached;
    }
    return {
      toBlock,
      finalBlock: Math.min(toBlock, upToBlock - options.finalityBlocks),
      transfers: walletTransfers(logs, contracts, wallet, options.payers),
    };
  }

  /** Logs from one block on, and the block they reach to: fewer blocks where the node finds the range too wide. */
  async function readRange(
    fromBlock: number,
    upToBlock: number,
    signal: AbortSignal,
  ): Promise<readonly [unknown[], number]> {
    for (let tries = 1; ; ) {
      const toBlock = Math.min(upToBlock, fromBlock + rangeBlocks - 1);
      try {
        const filters = logFilters(contracts, wallet, fromBlock, toBlock);
        const answers = await rpc.batch(
          filters.map((filter) => ({ method: 'eth_getLogs', params: [filter] })),
          signal,
        );
        return [answers.flatMap(asLogs), toBlock];
      } catch (error) {
        if (!(error instanceof ForeignError)) throw error;
        if (error.code === 'rpcRefused' && toBlock > fromBlock) {
          rangeBlocks = Math.ceil((toBlock - fromBlock + 1) / 2);
          log.debug(`the chain node refused logs of ${toBlock - fromBlock + 1} blocks; asking for fewer`);
          continue;
        }
        if (error.retry !== 'later' || tries >= TRIES || signal.aborted) throw error;
        await pause(RETRY_AFTER_MS * tries);
        tries += 1;
      }
    }
  }

  const pause = (delayMs: number): Promise<void> =>
    new Promise((resolve) => {
      timers.after(delayMs, resolve);
    });

  return { read };
}

function asLogs(answer: unknown): unknown[] {
  if (Array.isArray(answer)) return answer;
  throw new ForeignError('rpcGarbage', 'eth_getLogs: expected a list of logs', 'later', {});
}
