import type { ConditionId } from '../../domain/market.ts';
import { POINT, type Price, priceToFloat, type Shares, type Usd } from '../../domain/units.ts';
import { isDirectional } from '../../kernel/directional.ts';
import { eventExposureBeside } from '../../kernel/gate-event.ts';
import { marketRisk } from '../../kernel/gate-view.ts';
import type { Intent, LoopView } from '../../kernel/loop.ts';
import type { MarketSlot } from '../../kernel/market-slots.ts';
import type { KernelState } from '../../kernel/state.ts';
import { busyConditions, cashReserved, tokensReserved } from '../../kernel/transactions.ts';
import { freeCash, freeTokens, NONE_PENDING } from '../../orders/books.ts';
import { createHangingState, forgetHanging, observeHanging } from '../../orders/hanging.ts';
import { freeableSize } from '../../orders/order-size.ts';
import { workingOrders } from '../../orders/order-table.ts';
import { netShares } from '../../orders/position.ts';
import { ownQuotes } from '../../orders/reserve.ts';
import type { DesiredQuote } from '../../orders/types.ts';
import { fairValue } from '../../pricing/fair-value.ts';
import { staleFactor, unwindUrgency } from '../../pricing/legacy-engine.ts';
import { createVolTracker, observeVolatility, volatilityOf } from '../../pricing/volatility.ts';
import { QUOTING_STAGES } from '../../quoting/compose.ts';
import type { HangingLevel, QuoteInventory } from '../../quoting/pipeline.ts';
import { priceAndShape, type QuotingInputs, type RewardBand } from '../../quoting/price-and-shape.ts';
import type { GridLevel } from '../../quoting/proposal.ts';
import { suspension } from '../../risk/circuit-breaker.ts';
import { crossRestMs } from '../../risk/cross-cooldown.ts';
import { certified, eventRuling, LEAVING_FOR_NEW_EPOCH, withLossEpoch } from './certify-market.ts';
import { directionalLean } from './directional-lean.ts';
import { createEventLook, type EventLook, explainEvent, involvedByEvent } from './event-quoting.ts';
import { explainQuote } from './explain-quote.ts';
import {
  createMarketMeasures,
  explainMeasures,
  measuredInputs,
  noteLook,
  notePrice,
} from './market-measures.ts';
import type { MarketMakingMemory, MarketMemory } from './memory.ts';
import { explainReward, paidRatio, quotingReward } from './scanner/reward-tracking.ts';
import { explainScore } from './scorer/explain-score.ts';
import { isWidened } from './scorer/ruling.ts';
import { dollars, type MarketMakingSettings } from './settings.ts';

const HOUR_MS = 3_600_000;

export function memoryOf(memory: MarketMakingMemory, conditionId: ConditionId): MarketMemory {
  let ofMarket = memory.markets.get(conditionId);
  if (ofMarket === undefined) {
    ofMarket = {
      volatility: createVolTracker(),
      notQuotedBecause: null,
      crossRejectsSeen: 0,
      restUntilMs: 0,
      splitAskedAtMs: null,
      redeemAskedAtMs: null,
      hanging: createHangingState(),
      measures: createMarketMeasures(),
    };
    memory.markets.set(conditionId, ofMarket);
  }
  return ofMarket;
}

/** Why the market cannot be quoted at this moment, or null. Each of these pulls what is resting. */
function obstacle(view: LoopView, slot: MarketSlot, ofMarket: MarketMemory): string | null {
  const { state, nowMs } = view;
  const { yesTokenId, noTokenId, acceptingOrders } = slot.market;
  if (slot.resolved !== undefined) return 'resolved';
  if (isDirectional(state, slot.market.conditionId)) return 'held by crypto-directional trading';
  if (!acceptingOrders) return 'the market takes no orders';
  if (!slot.bookLive) return `book is not live: ${slot.bookReason}`;
  if (nowMs < ofMarket.restUntilMs) return 'resting after rejections for crossing';
  const suspended = suspension(ofMarket.measures.breaker, nowMs);
  if (suspended !== null) return suspended;
  if (!state.knownTokens.has(yesTokenId) || !state.knownTokens.has(noTokenId))
    return 'its token balances are not read yet';
  return null;
}

