import type { Shares } from '../domain/units.ts';
import type { QuoteLevel, QuoteProposal } from './proposal.ts';

/** Joins levels of one side that share a grid price and a funding: two orders there would cost two requests and gain nothing. */
export const mergeEqualPrices = (proposal: QuoteProposal): QuoteProposal => ({
  ...proposal,
  bids: mergeSide(proposal.bids),
  asks: mergeSide(proposal.asks),
});

function mergeSide(levels: readonly QuoteLevel[]): readonly QuoteLevel[] {
  if (levels.length < 2) return levels;
  const merged: QuoteLevel[] = [];
  for (const level of levels) {
    const at = merged.findIndex(
      (other) =>
        other.price === level.price &&
        other.funding === level.funding &&
        // An order that hangs is what it is, and cannot take in another.
        other.hangs === undefined &&
        level.hangs === undefined,
    );
    const same = merged[at];
    if (same === undefined) merged.push(level);
    else merged[at] = { ...same, size: (same.size + level.size) as Shares };
  }
  return merged.length === levels.length ? levels : merged;
}
