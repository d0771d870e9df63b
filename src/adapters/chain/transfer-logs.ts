import { decodeEventLog, type Hex, pad, parseAbi, toEventSelector } from 'viem';
import type { TokenId } from '../../domain/market.ts';
import type { TransferKind, WalletTransfer } from '../../domain/wallet-transfer.ts';
import { ForeignError } from '../../ports/foreign-error.ts';
import type { ChainContracts } from './contract-calls.ts';
import { quantity } from './rpc.ts';

/** An address that pays wallets unasked, and what its payments are. */
export interface Payer {
  readonly value: Hex;
  readonly pays: 'reward' | 'rebate';
}

const EVENTS = parseAbi([
  'event Transfer(address indexed from, address indexed to, uint256 value)',
  'event TransferSingle(address indexed operator, address indexed from, address indexed to, uint256 id, uint256 value)',
  'event TransferBatch(address indexed operator, address indexed from, address indexed to, uint256[] ids, uint256[] values)',
  'event OrderFilled(bytes32 indexed orderHash, address indexed maker, address indexed taker, uint8 side, uint256 tokenId, uint256 makerAmountFilled, uint256 takerAmountFilled, uint256 fee, bytes32 builder, bytes32 metadata)',
]);
const [TRANSFER, SINGLE, BATCH, FILLED] = EVENTS.map((event) => toEventSelector(event)) as [
  Hex,
  Hex,
  Hex,
  Hex,
];

/**
 * The questions whose answers together hold every log that moves the wallet, and every fill of its orders. An address stands at
 * another place in the topics of each event, so one question cannot ask for all.
 */
export function logFilters(contracts: ChainContracts, wallet: Hex, fromBlock: number, toBlock: number) {
  const { pUsd, conditionalTokens, exchange, negRiskExchange } = contracts;
  const who = pad(wallet).toLowerCase();
  const range = { fromBlock: hexOf(fromBlock), toBlock: hexOf(toBlock) };
  return [
    { ...range, address: [pUsd], topics: [TRANSFER, who] },
    {
      ...range,
      address: [pUsd, conditionalTokens, exchange, negRiskExchange],
      topics: [[TRANSFER, SINGLE, BATCH, FILLED], null, who],
    },
    { ...range, address: [conditionalTokens], topics: [[SINGLE, BATCH], null, null, who] },
  ];
}

const hexOf = (block: number): Hex => `0x${block.toString(16)}`;

/** What one log moved, before anybody asks whether it belongs to a trade. */
interface Move {
  readonly asset: 'USD' | TokenId;
  readonly amount: number;
  readonly counterparty: string;
  readonly logIndex: number;
  readonly place: number;
}

interface WalletTransaction {
  readonly txHash: string;
  readonly blockNumber: number;
  readonly moves: Move[];
  /** What the exchange says that orders of the wallet gave and got; null where none of them was filled here. */
  fills: Map<string, number> | null;
}

/**
 * The transfers in these logs that belong to no trade, in the order of the chain.
 *
 * A transaction that fills an order of the wallet says so by an event of the exchange, with what the order gave, got and paid as
 * a fee. Where the wallet moved by exactly that, all its transfers are the settlement's, whichever way they went. Where it moved
 * by more, the rest belongs to somebody else only if transfers with others than the exchanges come to just that rest; otherwise
 * nothing is claimed, and the books will differ from the chain for a person to see.
 */
export function walletTransfers(
  logs: readonly unknown[],
  contracts: ChainContracts,
  wallet: Hex,
  payers: readonly Payer[],
): WalletTransfer[] {
  const exchanges = new Set([contracts.exchange, contracts.negRiskExchange].map(lower));
  const kindOf = kindBy(payers);
  return transactionsOf(logs, contracts, lower(wallet))
    .flatMap((transaction) => {
      const { txHash, blockNumber } = transaction;
      return outsideTrades(transaction, exchanges).map(({ logIndex, place, ...move }) => ({
        blockNumber,
        logIndex,
        place,
        transfer: {
          key: `${txHash}/${logIndex}/${place}`,
          kind: kindOf(move),
          ...move,
          txHash,
          blockNumber,
        },
      }));
    })
    .sort((a, b) => a.blockNumber - b.blockNumber || a.logIndex - b.logIndex || a.place - b.place)
    .map(({ transfer }) => transfer);
}

const lower = (address: string): string => address.toLowerCase();

function kindBy(payers: readonly Payer[]): (move: Omit<Move, 'logIndex' | 'place'>) => TransferKind {
  const pays = new Map(payers.map(({ value, pays }) => [lower(value), pays]));
  return ({ asset, amount, counterparty }) => {
    if (asset !== 'USD') return amount > 0 ? 'tokensIn' : 'tokensOut';
    return amount > 0 ? (pays.get(counterparty) ?? 'deposit') : 'withdrawal';
  };
}

