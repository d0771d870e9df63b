import type { Usd } from '../domain/units.ts';
import { confirmedValue, moveBaselines } from '../risk/loss-watch.ts';
import { accountWorth } from './account-worth.ts';
import { equityOf } from './gate-view.ts';
import type { KernelState } from './state.ts';

/** What was put into the account or taken out of it, in dollars, with the account's worth before that. */
export interface ValueMoved {
  readonly moved: Usd;
  readonly worthBefore: Usd;
}

/**
 * Books what comes from outside or goes there, and tells by how much the account's worth has changed. Dollars count as they are.
 * Shares count at their cautious mark, or at the mid where that agrees better with what the looks have confirmed of the account:
 * a book that is thin for a moment does not say what shares are worth.
 */
export function measureMoved(state: KernelState, bookMoved: () => void): ValueMoved {
  const worthBefore = accountWorth(state);
  const equityBefore = equityOf(state);
  bookMoved();
  const confirmed = confirmedValue(state.losses.looks) ?? worthBefore;
  const isMidNearer = Math.abs(equityBefore - confirmed) < Math.abs(worthBefore - confirmed);
  const moved = isMidNearer ? equityOf(state) - equityBefore : accountWorth(state) - worthBefore;
  return { moved: moved as Usd, worthBefore };
}

/** What was put in or taken out is neither won nor lost. */
export const moveLossBaselines = ({ losses }: KernelState, { moved, worthBefore }: ValueMoved): void =>
  moveBaselines(losses, moved, worthBefore);
