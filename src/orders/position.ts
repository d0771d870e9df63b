import type { ConditionId, Outcome } from '../domain/market.ts';
import { mulDiv, notional, type Price, type Shares, type Usd } from '../domain/units.ts';

/** What is held of one outcome. Net = final + provisionalIn - provisionalOut. */
export interface TokenHolding {
  /** Confirmed by the chain. */
  readonly final: Shares;
  /** Bought in trades that are neither confirmed nor failed. */
  readonly provisionalIn: Shares;
  /** Sold in trades that are neither confirmed nor failed. */
  readonly provisionalOut: Shares;
}

/** Signed running total of one outcome for average-cost accounting. A short pool has both figures negative. */
interface CostPool {
  shares: number;
  costUsd: number;
}

/** A change of the position that has a price: a fill, a split, a merge, a redemption, an adopted difference. */
export interface PositionChange {
  readonly key: string;
  readonly atMs: number;
  readonly yesShares: number;
  readonly noShares: number;
  /** Dollars that came in (positive) or were paid (negative) for each outcome, fees apart. */
  readonly yesUsd: number;
  readonly noUsd: number;
  /** A change that can still fail may not be folded away. */
  isFinal: boolean;
}

/**
 * One market's position. Costs and realised profit are the fold of `changes` in order of (time, key) over what has been
 * folded before, so the order in which fills arrive does not matter within the kept tail.
 */
export interface Position {
  readonly conditionId: ConditionId;
  readonly yes: TokenHolding;
  readonly no: TokenHolding;
  /** Average-cost pools after all changes that have not failed. */
  readonly yesPool: Readonly<CostPool>;
  readonly noPool: Readonly<CostPool>;
  readonly realisedUsd: Usd;
  readonly feesUsd: Usd;
  /** When the position last left zero, or null when nothing is held. */
  readonly openedAtMs: number | null;
  /** Not folded yet, ascending by (atMs, key). */
  readonly changes: readonly Readonly<PositionChange>[];
  readonly folded: { readonly yesPool: CostPool; readonly noPool: CostPool; readonly realisedUsd: number };
}

type Writable<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] };

/** What is held of one outcome, to change it. */
export type OpenHolding = Writable<TokenHolding>;

/** A position to change. Only `openPosition` hands one out, so that no change goes unnoticed. */
export interface OpenPosition extends Writable<Omit<Position, 'yes' | 'no' | 'changes' | 'folded'>> {
  readonly conditionId: ConditionId;
  readonly yes: OpenHolding;
  readonly no: OpenHolding;
  readonly changes: PositionChange[];
  readonly folded: { readonly yesPool: CostPool; readonly noPool: CostPool; realisedUsd: number };
}

/** For all who only read; who changes a position asks `openPosition` for it. */
export type PositionTable = ReadonlyMap<ConditionId, Position>;

/** Positions, and the markets whose position may have changed since `kernel/account-risk.ts` last took them out. */
export interface Holdings {
  readonly positions: PositionTable;
  changed: Set<ConditionId>;
}

/** Final changes kept unfolded, so that a late fill still finds its place in time. */
const TAIL = 64;

const emptyHolding = (): OpenHolding => ({
  final: 0 as Shares,
  provisionalIn: 0 as Shares,
  provisionalOut: 0 as Shares,
});
const emptyPool = (): CostPool => ({ shares: 0, costUsd: 0 });

/** The market's position to change it, made where there is none. The market counts as changed from here on. */
export function openPosition({ positions, changed }: Holdings, conditionId: ConditionId): OpenPosition {
  const table = positions as Map<ConditionId, OpenPosition>;
  changed.add(conditionId);
  const known = table.get(conditionId);
  if (known !== undefined) return known;
  const position: OpenPosition = {
    conditionId,
    yes: emptyHolding(),
    no: emptyHolding(),
    yesPool: emptyPool(),
    noPool: emptyPool(),
    realisedUsd: 0 as Usd,
    feesUsd: 0 as Usd,
    openedAtMs: null,
    changes: [],
    folded: { yesPool: emptyPool(), noPool: emptyPool(), realisedUsd: 0 },
  };
  table.set(conditionId, position);
  return position;
}

export const holdingOf = <Held extends TokenHolding>(
  position: { readonly yes: Held; readonly no: Held },
  outcome: Outcome,
): Held => (outcome === 'YES' ? position.yes : position.no);

/** Final plus provisional, sells counted as gone. */
export const netShares = (holding: TokenHolding): Shares =>
  (holding.final + holding.provisionalIn - holding.provisionalOut) as Shares;

