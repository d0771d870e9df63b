import type { Price, Usd } from '../domain/units.ts';

/** The hard limits of the gate, in domain units. Where they come from is the settings table; what they mean stands here. */
export interface RiskLimits {
  /** Most dollars at risk in one market, counting every order that may be live. */
  readonly maxPerMarket: Usd;
  /** Most dollars at risk over the markets of one neg-risk event, whichever of them resolves YES. */
  readonly maxPerEvent: Usd;
  /** Most dollars at risk over all markets about one coin, each market by itself at its worst. */
  readonly maxPerCoin: Usd;
  /** Most of the account's value at risk over all markets, in hundredths of a per cent. */
  readonly maxTotalExposureBps: number;
  /** Widest distance between our own best bid and best ask. */
  readonly maxSpread: Price;
  /** Widest spread of everybody else in which a position may be shed while only reductions are allowed. */
  readonly maxSpreadToReduce: Price;
  /** Farthest a price may be from the last trusted mid. */
  readonly maxDistance: Price;
  readonly maxOpenOrders: number;
  readonly ordersPerSecond: number;
  /** Most dollars of orders that may be approved within any minute, filled or not. */
  readonly maxNotionalPerMinute: Usd;
  /** Most pairs, in dollars, that splits may have put into one market at a time. */
  readonly maxSplitPerMarket: Usd;
}

/** Orders that may be sent in one burst beyond the steady rate; the venue's Standard bucket holds one and a half seconds' worth. */
const BURST_SECONDS = 1.5;
/** However slow the rate: one quote can take two orders, and a bucket that never holds them would let it wait for ever. */
const LEAST_BURST = 2;

/** A token bucket as plain data: one token an order. */
export interface OrderBudget {
  tokens: number;
  atMs: number;
}

/** Most tokens that can be saved up. */
export const fullBudget = ({ ordersPerSecond }: RiskLimits): number =>
  Math.max(LEAST_BURST, ordersPerSecond * BURST_SECONDS);

export const createOrderBudget = (limits: RiskLimits, nowMs: number): OrderBudget => ({
  tokens: fullBudget(limits),
  atMs: nowMs,
});

/** Adds the tokens that time has brought. Time that stands still or goes back brings none. */
export function refill(budget: OrderBudget, limits: RiskLimits, nowMs: number): void {
  const elapsedMs = Math.max(0, nowMs - budget.atMs);
  budget.tokens = Math.min(fullBudget(limits), budget.tokens + (elapsedMs / 1_000) * limits.ordersPerSecond);
  budget.atMs = Math.max(budget.atMs, nowMs);
}
