import type { ConditionId, Side } from '../../domain/market.ts';
import { POINT, type Price, type Shares, sharesToFloat } from '../../domain/units.ts';
import { yesPriceOf, yesSideOf } from '../../domain/yes-coordinates.ts';
import type { KernelState } from '../../kernel/state.ts';
import { possibleFill, restingSize } from '../../orders/order-size.ts';
import { workingOrders } from '../../orders/order-table.ts';
import { costOfPosition, netShares } from '../../orders/position.ts';
import type { DesiredQuote, OrderRecord } from '../../orders/types.ts';
import { certaintyEquivalentUsd } from '../../pricing/bounded.ts';
import {
  certifiedLossUsd,
  type LossEpoch,
  type LossPosition,
  rebaseLossEpoch,
} from '../../pricing/loss-epoch.ts';
import { floorToSizeStep } from '../../quoting/grid.ts';

/** The epoch that quotes of one market are certified against, and since when. Plain data. */
export interface MarketEpoch {
  readonly epoch: LossEpoch;
  readonly openedAtMs: number;
}

const MICRO_USD = 1_000_000;
const PTS_PER_USD = 100;

/**
 * What the market has brought since it was first entered: dollars in less dollars out, fees counted, with each pair of YES and NO as
 * the dollar it is. So a split and a merge change nothing, and the end is cash + inventory if YES and cash if NO.
 */
export function lossPositionOf({ books }: KernelState, conditionId: ConditionId): LossPosition {
  const position = books.positions.get(conditionId);
  if (position === undefined) return { cashUsd: 0, inventoryShares: 0 };
  const yes = sharesToFloat(netShares(position.yes));
  const no = sharesToFloat(netShares(position.no));
  const cash = (position.realisedUsd - position.feesUsd - costOfPosition(position)) / MICRO_USD;
  return { cashUsd: cash + no, inventoryShares: yes - no };
}

/** A fair value nearer to 0 or 1 than the finest tick is no probability to certify at. */
const LEAST_PROBABILITY = 0.0001;
const probabilityOf = (fairPts: number): number =>
  Math.max(LEAST_PROBABILITY, Math.min(1 - LEAST_PROBABILITY, fairPts / PTS_PER_USD));

export interface EpochTerms {
  readonly budgetUsd: number;
  /** How far the fair value has to go before quotes follow it, in points. */
  readonly followPts: number;
  /** How long quotes of an epoch rest before they follow, unless the budget has changed. */
  readonly leastMs: number;
}

/**
 * The epoch to quote with now. `leave`: the fair value or the budget has moved on, so the quotes of the old epoch have to be gone
 * before any of a new one may be sent. With nothing on the book a new one is opened from what the market has brought so far.
 */
export function epochNow(
  state: KernelState,
  conditionId: ConditionId,
  known: MarketEpoch | null,
  fairPts: number,
  terms: EpochTerms,
): MarketEpoch | 'leave' {
  const p = probabilityOf(fairPts);
  const isQuiet = workingOrders(state.orders, conditionId).length === 0;
  if (known === null || isQuiet) {
    if (!isQuiet) return 'leave';
    const isSame = known !== null && known.epoch.p0 === p && known.epoch.budgetUsd === terms.budgetUsd;
    const position = lossPositionOf(state, conditionId);
    if (isSame && known.epoch.gammaPerUsd !== null) return known;
    return { epoch: rebaseLossEpoch(p, position, terms.budgetUsd), openedAtMs: state.nowMs };
  }
  if (known.epoch.budgetUsd !== terms.budgetUsd) return 'leave';
  const hasMoved = Math.abs(p - known.epoch.p0) * PTS_PER_USD >= terms.followPts;
  return hasMoved && state.nowMs - known.openedAtMs >= terms.leastMs ? 'leave' : known;
}

/** A level as the certificate counts it: dollars a share, and shares. */
export interface Resting {
  readonly priceUsd: number;
  readonly shares: number;
}

