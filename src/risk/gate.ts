import { onGrid } from '../domain/book.ts';
import { takerFeeBound } from '../domain/fee.ts';
import type { FeeSchedule } from '../domain/market.ts';
import { isImmediate, leastExpirationS, type OrderRequest } from '../domain/order.ts';
import { notional, PRICE_ONE, type Price, type Shares, type Usd } from '../domain/units.ts';
import { yesPriceOf, yesSideOf } from '../domain/yes-coordinates.ts';
import type { Approved } from './approved.ts';
import { closableShares, eventLossOn, exposureOf, type MarketRisk, totalCap } from './exposure.ts';
import type { OrderBudget, RiskLimits } from './limits.ts';
import { countNotional, type NotionalWindow, notionalWithin, returnNotional } from './notional-window.ts';
import { BALANCE_UNKNOWN, isRefused, type Refused, refuse } from './refusal.ts';
import { mayTransmit, type TradingMode } from './trading-state.ts';

/** The event of exclusive outcomes that a market is one of. */
export interface GateEvent {
  /** Its other markets that hold something or have orders, with all that this pass has approved there. */
  readonly others: () => readonly MarketRisk[];
  /** How many outcomes it has, exactly one of which wins; null where an unknown one may win. */
  readonly outcomes: number | null;
}

/** The coin that a market is about, with the others about the same one: together they are one bet. */
export interface GateCoin {
  readonly ticker: string;
  /** Dollars at risk in the other markets about it, with all that this pass has approved there. */
  readonly others: () => number;
}

/** What the gate must know of one market. Prices in YES coordinates; `free` amounts are net of all that may be live. */
export interface GateMarket {
  readonly tick: Price;
  readonly minOrderSize: Shares;
  /** What taking costs here; it must be covered beside the price. */
  readonly fee: FeeSchedule;
  readonly acceptingOrders: boolean;
  readonly bookLive: boolean;
  /** Best prices of everybody else. */
  readonly bestBid: Price | null;
  readonly bestAsk: Price | null;
  /** The last trusted mid, or null before the first. */
  readonly mid: Price | null;
  readonly risk: MarketRisk;
  /** Null where the market stands alone. */
  readonly event: GateEvent | null;
  /** Null where the market is about no coin that we know. */
  readonly coin: GateCoin | null;
  /** Confirmed shares that no live order and no pending merge speaks for. */
  freeYes: number;
  freeNo: number;
  /** Pairs held, whether or not spoken for; splits are capped by it. */
  pairs: number;
  /** Best prices among our own orders that may be live. */
  ownBestBid: Price | null;
  ownBestAsk: Price | null;
}

/**
 * One pass through the gate. The running figures change with every approval, so the second order of a batch sees what the
 * first has reserved.
 */
export interface GatePass {
  readonly mode: TradingMode;
  readonly limits: RiskLimits;
  readonly budget: OrderBudget;
  /** Null until the chain has told the balance; then confirmed dollars that nothing speaks for. */
  freeCash: number | null;
  readonly equity: Usd;
  /** Exposure over all markets, every order that may be live counted. */
  totalExposure: number;
  openOrders: number;
  /** Dollars of orders approved within the last minute. */
  readonly notional: NotionalWindow;
  readonly nowMs: number;
}

/** The venue takes sizes in hundredths of a share. */
const SIZE_STEP = 10_000;
/** Purchases that take are stated in whole cents. */
const CENT = 10_000;

/** Orders that sales of positions may send ahead of the order rate; the others wait until it has caught up. */
const EXIT_CREDIT = 2;

/** Approves an order and reserves what it needs, or says which limit it breaks. Nothing is reserved by a refusal. */
export const checkOrder = (pass: GatePass, market: GateMarket, request: OrderRequest) =>
  check(pass, market, request, false);

/**
 * The same for a sale of held shares that has to be made now. As far as it closes what is surely held, it waits for no quote, only the order
 * rate bounds it, with some credit, and no limit of risk stands in its way: it can take away a gain that makes up for losses in other
 * markets of the event, and adds no loss of its own in any outcome.
 */
export function checkExit(
  pass: GatePass,
  market: GateMarket,
  request: OrderRequest,
): Approved<OrderRequest> | Refused {
  if (request.side !== 'SELL' || !isImmediate(request.timeInForce))
    return refuse('badTerms', 0, 0, 'an exit is a sale that takes and is over');
  return check(pass, market, request, true);
}

