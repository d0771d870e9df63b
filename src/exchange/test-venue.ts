/** A small venue for this folder's tests: one market, funded accounts, and orders told in the units people use. */
import type { ConditionId, FeeSchedule, Side, TokenId } from '../domain/market.ts';
import type { TimeInForce } from '../domain/order.ts';
import type { Price, Shares } from '../domain/units.ts';
import { credit, splitPosition } from './accounts.ts';
import type { Assumptions } from './assumptions.ts';
import { placeOrder } from './place.ts';
import { createExchange, listMarket } from './state.ts';
import type { Exchange, ExchangeEvent, ExchangeTrade, PlaceRequest, PlaceResult } from './types.ts';

export const COND = '0xc0' as ConditionId;
export const YES = '111' as TokenId;
export const NO = '222' as TokenId;
export const NO_FEE: FeeSchedule = { ratePpm: 0, exponent: 1, takerOnly: true, rebatePpm: 0 };
export const CRYPTO_FEE: FeeSchedule = { ratePpm: 70_000, exponent: 1, takerOnly: true, rebatePpm: 200_000 };
export const T0 = 1_800_000_000_000;

export interface TestVenue {
  readonly exchange: Exchange;
  readonly events: ExchangeEvent[];
  nowMs: number;
  nextId: number;
}

export interface TestVenueOptions {
  readonly owners?: readonly string[];
  readonly cents?: number;
  readonly sets?: number;
  readonly tick?: number;
  readonly fee?: FeeSchedule;
  readonly minOrderSize?: number;
  readonly takerDelayMs?: number;
  readonly assumptions?: Partial<Assumptions>;
}

/** Each owner starts with 1,000 dollars and 100 complete sets unless told otherwise. */
export function testVenue(options: TestVenueOptions = {}): TestVenue {
  const exchange = createExchange(
    options.assumptions === undefined ? {} : { assumptions: options.assumptions },
  );
  listMarket(exchange, {
    conditionId: COND,
    yesTokenId: YES,
    noTokenId: NO,
    tickSize: (options.tick ?? 100) as Price,
    minOrderSize: ((options.minOrderSize ?? 5) * 1e6) as Shares,
    fee: options.fee ?? NO_FEE,
    takerDelayMs: options.takerDelayMs ?? 0,
    state: 'open',
  });
  const sets = (options.sets ?? 100) * 1e6;
  for (const owner of options.owners ?? ['ann', 'bob', 'cyd']) {
    credit(exchange, owner, 'USD', (options.cents ?? 100_000) * 10_000 + sets);
    if (sets > 0) splitPosition(exchange, owner, COND, sets);
  }
  return { exchange, events: [], nowMs: T0, nextId: 1 };
}

export interface Ask {
  readonly id?: string;
  readonly owner?: string;
  readonly token?: TokenId;
  readonly side?: Side;
  /** Cents, or a fraction of them. */
  readonly cents?: number;
  readonly size?: number;
  readonly type?: TimeInForce;
  readonly postOnly?: boolean;
  readonly expirationSec?: number;
  /** Raw amounts, instead of price and size. */
  readonly amounts?: readonly [number, number];
}

export function requestOf(venue: TestVenue, ask: Ask): PlaceRequest {
  const side = ask.side ?? 'BUY';
  const size = Math.round((ask.size ?? 10) * 1e6);
  const dollars = Math.round((size * (ask.cents ?? 50)) / 100);
  const [makerAmount, takerAmount] = ask.amounts ?? (side === 'BUY' ? [dollars, size] : [size, dollars]);
  venue.nextId += 1;
  return {
    id: ask.id ?? `o${venue.nextId - 1}`,
    owner: ask.owner ?? 'ann',
    tokenId: ask.token ?? YES,
    side,
    makerAmount,
    takerAmount,
    orderType: ask.type ?? 'GTC',
    postOnly: ask.postOnly ?? false,
    expirationSec: ask.expirationSec ?? 0,
  };
}

export const place = (venue: TestVenue, ask: Ask): PlaceResult =>
  placeOrder(venue.exchange, requestOf(venue, ask), venue.nowMs, venue.events);

/** The rejection's text, or what became of the order. */
export function told(result: PlaceResult): string {
  return result.accepted ? result.status : result.rejection.message;
}

export function tradesOf(venue: TestVenue): ExchangeTrade[] {
  return venue.events.flatMap((event) => (event.kind === 'trade' ? [event.trade] : []));
}

/** The settlement as the contract would carry it out. Independent of the engine: it knows only the signed amounts and the call. */
export interface ContractOutcome {
  readonly takerGets: number;
  readonly takerMinimum: number;
  readonly collateralLeft: number;
  readonly makers: readonly { readonly gives: number; readonly gets: number }[];
}

export function runOnContract(exchange: Exchange, trade: ExchangeTrade): ContractOutcome {
  const { settlement } = trade;
  const taker = orderNamed(exchange, settlement.takerOrderHash);
  const takerMinimum = takingFor(settlement.takerFillAmount, taker.makerAmount, taker.takerAmount);
  const holdings = { cash: 0, shares: 0 };
  if (taker.side === 'BUY') holdings.cash += settlement.takerFillAmount;
  else holdings.shares -= settlement.takerFillAmount;
  let takerGets = 0;
  const makers = settlement.makerOrderHashes.map((hash, index) => {
    const maker = orderNamed(exchange, hash);
    const gives = settlement.makerFillAmounts[index] as number;
    const gets = takingFor(gives, maker.makerAmount, maker.takerAmount);
    const isMatchOfTokens = maker.tokenId === taker.tokenId;
    if (taker.side === 'BUY' && isMatchOfTokens) {
      takerGets += gives;
      holdings.cash -= gets;
    } else if (taker.side === 'BUY') {
      // Mint: `gets` complete sets are split out of both buyers' dollars.
      holdings.cash += gives - gets;
      takerGets += gets;
    } else if (isMatchOfTokens) {
      takerGets += gives;
      holdings.shares += gets;
    } else {
      // Merge: `gives` sets become dollars; the maker is paid, the taker has the rest.
      holdings.shares += gives;
      takerGets += gives - gets;
    }
    return { gives, gets };
  });
  return { takerGets, takerMinimum, collateralLeft: holdings.cash + holdings.shares, makers };
}

const takingFor = (making: number, makerAmount: number, takerAmount: number): number =>
  Number((BigInt(making) * BigInt(takerAmount)) / BigInt(makerAmount));

function orderNamed(exchange: Exchange, id: string) {
  const order = exchange.orders.get(id);
  if (order === undefined) throw new Error(`no order ${id}`);
  return order;
}
