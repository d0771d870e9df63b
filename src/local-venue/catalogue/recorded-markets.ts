import { PRICE_ONE, type Price, price } from '../../domain/units.ts';
import type { Catalogue, CatalogueEntry } from './catalogue-entry.ts';
import { findOracle } from './find-oracle.ts';
import { CatalogueError, readGammaMarkets } from './gamma-file.ts';
import {
  eventOf,
  flagOf,
  type GammaObject,
  isHash,
  numberOf,
  textArrayOf,
  textOf,
  timeOf,
} from './gamma-object.ts';
import { shiftDates } from './shift-dates.ts';

export interface RecordedMarketsOptions {
  readonly nowMs: number;
  /** How many markets are opened at most. Default 40: what one local chain and its background flow carry with ease. */
  readonly maxMarkets?: number;
}

const DEFAULT_MAX_MARKETS = 40;
const DAY_MS = 86_400_000;
/** Markets that were over when recorded end at least this far ahead, so that a rule of "a day to go" lets them pass. */
const REOPENED_FOR_MS = 25 * 3_600_000;

/** Fields that say that a market is over; a market that is opened again must not carry them. */
const FINAL_FIELDS = ['closedTime', 'umaEndDate', 'umaResolutionStatus', 'automaticallyResolved'] as const;

/**
 * Markets recorded from Gamma, made ready to open; the first `maxMarkets` by `rank` are chosen. Dates move by one amount for those and by another for markets
 * that were over, which are opened again; everything else stays as recorded.
 * @throws CatalogueError when the file has no binary market with an order book.
 */
export function recordedCatalogue(path: string, options: RecordedMarketsOptions): Catalogue {
  const all = readGammaMarkets(path);
  const usable = all.filter(isUsable);
  if (usable.length === 0) {
    throw new CatalogueError(
      `${path}: ${all.length} markets read, none with two clobTokenIds, a questionID and an order book`,
    );
  }
  const recordedAtMs = Math.max(...usable.map((market) => timeOf(market, 'updatedAt') ?? 0));
  const ranked = usable
    .map((market) => ({ market, over: isOver(market, recordedAtMs) }))
    .map((each) => ({ ...each, rank: rank(each.market, each.over, recordedAtMs) }))
    .sort((left, right) => right.rank - left.rank)
    .slice(0, options.maxMarkets ?? DEFAULT_MAX_MARKETS);
  const shiftOpenMs = roundToSeconds(options.nowMs - recordedAtMs);
  const shiftOverMs = shiftOfOver(
    ranked.filter(({ over }) => over).map(({ market }) => market),
    options.nowMs,
  );
  const entries = ranked.map(({ market, over }) => toEntry(market, over, over ? shiftOverMs : shiftOpenMs));
  const openCount = ranked.filter(({ over }) => !over).length;
  const notes = [`${path}: ${all.length} markets read, ${usable.length} usable, ${entries.length} opened`];
  if (openCount > 0) notes.push(`dates of ${openCount} markets moved by ${days(shiftOpenMs)} days`);
  if (openCount < entries.length) {
    const over = entries.length - openCount;
    notes.push(
      `${over} markets were over when recorded and are open again: dates moved by ${days(shiftOverMs)} days`,
    );
  }
  return { origin: 'gamma file', entries, notes };
}

function isUsable(market: GammaObject): boolean {
  return (
    textArrayOf(market, 'clobTokenIds')?.length === 2 &&
    textArrayOf(market, 'outcomes')?.length === 2 &&
    isHash(textOf(market, 'conditionId')) &&
    isHash(textOf(market, 'questionID')) &&
    flagOf(market, 'enableOrderBook')
  );
}

function isOver(market: GammaObject, recordedAtMs: number): boolean {
  return flagOf(market, 'closed') || (timeOf(market, 'endDate') ?? Number.POSITIVE_INFINITY) <= recordedAtMs;
}

/**
 * Open before over, uncertain before decided, ending within a day to two months (what makers look for) before the
 * rest, then by what was traded in a day (counted up to 1e9 dollars).
 */
function rank(market: GammaObject, over: boolean, recordedAtMs: number): number {
  const opening = openingYesPrice(market, over);
  const isUncertain = opening >= 500 && opening <= 9_500;
  const daysLeft = ((timeOf(market, 'endDate') ?? Number.POSITIVE_INFINITY) - recordedAtMs) / DAY_MS;
  const endsSoon = daysLeft >= 1 && daysLeft <= 60;
  const traded = Math.min(numberOf(market, 'volume24hr') ?? 0, 1e9);
  return (over ? 0 : 8e9) + (isUncertain ? 4e9 : 0) + (endsSoon ? 2e9 : 0) + traded;
}

function shiftOfOver(markets: readonly GammaObject[], nowMs: number): number {
  const ends = markets.flatMap((market) => timeOf(market, 'endDate') ?? []);
  return ends.length === 0 ? 0 : roundToSeconds(nowMs + REOPENED_FOR_MS - Math.min(...ends));
}

function toEntry(recorded: GammaObject, over: boolean, shiftMs: number): CatalogueEntry {
  const conditionId = textOf(recorded, 'conditionId') as `0x${string}`;
  const questionId = textOf(recorded, 'questionID') as `0x${string}`;
  const tokens = textArrayOf(recorded, 'clobTokenIds');
  const gamma: Record<string, unknown> = { ...shiftDates(recorded, shiftMs) };
  gamma.closed = false;
  gamma.acceptingOrders = true;
  gamma.active = true;
  if (over) for (const field of FINAL_FIELDS) delete gamma[field];
  const event = eventOf(gamma);
  if (event !== null) gamma.events = [{ ...event, closed: false }];
  return {
    gamma,
    questionId,
    oracle: findOracle(questionId, conditionId, textOf(recorded, 'resolvedBy')),
    negRisk: flagOf(recorded, 'negRisk'),
    recorded: { conditionId, tokenIds: [tokens?.[0] ?? '', tokens?.[1] ?? ''] },
    openingYesPrice: openingYesPrice(recorded, over),
    endAtMs: timeOf(gamma, 'endDate'),
  };
}

/**
 * The middle of the recorded touch, else the listed price. A market that was over opens where it was an hour
 * before its last trade, because its last prices are those of a decided market.
 */
export function openingYesPrice(market: GammaObject, over: boolean): Price {
  if (over) {
    const last = numberOf(market, 'lastTradePrice') ?? 0.5;
    return clamped(last - (numberOf(market, 'oneHourPriceChange') ?? 0), 0.1);
  }
  const bid = numberOf(market, 'bestBid');
  const ask = numberOf(market, 'bestAsk');
  if (bid !== null && ask !== null && bid < ask && ask - bid < 0.2) return clamped((bid + ask) / 2, 0);
  const listed = Number(textArrayOf(market, 'outcomePrices')?.[0] ?? 0.5);
  return clamped(Number.isFinite(listed) ? listed : 0.5, 0);
}

function clamped(probability: number, margin: number): Price {
  const inside = Math.min(Math.max(probability, margin), 1 - margin);
  return price(Math.min(Math.max(Math.round(inside * PRICE_ONE), 1), PRICE_ONE - 1));
}

const roundToSeconds = (ms: number): number => Math.round(ms / 1000) * 1000;
const days = (ms: number): string => (ms / DAY_MS).toFixed(2);
