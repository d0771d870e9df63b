import { isParseFailure } from '../../domain/fixed.ts';
import type {
  ConditionId,
  FeeSchedule,
  Market,
  NegRiskEvent,
  ResolutionState,
  RewardTerms,
  TokenId,
} from '../../domain/market.ts';
import { categoryOf } from '../../domain/market-category.ts';
import {
  PRICE_ONE,
  type Price,
  parsePrice,
  parseShares,
  price,
  type Shares,
  shares,
  type Usd,
  usd,
} from '../../domain/units.ts';
import { listedTextsOf } from './listed-texts.ts';
import { ASSUMED_FEE_RATE_PPM } from './venue-facts.ts';
import { plainDecimal, type WireObject } from './wire/fields.ts';

/** A market, or why the listing's object cannot be one of ours: a short code that can be counted. */
export type ParsedMarket = { readonly market: Market } | { readonly unusable: string };

const unusable = (reason: string): ParsedMarket => ({ unusable: reason });

const MICRO = 1_000_000;
/** One cent of spread, as the listing writes reward spreads, in 1/10,000 dollar. */
const CENT = 100;

/**
 * Reads one market object of Gamma. Lists inside it are JSON text inside JSON. Never throws: production holds objects
 * from several years, and one that is odd must not hide the others. `event` is the parent where the list was of events.
 */
export function parseGammaMarket(found: unknown, event: WireObject | null = null): ParsedMarket {
  if (typeof found !== 'object' || found === null || Array.isArray(found)) return unusable('notAnObject');
  const row = found as WireObject;
  const conditionId = text(row.conditionId);
  if (conditionId === null || !/^0x[0-9a-fA-F]{64}$/.test(conditionId)) return unusable('noConditionId');
  const version = row.version === 'v2' ? 'v2' : 'v1';
  const tokens = textList(version === 'v2' ? row.positionIds : row.clobTokenIds);
  if (
    tokens === null ||
    tokens.length !== 2 ||
    tokens.some((id) => !/^\d{1,78}$/.test(id)) ||
    tokens[0] === tokens[1]
  )
    return unusable('noTokenIds');
  const names = textList(row.outcomes);
  if (names === null || names.length !== 2) return unusable('notBinary');
  const tick = tickOf(row.orderPriceMinTickSize);
  if (tick === null) return unusable('noTickSize');
  const minOrderSize = sizeOf(row.orderMinSize);
  if (minOrderSize === null) return unusable('noMinimumSize');
  const parent = event ?? firstObject(row.events);
  const tags = tagsOf(row, parent);
  const question = text(row.question) ?? '';
  const category = categoryOf({ feeType: text(row.feeType), tags, question });
  return {
    market: {
      conditionId: conditionId.toLowerCase() as ConditionId,
      questionId: text(row.questionID) ?? '',
      gammaId: idText(row.id) ?? '',
      slug: text(row.slug) ?? '',
      question,
      description: text(row.description) ?? '',
      yesTokenId: tokens[0] as TokenId,
      noTokenId: tokens[1] as TokenId,
      outcomeNames: [names[0]!, names[1]!],
      version,
      negRisk: row.negRisk === true,
      eventId: parent === null ? null : idText(parent.id),
      ...negRiskEventOf(row, parent),
      tags,
      category,
      ...(category === 'crypto' ? listedTextsOf(row, parent) : {}),
      tickSize: tick,
      minOrderSize,
      active: row.active === true,
      closed: row.closed === true,
      acceptingOrders: row.acceptingOrders === true,
      enableOrderBook: row.enableOrderBook === true,
      restricted: row.restricted === true,
      resolution: resolutionOf(row),
      createdAtMs: timeOf(row.createdAt) ?? timeOf(row.startDate),
      endAtMs: timeOf(row.endDate),
      gameStartAtMs: timeOf(row.gameStartTime),
      fee: feeOf(row),
      rewards: rewardsOf(row),
      volume24h: dollarsOf(row.volume24hrClob ?? row.volume24hr),
      liquidity: dollarsOf(row.liquidityClob ?? row.liquidityNum ?? row.liquidity),
      listedYesPrice: listedPrice(row),
      listedSpread: listedSpread(row),
    },
  };
}

/**
 * Which neg-risk event the market is one of. Where nothing says that the event is complete it counts as augmented: a market for
 * "other", or an event that may grow, must never be taken for an exhaustive one.
 */
function negRiskEventOf(row: WireObject, parent: WireObject | null): { negRiskEvent?: NegRiskEvent } {
  const marketId = text(row.negRiskMarketID) ?? text(parent?.negRiskMarketID);
  if (row.negRisk !== true || marketId === null) return {};
  const isAugmented = parent?.negRiskAugmented !== false || row.negRiskOther === true;
  const outcomes = Array.isArray(parent?.markets) ? parent.markets.length : null;
  return { negRiskEvent: { marketId: marketId.toLowerCase(), isAugmented, outcomes } };
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);
const idText = (value: unknown): string | null => (typeof value === 'number' ? String(value) : text(value));

/** A list of texts, given as a list or as the JSON text of one. */
function textList(value: unknown): string[] | null {
  let list: unknown = value;
  if (typeof value === 'string') {
    try {
      list = JSON.parse(value);
    } catch {
      // Not JSON: the caller counts the object as unusable.
      return null;
    }
  }
  return Array.isArray(list) && list.every((entry) => typeof entry === 'string') ? list : null;
}

