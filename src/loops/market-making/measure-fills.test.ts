import { describe, expect, it } from 'vitest';
import type { Price, Shares } from '../../domain/units.ts';
import {
  book,
  cents,
  fillOf,
  market,
  ofKind,
  shares,
  type TestKernel,
} from '../../kernel/test-support/test-kernel.ts';
import { estimateMarkout, type MarkoutEstimate } from '../../pricing/mark-out-statistics.ts';
import {
  answer,
  askOf,
  bidOf,
  hit,
  marketMemory,
  memoryOf,
  pass,
  quoting,
  quotingRun,
  resting,
  say,
} from './test-support/quoting-run.ts';

const measuresOf = (test: TestKernel) => memoryOf(test).measures.fills;

function estimateOf(test: TestKernel, horizonS: number, key: string): MarkoutEstimate | null {
  const books = measuresOf(test).books.get(horizonS * 1_000);
  return books === undefined ? null : estimateMarkout(books, key, `category|${market(1).category}`);
}
const ofMarket = (test: TestKernel, horizonS: number) =>
  estimateOf(test, horizonS, `market|${market(1).conditionId}`);

describe('mids after own fills', () => {
  it('W8: are read 30 s and 120 s after the fill to the millisecond, and set against the mid before it', () => {
    const test = quotingRun({ cycleSeconds: 600 });
    pass(test, 2_000);
    const filledAtMs = test.nowMs;
    hit(test, bidOf(test));
    // The book moves between the fill and the first read, and again before the second.
    say(test, book(1, 45, 51));
    pass(test, 29_990);
    expect(ofMarket(test, 30)).toBeNull();
    expect(measuresOf(test).timers.pending.map(({ dueAtMs }) => dueAtMs - filledAtMs)).toEqual([
      30_001, 120_001,
    ]);
    expect(test.kernel.nextWakeAtMs()).toBeLessThanOrEqual(filledAtMs + 30_001);
    pass(test, 100);
    expect(ofMarket(test, 30)).toMatchObject({ count: 1, meanPts: 2 });
    say(test, book(1, 49, 55));
    pass(test, 90_000);
    expect(ofMarket(test, 120)).toMatchObject({ count: 1, meanPts: -2 });
    expect(measuresOf(test)).toMatchObject({ missed: 0, timers: { pending: [], dropped: 0 } });
  });

  it('are read once for each trade, though both channels tell of it, and not for one that fails', () => {
    const test = quotingRun();
    pass(test, 2_000);
    const order = bidOf(test);
    if (order === undefined) throw new Error('expected a bid');
    const fill = fillOf(order.request, 'told-twice', 5, 'MATCHED', test.nowMs);
    say(test, { kind: 'fill', fill });
    say(test, { kind: 'fill', fill: { ...fill, status: 'MINED' } });
    say(test, { kind: 'tradesRead', fills: [fill], sinceMs: 0, askedAtMs: test.nowMs });
    expect(measuresOf(test).timers.pending).toHaveLength(2);
    hit(test, askOf(test), 5, 'MATCHED');
    expect(measuresOf(test).timers.pending).toHaveLength(4);
    say(test, { kind: 'fill', fill: { ...fill, status: 'FAILED' } });
    expect(measuresOf(test).timers.pending).toHaveLength(2);
    pass(test, 121_000);
    expect(ofMarket(test, 120)?.count).toBe(1);
  });

  it('are counted as missed where the book cannot be trusted, and never guessed', () => {
    const test = quotingRun();
    pass(test, 2_000);
    hit(test, bidOf(test));
    say(test, { kind: 'bookUntrusted', conditionId: market(1).conditionId, reason: 'hash' });
    pass(test, 121_000);
    expect(ofMarket(test, 120)).toBeNull();
    expect(measuresOf(test)).toMatchObject({ missed: 2, timers: { pending: [] } });
  });

  it('leave own orders out, which would hold a mid still that everybody else has moved', () => {
    const test = quotingRun({ requoteMinGapMs: 1_000 });
    pass(test, 2_000);
    hit(test, askOf(test));
    const dueAtMs = measuresOf(test).timers.pending[0]?.dueAtMs ?? 0;
    pass(test, dueAtMs - 500 - test.nowMs);
    // The loop has just looked and may not look again before the read is due, so its bid stays where it is.
    say(test, book(1, 47, 53));
    const own = bidOf(test);
    if (own === undefined) throw new Error('expected a bid of ours');
    // Others leave down to 45; only our own bid is left above it.
    const left = [
      [cents(own.cents), own.size as Shares],
      [cents(45), shares(1_000)],
    ] as const;
    say(test, { ...book(1, 45, 53), bids: left });
    expect(bidOf(test)?.orderId).toBe(own.orderId);
    pass(test, dueAtMs - test.nowMs);
    expect(ofMarket(test, 30)?.meanPts).toBe((45 + 53) / 2 - 50);
  });

  it('are told apart by side, level and hour', () => {
    const test = quotingRun({ multiLevelCount: 2, quoteSizeUsd: 10 });
    pass(test, 2_000);
    hit(test, bidOf(test));
    const deep = resting(test).filter(({ isBid }) => !isBid)[1];
    hit(test, deep);
    const hour = Math.floor(test.nowMs / 3_600_000) % 24;
    pass(test, 121_000);
    const { conditionId } = market(1);
    const count = (key: string) => measuresOf(test).books.get(120_000)?.tallies.get(key)?.count;
    expect([`side|${conditionId}|BUY`, `side|${conditionId}|SELL`].map(count)).toEqual([1, 1]);
    expect([`level|${conditionId}|0`, `level|${conditionId}|1`].map(count)).toEqual([1, 1]);
    expect(count(`hour|${conditionId}|${hour}`)).toBe(2);
  });

  it.each([5, 60])('MM_ADVERSE_SELECTION_WINDOW: %i s is when the read is made that counts', (windowS) => {
    const test = quotingRun({ adverseSelectionWindowSeconds: windowS, circuitBreakerThreshold: 1 });
    pass(test, 2_000);
    hit(test, bidOf(test));
    say(test, book(1, 37, 43));
    pass(test, (windowS - 1) * 1_000);
    expect(marketMemory(test).measures.breaker.trips).toBe(0);
    pass(test, 2_000);
    expect(ofMarket(test, windowS)).toMatchObject({ count: 1, meanPts: 10 });
    expect(marketMemory(test).measures.breaker.trips).toBe(1);
  });

  it('go on while trading is halted', () => {
    const test = quotingRun();
    pass(test, 2_000);
    hit(test, bidOf(test));
    say(test, { kind: 'operator', order: 'halt', by: 'test', reason: 'test' });
    say(test, book(1, 45, 51));
    pass(test, 121_000);
    expect(ofMarket(test, 120)).toMatchObject({ count: 1, meanPts: 2 });
  });
});

