/** Other makers: a few levels around what the public believes, each with its own width, error and clock. */
import type { Side } from '../../domain/market.ts';
import { nextFloat, nextNormal, type RandomStream } from '../../domain/random.ts';
import { PRICE_ONE, type Price, type Shares } from '../../domain/units.ts';
import type { BookView, TraderAction } from './actions.ts';

const POINTS_PER_DOLLAR = 100;
const LOT = 10_000;
/** How much of a maker's error carries over from one refresh to the next. */
const NOISE_KEPT = 0.8;

export interface MakerTerms {
  readonly levels: number;
  /** Mean distance of the first level from the maker's estimate; each maker's own lies within a third of it. */
  readonly halfSpreadPts: number;
  readonly levelGapPts: number;
  readonly levelShares: number;
  /** Standard deviation of the maker's error about the public estimate. */
  readonly noisePts: number;
  /** Mean time between refreshes. */
  readonly refreshMs: number;
}

export interface MakerState {
  readonly name: string;
  readonly stream: RandomStream;
  readonly halfSpreadPts: number;
  /** Error of its estimate in points, carried from refresh to refresh. */
  errorPts: number;
  nextRefreshMs: number;
  /** What it believes it has in the book. */
  readonly working: {
    readonly ref: number;
    readonly side: Side;
    readonly price: Price;
    readonly size: Shares;
  }[];
}

export function createMaker(
  name: string,
  stream: RandomStream,
  terms: MakerTerms,
  startMs: number,
): MakerState {
  return {
    name,
    stream,
    halfSpreadPts: terms.halfSpreadPts * (2 / 3 + (2 / 3) * nextFloat(stream)),
    errorPts: terms.noisePts * nextNormal(stream),
    nextRefreshMs: startMs + Math.floor(nextFloat(stream) * 1_000),
    working: [],
  };
}

/** Re-quotes: keeps what still stands at a wanted price, cancels the rest, adds what is missing. Returns the next free ref. */
export function refreshMaker(
  maker: MakerState,
  terms: MakerTerms,
  publicEstimate: number,
  view: BookView,
  nowMs: number,
  firstRef: number,
  actions: TraderAction[],
): number {
  const { stream } = maker;
  const fresh = terms.noisePts * Math.sqrt(1 - NOISE_KEPT * NOISE_KEPT) * nextNormal(stream);
  maker.errorPts = NOISE_KEPT * maker.errorPts + fresh;
  maker.nextRefreshMs = nowMs + Math.max(1, Math.round(terms.refreshMs * (0.5 + nextFloat(stream))));
  const wanted = wantedQuotes(maker, terms, publicEstimate, view);
  for (let index = maker.working.length - 1; index >= 0; index -= 1) {
    const order = maker.working[index];
    if (order === undefined) continue;
    const match = wanted.findIndex((quote) => quote.side === order.side && quote.price === order.price);
    if (match >= 0) {
      wanted.splice(match, 1);
      continue;
    }
    actions.push({ kind: 'cancel', trader: maker.name, ref: order.ref });
    maker.working.splice(index, 1);
  }
  let ref = firstRef;
  for (const quote of wanted) {
    maker.working.push({ ref, ...quote });
    actions.push({ kind: 'quote', trader: maker.name, ref, ...quote });
    ref += 1;
  }
  return ref;
}

interface Quote {
  readonly side: Side;
  readonly price: Price;
  readonly size: Shares;
}

/** Bids rounded down and asks rounded up to the grid; levels outside it are left out. */
function wantedQuotes(maker: MakerState, terms: MakerTerms, publicEstimate: number, view: BookView): Quote[] {
  const { tick } = view;
  const ticks = PRICE_ONE / tick;
  const estimate = publicEstimate + maker.errorPts / POINTS_PER_DOLLAR;
  const size = Math.max(view.minOrderSize, terms.levelShares * 100 * LOT) as Shares;
  const quotes: Quote[] = [];
  for (let level = 0; level < terms.levels; level += 1) {
    const away = (maker.halfSpreadPts + level * terms.levelGapPts) / POINTS_PER_DOLLAR;
    const bid = Math.floor((estimate - away) * ticks) * tick;
    const ask = Math.ceil((estimate + away) * ticks) * tick;
    if (bid >= tick && bid <= PRICE_ONE - tick) quotes.push({ side: 'BUY', price: bid as Price, size });
    if (ask >= tick && ask <= PRICE_ONE - tick) quotes.push({ side: 'SELL', price: ask as Price, size });
  }
  return quotes;
}