/** Sets a rest after enough rejections for crossing in a row. */
function restAfterCrosses(
  slot: MarketSlot,
  ofMarket: MarketMemory,
  mm: MarketMakingSettings,
  nowMs: number,
): void {
  const { crossRejects } = slot;
  const isNew = crossRejects > ofMarket.crossRejectsSeen;
  ofMarket.crossRejectsSeen = crossRejects;
  const restMs = isNew ? crossRestMs(crossRejects, mm) : 0;
  if (restMs > 0) ofMarket.restUntilMs = nowMs + restMs;
}

/**
 * Prices one market and says which quotes should rest in it; with a reason when there should be none. With `reduceOnly` only
 * what shrinks the position is quoted.
 */
export function quoteMarket(
  view: LoopView,
  memory: MarketMakingMemory,
  slot: MarketSlot,
  mm: MarketMakingSettings,
  cash: CashView,
  reduceOnly = false,
): Intent {
  const { conditionId } = slot.market;
  const ofMarket = memoryOf(memory, conditionId);
  restAfterCrosses(slot, ofMarket, mm, view.nowMs);
  noteLook(view.state, slot, ofMarket.measures);
  const reason = obstacle(view, slot, ofMarket);
  if (reason !== null) return withdraw(conditionId, ofMarket, reason);
  const own = ownQuotes(view.state.orders, conditionId);
  const fairNow = fairValue(slot.book, own, slot.market.minOrderSize, mm.fairValue);
  const inputs = quotingInputs(view, memory, slot, ofMarket, mm, cash, { own, fairNow, reduceOnly });
  const ruling = eventRuling(view.state, memory, slot, cash.events);
  const complete = withLossEpoch(view.state, conditionId, ofMarket.measures, inputs, ruling);
  if (complete === 'leave') return withdraw(conditionId, ofMarket, LEAVING_FOR_NEW_EPOCH);
  const result = priceAndShape(complete, QUOTING_STAGES, fairNow);
  if (result.kind === 'none') return withdraw(conditionId, ofMarket, result.reason);
  ofMarket.notQuotedBecause = null;
  const shaped = [
    ...desired(result.bids, 'BUY'),
    ...(mm.twoSided ? desired(result.asks, 'SELL') : onlySells(result.asks)),
  ];
  const quotes = certified(view.state, conditionId, ofMarket.measures, shaped, ruling);
  const fair = result.fair.fairPts * POINT;
  return {
    kind: 'quote',
    conditionId,
    quotes,
    safe: { maxBid: Math.floor(fair) as Price, minAsk: Math.ceil(fair) as Price },
    kPerPt: complete.kappaPerPt ?? mm.asKappaDefault,
    why: null,
    explain: () => ({
      ...explainQuote(complete, result),
      measured: explainMeasures(memory.measures, ofMarket.measures),
      ...(ruling === null ? {} : { event: explainEvent(ruling) }),
      ...(mm.scorerEnabled ? { scorer: explainScore(memory.scorer, conditionId) } : {}),
      ...(mm.cdSynergyEnabled ? { directional: directionalLean(view.state, conditionId) } : {}),
      reward: explainReward(slot, quotes, ownQuotes(view.state.orders, conditionId), memory.scanner.rewards),
    }),
  };
}

export function withdraw(
  conditionId: ConditionId,
  ofMarket: MarketMemory | undefined,
  reason: string,
): Intent {
  if (ofMarket !== undefined) {
    ofMarket.notQuotedBecause = reason;
    forgetHanging(ofMarket.hanging);
  }
  return {
    kind: 'quote',
    conditionId,
    quotes: [],
    safe: { maxBid: null, minAsk: null },
    why: reason,
  };
}

