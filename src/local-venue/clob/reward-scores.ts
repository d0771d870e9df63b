import { PRICE_ONE, sharesToFloat } from '../../domain/units.ts';
import type { ExchangeMarket, ExchangeOrder } from '../../exchange/index.ts';
import type { MarketRecord } from './core.ts';

/**
 * One sample of a market's liquidity rewards, by the venue's published rule: an order s cents from the adjusted mid, in a market
 * that rewards up to v cents, scores ((v - s) / v)^2 a share. Written from the rule, not from the worker's model of it.
 */
export interface MakerScores {
  /** Bids for YES and asks for NO; and the other two. */
  one: number;
  two: number;
  readonly scoringOrders: string[];
}

const CENTS_PER_DOLLAR = 100;
/** One-sided makers earn a third, and only while the mid is from 10 to 90 cents. */
const ONE_SIDED_PART = 1 / 3;

/** Each maker's part of the market's pot in this sample, adding up to 1, or empty where nobody scores. */
export function sampleShares(
  record: MarketRecord,
  market: ExchangeMarket,
  orders: Iterable<ExchangeOrder>,
): { readonly shares: Map<string, number>; readonly scoring: readonly string[] } {
  const midCents = adjustedMidCents(record, market);
  const scored = midCents === null ? new Map<string, MakerScores>() : scoresOf(record, midCents, orders);
  const counted = new Map<string, number>();
  let all = 0;
  for (const [maker, { one, two }] of scored) {
    const inTheMiddle = (midCents as number) >= 10 && (midCents as number) <= 90;
    const counts = inTheMiddle
      ? Math.max(Math.min(one, two), ONE_SIDED_PART * Math.max(one, two))
      : Math.min(one, two);
    if (counts <= 0) continue;
    counted.set(maker, counts);
    all += counts;
  }
  const shares = new Map([...counted].map(([maker, counts]) => [maker, counts / all] as const));
  return { shares, scoring: [...scored.values()].flatMap(({ scoringOrders }) => scoringOrders) };
}

function scoresOf(
  record: MarketRecord,
  midCents: number,
  orders: Iterable<ExchangeOrder>,
): Map<string, MakerScores> {
  const { rewards } = record.market;
  const scored = new Map<string, MakerScores>();
  if (rewards === null) return scored;
  const widestCents = (rewards.maxSpread / PRICE_ONE) * CENTS_PER_DOLLAR;
  for (const order of orders) {
    const left = order.originalSize - order.sizeMatched;
    const own = (order.price / PRICE_ONE) * CENTS_PER_DOLLAR;
    const distance = Math.abs((order.outcome === 'YES' ? own : CENTS_PER_DOLLAR - own) - midCents);
    if (left < rewards.minSize || distance >= widestCents) continue;
    const score = (1 - distance / widestCents) ** 2 * sharesToFloat(left as typeof order.originalSize);
    const maker = scored.get(order.owner) ?? { one: 0, two: 0, scoringOrders: [] };
    scored.set(order.owner, maker);
    maker.scoringOrders.push(order.id);
    if ((order.side === 'BUY') === (order.outcome === 'YES')) maker.one += score;
    else maker.two += score;
  }
  return scored;
}

/** The middle of the best levels that hold the least size; null where a side has none. */
function adjustedMidCents({ market: { rewards } }: MarketRecord, { book }: ExchangeMarket): number | null {
  if (rewards === null) return null;
  const bid = book.bids.findLastIndex((size) => size > 0 && size >= rewards.minSize);
  const ask = book.asks.findIndex((size) => size > 0 && size >= rewards.minSize);
  if (bid < 0 || ask < 0) return null;
  return (((bid + ask) * book.tick) / 2 / PRICE_ONE) * CENTS_PER_DOLLAR;
}
