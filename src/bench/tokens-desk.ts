import type { ConditionId, Side, TokenId } from '../domain/market.ts';
import type { ClientId, OrderId } from '../domain/order.ts';
import type { Price, Shares, Usd } from '../domain/units.ts';
import { yesPriceOf, yesSideOf } from '../domain/yes-coordinates.ts';
import { type PlannedChange, planQuotes } from '../orders/planner.ts';
import type { DesiredQuote, OrderRecord } from '../orders/types.ts';

/** One market of the `tokens` bar: a price that wanders by ticks, a bid and an ask that should stand at a fixed distance from it. */
export interface Desk {
  readonly n: number;
  readonly movesPerS: number;
  readonly random: () => number;
  mid: number;
  /** Since when a change waits for tokens. */
  waitsSinceMs: number | null;
  readonly resting: Map<Side, OrderRecord>;
}

export const HALF_SPREAD = 200;
const TICK = 100;
const LEAST_MID = 1_000;
const MOST_MID = 9_000;
const SIZE = 10_000_000 as Shares;
const RULES = {
  requoteThreshold: 50 as Price,
  cancelPriceThreshold: 150 as Price,
  sizeThresholdPct: 25,
  minLifetimeMs: 0,
  maxAgeMs: Number.MAX_SAFE_INTEGER,
  cancelRetryMs: 2_000,
};

export const createDesk = (n: number, movesPerS: number, random: () => number): Desk => ({
  n,
  movesPerS,
  random,
  mid: 3_000 + Math.floor(random() * 40) * TICK,
  waitsSinceMs: null,
  resting: new Map(),
});

/** Lets `ms` pass: at most one tick in each twentieth of it. */
export function moveTarget(desk: Desk, ms: number): void {
  const parts = 20;
  for (let part = 0; part < parts; part += 1) {
    if (desk.random() >= (desk.movesPerS * ms) / 1_000 / parts) continue;
    const step = desk.random() < 0.5 ? -TICK : TICK;
    desk.mid = Math.max(LEAST_MID, Math.min(MOST_MID, desk.mid + step));
  }
}

export const targetOf = (desk: Desk, side: Side): number =>
  side === 'BUY' ? desk.mid - HALF_SPREAD : desk.mid + HALF_SPREAD;

/** 1/10,000 USD that both quotes rest from their targets; one that is missing counts as a half-spread away. */
export function distanceOf(desk: Desk): number {
  let distance = 0;
  for (const side of ['BUY', 'SELL'] as const) {
    const record = desk.resting.get(side);
    distance +=
      record === undefined ? HALF_SPREAD : Math.abs(yesPriceOf(record.request) - targetOf(desk, side));
  }
  return distance;
}

/** What the planner would change. Cancels that cannot wait, and cost no order token, are done at once. */
export function planDesk(desk: Desk, nowMs: number): readonly PlannedChange[] {
  if (desk.resting.size === 2 && distanceOf(desk) === 0) {
    desk.waitsSinceMs = null;
    return [];
  }
  desk.waitsSinceMs ??= nowMs;
  const plan = planQuotes({
    market: {
      conditionId: `0x${desk.n}` as ConditionId,
      yesTokenId: `${desk.n}1` as TokenId,
      noTokenId: `${desk.n}2` as TokenId,
      negRisk: false,
      minOrderSize: SIZE,
    },
    desired: [quoteOn(desk, 'BUY'), quoteOn(desk, 'SELL')],
    working: [...desk.resting.values()],
    free: { cash: Number.MAX_SAFE_INTEGER as Usd, yes: 0 as Shares, no: 0 as Shares },
    safe: { maxBid: null, minAsk: null },
    worth: null,
    waitsSinceMs: desk.waitsSinceMs,
    rules: RULES,
    nowMs,
  });
  const later = new Set(plan.changes.flatMap(({ cancels }) => cancels));
  for (const cancel of plan.cancels) if (!later.has(cancel)) drop(desk, cancel.clientId);
  return plan.changes;
}

const quoteOn = (desk: Desk, side: Side): DesiredQuote => ({
  side,
  price: targetOf(desk, side) as Price,
  size: SIZE,
  level: 0,
});

function drop(desk: Desk, clientId: ClientId): void {
  for (const [side, record] of desk.resting)
    if (record.request.clientId === clientId) desk.resting.delete(side);
}

/** The venue has taken the change: what it cancels is gone and what it places rests. */
export function send(desk: Desk, change: PlannedChange, nowMs: number): void {
  for (const { clientId } of change.cancels) drop(desk, clientId);
  for (const { conditionId, tokenId, negRisk, outcome, side, price, size } of change.places) {
    const clientId = `${desk.n}-${side}-${nowMs}` as ClientId;
    const record: OrderRecord = {
      request: {
        ...{ clientId, conditionId, tokenId, negRisk, outcome, side, price, size },
        ...{ timeInForce: 'GTC', postOnly: true, expirationS: 0, salt: 0, timestampMs: nowMs },
      },
      tags: { loop: 'market-making', purpose: 'quote', level: 0 },
      takerFeeBound: 0 as Usd,
      approvedAtMs: nowMs,
      state: 'open',
      orderId: `0x${clientId}` as OrderId,
      matched: 0 as Shares,
      venueMatched: 0 as Shares,
      inFlightAtMs: nowMs,
      cancelAskedAtMs: null,
      terminalAtMs: null,
      restUntoldUntilMs: null,
      doubt: null,
      lookedUpAtMs: null,
      openFills: 0,
      lastText: '',
    };
    desk.resting.set(yesSideOf(record.request), record);
  }
}
