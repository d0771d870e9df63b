import { feePerShare } from '../../../crypto/model/edge.ts';
import { type DirectionalExit, type DirectionalPosition, heldShares } from '../../../domain/directional.ts';
import { growingRestMs } from '../../../domain/growing-rest.ts';
import type { FeeSchedule } from '../../../domain/market.ts';
import { mayBeLive, SIGNER_TOO_LARGE } from '../../../domain/order.ts';
import { MICRO, POINT, PRICE_ONE, type Price, priceToFloat, type Shares } from '../../../domain/units.ts';
import { yesPriceOf, yesSideOf } from '../../../domain/yes-coordinates.ts';
import { freeSharesOf } from '../../../kernel/gate-view.ts';
import type { Intent, LoopView } from '../../../kernel/loop.ts';
import type { MarketSlot } from '../../../kernel/market-slots.ts';
import { restsUntilMs } from '../../../kernel/rejection-rest.ts';
import { workingOrders } from '../../../orders/order-table.ts';
import { selfCross } from '../../../orders/reserve.ts';
import type { OrderRecord } from '../../../orders/types.ts';
import { type ExitWatch, lookBy } from './exit-memory.ts';

/** A sale takes bids this far below the best one at most; what more there is to sell waits for the next look. */
const MOST_SLIPPAGE_PTS = 2;
/** The venue takes sizes in hundredths of a share. */
const SIZE_STEP = 10_000;
/** A sale is tried again after this, and after twice as long each time that one was sent and has sold nothing. What the gate refuses costs nothing. */
const FIRST_REST_MS = 1_000;
const LONGEST_REST_MS = 60_000;
/** What is on its way is looked at again after this. */
const WAIT_MS = 2_000;
/** Shares that are bought and not confirmed are waited for so long, where selling without them would leave too little to be sold. */
const MOST_SHORT_MS = 30_000;

/**
 * Sells a position at once, or what of it is free, or says nothing where that has to wait: for an order of ours to end, for shares to be
 * confirmed, for a rest to be over. Nothing is sold twice: while the answer to one sale is unknown there is no other.
 */
export function sellPosition(
  view: LoopView,
  slot: MarketSlot,
  position: DirectionalPosition,
  watch: ExitWatch,
  price: Price,
  exit: DirectionalExit,
): Intent[] {
  const { state, nowMs } = view;
  noteSold(position, watch);
  const orders = workingOrders(state.orders, position.conditionId);
  if (orders.some(isExit)) return wait(watch, nowMs);
  const inTheWay = orders.filter((order) => isInTheWay(order, position, price));
  if (inTheWay.length > 0) return [...cancels(inTheWay), ...wait(watch, nowMs)];
  // What the venue has rejected rests from its answer on, and a try before that would be lost.
  const { conditionId, outcome } = position;
  const rejectedUntilMs = restsUntilMs(state.rejectionRests, { conditionId, outcome, side: 'SELL' });
  watch.restUntilMs = Math.max(watch.restUntilMs, rejectedUntilMs);
  if (nowMs < watch.restUntilMs) {
    lookBy(watch, watch.restUntilMs);
    return [];
  }
  const size = sizeToSell(view, slot, position, watch);
  if (size === 'later') return wait(watch, nowMs);
  if (size === 'tooLittle') return tellRemnant(slot, position, watch);
  watch.restUntilMs = nowMs + growingRestMs(watch.fruitless + 1, FIRST_REST_MS, LONGEST_REST_MS);
  lookBy(watch, watch.restUntilMs);
  const isNews = watch.toldCause !== exit.cause;
  return [{ kind: 'leave', conditionId, size, price, exit, isNews }];
}

/** Takes in which sale was approved last: only then it is one that may sell nothing, and has a person been told of its cause. */
export function noteApproved({ exit }: DirectionalPosition, watch: ExitWatch): void {
  if (exit === null || exit.clientId === watch.lastExit) return;
  watch.lastExit = exit.clientId;
  watch.fruitless += 1;
  watch.toldCause = exit.cause;
}

/** After a sale that has sold something the next one is tried at once, and may be larger again. */
function noteSold({ sold }: DirectionalPosition, watch: ExitWatch): void {
  if (sold > watch.soldBefore) {
    watch.fruitless = 0;
    if (watch.most !== null) watch.most = (watch.most * 2) as Shares;
  }
  watch.soldBefore = sold;
}

function wait(watch: ExitWatch, nowMs: number): Intent[] {
  lookBy(watch, nowMs + WAIT_MS);
  return [];
}

/** Orders that end are gone from here once all their fills are told. */
const isExit = ({ tags }: OrderRecord): boolean => tags.purpose === 'exit';

/**
 * An entry that may still fill would buy what is being sold, so it goes first. One whose fate is not known may take minutes to be found
 * out, and is waited for only where the sale could meet it. So is any other order of ours.
 */
