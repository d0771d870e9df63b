import type { ConditionId } from '../../domain/market.ts';
import { isDirectional } from '../../kernel/directional.ts';
import type { Intent, LoopView } from '../../kernel/loop.ts';
import type { MarketSlot } from '../../kernel/market-slots.ts';
import { ownQuotes } from '../../orders/reserve.ts';
import { HISTORY_KEPT_MS, HISTORY_STEP_MS } from '../../pricing/price-history.ts';
import type { MarketMakingMemory } from './memory.ts';
import { type Exclusion, listingExclusion } from './scanner/exclusions.ts';
import { type MarketFigures, renewMarketFigures, toRenew } from './scanner/market-figures.ts';
import { measuredBy } from './scanner/measured.ts';
import { withoutOwn } from './scanner/own-orders.ts';
import { paidRatio, trackRewards } from './scanner/reward-tracking.ts';
import type { ScannerLimits } from './scanner/scanner-limits.ts';
import { marketFiguresOf } from './scanner/scanner-memory.ts';
import { type Candidate, select } from './scanner/select.ts';
import { shortlist } from './scanner/shortlist.ts';
import { askScores } from './scorer/ask-scores.ts';
import { isVerdict, rulingOf } from './scorer/ruling.ts';
import { takeAnswer } from './scorer/take-answer.ts';
import { tellSelection } from './tell-selection.ts';

/** A listing that was asked for and never came is asked for again after this. */
const LISTING_GIVE_UP_MS = 150_000;
/** One that failed, after this. */
const LISTING_RETRY_MS = 5_000;

/** Keeps the list of markets fresh, watches the promising ones, and chooses those to quote from their live books. */
export function scan(
  view: LoopView,
  memory: MarketMakingMemory,
  limits: ScannerLimits,
  refreshMs: number,
): Intent[] {
  memory.scannedAtMs = view.nowMs;
  const answered = takeAnswer(view, memory.scorer);
  return [
    ...answered,
    ...refreshListing(view, memory, refreshMs),
    ...followShortlist(view, memory, limits),
    ...choose(view, memory, limits),
    ...tellSelection(view, memory),
    ...askHistories(view, memory),
    ...trackRewards(view, memory.scanner.rewards, view.state.orders.workingByCondition.keys()),
  ];
}

function refreshListing({ state, nowMs }: LoopView, memory: MarketMakingMemory, refreshMs: number): Intent[] {
  const isFresh = state.listedAtMs !== null && nowMs - state.listedAtMs < refreshMs;
  if (isFresh || isAwaitingList(state, memory.listingAskedAtMs, nowMs)) return [];
  memory.listingAskedAtMs = nowMs;
  return [{ kind: 'readMarkets' }];
}

/** Whether a list was asked for in this run and may still come, or has just failed. */
function isAwaitingList(state: LoopView['state'], askedAtMs: number | null, nowMs: number): boolean {
  if (askedAtMs === null || askedAtMs < state.run.startedAtMs) return false;
  const { listedAtMs, listingFailedAtMs } = state;
  if (listedAtMs !== null && listedAtMs >= askedAtMs) return false;
  if (listingFailedAtMs !== null && listingFailedAtMs >= askedAtMs)
    return nowMs - listingFailedAtMs < LISTING_RETRY_MS;
  return nowMs - askedAtMs < LISTING_GIVE_UP_MS;
}

/** After a new listing: watches what is promising, and lets go of what is not and holds nothing of ours. */
function followShortlist(view: LoopView, memory: MarketMakingMemory, limits: ScannerLimits): Intent[] {
  const { state, nowMs } = view;
  if (state.listedAtMs === null || memory.shortlistedAtMs === state.listedAtMs) return [];
  memory.shortlistedAtMs = state.listedAtMs;
  const slots = [...state.markets.values()];
  const ours = slots.filter((slot) => isOurs(view, slot)).map(({ market }) => market.conditionId);
  const { watch, excluded } = shortlist(
    slots.filter((slot) => slot.resolved === undefined).map((slot) => slot.market),
    limits,
    nowMs,
    new Set([...memory.chosen, ...ours]),
  );
  memory.excluded = excluded;
  memory.leaving.clear();
  const wanted = new Set(watch.map((market) => market.conditionId));
  // A market with inventory or orders stays watched, or its position could not be priced or sold.
  for (const conditionId of ours) {
    wanted.add(conditionId);
    if (excluded.has(conditionId)) memory.leaving.add(conditionId);
  }
  const isWatched = (slot: MarketSlot | undefined): boolean =>
    slot?.watchedBy.includes('market-making') === true;
  const added = [...wanted].filter((conditionId) => !isWatched(state.markets.get(conditionId)));
  const dropped = slots
    .filter((slot) => isWatched(slot) && !wanted.has(slot.market.conditionId))
    .map((slot) => slot.market.conditionId);
  memory.watched = wanted;
  for (const conditionId of dropped) memory.markets.delete(conditionId);
  for (const conditionId of memory.scanner.figures.keys())
    if (!wanted.has(conditionId)) memory.scanner.figures.delete(conditionId);
  const intents: Intent[] = [];
  if (dropped.length > 0) intents.push({ kind: 'unwatch', conditionIds: dropped });
  if (added.length > 0) intents.push({ kind: 'watch', conditionIds: added });
  return intents;
}

