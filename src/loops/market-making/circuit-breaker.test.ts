import { describe, expect, it } from 'vitest';
import { utcText } from '../../domain/utc-text.ts';
import { decodeState, encodeState } from '../../kernel/codec.ts';
import { createKernel } from '../../kernel/kernel.ts';
import type { KernelState } from '../../kernel/state.ts';
import {
  book,
  market,
  reconcile,
  runStarted,
  type TestKernel,
  testKernel,
} from '../../kernel/test-support/test-kernel.ts';
import { costOfPosition } from '../../orders/position.ts';
import {
  countFill,
  createCircuitBreaker,
  type MeasuredFill,
  suspension,
} from '../../risk/circuit-breaker.ts';
import {
  bidOf,
  hit,
  LOOPS,
  marketMemory,
  pass,
  quoting,
  quotingRun,
  resting,
  say,
} from './test-support/quoting-run.ts';

const markout = (realizedSpreadPts: number, isLate = false): MeasuredFill => ({ realizedSpreadPts, isLate });
const settings = { circuitBreakerThreshold: 3, circuitBreakerCooldownSeconds: 60 };

describe('the breaker of one market', () => {
  it('counts fills that cost more than the spread they captured, in a row', () => {
    const breaker = createCircuitBreaker();
    const counted = [-1, -1, 0.5, -1, -1].map((pts) => countFill(breaker, markout(pts), settings, 1_000));
    expect(counted).not.toContain(true);
    expect(countFill(breaker, markout(-0.1), settings, 5_000)).toBe(true);
    expect(breaker).toEqual({ adverseInRow: 0, suspendedUntilMs: 65_000, adverseFills: 3, trips: 1 });
    expect(suspension(breaker, 64_999)).toBe(
      'suspended until 1970-01-01T00:01:05Z after 3 adverse fills in a row',
    );
    expect(suspension(breaker, 65_000)).toBeNull();
  });

  it('takes a mid that was read late for no evidence either way', () => {
    const breaker = createCircuitBreaker();
    for (const one of [markout(-1), markout(3, true), markout(-1), markout(-9, true)])
      countFill(breaker, one, settings, 0);
    expect(breaker.adverseInRow).toBe(2);
  });
});

/** Market 1 buys at its bid and falls by ten points each time, until that many fills have been measured. */
function loseOn(test: TestKernel, fills: number): void {
  for (let count = 0; count < fills; count += 1) {
    const at = 80 - 10 * count;
    say(test, book(1, at - 3, at + 3));
    pass(test, 5_000);
    hit(test, bidOf(test));
    say(test, book(1, at - 13, at - 7));
    pass(test, 10_000);
  }
}
const quick = {
  adverseSelectionWindowSeconds: 5,
  circuitBreakerThreshold: 3,
  circuitBreakerCooldownSeconds: 90,
};

describe('a market whose fills keep losing', () => {
  it('MM_CIRCUIT_BREAKER_THRESHOLD: is suspended after so many adverse fills in a row, and no other market is', () => {
    const test = quotingRun(quick, [market(1), market(2)]);
    loseOn(test, 2);
    expect(marketMemory(test).measures.breaker.adverseInRow).toBe(2);
    expect(resting(test).length).toBeGreaterThan(0);
    loseOn(test, 1);
    const { measures, notQuotedBecause } = marketMemory(test);
    expect(measures.breaker.trips).toBe(1);
    expect(notQuotedBecause).toBe(
      `suspended until ${utcText(measures.breaker.suspendedUntilMs)} after 3 adverse fills in a row`,
    );
    expect(resting(test)).toEqual([]);
    expect(resting(test, 2)).toHaveLength(2);
    const patient = quotingRun({ ...quick, circuitBreakerThreshold: 4 }, [market(1), market(2)]);
    loseOn(patient, 3);
    expect(marketMemory(patient).notQuotedBecause).toBeNull();
  });

  it.each([30, 90])('MM_CIRCUIT_BREAKER_COOLDOWN: is quoted again after %i s, to the moment', (cooldownS) => {
    const test = quotingRun({ ...quick, cycleSeconds: 600, circuitBreakerCooldownSeconds: cooldownS });
    loseOn(test, 3);
    const untilMs = marketMemory(test).measures.breaker.suspendedUntilMs;
    pass(test, untilMs - test.nowMs - 1);
    expect(resting(test)).toEqual([]);
    pass(test, 2);
    expect(resting(test).length).toBeGreaterThan(0);
    expect(marketMemory(test).notQuotedBecause).toBeNull();
  });

  it('W29: follows the setting when it changes, and keeps it', () => {
    const test = quotingRun({ ...quick, circuitBreakerThreshold: 1_000 });
    loseOn(test, 2);
    say(test, { kind: 'settingsChanged', settings: quoting(quick), by: 'operator' });
    loseOn(test, 1);
    expect(marketMemory(test).measures.breaker.trips).toBe(1);
  });

  it('is not suspended by orders that the venue refuses', () => {
    const test = quotingRun({ ...quick, circuitBreakerThreshold: 1 });
    for (let move = 0; move < 6; move += 1) {
      const before = test.state.nextOrder;
      test.step(book(1, 40 + 3 * move, 46 + 3 * move), 5_000);
      const ids = [...test.state.orders.byClientId.values()].flatMap(({ state, request }) =>
        state === 'approved' && Number(request.clientId.slice(2)) >= before ? [request.clientId] : [],
      );
      const answer = { result: 'rejected', code: 'balance', text: 'not enough' } as const;
      test.step({ kind: 'ordersAnswered', answers: ids.map((id) => [id, answer] as const) });
    }
    pass(test, 60_000);
    expect(marketMemory(test).measures.breaker).toMatchObject({ adverseInRow: 0, trips: 0 });
  });

  it('stays suspended after a crash: from a snapshot, and from the journal alone', () => {
    const test = quotingRun({ ...quick, circuitBreakerCooldownSeconds: 3_600 });
    loseOn(test, 3);
    const { suspendedUntilMs } = marketMemory(test).measures.breaker;
    expect(suspendedUntilMs).toBeGreaterThan(test.nowMs);
    const copy = decodeState(encodeState(test.state)) as KernelState;
    expect(encodeState(copy)).toBe(encodeState(test.state));
    const replayed = createKernel(LOOPS, null);
    for (const [atMs, input] of test.inputs) replayed.step(atMs, input);
    for (const state of [copy, replayed.state]) {
      const next = testKernel(LOOPS, state, test.nowMs + 5_000);
      say(next, runStarted('run-2', quoting(quick)));
      expect(marketMemory(next).measures.breaker.suspendedUntilMs).toBe(suspendedUntilMs);
      for (const feed of ['market', 'user', 'heartbeat'] as const)
        say(next, { kind: 'feed', feed, up: true, reason: 'connected' });
      say(next, { kind: 'marketsListed', markets: [market(1)] });
      say(next, book(1, 47, 53));
      const position = state.books.positions.get(market(1).conditionId);
      if (position === undefined) throw new Error('expected a position');
      reconcile(next, { cash: 1_000 - costOfPosition(position) / 1e6, tokens: { 11: 15 } });
      pass(next, 60_000);
      expect(next.state.trading.mode).toBe('active');
      expect(marketMemory(next).notQuotedBecause).toMatch(
        /^suspended until .* after 3 adverse fills in a row$/,
      );
      expect(resting(next)).toEqual([]);
    }
  });
});
