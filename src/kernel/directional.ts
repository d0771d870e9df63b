import type { DirectionalPosition, DirectionalSignal } from '../domain/directional.ts';
import type { ConditionId } from '../domain/market.ts';

/** What directional trading knows of itself. Plain data; it outlives a restart. */
export interface DirectionalState {
  /** By market: entries on their way, and what is held. */
  readonly positions: Map<ConditionId, DirectionalPosition>;
  /** The latest that were closed, oldest first. */
  closed: DirectionalPosition[];
  /** The latest signal of each market. */
  readonly signals: Map<ConditionId, DirectionalSignal>;
  nextId: number;
}

export const createDirectional = (): DirectionalState => ({
  positions: new Map(),
  closed: [],
  signals: new Map(),
  nextId: 1,
});
