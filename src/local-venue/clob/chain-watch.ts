import { createPublicClient, getAddress, http, parseAbi, parseEventLogs } from 'viem';
import type { Address, Hex, LocalChain } from '../chain/types.ts';

/** An account's holding that changed on chain: `asset` is `USD` or a token id. */
export interface TouchedHolding {
  readonly owner: Address;
  readonly asset: string;
}

/** Sees transfers and approvals that happen on chain, whoever makes them. */
export interface ChainWatch {
  /** Holdings touched since the last call, without duplicates; those of the transactions in `ignored` left out. */
  readonly touched: (ignored: (txHash: Hex) => boolean) => Promise<readonly TouchedHolding[]>;
}

const TOKEN_EVENTS = parseAbi([
  'event Transfer(address indexed from, address indexed to, uint256 value)',
  'event Approval(address indexed owner, address indexed spender, uint256 value)',
  'event TransferSingle(address indexed operator, address indexed from, address indexed to, uint256 id, uint256 value)',
  'event TransferBatch(address indexed operator, address indexed from, address indexed to, uint256[] ids, uint256[] values)',
  'event ApprovalForAll(address indexed account, address indexed operator, bool approved)',
]);

/** Means every asset of the owner: an approval of position tokens covers them all. */
export const ALL_ASSETS = '*';

/** Watches by reading logs of the collateral and of the position tokens since the block read last. */
export function createChainWatch(chain: LocalChain): ChainWatch {
  const client = createPublicClient({ transport: http(chain.rpcUrl, { timeout: 5_000, retryCount: 1 }) });
  let readTo: bigint | null = null;

  return {
    touched: async (ignored) => {
      const head = await client.getBlockNumber({ cacheTime: 0 });
      const from: bigint = readTo === null ? head : readTo + 1n;
      if (from > head) return [];
      const raw = await client.getLogs({
        address: [chain.contracts.pUsd, chain.contracts.conditionalTokens],
        fromBlock: from,
        toBlock: head,
      });
      readTo = head;
      const found = new Map<string, TouchedHolding>();
      const add = (owner: Address, asset: string): void => {
        found.set(`${owner}|${asset}`, { owner: getAddress(owner), asset });
      };
      const logs = parseEventLogs({ abi: TOKEN_EVENTS, logs: raw, strict: false });
      for (const log of logs) {
        if (ignored(log.transactionHash)) continue;
        collectTouched(log.eventName, log.args, add);
      }
      return [...found.values()];
    },
  };
}

interface EventFields {
  readonly from?: Address | undefined;
  readonly to?: Address | undefined;
  readonly owner?: Address | undefined;
  readonly account?: Address | undefined;
  readonly id?: bigint | undefined;
  readonly ids?: readonly bigint[] | undefined;
}

function collectTouched(
  eventName: string,
  args: EventFields,
  add: (owner: Address, asset: string) => void,
): void {
  if (eventName === 'ApprovalForAll') {
    if (args.account !== undefined) add(args.account, ALL_ASSETS);
    return;
  }
  if (eventName === 'Approval') {
    if (args.owner !== undefined) add(args.owner, 'USD');
    return;
  }
  const assets =
    eventName === 'TransferBatch'
      ? (args.ids ?? []).map(String)
      : [eventName === 'TransferSingle' ? String(args.id ?? 0n) : 'USD'];
  for (const holder of [args.from, args.to]) {
    if (holder === undefined) continue;
    for (const asset of assets) add(holder, asset);
  }
}
