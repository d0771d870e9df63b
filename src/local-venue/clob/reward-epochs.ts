import type { ConditionId } from '../../domain/market.ts';
import { nextInt, streamOf } from '../../domain/random.ts';
import { usdToFloat } from '../../domain/units.ts';
import type { ExchangeOrder } from '../../exchange/index.ts';
import type { VenueCore } from './core.ts';
import { sampleShares } from './reward-scores.ts';

/** Dollars by market. */
export type Earned = Map<ConditionId, number>;

/** What makers earn by resting orders: sampled once a minute at a random second, added up by UTC day. */
export interface RewardEpochs {
  /** An owner's dollars by market on a day such as 2026-11-22; of a past day only what was paid. */
  readonly earned: (owner: string, date: string) => ReadonlyMap<ConditionId, number>;
  /** An owner's part of each market's pot in the last sample, 0 to 1. */
  readonly shares: (owner: string) => ReadonlyMap<ConditionId, number>;
  /** Days that are remembered, and the owners who earned something on one. */
  readonly dates: () => readonly string[];
  readonly earners: (date: string) => readonly string[];
  readonly isScoring: (orderId: string) => boolean;
  readonly stop: () => void;
}

const MINUTE_MS = 60_000;
const MINUTES_PER_DAY = 1_440;
/** Less than this a day is not paid, and does not carry over. */
const LEAST_PAYOUT_USD = 1;
const KEPT_DAYS = 14;

export const dateOf = (atMs: number): string => new Date(atMs).toISOString().slice(0, 10);

export function startRewardEpochs(core: VenueCore): RewardEpochs {
  const random = streamOf(core.options.seed, 'reward samples');
  const days = new Map<string, Map<string, Earned>>();
  let lastShares = new Map<string, Map<ConditionId, number>>();
  let scoring = new Set<string>();
  let cancelTimer = arm();

  /** At a random second of the next minute. */
  function arm(): () => void {
    const nowMs = core.clock.nowMs();
    const nextMinuteMs = (Math.floor(nowMs / MINUTE_MS) + 1) * MINUTE_MS;
    const delayMs = nextMinuteMs - nowMs + nextInt(random, 0, 59) * 1_000;
    return core.clock.after(delayMs, () => {
      sample();
      cancelTimer = arm();
    });
  }

  function sample(): void {
    lastShares = new Map();
    scoring = new Set();
    const orders = openOrdersByMarket(core);
    for (const [conditionId, record] of core.markets) {
      const { rewards } = record.market;
      const market = core.exchange.markets.get(conditionId);
      if (rewards === null || rewards.dailyRate <= 0 || market?.state !== 'open') continue;
      const found = sampleShares(record, market, orders.get(conditionId) ?? []);
      for (const orderId of found.scoring) scoring.add(orderId);
      for (const [owner, share] of found.shares)
        add(owner, conditionId, share, usdToFloat(rewards.dailyRate) / MINUTES_PER_DAY);
    }
  }

  function add(owner: string, conditionId: ConditionId, share: number, potUsd: number): void {
    const date = dateOf(core.clock.nowMs());
    const ofDay = days.get(date) ?? new Map<string, Earned>();
    days.set(date, ofDay);
    for (const old of days.keys()) {
      if (days.size <= KEPT_DAYS) break;
      days.delete(old);
    }
    const earned = ofDay.get(owner) ?? new Map<ConditionId, number>();
    ofDay.set(owner, earned);
    earned.set(conditionId, (earned.get(conditionId) ?? 0) + share * potUsd);
    const shares = lastShares.get(owner) ?? new Map<ConditionId, number>();
    lastShares.set(owner, shares);
    shares.set(conditionId, share);
  }

  return {
    earned: (owner, date) => {
      const earned = days.get(date)?.get(owner) ?? new Map<ConditionId, number>();
      const total = [...earned.values()].reduce((sum, usd) => sum + usd, 0);
      return date < dateOf(core.clock.nowMs()) && total < LEAST_PAYOUT_USD ? new Map() : earned;
    },
    dates: () => [...days.keys()],
    earners: (date) => [...(days.get(date)?.keys() ?? [])],
    shares: (owner) => lastShares.get(owner) ?? new Map(),
    isScoring: (orderId) => scoring.has(orderId),
    stop: () => cancelTimer(),
  };
}

function openOrdersByMarket({ exchange }: VenueCore): Map<ConditionId, ExchangeOrder[]> {
  const byMarket = new Map<ConditionId, ExchangeOrder[]>();
  for (const { openOrderIds } of exchange.accounts.values()) {
    for (const id of openOrderIds) {
      const order = exchange.orders.get(id);
      if (order?.status !== 'LIVE') continue;
      const orders = byMarket.get(order.conditionId);
      if (orders === undefined) byMarket.set(order.conditionId, [order]);
      else orders.push(order);
    }
  }
  return byMarket;
}
