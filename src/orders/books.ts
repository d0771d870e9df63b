import type { ConditionId, Outcome, TokenId } from '../domain/market.ts';
import type { Shares, Usd } from '../domain/units.ts';
import { createFillTable, type FillTable, isFinalStatus, provisionalCash } from './fills.ts';
import { balanceOf, createLedger, type Ledger, ledgerResidual, type Stage } from './ledger.ts';
import { type OrderTable, ordersAwaitingFills } from './order-table.ts';
import { costOfPosition, type Holdings, holdingOf, type TokenHolding } from './position.ts';
import { reservedCash, reservedTokens } from './reserve.ts';
import type { FillMarket } from './types.ts';

/** What the orders have come to: fills, positions and the ledger. Plain data. */
export interface Books extends Holdings {
  fills: FillTable;
  ledger: Ledger;
}

/** Nothing on its way takes tokens. */
export const NONE_PENDING = { yes: 0 as Shares, no: 0 as Shares } as const;

export const createBooks = (): Books => ({
  fills: createFillTable(),
  positions: new Map(),
  changed: new Set(),
  ledger: createLedger(),
});

/**
 * Dollars that may be spent now: confirmed, less what non-final buys, possibly-live orders and splits on their way take. Null
 * before the books are open. Below 0 when a fill came that nothing was held back for.
 */
export function freeCash(books: Books, orders: OrderTable, splitCash: Usd): Usd | null {
  if (books.ledger.openedAtMs === null) return null;
  const final = balanceOf(books.ledger, 'own.final', 'USD');
  const reserved = provisionalCash(books.fills).outUsd + reservedCash(orders) + splitCash;
  return (final - reserved) as Usd;
}

/** Tokens that may be sold, merged, converted or redeemed now: confirmed, less non-final sells, sells on the book and `pending`. */
export function freeTokens(
  books: Books,
  orders: OrderTable,
  conditionId: ConditionId,
  /** What transactions on their way will take. */
  pending: { readonly yes: Shares; readonly no: Shares },
): { yes: Shares; no: Shares } {
  const position = books.positions.get(conditionId);
  if (position === undefined) return { yes: 0 as Shares, no: 0 as Shares };
  const reserved = reservedTokens(orders, conditionId);
  const free = (holding: TokenHolding, spokenFor: number): Shares =>
    Math.max(0, holding.final - holding.provisionalOut - spokenFor) as Shares;
  return {
    yes: free(position.yes, reserved.yes + pending.yes),
    no: free(position.no, reserved.no + pending.no),
  };
}

/** How many things are on their way that will still move the chain: for `reconcileChain`. */
export const inMotion = (books: Books, orders: OrderTable, openTransactions: number): number =>
  books.fills.open.size + openTransactions + ordersAwaitingFills(orders).length + orders.untold.size;

/**
 * Forgets final fills older than `keepMs` whose order has left the table, so that the memory is bounded; a repeat of one is
 * then known by its age.
 */
export function evictFills(books: Books, orders: OrderTable, nowMs: number, keepMs: number): number {
  const floorMs = Math.max(books.fills.floorMs, nowMs - keepMs);
  books.fills.floorMs = floorMs;
  let evicted = 0;
  for (const [key, { fill, status }] of books.fills.byKey) {
    if (fill.matchedAtMs >= floorMs || !isFinalStatus(status)) continue;
    if (orders.byOrderId.has(fill.orderId)) continue;
    books.fills.byKey.delete(key);
    evicted += 1;
  }
  return evicted;
}

/**
 * Everything that must agree and does not, in millionths: the ledger in itself, positions against the ledger's costs, profits
 * and tokens. 0, always.
 */
export function booksResidual(
  books: Books,
  tokensOf: (conditionId: ConditionId) => FillMarket | null,
): number {
  let residual = ledgerResidual(books.ledger);
  const own = (asset: 'USD' | TokenId, stage: Stage): number =>
    balanceOf(books.ledger, `own.${stage}`, asset);
  for (const position of books.positions.values()) {
    const { conditionId } = position;
    residual += Math.abs(costOfPosition(position) - balanceOf(books.ledger, `cost:${conditionId}`, 'USD'));
    residual += Math.abs(position.realisedUsd + balanceOf(books.ledger, `realised:${conditionId}`, 'USD'));
    const market = tokensOf(conditionId);
    if (market === null) continue;
    for (const outcome of ['YES', 'NO'] as const satisfies readonly Outcome[]) {
      const tokenId = outcome === 'YES' ? market.yesTokenId : market.noTokenId;
      const holding = holdingOf(position, outcome);
      residual += Math.abs(holding.final - own(tokenId, 'final'));
      const provisional = own(tokenId, 'matched') + own(tokenId, 'mined');
      residual += Math.abs(holding.provisionalIn - holding.provisionalOut - provisional);
    }
  }
  return residual;
}

/** Profit by its parts, in micro-dollars: cash = external + realised + rewards + rebates - fees - cost, exactly. */
export interface ProfitParts {
  readonly externalUsd: Usd;
  readonly realisedUsd: Usd;
  readonly feesUsd: Usd;
  /** Liquidity rewards and maker rebates that were paid out. */
  readonly rewardsUsd: Usd;
  readonly rebatesUsd: Usd;
  readonly costUsd: Usd;
  /** Final and provisional. */
  readonly cashUsd: Usd;
}

export function profitParts(books: Books): ProfitParts {
  let realised = 0;
  let cost = 0;
  for (const position of books.positions.values()) {
    realised += position.realisedUsd;
    cost += costOfPosition(position);
  }
  const { ledger } = books;
  const cash = (['final', 'mined', 'matched'] as const).reduce(
    (sum, stage) => sum + balanceOf(ledger, `own.${stage}`, 'USD'),
    0,
  );
  return {
    externalUsd: (0 - balanceOf(ledger, 'external', 'USD')) as Usd,
    realisedUsd: realised as Usd,
    feesUsd: balanceOf(ledger, 'fees', 'USD') as Usd,
    rewardsUsd: (0 - balanceOf(ledger, 'rewards', 'USD')) as Usd,
    rebatesUsd: (0 - balanceOf(ledger, 'rebates', 'USD')) as Usd,
    costUsd: cost as Usd,
    cashUsd: cash as Usd,
  };
}