function outsideTrades({ moves, fills }: WalletTransaction, exchanges: ReadonlySet<string>): readonly Move[] {
  if (fills === null) return moves;
  const rest = sumsOf(moves);
  for (const [asset, amount] of fills) add(rest, asset, -amount);
  const others = moves.filter(({ counterparty }) => !exchanges.has(counterparty));
  for (const [asset, amount] of sumsOf(others)) add(rest, asset, -amount);
  // The exchanges' own transfers come to just what was filled, so the others are none of the trade's.
  return [...rest.values()].every((amount) => amount === 0) ? others : [];
}

function sumsOf(moves: readonly Move[]): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { asset, amount } of moves) add(sums, asset, amount);
  return sums;
}

const add = (sums: Map<string, number>, asset: string, amount: number): void => {
  sums.set(asset, (sums.get(asset) ?? 0) + amount);
};

/** Groups logs by transaction; a log that several questions brought counts once. */
function transactionsOf(
  logs: readonly unknown[],
  contracts: ChainContracts,
  wallet: string,
): WalletTransaction[] {
  const seen = new Set<string>();
  const transactions = new Map<string, WalletTransaction>();
  for (const log of logs) {
    const { txHash, blockNumber, logIndex, removed, address, event } = parseLog(log);
    const key = `${txHash}/${logIndex}`;
    if (removed || seen.has(key)) continue;
    seen.add(key);
    const found = transactions.get(txHash);
    const transaction = found ?? { txHash, blockNumber, moves: [], fills: null };
    if (found === undefined) transactions.set(txHash, transaction);
    if (event.eventName === 'OrderFilled') noteFill(transaction, event.args);
    else transaction.moves.push(...movesOf(event, address, contracts, wallet, logIndex));
  }
  return [...transactions.values()];
}

type WalletEvent = ReturnType<typeof decodeEventLog<typeof EVENTS>>;
type OrderFilled = Extract<WalletEvent, { eventName: 'OrderFilled' }>['args'];

/** A buyer gives dollars and pays the fee on top; a seller gives shares, and the fee comes out of the dollars. */
function noteFill(transaction: WalletTransaction, filled: OrderFilled): void {
  transaction.fills ??= new Map();
  const { fills } = transaction;
  const isBuy = filled.side === 0;
  const given = Number(filled.makerAmountFilled);
  const got = Number(filled.takerAmountFilled);
  add(fills, 'USD', (isBuy ? -given : got) - Number(filled.fee));
  add(fills, String(filled.tokenId), isBuy ? got : -given);
}

function movesOf(
  event: Exclude<WalletEvent, { eventName: 'OrderFilled' }>,
  address: string,
  contracts: ChainContracts,
  wallet: string,
  logIndex: number,
): Move[] {
  const { from, to } = event.args;
  const isIn = lower(to) === wallet;
  // What the wallet sends to itself moves nothing.
  if (isIn === (lower(from) === wallet)) return [];
  const isCash = event.eventName === 'Transfer';
  if (address !== lower(isCash ? contracts.pUsd : contracts.conditionalTokens)) return [];
  const amounts = amountsOf(event);
  return amounts.flatMap(([asset, value], place) => {
    const amount = Number(isIn ? value : -value);
    // Anybody can send nothing, or more than there are dollars of a token of his own making; neither is of a market.
    if (amount === 0 || !Number.isSafeInteger(amount)) return [];
    return [{ asset, amount, counterparty: lower(isIn ? from : to), logIndex, place }];
  });
}

function amountsOf(
  event: Exclude<WalletEvent, { eventName: 'OrderFilled' }>,
): (readonly ['USD' | TokenId, bigint])[] {
  if (event.eventName === 'Transfer') return [['USD', event.args.value]];
  if (event.eventName === 'TransferSingle') return [[String(event.args.id) as TokenId, event.args.value]];
  const { ids, values } = event.args;
  return ids.map((id, place) => [String(id) as TokenId, values[place] ?? 0n] as const);
}

function parseLog(log: unknown) {
  const { address, topics, data, transactionHash, blockNumber, logIndex, removed } = log as Record<
    string,
    unknown
  >;
  if (typeof address !== 'string' || typeof transactionHash !== 'string') throw garbage(log);
  try {
    return {
      event: decodeEventLog({ abi: EVENTS, data: data as Hex, topics: topics as [Hex, ...Hex[]] }),
      address: lower(address),
      txHash: transactionHash,
      blockNumber: Number(quantity(blockNumber, 'the block number of a log')),
      logIndex: Number(quantity(logIndex, 'the index of a log')),
      removed: removed === true,
    };
  } catch (error) {
    throw garbage(log, error);
  }
}

const garbage = (log: unknown, cause?: unknown): ForeignError =>
  new ForeignError(
    'rpcGarbage',
    `eth_getLogs: a log cannot be read: ${JSON.stringify(log)?.slice(0, 200)}`,
    'later',
    {},
    cause,
  );
