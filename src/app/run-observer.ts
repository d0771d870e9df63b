import type { KernelState } from '../kernel/state.ts';
import type { Timers } from '../ports/timers.ts';
import { ownTouch } from './worker-status.ts';

/** Watches a run from beside it, for figures that no decision needs: rates, and which markets were quoted on both sides. */
export interface RunObserver {
  start(): void;
  stop(): void;
  countInput(): void;
  quotedMarkets(): number;
  figures(): {
    readonly quotedMarkets: number;
    readonly inputsPerSecond: number;
    readonly framesPerSecond: number;
  };
}

const LOOK_EVERY_MS = 500;
/** Rates are means over this many looks: five seconds. */
const LOOKS_KEPT = 10;

interface Look {
  readonly atMs: number;
  readonly inputs: number;
  readonly frames: number;
}

export function createRunObserver(options: {
  readonly timers: Timers;
  readonly state: () => KernelState;
  readonly frames: () => number;
}): RunObserver {
  const { timers } = options;
  const quoted = new Set<string>();
  let looks: Look[] = [];
  let inputs = 0;
  let cancel: (() => void) | null = null;

  function look(): void {
    looks = [...looks, { atMs: timers.nowMs(), inputs, frames: options.frames() }].slice(-LOOKS_KEPT - 1);
    const state = options.state();
    for (const conditionId of state.orders.workingByCondition.keys()) {
      if (quoted.has(conditionId)) continue;
      const { bid, ask } = ownTouch(state, conditionId);
      if (bid !== null && ask !== null && bid < ask) quoted.add(conditionId);
    }
    cancel = timers.after(LOOK_EVERY_MS, look);
  }

  function rate(pick: (look: Look) => number): number {
    const first = looks[0];
    const last = looks.at(-1);
    if (first === undefined || last === undefined || last.atMs <= first.atMs) return 0;
    return Math.round(((pick(last) - pick(first)) * 10_000) / (last.atMs - first.atMs)) / 10;
  }

  return {
    start: look,
    stop: () => cancel?.(),
    countInput: () => {
      inputs += 1;
    },
    quotedMarkets: () => quoted.size,
    figures: () => ({
      quotedMarkets: quoted.size,
      inputsPerSecond: rate((each) => each.inputs),
      framesPerSecond: rate((each) => each.frames),
    }),
  };
}
