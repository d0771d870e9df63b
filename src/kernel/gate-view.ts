import { bestAsk, bestBid, sizeAt, type TickBook } from '../domain/book.ts';
import type { ConditionId, Outcome, Side, TokenId } from '../domain/market.ts';
import type { TransactionRequest } from '../domain/transaction.ts';
import { PRICE_ONE, type Price, type Shares, type Usd } from '../domain/units.ts';
import type { TokenFlow } from '../orders/book-change.ts';
import { freeTokens } from '../orders/books.ts';
import { balanceOf } from '../orders/ledger.ts';
import { leastShares, mostShares, netShares, type Position } from '../orders/position.ts';
import { ownQuotes } from '../orders/reserve.ts';
import type { OwnQuote } from '../orders/types.ts';
import { accountValue } from '../risk/drawdown.ts';
import { exposureOf, type MarketRisk } from '../risk/exposure.ts';
import type { GateCoin, GateEvent, GateMarket } from '../risk/gate.ts';
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

/** Dollars owned, those of trades that may still fail as if they stand. */
export function cashOwned({ books: { ledger } }: KernelState): Usd {
  let cash = 0;
  for (const stage of ['final', 'mined', 'matched'] as const)
    cash += balanceOf(ledger, `own.${stage}`, 'USD');
  return cash as Usd;
}

/** What is held in one market, at this mark. A pair is a dollar. */
export const holdingsValue = ({ yes, no }: Position, mark: Price): Usd =>
  accountValue(0 as Usd, [{ yes: netShares(yes), no: netShares(no), mark }]);

/**
 * Value of everything owned at mid marks, cash included, provisional trades as if they stand. Added up from nothing; the gate asks
 * `equityNow`, which is the same.
 */
export function equityOf(state: KernelState): Usd {
  let value: number = cashOwned(state);
  for (const position of state.books.positions.values())
    value += holdingsValue(position, markOf(state.markets.get(position.conditionId)));
  return value as Usd;
}

/** Dollars at risk in one market, every order that may be live counted. */
export const exposureIn = (state: KernelState, conditionId: ConditionId): Usd =>
  exposureOf(marketRisk(state, conditionId));

/** Dollars at risk in one market, once no order of ours is there any more. */
export const heldExposureIn = (state: KernelState, conditionId: ConditionId): Usd =>
  exposureOf({ ...marketRisk(state, conditionId), liveBidShares: 0, liveAskShares: 0 });

/** Exposure over all markets that hold something or have orders. Added up from nothing; the gate asks `exposureNow`, which is the same. */
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

/** The neg-risk event at whose risk a market is: none where it stands alone, or where its outcome is known. */
export const openEventOf = ({ market, resolved }: MarketSlot): string | null =>
  resolved === undefined ? (market.negRiskEvent?.marketId ?? null) : null;

/** The coin at whose price a market is: none where it is about none, or where its outcome is known. */
export const openCoinOf = ({ coin, resolved }: MarketSlot): string | null =>
  resolved === undefined ? coin : null;

/** Shares of one market, confirmed and spoken for by nothing. */
export interface FreeShares {
  readonly yes: number;
  readonly no: number;
}

export const freeSharesOf = (state: KernelState, { market: { conditionId } }: MarketSlot): FreeShares =>
  freeTokens(state.books, state.orders, conditionId, tokensReserved(state.transactions, conditionId));

/** What the gate must know of one market, `event` and `coin` being what it must know of those that belong together with it. */
export function gateMarket(
  state: KernelState,
  slot: MarketSlot,
  event: GateEvent | null,
  coin: GateCoin | null,
): GateMarket {
  const { conditionId } = slot.market;
  const pending = tokensReserved(state.transactions, conditionId);
  const free = freeTokens(state.books, state.orders, conditionId, pending);
  const position = state.books.positions.get(conditionId);
  let ownBid: Price | null = null;
  let ownAsk: Price | null = null;
  const quotes = ownQuotes(state.orders, conditionId);
  for (const { side, price } of quotes) {
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
    coin,
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
export function othersBest(book: TickBook, side: Side, own: readonly OwnQuote[]): Price | null {
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
