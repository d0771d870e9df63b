import type { Stage } from './pipeline.ts';
import { applyBudgetConstraint } from './stages/apply-budget-constraint.ts';
import { applyCdSynergy } from './stages/apply-cd-synergy.ts';
import { applyEventRisk } from './stages/apply-event-risk.ts';
import { applyLossBudget } from './stages/apply-loss-budget.ts';
import { applyMarkoutWiden } from './stages/apply-markout-widen.ts';
import { applyMultiLevel } from './stages/apply-multi-level.ts';
import { applyReduceOnly } from './stages/apply-reduce-only.ts';
import { applyRewardBand } from './stages/apply-reward-band.ts';
import { applyVolWiden } from './stages/apply-vol-widen.ts';
import { clampPostOnly } from './stages/clamp-post-only.ts';
import { createBaseProposal } from './stages/create-base-proposal.ts';
import { dropBelowMinimum } from './stages/drop-below-minimum.ts';
import { keepHanging } from './stages/keep-hanging.ts';
import { quantizeToTick } from './stages/quantize-to-tick.ts';

/** How a quote is made, in order. The last three may never be left out: without them a proposal is not an order. */
export const QUOTING_STAGES: readonly Stage[] = [
  createBaseProposal,
  applyMultiLevel,
  applyVolWiden,
  applyEventRisk,
  applyMarkoutWiden,
  applyCdSynergy,
  applyRewardBand,
  applyReduceOnly,
  applyLossBudget,
  applyBudgetConstraint,
  keepHanging,
  quantizeToTick,
  clampPostOnly,
  dropBelowMinimum,
];
