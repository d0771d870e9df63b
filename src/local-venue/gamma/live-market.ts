import { complement, formatPrice, type Price, priceToFloat, usdToFloat } from '../../domain/units.ts';
import { CONTRACTS } from '../chain/addresses.ts';
import type { VenueMarket, VenueState } from '../types.ts';

/** What Gamma reads of the venue. */
export type ListedMarkets = Pick<VenueState, 'markets' | 'book' | 'priceHistory'>;

/** JSON as Gamma sends it; what the venue does not know stays as it was recorded. */
export type GammaJson = Readonly<Record<string, unknown>>;

/**
 * The market as Gamma shows it now: its Gamma object with the fields that follow the venue (touch, last trade,
 * prices, volume, tick, state) replaced. Gamma wraps arrays of texts into JSON text; so does this.
 */
export function liveMarket(state: ListedMarkets, record: VenueMarket): GammaJson {
  const { market, listing } = record;
  const recorded = listing.gamma ?? plainMarket(record);
  const book = state.book(market.yesTokenId);
  const bestBid = book?.bids[0]?.price ?? null;
  const bestAsk = book?.asks[0]?.price ?? null;
  // The record's own last price is in the coordinates of whichever token traded; Gamma means the first outcome.
  const last = state.priceHistory(market.yesTokenId).at(-1)?.price ?? null;
  const traded = usdToFloat(record.volume);
  const over = record.status === 'resolved';
  return {
    ...recorded,
    active: market.active,
    closed: market.closed || over,
    acceptingOrders: market.acceptingOrders && !over,
    orderPriceMinTickSize: priceToFloat(market.tickSize),
    bestBid: bestBid === null ? 0 : priceToFloat(bestBid),
    bestAsk: bestAsk === null ? 1 : priceToFloat(bestAsk),
    spread: roundTo4(
      (bestAsk === null ? 1 : priceToFloat(bestAsk)) - (bestBid === null ? 0 : priceToFloat(bestBid)),
    ),
    ...(last === null ? {} : { lastTradePrice: priceToFloat(last) }),
    outcomePrices: JSON.stringify(outcomePrices(record, recorded, bestBid, bestAsk, last)),
    volume: String(numberIn(recorded, 'volume') + traded),
    volumeNum: numberIn(recorded, 'volumeNum') + traded,
    volume24hr: numberIn(recorded, 'volume24hr') + traded,
    ...(over ? resolvedFields(record) : {}),
  };
}

function resolvedFields(record: VenueMarket): GammaJson {
  const at = new Date(record.resolvedAtMs ?? 0).toISOString();
  return {
    closedTime: `${at.slice(0, 10)} ${at.slice(11, 19)}+00`,
    umaEndDate: at,
    umaResolutionStatus: 'resolved',
    umaResolutionStatuses: '["proposed"]',
  };
}

/** The pay-out once resolved; before, the middle of the touch, else the last trade, else what was recorded. */
function outcomePrices(
  record: VenueMarket,
  recorded: GammaJson,
  bestBid: Price | null,
  bestAsk: Price | null,
  lastTrade: Price | null,
): readonly [string, string] {
  if (record.winner !== null) return record.winner === 'YES' ? ['1', '0'] : ['0', '1'];
  if (bestBid !== null && bestAsk !== null) {
    const middle = priceToFloat((bestBid + bestAsk) as Price) / 2;
    return [String(roundTo5(middle)), String(roundTo5(1 - middle))];
  }
  const last = lastTrade ?? record.market.listedYesPrice;
  if (last !== null) return [formatPrice(last), formatPrice(complement(last))];
  const text = recorded.outcomePrices;
  const parsed: unknown = typeof text === 'string' && text.startsWith('[') ? JSON.parse(text) : null;
  return Array.isArray(parsed) && parsed.length === 2
    ? [String(parsed[0]), String(parsed[1])]
    : ['0.5', '0.5'];
}

/** For a market that was listed without a Gamma object. */
function plainMarket(record: VenueMarket): GammaJson {
  const { market, listing, listedAtMs } = record;
  const iso = (ms: number): string => new Date(ms).toISOString();
  const fee = market.fee;
  return {
    id: market.gammaId,
    question: market.question,
    conditionId: market.conditionId,
    slug: market.slug,
    description: market.description,
    outcomes: JSON.stringify(market.outcomeNames),
    clobTokenIds: JSON.stringify([market.yesTokenId, market.noTokenId]),
    questionID: market.questionId,
    marketMakerAddress: '',
    resolvedBy: listing.oracle,
    startDate: iso(market.createdAtMs ?? listedAtMs),
    createdAt: iso(market.createdAtMs ?? listedAtMs),
    ...(market.endAtMs === null
      ? {}
      : { endDate: iso(market.endAtMs), endDateIso: iso(market.endAtMs).slice(0, 10) }),
    enableOrderBook: market.enableOrderBook,
    orderMinSize: market.minOrderSize / 1e6,
    negRisk: market.negRisk,
    archived: false,
    volume: '0',
    volumeNum: 0,
    volume24hr: usdToFloat(market.volume24h),
    liquidityNum: usdToFloat(market.liquidity),
    ...rewardFields(record),
    feesEnabled: fee.ratePpm > 0,
    ...(fee.ratePpm > 0
      ? {
          feeSchedule: {
            rate: fee.ratePpm / 1e6,
            exponent: fee.exponent,
            takerOnly: fee.takerOnly,
            rebateRate: fee.rebatePpm / 1e6,
          },
        }
      : {}),
  };
}

/** Spreads are listed in cents. */
function rewardFields({ market, listedAtMs }: VenueMarket): GammaJson {
  const { rewards, conditionId, endAtMs } = market;
  if (rewards === null) return { rewardsMinSize: 0, rewardsMaxSpread: 0 };
  const dateOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  const reward = {
    id: market.gammaId,
    conditionId,
    assetAddress: CONTRACTS.pUsd,
    rewardsAmount: 0,
    rewardsDailyRate: usdToFloat(rewards.dailyRate),
    startDate: dateOf(listedAtMs),
    endDate: dateOf(endAtMs ?? listedAtMs),
  };
  return {
    rewardsMinSize: rewards.minSize / 1e6,
    rewardsMaxSpread: rewards.maxSpread / 100,
    clobRewards: [reward],
  };
}

function numberIn(object: GammaJson, field: string): number {
  const value = Number(object[field] ?? 0);
  return Number.isFinite(value) ? value : 0;
}

const roundTo4 = (value: number): number => Math.round(value * 1e4) / 1e4;
const roundTo5 = (value: number): number => Math.round(value * 1e5) / 1e5;