function check(
  pass: GatePass,
  market: GateMarket,
  request: OrderRequest,
  isExit: boolean,
): Approved<OrderRequest> | Refused {
  // What may turn the position round is a new bet.
  const closes = isExit && request.size <= closableShares(market.risk, request);
  const refusal =
    checkState(pass, market) ??
    checkEnd(pass, request) ??
    checkShape(market, request) ??
    checkAgainstBook(pass, market, request) ??
    checkOwnBook(pass, market, request) ??
    checkCover(pass, market, request) ??
    checkReduces(pass, market, request) ??
    checkExposure(pass, market, request) ??
    (closes ? null : checkEvent(pass, market, request)) ??
    checkCoin(pass, market, request) ??
    (closes ? checkExitRate(pass) : checkRate(pass, request));
  if (refusal !== null) return refusal;
  reserve(pass, market, request);
  return { request } as Approved<OrderRequest>;
}

/** One order of several that are only worth sending together, with what the gate knows of its market. */
export interface GateLeg {
  readonly market: GateMarket;
  readonly request: OrderRequest;
}

/** Which of the legs was refused. */
export interface LegRefused extends Refused {
  readonly leg: number;
}

/** Approves all of the orders or none: a refusal gives back what the legs before it had reserved. */
export function checkTogether(
  pass: GatePass,
  legs: readonly GateLeg[],
): Approved<OrderRequest>[] | LegRefused {
  const undo = reservations(pass, legs);
  const approved: Approved<OrderRequest>[] = [];
  for (const [leg, { market, request }] of legs.entries()) {
    const verdict = checkOrder(pass, market, request);
    if (isRefused(verdict)) {
      undo();
      return { ...verdict, leg };
    }
    approved.push(verdict);
  }
  return approved;
}

/** Remembers the running figures, and gives what sets them back. */
function reservations(pass: GatePass, legs: readonly GateLeg[]): () => void {
  const { freeCash, totalExposure, openOrders } = pass;
  const { tokens } = pass.budget;
  const minute = notionalWithin(pass.notional, pass.nowMs);
  const markets = legs.map(({ market }) => ({ market, before: { ...market, risk: { ...market.risk } } }));
  return () => {
    pass.freeCash = freeCash;
    pass.totalExposure = totalExposure;
    pass.openOrders = openOrders;
    pass.budget.tokens = tokens;
    returnNotional(pass.notional, minute);
    for (const { market, before } of markets) {
      market.risk.liveBidShares = before.risk.liveBidShares;
      market.risk.liveAskShares = before.risk.liveAskShares;
      market.freeYes = before.freeYes;
      market.freeNo = before.freeNo;
      market.ownBestBid = before.ownBestBid;
      market.ownBestAsk = before.ownBestAsk;
    }
  };
}

function checkState(pass: GatePass, market: GateMarket): Refused | null {
  if (!mayTransmit(pass.mode)) return refuse('tradingState', 0, 0, `trading state is ${pass.mode}`);
  if (!market.acceptingOrders) return refuse('marketClosed', 0, 0, 'the market takes no orders');
  return market.bookLive ? null : refuse('bookNotLive', 0, 0, 'the book is stale or has a gap');
}

/** An order that ends by itself has to be given an end that the venue takes, and every other one none. */
function checkEnd({ nowMs }: GatePass, { timeInForce, expirationS }: OrderRequest): Refused | null {
  if (timeInForce !== 'GTD')
    return expirationS === 0
      ? null
      : refuse('badTerms', expirationS, 0, `an order of kind ${timeInForce} has no end of its own`);
  const least = leastExpirationS(nowMs);
  return expirationS < least
    ? refuse('badTerms', expirationS, least, 'the order would end sooner than the venue takes')
    : null;
}

function checkShape(market: GateMarket, request: OrderRequest): Refused | null {
  const { price, size } = request;
  const terms = checkTerms(request);
  if (terms !== null) return terms;
  if (!onGrid(market.tick, price)) {
    return refuse(
      'badPrice',
      price,
      market.tick,
      `price ${price}/10000 is not on the grid of ${market.tick}/10000 inside (0, 1)`,
    );
  }
  if (size % SIZE_STEP !== 0)
    return refuse('badSize', size, SIZE_STEP, 'size is not a multiple of 0.01 share');
  return size < market.minOrderSize
    ? refuse('badSize', size, market.minOrderSize, 'size is below the market minimum')
    : null;
}