function isInTheWay(
  { request, state, tags }: OrderRecord,
  { outcome }: Pick<DirectionalPosition, 'outcome'>,
  price: Price,
): boolean {
  if (!mayBeLive(state)) return false;
  if (tags.purpose === 'entry' && state !== 'unknown') return true;
  const own = { clientId: request.clientId, side: yesSideOf(request), price: yesPriceOf(request) };
  const sale = { outcome, side: 'SELL', price } as const;
  return selfCross([own], yesSideOf(sale), yesPriceOf(sale)) !== null;
}

/** Those that can be cancelled and have not been asked to. */
function cancels(orders: readonly OrderRecord[]): Intent[] {
  const orderIds = orders.flatMap(({ orderId, state }) =>
    orderId === null || state === 'cancelInFlight' ? [] : [orderId],
  );
  return orderIds.length === 0
    ? []
    : [{ kind: 'cancel', orderIds, why: 'the position that it would add to is being sold' }];
}

/** Only what is confirmed and free is sold, and never more than the position has. */
function sizeToSell(
  { state, nowMs }: LoopView,
  slot: MarketSlot,
  position: DirectionalPosition,
  watch: ExitWatch,
): Shares | 'later' | 'tooLittle' {
  const least = slot.market.minOrderSize;
  const held = inSteps(heldShares(position));
  if (held < least) return 'tooLittle';
  const free = freeSharesOf(state, slot);
  const size = Math.min(held, inSteps((position.outcome === 'YES' ? free.yes : free.no) as Shares)) as Shares;
  noteTooLarge(state, position, watch);
  if (size === held) {
    watch.shortSinceMs = null;
    return noLarger(watch, held, least);
  }
  watch.shortSinceMs ??= nowMs;
  if (size < least) return 'later';
  const leavesEnough = held - size >= least;
  return leavesEnough || nowMs - watch.shortSinceMs >= MOST_SHORT_MS ? noLarger(watch, size, least) : 'later';
}

/**
 * The signer bounds what one order may lose, which for a cheap outcome is far more than what it cost. What it finds too large is halved
 * until it does not. Its other reasons, such as what was signed within a minute, are no better for a smaller order, and are waited out.
 */
function noteTooLarge({ orders }: LoopView['state'], { exit }: DirectionalPosition, watch: ExitWatch): void {
  const last = exit === null ? undefined : orders.byClientId.get(exit.clientId);
  if (last === undefined || last.request.clientId === watch.tooLarge) return;
  if (last.state !== 'rejected' || !last.lastText.startsWith(SIGNER_TOO_LARGE)) return;
  watch.tooLarge = last.request.clientId;
  watch.most = inSteps((last.request.size / 2) as Shares);
}

const noLarger = ({ most }: ExitWatch, size: Shares, least: Shares): Shares =>
  Math.min(size, Math.max(most === null ? size : inSteps(most), least)) as Shares;

const inSteps = (size: Shares): Shares => (Math.floor(size / SIZE_STEP) * SIZE_STEP) as Shares;

/** What no order can sell stays until the market pays; a person is told once. */
function tellRemnant(slot: MarketSlot, position: DirectionalPosition, watch: ExitWatch): Intent[] {
  if (watch.isRemnantTold) return [];
  watch.isRemnantTold = true;
  const text = `${heldShares(position) / MICRO} ${position.outcome} of ${slot.market.slug} are fewer than the market takes in one order, and stay until it is resolved`;
  return [{ kind: 'notify', level: 'note', text }];
}

/**
 * The lowest price at which a position is sold now; null where nobody pays enough. A stop and the end of a market have to be sold, so they
 * follow the book down a little. A gain is only taken where it is paid. And what the model thinks too dear is not sold for less
 * than the model thinks it worth: that would lose more than keeping it.
 */
export function lowestPrice(
  cause: DirectionalExit['cause'],
  bid: Price,
  tick: Price,
  fee: FeeSchedule,
  probability: number | null,
  leastTaken: Price,
): Price | null {
  // A book may be finer than what the market takes by now; a price below a bid gets that bid all the same.
  const highest = Math.max(tick, Math.floor(bid / tick) * tick) as Price;
  if (cause === 'tookProfit') return highest;
  const slippage = Math.floor((MOST_SLIPPAGE_PTS * POINT) / tick) * tick;
  const taken = Math.ceil(leastTaken / tick) * tick;
  const lowest = Math.max(tick, highest - slippage, Math.min(highest, taken)) as Price;
  if (cause !== 'edgeReversed') return lowest;
  if (probability === null) return null;
  for (let price = lowest; price <= bid; price = (price + tick) as Price)
    if (price < PRICE_ONE && priceToFloat(price) - feePerShare(fee, price) >= probability) return price;
  return null;
}
