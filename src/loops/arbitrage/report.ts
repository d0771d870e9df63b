import { MICRO } from '../../domain/units.ts';
import type { KernelState } from '../../kernel/state.ts';
import type { ArbitrageMemory, ArbitrageTotals } from './memory.ts';

/** What came of complete sets since the state began; dollars, net of fees and gas. */
export type ArbitrageReport = ArbitrageTotals;

/** Null before the loop has run for the first time. */
export function arbitrageReport(state: KernelState): ArbitrageReport | null {
  const memory = state.loops.get('arbitrage')?.memory as ArbitrageMemory | undefined;
  if (memory === undefined) return null;
  const { expectedUsd, realisedUsd, bestEventUsd } = memory.totals;
  return {
    ...memory.totals,
    expectedUsd: expectedUsd / MICRO,
    realisedUsd: realisedUsd / MICRO,
    bestEventUsd: bestEventUsd / MICRO,
  };
}