/** An order either rests or takes; what it may spend is whole cents and no more than its limit price allows. */
function checkTerms({ timeInForce, postOnly, side, price, size, spend }: OrderRequest): Refused | null {
  const takes = isImmediate(timeInForce);
  if (takes && postOnly) return refuse('badTerms', 0, 0, `${timeInForce} takes, so it cannot be post-only`);
  if (spend === undefined) return null;
  if (!takes || side !== 'BUY')
    return refuse('badTerms', spend, 0, 'only a FOK or FAK BUY is stated in dollars');
  const most = notional(price, size, 'up');
  return spend <= 0 || spend % CENT !== 0 || spend > most
    ? refuse('badTerms', spend, most, 'dollars to spend must be whole cents within price times size')
    : null;
}

function checkAgainstBook(pass: GatePass, market: GateMarket, request: OrderRequest): Refused | null {
  const side = yesSideOf(request);
  const at = yesPriceOf(request);
  if (market.mid === null) return refuse('bookNotLive', 0, 0, 'no trusted mid yet');
  const distance = Math.abs(at - market.mid);
  if (distance > pass.limits.maxDistance) {
    return refuse(
      'tooFarFromMid',
      distance,
      pass.limits.maxDistance,
      'price is too far from the last trusted mid',
    );
  }
  const tooWide = checkWidth(pass, market);
  if (tooWide !== null || !request.postOnly) return tooWide;
  const crosses =
    side === 'BUY'
      ? market.bestAsk !== null && at >= market.bestAsk
      : market.bestBid !== null && at <= market.bestBid;
  return crosses
    ? refuse(
        'crossesBook',
        at,
        (side === 'BUY' ? market.bestAsk : market.bestBid) ?? 0,
        'post-only order would cross',
      )
    : null;
}

/** Where others are far apart the mid says little, and a sale forced by a stop would be made at any price. */
function checkWidth({ mode, limits }: GatePass, { bestBid, bestAsk }: GateMarket): Refused | null {
  if (mode !== 'reducing') return null;
  const spread = bestBid === null || bestAsk === null ? PRICE_ONE : bestAsk - bestBid;
  return spread > limits.maxSpreadToReduce
    ? refuse('tooWideToReduce', spread, limits.maxSpreadToReduce, 'the market is too wide to reduce in')
    : null;
}

/** Two own orders that could meet would be the venue's to refuse and ours to pay for. */
function checkOwnBook(pass: GatePass, market: GateMarket, request: OrderRequest): Refused | null {
  const side = yesSideOf(request);
  const at = yesPriceOf(request);
  const other = side === 'BUY' ? market.ownBestAsk : market.ownBestBid;
  if (other !== null && (side === 'BUY' ? at >= other : at <= other)) {
    return refuse('selfCross', at, other, 'would meet an own order that may be live');
  }
  const bid = side === 'BUY' ? Math.max(at, market.ownBestBid ?? 0) : market.ownBestBid;
  const ask = side === 'SELL' ? Math.min(at, market.ownBestAsk ?? at) : market.ownBestAsk;
  if (!request.postOnly || bid === null || ask === null || ask - bid <= pass.limits.maxSpread) return null;
  return refuse('spreadTooWide', ask - bid, pass.limits.maxSpread, 'own bid and ask would be too far apart');
}

function checkCover(pass: GatePass, market: GateMarket, request: OrderRequest): Refused | null {
  if (pass.freeCash === null) return BALANCE_UNKNOWN;
  if (request.side === 'BUY') {
    const cost = costOf(market, request);
    return cost > pass.freeCash ? refuse('notEnoughCash', cost, pass.freeCash, 'not enough free cash') : null;
  }
  const free = request.outcome === 'YES' ? market.freeYes : market.freeNo;
  return request.size > free
    ? refuse('notEnoughTokens', request.size, free, 'not enough free shares to sell')
    : null;
}

/** Dollars that change hands if the order fills. */
const notionalOf = ({ price, size }: OrderRequest): number => notional(price, size, 'up');

/** Dollars that a purchase may take: its notional, and the most its taker fee can come to. */
const costOf = ({ fee }: GateMarket, request: OrderRequest): number =>
  notionalOf(request) + takerFeeBound(fee, request);

/**
 * While reducing, all live orders of one side together may at most close what is surely held on the other, however provisional
 * trades end. Dollars at risk alone would let a dear position be turned round into many cheap shares.
 */
