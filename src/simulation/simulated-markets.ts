import { createHash } from 'node:crypto';
import type { ConditionId, Market, TokenId } from '../domain/market.ts';
import { nextFloat, nextInt, type RandomStream, streamOf } from '../domain/random.ts';
import { PRICE_ONE, type Price, type Shares, type Usd } from '../domain/units.ts';
import type { MarketListing } from '../exchange/index.ts';
import { defaultTerms, type EventOutcome, type PopulationTerms } from '../local-venue/traders/index.ts';

/** What a simulated run trades: the listing the worker reads, the venue's, and who else trades there. */
export interface SimulatedMarket {
  readonly market: Market;
  readonly listing: MarketListing;
  readonly terms: PopulationTerms;
}

export interface MarketTerms {
  readonly seed: string;
  readonly count: number;
  readonly startMs: number;
  /** Share of taker arrivals that know the hidden probability; null for the traders' own default. */
  readonly informed: number | null;
  /** Mean time between two looks of one maker; left out, a calm ten seconds. */
  readonly makerRefreshMs?: number;
  /** Shortest and longest life: every market resolves within it. Left out, most outlive the run. */
  readonly livesMs?: readonly [number, number];
  /** So many markets after each other are the outcomes of one neg-risk event, of which one wins. Left out, each stands alone. */
  readonly eventsOf?: number;
  /** News comes at once: most of what moves a market's hidden path does so in a few jumps. */
  readonly jumps?: boolean;
}

const DAY_MS = 86_400_000;
const MIN_ORDER_SIZE = 5_000_000 as Shares;
/** Wide and deep enough that a scanner that asks for three points and 500 dollars finds markets worth quoting. */
const HALF_SPREAD_PTS = 2.6;
const LEVEL_SHARES = 300;
const REFRESH_MS = 10_000;
/** One market in so many resolves within the first hour, so that ends are seen too. */
const EARLY_END_EVERY = 10;
const EARLY_LIVES_MS = [20 * 60_000, 55 * 60_000] as const;
/** With jumps: lives of hours to days, one jump for so much of them, and the share of all movement that comes in jumps. */
const JUMPY_LIVES_MS = [6 * 3_600_000, 48 * 3_600_000] as const;
const JUMP_EVERY_MS = 3_600_000;
const JUMP_SHARE = 0.8;
const FINE_TICK_EVERY = 4;
const FEE_EVERY = 3;

/** Markets drawn from the seed: coarse and fine ticks, with and without fees, most far from their end and a few near it. */
export function simulatedMarkets(terms: MarketTerms): SimulatedMarket[] {
  return Array.from({ length: terms.count }, (_, index) => simulatedMarket(terms, index));
}

/** Whether it ends early, and when its hidden path ends. */
function lifeOf(
  { livesMs, jumps = false }: MarketTerms,
  index: number,
  stream: RandomStream,
): { readonly endsEarly: boolean; readonly horizonMs: number } {
  const endsEarly = livesMs !== undefined || index % EARLY_END_EVERY === EARLY_END_EVERY - 1;
  const [shortestMs, longestMs] = livesMs ?? EARLY_LIVES_MS;
  const horizonMs = endsEarly
    ? nextInt(stream, shortestMs / 60_000, longestMs / 60_000) * 60_000
    : jumps
      ? nextInt(stream, JUMPY_LIVES_MS[0] / 60_000, JUMPY_LIVES_MS[1] / 60_000) * 60_000
      : nextInt(stream, 2, 40) * DAY_MS;
  return { endsEarly, horizonMs };
}

/** The event that the market is an outcome of, drawn from a stream of its own, or null: a market left over stands alone. */
function eventOf(terms: MarketTerms, index: number) {
  const { seed, count, eventsOf = 1 } = terms;
  const number = Math.floor(index / eventsOf);
  if (eventsOf < 2 || (number + 1) * eventsOf > count) return null;
  const event = `event-${number}`;
  const stream = streamOf(seed, `${event}/listing`);
  const weights = Array.from({ length: eventsOf }, () => 0.5 + nextFloat(stream));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const startProbabilities = weights.map((weight) => weight / sum);
  const among: EventOutcome = { event, outcome: index % eventsOf, startProbabilities };
  return { among, life: lifeOf(terms, number, stream), outcomes: eventsOf };
}