/** What new quotes stand beside. */
export interface Beside {
  /** Orders that may still fill, whatever is decided now. */
  readonly working: readonly OrderRecord[];
  /** How far from the wanted price an order may stay. */
  readonly keepWithin: Price;
}

/** What quotes of one market are certified with. */
export interface Certificate extends Beside {
  readonly epoch: LossEpoch;
  readonly position: LossPosition;
}

/**
 * Cuts quotes to what is certain beside everything that may still fill: the planner leaves orders of earlier looks where they are,
 * and one that is being cancelled can still be hit. Whatever of it all is filled, and in whatever order, what the market ends with
 * is then at least -budget. Bids and asks are bounded apart, which is on the safe side: the certainty equivalent is concave, so
 * one side's fills make the other's worth more.
 */
export function certifyQuotes(certificate: Certificate, quotes: readonly DesiredQuote[]): DesiredQuote[] {
  const { epoch, position, working } = certificate;
  const { gammaPerUsd, p0, budgetUsd } = epoch;
  if (gammaPerUsd === null) return reducingOnly(position, working, quotes);
  const slackUsd = budgetUsd - certifiedLossUsd(position, p0, gammaPerUsd) + LEAST_LOSS_USD;
  const worst = (side: Side, resting: readonly Resting[]) =>
    worstChangeUsd(p0, gammaPerUsd, position.inventoryShares, side, resting);
  const isCertain = (bids: readonly Resting[], asks: readonly Resting[]) =>
    slackUsd + worst('BUY', bids) + worst('SELL', asks) >= 0;
  return certifySides(certificate, quotes, isCertain).quotes;
}

/** Quotes that may be sent, and all that may fill on each side once they are. */
export interface CertifiedQuotes {
  readonly quotes: DesiredQuote[];
  readonly bids: readonly Resting[];
  readonly asks: readonly Resting[];
}

/** Cuts bids beside the asks that rest already, then asks beside what has become of the bids. */
export function certifySides(
  beside: Beside,
  quotes: readonly DesiredQuote[],
  isCertain: (bids: readonly Resting[], asks: readonly Resting[]) => boolean,
): CertifiedQuotes {
  const there = restingOn('SELL', beside.working);
  const bids = certifySide(beside, 'BUY', quotes, (resting) => isCertain(resting, there));
  const asks = certifySide(beside, 'SELL', quotes, (resting) => isCertain(bids.resting, resting));
  return { quotes: [...bids.quotes, ...asks.quotes], bids: bids.resting, asks: asks.resting };
}

/** One side's quotes, and all of that side that may fill once they are placed. */
interface CertifiedSide {
  readonly quotes: readonly DesiredQuote[];
  readonly resting: readonly Resting[];
}

/**
 * New quotes beside old ones where that is certain. Where it is not, what rests stays if it is near enough, and goes first if it is
 * not; a side with nothing on the book gets as much as is certain.
 */
function certifySide(
  { working, keepWithin }: Beside,
  side: Side,
  quotes: readonly DesiredQuote[],
  isCertain: (resting: readonly Resting[]) => boolean,
): CertifiedSide {
  const wanted = quotes.filter((quote) => quote.side === side);
  const there = restingOn(side, working);
  const resting = [...there];
  const cut: DesiredQuote[] = [];
  for (const quote of wanted) {
    const already = restingAt(working, quote);
    const missing = Math.max(0, quote.size - already);
    const priceUsd = quote.price / POINT / PTS_PER_USD;
    const more = largestSize(missing, (size) =>
      isCertain([...resting, { priceUsd, shares: sharesToFloat(size as Shares) }]),
    );
    if (more < missing && there.length > 0)
      return { quotes: stayOrGo(working, wanted, keepWithin), resting: there };
    if (more > 0) resting.push({ priceUsd, shares: sharesToFloat(more) });
    const size = Math.min(quote.size, already + more) as Shares;
    if (size > 0) cut.push({ ...quote, size });
  }
  return { quotes: cut, resting };
}

