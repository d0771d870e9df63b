import type { EngineInputs } from './pricing-engine.ts';

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
