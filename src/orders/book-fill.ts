import { takerFee } from '../domain/fee.ts';
import type { FillReport } from '../domain/order.ts';
import { notional, type Shares, type Usd } from '../domain/units.ts';
import { postRealised } from './book-change.ts';
import type { Books } from './books.ts';
import { type FillRecord, fillKey, isAdvance, isFinalStatus, isSameFill, stageOf } from './fills.ts';
import { type Posting, post, type Stage } from './ledger.ts';
import { applyMatched } from './order-life.ts';
import type { OrderTable } from './order-table.ts';
import {
  addChange,
  finishChange,
  holdingOf,
  type OpenHolding,
  openPosition,
  removeChange,
} from './position.ts';
import type { FillMarket, OrderRecord } from './types.ts';

/**
 * What a fill report did. `booked`: a new fill moved the books. `advanced`: its status came closer to final. `failed`: it was
 * reversed. `revived`: it was reversed before and is confirmed after all. The others changed nothing.
 */
export interface FillEffect {
  readonly kind: 'booked' | 'advanced' | 'failed' | 'revived' | 'repeat' | 'conflict' | 'beforeBooks';
  readonly record: FillRecord | null;
  /** Our order, or null where the table does not hold it (any more). */
  readonly order: OrderRecord | null;
  /** By how much realised profit moved, in micro-dollars, fees apart. */
  readonly realisedUsd: number;
}

/**
 * The one step that books a fill: order, position, ledger and realised profit together. Fills are keyed by trade and order and
 * applied once, in whatever order, repetition or channel they come; a status only advances. `fill.tokenId` must be one of
 * `market`'s two tokens, else this throws: the caller chose the wrong market.
 */
export function bookFill(
  books: Books,
  orders: OrderTable,
  fill: FillReport,
  market: FillMarket,
  atMs: number,
): FillEffect {
  const key = fillKey(fill);
  const known = books.fills.byKey.get(key);
  const order = orders.byOrderId.get(fill.orderId) ?? null;
  if (known !== undefined) return advanceFill(books, known, fill, market, order, key, atMs);
  // Match times are whole seconds, so a fill of an order that the table holds is never taken for an older one.
  const isOld = books.ledger.openedAtMs === null || fill.matchedAtMs < books.fills.floorMs;
  if (isOld && order === null) {
    books.fills.counts.beforeBooks += 1;
    return { kind: 'beforeBooks', record: null, order, realisedUsd: 0 };
  }
  const record = fillRecordOf(fill, market);
  books.fills.byKey.set(key, record);
  if (order !== null) applyMatched(orders, order, fill.size, atMs);
  const stage = stageOf(fill.status);
  if (!isFinalStatus(fill.status)) openFill(books, key, order);
  if (stage === null) {
    books.fills.counts.failed += 1;
    return { kind: 'failed', record, order, realisedUsd: 0 };
  }
  return { kind: 'booked', record, order, realisedUsd: enterFill(books, record, market, stage, key, atMs) };
}

/** What a fill of ours brings and costs, by the market's fees. */
export function fillRecordOf(fill: FillReport, market: FillMarket): FillRecord {
  const isYes = fill.tokenId === market.yesTokenId;
  if (fill.conditionId !== market.conditionId || (!isYes && fill.tokenId !== market.noTokenId))
    throw new Error(
      `fill of token ${fill.tokenId} was given market ${market.conditionId}, which has no such token`,
    );
  // Rounded against us, as far as it is not exact; sizes in hundredths of a share always are.
  const cash = fill.side === 'BUY' ? -notional(fill.price, fill.size, 'up') : notional(fill.price, fill.size);
  const pays = fill.role === 'TAKER' || !market.fee.takerOnly;
  return {
    fill,
    outcome: isYes ? 'YES' : 'NO',
    cashUsd: cash as Usd,
    feeUsd: pays ? takerFee(market.fee, fill.price, fill.size) : (0 as Usd),
    status: fill.status,
  };
}

function openFill(books: Books, key: string, order: OrderRecord | null): void {
  books.fills.open.add(key);
  if (order !== null) order.openFills += 1;
}

function closeFill(books: Books, key: string, order: OrderRecord | null): void {
  if (books.fills.open.delete(key) && order !== null) order.openFills -= 1;
}

