import type { ConditionId } from '../domain/market.ts';
import { refill } from '../risk/limits.ts';
import { limitsOf } from './limits-from-settings.ts';
import type { Outbox } from './outbox.ts';
import type { KernelState } from './state.ts';

/** Markets whose quotes wait for order tokens, and when there are some again. Plain data. */
export interface TokenWait {
  untilMs: number;
  readonly markets: Set<ConditionId>;
}

/** Tokens worth a request: at the venue's Standard rate an eighth of a second's, so that waiting quotes go out in small batches. */
const WORTH_A_REQUEST = 5;

/** Notes that these markets have to be looked at again once there are tokens. */
export function noteTokenWait(state: KernelState, markets: ReadonlySet<ConditionId>): void {
  if (markets.size === 0) return;
  const limits = limitsOf(state.settings);
  refill(state.orderBudget, limits, state.nowMs);
  const missing = Math.max(0, WORTH_A_REQUEST - state.orderBudget.tokens);
  // Never at once: the look that has just been taken could do no more.
  const untilMs = state.nowMs + Math.max(1, Math.ceil((missing / limits.ordersPerSecond) * 1_000));
  state.tokenWait = { untilMs, markets: new Set([...(state.tokenWait?.markets ?? []), ...markets]) };
}

/** Wakes the loops for the markets that have waited long enough. */
export function wakeForTokens(state: KernelState, outbox: Outbox): void {
  const wait = state.tokenWait;
  if (wait === null || state.nowMs < wait.untilMs) return;
  state.tokenWait = null;
  for (const conditionId of wait.markets) outbox.wake('book', conditionId);
}

export const nextTokenAtMs = ({ tokenWait }: KernelState): number =>
  tokenWait?.untilMs ?? Number.MAX_SAFE_INTEGER;
