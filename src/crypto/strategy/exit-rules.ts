import type { ExitCause } from '../../domain/directional.ts';
import { POINT, PRICE_ONE, type Price } from '../../domain/units.ts';

/** A position that was entered on the model's word, in the coordinates of the outcome that is held. */
export interface HeldPosition {
  /** Average cost of a share, fees left out. */
  readonly entryPrice: Price;
  readonly endAtMs: number;
}

/** What a holder can see of the market now, in the coordinates of the outcome that is held. */
export interface HeldMarket {
  /** What a seller gets at once; null where nobody bids. */
  readonly bid: Price | null;
  /** Middle of a live book without our own orders; null where there is none. */
  readonly mid: Price | null;
  /** Our probability that the held outcome pays, with the time that is left; null where the model cannot say. */
  readonly probability: number | null;
  readonly nowMs: number;
}

export interface ExitTerms {
  readonly stopLossPts: number;
  readonly takeProfitPts: number;
  /** Edge at or below which the position is given up, below zero as a rule. */
  readonly edgeReversalPts: number;
  /** A position is sold this long before its market ends; 0 keeps it to the end. */
  readonly beforeExpiryMs: number;
}

export type ExitDecision =
  | { readonly kind: 'hold'; readonly why: string }
  | { readonly kind: 'exit'; readonly cause: ExitCause; readonly why: string };

/** Of the entry price: a stop of 15 points would never be reached by a position that was bought for ten. */
const MOST_LOSS_SHARE = 0.5;
/** Of what there is left to win: a target of 20 points would never be reached by a position that was bought for ninety. */
const MOST_GAIN_SHARE = 0.8;

/** Points that a position may lose before it is stopped. */
export const stopPts = (
  { entryPrice }: Pick<HeldPosition, 'entryPrice'>,
  { stopLossPts }: Pick<ExitTerms, 'stopLossPts'>,
): number => Math.min(stopLossPts, (MOST_LOSS_SHARE * entryPrice) / POINT);

/** Points at which a position has earned enough. */
export const targetPts = ({ entryPrice }: HeldPosition, { takeProfitPts }: ExitTerms): number =>
  Math.min(takeProfitPts, (MOST_GAIN_SHARE * (PRICE_ONE - entryPrice)) / POINT);

/** What holding still has for it, in points: our probability less the middle of the market. */
export const heldEdgePts = (probability: number, mid: Price): number => 100 * probability - mid / POINT;

/**
 * Whether a position is to be sold now, by the first cause that holds. A loss is measured at the middle, because a bid that is far away
 * for a moment is no loss yet; a gain at the bid, because only what is paid is one. Nothing is sold to nobody.
 */
export function decideExit(position: HeldPosition, market: HeldMarket, terms: ExitTerms): ExitDecision {
  const { bid, mid, nowMs, probability } = market;
  if (bid === null) return { kind: 'hold', why: 'nobody bids' };
  if (mid !== null) {
    const lossPts = (position.entryPrice - mid) / POINT;
    if (lossPts >= stopPts(position, terms))
      return exit('stopped', `${shown(lossPts)} below entry, the stop is ${shown(stopPts(position, terms))}`);
  }
  const gainPts = (bid - position.entryPrice) / POINT;
  if (gainPts >= targetPts(position, terms))
    return exit(
      'tookProfit',
      `the bid is ${shown(gainPts)} above entry, the target is ${shown(targetPts(position, terms))}`,
    );
  if (terms.beforeExpiryMs > 0 && position.endAtMs - nowMs <= terms.beforeExpiryMs)
    return exit('expiry', `${minutes(position.endAtMs - nowMs)} before the market ends`);
  if (mid === null) return { kind: 'hold', why: 'no trusted book to hold the model against' };
  if (probability === null) return { kind: 'hold', why: 'the model cannot say' };
  const edgePts = heldEdgePts(probability, mid);
  return edgePts <= terms.edgeReversalPts
    ? exit('edgeReversed', `the edge is ${shown(edgePts)}, the limit is ${shown(terms.edgeReversalPts)}`)
    : { kind: 'hold', why: `the edge is ${shown(edgePts)}` };
}

const exit = (cause: ExitCause, why: string): ExitDecision => ({ kind: 'exit', cause, why });
const shown = (pts: number): string => `${pts.toFixed(1)} points`;
const minutes = (ms: number): string => `${Math.max(0, Math.round(ms / 60_000))} minutes`;