function simulatedMarket(marketTerms: MarketTerms, index: number): SimulatedMarket {
  const { seed, startMs, informed, makerRefreshMs } = marketTerms;
  const slug = `sim-${index}`;
  const stream = streamOf(seed, `${slug}/listing`);
  const event = eventOf(marketTerms, index);
  const drawn = 0.2 + 0.6 * nextFloat(stream);
  const probability = event?.among.startProbabilities[event.among.outcome] ?? drawn;
  const { endsEarly, horizonMs } = event?.life ?? lifeOf(marketTerms, index, stream);
  const tickSize = (index % FINE_TICK_EVERY === FINE_TICK_EVERY - 1 ? 10 : 100) as Price;
  const ratePpm = index % FEE_EVERY === 0 ? 50_000 : 0;
  const id = (what: string): string => createHash('sha256').update(`${seed}/${slug}/${what}`).digest('hex');
  const conditionId = `0x${id('condition')}` as ConditionId;
  const yesTokenId = BigInt(`0x${id('yes')}`).toString() as TokenId;
  const noTokenId = BigInt(`0x${id('no')}`).toString() as TokenId;
  const fee = { ratePpm, exponent: 1, takerOnly: true, rebatePpm: 0 };
  const market: Market = {
    conditionId,
    questionId: `0x${id('question')}`,
    gammaId: String(900_001 + index),
    slug,
    question: `Will simulated event ${index} happen?`,
    description: '',
    yesTokenId,
    noTokenId,
    outcomeNames: ['Yes', 'No'],
    version: 'v1',
    negRisk: event !== null,
    eventId: event?.among.event ?? null,
    ...(event === null
      ? {}
      : { negRiskEvent: { marketId: event.among.event, isAugmented: false, outcomes: event.outcomes } }),
    tags: [],
    category: 'other',
    tickSize,
    minOrderSize: MIN_ORDER_SIZE,
    active: true,
    closed: false,
    acceptingOrders: true,
    enableOrderBook: true,
    restricted: false,
    resolution: 'none',
    createdAtMs: startMs - 30 * DAY_MS,
    // The listing does not betray an early end, or the scanner would rightly stay away.
    endAtMs: startMs + (endsEarly || marketTerms.jumps === true ? 3 * DAY_MS : horizonMs),
    gameStartAtMs: null,
    fee,
    rewards: null,
    volume24h: (20_000_000_000 + nextInt(stream, 0, 1_000_000_000)) as Usd,
    liquidity: 5_000_000_000 as Usd,
    listedYesPrice: (Math.round((probability * PRICE_ONE) / tickSize) * tickSize) as Price,
    listedSpread: null,
  };
  const listing: MarketListing = {
    conditionId,
    yesTokenId,
    noTokenId,
    tickSize,
    minOrderSize: MIN_ORDER_SIZE,
    fee,
    takerDelayMs: 0,
    state: 'open',
  };
  const population = termsOf(
    startMs,
    probability,
    horizonMs,
    informed,
    ratePpm,
    makerRefreshMs ?? REFRESH_MS,
  );
  const path = {
    ...population.path,
    ...(event === null ? {} : { among: event.among }),
    ...(marketTerms.jumps === true
      ? { jumps: Math.max(1, Math.round(horizonMs / JUMP_EVERY_MS)), jumpShare: JUMP_SHARE }
      : {}),
  };
  return { market, listing, terms: { ...population, path } };
}

function termsOf(
  startMs: number,
  probability: number,
  horizonMs: number,
  informed: number | null,
  feeRatePpm: number,
  refreshMs: number,
): PopulationTerms {
  const base = defaultTerms(startMs, probability, horizonMs);
  return {
    ...base,
    takers: { ...base.takers, informed: informed ?? base.takers.informed, feeRatePpm },
    makers: {
      ...base.makers,
      halfSpreadPts: HALF_SPREAD_PTS,
      levelShares: LEVEL_SHARES,
      refreshMs,
    },
  };
}