function isOurs({ state }: LoopView, { market, resolved }: MarketSlot): boolean {
  if (resolved !== undefined) return false;
  return state.orders.workingByCondition.has(market.conditionId) || isHeld(state, market.conditionId);
}

function isHeld({ books }: LoopView['state'], conditionId: ConditionId): boolean {
  const position = books.positions.get(conditionId);
  return position !== undefined && position.openedAtMs !== null;
}

/** Chooses the markets to quote. Books are judged without our own orders, or we would be scared off by ourselves. */
function choose(view: LoopView, memory: MarketMakingMemory, limits: ScannerLimits): Intent[] {
  const { state, nowMs } = view;
  const { scanner } = memory;
  const renewed = toRenew(watchedFigures(view, memory), nowMs);
  const measured = measuredBy(memory, state.settings.mm);
  const candidates: Candidate[] = [];
  for (const conditionId of memory.watched) {
    const slot = state.markets.get(conditionId);
    if (slot === undefined) continue;
    if (slot.resolved !== undefined || !slot.market.acceptingOrders) {
      memory.excluded.set(conditionId, 'closed');
      continue;
    }
    if (isDirectional(state, conditionId)) {
      leaveToDirectional(memory, conditionId);
      continue;
    }
    if (wasDirectional(memory, conditionId)) takeBack(memory, slot, limits, nowMs);
    if (memory.leaving.has(conditionId)) continue;
    const book = slot.bookLive ? withoutOwn(slot.book, ownQuotes(state.orders, conditionId)) : null;
    const figures = marketFiguresOf(scanner, conditionId);
    if (book !== null && renewed.has(conditionId))
      renewMarketFigures(figures, slot, book, limits, measured, paidRatio(scanner.rewards), nowMs);
    const { value } = figures;
    const incumbent = memory.chosen.has(conditionId);
    const ruledOut = rulingOf(memory.scorer, conditionId, state.settings.mm, incumbent, nowMs);
    candidates.push({ market: slot.market, book, incumbent, value, ruledOut });
  }
  const { chosen, excluded, scores, rewardsCount } = select(candidates, limits, nowMs);
  memory.chosen = new Set<ConditionId>(chosen);
  scanner.scores = scores;
  scanner.rewardsCount = rewardsCount;
  for (const conditionId of chosen) memory.excluded.delete(conditionId);
  for (const [conditionId, reason] of excluded) {
    memory.excluded.set(conditionId, reason);
    // What a score warns of may only be sold.
    if (isVerdict(reason) && isHeld(state, conditionId)) memory.leaving.add(conditionId);
  }
  return askScores(view, memory, candidates, scores, limits);
}

const DIRECTIONAL = 'held by crypto-directional trading' satisfies Exclusion;

const wasDirectional = ({ excluded }: MarketMakingMemory, conditionId: ConditionId): boolean =>
  excluded.get(conditionId) === DIRECTIONAL;

/** A market that the other strategy is done with is watched whatever its listing says, so that is asked now: all that is left there may be sold. */
function takeBack(
  memory: MarketMakingMemory,
  { market }: MarketSlot,
  limits: ScannerLimits,
  nowMs: number,
): void {
  const { conditionId } = market;
  const reason = listingExclusion(market, limits, nowMs, true);
  if (reason === null) return;
  memory.excluded.set(conditionId, reason);
  memory.leaving.add(conditionId);
}

/** One market belongs to one strategy at a time. What the other gains or loses there is no part of a loss budget of ours. */
function leaveToDirectional(memory: MarketMakingMemory, conditionId: ConditionId): void {
  memory.leaving.delete(conditionId);
  memory.excluded.set(conditionId, DIRECTIONAL);
  const ofMarket = memory.markets.get(conditionId);
  if (ofMarket !== undefined) ofMarket.measures.epoch = null;
}

/** What is known of each watched market whose book is live. */
function* watchedFigures(
  { state }: LoopView,
  { watched, scanner }: MarketMakingMemory,
): Generator<readonly [ConditionId, MarketFigures]> {
  for (const conditionId of watched)
    if (state.markets.get(conditionId)?.bookLive === true)
      yield [conditionId, marketFiguresOf(scanner, conditionId)];
}

/** How many price histories are asked for in one look. */
const HISTORIES_AT_ONCE = 5;
const HISTORY_RETRY_MS = 600_000;

/** Asks once for what the price of each watched market has done before we watched it. */
function askHistories({ state, nowMs }: LoopView, { watched, scanner }: MarketMakingMemory): Intent[] {
  const intents: Intent[] = [];
  for (const conditionId of watched) {
    if (intents.length >= HISTORIES_AT_ONCE) break;
    const slot = state.markets.get(conditionId);
    if (slot?.bookLive !== true || slot.venueHistory !== null) continue;
    const figures = marketFiguresOf(scanner, conditionId);
    const { historyAskedAtMs: askedAtMs } = figures;
    const isAwaited =
      askedAtMs !== null && askedAtMs >= state.run.startedAtMs && nowMs - askedAtMs < HISTORY_RETRY_MS;
    if (isAwaited) continue;
    figures.historyAskedAtMs = nowMs;
    intents.push({
      kind: 'readPriceHistory',
      conditionId,
      sinceMs: nowMs - HISTORY_KEPT_MS,
      stepMs: HISTORY_STEP_MS,
    });
  }
  return intents;
}
