import type { ConditionId } from '../domain/market.ts';
import { isoDateOf } from '../domain/utc-day.ts';
import type { KernelState } from '../kernel/state.ts';
import { profitParts } from '../orders/books.ts';
import {
  type DayResult,
  profitFactorOf,
  sharpe7d,
  spreadCaptureOf,
  turnsPerDay,
  weightedMean,
} from '../pricing/performance-measures.ts';
import { closeProfit, type ProfitParts, toMicro } from '../pricing/profit-identity.ts';
import { accountExact, balanceOfMarket, type DayMeasures, type MarketDay } from './day-measures.ts';
import type { Measures } from './measures.ts';
import { midOf } from './mids.ts';
import { type Emit, inShares, inUsd, rowOf } from './rows.ts';

/** A day's profit, taken apart over all markets. */
export interface AccountDay {
  readonly date: string;
  readonly fills: number;
  readonly parts: ProfitParts;
  /** Change in account value, less deposits and plus withdrawals. */
  readonly total: number;
  /** What does not add up: in any market, or between the markets and the account. 0, always. */
  readonly residual: number;
  readonly value: number;
}

/** The day up to now. Market rows go to `emitMarket`, where a caller wants them. */
export function accountDay(
  measures: Measures,
  day: DayMeasures,
  facts: KernelState,
  emitMarket: Emit | null,
): AccountDay {
  const date = isoDateOf(day.utcDay);
  const sums: Record<string, number> = {};
  let marketsExact = 0n;
  let marketsTotal = 0;
  let residual = 0;
  for (const [conditionId, market] of day.markets) {
    const closing = balanceOfMarket(facts, conditionId, midOf(facts, conditionId));
    const profit = closeProfit(market.running, market.waiting.values(), closing);
    for (const [part, amount] of Object.entries(profit.parts)) sums[part] = (sums[part] ?? 0) + amount;
    marketsExact += profit.exactTotal;
    marketsTotal += profit.total;
    residual += Math.abs(profit.residual);
    const isSilent = market.fills === 0 && profit.exactTotal === 0n && closing.yes === 0 && closing.no === 0;
    if (emitMarket !== null && !isSilent)
      emitMarket(profitRow(measures, facts, date, conditionId, market, profit));
  }
  const value = accountExact(facts);
  const deposited = BigInt(profitParts(facts.books).externalUsd - day.openingExternal) * 1_000_000n;
  const exact = value - day.openingExact - deposited;
  const total = toMicro(exact);
  // The venue pays accounts, not markets.
  const earned = day.rewards + day.rebates;
  sums.rewards = day.rewards;
  sums.rebates = day.rebates;
  // Parts of a micro-dollar that each market's total has lost.
  sums.rounding = (sums.rounding ?? 0) + toMicro(marketsExact) - marketsTotal;
  return {
    date,
    fills: day.fills,
    parts: { ...NO_PARTS, ...sums } as ProfitParts,
    total,
    residual: residual + Math.abs(total - earned - toMicro(marketsExact)),
    value: toMicro(value),
  };
}

const NO_PARTS: Record<keyof ProfitParts, number> = {
  spreadCaptured: 0,
  markout: 0,
  drift: 0,
  fees: 0,
  gas: 0,
  rebates: 0,
  rewards: 0,
  chainOperations: 0,
  reverts: 0,
  rounding: 0,
};

function partColumns(all: ProfitParts) {
  return {
    spread_captured_micro_usd: all.spreadCaptured,
    markout_micro_usd: all.markout,
    drift_micro_usd: all.drift,
    fees_micro_usd: all.fees,
    gas_micro_usd: all.gas,
    rebates_micro_usd: all.rebates,
    rewards_micro_usd: all.rewards,
    chain_micro_usd: all.chainOperations,
    reverts_micro_usd: all.reverts,
    rounding_micro_usd: all.rounding,
  };
}

function profitRow(
  { wallet }: Measures,
  facts: KernelState,
  date: string,
  conditionId: ConditionId,
  { fills }: MarketDay,
  { parts, total, residual }: Pick<AccountDay, 'parts' | 'total' | 'residual'>,
) {
  return rowOf('mm_profit', {
    date,
    wallet,
    market_id: conditionId,
    slug: facts.markets.get(conditionId)?.market.slug ?? null,
    fills_count: fills,
    ...partColumns(parts),
    total_micro_usd: total,
    residual_micro_usd: residual,
    updated_at_ms: facts.nowMs,
  });
}

/** The day's return, for ratios over several days. */
export const dayResultOf = ({ total, value }: AccountDay, day: DayMeasures): DayResult => ({
  pnlNet: total as DayResult['pnlNet'],
  openingValue: (day.openingExact > 0n
    ? toMicro(day.openingExact)
    : Math.min(0, value)) as DayResult['openingValue'],
});

/** The day's row of `mm_daily_metrics`, and its markets' rows of `mm_profit`. `untilMs` is now, or the end of the day. */
export function emitDay(
  measures: Measures,
  day: DayMeasures,
  facts: KernelState,
  untilMs: number,
  emit: Emit,
): AccountDay {
  const account = accountDay(measures, day, facts, emit);
  const { parts, total } = account;
  const heldShareMs = day.heldShareMs + day.heldShares * (untilMs - day.heldSinceMs);
  const columns = {
    date: account.date,
    wallet: measures.wallet,
    markets_quoted: day.marketsQuoted.size,
    quotes_placed: day.quotesPlaced,
    fills_count: day.fills,
    fills_failed: day.failedFills,
    round_trips: day.trips.trips,
    spread_capture_rate: spreadCaptureOf(day.spreadHits),
    fill_quality_avg: weightedMean(day.quality),
    adverse_selection_avg: weightedMean(day.adverse),
    pnl_gross: inUsd(total - parts.fees),
    pnl_net: inUsd(total),
    max_inventory: inUsd(day.maxInventory),
    inventory_turns: turnsPerDay(day.tradedShares, heldShareMs, day.fromMs, untilMs),
    traded_shares: inShares(day.tradedShares as Parameters<typeof inShares>[0]),
    profit_factor: profitFactorOf(day.trips).value,
    sharpe_7d: sharpe7d([...measures.pastDays, dayResultOf(account, day)]).value,
    portfolio_value: inUsd(account.value),
    ...partColumns(parts),
    total_micro_usd: total,
    residual_micro_usd: account.residual,
    updated_at_ms: facts.nowMs,
  };
  emit(rowOf('mm_daily_metrics', columns));
  return account;
}
