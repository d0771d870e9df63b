import type { StageContext, StageResult } from '../pipeline.ts';
import type { QuoteProposal } from '../proposal.ts';
import { widenAround } from '../widen.ts';

const MOST = 2;

/** Widens by min(2, 1 + (vol - threshold) / threshold) while the volatility of one minute is above the threshold. */
export function applyVolWiden(proposal: QuoteProposal, context: StageContext): StageResult {
  const vol = context.volatilityPtsPerSqrtMin;
  const threshold = context.volWidenThresholdPts;
  if (vol === null) return { skip: 'volatility is not measured yet' };
  if (vol <= threshold) return { skip: `volatility ${vol.toFixed(3)} pts a minute is within ${threshold}` };
  const factor = Math.min(MOST, 1 + (vol - threshold) / threshold);
  return {
    proposal: widenAround(proposal, factor, context.maxSpreadPts),
    why: `volatility ${vol.toFixed(3)} pts a minute is above ${threshold}: distances x${factor.toFixed(3)}`,
  };
}
