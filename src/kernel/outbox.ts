import type { ConditionId } from '../domain/market.ts';
import type { Loop, OwnFill, WakeReason } from './loop.ts';
import { wakeLoops } from './loop-schedule.ts';
import type { Command } from './messages.ts';
import type { KernelState } from './state.ts';

/** What one step leaves behind: commands for the outside, and marks on the loops that have to look again. */
export interface Outbox {
  readonly commands: Command[];
  readonly send: (command: Command) => void;
  readonly wake: (reason: WakeReason, conditionId?: ConditionId) => void;
  /** Own fills that this step booked or took back, for the loops that measure them. */
  readonly ownFills: OwnFill[];
}

export function createOutbox(state: KernelState, loops: readonly Loop[]): Outbox {
  const commands: Command[] = [];
  return {
    commands,
    send: (command) => {
      commands.push(command);
    },
    wake: (reason, conditionId) => wakeLoops(loops, state.loops, reason, conditionId ?? null),
    ownFills: [],
  };
}