/** The most that may turn out to be owned: every provisional buy stands and every provisional sell fails. */
export const mostShares = (holding: TokenHolding): Shares =>
  (holding.final + holding.provisionalIn) as Shares;

/** The least that may turn out to be owned: every provisional buy fails and every provisional sell stands. */
export const leastShares = (holding: TokenHolding): Shares =>
  (holding.final - holding.provisionalOut) as Shares;

/** Average cost of a share of `outcome` as a price, rounded down; null when nothing is held. */
export function averageCost(position: Position, outcome: Outcome): Price | null {
  const pool = outcome === 'YES' ? position.yesPool : position.noPool;
  return pool.shares <= 0 ? null : (mulDiv(pool.costUsd, 10_000, pool.shares, 'down') as Price);
}

/** Enters a change and brings costs and realised profit up to date. Returns by how much the realised profit moved. */
export function addChange(position: OpenPosition, change: PositionChange): number {
  let index = position.changes.length;
  while (index > 0 && isAfter(position.changes[index - 1] as PositionChange, change)) index -= 1;
  position.changes.splice(index, 0, change);
  return refold(position, change.atMs);
}

/** Takes out a change that failed. Returns by how much the realised profit moved. */
export function removeChange(position: OpenPosition, key: string, atMs: number): number {
  const index = position.changes.findIndex((change) => change.key === key);
  if (index < 0) throw new Error(`position change ${key} is not in the tail, expected it until it is final`);
  position.changes.splice(index, 1);
  return refold(position, atMs);
}

/** Marks a change as final; old final changes are folded so that the tail stays short. */
export function finishChange(position: OpenPosition, key: string): void {
  const change = position.changes.find((one) => one.key === key);
  if (change === undefined) return;
  change.isFinal = true;
  while (position.changes.length > TAIL && (position.changes[0] as PositionChange).isFinal) {
    const first = position.changes.shift() as PositionChange;
    position.folded.realisedUsd += applyToPools(position.folded.yesPool, position.folded.noPool, first);
  }
}

const isAfter = (a: PositionChange, b: PositionChange): boolean =>
  a.atMs > b.atMs || (a.atMs === b.atMs && a.key > b.key);

function refold(position: OpenPosition, atMs: number): number {
  const yesPool = { ...position.folded.yesPool };
  const noPool = { ...position.folded.noPool };
  let realised = position.folded.realisedUsd;
  for (const change of position.changes) realised += applyToPools(yesPool, noPool, change);
  const moved = realised - position.realisedUsd;
  position.yesPool = yesPool;
  position.noPool = noPool;
  position.realisedUsd = realised as Usd;
  if (yesPool.shares === 0 && noPool.shares === 0) position.openedAtMs = null;
  else position.openedAtMs ??= atMs;
  return moved;
}

function applyToPools(yesPool: CostPool, noPool: CostPool, change: PositionChange): number {
  return (
    applyToPool(yesPool, change.yesShares, change.yesUsd) + applyToPool(noPool, change.noShares, change.noUsd)
  );
}

/**
 * Average cost with signed pools. The part that closes releases its share of the cost, rounded down to a micro-dollar so
 * that the rest stays in the pool; the part that opens goes in at its price. Dollars in = realised - change of cost, exactly.
 */
function applyToPool(pool: CostPool, shares: number, usd: number): number {
  if (shares === 0) {
    // Dollars without shares are profit or loss at once, such as the nothing paid for a worthless token.
    return usd;
  }
  const opensOnly = pool.shares === 0 || pool.shares > 0 === shares > 0;
  if (opensOnly) {
    pool.shares += shares;
    pool.costUsd -= usd;
    return 0;
  }
  const closing = Math.min(Math.abs(shares), Math.abs(pool.shares));
  const closingUsd = closing === Math.abs(shares) ? usd : mulDiv(usd, closing, Math.abs(shares), 'down');
  const released =
    closing === Math.abs(pool.shares)
      ? pool.costUsd
      : mulDiv(pool.costUsd, closing, Math.abs(pool.shares), 'down');
  pool.shares += shares > 0 ? closing : -closing;
  pool.costUsd -= released;
  const opening = Math.abs(shares) - closing;
  if (opening > 0) {
    pool.shares += shares > 0 ? opening : -opening;
    pool.costUsd -= usd - closingUsd;
  }
  return closingUsd - released;
}

/** Cost of everything held, YES and NO. */
export const costOfPosition = (position: Position): Usd =>
  (position.yesPool.costUsd + position.noPool.costUsd) as Usd;

/** Dollars of `amount` pairs that belong to YES at `yesPrice`; the rest belongs to NO, so the two always add up. */
export const yesPartOf = (amount: Shares, yesPrice: Price): Usd => notional(yesPrice, amount, 'down');
