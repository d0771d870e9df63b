import { isLookDue, nextLookAtMs } from '../risk/loss-watch.ts';
import { BLOCK_RULES } from '../risk/trading-state.ts';
import { accountWorth } from './account-worth.ts';
import { lossLimitsOf } from './loss-limits.ts';
import type { Outbox } from './outbox.ts';
import type { KernelState } from './state.ts';
import { isWorthKnown, takeWorth } from './trading-control.ts';

/** Holds the account's worth against the limits on losses, about once a second, and tells a person what has changed by it. */
export function watchLosses(state: KernelState, outbox: Outbox): void {
  if (!isWorthKnown(state) || !isLookDue(state.losses, state.nowMs)) return;
  for (const { name, isRaised, text } of takeWorth(state, accountWorth(state))) {
    const words = isRaised
      ? `raised: ${text}; cleared by ${BLOCK_RULES[name].clearedBy}`
      : `cleared: ${text}`;
    outbox.send({ kind: 'notify', level: isRaised ? 'alarm' : 'note', text: `${name} ${words}` });
  }
}

export const nextLossLookAtMs = (state: KernelState): number =>
  isWorthKnown(state)
    ? nextLookAtMs(state.losses, lossLimitsOf(state.settings), state.nowMs)
    : Number.MAX_SAFE_INTEGER;
