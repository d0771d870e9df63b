import { bestAsk, bestBid, sizeAt, type TickBook } from '../domain/book.ts';
import type { ConditionId, Outcome, Side, TokenId } from '../domain/market.ts';
import type { TransactionRequest } from '../domain/transaction.ts';
import { PRICE_ONE, type Price, type Shares, type Usd } from '../domain/units.ts';
import { yesPriceOf, yesSideOf } from '../domain/yes-coordinates.ts';
import type { TokenFlow } from '../orders/book-change.ts';
import { freeCash, freeTokens } from '../orders/books.ts';
import { balanceOf } from '../orders/ledger.ts';
import { restingSize } from '../orders/order-size.ts';
import { workingOrders } from '../orders/order-table.ts';
import { leastShares, mostShares, netShares } from '../orders/position.ts';

import type { OwnQuote } from '../orders/types.ts';
import { accountValue, type ValuedHolding } from '../risk/drawdown.ts';
import { exposureOf, type MarketRisk } from '../risk/exposure.ts';
import type { GateEvent, GateMarket, GatePass } from '../risk/gate.ts';
import { refill } from '../risk/limits.ts';
import { limitsOf } from './limits-from-settings.ts';
import type { MarketSlot } from './market-slots.ts';
import type { KernelState } from './state.ts';
import { cashReserved, pendingConversions, tokensReserved } from './transactions.ts';

/** The price that stands for a market without a trusted mid: even odds, where both sides risk the same. */
const EVEN = (PRICE_ONE / 2) as Price;

/** What a YES share is worth: what it pays once that is settled, else the last trusted mid, else the listing's price. */
export function markOf(slot: MarketSlot | undefined): Price {
  if (slot?.resolved !== undefined) return payoutOf(slot.resolved);
  if (slot?.lastMid == null) return slot?.market.listedYesPrice ?? EVEN;
  return Math.round(slot.lastMid) as Price;
}

/** What a YES share pays when `winner` is settled; a void market pays a half on both sides. */
export function payoutOf(winner: Outcome | null): Price {
  if (winner === null) return EVEN;
  return winner === 'YES' ? PRICE_ONE : (0 as Price);
}

/** Worst reading of what is and may come to be held in one market. */
export function marketRisk(
  state: KernelState,
  conditionId: ConditionId,
  conversions = pendingConversions(state.transactions),
): MarketRisk {
  const position = state.books.positions.get(conditionId);
  const reserved = state.orders.reserved.byCondition.get(conditionId);
  return {
    leastNet: position === undefined ? 0 : leastShares(position.yes) - mostShares(position.no),
    mostNet:
      (position === undefined ? 0 : mostShares(position.yes) - leastShares(position.no)) +
      mostConverted(conversions, conditionId),
    liveBidShares: reserved?.bidShares ?? 0,
    liveAskShares: reserved?.askShares ?? 0,
    mark: markOf(state.markets.get(conditionId)),
  };
}

/** Shares by which conversions on their way may make a market longer: NO that goes, YES that comes. */
function mostConverted(conversions: readonly TransactionRequest[], conditionId: ConditionId): number {
  let shares = 0;
  for (const { amount, conversion } of conversions)
    if (conversion?.members.some((member) => member.conditionId === conditionId) === true) shares += amount;
  return shares;
}

/** Value of everything owned at mid marks, cash included, provisional trades as if they stand. A pair is a dollar. */
export function equityOf(state: KernelState): Usd {
  const { ledger, positions } = state.books;
  let cash = 0;
  for (const stage of ['final', 'mined', 'matched'] as const)
    cash += balanceOf(ledger, `own.${stage}`, 'USD');
  const holdings: ValuedHolding[] = [];
  for (const position of positions.values()) {
    const mark = markOf(state.markets.get(position.conditionId));
    holdings.push({ yes: netShares(position.yes), no: netShares(position.no), mark });
  }
  return accountValue(cash as Usd, holdings);
}

/** Dollars at risk in one market, every order that may be live counted. */
export const exposureIn = (state: KernelState, conditionId: ConditionId): Usd =>
  exposureOf(marketRisk(state, conditionId));

/** Exposure over all markets that hold something or have orders. */
export function totalExposure(state: KernelState): Usd {
  const { positions } = state.books;
  const conversions = pendingConversions(state.transactions);
  let total = 0;
  for (const conditionId of positions.keys())
    total += exposureOf(marketRisk(state, conditionId, conversions));
  for (const conditionId of state.orders.workingByCondition.keys())
    if (!positions.has(conditionId)) total += exposureOf(marketRisk(state, conditionId, conversions));
  return total as Usd;
}