const fine = (bid: number, ask: number) => ({ ...book(1, bid, ask), tick: 1 as Price });

/** A run in which ten fills were each followed by a move of two points against them, and all is calm again. */
function afterAdverseFills(mm: Parameters<typeof quotingRun>[0], isHit = true): TestKernel {
  const settings = {
    adverseSelectionWindowSeconds: 5,
    circuitBreakerThreshold: 1_000,
    maxPerMarketUsd: 10_000,
    requoteThresholdPts: 0.01,
    cancelPriceThresholdPts: 0.01,
    ...mm,
  };
  const test = quotingRun(settings, [market(1, { tickSize: 1 as Price })]);
  for (let count = 0; count < 10; count += 1) {
    say(test, fine(20, 80));
    pass(test, 100_000);
    if (isHit) hit(test, count % 2 === 0 ? bidOf(test) : askOf(test), 10);
    const by = count % 2 === 0 ? -2 : 2;
    say(test, fine(20 + by, 80 + by));
    pass(test, 100_000);
  }
  say(test, fine(20, 80));
  pass(test, 600_000);
  return test;
}

function spreadOf(test: TestKernel): number {
  const [bid, ask] = [bidOf(test), askOf(test)];
  if (bid === undefined || ask === undefined) throw new Error('expected two quotes');
  return ask.cents - bid.cents;
}

/** The spread once these settings hold. */
function spreadWith(test: TestKernel, mm: Parameters<typeof quotingRun>[0]): number {
  const settings = quoting({ ...test.state.settings.mm, ...mm });
  say(test, { kind: 'settingsChanged', settings, by: 'operator' });
  pass(test, 15_000);
  return spreadOf(test);
}

describe('feedback from measured fills', () => {
  it.each(['legacy', 'as', 'glft', 'bounded'] as const)(
    'W4, MM_AS_FEEDBACK_ENABLED: engine %s quotes wider after fills that went against it, unless it is off',
    (pricingEngine) => {
      const test = afterAdverseFills({ pricingEngine });
      const wide = spreadOf(test);
      const off = spreadWith(test, { asFeedbackEnabled: false });
      expect(wide).toBeGreaterThan(off);
      expect(spreadWith(test, { asFeedbackEnabled: true })).toBeGreaterThan(off);
    },
  );

  it.each(['legacy', 'as', 'glft', 'bounded'] as const)(
    'MM_AS_FEEDBACK_THRESHOLD_BPS: engine %s widens above it, and comes a little nearer below it',
    (pricingEngine) => {
      const test = afterAdverseFills({ pricingEngine });
      const off = spreadWith(test, { asFeedbackEnabled: false });
      const below = spreadWith(test, { asFeedbackEnabled: true, asFeedbackThresholdBps: 10_000 });
      expect(below).toBeLessThan(off);
      expect(below).toBeGreaterThanOrEqual(0.9 * off);
      expect(spreadWith(test, { asFeedbackThresholdBps: 10 })).toBeGreaterThan(off);
    },
  );

  it('changes nothing before a fill is measured', () => {
    const test = afterAdverseFills({}, false);
    const unmeasured = spreadOf(test);
    expect(spreadWith(test, { asFeedbackEnabled: false })).toBe(unmeasured);
  });

  it('is told beside the decision', () => {
    const test = quotingRun({ adverseSelectionWindowSeconds: 5 });
    pass(test, 2_000);
    hit(test, bidOf(test));
    say(test, book(1, 40, 46));
    pass(test, 6_000);
    const commands = say(test, book(1, 30, 36), 5_000);
    const decisions = JSON.stringify(
      [...commands, ...answer(test, commands)].filter(({ kind }) => kind === 'decision'),
    );
    expect(decisions).toContain('"markoutPts":');
    expect(decisions).toContain('"measured":');
    expect(ofKind(commands, 'decision').length).toBeGreaterThan(0);
  });
});
