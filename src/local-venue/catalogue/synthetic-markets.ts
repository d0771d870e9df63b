import { encodeAbiParameters, keccak256, toBytes } from 'viem';
import { nextFloat, streamOf } from '../../domain/random.ts';
import { PRICE_ONE, price } from '../../domain/units.ts';
import { CONTRACTS, KNOWN_ORACLES } from '../chain/addresses.ts';
import { conditionIdOf, tokenIdsOf } from '../chain/conditions.ts';
import type { Hex } from '../chain/types.ts';
import type { Catalogue, CatalogueEntry } from './catalogue-entry.ts';
import type { GammaObject } from './gamma-object.ts';
import {
  EVENT_TEMPLATES,
  type EventTemplate,
  FEE_RATES,
  type MarketTemplate,
} from './synthetic-templates.ts';

export interface SyntheticMarketsOptions {
  readonly seed: string;
  readonly nowMs: number;
  /** Leaves out what is about the price of a coin: where coins have prices, nothing would decide it. Default false. */
  readonly withoutCoins?: boolean;
}

const DAY_MS = 86_400_000;
const FIRST_MARKET_ID = 900_001;
const FIRST_EVENT_ID = 90_001;
const FIRST_TAG_ID = 100_001;
const MIN_SIZE = 5;
/** Rewards: at least this many shares, at most this many cents from the mid. */
const REWARDS_MIN_SIZE = 20;
const REWARDS_MAX_SPREAD_CENTS = 4.5;

/**
 * The default markets: made-up questions with complete Gamma objects, some in a neg-risk event. The seed moves
 * opening prices by up to three cents and gives every market ids of its own, so that runs with different seeds
 * never share a condition.
 */
export function syntheticCatalogue(options: SyntheticMarketsOptions): Catalogue {
  const entries: CatalogueEntry[] = [];
  for (const [index, template] of EVENT_TEMPLATES.entries()) {
    if (options.withoutCoins === true && template.category === 'crypto') continue;
    entries.push(...entriesOf(template, index, entries.length, options));
  }
  return {
    origin: 'synthetic',
    entries,
    notes: [`${entries.length} synthetic markets, seed ${options.seed}`],
  };
}

/** The markets of one event. Ids count on from `marketsBefore` and `eventIndex`, so that no two catalogues of one venue share one. */
export function entriesOf(
  template: EventTemplate,
  eventIndex: number,
  marketsBefore: number,
  options: SyntheticMarketsOptions,
): CatalogueEntry[] {
  const endAtMs =
    template.endAtMs ?? Math.ceil((options.nowMs + template.daysToEnd * DAY_MS) / 3_600_000) * 3_600_000;
  const listedAtMs = template.listedAtMs ?? options.nowMs - template.daysSinceListing * DAY_MS;
  const groupId = keccak256(toBytes(`evenkeel/${options.seed}/${template.slug}`));
  // A neg-risk group's id ends in 00 and its questions count up in that byte, as on the real adapter.
  const negRiskMarketId: Hex = `${groupId.slice(0, 64) as Hex}00`;
  const event = eventObject(template, eventIndex, {
    endAtMs,
    listedAtMs,
    negRiskMarketId,
    nowMs: options.nowMs,
  });
  return template.markets.map((market, index) => {
    const oracle = template.negRisk
      ? { name: 'neg-risk-adapter', address: CONTRACTS.negRiskAdapter }
      : { name: 'uma-ctf-adapter-v3', address: KNOWN_ORACLES[0]?.address ?? CONTRACTS.negRiskAdapter };
    const questionId: Hex = template.negRisk
      ? `${negRiskMarketId.slice(0, 64) as Hex}${index.toString(16).padStart(2, '0')}`
      : keccak256(toBytes(`evenkeel/${options.seed}/${market.slug}`));
    const conditionId = conditionIdOf(oracle.address, questionId);
    // What a coin decides opens at its true chance.
    const drift =
      market.decidedBy === undefined ? (nextFloat(streamOf(options.seed, market.slug)) - 0.5) * 0.06 : 0;
    const grid = Math.round(market.tick * PRICE_ONE);
    const nearest = Math.round(((market.openingProbability + drift) * PRICE_ONE) / grid) * grid;
    const opening = Math.max(grid, Math.min(PRICE_ONE - grid, nearest));
    return {
      gamma: marketObject(market, template, event, {
        id: String(FIRST_MARKET_ID + marketsBefore + index),
        index,
        conditionId,
        questionId,
        opening: opening / PRICE_ONE,
        endAtMs,
        listedAtMs,
        nowMs: options.nowMs,
        negRiskMarketId,
        resolvedBy: oracle.address,
        requestId: keccak256(encodeAbiParameters([{ type: 'bytes32' }], [questionId])),
      }),
      questionId,
      oracle,
      negRisk: template.negRisk,
      recorded: null,
      openingYesPrice: price(opening),
      endAtMs,
      ...(market.decidedBy === undefined ? {} : { decidedBy: market.decidedBy }),
    };
  });
}

