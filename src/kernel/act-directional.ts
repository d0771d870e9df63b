import type { DirectionalNote, DirectionalPosition, DirectionalSignal } from '../domain/directional.ts';
import { heldShares } from '../domain/directional.ts';
import { takerFeeBound } from '../domain/fee.ts';
import { tokenOf } from '../domain/market.ts';
import type { OrderRequest } from '../domain/order.ts';
import { nextSalt } from '../domain/random.ts';
import { MICRO, notional, POINT, PRICE_ONE, type Shares } from '../domain/units.ts';
import { orderName } from '../orders/order-names.ts';
import { possibleFill } from '../orders/order-size.ts';
import { addApproved, workingOrders } from '../orders/order-table.ts';
import { mostShares } from '../orders/position.ts';
import type { OrderPurpose, OrderRecord } from '../orders/types.ts';
import type { Approved } from '../risk/approved.ts';
import { checkDirectional } from '../risk/directional.ts';
import { closableShares } from '../risk/exposure.ts';
import { checkExit } from '../risk/gate.ts';
import { figuresOf, isRefused, type Refused, refuse } from '../risk/refusal.ts';
import type { QuoteDesk } from './act-quotes.ts';
import { directionalBook, isDirectional, noteDirectional } from './directional.ts';
import type { Intent } from './loop.ts';
import type { MarketSlot } from './market-slots.ts';
import { entriesToCancel } from './pull-entries.ts';
import { cancelOrders } from './reduce-order.ts';
import { noteRefusal } from './refusals.ts';
import { rejectionOf, restingRefusal } from './rejection-rest.ts';
import type { KernelState } from './state.ts';
import { busyConditions } from './transactions.ts';
import { unreadRefusal } from './unread-tokens.ts';

/** What the directional orders of one step share with the others it sends. */
export type DirectionalDesk = Omit<QuoteDesk, 'replaced'>;

type EnterIntent = Extract<Intent, { kind: 'enter' }>;
type LeaveIntent = Extract<Intent, { kind: 'leave' }>;

/** The venue takes sizes in hundredths of a share. */
const SIZE_STEP = 10_000;

/** Takes news of directional trading into the state, and journals it. */
export function tellDirectional({ state, outbox }: DirectionalDesk, note: DirectionalNote): void {
  noteDirectional(state, note);
  outbox.send({ kind: 'directional', note });
}

/** Passes an entry through the gate, and tells with its signal what became of it. */
export function enter(desk: DirectionalDesk, intent: EnterIntent): void {
  const { state } = desk;
  const { signal } = intent;
  const slot = state.markets.get(signal.conditionId);
  if (slot === undefined) {
    tellDirectional(desk, {
      of: 'signal',
      signal: refusedSignal(signal, 'the market is not listed any more'),
    });
    return;
  }
  const request = entryRequest(state, slot, intent);
  const verdict =
    occupiedRefusal(state, slot) ??
    unreadRefusal(state, slot.market) ??
    restingRefusal(state.rejectionRests, request, state.nowMs) ??
    checkEntry(desk, slot, intent, request);
  if (isRefused(verdict)) {
    noteRefusal(state, request.conditionId, verdict);
    tellDirectional(desk, { of: 'signal', signal: refusedSignal(signal, textOf(verdict)) });
    return;
  }
  approve(desk, slot, 'entry', verdict);
  const { clientId } = request;
  const entered: DirectionalSignal = { ...signal, action: 'entered', clientId };
  tellDirectional(desk, { of: 'signal', signal: entered });
  tellDirectional(desk, {
    of: 'entry',
    clientId,
    signal: entered,
    cost: notional(request.price, request.size, 'up'),
  });
}

const refusedSignal = (signal: DirectionalSignal, why: string): DirectionalSignal => ({
  ...signal,
  action: 'refused',
  why,
});

