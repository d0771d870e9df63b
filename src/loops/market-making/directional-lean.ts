import type { DirectionalSignal } from '../../domain/directional.ts';
import type { ConditionId } from '../../domain/market.ts';
import { POINT, PRICE_ONE } from '../../domain/units.ts';
import { signalOf } from '../../kernel/directional.ts';
import type { KernelState } from '../../kernel/state.ts';

/** A signal that two cycles have not renewed says nothing of the price now. */
const FRESH_CYCLES = 2;

/** What quotes lean on, for a person who asks why. */
export interface DirectionalLean {
  readonly signalId: number;
  readonly ageS: number;
  /** How far the model puts YES above the market, in points. */
  readonly signalPts: number;
}

/**
 * How far the directional model puts YES above the market that it looked at; null without a fresh signal with a price, and where the
 * model with drift and without disagree on which way that is.
 */
export function directionalLean(state: KernelState, conditionId: ConditionId): DirectionalLean | null {
  const { mm, cd } = state.settings;
  if (!mm.cdSynergyEnabled || cd === undefined) return null;
  const signal = signalOf(state, conditionId);
  if (signal === null) return null;
  const ageMs = state.nowMs - signal.atMs;
  if (ageMs > FRESH_CYCLES * cd.cycleMinutes * 60_000) return null;
  const signalPts = pointsAbove(signal);
  return signalPts === null ? null : { signalId: signal.id, ageS: Math.round(ageMs / 1_000), signalPts };
}

function pointsAbove({ yesProbability, yesMid }: DirectionalSignal): number | null {
  if (yesProbability === null || yesMid === null) return null;
  const low = yesProbability.low * PRICE_ONE - yesMid;
  const high = yesProbability.high * PRICE_ONE - yesMid;
  return low * high > 0 ? (low + high) / 2 / POINT : null;
}
