import type { ConditionId, FeeSchedule, Market, RewardTerms, TokenId } from '../../domain/market.ts';
import { categoryOf } from '../../domain/market-category.ts';
import { MICRO, PRICE_ONE, type Price, price, shares, usd } from '../../domain/units.ts';
import type { PreparedMarket } from '../chain/types.ts';
import {
  eventOf,
  flagOf,
  type GammaObject,
  numberOf,
  objectsOf,
  textArrayOf,
  textOf,
  timeOf,
} from './gamma-object.ts';

const DEFAULT_TICK = 0.01;
const DEFAULT_MIN_SIZE = 5;

/** The venue's own record of a market, from its Gamma object and the ids its condition has on the chain. */
export function marketFromGamma(gamma: GammaObject, prepared: PreparedMarket): Market {
  const outcomes = textArrayOf(gamma, 'outcomes');
  const event = eventOf(gamma);
  const tags = event === null ? [] : objectsOf(event, 'tags').flatMap((tag) => textOf(tag, 'slug') ?? []);
  return {
    conditionId: prepared.conditionId as string as ConditionId,
    questionId: prepared.questionId,
    gammaId: textOf(gamma, 'id') ?? prepared.conditionId,
    slug: textOf(gamma, 'slug') ?? prepared.conditionId,
    question: textOf(gamma, 'question') ?? '',
    description: textOf(gamma, 'description') ?? '',
    yesTokenId: prepared.yesTokenId as TokenId,
    noTokenId: prepared.noTokenId as TokenId,
    outcomeNames: [outcomes?.[0] ?? 'Yes', outcomes?.[1] ?? 'No'],
    version: 'v1',
    negRisk: prepared.negRisk,
    eventId: event === null ? null : String(event.id),
    tags,
    category: categoryOf({
      feeType: textOf(gamma, 'feeType'),
      tags,
      question: textOf(gamma, 'question') ?? '',
    }),
    tickSize: tickSizeOf(gamma),
    minOrderSize: shares(Math.round((numberOf(gamma, 'orderMinSize') ?? DEFAULT_MIN_SIZE) * MICRO)),
    active: true,
    closed: false,
    acceptingOrders: true,
    enableOrderBook: true,
    restricted: flagOf(gamma, 'restricted'),
    resolution: 'none',
    createdAtMs: timeOf(gamma, 'createdAt'),
    endAtMs: timeOf(gamma, 'endDate'),
    gameStartAtMs: timeOf(gamma, 'gameStartTime'),
    fee: feeOf(gamma),
    rewards: rewardsOf(gamma),
    volume24h: dollars(numberOf(gamma, 'volume24hr')),
    liquidity: dollars(numberOf(gamma, 'liquidityNum') ?? numberOf(gamma, 'liquidity')),
    listedYesPrice: listedYesPrice(gamma),
    listedSpread: null,
  };
}

export function tickSizeOf(gamma: GammaObject): Price {
  return price(Math.round((numberOf(gamma, 'orderPriceMinTickSize') ?? DEFAULT_TICK) * PRICE_ONE));
}

function feeOf(gamma: GammaObject): FeeSchedule {
  const schedule = gamma.feeSchedule;
  const free = { ratePpm: 0, exponent: 1, takerOnly: true, rebatePpm: 0 };
  if (!flagOf(gamma, 'feesEnabled') || typeof schedule !== 'object' || schedule === null) return free;
  const fields = schedule as GammaObject;
  return {
    ratePpm: Math.round((numberOf(fields, 'rate') ?? 0) * MICRO),
    exponent: numberOf(fields, 'exponent') ?? 1,
    takerOnly: fields.takerOnly !== false,
    rebatePpm: Math.round((numberOf(fields, 'rebateRate') ?? 0) * MICRO),
  };
}

function rewardsOf(gamma: GammaObject): RewardTerms | null {
  const minSize = numberOf(gamma, 'rewardsMinSize') ?? 0;
  const maxSpreadCents = numberOf(gamma, 'rewardsMaxSpread') ?? 0;
  if (minSize <= 0 || maxSpreadCents <= 0) return null;
  const daily = objectsOf(gamma, 'clobRewards').reduce(
    (sum, reward) => sum + (numberOf(reward, 'rewardsDailyRate') ?? 0),
    0,
  );
  return {
    minSize: shares(Math.round(minSize * MICRO)),
    maxSpread: price(Math.round((maxSpreadCents / 100) * PRICE_ONE)),
    dailyRate: dollars(daily),
  };
}

function listedYesPrice(gamma: GammaObject): Price | null {
  const first = Number(textArrayOf(gamma, 'outcomePrices')?.[0] ?? Number.NaN);
  return Number.isFinite(first) && first >= 0 && first <= 1 ? price(Math.round(first * PRICE_ONE)) : null;
}

const dollars = (amount: number | null) => usd(Math.round(Math.max(amount ?? 0, 0) * MICRO));
