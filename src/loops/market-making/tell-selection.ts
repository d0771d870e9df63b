import type { ConditionId } from '../../domain/market.ts';
import type { Intent, LoopView } from '../../kernel/loop.ts';
import type { MarketMakingMemory } from './memory.ts';
import { tellScores } from './scorer/explain-score.ts';

/**
 * What is to be journaled of the last choice of markets: those that are quoted or excluded for another reason than was told
 * before. After a listing all markets are compared, and between listings those that are watched, since no other can change.
 */
export function tellSelection({ state }: LoopView, memory: MarketMakingMemory): Intent[] {
  const { told } = memory;
  if (told.inRun !== state.run.runId) {
    told.inRun = state.run.runId;
    told.listedAtMs = null;
    told.reasons.clear();
  }
  const isNewListing = told.listedAtMs !== memory.shortlistedAtMs;
  told.listedAtMs = memory.shortlistedAtMs;
  if (isNewListing) for (const id of told.reasons.keys()) if (!state.markets.has(id)) told.reasons.delete(id);
  const quoted: ConditionId[] = [];
  const excluded = new Map<string, ConditionId[]>();
  const excludedFor = (reason: string): ConditionId[] => {
    const same = excluded.get(reason) ?? [];
    excluded.set(reason, same);
    return same;
  };
  for (const conditionId of isNewListing ? state.markets.keys() : memory.watched) {
    const reason = reasonOf(memory, conditionId);
    if (reason === null || told.reasons.get(conditionId) === reason) continue;
    told.reasons.set(conditionId, reason);
    if (reason === QUOTED) quoted.push(conditionId);
    else excludedFor(reason).push(conditionId);
  }
  const scored = tellScores({ state }, memory.scorer);
  if (quoted.length + excluded.size + scored.length === 0) return [];
  return [{ kind: 'select', quoted, excluded: [...excluded], ...(scored.length === 0 ? {} : { scored }) }];
}

const QUOTED = '';

function reasonOf(memory: MarketMakingMemory, conditionId: ConditionId): string | null {
  if (memory.chosen.has(conditionId)) return QUOTED;
  const reason = memory.excluded.get(conditionId) ?? null;
  return memory.leaving.has(conditionId) ? `${reason}; what is held there is still sold` : reason;
}