function advanceFill(
  books: Books,
  record: FillRecord,
  fill: FillReport,
  market: FillMarket,
  order: OrderRecord | null,
  key: string,
  atMs: number,
): FillEffect {
  if (!isSameFill(record.fill, fill)) {
    books.fills.counts.conflicts += 1;
    return { kind: 'conflict', record, order, realisedUsd: 0 };
  }
  if (!isAdvance(record.status, fill.status)) {
    books.fills.counts.repeats += 1;
    return { kind: 'repeat', record, order, realisedUsd: 0 };
  }
  const from = stageOf(record.status);
  const to = stageOf(fill.status);
  record.status = fill.status;
  if (isFinalStatus(fill.status)) closeFill(books, key, order);
  if (from === null) {
    // Only CONFIRMED outranks FAILED, so the fill enters as final.
    books.fills.counts.revived += 1;
    return {
      kind: 'revived',
      record,
      order,
      realisedUsd: enterFill(books, record, market, 'final', key, atMs),
    };
  }
  if (to === null) {
    books.fills.counts.failed += 1;
    return { kind: 'failed', record, order, realisedUsd: reverseFill(books, record, from, key, atMs) };
  }
  if (from !== to) moveStage(books, record, from, to, key, atMs);
  return { kind: 'advanced', record, order, realisedUsd: 0 };
}

const signedShares = ({ fill }: FillRecord): number => (fill.side === 'BUY' ? fill.size : -fill.size);

function fillPostings(record: FillRecord, stage: Stage, sign: 1 | -1): Posting[] {
  const { fill, cashUsd, feeUsd } = record;
  const shares = signedShares(record);
  const own = `own.${stage}` as const;
  return [
    { account: own, asset: 'USD', amount: sign * (cashUsd - feeUsd) },
    { account: `cost:${fill.conditionId}`, asset: 'USD', amount: -sign * cashUsd },
    { account: 'fees', asset: 'USD', amount: sign * feeUsd },
    { account: own, asset: fill.tokenId, amount: sign * shares },
    { account: 'market', asset: fill.tokenId, amount: -sign * shares },
  ];
}

function enterFill(
  books: Books,
  record: FillRecord,
  market: FillMarket,
  stage: Stage,
  key: string,
  atMs: number,
): number {
  const position = openPosition(books, market.conditionId);
  moveHolding(holdingOf(position, record.outcome), record, stage, 1);
  position.feesUsd = (position.feesUsd + record.feeUsd) as Usd;
  post(books.ledger, 'fill', key, fillPostings(record, stage, 1), atMs);
  const isYes = record.outcome === 'YES';
  const shares = signedShares(record);
  const realised = addChange(position, {
    key,
    atMs: record.fill.matchedAtMs,
    yesShares: isYes ? shares : 0,
    noShares: isYes ? 0 : shares,
    yesUsd: isYes ? record.cashUsd : 0,
    noUsd: isYes ? 0 : record.cashUsd,
    isFinal: stage === 'final',
  });
  postRealised(books.ledger, position, realised, key, atMs);
  return realised;
}

function reverseFill(books: Books, record: FillRecord, stage: Stage, key: string, atMs: number): number {
  const position = openPosition(books, record.fill.conditionId);
  moveHolding(holdingOf(position, record.outcome), record, stage, -1);
  position.feesUsd = (position.feesUsd - record.feeUsd) as Usd;
  post(books.ledger, 'failed', key, fillPostings(record, stage, -1), atMs);
  const realised = removeChange(position, key, record.fill.matchedAtMs);
  postRealised(books.ledger, position, realised, key, atMs);
  return realised;
}

function moveStage(
  books: Books,
  record: FillRecord,
  from: Stage,
  to: Stage,
  key: string,
  atMs: number,
): void {
  const position = openPosition(books, record.fill.conditionId);
  const holding = holdingOf(position, record.outcome);
  moveHolding(holding, record, from, -1);
  moveHolding(holding, record, to, 1);
  post(books.ledger, 'stage', key, [...fillPostings(record, from, -1), ...fillPostings(record, to, 1)], atMs);
  if (to === 'final') finishChange(position, key);
}

function moveHolding(holding: OpenHolding, { fill }: FillRecord, stage: Stage, sign: 1 | -1): void {
  const isBuy = fill.side === 'BUY';
  const field = stage === 'final' ? 'final' : isBuy ? 'provisionalIn' : 'provisionalOut';
  const amount = stage === 'final' && !isBuy ? -fill.size : fill.size;
  holding[field] = (holding[field] + sign * amount) as Shares;
}
