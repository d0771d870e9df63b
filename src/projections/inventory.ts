import { type ConditionId, type Outcome, outcomeOf, type TokenId } from '../domain/market.ts';
import { type Conversion, conditionsOf, type TransactionRequest } from '../domain/transaction.ts';
import { complement, PRICE_ONE, type Price, type Shares, type Usd } from '../domain/units.ts';
import { markOf, payoutOf } from '../kernel/gate-view.ts';
import type { MarketSlot } from '../kernel/market-slots.ts';
import type { KernelState } from '../kernel/state.ts';
import { transactionOf } from '../kernel/transactions.ts';
import { type ConversionChange, conversionChanges } from '../orders/conversion.ts';
import type { LedgerEntry } from '../orders/ledger.ts';
import { netShares, yesPartOf } from '../orders/position.ts';
import { settleLots } from '../pricing/performance-measures.ts';
import { addProfitEvent, openProfit } from '../pricing/profit-identity.ts';
import { balanceOfMarket, type DayMeasures, marketDayOf } from './day-measures.ts';
import { closeTrip } from './fills.ts';
import { noteResultMove } from './market-results.ts';
import type { Measures } from './measures.ts';
import { midOf } from './mids.ts';
import { type Emit, inShares, inUsd, rowOf } from './rows.ts';

/** What a transaction that has just been confirmed will do to shares and cash, by its request alone. */
export interface ChainOperation {
  readonly request: TransactionRequest;
  readonly moves: readonly ChainMove[];
}

/** What it will do in one market. */
interface ChainMove {
  readonly slot: MarketSlot;
  readonly yes: number;
  readonly no: number;
  readonly yesUsd: number;
  readonly noUsd: number;
  readonly mid: number;
}

/** Looks at a transaction before the facts book it; null where there is nothing to book. */
export function beforeTransaction(
  measures: Measures,
  facts: KernelState,
  txKey: string,
): ChainOperation | null {
  const record = facts.transactions.pending.get(txKey);
  if (record === undefined) return null;
  const { request } = record;
  const slots = conditionsOf(request).flatMap((conditionId) => facts.markets.get(conditionId) ?? []);
  if (slots.length < conditionsOf(request).length) return null;
  const { day } = measures;
  if (day !== null) for (const { market } of slots) marketDayOf(day, facts, market.conditionId);
  const { conversion } = request;
  if (conversion !== undefined) return { request, moves: conversionMoves(facts, request, conversion, slots) };
  return { request, moves: slots.map((slot) => moveOf(facts, request, slot)) };
}

function conversionMoves(
  facts: KernelState,
  { amount }: TransactionRequest,
  { members }: Conversion,
  slots: readonly MarketSlot[],
): ChainMove[] {
  const sides = slots.map((slot, index) => ({
    givesNo: members[index]?.givesNo === true,
    mark: markOf(slot),
  }));
  const changes = conversionChanges(amount, sides);
  return slots.map((slot, index) => {
    const { yesShares: yes, noShares: no, yesUsd, noUsd } = changes[index] as ConversionChange;
    return { slot, mid: midOf(facts, slot.market.conditionId).micro, yes, no, yesUsd, noUsd };
  });
}

function moveOf(facts: KernelState, request: TransactionRequest, slot: MarketSlot): ChainMove {
  const mid = midOf(facts, request.conditionId).micro;
  if (request.action === 'redeem') return { slot, mid, ...redemption(facts, slot) };
  const sign = request.action === 'split' ? 1 : -1;
  const yesUsd = yesPartOf(request.amount, markOf(slot));
  return {
    slot,
    mid,
    yes: sign * request.amount,
    no: sign * request.amount,
    yesUsd: -sign * yesUsd,
    noUsd: -sign * (request.amount - yesUsd),
  };
}

function redemption({ books }: KernelState, { market, resolved }: MarketSlot) {
  const position = books.positions.get(market.conditionId);
  const yes = position?.yes.final ?? 0;
  const no = position?.no.final ?? 0;
  const payout = payoutOf(resolved ?? null);
  const worthOf = (shares: number, price: Price): number => Math.floor((shares * price) / PRICE_ONE);
  return {
    yes: 0 - yes,
    no: 0 - no,
    yesUsd: worthOf(yes, payout),
    noUsd: worthOf(no, complement(payout)),
  };
}

/** Measures a transaction that the facts have booked. */
export function afterTransaction(
  measures: Measures,
  facts: KernelState,
  operation: ChainOperation,
  emit: Emit,
): void {
  const { request, moves } = operation;
  const { day } = measures;
  if (transactionOf(facts.transactions, request.txKey)?.state !== 'confirmed' || day === null) return;
  for (const move of moves) takeMove(measures, day, facts, move);
  if (request.action !== 'redeem') return;
  const { conditionId } = request;
  const resolved = facts.markets.get(conditionId)?.resolved ?? null;
  const lots = measures.lots.get(conditionId) ?? [];
  measures.lots.delete(conditionId);
  for (const trip of settleLots(lots, payoutOf(resolved), request.txKey, facts.nowMs))
    closeTrip(day, facts, trip, emit);
}

