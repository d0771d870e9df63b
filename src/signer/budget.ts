import { type Usd, usdToFloat } from '../domain/units.ts';
import type { SignerLimits } from './limits.ts';

const DAY_MS = 86_400_000;
const SLOT_MS = 1_000;

/**
 * A sum over a sliding window, kept by the second. The oldest second counts until all of it is outside, so a window never holds less
 * than it should.
 */
function createWindow(windowMs: number) {
  const slots = new Float64Array(Math.ceil(windowMs / SLOT_MS) + 1);
  let sum = 0;
  let head = 0;
  return {
    /** `steadyMs` never goes back. */
    sumAt: (steadyMs: number): number => {
      const slot = Math.floor(steadyMs / SLOT_MS);
      const steps = Math.min(slots.length, slot - head);
      for (let step = 1; step <= steps; step += 1) {
        const at = (head + step) % slots.length;
        sum -= slots[at]!;
        slots[at] = 0;
      }
      if (steps > 0) head = slot;
      return sum;
    },
    add: (amount: number): void => {
      slots[head % slots.length] = slots[head % slots.length]! + amount;
      sum += amount;
    },
  };
}

/** What was signed so far, against what may be signed in a minute, a day and an hour. */
export interface SigningBudget {
  /** Takes an order's dollars, or says why there is no room for them and takes nothing. */
  takeOrder(amount: Usd, isAhead: boolean): string | null;
  takeTransaction(): string | null;
}

export interface BudgetClock {
  /** Unix milliseconds, for the day. */
  readonly nowMs: () => number;
  /** Never goes back, for the windows. */
  readonly steadyMs: () => number;
}

/**
 * Orders signed ahead count in a minute of their own, of the same size: most are never sent, and they must not take the room of
 * those that are. Whoever holds both signatures could send both, so the day counts them together.
 */
export function createBudget(limits: SignerLimits, clock: BudgetClock): SigningBudget {
  const minutes = { now: createWindow(60_000), ahead: createWindow(60_000) };
  const hour = createWindow(3_600_000);
  let day = Math.floor(clock.nowMs() / DAY_MS);
  let dayUsd = 0;

  function takeOrder(amount: Usd, isAhead: boolean): string | null {
    const minute = isAhead ? minutes.ahead : minutes.now;
    const inMinute = minute.sumAt(clock.steadyMs());
    if (inMinute + amount > limits.maxMinute)
      return `${usdToFloat(inMinute as Usd)} USD were signed${isAhead ? ' ahead' : ''} within a minute, SIGNER_MAX_MINUTE_USD allows ${usdToFloat(limits.maxMinute)}`;
    // A clock that is set back must not open a day again.
    const today = Math.floor(clock.nowMs() / DAY_MS);
    if (today > day) {
      day = today;
      dayUsd = 0;
    }
    // What is signed ahead leaves half of a day to what is sent.
    if (dayUsd + amount > (isAhead ? limits.maxDay / 2 : limits.maxDay))
      return `${usdToFloat(dayUsd as Usd)} USD were signed today, SIGNER_MAX_DAY_USD allows ${usdToFloat(limits.maxDay)}`;
    minute.add(amount);
    dayUsd += amount;
    return null;
  }

  return {
    takeOrder,
    takeTransaction: () => {
      const inHour = hour.sumAt(clock.steadyMs());
      if (inHour + 1 > limits.maxTransactionsPerHour)
        return `${inHour} transactions were signed within an hour, SIGNER_MAX_TRANSACTIONS_PER_HOUR allows ${limits.maxTransactionsPerHour}`;
      hour.add(1);
      return null;
    },
  };
}
