import { REWARD_PAYER } from '../chain/addresses.ts';
import type { Address } from '../chain/types.ts';
import type { VenueCore } from './core.ts';
import { dateOf, type RewardEpochs } from './reward-epochs.ts';

/** Pays what makers have earned, as transfers of pUSD from the distributor's address. */
export interface RewardPayouts {
  /** Pays at once whatever was earned and not paid, the running day and small sums included. */
  readonly payNow: () => Promise<readonly Payment[]>;
  readonly stop: () => void;
}

export interface Payment {
  readonly address: Address;
  /** Millionths. */
  readonly pUsd: bigint;
}

const DAY_MS = 86_400_000;
/** Production pays some time after midnight UTC; how long is unknown. */
const AFTER_MIDNIGHT_MS = 60_000;
const RETRY_MS = 60_000;
const MICRO = 1_000_000;

export function startRewardPayouts(core: VenueCore, epochs: RewardEpochs): RewardPayouts {
  /** Millionths by `date|owner`. */
  const paid = new Map<string, bigint>();
  const everyMs = core.options.rewardPayoutMs;
  let last: Promise<unknown> = Promise.resolve();
  let isStopped = false;
  let cancelTimer = arm(everyMs ?? untilNextPayoutMs());

  function untilNextPayoutMs(): number {
    const sinceMidnightMs = core.clock.nowMs() % DAY_MS;
    return DAY_MS - sinceMidnightMs + AFTER_MIDNIGHT_MS;
  }

  function arm(delayMs: number): () => void {
    return core.clock.after(delayMs, () => {
      const isEarly = everyMs !== null;
      inTurn(isEarly).then(
        () => rearm(everyMs ?? untilNextPayoutMs()),
        // The chain did not take it. Nothing of it counts as paid.
        () => rearm(everyMs ?? RETRY_MS),
      );
    });
  }

  function rearm(delayMs: number): void {
    if (!isStopped) cancelTimer = arm(delayMs);
  }

  /** One pay-out at a time, or two would pay the same. */
  function inTurn(isEarly: boolean): Promise<readonly Payment[]> {
    const mine = last.then(() => pay(isEarly));
    last = mine.catch(() => undefined);
    return mine;
  }

  async function pay(isEarly: boolean): Promise<readonly Payment[]> {
    const today = dateOf(core.clock.nowMs());
    const sums = new Map<Address, bigint>();
    const accounts = new Map<string, bigint>();
    for (const date of epochs.dates()) {
      if (date >= today && !isEarly) continue;
      for (const owner of epochs.earners(date)) {
        const earned = [...epochs.earned(owner, date).values()].reduce((sum, usd) => sum + usd, 0);
        const total = BigInt(Math.floor(earned * MICRO));
        const account = `${date}|${owner}`;
        const due = total - (paid.get(account) ?? 0n);
        if (due <= 0n) continue;
        accounts.set(account, total);
        sums.set(owner as Address, (sums.get(owner as Address) ?? 0n) + due);
      }
    }
    const payments = [...sums].map(([address, pUsd]) => ({ address, pUsd }));
    if (payments.length > 0) await core.chain.pay(REWARD_PAYER, payments);
    for (const [account, total] of accounts) paid.set(account, total);
    return payments;
  }

  return {
    payNow: () => inTurn(true),
    stop: () => {
      isStopped = true;
      cancelTimer();
    },
  };
}