/** What one look at a market has found out already. */
interface Seen {
  readonly own: ReturnType<typeof ownQuotes>;
  readonly fairNow: ReturnType<typeof fairValue>;
  readonly reduceOnly: boolean;
}

function quotingInputs(
  view: LoopView,
  memory: MarketMakingMemory,
  slot: MarketSlot,
  ofMarket: MarketMemory,
  mm: MarketMakingSettings,
  cash: CashView,
  { own: ownOrders, fairNow: fair, reduceOnly }: Seen,
): QuotingInputs {
  const { state, nowMs } = view;
  const { conditionId, minOrderSize, endAtMs } = slot.market;
  if (!('none' in fair)) observeVolatility(ofMarket.volatility, fair.fairPts, nowMs);
  notePrice(ofMarket.measures, fair, nowMs);
  const position = state.books.positions.get(conditionId);
  const ageHours = position?.openedAtMs == null ? 0 : (nowMs - position.openedAtMs) / HOUR_MS;
  return {
    book: slot.book,
    tick: slot.tick,
    ownOrders,
    minOrderSize,
    minNotional: 0 as Usd,
    hoursToResolution: endAtMs === null ? null : Math.max(0, (endAtMs - nowMs) / HOUR_MS),
    inventory: inventoryOf(view, slot, cash),
    budget: budgetOf(view, memory, slot, mm, cash),
    volatilityPtsPerSqrtS: volatilityOf(ofMarket.volatility),
    staleFactor: staleFactor((nowMs - slot.midMovedAtMs) / 1_000, mm.staleThresholdSeconds),
    unwindUrgency: unwindUrgency(ageHours),
    ...measuredInputs(memory.measures, ofMarket.measures, slot.market, mm),
    reward: rewardOf(memory, slot),
    eventRisk: isWidened(memory.scorer, conditionId, mm),
    cdSignalPts: directionalLean(state, conditionId)?.signalPts ?? null,
    hanging: 'none' in fair ? [] : hangingIn(view, slot, ofMarket, mm, fair.fairPts),
    reduceOnly: reduceOnly || state.trading.mode === 'reducing',
    settings: mm,
  };
}

/** What resting pays here, at what such promises have turned out to be worth. */
function rewardOf({ scanner }: MarketMakingMemory, { market }: MarketSlot): RewardBand | null {
  const band = quotingReward(market);
  return band === null ? null : { ...band, paidRatio: paidRatio(scanner.rewards) };
}

/** Orders of this market that hang. The loss that `bounded` certifies allows none that it has not asked for. */
function hangingIn(
  { state, nowMs }: LoopView,
  { market: { conditionId } }: MarketSlot,
  { hanging }: MarketMemory,
  mm: MarketMakingSettings,
  fairPts: number,
): readonly HangingLevel[] {
  const rules = {
    enabled: mm.hangingOrders && mm.pricingEngine !== 'bounded',
    maxAgeMs: mm.hangingMaxAgeSeconds * 1_000,
    maxDistance: Math.round(mm.hangingMaxDistancePts * POINT) as Price,
  };
  const working = workingOrders(state.orders, conditionId);
  return observeHanging(hanging, state.orders, working, rules, fairPts * POINT, nowMs);
}

/** What is held, and how much of it new quotes may sell: our own resting quotes in this market count as free, they are replaced. */
function inventoryOf({ state }: LoopView, slot: MarketSlot, { pending }: CashView): QuoteInventory {
  const { conditionId } = slot.market;
  const position = state.books.positions.get(conditionId);
  const free = freeTokens(state.books, state.orders, conditionId, pending.get(conditionId) ?? NONE_PENDING);
  let yesAvailable: number = free.yes;
  let noAvailable: number = free.no;
  for (const record of workingOrders(state.orders, conditionId)) {
    if (record.request.side !== 'SELL') continue;
    // What the venue has matched already is gone, whether or not its fill has been told.
    if (record.request.outcome === 'YES') yesAvailable += freeableSize(record);
    else noAvailable += freeableSize(record);
  }
  return {
    yes: (position === undefined ? 0 : netShares(position.yes)) as Shares,
    no: (position === undefined ? 0 : netShares(position.no)) as Shares,
    yesAvailable: yesAvailable as Shares,
    noAvailable: noAvailable as Shares,
  };
}

