import type { StageContext, StageResult } from '../pipeline.ts';
import type { QuoteProposal } from '../proposal.ts';
import { widenAround } from '../widen.ts';

/** Widens by the configured percentage where the scorer or the guard has flagged a risk. */
export function applyEventRisk(proposal: QuoteProposal, context: StageContext): StageResult {
  if (!context.eventRisk) return { skip: 'no event risk is flagged' };
  const factor = 1 + Math.max(0, context.eventRiskWidenPct) / 100;
  return {
    proposal: widenAround(proposal, factor, context.maxSpreadPts),
    why: `event risk is flagged: distances x${factor}`,
  };
}
