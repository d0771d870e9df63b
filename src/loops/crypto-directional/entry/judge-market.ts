import {
  bestEntry,
  type EntryCandidate,
  entryCandidates,
  type MarketTouch,
} from '../../../crypto/model/edge.ts';
import type { ClassifiedPayoff } from '../../../crypto/questions/payoff.ts';
import type { DirectionalSignal, RecalibratedOn } from '../../../domain/directional.ts';
import type { ConditionId } from '../../../domain/market.ts';
import type { CoinSymbol } from '../../../domain/spot-price.ts';
import { complement, POINT, type Price, type Usd } from '../../../domain/units.ts';
import { isDirectional } from '../../../kernel/directional.ts';
import { othersBest } from '../../../kernel/gate-view.ts';
import type { MarketSlot } from '../../../kernel/market-slots.ts';
import type { KernelState } from '../../../kernel/state.ts';
import { restAfterStop } from '../../../kernel/stopped-markets.ts';
import { busyConditions } from '../../../kernel/transactions.ts';
import { workingOrders } from '../../../orders/order-table.ts';
import { mostShares } from '../../../orders/position.ts';
import { ownQuotes } from '../../../orders/reserve.ts';
import type { ModelFor } from '../pricing/coin-models.ts';
import { isPriced, type NotPriced, type PricedMarket, priceMarket } from '../pricing/price-market.ts';
import { mapInUse, recalibrationOf } from '../pricing/recalibration-in-use.ts';
import type { CdSettings } from './choose-scope.ts';
import type { EntryMemory } from './entry-memory.ts';
import { stoppedAtOnce } from './stop-at-entry.ts';

/** A market as one look finds it: what it is worth, what can be bought, and the better of it where that has its edge. */
export interface Judgement {
  readonly slot: MarketSlot;
  readonly payoff: ClassifiedPayoff;
  /** Null where the model cannot say. */
  readonly price: PricedMarket | null;
  readonly notPriced: NotPriced | null;
  /** What the price was corrected by; null where by nothing. */
  readonly recalibratedOn: RecalibratedOn | null;
  /** The better outcome to buy, whether or not it has its edge; null where nothing can be bought. */
  readonly best: EntryCandidate | null;
  /** The same where it has its edge at a price within bounds; null where it has not. */
  readonly entry: EntryCandidate | null;
  readonly why: string;
}

const shown = (pts: number): string => `${pts.toFixed(1)} points`;
const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;

/** Prices a market and holds what it is worth against what others ask and bid. Looks, and decides nothing. */
export function judgeMarket(
  state: KernelState,
  cd: CdSettings,
  memory: EntryMemory,
  slot: MarketSlot,
  payoff: ClassifiedPayoff,
  modelFor?: ModelFor,
): Judgement {
  const { market } = slot;
  const recalibratedOn = recalibratedOnOf(state, memory);
  const base = { slot, payoff, recalibratedOn, best: null, entry: null };
  const price = priceMarket(
    state,
    memory.models,
    { payoff, createdAtMs: market.createdAtMs },
    mapInUse(state, memory.models),
    modelFor,
  );
  if (!isPriced(price)) return { ...base, price: null, notPriced: price, why: price.message };
  if (price.isDecided) {
    const message = 'The strike was reached in the window already, so the outcome is known to all.';
    return { ...base, price: null, notPriced: { refused: 'decided', message }, why: message };
  }
  const touch = othersTouch(state, slot);
  if (touch === null) return { ...base, price, notPriced: null, why: 'there is no live book to trade on' };
  const candidates = entryCandidates(price.entryYes, touch, market.fee, cd.postOnly);
  const [best] = candidates;
  if (best === undefined)
    return { ...base, price, notPriced: null, why: 'nobody bids or asks where an entry would be made' };
  const inBounds = candidates.filter((candidate) => outOfBounds(candidate, touch, cd) === null);
  const entry = bestEntry(inBounds, cd.minEdgePts);
  const found = entry ?? best;
  const corrected = correctedText(found, price, recalibratedOn);
  return { ...base, price, notPriced: null, best: found, entry, why: whyOf(found, touch, cd) + corrected };
}

function recalibratedOnOf(state: KernelState, { models }: EntryMemory): RecalibratedOn | null {
  const learnt = recalibrationOf(state, models);
  if (learnt === null || learnt.map.markets === 0) return null;
  return { markets: learnt.markets, days: learnt.days };
}

/** More than this is worth a word to whoever reads why. */
const TOLD_MOVE = 0.01;

/** What resolved markets have made of the model's word, where it is more than a point. */
function correctedText(
  { outcome }: EntryCandidate,
  { yes, byModel: { withDrift, withoutDrift } }: PricedMarket,
  on: RecalibratedOn | null,
): string {
  const before =
    outcome === 'YES' ? Math.min(withDrift, withoutDrift) : 1 - Math.max(withDrift, withoutDrift);
  if (on === null || Math.abs((outcome === 'YES' ? yes.low : 1 - yes.high) - before) <= TOLD_MOVE) return '';
  return `; the model itself says ${percent(before)}, recalibrated on ${on.markets} resolved markets of ${on.days} days`;
}