/**
 * Opens one pass through the gate with the figures of this moment. The figures over the whole account are added up when a check
 * first asks for them: most looks at a market change nothing, and must not cost more the more markets there are.
 */
export function openGatePass(state: KernelState): GatePass {
  const limits = limitsOf(state.settings);
  refill(state.orderBudget, limits, state.nowMs);
  let equity: Usd | null = null;
  let exposure: number | null = null;
  let openOrders: number | null = null;
  return {
    mode: state.trading.mode,
    limits,
    budget: state.orderBudget,
    freeCash: freeCash(state.books, state.orders, cashReserved(state.transactions, null)),
    get equity() {
      equity ??= equityOf(state);
      return equity;
    },
    get totalExposure() {
      exposure ??= totalExposure(state);
      return exposure;
    },
    set totalExposure(value) {
      exposure = value;
    },
    get openOrders() {
      openOrders ??= state.orders.reserved.live;
      return openOrders;
    },
    set openOrders(value) {
      openOrders = value;
    },
  };
}

/** Shares of one market, confirmed and spoken for by nothing. */
export interface FreeShares {
  readonly yes: number;
  readonly no: number;
}

export const freeSharesOf = (state: KernelState, { market: { conditionId } }: MarketSlot): FreeShares =>
  freeTokens(state.books, state.orders, conditionId, tokensReserved(state.transactions, conditionId));

/** What the gate must know of one market, `event` being what it must know of the others of its event. */
export function gateMarket(state: KernelState, slot: MarketSlot, event: GateEvent | null): GateMarket {
  const { conditionId } = slot.market;
  const pending = tokensReserved(state.transactions, conditionId);
  const free = freeTokens(state.books, state.orders, conditionId, pending);
  const position = state.books.positions.get(conditionId);
  let ownBid: Price | null = null;
  let ownAsk: Price | null = null;
  const quotes: OwnQuote[] = [];
  for (const record of workingOrders(state.orders, conditionId)) {
    const size = restingSize(record);
    if (size === 0) continue;
    const side = yesSideOf(record.request);
    const price = yesPriceOf(record.request);
    quotes.push({ clientId: record.request.clientId, side, price, size });
    if (side === 'BUY') ownBid = Math.max(price, ownBid ?? 0) as Price;
    else ownAsk = Math.min(price, ownAsk ?? PRICE_ONE) as Price;
  }
  return {
    tick: slot.tick,
    minOrderSize: slot.market.minOrderSize,
    fee: slot.market.fee,
    acceptingOrders: slot.market.acceptingOrders && slot.resolved === undefined,
    bookLive: slot.bookLive && state.feeds.market.up,
    bestBid: othersBest(slot.book, 'BUY', quotes),
    bestAsk: othersBest(slot.book, 'SELL', quotes),
    mid: slot.lastMid === null ? null : (Math.round(slot.lastMid) as Price),
    risk: marketRisk(state, conditionId),
    event,
    freeYes: free.yes,
    freeNo: free.no,
    // A split on its way is as good as held: its cap must not be passed while nobody looks.
    pairs:
      cashReserved(state.transactions, conditionId) +
      (position === undefined ? 0 : Math.max(0, Math.min(position.yes.final, position.no.final))),
    ownBestBid: ownBid,
    ownBestAsk: ownAsk,
  };
}

/** Best price at which somebody else's size rests. */
function othersBest(book: TickBook, side: Side, own: readonly OwnQuote[]): Price | null {
  const best = side === 'BUY' ? bestBid(book) : bestAsk(book);
  const step = side === 'BUY' ? -book.tick : book.tick;
  for (let at = best; at !== null && at > 0 && at < PRICE_ONE; at = (at + step) as Price) {
    let size: number = sizeAt(book, side, at);
    for (const quote of own) if (quote.side === side && quote.price === at) size -= quote.size;
    if (size > 0) return at;
  }
  return null;
}

/** The market and outcome of each token that has shares, at its mark. Tokens of no listed market are left out. */
export function flowsOf(state: KernelState, tokens: readonly (readonly [TokenId, Shares])[]): TokenFlow[] {
  const wanted = new Map(tokens.filter(([, found]) => found !== 0));
  const flows: TokenFlow[] = [];
  if (wanted.size === 0) return flows;
  for (const slot of state.markets.values()) {
    const { conditionId, yesTokenId, noTokenId } = slot.market;
    for (const outcome of ['YES', 'NO'] as const) {
      const shares = wanted.get(outcome === 'YES' ? yesTokenId : noTokenId);
      if (shares === undefined) continue;
      const mark = markOf(slot);
      const price = (outcome === 'YES' ? mark : 10_000 - mark) as TokenFlow['price'];
      flows.push({ conditionId, outcome, yesTokenId, noTokenId, shares, price });
    }
  }
  return flows;
}
