import type { EntryCandidate, MarketTouch } from '../../../crypto/model/edge.ts';
import { stopPts } from '../../../crypto/strategy/exit-rules.ts';
import { POINT } from '../../../domain/units.ts';
import type { CdSettings } from './choose-scope.ts';

/**
 * Why an entry would be sold by its own stop as soon as it is made; null where it would not. In a wide book the two would else go on for ever:
 * one buys at the ask, the other sells at the bid a second later. What takes also has to be able to go back at the present bid for
 * less than the stop, because that is where a stop sells.
 */
export function stoppedAtOnce(
  { outcome, price }: Pick<EntryCandidate, 'outcome' | 'price'>,
  touch: MarketTouch,
  cd: CdSettings,
): string | null {
  if (!cd.exitEnabled) return null;
  const { bid, ask } = touch[outcome];
  const stop = stopPts({ entryPrice: price }, { stopLossPts: cd.exitStopLossPts });
  const stopText = `its stop is ${stop.toFixed(1)} points`;
  const belowMidPts = bid === null || ask === null ? 0 : (price - (bid + ask) / 2) / POINT;
  if (belowMidPts >= stop)
    return `the middle of the market is ${belowMidPts.toFixed(1)} points below its price, and ${stopText}`;
  const belowBidPts = (price - (bid ?? 0)) / POINT;
  return !cd.postOnly && belowBidPts >= stop
    ? `a sale at the bid would lose ${belowBidPts.toFixed(1)} points at once, and ${stopText}`
    : null;
}