function textOf({ refused, value, limit, text }: Refused): string {
  const figures = figuresOf(refused, value, limit);
  return `refused: ${text}${figures === null ? '' : ` (${figures})`}`;
}

/** An entry is the only thing of ours in its market: what others hold or have under way there could not be told from it. */
function occupiedRefusal(state: KernelState, { market }: MarketSlot): Refused | null {
  const { conditionId, minOrderSize } = market;
  if (isDirectional(state, conditionId))
    return refuse('entryHeld', 1, 1, 'this market has a directional position already');
  const working = workingOrders(state.orders, conditionId).length;
  if (working > 0) return refuse('entryHeld', working, 0, 'an order of ours is in this market');
  const position = state.books.positions.get(conditionId);
  const held = position === undefined ? 0 : Math.max(mostShares(position.yes), mostShares(position.no));
  if (held >= minOrderSize)
    return refuse('entryHeld', held / MICRO, minOrderSize / MICRO, 'shares are held in this market');
  return busyConditions(state.transactions).has(conditionId)
    ? refuse('entryHeld', 1, 0, 'a transaction is under way in this market')
    : null;
}

function checkEntry(
  { state, pass, marketOf }: DirectionalDesk,
  slot: MarketSlot,
  { endAtMs, signal }: EnterIntent,
  request: OrderRequest,
): Approved<OrderRequest> | Refused {
  const { cd } = state.settings;
  if (cd === undefined) throw new Error('an entry needs the settings of directional trading');
  return checkDirectional(pass(), directionalBook(state, cd), marketOf(slot), {
    request,
    edge: edgeOf(signal, request),
    isHeld: false,
    endAtMs,
  });
}

/** The edge that the signal claims net of its costs, and never more than what its probability is above the price; in ten-thousandths. */
function edgeOf({ id, probability, edgePts }: DirectionalSignal, { price }: OrderRequest): number {
  if (probability === null || edgePts === null)
    throw new Error(`the entry on signal ${id} has no probability, or no edge`);
  const edge = Math.min(edgePts * POINT, probability * PRICE_ONE - price);
  // A product of floats may be a hair below the whole number that it is.
  return Math.round(edge * 1e6) / 1e6;
}

function entryRequest(
  state: KernelState,
  { market }: MarketSlot,
  { signal, size, spend, expirationS }: EnterIntent,
): OrderRequest {
  const { outcome, price } = signal;
  if (outcome === null || price === null)
    throw new Error(`the entry on signal ${signal.id} names no outcome, or no price`);
  const terms =
    spend === null
      ? ({ timeInForce: 'GTD', postOnly: true, expirationS } as const)
      : ({ timeInForce: 'FAK', postOnly: false, spend, expirationS: 0 } as const);
  return {
    clientId: orderName('entry', state.nextOrder),
    conditionId: market.conditionId,
    tokenId: tokenOf(market, outcome),
    negRisk: market.negRisk,
    outcome,
    side: 'BUY',
    price,
    size,
    salt: nextSalt(state.salts),
    timestampMs: state.nowMs,
    ...terms,
  };
}

function approve(
  { state, loop, approved }: DirectionalDesk,
  { market }: MarketSlot,
  purpose: OrderPurpose,
  verdict: Approved<OrderRequest>,
): void {
  const { request } = verdict;
  state.nextOrder += 1;
  const feeBound = takerFeeBound(market.fee, request);
  addApproved(state.orders, request, { loop, purpose, level: 0 }, feeBound, state.nowMs);
  approved.push(verdict);
}

/**
 * Sells of a position what is free of it. Entries of it that still rest are cancelled: what is sold is not bought again. A person is told
 * of a sale that is news once it is approved.
 */
