import { type Usd, usdToFloat } from '../domain/units.ts';
import type { SignerLimits } from './limits.ts';
import type { SignerClock } from './signer-clock.ts';

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
  /** Puts the day down as it is, with all that was set aside for it. Throws what the keeper throws. */
  putDown(): void;
  /** Puts down what was really signed, where that is less than what was set aside. Throws what the keeper throws. */
  close(): void;
}

/** What one day has taken. */
export interface SignedDay {
  /** Days since 1970 (UTC). */
  readonly day: number;
  readonly usd: Usd;
}

/** Where a day outlives this process. */
export interface DayKeeper {
  /** What the process before this one has put down; null where there was none. */
  readonly found: SignedDay | null;
  /** Returns once it is on the disk. Throws where it cannot be put there. */
  readonly keep: (day: SignedDay) => void;
}

/** The day is put down ahead of what is signed, in parts of this many: so often is it written at most in a day, however much is signed. */
const PARTS_OF_A_DAY = 64;
/** After the day could not be put down it is not tried again for so long. */
const KEEP_REST_MS = 1_000;

/** No day outlives the process: for commands that sign no orders, and for tests. */
const FORGETFUL: DayKeeper = { found: null, keep: () => undefined };

/**
 * Orders signed ahead count in a minute of their own, of the same size: most are never sent, and they must not take the room of
 * those that are. Whoever holds both signatures could send both, so the day counts them together.
 *
 * The day is that of `dayMs`, which nobody can set. What a keeper has of the same day, or of a later one since the clock was set back
 * meanwhile, is taken over. What may be signed next is put down before it is: a process that is killed has then counted a part of a day
 * too much, and never too little.
 */
export function createBudget(
  limits: SignerLimits,
  clock: Pick<SignerClock, 'steadyMs' | 'dayMs'>,
  keeper: DayKeeper = FORGETFUL,
): SigningBudget {
  const minutes = { now: createWindow(60_000), ahead: createWindow(60_000) };
  const hour = createWindow(3_600_000);
  const dayNow = (): number => Math.floor(clock.dayMs() / DAY_MS);
  let day = dayNow();
  let dayUsd: number = keeper.found !== null && keeper.found.day >= day ? keeper.found.usd : 0;
  /** What is put down for the day: never less than `dayUsd`. */
  let keptUsd = dayUsd;
  let restsUntilMs = Number.NEGATIVE_INFINITY;

  function putDown(usd: number): void {
    keeper.keep({ day, usd: usd as Usd });
    keptUsd = usd;
  }

  /** Sets aside room for more than this amount, unless there is some; says why where it could not be put down. */
  function setAside(amount: Usd): string | null {
    if (dayUsd + amount <= keptUsd) return null;
    const failed = 'what is signed today could not be put down, so that nothing more is signed';
    if (clock.steadyMs() < restsUntilMs) return failed;
    try {
      putDown(Math.min(limits.maxDay, dayUsd + amount + Math.floor(limits.maxDay / PARTS_OF_A_DAY)));
      return null;
    } catch (error) {
      restsUntilMs = clock.steadyMs() + KEEP_REST_MS;
      return `${failed}: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  function takeOrder(amount: Usd, isAhead: boolean): string | null {
    const minute = isAhead ? minutes.ahead : minutes.now;
    const inMinute = minute.sumAt(clock.steadyMs());
    if (inMinute + amount > limits.maxMinute)
      return `${usdToFloat(inMinute as Usd)} USD were signed${isAhead ? ' ahead' : ''} within a minute, SIGNER_MAX_MINUTE_USD allows ${usdToFloat(limits.maxMinute)}`;
    const today = dayNow();
    if (today > day) {
      day = today;
      dayUsd = 0;
      keptUsd = 0;
    }
    // What is signed ahead leaves half of a day to what is sent.
    if (dayUsd + amount > (isAhead ? limits.maxDay / 2 : limits.maxDay))
      return `${usdToFloat(dayUsd as Usd)} USD were signed today, SIGNER_MAX_DAY_USD allows ${usdToFloat(limits.maxDay)}`;
    const notKept = setAside(amount);
    if (notKept !== null) return notKept;
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
    putDown: () => putDown(keptUsd),
    close: () => {
      if (dayUsd < keptUsd) putDown(dayUsd);
    },
  };
}
