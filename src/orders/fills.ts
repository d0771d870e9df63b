import type { Outcome } from '../domain/market.ts';
import type { FillReport, TradeStatus } from '../domain/order.ts';
import type { Usd } from '../domain/units.ts';
import type { Stage } from './ledger.ts';

/** One own order's part in one trade, as it was booked. */
export interface FillRecord {
  readonly fill: FillReport;
  readonly outcome: Outcome;
  /** Dollars in (positive) or out (negative), fee apart. */
  readonly cashUsd: Usd;
  readonly feeUsd: Usd;
  status: TradeStatus;
}

export interface FillCounts {
  repeats: number;
  /** Reports that contradict what was booked under the same key. They are not applied. */
  conflicts: number;
  /** Older than the books, so contained in the opening balances. */
  beforeBooks: number;
  failed: number;
  /** Trades that were confirmed after they had been reported as failed. */
  revived: number;
}

export interface FillTable {
  byKey: Map<string, FillRecord>;
  /** Fills older than this are in the books already or in their opening balances. */
  floorMs: number;
  /** Fills that are neither confirmed nor failed. */
  open: Set<string>;
  counts: FillCounts;
}

export function createFillTable(): FillTable {
  return {
    byKey: new Map(),
    floorMs: 0,
    open: new Set(),
    counts: { repeats: 0, conflicts: 0, beforeBooks: 0, failed: 0, revived: 0 },
  };
}

export const fillKey = (fill: Pick<FillReport, 'tradeId' | 'orderId'>): string =>
  `${fill.tradeId}/${fill.orderId}`;

/**
 * How far a trade has come. A status is taken only when it ranks higher than what is known, so repeats and late frames change
 * nothing and the order of arrival does not matter. CONFIRMED outranks FAILED: the chain has the last word.
 */
const RANK: Readonly<Record<TradeStatus, number>> = {
  MATCHED: 0,
  RETRYING: 1,
  MINED: 2,
  FAILED: 3,
  CONFIRMED: 4,
};

export const isAdvance = (from: TradeStatus, to: TradeStatus): boolean => RANK[to] > RANK[from];

export const isFinalStatus = (status: TradeStatus): boolean => status === 'CONFIRMED' || status === 'FAILED';

/** Where a fill of this status stands in the ledger; null once it has failed. */
export function stageOf(status: TradeStatus): Stage | null {
  if (status === 'FAILED') return null;
  if (status === 'CONFIRMED') return 'final';
  return status === 'MINED' ? 'mined' : 'matched';
}

/** Whether two reports of one key tell the same trade. Status, role and times may differ between channels. */
export const isSameFill = (a: FillReport, b: FillReport): boolean =>
  a.tokenId === b.tokenId && a.side === b.side && a.price === b.price && a.size === b.size;

/** Dollars that non-final buys pay, fees included, and that non-final sells bring. Both positive. */
export function provisionalCash(table: FillTable): { outUsd: Usd; inUsd: Usd } {
  let out = 0;
  let into = 0;
  for (const key of table.open) {
    const record = table.byKey.get(key) as FillRecord;
    const net = record.cashUsd - record.feeUsd;
    if (net < 0) out -= net;
    else into += net;
  }
  return { outUsd: out as Usd, inUsd: into as Usd };
}