/** What rests, as it rests, when all of it is near a wanted quote and it is at least half of what is wanted; else nothing. */
function stayOrGo(
  working: readonly OrderRecord[],
  wanted: readonly DesiredQuote[],
  keepWithin: Price,
): DesiredQuote[] {
  const kept = new Map<Price, DesiredQuote>();
  for (const record of working) {
    const price = yesPriceOf(record.request);
    const side = yesSideOf(record.request);
    const near = wanted.find((quote) => quote.side === side && Math.abs(quote.price - price) < keepWithin);
    const size = restingSize(record);
    if (near === undefined || size === 0) continue;
    kept.set(price, { ...near, price, size: ((kept.get(price)?.size ?? 0) + size) as Shares });
  }
  const total = (rows: Iterable<DesiredQuote>) => [...rows].reduce((sum, { size }) => sum + size, 0);
  return 2 * total(kept.values()) >= total(wanted) ? [...kept.values()] : [];
}

/** A millionth of a dollar is the rounding of floats, not a loss. */
const LEAST_LOSS_USD = 1e-6;

export function restingOn(side: Side, working: readonly OrderRecord[]): Resting[] {
  const resting: Resting[] = [];
  for (const record of working) {
    const size = possibleFill(record);
    if (size > 0 && yesSideOf(record.request) === side)
      resting.push({
        priceUsd: yesPriceOf(record.request) / POINT / PTS_PER_USD,
        shares: sharesToFloat(size),
      });
  }
  return resting;
}

/** Shares that already rest at this very quote; the planner adds only what is missing there. */
function restingAt(working: readonly OrderRecord[], { side, price }: DesiredQuote): number {
  let total = 0;
  for (const record of working)
    if (yesSideOf(record.request) === side && yesPriceOf(record.request) === price)
      total += restingSize(record);
  return total;
}

/**
 * The least that cash + CE(inventory) can change by when any of these orders fill, in part or whole: 0 or less. The worst set is the
 * worst-priced first, and along it the change is concave within each order, so only its ends count.
 */
function worstChangeUsd(
  p: number,
  gamma: number,
  inventory: number,
  side: Side,
  resting: readonly Resting[],
): number {
  const sign = side === 'BUY' ? 1 : -1;
  const here = certaintyEquivalentUsd(p, inventory, gamma);
  let [held, cash, worst] = [inventory, 0, 0];
  for (const { priceUsd, shares } of [...resting].sort((a, b) => sign * (b.priceUsd - a.priceUsd))) {
    held += sign * shares;
    cash -= sign * shares * priceUsd;
    worst = Math.min(worst, cash + certaintyEquivalentUsd(p, held, gamma) - here);
  }
  return worst;
}

const BISECTIONS = 30;

/** The largest whole size step up to `wanted` that holds; what holds for a size holds for all below it. */
function largestSize(wanted: number, holds: (size: number) => boolean): Shares {
  if (wanted === 0 || holds(wanted)) return wanted as Shares;
  let [kept, tooMany] = [0, wanted];
  for (let count = 0; count < BISECTIONS; count += 1) {
    const middle = (kept + tooMany) / 2;
    if (holds(middle)) kept = middle;
    else tooMany = middle;
  }
  return floorToSizeStep(kept);
}

/** With the budget used up, at most what shrinks the position, whatever of the other orders is filled. */
function reducingOnly(
  { inventoryShares }: LossPosition,
  working: readonly OrderRecord[],
  quotes: readonly DesiredQuote[],
): DesiredQuote[] {
  const side = inventoryShares > 0 ? 'SELL' : 'BUY';
  const onItsWay = restingOn(side, working).reduce((sum, { shares }) => sum + shares, 0);
  let left = floorToSizeStep(Math.max(0, Math.abs(inventoryShares) - onItsWay) * MICRO_USD) as number;
  return quotes.flatMap((quote) => {
    if (quote.side !== side) return [];
    const there = restingAt(working, quote);
    const more = Math.min(left, Math.max(0, quote.size - there));
    left -= more;
    const size = Math.min(quote.size, there + more) as Shares;
    return size > 0 ? [{ ...quote, size }] : [];
  });
}
