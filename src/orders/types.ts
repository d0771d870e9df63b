import type { ConditionId, Market, Outcome, Side, TokenId } from '../domain/market.ts';
import type { ClientId, OrderId, OrderRequest, OrderState } from '../domain/order.ts';
import type { Price, Shares, Usd } from '../domain/units.ts';

/** What an order is for: a resting quote, a position's entry, its exit, or a leg of a complete-set arbitrage. */
export type OrderPurpose = 'quote' | 'entry' | 'exit' | 'arbitrage';

/** Who wants an order and why. It travels with the order and is never sent. */
export interface OrderTags {
  readonly loop: string;
  readonly purpose: OrderPurpose;
  /** Quote level counted from the touch outwards, 0 for everything that is not a quote. */
  readonly level: number;
}

/** One order of ours, from approval to the archive. Functions of `order-life.ts` are its only writers. */
export interface OrderRecord {
  readonly request: OrderRequest;
  readonly tags: OrderTags;
  /** The most a taker fee of this order can come to, held back beside its notional. 0 for post-only orders. */
  readonly takerFeeBound: Usd;
  readonly approvedAtMs: number;
  state: OrderState;
  /** Known once signed. */
  orderId: OrderId | null;
  /** Sum of our fills, failed ones included: what failed on chain does not return to the venue's book. */
  matched: Shares;
  /** The most that the venue ever said was matched. Above `matched`, a fill of ours is still on its way. */
  venueMatched: Shares;
  inFlightAtMs: number | null;
  cancelAskedAtMs: number | null;
  terminalAtMs: number | null;
  /**
   * Until when a cancelled order's rest is held back, because nobody has said yet how much of it was matched on its way out. Null
   * once that is told, or where it never was in question.
   */
  restUntoldUntilMs: number | null;
  /** Why the venue must be asked about this order, or null. Only a read of the order clears it. */
  doubt: string | null;
  lookedUpAtMs: number | null;
  /** Own fills of this order that are neither confirmed nor failed. */
  openFills: number;
  lastText: string;
  /**
   * At most so many shares of others stand before it in the queue: what rested at its price when it was placed, and never more
   * than rests there now. Null or absent while nobody has looked.
   */
  queueAhead?: Shares | null;
}

/** A terminal order that has left the table: enough to recognise it in a late frame. */
export interface ArchivedOrder {
  readonly clientId: ClientId;
  readonly state: OrderState;
  readonly terminalAtMs: number;
}

/** The tokens and fee terms that a fill of this market is booked with. */
export type FillMarket = Pick<Market, 'conditionId' | 'yesTokenId' | 'noTokenId' | 'fee'>;

/** Which market and outcome a token belongs to. */
export interface TokenHome {
  readonly conditionId: ConditionId;
  readonly outcome: Outcome;
}

/** A quote that a loop wants, in YES coordinates: BUY is a bid for YES, SELL an ask for it. */
export interface DesiredQuote {
  readonly side: Side;
  /** YES price on the tick grid. */
  readonly price: Price;
  /** A multiple of 0.01 share. */
  readonly size: Shares;
  readonly level: number;
  /** The resting order that this quote is. It is kept or cancelled, and never placed anew. */
  readonly hangs?: ClientId;
}

/** An order of ours as it stands in the market's one book, in YES coordinates. */
export interface OwnQuote {
  readonly clientId: ClientId;
  readonly side: Side;
  readonly price: Price;
  readonly size: Shares;
}

/** An order that the planner wants. The kernel gives it its name, salt and time. */
export interface PlannedOrder {
  readonly conditionId: ConditionId;
  readonly tokenId: TokenId;
  readonly negRisk: boolean;
  readonly outcome: Outcome;
  readonly side: Side;
  readonly price: Price;
  readonly size: Shares;
  readonly level: number;
  /** The same in YES coordinates. */
  readonly quote: DesiredQuote;
  readonly reason: string;
}