interface EventFacts {
  readonly endAtMs: number;
  readonly listedAtMs: number;
  readonly negRiskMarketId: Hex;
  readonly nowMs: number;
}

function eventObject(template: EventTemplate, index: number, facts: EventFacts): GammaObject {
  const volume24hr = template.markets.reduce((sum, market) => sum + market.volume24hr, 0);
  return {
    id: String(FIRST_EVENT_ID + index),
    ticker: template.slug,
    slug: template.slug,
    title: template.title,
    description: template.description,
    resolutionSource: '',
    startDate: iso(facts.listedAtMs),
    creationDate: iso(facts.listedAtMs),
    endDate: iso(facts.endAtMs),
    image: '',
    icon: '',
    active: true,
    closed: false,
    archived: false,
    new: false,
    featured: false,
    restricted: true,
    liquidity: volume24hr / 4,
    volume: volume24hr * template.daysSinceListing,
    openInterest: 0,
    createdAt: iso(facts.listedAtMs),
    updatedAt: iso(facts.nowMs),
    competitive: 0.9,
    volume24hr,
    enableOrderBook: true,
    liquidityClob: volume24hr / 4,
    negRisk: template.negRisk,
    ...(template.negRisk ? { negRiskMarketID: facts.negRiskMarketId } : {}),
    commentCount: 0,
    cyom: false,
    showAllOutcomes: true,
    showMarketImages: false,
    enableNegRisk: template.negRisk,
    automaticallyActive: true,
    negRiskAugmented: false,
    pendingDeployment: false,
    deploying: false,
    requiresTranslation: false,
    tags: [
      {
        id: String(FIRST_TAG_ID + index),
        label: template.category,
        slug: template.category,
        forceShow: false,
      },
    ],
  };
}

interface MarketFacts extends EventFacts {
  readonly id: string;
  readonly index: number;
  readonly conditionId: Hex;
  readonly questionId: Hex;
  readonly opening: number;
  readonly resolvedBy: string;
  readonly requestId: Hex;
}