/** What is said of the better outcome: its edge, and why it is none to be bought. */
function whyOf(candidate: EntryCandidate, touch: MarketTouch, cd: CdSettings): string {
  const { outcome, edgePts, probability, price, feePerShareUsd } = candidate;
  const figures = `${outcome} is worth ${percent(probability)} and costs ${percent(price / (100 * POINT) + feePerShareUsd)}: the edge is ${shown(edgePts)}`;
  const bounds = outOfBounds(candidate, touch, cd);
  if (edgePts < cd.minEdgePts) return `${figures}, at least ${shown(cd.minEdgePts)} are wanted`;
  return bounds === null ? figures : `${figures}, but ${bounds}`;
}

function outOfBounds(candidate: EntryCandidate, touch: MarketTouch, cd: CdSettings): string | null {
  const { price } = candidate;
  if (price < cd.minEntryPricePts * POINT) return `its price is below ${shown(cd.minEntryPricePts)}`;
  if (price > cd.maxEntryPricePts * POINT) return `its price is above ${shown(cd.maxEntryPricePts)}`;
  return stoppedAtOnce(candidate, touch, cd);
}

/** Best prices of others for both outcomes; null while the book is not to be trusted. */
export function othersTouch(state: KernelState, slot: MarketSlot): MarketTouch | null {
  if (!slot.bookLive || !state.feeds.market.up) return null;
  const own = ownQuotes(state.orders, slot.market.conditionId);
  const [bid, ask] = [othersBest(slot.book, 'BUY', own), othersBest(slot.book, 'SELL', own)];
  if (bid !== null && ask !== null && bid >= ask) return null;
  return {
    YES: { bid, ask },
    NO: { bid: ask === null ? null : complement(ask), ask: bid === null ? null : complement(bid) },
  };
}

/** Why nothing of ours may be entered in a market beside what is there; null where it is free, or only holds an entry that has not filled. */
export function occupiedBy(
  state: KernelState,
  { slot: { market }, payoff }: Pick<Judgement, 'slot' | 'payoff'>,
): string | null {
  const { conditionId, minOrderSize } = market;
  const keptOut = keptOutBecause(state, conditionId, payoff.coin);
  if (keptOut !== null || isDirectional(state, conditionId)) return keptOut;
  if (workingOrders(state.orders, conditionId).length > 0)
    return 'another loop, such as market-making, has orders here';
  const held = state.books.positions.get(conditionId);
  if (held !== undefined && Math.max(mostShares(held.yes), mostShares(held.no)) >= minOrderSize)
    return 'another loop, such as market-making, holds shares here';
  return busyConditions(state.transactions).has(conditionId) ? 'a transaction is under way here' : null;
}

/** Why directional trading itself stays out of a market: it holds something there, or was stopped a while ago. What is seen meanwhile confirms nothing. */
export function keptOutBecause(
  state: KernelState,
  conditionId: ConditionId,
  coin: CoinSymbol,
): string | null {
  const position = state.directional.positions.get(conditionId);
  return position !== undefined && position.bought > 0
    ? 'a directional position is held here already'
    : restAfterStop(state, conditionId, coin);
}

/** Middle of a live book, everybody's orders in it, in YES coordinates. */
const yesMidOf = (state: KernelState, { bookLive, lastMid }: MarketSlot): Price | null =>
  bookLive && state.feeds.market.up && lastMid !== null ? (Math.round(lastMid) as Price) : null;

/** The signal that a judgement amounts to before anything is done about it. */
export function signalOf(
  state: KernelState,
  id: number,
  judgement: Judgement,
  confirmations: number,
): DirectionalSignal {
  const { slot, payoff, price, recalibratedOn, best, entry, why } = judgement;
  return {
    conditionId: slot.market.conditionId,
    coin: payoff.coin,
    kind: payoff.kind,
    strikesUsd: payoff.strikesUsd,
    direction: payoff.direction,
    endAtMs: payoff.window.endAtMs,
    id,
    atMs: state.nowMs,
    action: price === null ? 'notPriced' : entry === null ? 'noEdge' : 'confirming',
    why,
    spotUsd: price?.spotUsd ?? null,
    dailyVolatility: price?.dailyVolatility ?? null,
    yesProbability: price?.yes ?? null,
    ...(price === null ? {} : { model: { yesProbability: price.byModel.withDrift, recalibratedOn } }),
    yesMid: yesMidOf(state, slot),
    outcome: best?.outcome ?? null,
    probability: best?.probability ?? null,
    price: best?.price ?? null,
    edgePts: best?.edgePts ?? null,
    confirmations,
    stake: 0 as Usd,
    clientId: null,
    aiValidation: null,
  };
}
