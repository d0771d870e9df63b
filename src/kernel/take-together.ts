import { takerFeeBound } from '../domain/fee.ts';
import { type ConditionId, tokenOf } from '../domain/market.ts';
import type { OrderRequest } from '../domain/order.ts';
import { nextSalt } from '../domain/random.ts';
import type { Usd } from '../domain/units.ts';
import { addApproved } from '../orders/order-table.ts';
import type { Approved } from '../risk/approved.ts';
import { exposureOf } from '../risk/exposure.ts';
import {
  checkTogether,
  type GateLeg,
  type GateMarket,
  type GatePass,
  type LegRefused,
} from '../risk/gate.ts';
import { isRefused } from '../risk/refusal.ts';
import type { PlacedRow, QuoteDecision } from './decision.ts';
import type { Intent, LoopName, TakingLeg } from './loop.ts';
import type { MarketSlot } from './market-slots.ts';
import type { Outbox } from './outbox.ts';
import { noteRefusal } from './refusals.ts';
import { restingRefusal } from './rejection-rest.ts';
import type { KernelState } from './state.ts';
import { unreadRefusal } from './unread-tokens.ts';

/** The venue takes at most this many orders in one request, and legs that are split over two are not together any more. */
const MAX_LEGS = 15;

/** What the step shares with the orders it sends besides. */
export interface TakingContext {
  readonly state: KernelState;
  readonly loop: LoopName;
  readonly outbox: Outbox;
  readonly pass: GatePass;
  readonly marketOf: (slot: MarketSlot) => GateMarket;
}

/** Passes the legs through the gate, all or none, and sends them in a request of their own. */
export function takeTogether(context: TakingContext, intent: Extract<Intent, { kind: 'take' }>): void {
  const { state, outbox, pass, loop } = context;
  if (intent.legs.length > MAX_LEGS)
    throw new Error(`expected at most ${MAX_LEGS} legs, found ${intent.legs.length}`);
  const legs: TakenLeg[] = [];
  for (const leg of intent.legs) {
    const slot = state.markets.get(leg.conditionId);
    if (slot === undefined) return;
    legs.push({ slot, market: context.marketOf(slot), request: requestOf(state, slot, leg) });
  }
  const verdict = heldLeg(state, legs) ?? checkTogether(pass, legs);
  for (const conditionId of new Set(intent.legs.map((leg) => leg.conditionId)))
    outbox.send({ kind: 'decision', conditionId, why: decisionOf(conditionId, intent, legs, pass, verdict) });
  if (isRefused(verdict)) {
    noteRefusal(state, (legs[verdict.leg] as GateLeg).request.conditionId, verdict);
    return;
  }
  const tags = { loop, purpose: 'arbitrage', level: 0 } as const;
  for (const { slot, request } of legs)
    addApproved(state.orders, request, tags, takerFeeBound(slot.market.fee, request), state.nowMs);
  state.endedClean = false;
  outbox.send({ kind: 'place', orders: verdict });
}

/** The same record that quotes leave, so that a person who asks about a leg finds it the same way. */
function decisionOf(
  conditionId: ConditionId,
  intent: Extract<Intent, { kind: 'take' }>,
  legs: readonly GateLeg[],
  pass: GatePass,
  verdict: readonly Approved<OrderRequest>[] | LegRefused,
): QuoteDecision {
  const isOfMarket = ({ request }: GateLeg): boolean => request.conditionId === conditionId;
  const placed = legs.filter(isOfMarket).map(({ market, request }): PlacedRow => {
    const reason = `leg of a complete set: ${request.side} ${request.outcome}`;
    const exposure = exposureOf(market.risk);
    return [request.clientId, 0, reason, exposure, pass.limits.maxPerMarket, (pass.freeCash ?? 0) as Usd];
  });
  const base = { inputs: intent.why, canceled: [], kept: [], deferred: [] };
  if (!isRefused(verdict)) return { ...base, notQuoted: null, placed, refused: [] };
  const { leg, ...refusal } = verdict;
  const { outcome, side, price, size } = (legs[leg] as GateLeg).request;
  const notQuoted = `a leg of a complete set is refused: ${refusal.refused}`;
  return {
    ...base,
    notQuoted,
    placed: [],
    refused: [{ ...refusal, outcome, side, price, size, level: 0 }],
  };
}

interface TakenLeg extends GateLeg {
  readonly slot: MarketSlot;
}

/** The refusal of a leg whose tokens were not read yet, or whose kind of order rests after rejections, or null. */
function heldLeg(state: KernelState, legs: readonly TakenLeg[]): LegRefused | null {
  for (const [leg, { request, slot }] of legs.entries()) {
    const refusal =
      unreadRefusal(state, slot.market) ?? restingRefusal(state.rejectionRests, request, state.nowMs);
    if (refusal !== null) return { ...refusal, leg };
  }
  return null;
}

const requestOf = (state: KernelState, { market }: MarketSlot, leg: TakingLeg): OrderRequest => ({
  clientId: leg.clientId,
  conditionId: leg.conditionId,
  tokenId: tokenOf(market, leg.outcome),
  negRisk: market.negRisk,
  outcome: leg.outcome,
  side: leg.side,
  price: leg.price,
  size: leg.size,
  timeInForce: 'FAK',
  postOnly: false,
  ...(leg.spend === null ? {} : { spend: leg.spend }),
  expirationS: 0,
  salt: nextSalt(state.salts),
  timestampMs: state.nowMs,
});