function marketObject(
  market: MarketTemplate,
  template: EventTemplate,
  event: GammaObject,
  facts: MarketFacts,
): GammaObject {
  const fee = FEE_RATES[template.category];
  const { yesTokenId, noTokenId } = tokenIdsOf(facts.conditionId, template.negRisk);
  const rounded = (value: number): number => Number(value.toFixed(4));
  const spread = Math.max(market.tick, 0.02);
  return {
    id: facts.id,
    question: market.question,
    conditionId: facts.conditionId,
    slug: market.slug,
    resolutionSource: '',
    endDate: iso(facts.endAtMs),
    liquidity: String(market.volume24hr / 4),
    startDate: iso(facts.listedAtMs),
    image: '',
    icon: '',
    description: template.description,
    outcomes: JSON.stringify(market.outcomes ?? ['Yes', 'No']),
    outcomePrices: JSON.stringify([String(facts.opening), String(rounded(1 - facts.opening))]),
    volume: String(market.volume24hr * template.daysSinceListing),
    active: true,
    closed: false,
    marketMakerAddress: '',
    createdAt: iso(facts.listedAtMs),
    updatedAt: iso(facts.nowMs),
    new: false,
    featured: false,
    archived: false,
    resolvedBy: facts.resolvedBy,
    restricted: true,
    groupItemTitle: market.groupItemTitle,
    groupItemThreshold: String(facts.index),
    questionID: facts.questionId,
    enableOrderBook: true,
    orderPriceMinTickSize: market.tick,
    orderMinSize: MIN_SIZE,
    volumeNum: market.volume24hr * template.daysSinceListing,
    liquidityNum: market.volume24hr / 4,
    endDateIso: iso(facts.endAtMs).slice(0, 10),
    startDateIso: iso(facts.listedAtMs).slice(0, 10),
    hasReviewedDates: true,
    volume24hr: market.volume24hr,
    volume1wk: market.volume24hr * Math.min(template.daysSinceListing, 7),
    volume1mo: market.volume24hr * Math.min(template.daysSinceListing, 30),
    volume1yr: market.volume24hr * template.daysSinceListing,
    clobTokenIds: JSON.stringify([yesTokenId, noTokenId]),
    umaBond: '500',
    umaReward: '5',
    volume24hrClob: market.volume24hr,
    volumeClob: market.volume24hr * template.daysSinceListing,
    liquidityClob: market.volume24hr / 4,
    makerBaseFee: fee.rate === 0 ? 0 : 1000,
    takerBaseFee: fee.rate === 0 ? 0 : 1000,
    acceptingOrders: true,
    acceptingOrdersTimestamp: iso(facts.listedAtMs),
    negRisk: template.negRisk,
    ...(template.negRisk
      ? { negRiskMarketID: facts.negRiskMarketId, negRiskRequestID: facts.requestId }
      : {}),
    negRiskOther: false,
    ready: false,
    funded: false,
    cyom: false,
    competitive: 0.9,
    pagerDutyNotificationEnabled: false,
    approved: true,
    ...(market.dailyRewards > 0 ? { clobRewards: [rewardObject(market, facts)] } : {}),
    rewardsMinSize: market.dailyRewards > 0 ? REWARDS_MIN_SIZE : 0,
    rewardsMaxSpread: market.dailyRewards > 0 ? REWARDS_MAX_SPREAD_CENTS : 0,
    spread,
    lastTradePrice: facts.opening,
    bestBid: rounded(facts.opening - spread / 2),
    bestAsk: rounded(facts.opening + spread / 2),
    automaticallyActive: true,
    clearBookOnStart: false,
    manualActivation: false,
    umaResolutionStatuses: '[]',
    pendingDeployment: false,
    deploying: false,
    rfqEnabled: false,
    holdingRewardsEnabled: false,
    feesEnabled: fee.rate > 0,
    requiresTranslation: false,
    ...(fee.rate > 0
      ? {
          feeType: `${template.category}_fees`,
          feeSchedule: { rate: fee.rate, exponent: 1, takerOnly: true, rebateRate: fee.rebateRate },
        }
      : {}),
    ...template.extra,
    events: [event],
  };
}

function rewardObject(market: MarketTemplate, facts: MarketFacts): GammaObject {
  return {
    id: facts.id,
    conditionId: facts.conditionId,
    assetAddress: CONTRACTS.pUsd,
    rewardsAmount: 0,
    rewardsDailyRate: market.dailyRewards,
    startDate: iso(facts.listedAtMs).slice(0, 10),
    endDate: iso(facts.endAtMs).slice(0, 10),
  };
}

const iso = (ms: number): string => new Date(ms).toISOString();
