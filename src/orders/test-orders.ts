/** Small builders for the tests of this folder and of `risk/`. */
import type { ConditionId, FeeSchedule, Outcome, Side, TokenId } from '../domain/market.ts';
import type {
  ClientId,
  FillReport,
  OrderId,
  OrderRequest,
  TradeStatus,
  VenueOrder,
} from '../domain/order.ts';
import type { Price, Shares, Usd } from '../domain/units.ts';
import { applyAnswers, applyPrepared } from './order-life.ts';
import { addApproved, type OrderTable } from './order-table.ts';
import type { FillMarket, OrderRecord, OrderTags } from './types.ts';

export const CONDITION = `0x${'c1'.repeat(32)}` as ConditionId;
export const YES = '1001' as TokenId;
export const NO = '1002' as TokenId;
export const T0 = 1_790_000_000_000;

export const FEE_FREE: FeeSchedule = { ratePpm: 0, exponent: 1, takerOnly: true, rebatePpm: 0 };
export const MARKET: FillMarket = {
  conditionId: CONDITION,
  yesTokenId: YES,
  noTokenId: NO,
  fee: { ratePpm: 40_000, exponent: 1, takerOnly: true, rebatePpm: 0 },
};
export const QUOTE: OrderTags = { loop: 'market-making', purpose: 'quote', level: 0 };

/** Whole and hundredth shares, and whole dollars, as they are written. */
export const shares = (count: number): Shares => Math.round(count * 1e6) as Shares;
export const dollars = (count: number): Usd => Math.round(count * 1e6) as Usd;
/** A price in cents. */
export const cents = (count: number): Price => Math.round(count * 100) as Price;

export const clientId = (n: number): ClientId => `o-${n}` as ClientId;
export const orderId = (n: number): OrderId => `0x${n.toString(16).padStart(64, '0')}` as OrderId;

export function request(n: number, change: Partial<OrderRequest> = {}): OrderRequest {
  const outcome: Outcome = change.outcome ?? 'YES';
  return {
    clientId: clientId(n),
    conditionId: CONDITION,
    tokenId: outcome === 'YES' ? YES : NO,
    negRisk: false,
    outcome,
    side: 'BUY',
    price: cents(50),
    size: shares(10),
    timeInForce: 'GTC',
    postOnly: true,
    expirationS: 0,
    salt: n,
    timestampMs: T0,
    ...change,
  };
}

/** Enters an order and brings it to the book: approved, signed, answered `live`. */
export function rest(
  table: OrderTable,
  n: number,
  change: Partial<OrderRequest> = {},
  atMs = T0,
  tags: OrderTags = QUOTE,
): OrderRecord {
  const record = send(table, n, change, atMs, tags);
  applyAnswers(table, [[clientId(n), { result: 'live' }]], atMs);
  return record;
}

/** Enters an order and signs it: it is in flight. */
export function send(
  table: OrderTable,
  n: number,
  change: Partial<OrderRequest> = {},
  atMs = T0,
  tags: OrderTags = QUOTE,
): OrderRecord {
  const record = addApproved(table, request(n, change), tags, 0 as Usd, atMs);
  applyPrepared(table, [[clientId(n), orderId(n)]], atMs);
  return record;
}

export interface FillTerms {
  readonly trade: string;
  readonly order: number;
  readonly side?: Side;
  readonly outcome?: Outcome;
  readonly price?: Price;
  readonly size?: Shares;
  readonly role?: 'MAKER' | 'TAKER';
  readonly status?: TradeStatus;
  readonly matchedAtMs?: number;
}

export const fill = (terms: FillTerms): FillReport => ({
  tradeId: terms.trade,
  orderId: orderId(terms.order),
  conditionId: CONDITION,
  tokenId: (terms.outcome ?? 'YES') === 'YES' ? YES : NO,
  side: terms.side ?? 'BUY',
  price: terms.price ?? cents(50),
  size: terms.size ?? shares(10),
  role: terms.role ?? 'MAKER',
  status: terms.status ?? 'MATCHED',
  matchedAtMs: terms.matchedAtMs ?? T0 + 1_000,
  transactionHash: null,
});

/** The order as a read of the venue shows it. */
export const listed = (record: OrderRecord, change: Partial<VenueOrder> = {}): VenueOrder => ({
  orderId: record.orderId ?? orderId(0),
  conditionId: CONDITION,
  tokenId: record.request.tokenId,
  side: record.request.side,
  price: record.request.price,
  originalSize: record.request.size,
  matchedSize: 0 as Shares,
  status: 'LIVE',
  createdAtMs: T0,
  ...change,
});
