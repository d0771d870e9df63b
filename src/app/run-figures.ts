import type { TokenId } from '../domain/market.ts';
import { equityOf } from '../kernel/gate-view.ts';
import type { KernelState } from '../kernel/state.ts';
import { booksResidual, profitParts } from '../orders/books.ts';
import { balanceOf, expectedChain } from '../orders/ledger.ts';

/** Millionths as dollars, for people and for summaries. Up to 9e9 dollars every micro-dollar stays exact. */
export const inUsd = (micro: number): number => micro / 1_000_000;

/** Value at mid marks less everything ever put in: profit since the books were opened, in micro-dollars. */
export function profitMicroUsd(state: KernelState): number {
  return equityOf(state) - profitParts(state.books).externalUsd;
}

/** What moved the wallet in this run without an order or a transaction of ours. Dollars and shares; withdrawn is positive. */
export interface ShownTransfers {
  readonly depositedUsd: number;
  readonly withdrawnUsd: number;
  readonly rewardsUsd: number;
  readonly rebatesUsd: number;
  readonly sharesIn: number;
  readonly sharesOut: number;
}

export function shownTransfers({ counts: { transfers } }: KernelState): ShownTransfers {
  return {
    depositedUsd: inUsd(transfers.deposit),
    withdrawnUsd: inUsd(0 - transfers.withdrawal),
    rewardsUsd: inUsd(transfers.reward),
    rebatesUsd: inUsd(transfers.rebate),
    sharesIn: inUsd(transfers.tokensIn),
    sharesOut: inUsd(0 - transfers.tokensOut),
  };
}

/** What the wallet must hold by our books, by confirmed trades alone. */
export interface FinalHoldings {
  readonly cashMicroUsd: number;
  /** Outcome tokens held, in micro-shares; tokens that are not named are not held. */
  readonly tokens: Readonly<Record<string, number>>;
}

export function finalHoldings(state: KernelState): FinalHoldings {
  const { ledger } = state.books;
  const tokens: [TokenId, number][] = [...expectedChain(ledger).tokens].map(([tokenId, { final }]) => [
    tokenId,
    final,
  ]);
  return {
    cashMicroUsd: balanceOf(ledger, 'own.final', 'USD'),
    tokens: Object.fromEntries(tokens.filter(([, held]) => held !== 0)),
  };
}

/** The books against themselves; 0, always. */
export const ledgerResidualMicroUsd = (state: KernelState): number =>
  booksResidual(state.books, (conditionId) => state.markets.get(conditionId)?.market ?? null);

/** The books against the chain at the newest quiet comparison; null before the first. */
export function chainResidualMicroUsd(state: KernelState): number | null {
  const { chain } = state.reconciliation;
  return chain === null ? null : Math.abs(chain.cashResidual) + chain.tokenResidual;
}
