import { type Evidence, evidenceIn } from '../crypto/model/learn-recalibration.ts';
import type { KernelState } from '../kernel/state.ts';
import type { EntryMemory } from '../loops/crypto-directional/entry/entry-memory.ts';
import type { ExitMemory } from '../loops/crypto-directional/exit/exit-memory.ts';
import type { RecalibrationOfDay } from '../loops/crypto-directional/pricing/recalibration-in-use.ts';

/** Whether probabilities are corrected, and by what: where they are not, by what they could be so far. */
export interface RecalibrationStatus extends Evidence {
  readonly enabled: boolean;
  readonly inUse: boolean;
}

/** Entries and exits fit the same map, each at its own first look of the day: the newest of the two counts. */
export function recalibrationStatus(state: KernelState): RecalibrationStatus {
  const enabled = state.settings.cd?.recalibrate === true;
  const fitted = (['crypto-directional', 'cd-exit'] as const).flatMap((name) => {
    const memory = state.loops.get(name)?.memory as EntryMemory | ExitMemory | undefined;
    return memory?.models?.recalibration ?? [];
  });
  const [latest] = fitted.sort((a: RecalibrationOfDay, b: RecalibrationOfDay) => b.day - a.day);
  if (!enabled || latest === undefined)
    return { enabled, inUse: false, ...evidenceIn(state.directional.judged) };
  const { map, markets, coinDays, days } = latest;
  return { enabled, inUse: map.markets > 0, markets, coinDays, days };
}
