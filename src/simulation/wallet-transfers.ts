import type { TokenId } from '../domain/market.ts';
import { nextExponential, nextInt, type RandomStream, streamOf } from '../domain/random.ts';
import { conditionsOf, type TransactionRequest } from '../domain/transaction.ts';
import { MICRO } from '../domain/units.ts';
import { TRANSFER_KINDS, type TransferKind } from '../domain/wallet-transfer.ts';
import { credit, debit, balanceOf as exchangeBalanceOf } from '../exchange/index.ts';
import type { Input } from '../kernel/messages.ts';
import { addTokens, tokenBalance } from './chain-model.ts';
import { after, countFault, WALLET_NEWS, WORKER, type World } from './world.ts';

const BLOCK_MS = 2_000;
const FINALITY_BLOCKS = 3;
const HOUR_MS = 3_600_000;

/** The newest block. Each transfer stands in one of its own, so that no read of balances falls into the middle of one. */
export const headOf = (world: World): number =>
  Math.floor((world.nowMs - world.startMs) / BLOCK_MS) + world.chain.transfers.length;

/** The answer to a read of transfers at this moment; none where none was asked for. */
export function transfersSince(world: World, afterBlock: number | null, askedAtMs: number): Input[] {
  if (afterBlock === null) return [];
  const toBlock = headOf(world);
  return [
    {
      kind: 'transfersRead',
      afterBlock,
      toBlock,
      finalBlock: toBlock - FINALITY_BLOCKS,
      transfers: world.chain.transfers.filter(({ blockNumber }) => blockNumber > afterBlock),
      askedAtMs,
    },
  ];
}

/** Carries out a transaction of the worker's, and notes what it moved as the chain does: under its hash. */
export function recordOwn<Outcome>(
  world: World,
  request: TransactionRequest,
  hash: string,
  execute: () => Outcome,
): Outcome {
  const { chain } = world;
  const assets = conditionsOf(request).flatMap((conditionId) => {
    const condition = chain.conditions.get(conditionId);
    return condition === undefined ? [] : [condition.yesTokenId, condition.noTokenId];
  });
  const before = [chain.cash, ...assets.map((asset) => tokenBalance(chain, asset))];
  const outcome = execute();
  const moved = [chain.cash, ...assets.map((asset) => tokenBalance(chain, asset))];
  (['USD', ...assets] as const).forEach((asset, place) => {
    const amount = (moved[place] ?? 0) - (before[place] ?? 0);
    if (amount !== 0) note(world, asset, amount, plainKind(asset, amount), hash, 'the adapter');
  });
  return outcome;
}

const plainKind = (asset: 'USD' | TokenId, amount: number): TransferKind => {
  if (asset === 'USD') return amount > 0 ? 'deposit' : 'withdrawal';
  return amount > 0 ? 'tokensIn' : 'tokensOut';
};

function note(
  world: World,
  asset: 'USD' | TokenId,
  amount: number,
  kind: TransferKind,
  txHash: string,
  counterparty: string,
): void {
  const { transfers } = world.chain;
  const blockNumber = headOf(world) + 1;
  const key = `${txHash}/${transfers.length}/0`;
  transfers.push({ key, kind, asset, amount, counterparty, txHash, blockNumber });
}

/** Lets money and tokens come and go unasked; from a stream of its own, so that no other luck shifts. */
export function startWalletTransfers(world: World): void {
  const stream = streamOf(world.runId, 'wallet-transfers');
  recur(world, stream);
}

function recur(world: World, stream: RandomStream): void {
  const rate = world.faults.walletTransfersPerHour;
  if (rate <= 0) return;
  after(world, Math.max(1, Math.ceil(nextExponential(stream, HOUR_MS / rate))), () => {
    if (world.faults.walletTransfersPerHour <= 0) return;
    moveSomething(world, stream);
    recur(world, stream);
  });
}

/** Dollars that come in at once, at most, by kind. */
const MOST_USD = { reward: 5, rebate: 2, deposit: 100 } as const;

function moveSomething(world: World, stream: RandomStream): void {
  const kind = TRANSFER_KINDS[nextInt(stream, 0, TRANSFER_KINDS.length - 1)] ?? 'deposit';
  const part = nextInt(stream, 1, MICRO);
  const place = nextInt(stream, 0, 2 * world.chain.conditions.size - 1);
  if (kind === 'tokensIn' || kind === 'tokensOut') {
    const tokenId = tokensOf(world)[place];
    if (tokenId !== undefined) move(world, tokenId, tokenAmount(world, kind, tokenId, part), kind);
    return;
  }
  const amount =
    kind === 'withdrawal'
      ? -Math.floor((mostOut(world, 'USD') / 10) * (part / MICRO))
      : MOST_USD[kind] * part;
  move(world, 'USD', amount, kind);
}

/** Up to 20 shares in; up to a quarter of what is there out. Not more, because positions are what the run is about. */
const tokenAmount = (world: World, kind: 'tokensIn' | 'tokensOut', tokenId: TokenId, part: number): number =>
  kind === 'tokensIn' ? 20 * part : -Math.floor((mostOut(world, tokenId) / 4) * (part / MICRO));

const tokensOf = ({ chain }: World): TokenId[] =>
  [...chain.conditions.values()].flatMap(({ yesTokenId, noTokenId }) => [yesTokenId, noTokenId]);

/** What both the chain and the venue know to be there. */
function mostOut({ chain, exchange }: World, asset: 'USD' | TokenId): number {
  const onChain = asset === 'USD' ? chain.cash : tokenBalance(chain, asset);
  return Math.max(0, Math.min(onChain, exchangeBalanceOf(exchange, WORKER, asset).settled));
}

function move(world: World, asset: 'USD' | TokenId, amount: number, kind: TransferKind): void {
  if (amount === 0) return;
  const { chain, exchange } = world;
  if (amount > 0) credit(exchange, WORKER, asset, amount);
  else debit(exchange, WORKER, asset, -amount);
  if (asset === 'USD') chain.cash += amount;
  else addTokens(chain, asset, amount);
  if (kind !== 'reward' && kind !== 'rebate') chain.putIn += Math.round(amount * priceOf(world, asset));
  note(world, asset, amount, kind, `0xtransfer${chain.transfers.length}`, WALLET_NEWS);
  countFault(world, 'walletTransfer');
}

/** A dollar's worth of dollars; a token at its hidden probability. */
function priceOf({ chain, desks }: World, asset: 'USD' | TokenId): number {
  if (asset === 'USD') return 1;
  for (const [conditionId, { yesTokenId, noTokenId }] of chain.conditions) {
    const probability = desks.get(conditionId)?.population.path.probability ?? 0.5;
    if (asset === yesTokenId) return probability;
    if (asset === noTokenId) return 1 - probability;
  }
  return 0;
}
