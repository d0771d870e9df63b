/** Traders who take: those who only want to trade, less the worse the price; and those who know, when a quote is wrong. */
import { nextExponential, nextFloat, type RandomStream } from '../../domain/random.ts';
import { PRICE_ONE, type Price, type Shares } from '../../domain/units.ts';
import type { BookView, TraderAction } from './actions.ts';

const POINTS_PER_DOLLAR = 100;
const LOT = 10_000;

export interface TakerTerms {
  /** All arrivals, of both kinds and both sides; not every arrival trades. */
  readonly arrivalsPerMinute: number;
  /** Share of the arrivals that know the hidden probability, in [0, 1]. */
  readonly informed: number;
  /** How often an informed arrival looks at the book for every time an uninformed one would come: those who know are also alert. */
  readonly informedLooks: number;
  /** Mean size of an informed take; sizes are exponential above the venue's minimum. */
  readonly informedMeanShares: number;
  /** Uninformed: a quote d points worse than the public estimate is taken with probability e^(-decay * d). */
  readonly decayPerPt: number;
  /** Mean size of an uninformed take. */
  readonly meanShares: number;
  /** Informed: profit after the fee below which they do not bother. */
  readonly informedEdgePts: number;
  /** Uninformed: how many ticks past the touch they still pay. */
  readonly slippageTicks: number;
  /** The market's taker fee rate, which informed takers count in. */
  readonly feeRatePpm: number;
}

/**
 * One arrival of somebody who just wants in or out: a fair coin for the side, then the touch is taken with a probability that decays
 * in its distance from the public estimate (the usual A e^(-k d) intensity). Always the same number of draws.
 */
export function uninformedTake(
  stream: RandomStream,
  terms: TakerTerms,
  publicEstimate: number,
  view: BookView,
  ref: number,
): TraderAction | null {
  const isBuy = nextFloat(stream) < 0.5;
  const patience = nextFloat(stream);
  const size = drawSize(stream, terms.meanShares, view.minOrderSize);
  const touch = isBuy ? view.bestAsk : view.bestBid;
  if (touch === null) return null;
  const away = (touch / PRICE_ONE - publicEstimate) * POINTS_PER_DOLLAR * (isBuy ? 1 : -1);
  if (patience >= Math.exp(-terms.decayPerPt * Math.max(0, away))) return null;
  const slip = terms.slippageTicks * view.tick * (isBuy ? 1 : -1);
  const price = clampToGrid(touch + slip, view.tick);
  return { kind: 'take', trader: 'uninformed-0', ref, side: isBuy ? 'BUY' : 'SELL', price, touch, size };
}

/** One look of somebody who knows: takes what is wrong by more than fee and edge, up to the price where it no longer is. */
export function informedTake(
  stream: RandomStream,
  terms: TakerTerms,
  probability: number,
  view: BookView,
  ref: number,
): TraderAction | null {
  const size = drawSize(stream, terms.informedMeanShares, view.minOrderSize);
  const fee = (terms.feeRatePpm / 1e6) * probability * (1 - probability);
  const margin = terms.informedEdgePts / POINTS_PER_DOLLAR + fee;
  const ticks = PRICE_ONE / view.tick;
  const worstBuy = Math.floor((probability - margin) * ticks) * view.tick;
  const worstSell = Math.ceil((probability + margin) * ticks) * view.tick;
  if (view.bestAsk !== null && view.bestAsk <= worstBuy) {
    const price = clampToGrid(worstBuy, view.tick);
    return { kind: 'take', trader: 'informed-0', ref, side: 'BUY', price, touch: view.bestAsk, size };
  }
  if (view.bestBid !== null && view.bestBid >= worstSell) {
    const price = clampToGrid(worstSell, view.tick);
    return { kind: 'take', trader: 'informed-0', ref, side: 'SELL', price, touch: view.bestBid, size };
  }
  return null;
}

/** Whole lots of 0.01 share, at least the venue's minimum, exponentially spread above it. */
export function drawSize(stream: RandomStream, meanShares: number, minimum: Shares): Shares {
  const least = Math.ceil(minimum / LOT);
  const extra = nextExponential(stream, Math.max(0, meanShares * 100 - least));
  return ((least + Math.round(extra)) * LOT) as Shares;
}

const clampToGrid = (at: number, tick: Price): Price =>
  Math.min(PRICE_ONE - tick, Math.max(tick, at)) as Price;
