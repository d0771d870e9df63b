import type { ConditionId, Market } from '../../../domain/market.ts';
import { POINT, usdToFloat } from '../../../domain/units.ts';
import { type Exclusion, listingExclusion } from './exclusions.ts';
import type { ScannerLimits } from './scanner-limits.ts';

/** How many books are watched: enough to choose from, few enough to follow. */
const WATCH_FACTOR = 3;
const WATCH_MORE = 20;
/** About this part of the listed liquidity rests where quotes are hit. */
const NEAR_PART_OF_LIQUIDITY = 0.1;

/**
 * First pass, on the listing alone: the markets whose books are worth watching, best first. Markets that we are in are watched as
 * long as nothing rules them out. The order of `markets` does not matter.
 */
export function shortlist(
  markets: Iterable<Market>,
  limits: ScannerLimits,
  nowMs: number,
  incumbents: ReadonlySet<ConditionId> = new Set(),
): { watch: Market[]; excluded: Map<ConditionId, Exclusion> } {
  const excluded = new Map<ConditionId, Exclusion>();
  const candidates: { market: Market; incumbent: boolean; worth: number }[] = [];
  for (const market of markets) {
    const incumbent = incumbents.has(market.conditionId);
    const reason = listingExclusion(market, limits, nowMs, incumbent);
    if (reason !== null) excluded.set(market.conditionId, reason);
    else candidates.push({ market, incumbent, worth: worthOf(market, limits) });
  }
  candidates.sort(
    (a, b) => Number(b.incumbent) - Number(a.incumbent) || b.worth - a.worth || byVolume(a.market, b.market),
  );
  const room = limits.maxMarkets * WATCH_FACTOR + WATCH_MORE;
  const watched = candidates.filter(({ incumbent }, index) => incumbent || index < room);
  for (const { market } of candidates.slice(watched.length))
    excluded.set(market.conditionId, 'outranked in the listing');
  return { watch: watched.map(({ market }) => market), excluded };
}

/** What a market seems worth before its book is known: our share of its volume times its spread. The seed's ranking looks at volume alone. */
function worthOf(market: Market, limits: ScannerLimits): number {
  if (limits.ranking === 'seed') return 0;
  const spreadPts = market.listedSpread === null ? limits.minSpreadPts : market.listedSpread / POINT;
  const others = NEAR_PART_OF_LIQUIDITY * usdToFloat(market.liquidity);
  const share = limits.quoteSizeUsd / (limits.quoteSizeUsd + others);
  // What is wider than we may quote is no better than what we may quote.
  const earnedPts = Math.min(spreadPts, 2 * limits.deepestDepthPts);
  return usdToFloat(market.volume24h) * share * earnedPts;
}

const byVolume = (a: Market, b: Market): number =>
  b.volume24h - a.volume24h || b.liquidity - a.liquidity || (a.conditionId < b.conditionId ? -1 : 1);
