import type { KernelState } from '../../kernel/state.ts';
import { profitParts } from '../../orders/books.ts';
import type { AccountDay } from '../../projections/day-rows.ts';
import type { Measures } from '../../projections/measures.ts';
import { inUsd } from '../run-figures.ts';

/** The running UTC day as the tables have it, for a status line. */
export interface ShownDay {
  readonly date: string;
  readonly fills: number;
  /** Net of fees, without deposits. */
  readonly profitUsd: number;
  readonly spreadCapturedUsd: number;
  /** What mids did within two minutes of fills; negative is adverse. */
  readonly markoutUsd: number;
  readonly driftUsd: number;
  readonly feesUsd: number;
  /** Liquidity rewards and maker rebates that were paid out. */
  readonly rewardsUsd: number;
  readonly rebatesUsd: number;
  readonly portfolioValueUsd: number;
  /** What does not add up, over all days. 0, always. */
  readonly residualMicroUsd: number;
  /** Cash as the journal tells it, provisional trades as if they stand. */
  readonly cashMicroUsd: number;
}

export const shownDay = (
  { date, fills, parts, total, residual, value }: AccountDay,
  { pastResidual }: Measures,
  { books }: KernelState,
): ShownDay => ({
  date,
  fills,
  profitUsd: inUsd(total),
  spreadCapturedUsd: inUsd(parts.spreadCaptured),
  markoutUsd: inUsd(parts.markout),
  driftUsd: inUsd(parts.drift),
  feesUsd: inUsd(parts.fees),
  rewardsUsd: inUsd(parts.rewards),
  rebatesUsd: inUsd(parts.rebates),
  portfolioValueUsd: inUsd(value),
  residualMicroUsd: pastResidual + residual,
  cashMicroUsd: profitParts(books).cashUsd,
});
