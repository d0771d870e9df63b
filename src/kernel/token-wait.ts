import type { ConditionId } from '../domain/market.ts';
import { fullBudget, refill } from '../risk/limits.ts';
import { limitsOf } from './limits-from-settings.ts';
import type { Outbox } from './outbox.ts';
import type { KernelState } from './state.ts';

/** Markets whose quotes wait for order tokens. Plain data. */
export interface TokenWait {
  /** When there are tokens worth a look; null once the loops have been woken for it. */
  untilMs: number | null;
  /** Since when each market waits. */
  since: Map<ConditionId, number>;
}

/** Tokens worth a request: at the venue's Standard rate an eighth of a second's, so that waiting quotes go out in small batches. */
const WORTH_A_REQUEST = 5;

export const createTokenWait = (): TokenWait => ({ untilMs: null, since: new Map() });

/** A market that was looked at either waits, from now on or still, or does not wait any more. */
export function noteTokenWait(
  { tokenWait, nowMs }: KernelState,
  conditionId: ConditionId,
  waits: boolean,
): void {
  if (!waits) tokenWait.since.delete(conditionId);
  else if (!tokenWait.since.has(conditionId)) tokenWait.since.set(conditionId, nowMs);
}

/** Sets when the markets that wait are looked at again. Never at once: the look that has just been taken could do no more. */
export function planTokenWake(state: KernelState): void {
  if (state.tokenWait.since.size === 0) return;
  const limits = limitsOf(state.settings);
  refill(state.orderBudget, limits, state.nowMs);
  // A bucket that holds less than that is worth a look once it is full.
  const worth = Math.min(WORTH_A_REQUEST, fullBudget(limits));
  const missing = Math.max(0, worth - state.orderBudget.tokens);
  const waitMs = Math.max(1, Math.ceil((missing / limits.ordersPerSecond) * 1_000));
  state.tokenWait.untilMs = state.nowMs + waitMs;
}

/** Wakes the loops for the markets that wait, once there are tokens. */
export function wakeForTokens({ tokenWait, markets, nowMs }: KernelState, outbox: Outbox): void {
  if (tokenWait.untilMs === null || nowMs < tokenWait.untilMs) return;
  tokenWait.untilMs = null;
  for (const conditionId of tokenWait.since.keys()) {
    // Nothing is quoted there, and a market that is watched no more would wait for ever; a book that comes wakes the loop itself.
    if (markets.get(conditionId)?.bookLive === true) outbox.wake('book', conditionId);
    else tokenWait.since.delete(conditionId);
  }
}

export const nextTokenAtMs = ({ tokenWait }: KernelState): number =>
  tokenWait.untilMs ?? Number.MAX_SAFE_INTEGER;
