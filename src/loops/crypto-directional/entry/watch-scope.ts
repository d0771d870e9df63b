import type { ConditionId } from '../../../domain/market.ts';
import { isDirectional } from '../../../kernel/directional.ts';
import type { Intent } from '../../../kernel/loop.ts';
import type { MarketSlot } from '../../../kernel/market-slots.ts';
import type { KernelState } from '../../../kernel/state.ts';
import type { EntryMemory } from './entry-memory.ts';

const isWatched = (slot: MarketSlot | undefined): boolean =>
  slot?.watchedBy.includes('crypto-directional') === true;

/** Follows the books of the markets in scope, and lets go of those that are not in it any more, unless an entry of ours is there. */
export function watchScope(state: KernelState, memory: EntryMemory, scope: readonly ConditionId[]): Intent[] {
  memory.scope = [...scope];
  const present = new Set(scope);
  const added = scope.filter((conditionId) => !isWatched(state.markets.get(conditionId)));
  const left = [...state.markets].flatMap(([conditionId, slot]) =>
    isWatched(slot) && !present.has(conditionId) && !isDirectional(state, conditionId) ? [conditionId] : [],
  );
  const intents: Intent[] = [];
  if (left.length > 0) intents.push({ kind: 'unwatch', conditionIds: left });
  if (added.length > 0) intents.push({ kind: 'watch', conditionIds: added });
  return intents;
}
