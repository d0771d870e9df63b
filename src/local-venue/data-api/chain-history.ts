import { type Log, parseAbi, parseEventLogs } from 'viem';
import { createChainClient } from '../chain/client.ts';
import type { Hex, LocalChain } from '../chain/types.ts';

/** A complete set made, given back or paid out by an account's own transaction. */
export interface SetChange {
  readonly type: 'SPLIT' | 'MERGE' | 'REDEEM';
  /** Lower case. */
  readonly owner: string;
  readonly conditionId: Hex;
  /** Sets for a split or merge, dollars for a redemption; millionths. */
  readonly amount: bigint;
  readonly atSec: number;
  readonly txHash: Hex;
}

/** A position that moved in or out of an account. */
export interface PositionMove {
  readonly owner: string;
  readonly tokenId: string;
  readonly delta: bigint;
  readonly atSec: number;
}

export interface ChainHistory {
  /** Reads the blocks since the last call. Calls that overlap share one reading. */
  readonly read: () => Promise<void>;
  readonly setChanges: readonly SetChange[];
  readonly moves: readonly PositionMove[];
}

const EVENTS = parseAbi([
  'event TransferSingle(address indexed operator, address indexed from, address indexed to, uint256 id, uint256 value)',
  'event TransferBatch(address indexed operator, address indexed from, address indexed to, uint256[] ids, uint256[] values)',
  'event PositionSplit(address indexed stakeholder, address collateralToken, bytes32 indexed parentCollectionId, bytes32 indexed conditionId, uint256[] partition, uint256 amount)',
  'event PositionsMerge(address indexed stakeholder, address collateralToken, bytes32 indexed parentCollectionId, bytes32 indexed conditionId, uint256[] partition, uint256 amount)',
  'event PayoutRedemption(address indexed redeemer, address indexed collateralToken, bytes32 indexed parentCollectionId, bytes32 conditionId, uint256[] indexSets, uint256 payout)',
]);
/** So long a run would need a database; this is bound enough for a local venue. */
const MAX_ROWS = 200_000;
const MAX_HOPS = 6;

interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly ids: readonly string[];
  readonly values: readonly bigint[];
}

/**
 * Reads what happened to positions from the logs of the Conditional Tokens contract. Splits and merges go through
 * adapters, so the account behind one is found by following the tokens to, or from, their last holder; a path over
 * an exchange is the settlement of a trade, which is not the account's own split or merge.
 */
export function createChainHistory(chain: LocalChain): ChainHistory {
  const client = createChainClient(chain.rpcUrl, chain.chainId);
  const exchanges = new Set(
    [chain.contracts.exchange, chain.contracts.negRiskExchange].map((a) => a.toLowerCase()),
  );
  const setChanges: SetChange[] = [];
  const moves: PositionMove[] = [];
  const times = new Map<bigint, number>();
  let readTo = -1n;
  let reading: Promise<void> | null = null;

  async function readBlocks(): Promise<void> {
    const head = await client.getBlockNumber({ cacheTime: 0 });
    if (head <= readTo) return;
    const logs = await client.getLogs({
      address: chain.contracts.conditionalTokens,
      fromBlock: readTo + 1n,
      toBlock: head,
    });
    await readTimes([...new Set(logs.map(({ blockNumber }) => blockNumber))]);
    readTo = head;
    for (const group of byTransaction(logs)) collect(group);
    bound(setChanges);
    bound(moves);
  }

  async function readTimes(blocks: readonly bigint[]): Promise<void> {
    times.clear();
    const found = await Promise.all(blocks.map((blockNumber) => client.getBlock({ blockNumber })));
    for (const block of found) times.set(block.number, Number(block.timestamp));
  }

  function collect(logs: readonly Log<bigint, number, false>[]): void {
    const parsed = parseEventLogs({ abi: EVENTS, logs: [...logs] });
    const atSec = times.get(logs[0]?.blockNumber ?? 0n) ?? 0;
    const transfers: Transfer[] = [];
    for (const log of parsed) {
      if (log.eventName === 'TransferSingle') {
        const { from, to, id, value } = log.args;
        transfers.push({
          from: from.toLowerCase(),
          to: to.toLowerCase(),
          ids: [String(id)],
          values: [value],
        });
      } else if (log.eventName === 'TransferBatch') {
        const { from, to, ids, values } = log.args;
        transfers.push({ from: from.toLowerCase(), to: to.toLowerCase(), ids: ids.map(String), values });
      }
    }
    for (const transfer of transfers) pushMoves(moves, transfer, atSec);
    for (const log of parsed) {
      if (log.eventName === 'TransferSingle' || log.eventName === 'TransferBatch') continue;
      const isSplit = log.eventName === 'PositionSplit';
      const isRedeem = log.eventName === 'PayoutRedemption';
      const first = isRedeem ? log.args.redeemer : log.args.stakeholder;
      const owner = accountBehind(first.toLowerCase(), transfers, isSplit, exchanges);
      if (owner === null) continue;
      setChanges.push({
        type: isSplit ? 'SPLIT' : isRedeem ? 'REDEEM' : 'MERGE',
        owner,
        conditionId: log.args.conditionId,
        amount: isRedeem ? log.args.payout : log.args.amount,
        atSec,
        txHash: log.transactionHash,
      });
    }
  }

  return {
    setChanges,
    moves,
    read: () => {
      reading ??= readBlocks().finally(() => {
        reading = null;
      });
      return reading;
    },
  };
}

function byTransaction<T extends { readonly transactionHash: Hex }>(logs: readonly T[]): T[][] {
  const groups = new Map<Hex, T[]>();
  for (const log of logs) {
    const group = groups.get(log.transactionHash);
    if (group === undefined) groups.set(log.transactionHash, [log]);
    else group.push(log);
  }
  return [...groups.values()];
}

/** Follows tokens forward from who split, or back from who merged, to the account; null over an exchange. */
function accountBehind(
  start: string,
  transfers: readonly Transfer[],
  forward: boolean,
  exchanges: ReadonlySet<string>,
): string | null {
  let holder = start;
  for (let hop = 0; hop < MAX_HOPS; hop += 1) {
    if (exchanges.has(holder)) return null;
    const next = transfers.find((transfer) =>
      forward
        ? transfer.from === holder && !isNobody(transfer.to)
        : transfer.to === holder && !isNobody(transfer.from),
    );
    if (next === undefined) return holder;
    holder = forward ? next.to : next.from;
  }
  return null;
}

function pushMoves(moves: PositionMove[], { from, to, ids, values }: Transfer, atSec: number): void {
  for (const [index, tokenId] of ids.entries()) {
    const value = values[index] ?? 0n;
    if (value === 0n) continue;
    if (!isNobody(from)) moves.push({ owner: from, tokenId, delta: -value, atSec });
    if (!isNobody(to)) moves.push({ owner: to, tokenId, delta: value, atSec });
  }
}

const isNobody = (address: string): boolean => /^0x0{40}$/.test(address);

function bound(rows: unknown[]): void {
  if (rows.length > MAX_ROWS) rows.splice(0, rows.length - MAX_ROWS);
}