const firstObject = (value: unknown): WireObject | null => {
  const first: unknown = Array.isArray(value) ? value[0] : null;
  return typeof first === 'object' && first !== null ? (first as WireObject) : null;
};

const numberOf = (value: unknown): number | null => {
  const found = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof found === 'number' && Number.isFinite(found) ? found : null;
};

const decimal = (value: unknown): string | null => {
  const found = numberOf(value);
  return found === null ? null : plainDecimal(found);
};

function tickOf(value: unknown): Price | null {
  const written = decimal(value);
  const parsed = written === null ? null : parsePrice(written);
  if (parsed === null || isParseFailure(parsed)) return null;
  return parsed > 0 && parsed < PRICE_ONE && PRICE_ONE % parsed === 0 ? parsed : null;
}

function sizeOf(value: unknown): Shares | null {
  const written = decimal(value);
  const parsed = written === null ? null : parseShares(written);
  return parsed === null || isParseFailure(parsed) || parsed < 0 ? null : parsed;
}

/** ISO text, also with a blank for the T and a bare hour for the zone ("2026-06-08 00:00:16+00"). */
function timeOf(value: unknown): number | null {
  if (typeof value !== 'string' || value === '') return null;
  const at = Date.parse(value.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'));
  return Number.isFinite(at) ? at : null;
}

/** Dollars of a statistic, to the nearest millionth; it only ranks markets and books nothing. */
function dollarsOf(value: unknown): Usd {
  const found = numberOf(value);
  const micro = found === null || found < 0 ? 0 : Math.round(found * MICRO);
  return usd(Number.isSafeInteger(micro) ? micro : 0);
}

/** Where fees are on and no schedule is given, the highest rate known is assumed: cost is never thought smaller than it is. */
function feeOf(row: WireObject): FeeSchedule {
  const none: FeeSchedule = { ratePpm: 0, exponent: 1, takerOnly: true, rebatePpm: 0 };
  if (row.feesEnabled === false) return none;
  const schedule =
    typeof row.feeSchedule === 'object' && row.feeSchedule !== null ? (row.feeSchedule as WireObject) : null;
  const rate = schedule === null ? null : numberOf(schedule.rate);
  if (schedule === null || rate === null)
    return row.feesEnabled === true ? { ...none, ratePpm: ASSUMED_FEE_RATE_PPM } : none;
  return {
    ratePpm: Math.round(rate * MICRO),
    exponent: numberOf(schedule.exponent) ?? 1,
    takerOnly: schedule.takerOnly !== false,
    rebatePpm: Math.round((numberOf(schedule.rebateRate) ?? 0) * MICRO),
  };
}

function rewardsOf(row: WireObject): RewardTerms | null {
  const minSize = sizeOf(row.rewardsMinSize);
  const maxSpreadCents = numberOf(row.rewardsMaxSpread);
  if (minSize === null || maxSpreadCents === null || !(maxSpreadCents > 0 && maxSpreadCents <= 100))
    return null;
  let dailyRate = 0;
  for (const entry of Array.isArray(row.clobRewards) ? row.clobRewards : [])
    if (typeof entry === 'object' && entry !== null)
      dailyRate += dollarsOf((entry as WireObject).rewardsDailyRate);
  return {
    minSize: shares(minSize),
    maxSpread: price(Math.round(maxSpreadCents * CENT)),
    dailyRate: usd(dailyRate),
  };
}

/** Slugs of the market's own tags, or of its event's. */
function tagsOf(row: WireObject, parent: WireObject | null): readonly string[] {
  const given = Array.isArray(row.tags) ? row.tags : Array.isArray(parent?.tags) ? parent.tags : [];
  const slugs = new Set<string>();
  for (const tag of given) {
    const slug =
      typeof tag === 'string'
        ? tag
        : (text((tag as WireObject | null)?.slug) ?? text((tag as WireObject | null)?.label));
    if (slug !== null && slug !== '') slugs.add(slug.toLowerCase());
  }
  return [...slugs];
}

/** The oracle's words so far are a list, oldest first; what was resolved in the end is no dispute any more. */
export function resolutionOf(row: WireObject): ResolutionState {
  const words = [...(textList(row.umaResolutionStatuses) ?? []), text(row.umaResolutionStatus) ?? ''];
  if (words.includes('resolved')) return 'resolved';
  if (words.includes('disputed')) return 'disputed';
  return words.includes('proposed') ? 'proposed' : 'none';
}

/** A side without orders is listed as a bid of 0 or an ask of 1. */
function listedSpread(row: WireObject): Price | null {
  const bid = numberOf(row.bestBid);
  const ask = numberOf(row.bestAsk);
  if (bid === null || ask === null || !(bid > 0 && bid < ask && ask < 1)) return null;
  return price(Math.round((ask - bid) * PRICE_ONE));
}

function listedPrice(row: WireObject): Price | null {
  const listed = numberOf(textList(row.outcomePrices)?.[0]);
  return listed === null || listed < 0 || listed > 1 ? null : price(Math.round(listed * PRICE_ONE));
}
