import { type Outcome, oppositeOutcome, oppositeSide, type Side } from '../domain/market.ts';
import type { ClientId } from '../domain/order.ts';
import { complement, type Price, type Shares } from '../domain/units.ts';

/**
 * Who pays for a level if it fills. `inventory`: shares we hold are sold (an ask sells YES, a bid sells NO).
 * `cash`: dollars buy the outcome (a bid buys YES, an ask buys NO at one minus the price).
 */
export type Funding = 'inventory' | 'cash';

/** One order we would like to have resting, in YES coordinates: a bid for NO at p stands as an ask at 1 - p. */
export interface QuoteLevel {
  /** 0 is the tightest. */
  readonly level: number;
  /** Float price in points. It decides until the level is quantized, and stays as the record of what was meant. */
  readonly pricePts: number;
  /** The price on the market's grid; null until `quantizeToTick`. */
  readonly price: Price | null;
  readonly size: Shares;
  /** Null until `applyBudgetConstraint` decides; a level without it is paid in cash. */
  readonly funding: Funding | null;
  /** The resting order that this level is, when it is one that is kept beside the new quotes. */
  readonly hangs?: ClientId;
}

/** What we would quote in one market. Immutable plain data: a stage returns a new one and never edits. */
export interface QuoteProposal {
  /** Best first, as in `asks`. */
  readonly bids: readonly QuoteLevel[];
  readonly asks: readonly QuoteLevel[];
  /** Fair value the proposal was made at. */
  readonly fairPts: number;
  /** The centre that widening and deeper levels keep: no side can be moved inwards by widening around it. */
  readonly reservationPts: number;
}

/** A level that has been on the grid since `quantizeToTick`. */
export interface GridLevel extends QuoteLevel {
  readonly price: Price;
}

/** The order on the venue's own terms that a level stands for: selling what is held, or buying the outcome that costs cash. */
export interface OutcomeOrder {
  readonly outcome: Outcome;
  readonly side: Side;
  readonly price: Price;
  readonly size: Shares;
}

/** Translates a level out of YES coordinates: a bid from inventory sells NO at 1 - p, an ask paid in cash buys NO at 1 - p. */
export function toOutcomeOrder(level: GridLevel, side: Side): OutcomeOrder {
  const direct = (side === 'SELL') === (level.funding === 'inventory');
  return direct
    ? { outcome: 'YES', side, price: level.price, size: level.size }
    : {
        outcome: oppositeOutcome('YES'),
        side: oppositeSide(side),
        price: complement(level.price),
        size: level.size,
      };
}

export const isOnGrid = (level: QuoteLevel): level is GridLevel => level.price !== null;

export const levelsOnSide = (proposal: QuoteProposal, side: Side): readonly QuoteLevel[] =>
  side === 'BUY' ? proposal.bids : proposal.asks;

/** The same proposal with each level of both sides passed through `change`; a level it returns null for is left out. */
export function mapLevels(
  proposal: QuoteProposal,
  change: (level: QuoteLevel, side: Side) => QuoteLevel | null,
): QuoteProposal {
  const bids = changeSide(proposal.bids, 'BUY', change);
  const asks = changeSide(proposal.asks, 'SELL', change);
  return bids === proposal.bids && asks === proposal.asks ? proposal : { ...proposal, bids, asks };
}

function changeSide(
  levels: readonly QuoteLevel[],
  side: Side,
  change: (level: QuoteLevel, side: Side) => QuoteLevel | null,
): readonly QuoteLevel[] {
  let same = true;
  const changed: QuoteLevel[] = [];
  for (const level of levels) {
    const next = change(level, side);
    if (next !== level) same = false;
    if (next !== null) changed.push(next);
  }
  return same ? levels : changed;
}
