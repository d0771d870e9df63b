import type { ConditionId } from '../../domain/market.ts';
import type { World } from '../world.ts';
import { type Checker, Violation } from './checker.ts';
import { createToldHoldings, type ToldHolding } from './told-holdings.ts';

export interface CertificateLimits {
  readonly maxPerMarketMicroUsd: number;
  readonly maxPerEventMicroUsd: number;
}

/** A dollar cent for the rounding of floats in the engine; nothing of it adds up. */
const TOLERANCE_MICRO_USD = 10_000;

/**
 * What the `bounded` engine promises: whatever was filled, no outcome of a market leaves it with a larger loss than its budget, and
 * none of an event's outcomes leaves all its markets together with a larger one than theirs. Looked at after every fill, and not
 * only when the market ends. A trade that fails on the chain takes back what others were certain beside, so such a market is let be.
 */
export function certificateChecker(world: World, limits: CertificateLimits): Checker {
  const told = createToldHoldings(world);
  return {
    name: 'certificate',
    afterStep({ input }) {
      for (const conditionId of told.take(input)) {
        const members = membersOf(world, conditionId);
        const holdings = members.map((member) => told.byMarket.get(member) ?? NOTHING);
        if (holdings.some(({ hasFailed }) => hasFailed)) continue;
        const budget = members.length > 1 ? limits.maxPerEventMicroUsd : limits.maxPerMarketMicroUsd;
        const worst = worstOutcome(holdings);
        if (worst < -budget - TOLERANCE_MICRO_USD)
          throw new Violation(
            'certificate',
            `a loss of at most ${budget / 1e6} USD, whatever the outcome of ${members.join(', ')}`,
            `${(-worst / 1e6).toFixed(6)} USD`,
          );
      }
    },
  };
}

const NOTHING: ToldHolding = { cash: 0, yes: 0, no: 0, hasFailed: false };

/** The markets of which exactly one wins, or the market alone. */
function membersOf(world: World, conditionId: ConditionId): ConditionId[] {
  const event = world.markets.get(conditionId)?.market.negRiskEvent?.marketId;
  if (event === undefined) return [conditionId];
  return [...world.markets.values()].flatMap(({ market }) =>
    market.negRiskEvent?.marketId === event ? [market.conditionId] : [],
  );
}

/** What the worst outcome leaves, in micro-dollars: of one market, or of several of which exactly one wins. */
export function worstOutcome(holdings: readonly Readonly<ToldHolding>[]): number {
  const [only] = holdings;
  if (holdings.length === 1 && only !== undefined) return only.cash + Math.min(only.yes, only.no);
  const ifNone = holdings.reduce((sum, { cash, no }) => sum + cash + no, 0);
  return Math.min(...holdings.map(({ yes, no }) => ifNone - no + yes));
}
