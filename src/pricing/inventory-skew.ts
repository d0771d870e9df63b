import type { Side } from '../domain/market.ts';
import type { EngineInputs, EngineQuote } from './pricing-engine.ts';

/**
 * Net inventory against the market's limit, from -1 (short) to 1 (long): dollars at risk over dollars allowed, where a long YES
 * position risks its price a share and a short one (net NO) one dollar minus it. Never falls when `inventoryShares` rises.
 */
export function inventoryRatio(inventoryShares: number, fairPts: number, maxInventoryUsd: number): number {
  if (maxInventoryUsd <= 0) return Math.sign(inventoryShares);
  const riskPerShareUsd = (inventoryShares >= 0 ? fairPts : 100 - fairPts) / 100;
  return Math.max(-1, Math.min(1, (inventoryShares * riskPerShareUsd) / maxInventoryUsd));
}

/**
 * A skew that survives the price grid: at least `ratio` ticks, so a full position moves both quotes by a whole tick or more.
 * Without the floor a calm market makes the model's skew vanish in rounding, and inventory is never leaned against.
 */
export function leanAtLeastTick(
  skewPts: number,
  ratio: number,
  inputs: Pick<EngineInputs, 'tickPts'>,
): number {
  const floorPts = 0 - ratio * inputs.tickPts;
  return ratio > 0 ? Math.min(skewPts, floorPts) : Math.max(skewPts, floorPts);
}

/**
 * The same lean, no further than `reachPts`, and the reservation price no nearer to 0 or 100 than a tick. A model in price space asks
 * for more when it expects the price to move far: at 50 points an hour one lot is worth a lean of 250. The quote that would shed
 * the lot then lies outside the range, where there are no orders, and the lot is never shed.
 */
export function leanWithinReach(
  skewPts: number,
  ratio: number,
  inputs: Pick<EngineInputs, 'tickPts' | 'fairPts'>,
  reachPts: number,
): number {
  const { fairPts, tickPts } = inputs;
  const lowest = Math.min(0, Math.max(-reachPts, tickPts - fairPts));
  const highest = Math.max(0, Math.min(reachPts, 100 - tickPts - fairPts));
  return Math.max(lowest, Math.min(highest, leanAtLeastTick(skewPts, ratio, inputs)));
}

/**
 * The only side within `reachPts` of the fair value, or null when both are. The other one would wait where nobody trades, and the risk
 * gate refuses it. With a spread of at most the reach it is always the side that adds to the position.
 */
export function onlySideInReach(
  { bidPts, askPts }: Pick<EngineQuote, 'bidPts' | 'askPts'>,
  fairPts: number,
  reachPts: number,
): Side | null {
  if (fairPts - bidPts > reachPts + NOISE_PTS) return 'SELL';
  return askPts - fairPts > reachPts + NOISE_PTS ? 'BUY' : null;
}

const NOISE_PTS = 1e-9;
