import { describe, expect, it } from 'vitest';
import { market, type TestKernel } from '../../kernel/test-support/test-kernel.ts';
import { bidOf, marketMemory, memoryOf, pass, quotingRun, say } from './test-support/quoting-run.ts';

describe('the age of decisions', () => {
  /** When, counted from now in whole seconds, the market was decided on in the next `seconds`. */
  function decisionsIn(test: TestKernel, seconds: number): number[] {
    const decided: number[] = [];
    const fromMs = test.nowMs;
    for (let count = 0; count < seconds; count += 1) {
      const { decidedAtMs } = marketMemory(test).measures;
      pass(test, 1_000);
      if (marketMemory(test).measures.decidedAtMs !== decidedAtMs)
        decided.push(Math.round((marketMemory(test).measures.decidedAtMs - fromMs) / 1_000));
    }
    return decided;
  }

  it.each([
    [20, [15, 30, 45, 60, 75, 90]],
    [80, [60]],
    [3_600, []],
  ] as const)(
    'MM_STALE_QUOTE_SECONDS: at %i s what rests is decided on anew in time, though nothing has woken the loop',
    (staleQuoteSeconds, expected) => {
      const test = quotingRun({ cycleSeconds: 600, staleQuoteSeconds, useSplitMerge: false });
      pass(test, 1_000);
      const { measures } = marketMemory(test);
      pass(
        test,
        staleQuoteSeconds < 3_600 ? measures.decidedAtMs + staleQuoteSeconds * 750 - test.nowMs : 1_000,
      );
      expect(decisionsIn(test, 95)).toEqual(expected);
    },
  );

  it('MM_STALE_QUOTE_SECONDS: what has changed with time alone reaches the quotes', () => {
    const widest = (staleQuoteSeconds: number) => {
      const test = quotingRun({ cycleSeconds: 600, staleQuoteSeconds });
      pass(test, 300_000);
      return bidOf(test)?.cents;
    };
    // A mid that stands still makes the legacy engine widen.
    expect(widest(20)).toBeLessThan(widest(3_600) ?? 0);
  });

  it('is not watched for a market without orders', () => {
    const test = quotingRun({ cycleSeconds: 600, staleQuoteSeconds: 20 });
    say(test, { kind: 'bookUntrusted', conditionId: market(1).conditionId, reason: 'hash' });
    pass(test, 1_000);
    expect(decisionsIn(test, 95)).toEqual([]);
  });
});

describe('what is kept of markets', () => {
  it('goes with them', () => {
    const test = quotingRun({}, [market(1), market(2)]);
    pass(test, 20_000);
    expect(memoryOf(test).markets.size).toBe(2);
    say(test, { kind: 'marketsListed', markets: [market(1), market(2, { closed: true })] });
    pass(test, 30_000);
    say(test, { kind: 'marketsListed', markets: [market(1)] });
    pass(test, 30_000);
    expect([...memoryOf(test).markets.keys()]).toEqual([market(1).conditionId]);
  });
});
