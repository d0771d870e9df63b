import type { TokenId } from '../../domain/market.ts';
import type { FillReport, TradeStatus } from '../../domain/order.ts';
import type { Conversion, TransactionRequest } from '../../domain/transaction.ts';
import type { Input } from '../../kernel/messages.ts';
import type { KernelState } from '../../kernel/state.ts';
import { booksResidual } from '../../orders/books.ts';
import { balanceOf } from '../../orders/ledger.ts';
import type { World } from '../world.ts';
import { type CheckedStep, type Checker, Violation } from './checker.ts';
import { createToldTransfers } from './told-transfers.ts';

/** How far a trade has come, as one number; only a larger one counts. 0 has moved nothing on chain, 1 has, 2 for good. */
const STAGES = ['matched', 'mined', 'final'] as const;
const RANK: Readonly<Record<TradeStatus, number>> = {
  MATCHED: 0,
  RETRYING: 0.5,
  MINED: 1,
  FAILED: 1.5,
  CONFIRMED: 2,
};

interface ModelFill {
  readonly tokenId: TokenId;
  readonly cash: number;
  readonly shares: number;
  rank: number;
}

type Amounts = [matched: number, mined: number, final: number];

const DEEP_EVERY_MS = 60_000;

/**
 * Conservation: dollars and tokens recomputed from nothing but the first wallet read, the fills that were told and the
 * transactions that ended must equal the kernel's books after every step, in every stage, to the millionth.
 */
export function booksChecker(world: World): Checker {
  const fills = new Map<string, ModelFill>();
  const cash: Amounts = [0, 0, 0];
  const tokens = new Map<TokenId, Amounts>();
  const requested = new Map<string, TransactionRequest>();
  const ended = new Set<string>();
  const touched = new Set<TokenId>();
  const transfers = createToldTransfers();
  let opened = false;
  let deepAtMs = 0;

  const amountsOf = (tokenId: TokenId): Amounts => {
    let amounts = tokens.get(tokenId);
    if (amounts === undefined) {
      amounts = [0, 0, 0];
      tokens.set(tokenId, amounts);
    }
    touched.add(tokenId);
    return amounts;
  };

  /** Adds (sign 1) or takes out (sign -1) what a fill is worth at its stage; a failed one is worth nothing. */
  function move(fill: ModelFill, sign: 1 | -1): void {
    if (fill.rank === RANK.FAILED) return;
    const stage = Math.floor(fill.rank) as 0 | 1 | 2;
    cash[stage] += sign * fill.cash;
    amountsOf(fill.tokenId)[stage] += sign * fill.shares;
  }

  function takeFill(report: FillReport): void {
    const key = `${report.tradeId}/${report.orderId}`;
    const rank = RANK[report.status];
    const known = fills.get(key);
    if (known === undefined) {
      const dollars = (report.price * report.size) / 10_000;
      const fee = report.role === 'TAKER' ? feeOf(world, report.tradeId) : 0;
      const isBuy = report.side === 'BUY';
      const fill: ModelFill = {
        tokenId: report.tokenId,
        cash: (isBuy ? -dollars : dollars) - fee,
        shares: isBuy ? report.size : -report.size,
        rank,
      };
      fills.set(key, fill);
      move(fill, 1);
    } else if (rank > known.rank) {
      move(known, -1);
      known.rank = rank;
      move(known, 1);
    }
  }

  function takeTransaction(input: Extract<Input, { kind: 'transactionEnded' }>): void {
    const request = requested.get(input.txKey);
    if (request === undefined || ended.has(input.txKey) || input.status === 'unknown') return;
    ended.add(input.txKey);
    if (input.status !== 'confirmed') return;
    if (request.conversion !== undefined) {
      takeConversion(request.conversion, request.amount);
      return;
    }
    const condition = world.chain.conditions.get(request.conditionId);
    if (condition === undefined) return;
    const yes = amountsOf(condition.yesTokenId);
    const no = amountsOf(condition.noTokenId);
    if (request.action === 'redeem') {
      cash[2] += condition.winner === 'YES' ? yes[2] : no[2];
      yes[2] = 0;
      no[2] = 0;
      return;
    }
    const pairs = request.action === 'split' ? request.amount : -request.amount;
    cash[2] -= pairs;
    yes[2] += pairs;
    no[2] += pairs;
  }

  /** A dollar for every NO that goes in beyond the first, and a YES of every question that gives none. */
  function takeConversion({ members }: Conversion, amount: number): void {
    cash[2] -= amount;
    for (const { conditionId, givesNo } of members) {
      const condition = world.chain.conditions.get(conditionId);
      if (condition === undefined) continue;
      amountsOf(givesNo ? condition.noTokenId : condition.yesTokenId)[2] += givesNo ? -amount : amount;
      if (givesNo) cash[2] += amount;
    }
  }

  function take(input: Input): void {
    for (const [asset, amount] of transfers.take(input)) {
      if (asset === 'USD') cash[2] += amount;
      else amountsOf(asset)[2] += amount;
    }
    if (input.kind === 'fill') takeFill(input.fill);
    else if (input.kind === 'tradesRead') for (const report of input.fills) takeFill(report);
    else if (input.kind === 'transactionEnded') takeTransaction(input);
    else if (input.kind === 'balancesRead' && !opened) {
      opened = true;
      cash[2] += input.cash;
    }
  }

  function compare(state: KernelState, asset: 'USD' | TokenId, amounts: Amounts): void {
    for (let stage = 0; stage < 3; stage += 1) {
      const name = STAGES[stage] as (typeof STAGES)[number];
      const found = balanceOf(state.books.ledger, `own.${name}`, asset);
      const expected = amounts[stage] as number;
      if (found !== expected)
        throw new Violation('books', `own.${name} of ${asset} to be ${expected} millionths`, `${found}`);
    }
  }

  function afterStep({ atMs, input, commands, state }: CheckedStep): void {
    touched.clear();
    take(input);
    for (const command of commands)
      if (command.kind === 'transact')
        requested.set(command.transaction.request.txKey, command.transaction.request);
    if (!opened) return;
    compare(state, 'USD', cash);
    for (const tokenId of touched) compare(state, tokenId, tokens.get(tokenId) as Amounts);
    if (state.counts.faults > 0) throw new Violation('books', 'no loop to be faulted', firstFault(state));
    if (atMs - deepAtMs < DEEP_EVERY_MS) return;
    deepAtMs = atMs;
    compareAll(state);
  }

  function compareAll(state: KernelState): void {
    for (const [tokenId, amounts] of tokens) compare(state, tokenId, amounts);
    const residual = booksResidual(
      state.books,
      (conditionId) => world.markets.get(conditionId)?.market ?? null,
    );
    if (residual !== 0) throw new Violation('books', 'a ledger residual of 0 millionths', `${residual}`);
  }

  return { name: 'books', afterStep, atEnd: compareAll };
}

/** The fee that the venue took from a trade in which the worker was the taker. */
const feeOf = (world: World, tradeId: string): number =>
  world.ownTrades.find(({ trade }) => trade.id === tradeId)?.trade.fee ?? 0;

const firstFault = (state: KernelState): string =>
  [...state.loops.values()].find(({ fault }) => fault !== null)?.fault ?? 'a fault that no loop names';