function checkReduces({ mode }: GatePass, { risk }: GateMarket, request: OrderRequest): Refused | null {
  if (mode !== 'reducing') return null;
  const isBid = yesSideOf(request) === 'BUY';
  const after = request.size + (isBid ? risk.liveBidShares : risk.liveAskShares);
  const held = Math.max(0, isBid ? -risk.mostNet : risk.leastNet);
  return after > held
    ? refuse('growsPosition', after, held, 'only reductions of what is surely held are allowed now')
    : null;
}

function checkExposure(pass: GatePass, market: GateMarket, request: OrderRequest): Refused | null {
  const before = exposureOf(market.risk);
  const after = exposureOf(withOrder(market.risk, request));
  // An order on the side that does not carry the worst case is free: quoting both sides is not twice the risk.
  if (after <= before) return null;
  if (after > pass.limits.maxPerMarket)
    return refuse('perMarketLimit', after, pass.limits.maxPerMarket, 'per-market limit');
  const total = pass.totalExposure - before + after;
  const cap = totalCap(pass.equity, pass.limits.maxTotalExposureBps);
  return total > cap ? refuse('totalExposure', total, cap, 'total exposure limit') : null;
}

/**
 * No order may add to an outcome of its event that then costs more than the limit, even where another one costs more yet: what is
 * counted there may have ended already. A market that grows less risky by itself may cost more in the outcome that another pays in.
 */
function checkEvent({ limits }: GatePass, market: GateMarket, request: OrderRequest): Refused | null {
  if (market.event === null) return null;
  const others = market.event.others();
  const oneWins = market.event.outcomes === others.length + 1;
  const after = eventLossOn(yesSideOf(request), withOrder(market.risk, request), others, oneWins);
  if (after <= limits.maxPerEvent) return null;
  return refuse('perEventLimit', after, limits.maxPerEvent, 'limit of all markets of the event together');
}

/** Markets about one coin fall together, so what they may lose is added up, whichever way each of them stands. */
function checkCoin({ limits }: GatePass, market: GateMarket, request: OrderRequest): Refused | null {
  if (market.coin === null) return null;
  const after = exposureOf(withOrder(market.risk, request));
  if (after <= exposureOf(market.risk)) return null;
  const together = market.coin.others() + after;
  if (together <= limits.maxPerCoin) return null;
  return refuse(
    'perCoinLimit',
    together,
    limits.maxPerCoin,
    `limit of all markets about ${market.coin.ticker} together`,
  );
}

function checkRate(pass: GatePass, request: OrderRequest): Refused | null {
  if (pass.openOrders >= pass.limits.maxOpenOrders) {
    return refuse('tooManyOrders', pass.openOrders, pass.limits.maxOpenOrders, 'too many orders open');
  }
  if (pass.budget.tokens < 1)
    return refuse('orderRate', pass.budget.tokens, pass.limits.ordersPerSecond, 'order rate limit');
  const minute = notionalWithin(pass.notional, pass.nowMs) + notionalOf(request);
  const most = pass.limits.maxNotionalPerMinute;
  return minute > most
    ? refuse('notionalRate', minute, most, 'too many dollars of orders within a minute, filled or not')
    : null;
}

/** A sale that is over at once takes no place among those that rest, and its dollars count for the others only. */
function checkExitRate({ budget, limits }: GatePass): Refused | null {
  return budget.tokens < 1 - EXIT_CREDIT
    ? refuse('orderRate', budget.tokens, limits.ordersPerSecond, 'order rate limit')
    : null;
}

function withOrder(risk: MarketRisk, request: OrderRequest): MarketRisk {
  return yesSideOf(request) === 'BUY'
    ? { ...risk, liveBidShares: risk.liveBidShares + request.size }
    : { ...risk, liveAskShares: risk.liveAskShares + request.size };
}

function reserve(pass: GatePass, market: GateMarket, request: OrderRequest): void {
  const before = exposureOf(market.risk);
  const at = yesPriceOf(request);
  if (yesSideOf(request) === 'BUY') {
    market.risk.liveBidShares += request.size;
    market.ownBestBid = Math.max(at, market.ownBestBid ?? 0) as Price;
  } else {
    market.risk.liveAskShares += request.size;
    market.ownBestAsk = Math.min(at, market.ownBestAsk ?? at) as Price;
  }
  pass.totalExposure += exposureOf(market.risk) - before;
  if (request.side === 'BUY') pass.freeCash = (pass.freeCash ?? 0) - costOf(market, request);
  else if (request.outcome === 'YES') market.freeYes -= request.size;
  else market.freeNo -= request.size;
  pass.openOrders += 1;
  pass.budget.tokens -= 1;
  countNotional(pass.notional, notionalOf(request), pass.nowMs);
}