export function leave(desk: DirectionalDesk, intent: LeaveIntent): void {
  const { state, outbox } = desk;
  const { conditionId, exit } = intent;
  const position = state.directional.positions.get(conditionId);
  const slot = state.markets.get(conditionId);
  if (position === undefined || slot === undefined) return;
  cancelOrders(state, entriesToCancel(state, position), 'the position is sold', outbox);
  const size = sizeToSell(desk, slot, position, intent.size);
  // What is held is for sale already, or not confirmed by the chain yet.
  if (size === 0) return;
  const request = exitRequest(state, slot, position, intent, size);
  const verdict =
    unreadRefusal(state, slot.market) ??
    restingRefusal(state.rejectionRests, request, state.nowMs) ??
    checkExit(desk.pass(), desk.marketOf(slot), request);
  if (isRefused(verdict)) {
    noteRefusal(state, conditionId, verdict);
    tellExitStuck(desk, slot, verdict.refused, textOf(verdict));
    return;
  }
  // A person has to know of a stop that does not get through, though it is sent again and again.
  const rejection = rejectionOf(state.rejectionRests, request, state.nowMs);
  if (rejection === null) state.directional.exitsRefused.delete(conditionId);
  else tellExitStuck(desk, slot, rejection.refused, `refused: ${rejection.text}`);
  approve(desk, slot, 'exit', verdict);
  tellDirectional(desk, { of: 'exit', clientId: request.clientId, conditionId, exit });
  if (!intent.isNews) return;
  const { outcome, price } = request;
  const text = `${size / MICRO} ${outcome} of ${slot.market.slug} are offered for ${price / POINT} cents or more: ${exit.why}`;
  outbox.send({ kind: 'notify', level: 'note', text });
}

const recordsOf = (orders: KernelState['orders'], { clientIds }: DirectionalPosition): OrderRecord[] =>
  clientIds.flatMap((clientId) => orders.byClientId.get(clientId) ?? []);

/**
 * At most what is wanted, what its own exits do not sell already, and what is free in the wallet; in whole lots. Shares of the other outcome,
 * or trades that may fail, can make all of that more than what is net held for sure: then first what closes that, if the market
 * takes so little in one order, since that much is always allowed. What is left goes later.
 */
function sizeToSell(
  desk: DirectionalDesk,
  slot: MarketSlot,
  position: DirectionalPosition,
  wanted: Shares,
): Shares {
  const free = desk.freeIn(slot);
  let left: number = heldShares(position);
  for (const record of recordsOf(desk.state.orders, position))
    if (record.request.side === 'SELL') left -= possibleFill(record);
  const most = Math.min(wanted, left, position.outcome === 'YES' ? free.yes : free.no);
  const closable = inLots(
    closableShares(desk.marketOf(slot).risk, { outcome: position.outcome, side: 'SELL' }),
  );
  return closable < slot.market.minOrderSize ? inLots(most) : (Math.min(closable, inLots(most)) as Shares);
}

const inLots = (shares: number): Shares =>
  (Math.floor(Math.max(0, shares) / SIZE_STEP) * SIZE_STEP) as Shares;

const exitRequest = (
  state: KernelState,
  { market }: MarketSlot,
  { outcome }: DirectionalPosition,
  { price }: LeaveIntent,
  size: Shares,
): OrderRequest => ({
  clientId: orderName('exit', state.nextOrder),
  conditionId: market.conditionId,
  tokenId: tokenOf(market, outcome),
  negRisk: market.negRisk,
  outcome,
  side: 'SELL',
  price,
  size,
  timeInForce: 'FAK',
  postOnly: false,
  expirationS: 0,
  salt: nextSalt(state.salts),
  timestampMs: state.nowMs,
});

/** Tells a person once for each reason: an exit is tried again and again. */
function tellExitStuck(
  { state, outbox }: DirectionalDesk,
  { market }: MarketSlot,
  code: Refused['refused'],
  why: string,
): void {
  const { exitsRefused } = state.directional;
  if (exitsRefused.get(market.conditionId) === code) return;
  exitsRefused.set(market.conditionId, code);
  const text = `the exit from ${market.question} is ${why}; it is tried again`;
  outbox.send({ kind: 'notify', level: 'warning', text });
}
