import { createHash } from 'node:crypto';
import type { ConditionId, Market, TokenId } from '../domain/market.ts';
import { formatPrice, type Price, shares, usd } from '../domain/units.ts';
import { seededRandom } from './rounds.ts';

/** Ticks of one cent. Bids rest on every tick from `LOWEST` to the best bid, asks from the best ask to `HIGHEST`. */
export const TICK = 100 as Price;
const LOWEST = 10;
const HIGHEST = 90;
/** Ticks between best bid and best ask: wide enough for the scanner, so that quotes join the best bid. */
const SPREAD_TICKS = 4;
const LEVEL_SHARES = 300;
const FIRST_BID = 45;
const DAY_MS = 86_400_000;

/** One market of the benchmark, as its server knows it. */
export interface TickMarket {
  readonly index: number;
  readonly conditionId: ConditionId;
  readonly yesTokenId: TokenId;
  readonly noTokenId: TokenId;
  /** Best bid in ticks; everything else follows from it. */
  bidTicks: number;
  /** Where the walk goes next. */
  readonly random: () => number;
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The same markets, and the same walk of each, in every process that asks. */
export function tickMarkets(count: number): TickMarket[] {
  return Array.from({ length: count }, (_, index) => ({
    index,
    conditionId: `0x${digest(`condition ${index}`)}` as ConditionId,
    yesTokenId: BigInt(`0x${digest(`yes ${index}`)}`).toString() as TokenId,
    noTokenId: BigInt(`0x${digest(`no ${index}`)}`).toString() as TokenId,
    bidTicks: FIRST_BID,
    random: seededRandom(1_000 + index),
  }));
}

/** The listing of a market, as the worker's market list would give it. */
export function tickListing(
  { index, conditionId, yesTokenId, noTokenId }: TickMarket,
  nowMs: number,
): Market {
  return {
    conditionId,
    questionId: `0x${digest(`question ${index}`)}`,
    gammaId: String(index),
    slug: `bench-${index}`,
    question: `Does benchmark market ${index} move?`,
    description: '',
    yesTokenId,
    noTokenId,
    outcomeNames: ['Yes', 'No'],
    version: 'v1',
    negRisk: false,
    eventId: null,
    tags: [],
    category: 'other',
    tickSize: TICK,
    minOrderSize: shares(5_000_000),
    active: true,
    closed: false,
    acceptingOrders: true,
    enableOrderBook: true,
    restricted: false,
    resolution: 'none',
    createdAtMs: nowMs - 30 * DAY_MS,
    endAtMs: nowMs + 30 * DAY_MS,
    gameStartAtMs: null,
    fee: { ratePpm: 0, exponent: 1, takerOnly: true, rebatePpm: 0 },
    rewards: null,
    volume24h: usd(50_000_000_000),
    liquidity: usd(5_000_000_000),
    listedYesPrice: null,
    listedSpread: null,
  };
}

const priceText = (ticks: number): string => formatPrice((ticks * TICK) as Price);

interface BookRow {
  readonly price: string;
  readonly size: string;
}

/** Levels from `first` to `last`, both included, whichever is larger. */
function levels(first: number, last: number): BookRow[] {
  const step = first <= last ? 1 : -1;
  const rows: BookRow[] = [];
  for (let ticks = first; step > 0 ? ticks <= last : ticks >= last; ticks += step)
    rows.push({ price: priceText(ticks), size: String(LEVEL_SHARES) });
  return rows;
}

/** `GET /book` of one token, hashed as the venue hashes it. */
export function tickBook(market: TickMarket, isYes: boolean, stampMs: number): Record<string, unknown> {
  const { bidTicks } = market;
  const askTicks = bidTicks + SPREAD_TICKS;
  const book = {
    market: market.conditionId,
    asset_id: isYes ? market.yesTokenId : market.noTokenId,
    timestamp: String(stampMs),
    hash: '',
    bids: isYes ? levels(LOWEST, bidTicks) : levels(100 - HIGHEST, 100 - askTicks),
    asks: isYes ? levels(HIGHEST, askTicks) : levels(100 - LOWEST, 100 - bidTicks),
    min_order_size: '5',
    tick_size: '0.01',
    neg_risk: false,
    last_trade_price: '0.5',
  };
  return { ...book, hash: createHash('sha1').update(JSON.stringify(book)).digest('hex') };
}

/** A `book` frame of the market socket, for the YES token. */
export const tickBookFrame = (market: TickMarket, stampMs: number): string =>
  JSON.stringify({ ...tickBook(market, true, stampMs), event_type: 'book' });

/** What a move changes: one level of each side, in ticks and with its new total. */
export interface TickMove {
  readonly bidAt: number;
  readonly bidShares: number;
  readonly askAt: number;
  readonly askShares: number;
}

/** Moves the market by one tick, up or down. */
export function moveMarket(market: TickMarket): TickMove {
  const isUp = market.bidTicks <= 30 || (market.bidTicks < 60 && market.random() < 0.5);
  const before = market.bidTicks;
  market.bidTicks += isUp ? 1 : -1;
  // Going up adds a bid above the best and takes the best ask away; going down does the reverse one tick lower.
  const bidAt = isUp ? before + 1 : before;
  return {
    bidAt,
    bidShares: isUp ? LEVEL_SHARES : 0,
    askAt: bidAt + SPREAD_TICKS - 1,
    askShares: isUp ? 0 : LEVEL_SHARES,
  };
}

/** The `price_change` frame of a move that was made: both levels, each named for both tokens. */
export function moveFrame(market: TickMarket, move: TickMove, stampMs: number): string {
  const touch = (isYes: boolean): Record<string, unknown> => ({
    hash: tickBook(market, isYes, stampMs).hash,
    best_bid: priceText(isYes ? market.bidTicks : 100 - market.bidTicks - SPREAD_TICKS),
    best_ask: priceText(isYes ? market.bidTicks + SPREAD_TICKS : 100 - market.bidTicks),
  });
  const [yes, no] = [touch(true), touch(false)];
  const change = (at: number, size: string, isBid: boolean): Record<string, unknown>[] => [
    { asset_id: market.yesTokenId, price: priceText(at), size, side: isBid ? 'BUY' : 'SELL', ...yes },
    { asset_id: market.noTokenId, price: priceText(100 - at), size, side: isBid ? 'SELL' : 'BUY', ...no },
  ];
  return JSON.stringify({
    market: market.conditionId,
    price_changes: [
      ...change(move.bidAt, String(move.bidShares), true),
      ...change(move.askAt, String(move.askShares), false),
    ],
    timestamp: String(stampMs),
    event_type: 'price_change',
  });
}
