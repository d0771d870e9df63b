import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConditionId, Market } from '../domain/market.ts';
import { createBooks } from '../orders/books.ts';
import { coinExposureNow, equityNow, exposureNow, marketsOfEvent, sumsResidual } from './account-risk.ts';
import { decodeState, encodeState } from './codec.ts';
import { marketsByEvent } from './gate-event.ts';
import { equityOf, exposureIn, totalExposure } from './gate-view.ts';
import { createKernel } from './kernel.ts';
import type { KernelState } from './state.ts';
import { happenings, live } from './test-support/happenings.ts';
import { restlessLoop } from './test-support/restless-loop.ts';
import {
  conditionId,
  market,
  reconcile,
  strategySettings,
  type TestKernel,
  trading,
} from './test-support/test-kernel.ts';

const EVENT = `0x${'e'.repeat(62)}00`;

/** Three outcomes of one event, two markets about a coin, and one that stands alone. */
const MARKETS: readonly Market[] = [1, 2, 3, 4, 5, 6].map((n) =>
  n > 3
    ? market(n, n > 4 ? { question: `Will Bitcoin reach $${n}0,000?` } : {})
    : market(n, {
        negRisk: true,
        negRiskEvent: { marketId: EVENT, isAugmented: false, outcomes: 3 },
      }),
);

const HELD = { cash: 2_000, tokens: { 11: 30, 12: 80, 22: 70, 32: 60, 42: 15 } };

function started(): TestKernel {
  const mm = {
    maxPerMarketUsd: 80,
    maxPerEventUsd: 150,
    minQuoteLifetimeSeconds: 0,
    maxSplitPerMarketUsd: 200,
  };
  const trades = strategySettings(mm);
  const test = trading([restlessLoop], trades, MARKETS, HELD);
  reconcile(test, HELD);
  return test;
}

const sorted = (conditionIds: ReadonlySet<ConditionId> | undefined): ConditionId[] =>
  [...(conditionIds ?? [])].sort();

const aboutBitcoin = (state: KernelState): number =>
  [5, 6].map(conditionId).reduce((sum, id) => {
    const isOpen = state.markets.get(id)?.resolved === undefined;
    return sum + (isOpen ? exposureIn(state, id) : 0);
  }, 0);

/** The sums as they are kept, and added up from nothing. */
const sums = (state: KernelState) => ({
  kept: [
    exposureNow(state),
    equityNow(state),
    coinExposureNow(state, 'BTC'),
    sorted(marketsOfEvent(state, EVENT)),
  ],
  anew: [
    totalExposure(state),
    equityOf(state),
    aboutBitcoin(state),
    sorted(marketsByEvent(state).get(EVENT)),
  ],
});

/** What happened in all runs of a property, so that none of it goes untested unnoticed. */
interface Seen {
  looks: number;
  exposed: number;
  conversions: number;
  inEvent: number;
  aboutBitcoin: number;
}

describe('the sums over the account', () => {
  it('are what adding everything up gives, whatever has happened since somebody last looked', () => {
    const seen: Seen = { looks: 0, exposed: 0, conversions: 0, inEvent: 0, aboutBitcoin: 0 };
    fc.assert(
      fc.property(happenings, fc.integer({ min: 1, max: 13 }), (what, everySteps) => {
        const test = started();
        live(test, what, () => {
          const { state } = test;
          expect(state.counts.faults).toBe(0);
          expect(sumsResidual(state)).toBe(0);
          if (state.steps % everySteps > 0) return;
          const { kept, anew } = sums(state);
          expect(kept).toEqual(anew);
          seen.looks += 1;
          if (totalExposure(state) > 0) seen.exposed += 1;
          if (coinExposureNow(state, 'BTC') > 0) seen.aboutBitcoin += 1;
          if (marketsOfEvent(state, EVENT).size > 1) seen.inEvent += 1;
          for (const { request } of state.transactions.pending.values())
            if (request.conversion !== undefined) seen.conversions += 1;
        });
      }),
      { numRuns: 150 },
    );
    expect(seen.looks).toBeGreaterThan(300);
    expect(seen.exposed).toBeGreaterThan(100);
    expect(seen.inEvent).toBeGreaterThan(100);
    expect(seen.aboutBitcoin).toBeGreaterThan(50);
    expect(seen.conversions).toBeGreaterThan(10);
  });

  it('are the same after a restart from a snapshot', () => {
    fc.assert(
      fc.property(happenings, (what) => {
        const test = started();
        live(test, what, () => undefined);
        const restored = decodeState(encodeState(test.state)) as KernelState;
        const { kept, anew } = sums(createKernel([restlessLoop], restored).state);
        expect(kept).toEqual(anew);
        expect(kept).toEqual(sums(test.state).anew);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a change that nobody has noted', () => {
  it('is seen by who compares', () => {
    const test = started();
    expect(exposureNow(test.state)).toBeGreaterThan(0);
    expect(sumsResidual(test.state)).toBe(0);
    expect(sumsResidual({ ...test.state, books: createBooks() })).toBeGreaterThan(0);
  });

  it('stops the loop that was about to rely on the sums', () => {
    const test = started();
    expect(exposureNow(test.state)).toBe(totalExposure(test.state));
    const position = test.state.books.positions.get(conditionId(4));
    if (position === undefined) throw new Error('expected a position');
    // What the types forbid, and a mistake of ours might do all the same.
    (position.no as { final: number }).final = 500_000_000;
    for (let second = 0; second < 5; second += 1) test.step({ kind: 'wake' }, 1_000);
    expect(test.state.counts.faults).toBe(1);
    expect(test.state.loops.get('market-making')?.fault).toContain("the account's sums are out of date");
  });
});