function takeMove(
  measures: Measures,
  day: DayMeasures,
  facts: KernelState,
  { slot, yes, no, yesUsd, noUsd, mid }: ChainMove,
): void {
  const { conditionId, yesTokenId, noTokenId } = slot.market;
  addProfitEvent(marketDayOf(day, facts, conditionId).running, {
    kind: 'chain',
    atMs: facts.nowMs,
    yes: yes as Shares,
    no: no as Shares,
    cash: (yesUsd + noUsd) as Usd,
    mid,
  });
  noteResultMove(measures, conditionId, { yes, no, cash: yesUsd + noUsd });
  addCash(measures, yesTokenId, yesUsd);
  addCash(measures, noTokenId, noUsd);
}

function addCash({ cashOfToken }: Measures, tokenId: TokenId, cash: number): void {
  cashOfToken.set(tokenId, (cashOfToken.get(tokenId) ?? 0) + cash);
}

/** Takes in tokens that came from outside, at the value the books gave them. Returns the markets they belong to. */
export function takeDeposits(
  measures: Measures,
  facts: KernelState,
  entries: readonly LedgerEntry[],
): ConditionId[] {
  const markets: ConditionId[] = [];
  for (const { kind, postings } of entries) {
    if (kind !== 'external' && kind !== 'tokensIn' && kind !== 'tokensOut') continue;
    const moved = postings.find(({ account, asset }) => account === 'own.final' && asset !== 'USD');
    if (moved === undefined || moved.asset === 'USD') continue;
    const tokenId = moved.asset;
    const home = homeOf(facts, tokenId);
    if (home === null) continue;
    const cost = postings.find(({ account }) => account.startsWith('cost:'));
    const value = cost?.amount ?? 0;
    addCash(measures, tokenId, -value);
    noteResultMove(measures, home.conditionId, {
      yes: home.outcome === 'YES' ? moved.amount : 0,
      no: home.outcome === 'NO' ? moved.amount : 0,
      cash: -value,
    });
    markets.push(home.conditionId);
    if (measures.day !== null) enterDeposit(measures, facts, home, moved.amount, value);
  }
  return markets;
}

interface Home {
  readonly conditionId: ConditionId;
  readonly outcome: Outcome;
}

function homeOf({ markets }: KernelState, tokenId: TokenId): Home | null {
  for (const { market } of markets.values()) {
    const outcome = outcomeOf(market, tokenId);
    if (outcome !== null) return { conditionId: market.conditionId, outcome };
  }
  return null;
}

function enterDeposit(
  { day }: Measures,
  facts: KernelState,
  { conditionId, outcome }: Home,
  amount: number,
  value: number,
): void {
  if (day === null) return;
  const { micro: mid } = midOf(facts, conditionId);
  const yes = (outcome === 'YES' ? amount : 0) as Shares;
  const no = (outcome === 'NO' ? amount : 0) as Shares;
  const cash = -value as Usd;
  const known = day.markets.get(conditionId);
  if (known === undefined) {
    // The books have taken it in already, so the day of this market began with what is there now, less this.
    const now = balanceOfMarket(facts, conditionId, { micro: mid });
    const opening = {
      cash: (now.cash - cash) as Usd,
      yes: (now.yes - yes) as Shares,
      no: (now.no - no) as Shares,
      mid,
    };
    day.markets.set(conditionId, { running: openProfit(opening), waiting: new Map(), fills: 0 });
  }
  const { running } = marketDayOf(day, facts, conditionId);
  addProfitEvent(running, { kind: 'chain', atMs: facts.nowMs, yes, no, cash, mid });
}

/** The two rows of a market in `mm_inventory`. */
export function emitInventory(
  measures: Measures,
  facts: KernelState,
  conditionId: ConditionId,
  emit: Emit,
): void {
  const position = facts.books.positions.get(conditionId);
  const market = facts.markets.get(conditionId)?.market;
  if (position === undefined || market === undefined) return;
  const { micro } = midOf(facts, conditionId);
  for (const outcome of ['YES', 'NO'] as const) {
    const isYes = outcome === 'YES';
    const tokenId = isYes ? market.yesTokenId : market.noTokenId;
    const pool = isYes ? position.yesPool : position.noPool;
    const holding = isYes ? position.yes : position.no;
    const net = netShares(holding);
    const value = (net / 1_000_000) * (isYes ? micro : 1_000_000 - micro);
    const realized = (measures.cashOfToken.get(tokenId) ?? 0) + pool.costUsd;
    emit(
      rowOf('mm_inventory', {
        wallet: measures.wallet,
        token_id: tokenId,
        market_id: conditionId,
        outcome,
        net_position: inShares(net),
        final_position: inShares(holding.final),
        avg_entry_price: pool.shares === 0 ? null : pool.costUsd / pool.shares,
        unrealized_pnl: inUsd(Math.round(value) - pool.costUsd),
        realized_pnl: inUsd(realized),
        opened_at_ms: position.openedAtMs,
        updated_at_ms: facts.nowMs,
      }),
    );
  }
}