/** What one look at the markets shares: added up once, not for each market. */
export interface CashView {
  /** Free now, net of every order and split. */
  readonly free: number;
  /** Comes free when all quotes that rest now are replaced. */
  readonly resting: number;
  /** Shares that transactions on their way will take, by market. */
  readonly pending: ReadonlyMap<ConditionId, ReturnType<typeof tokensReserved>>;
  /** What its markets share with others of their events. */
  readonly events: EventLook;
}

export function cashViewOf({ state }: LoopView): CashView {
  const free = freeCash(state.books, state.orders, cashReserved(state.transactions, null)) ?? 0;
  const pending = new Map<ConditionId, ReturnType<typeof tokensReserved>>();
  for (const conditionId of busyConditions(state.transactions))
    pending.set(conditionId, tokensReserved(state.transactions, conditionId));
  return { free, resting: state.orders.reserved.resting, pending, events: createEventLook() };
}

/**
 * Dollars this market's quotes may cost. Its share of all cash over the markets quoted, so that the last market never inherits
 * everything; at most what its limit leaves; and never more than is really free.
 */
function budgetOf(
  { state }: LoopView,
  memory: MarketMakingMemory,
  slot: MarketSlot,
  mm: MarketMakingSettings,
  { free, resting, events }: CashView,
): Usd {
  const { conditionId } = slot.market;
  const ownResting = state.orders.reserved.byCondition.get(conditionId)?.resting ?? 0;
  const share = Math.floor((free + resting) / Math.max(1, memory.chosen.size));
  const risk = marketRisk(state, conditionId);
  const atRisk = Math.max(
    0,
    Math.max(risk.mostNet, 0) * priceToFloat(risk.mark),
    Math.max(-risk.leastNet, 0) * (1 - priceToFloat(risk.mark)),
  );
  // Only one side can end up at risk; the other side's quote costs cash but reduces.
  const limit = 2 * dollars(mm.maxPerMarketUsd) - atRisk;
  const ofEvent = eventLimit(state, memory, slot, mm, events);
  return Math.floor(Math.max(0, Math.min(share, limit, ofEvent, free + ownResting))) as Usd;
}

/** What is left for each side below the limit of the market's event, beside all that its markets hold and the others ask for. */
function eventLimit(
  state: KernelState,
  memory: MarketMakingMemory,
  slot: MarketSlot,
  mm: MarketMakingSettings,
  look: EventLook,
): number {
  if (slot.market.negRiskEvent === undefined) return Number.POSITIVE_INFINITY;
  const beside = eventExposureBeside(state, slot, involvedByEvent(state, memory, look));
  return 2 * (dollars(mm.maxPerEventUsd) - beside);
}

function desired(levels: readonly GridLevel[], side: 'BUY' | 'SELL'): DesiredQuote[] {
  const merged = new Map<Price, DesiredQuote>();
  const hanging: DesiredQuote[] = [];
  for (const { price: at, size, level, hangs } of levels) {
    if (hangs !== undefined) {
      hanging.push({ side, price: at, size, level, hangs });
      continue;
    }
    const same = merged.get(at);
    merged.set(at, {
      side,
      price: at,
      size: (size + (same?.size ?? 0)) as Shares,
      level: same?.level ?? level,
    });
  }
  return [...merged.values(), ...hanging];
}

/** One-sided quoting: asks only from shares that are held. */
const onlySells = (asks: readonly GridLevel[]): DesiredQuote[] =>
  desired(
    asks.filter((level) => level.funding === 'inventory'),
    'SELL',
  );
