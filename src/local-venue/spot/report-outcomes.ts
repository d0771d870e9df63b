import type { DecidedBy } from '../catalogue/catalogue-entry.ts';
import type { VenueState } from '../types.ts';
import { payoffWinner, watchPayoff } from './crypto-payoff.ts';
import { SECOND_MS } from './spot-path.ts';
import type { SpotWorld } from './spot-world.ts';

/** A listed market that the price of a coin decides. */
export interface DecidedMarket {
  readonly conditionId: string;
  readonly decidedBy: DecidedBy;
}

/**
 * The oracle of markets about coins: reports each a second after its end, whether anybody trades it or not. Runs beside the background flow and
 * is ended as it is; what a test or the operator has resolved before stays as it was.
 */
export const outcomeReports =
  (markets: readonly DecidedMarket[], world: SpotWorld) =>
  async (state: Pick<VenueState, 'clock' | 'resolveMarket'>): Promise<{ stop(): Promise<void> }> => {
    const cancels = new Set<() => void>();
    const under = new Set<Promise<void>>();
    for (const { conditionId, decidedBy } of markets) {
      const path = world.paths.get(decidedBy.coin);
      if (path === undefined)
        throw new Error(`${conditionId} is decided by ${decidedBy.coin}, of which the world has no price`);
      const watch = watchPayoff(path, decidedBy.payoff);
      const atMs = decidedBy.payoff.endMs + SECOND_MS;
      const wait = (): void => {
        // A timer holds at most 24 days, and a clock that was set back makes one early.
        const leftMs = Math.min(MOST_WAIT_MS, Math.max(0, atMs - state.clock.nowMs()));
        const cancel = state.clock.after(leftMs, () => {
          cancels.delete(cancel);
          const winner = state.clock.nowMs() < atMs ? null : payoffWinner(watch, atMs);
          if (winner === null) return wait();
          const report = state.resolveMarket(conditionId, winner).finally(() => under.delete(report));
          under.add(report);
        });
        cancels.add(cancel);
      };
      wait();
    }
    return {
      stop: async () => {
        for (const cancel of cancels) cancel();
        await Promise.all(under);
      },
    };
  };

const MOST_WAIT_MS = 86_400_000;
