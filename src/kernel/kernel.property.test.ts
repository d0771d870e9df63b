import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loops } from '../loops/index.ts';
import { booksResidual } from '../orders/books.ts';
import { allLiveOrders } from '../orders/order-table.ts';
import { decodeState, encodeState } from './codec.ts';
import { createKernel } from './kernel.ts';
import type { Command } from './messages.ts';
import type { KernelState } from './state.ts';
import { type Happening, happenings, live } from './test-support/happenings.ts';
import {
  cents,
  conditionId,
  market,
  reconcile,
  strategySettings,
  type TestKernel,
  trading,
} from './test-support/test-kernel.ts';

interface Recorded {
  readonly test: TestKernel;
  readonly outputs: string[];
}

/** Plays what happens to a worker that trades two markets, recording every output. */
function play(
  what: readonly Happening[],
  check: (test: TestKernel, commands: readonly Command[]) => void,
): Recorded {
  const settings = strategySettings({ minQuoteLifetimeSeconds: 1, requoteMinGapMs: 0 });
  const test = trading(loops, settings, [market(1), market(2)]);
  reconcile(test);
  const outputs: string[] = [];
  const from = test.inputs.length;
  live(test, what, (commands) => {
    check(test, commands);
    outputs.push(JSON.stringify(commands));
  });
  expect(test.inputs.length - from).toBe(outputs.length);
  return { test, outputs };
}

const nothing = (): void => undefined;

describe('the kernel', () => {
  it('gives the same outputs and the same state for the same inputs', () => {
    fc.assert(
      fc.property(happenings, (what) => {
        const { test, outputs } = play(what, nothing);
        const again = createKernel(loops, null);
        const repeated = test.inputs.map(([atMs, input]) => JSON.stringify(again.step(atMs, input)));
        expect(repeated.slice(-outputs.length || repeated.length)).toEqual(outputs);
        expect(encodeState(again.state) === encodeState(test.state)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('goes on from a snapshot as if it had never stopped', () => {
    fc.assert(
      fc.property(happenings, fc.double({ min: 0, max: 1, noNaN: true }), (what, part) => {
        const { test, outputs } = play(what, nothing);
        const at = test.inputs.length - Math.floor(outputs.length * part);
        const before = createKernel(loops, null);
        for (const [atMs, input] of test.inputs.slice(0, at)) before.step(atMs, input);
        const restored = decodeState(encodeState(before.state)) as KernelState;
        const after = createKernel(loops, restored);
        const following = test.inputs
          .slice(at)
          .map(([atMs, input]) => JSON.stringify(after.step(atMs, input)));
        expect(following).toEqual(outputs.slice(outputs.length - following.length));
        expect(encodeState(after.state) === encodeState(test.state)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it('keeps its books exact and its orders inside the rules whatever happens', () => {
    fc.assert(
      fc.property(happenings, (what) => {
        play(what, ({ state, kernel, nowMs }, commands) => {
          expect(booksResidual(state.books, (id) => state.markets.get(id)?.market ?? null)).toBe(0);
          expect(state.counts.faults).toBe(0);
          const { mode } = state.trading;
          for (const command of commands) {
            if (command.kind !== 'place' && command.kind !== 'transact') continue;
            expect(['active', 'reducing']).toContain(mode);
            if (command.kind === 'place') expect(command.orders.length).toBeLessThanOrEqual(15);
          }
          // Due now or later, but never waiting for something that has no time.
          expect(Number.isFinite(kernel.nextWakeAtMs())).toBe(true);
          expect(ownCross(state)).toBeNull();
          expect(state.nowMs).toBe(nowMs);
        });
      }),
      { numRuns: 100 },
    );
  });

  it('asks to be woken a bounded number of times while nothing happens', () => {
    fc.assert(
      fc.property(happenings, (what) => {
        const { test } = play(what, nothing);
        const untilMs = test.nowMs + 60_000;
        let wakes = 0;
        while (wakes < 1_000) {
          const atMs = Math.max(test.nowMs + 1, test.kernel.nextWakeAtMs());
          if (atMs > untilMs) break;
          test.step({ kind: 'wake' }, atMs - test.nowMs);
          wakes += 1;
        }
        expect(wakes).toBeLessThan(200);
      }),
      { numRuns: 60 },
    );
  });
});

/** Two own orders that may be live and could trade with one another, in YES coordinates; null when there are none. */
function ownCross(state: KernelState): string | null {
  for (const id of [1, 2].map(conditionId)) {
    let bid = 0;
    let ask: number = cents(100);
    for (const { request, state: orderState } of allLiveOrders(state.orders)) {
      if (request.conditionId !== id || orderState === 'refused') continue;
      const price = request.outcome === 'YES' ? request.price : cents(100) - request.price;
      if ((request.outcome === 'YES') === (request.side === 'BUY')) bid = Math.max(bid, price);
      else ask = Math.min(ask, price);
    }
    if (bid >= ask) return `${bid} / ${ask}`;
  }
  return null;
}
