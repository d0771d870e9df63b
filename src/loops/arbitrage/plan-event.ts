import type { Outcome } from '../../domain/market.ts';
import { PRICE_ONE, type Shares } from '../../domain/units.ts';
import {
  betterSet,
  type NoSet,
  type SetMarket,
  type SetOpportunity,
  type SetResult,
  type SetTerms,
  scanBuyAllYes,
  scanBuyConvert,
} from '../../pricing/complete-set.ts';
import { upTo, wholeCentSize } from './plan-set.ts';

/** Orders are in hundredths of a share. */
const LOT = 10_000;

export interface EventInput {
  /** Every market of an exhaustive event as it was read, own orders taken out. */
  readonly markets: readonly SetMarket[];
  readonly terms: SetTerms;
  /** Whether buying so much of this outcome in every market stays within all limits of risk. */
  readonly fits: (outcome: Outcome, size: Shares) => boolean;
}

export type EventVerdict =
  | { readonly kind: 'trade'; readonly set: SetOpportunity }
  /** `noEdge`: the books do not show it at all. The others: they do, and it is not enough. */
  | { readonly kind: 'none'; readonly because: 'noEdge' | 'wholeCents' | NoSet['because'] };

/** The set across the event worth buying on these books: NO everywhere, which converts at once, or YES everywhere. */
export function planEventSet(input: EventInput): EventVerdict {
  const no = buy(input, 'NO');
  const yes = buy(input, 'YES');
  const best = betterSet(no.result, yes.result);
  if (best.kind === 'opportunity') return { kind: 'trade', set: best };
  if (no.isOff || yes.isOff) return { kind: 'none', because: 'wholeCents' };
  return { kind: 'none', because: hasEdge(input.markets) ? best.because : 'noEdge' };
}

/** The best set of one outcome, at a size whose every leg costs whole cents: others would end with different numbers of shares. */
function buy(
  { markets, terms, fits }: EventInput,
  outcome: Outcome,
): { readonly result: SetResult; readonly isOff: boolean } {
  const scan = outcome === 'NO' ? scanBuyConvert : scanBuyAllYes;
  const most = mostThatFits(markets, outcome, fits);
  const best = scan(cutTo(markets, most), terms);
  if (best.kind === 'none') return { result: best, isOff: false };
  const least = Math.max(LOT, ...markets.map(({ minOrderSize }) => minOrderSize)) as Shares;
  const ladders = markets.map((market) => asksOf(market, outcome));
  const size = wholeCentSize(ladders, least, best.size);
  const none: SetResult = { kind: 'none', because: 'belowMinSize', bestProfit: best.profit };
  if (size === null) return { result: none, isOff: true };
  const exact = cutTo(markets, size).map((market) => ({ ...market, minOrderSize: size }));
  const result = scan(exact, terms);
  return { result, isOff: result.kind === 'none' };
}

const asksOf = (market: SetMarket, outcome: Outcome) => (outcome === 'YES' ? market.yes : market.no).asks;

const cutTo = (markets: readonly SetMarket[], size: Shares): SetMarket[] =>
  markets.map((market) => upTo(market, 'asks', size));

/** The largest size, in lots, that every market offers and that fits. */
function mostThatFits(markets: readonly SetMarket[], outcome: Outcome, fits: EventInput['fits']): Shares {
  const depths = markets.map((market) => asksOf(market, outcome).reduce((sum, { size }) => sum + size, 0));
  let low = 0;
  let high = Math.floor(Math.min(...depths) / LOT);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(outcome, (middle * LOT) as Shares)) low = middle;
    else high = middle - 1;
  }
  return (low * LOT) as Shares;
}

/** Whether the best prices alone seem to offer a set, before fees and gas. */
export function hasEdge(markets: readonly SetMarket[]): boolean {
  const sumOf = (outcome: Outcome): number =>
    markets.reduce((sum, market) => sum + (asksOf(market, outcome)[0]?.price ?? Number.POSITIVE_INFINITY), 0);
  return sumOf('NO') < (markets.length - 1) * PRICE_ONE || sumOf('YES') < PRICE_ONE;
}
