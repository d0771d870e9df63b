/** Signals, and a state without loops in which entries and exits are noted, sent, filled and ended by hand. */
import type { DirectionalExit, DirectionalSignal } from '../../domain/directional.ts';
import { type Outcome, type Side, tokenOf } from '../../domain/market.ts';
import type { ClientId, OrderRequest, TradeStatus } from '../../domain/order.ts';
import { streamOf } from '../../domain/random.ts';
import type { CoinSymbol } from '../../domain/spot-price.ts';
import type { Usd } from '../../domain/units.ts';
import { bookOpening } from '../../orders/book-change.ts';
import { orderName, purposeOf } from '../../orders/order-names.ts';
import { addApproved } from '../../orders/order-table.ts';
import { noteDirectional } from '../directional.ts';
import type { Input } from '../messages.ts';
import { createOutbox } from '../outbox.ts';
import { reduce } from '../reduce.ts';
import { createState, type KernelState } from '../state.ts';
import {
  cents,
  conditionId,
  dollars,
  fillOf,
  market,
  orderIdOf,
  shares,
  strategySettings,
  T0,
} from './test-kernel.ts';

/** A signal to buy YES of market `n` at 47 cents, worth 60. */
export const signalOn = (n: number, change: Partial<DirectionalSignal> = {}): DirectionalSignal => ({
  id: n,
  conditionId: conditionId(n),
  coin: 'BTC' as CoinSymbol,
  kind: 'close',
  strikesUsd: [100_000],
  direction: 'above',
  endAtMs: T0 + 10 * 86_400_000,
  atMs: T0,
  action: 'confirming',
  why: 'test',
  spotUsd: 101_000,
  dailyVolatility: 0.03,
  yesProbability: { low: 0.6, high: 0.62 },
  yesMid: cents(50),
  outcome: 'YES',
  probability: 0.6,
  price: cents(47),
  edgePts: 13,
  confirmations: 2,
  stake: dollars(4.7),
  clientId: null,
  aiValidation: null,
  ...change,
});

export const exitBecause = (cause: DirectionalExit['cause']): DirectionalExit => ({
  cause,
  why: 'test',
  aiValidation: null,
});

/** The state of a run with open books, and `markets` markets listed. */
export function directionalState(markets: number): KernelState {
  const run = { runId: 'run-1', parentRunId: null, wallet: '0xwallet', seed: 'seed', startedAtMs: T0 };
  const state = createState(run, strategySettings(), streamOf('seed', 'salts'));
  const listed = Array.from({ length: markets }, (_, index) => market(index + 1));
  take(state, { kind: 'marketsListed', markets: listed });
  bookOpening(state.books, dollars(1_000), [], T0);
  return state;
}

/** Takes one input in, `afterMs` later. */
export function take(state: KernelState, input: Input, afterMs = 1): void {
  state.nowMs += afterMs;
  reduce(state, input, createOutbox(state, []));
}

function approve(
  state: KernelState,
  purpose: 'entry' | 'exit',
  n: number,
  outcome: Outcome,
  side: Side,
  size: number,
): ClientId {
  const clientId = orderName(purpose, state.nextOrder);
  state.nextOrder += 1;
  const request: OrderRequest = {
    clientId,
    conditionId: conditionId(n),
    tokenId: tokenOf(market(n), outcome),
    negRisk: false,
    outcome,
    side,
    price: cents(purpose === 'entry' ? 47 : 40),
    size: shares(size),
    timeInForce: purpose === 'entry' ? 'GTD' : 'FAK',
    postOnly: purpose === 'entry',
    expirationS: purpose === 'entry' ? Math.ceil(state.nowMs / 1_000) + 900 : 0,
    salt: 1,
    timestampMs: state.nowMs,
  };
  addApproved(state.orders, request, { loop: '', purpose, level: 0 }, 0 as Usd, state.nowMs);
  return clientId;
}

export function enterMarket(state: KernelState, n: number, size: number, outcome: Outcome = 'YES'): ClientId {
  const clientId = approve(state, 'entry', n, outcome, 'BUY', size);
  noteDirectional(state, { of: 'entry', clientId, signal: signalOn(n, { outcome }), cost: 5_000_000 as Usd });
  return clientId;
}

export function leaveMarket(
  state: KernelState,
  n: number,
  size: number,
  cause: DirectionalExit['cause'] = 'stopped',
): ClientId {
  const outcome = state.directional.positions.get(conditionId(n))?.outcome ?? 'YES';
  const clientId = approve(state, 'exit', n, outcome, 'SELL', size);
  const exit = exitBecause(cause);
  noteDirectional(state, { of: 'exit', clientId, conditionId: conditionId(n), exit });
  return clientId;
}

/** The order is signed, and answered that it rests. */
export function send(state: KernelState, clientId: ClientId): void {
  take(state, { kind: 'ordersPrepared', orders: [[clientId, orderIdOf(clientId)]] });
  take(state, { kind: 'ordersAnswered', answers: [[clientId, { result: 'live' }]] });
}

/** Fills part of an order at its own price. An exit is told that it took, so that it pays a fee where the market has one. */
export function fillSome(
  state: KernelState,
  clientId: ClientId,
  tradeId: string,
  size: number,
  status: TradeStatus = 'MATCHED',
): void {
  const record = state.orders.byClientId.get(clientId);
  if (record === undefined) throw new Error(`expected order ${clientId} in the table`);
  const fill = fillOf(record.request, tradeId, size, status, state.nowMs);
  take(state, { kind: 'fill', fill: { ...fill, role: purposeOf(clientId) === 'exit' ? 'TAKER' : 'MAKER' } });
}

/** The venue tells that an order has left its book. */
export const endOrder = (state: KernelState, clientId: ClientId): void =>
  take(state, { kind: 'orderSeen', orderId: orderIdOf(clientId), status: 'CANCELED', matchedSize: null });

export const resolve = (state: KernelState, n: number, winner: Outcome | null): void =>
  take(state, { kind: 'marketResolved', conditionId: conditionId(n), winner });
