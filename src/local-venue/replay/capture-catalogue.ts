import { keccak256, toBytes } from 'viem';
import { PRICE_ONE, type Price, priceToFloat } from '../../domain/units.ts';
import type { Catalogue, CatalogueEntry } from '../catalogue/catalogue-entry.ts';
import type { GammaObject } from '../catalogue/gamma-object.ts';
import type { Hex } from '../chain/types.ts';
import type { AdoptedConditions } from './adopt-conditions.ts';
import type { L2Capture } from './l2-capture.ts';

const FIRST_MARKET_ID = 910_001;
const FIRST_EVENT_ID = 91_001;
/** What crypto windows had in the spring of 2026; a capture does not say. */
const VOLUME_24H_USD = 60_000;

/** The question ids that stand for the captures' conditions, which are known by their id only. */
export const adoptedConditionsOf = (captures: readonly L2Capture[]): AdoptedConditions =>
  new Map(captures.map((capture) => [questionIdOf(capture), capture.conditionId]));

/** The captures' markets. Their windows are moved so that each begins now; Gamma objects are built from the captures. */
export function captureCatalogue(captures: readonly L2Capture[], nowMs: number): Catalogue {
  const notes = captures.map((capture) => {
    const first = capture.seconds[0]?.recordedAtMs ?? 0;
    const crossed =
      capture.crossedSeconds === 0
        ? ''
        : `, ${capture.crossedSeconds} crossed seconds without the crossing asks`;
    const hours = ((nowMs - first) / 3_600_000).toFixed(2);
    return `${capture.slug}: ${capture.seconds.length} seconds, ${capture.duplicateRows} repeated rows dropped${crossed}, moved by ${hours} hours`;
  });
  return {
    origin: 'l2 capture',
    entries: captures.map((capture, index) => entryOf(capture, index, nowMs)),
    notes,
  };
}

function entryOf(capture: L2Capture, index: number, nowMs: number): CatalogueEntry {
  const first = capture.seconds[0];
  const shiftMs = nowMs - (first?.recordedAtMs ?? nowMs);
  const bid = first?.bids[0]?.price ?? 0;
  const ask = first?.asks[0]?.price ?? PRICE_ONE;
  return {
    gamma: gammaObject(capture, index, shiftMs, bid, ask),
    questionId: questionIdOf(capture),
    oracle: null,
    negRisk: false,
    recorded: { conditionId: capture.conditionId, tokenIds: [capture.yesTokenId, capture.noTokenId] },
    openingYesPrice: Math.round((bid + ask) / 2) as Price,
    endAtMs: capture.windowEndMs + shiftMs,
  };
}

const questionIdOf = (capture: L2Capture): Hex => keccak256(toBytes(`evenkeel/capture/${capture.slug}`));

function gammaObject(
  capture: L2Capture,
  index: number,
  shiftMs: number,
  bid: number,
  ask: number,
): GammaObject {
  const iso = (ms: number): string => new Date(ms).toISOString();
  const [startMs, endMs] = [capture.windowStartMs + shiftMs, capture.windowEndMs + shiftMs];
  const title = `Recorded window ${capture.slug}: up or down?`;
  const listed = iso(startMs - 86_400_000);
  const [bestBid, bestAsk] = [priceToFloat(bid as Price), priceToFloat(ask as Price)];
  const middle = Number(((bestBid + bestAsk) / 2).toFixed(4));
  const shared = {
    slug: capture.slug,
    description: 'Resolves to "Up" if the price at the end of the window is at least the price at its start.',
    startDate: listed,
    createdAt: listed,
    endDate: iso(endMs),
    image: '',
    icon: '',
    resolutionSource: '',
    active: true,
    closed: false,
    archived: false,
    new: false,
    featured: false,
    restricted: true,
    negRisk: false,
    enableOrderBook: true,
    volume24hr: VOLUME_24H_USD,
  };
  const event = {
    ...shared,
    id: String(FIRST_EVENT_ID + index),
    ticker: capture.slug,
    title,
    tags: [{ id: '21', label: 'Crypto', slug: 'crypto', forceShow: false }],
  };
  return {
    ...shared,
    id: String(FIRST_MARKET_ID + index),
    question: title,
    conditionId: capture.conditionId,
    questionID: questionIdOf(capture),
    outcomes: '["Up", "Down"]',
    outcomePrices: JSON.stringify([String(middle), String(Number((1 - middle).toFixed(4)))]),
    clobTokenIds: JSON.stringify([capture.yesTokenId, capture.noTokenId]),
    marketMakerAddress: '',
    acceptingOrders: true,
    acceptingOrdersTimestamp: listed,
    eventStartTime: iso(startMs),
    orderPriceMinTickSize: priceToFloat(capture.tickSize),
    orderMinSize: 5,
    volume: String(VOLUME_24H_USD),
    volumeNum: VOLUME_24H_USD,
    liquidity: '15000',
    liquidityNum: 15_000,
    bestBid,
    bestAsk,
    spread: Number((bestAsk - bestBid).toFixed(4)),
    lastTradePrice: middle,
    makerBaseFee: 1000,
    takerBaseFee: 1000,
    feesEnabled: true,
    feeType: 'crypto_fees_v2',
    feeSchedule: { rate: 0.07, exponent: 1, takerOnly: true, rebateRate: 0.2 },
    rewardsMinSize: 50,
    rewardsMaxSpread: 4.5,
    clearBookOnStart: false,
    automaticallyActive: true,
    umaResolutionStatuses: '[]',
    events: [event],
  };
}
