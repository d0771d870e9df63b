import type { ConditionId, MarketVersion, Outcome, ResolutionState } from './market.ts';

/** What has to be known of a market to ask how it was resolved. */
export interface ResolvableMarket {
  readonly conditionId: ConditionId;
  readonly version: MarketVersion;
}

/** How far a market's oracle has come, by the chain that pays and by the venue's catalogue. A price says nothing of it. */
export interface MarketResolution {
  readonly conditionId: ConditionId;
  /** In the venue's words; null where its catalogue could not be read, or does not list the market among the closed ones. */
  readonly stage: ResolutionState | null;
  /** Shares of a dollar that one YES and one NO share pay, as the oracle has reported them to the chain; null before it has. */
  readonly payouts: Payouts | null;
}

/** Numerators in lowest terms: [1, 0] where YES has won, [1, 1] where both outcomes pay a half. */
export type Payouts = readonly [yes: number, no: number];

/** Who has won: null where both outcomes pay a half, undefined where they pay in a way that no market of the venue does. */
export function winnerOf([yes, no]: Payouts): Outcome | null | undefined {
  if (yes > 0 && no === 0) return 'YES';
  if (no > 0 && yes === 0) return 'NO';
  return yes > 0 && yes === no ? null : undefined;
}
