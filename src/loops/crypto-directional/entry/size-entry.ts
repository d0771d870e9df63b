import { type EntryCandidate, sharesForStake, stakeUsd } from '../../../crypto/model/edge.ts';
import type { ConditionId } from '../../../domain/market.ts';
import {
  complement,
  formatUsd,
  MICRO,
  mulDiv,
  notional,
  type Shares,
  type Usd,
} from '../../../domain/units.ts';
import { utcDayOf } from '../../../domain/utc-day.ts';
import { coinExposureNow, equityNow } from '../../../kernel/account-risk.ts';
import { directionalBook } from '../../../kernel/directional.ts';
import { exposureIn, heldExposureIn, markOf } from '../../../kernel/gate-view.ts';
import { limitsOf } from '../../../kernel/limits-from-settings.ts';
import type { MarketSlot } from '../../../kernel/market-slots.ts';
import type { KernelState } from '../../../kernel/state.ts';
import { cashReserved } from '../../../kernel/transactions.ts';
import { freeCash } from '../../../orders/books.ts';
import type { CdSettings } from './choose-scope.ts';

/** The venue takes sizes in hundredths of a share, and dollars of an order that takes in whole cents. */
const SIZE_STEP = 10_000;
const CENT = 10_000;

export interface EntrySize {
  readonly stake: Usd;
  readonly size: Shares;
  /** Dollars to spend at once; null for an order that rests. */
  readonly spend: Usd | null;
}

/**
 * How much to buy: Kelly's part of the cash that is free, at most `CD_MAX_POSITION_PCT` of it, and no more than the limits of the market,
 * the coin and the day leave. Where that is less than the market or the settings take, a sentence says so. An entry that rests in the market
 * counts as gone, because the new one takes its place: what is asked about before is what can be staked then, and `mostStake` is
 * what was asked about.
 */
export function sizeEntry(
  state: KernelState,
  cd: CdSettings,
  slot: MarketSlot,
  candidate: EntryCandidate,
  mostStake: Usd = Number.MAX_SAFE_INTEGER as Usd,
): EntrySize | { readonly tooSmall: string; readonly stake: Usd } {
  const { conditionId, minOrderSize } = slot.market;
  const free = freeCash(state.books, state.orders, cashReserved(state.transactions, null)) ?? 0;
  const cash = (free + replacedIn(state, conditionId).cash) as Usd;
  const { kellyFraction, maxPositionPct } = cd;
  const wanted = stakeUsd(candidate, cash, { kellyFraction, maxPositionPct });
  const stake = Math.max(0, Math.min(wanted, mostStake, roomFor(state, cd, slot, candidate))) as Usd;
  const lots = Math.floor(sharesForStake(stake, candidate.costPerShareUsd) / SIZE_STEP);
  const size = (lots * SIZE_STEP) as Shares;
  const cost = notional(candidate.price, size, 'down');
  const spend = (Math.floor(cost / CENT) * CENT) as Usd;
  if (size < minOrderSize)
    return {
      stake,
      tooSmall: `a stake of ${formatUsd(stake)} USD buys ${size / MICRO} shares, this market takes at least ${minOrderSize / MICRO}`,
    };
  if ((cd.postOnly ? cost : spend) < cd.minTradeUsd * MICRO)
    return {
      stake,
      tooSmall: `a stake of ${formatUsd(stake)} USD is less than ${cd.minTradeUsd} USD (CD_MIN_TRADE_USD), market ${conditionId.slice(0, 10)}`,
    };
  return { stake, size, spend: cd.postOnly ? null : spend };
}

/**
 * Dollars that the limits of one market, of its coin and of the day still allow. The first two value shares at the middle of the book, where
 * they are worth more than at a bid that is joined. The gate has the last word, and knows more limits.
 */
function roomFor(
  state: KernelState,
  cd: CdSettings,
  slot: MarketSlot,
  { outcome, price }: EntryCandidate,
): Usd {
  const { market, coin } = slot;
  const limits = limitsOf(state.settings);
  const replaced = replacedIn(state, market.conditionId);
  const ofMarket = limits.maxPerMarket - exposureIn(state, market.conditionId) + replaced.exposure;
  const ofCoin = coin === null ? 0 : limits.maxPerCoin - coinExposureNow(state, coin) + replaced.exposure;
  const yesMark = markOf(slot);
  const mark = outcome === 'YES' ? yesMark : complement(yesMark);
  const atRisk = Math.max(0, Math.min(ofMarket, ofCoin)) as Usd;
  const affordable = mulDiv(atRisk, price, Math.max(price, mark), 'down');
  return Math.min(affordable, roomToday(state, cd) + replaced.today) as Usd;
}

const NOTHING = { cash: 0, exposure: 0, today: 0 } as const;

/** What comes free with the entry that rests in a market and has bought nothing: dollars, exposure, and what it counts for in its day. */
function replacedIn(
  state: KernelState,
  conditionId: ConditionId,
): { readonly cash: number; readonly exposure: number; readonly today: number } {
  const position = state.directional.positions.get(conditionId);
  if (position === undefined || position.bought > 0) return NOTHING;
  return {
    cash: state.orders.reserved.byCondition.get(conditionId)?.cash ?? 0,
    exposure: exposureIn(state, conditionId) - heldExposureIn(state, conditionId),
    today: utcDayOf(position.approvedAtMs) === utcDayOf(state.nowMs) ? position.cost : 0,
  };
}

function roomToday(state: KernelState, cd: CdSettings): number {
  const { limits, today } = directionalBook(state, cd);
  const spent = utcDayOf(state.nowMs) > today.day ? 0 : today.usd;
  return mulDiv(equityNow(state), limits.maxPerDayBps, 10_000, 'down') - spent;
}

/** Why no entry at all may be made now, whatever the market; null where one may. Said before anybody is asked about a trade. */
export function entriesUsedUp(state: KernelState, cd: CdSettings, places: number): string | null {
  const { limits, today } = directionalBook(state, cd);
  const entries = utcDayOf(state.nowMs) > today.day ? 0 : today.entries;
  if (entries >= limits.maxEntriesPerDay)
    return `${entries} entries were made today, at most ${limits.maxEntriesPerDay} are allowed (CD_MAX_TRADES_PER_DAY)`;
  return places <= 0
    ? `all ${limits.maxPositions} places for positions are taken (CD_MAX_CONCURRENT_POSITIONS)`
    : null;
}
