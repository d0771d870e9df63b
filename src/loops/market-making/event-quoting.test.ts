import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Market } from '../../domain/market.ts';
import { decodeState, encodeState } from '../../kernel/codec.ts';
import type { KernelState } from '../../kernel/state.ts';
import { book, fillOf, market, ofKind, type TestKernel } from '../../kernel/test-support/test-kernel.ts';
import { groupReservations } from '../../pricing/bounded.ts';
import type { EventEpoch } from './event-quoting.ts';
import { lossPositionOf } from './loss-epochs.ts';
import {
  answer,
  bidOf,
  hit,
  marketMemory,
  memoryOf,
  pass,
  quotingRun,
  type RestingOrder,
  resting,
  say,
} from './test-support/quoting-run.ts';

const EVENT = '0xe1';
const inEvent = (n: number, outcomes: number | null, isAugmented = false): Market =>
  market(n, { negRisk: true, negRiskEvent: { marketId: EVENT, isAugmented, outcomes } });

const bounded = {
  pricingEngine: 'bounded',
  maxPerMarketUsd: 20,
  maxPerEventUsd: 30,
  minSpreadPts: 0.1,
  minMid: 0.01,
  maxMid: 0.99,
  circuitBreakerThreshold: 1_000,
} as const;

/** A run that quotes `count` markets of one event of `outcomes`, each at these cents with six cents between bid and ask. */
function eventRun(middles: readonly number[], outcomes: number | null, mm = {}, isAugmented = false) {
  const markets = middles.map((_, index) => inEvent(index + 1, outcomes, isAugmented));
  const test = quotingRun({ ...bounded, ...mm }, markets);
  for (const [index, middle] of middles.entries()) say(test, bookAt(index + 1, middle));
  pass(test, 20_000);
  return test;
}

const bookAt = (n: number, middle: number) => book(n, middle - 3, middle + 3);
const eventOf = (test: TestKernel): EventEpoch | null => memoryOf(test).events.get(EVENT) ?? null;
const all = (test: TestKernel, count: number): (RestingOrder & { readonly n: number })[] =>
  Array.from({ length: count }, (_, index) => index + 1).flatMap((n) =>
    resting(test, n).map((order) => ({ ...order, n })),
  );

/** What each market has brought, by outcome, in dollars from first entry. */
const positionsOf = (test: TestKernel, count: number) =>
  Array.from({ length: count }, (_, index) => lossPositionOf(test.state, market(index + 1).conditionId));

/** What the event ends with in its worst outcome; with `hasRest` none of these markets may win. */
function worstEndUsd(test: TestKernel, count: number, hasRest: boolean): number {
  const positions = positionsOf(test, count);
  const cash = positions.reduce((sum, { cashUsd }) => sum + cashUsd, 0);
  const ends = positions.map(({ inventoryShares }) => inventoryShares);
  return cash + Math.min(...ends, ...(hasRest ? [0] : []));
}

/** The inputs that the last decision about a market was explained with. */
function explained(test: TestKernel, n: number): Record<string, unknown> {
  const decisions = ofKind(test.commands, 'decision').filter(
    ({ conditionId, why }) => conditionId === market(n).conditionId && 'inputs' in why && why.inputs !== null,
  );
  const why = decisions.at(-1)?.why as { readonly inputs: Record<string, unknown> } | undefined;
  if (why === undefined) throw new Error(`expected an explained decision about market ${n}`);
  return why.inputs;
}

describe('markets of one exhaustive event', () => {
  it('share one epoch and one budget, and what is held of one moves the price of all others', () => {
    const test = eventRun([50, 30, 20], 3, { maxPerEventUsd: 100 });
    const before = eventOf(test);
    expect(before?.epoch).toMatchObject({ budgetUsd: 100, cashUsd: 0, held: [0, 0, 0] });
    expect(before?.conditionIds).toEqual([1, 2, 3].map((n) => market(n).conditionId));
    expect(before?.epoch.probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    for (const n of [1, 2, 3]) expect(marketMemory(test, n).measures.epoch).toBeNull();
    const bids = [1, 2, 3].map((n) => bidOf(test, n)?.cents ?? 0);
    hit(test, bidOf(test, 1));
    pass(test, 20_000);
    expect(eventOf(test)?.epoch.held[0]).toBeGreaterThan(0);
    // Long one outcome, each other is worth more to us and the one itself less.
    expect(bidOf(test, 1)?.cents).toBeLessThan(bids[0] ?? 0);
    const inputsOf = (n: number) => explained(test, n);
    expect(inputsOf(2)).toMatchObject({ event: { budgetUsd: 100, eventId: EVENT } });
  });

  it('are priced by the joint model: reservation prices of all outcomes sum to a dollar', () => {
    const test = eventRun([50, 30, 20], 3);
    hit(test, bidOf(test, 1));
    pass(test, 20_000);
    const epoch = eventOf(test)?.epoch;
    if (epoch?.gammaPerUsd == null) throw new Error('expected a joint epoch');
    const wanted = groupReservations(epoch.probabilities, epoch.held, epoch.gammaPerUsd);
    expect(wanted.reduce((sum, price) => sum + price, 0)).toBeCloseTo(1, 12);
    for (const n of [1, 2, 3]) {
      const { engine } = explained(test, n) as { engine: { reservationPts: number } };
      expect(engine.reservationPts).toBeCloseTo(100 * (wanted[n - 1] ?? 0), 2);
    }
  });

  it('count what is left over for outcomes that are not quoted as one more', () => {
    const test = eventRun([40, 30], 5);
    const epoch = eventOf(test)?.epoch;
    expect(epoch?.probabilities).toHaveLength(3);
    expect(epoch?.probabilities[2]).toBeCloseTo(0.3, 6);
  });

  it('are each quoted alone where outcomes may be added, or are not known, or only one is quoted; why says so', () => {
    const augmented = eventRun([50, 30], 2, {}, true);
    expect(eventOf(augmented)).toBeNull();
    expect(marketMemory(augmented, 1).measures.epoch?.epoch.budgetUsd).toBe(20);
    expect(explained(augmented, 1).event).toMatchObject({
      quoted: 'alone',
      because: expect.stringContaining('outcomes may be added'),
    });
    expect(eventOf(eventRun([50, 30], null))).toBeNull();
    expect(eventOf(eventRun([50, 30, 20], 2))).toBeNull();
    const one = eventRun([50], 3);
    expect(eventOf(one)).toBeNull();
    expect(explained(one, 1).event).toMatchObject({ because: expect.stringContaining('no other market') });
  });

  it('have no joint epoch with another engine, and a snapshot keeps the one of this engine', () => {
    const legacy = eventRun([50, 30, 20], 3, { pricingEngine: 'legacy' });
    expect(memoryOf(legacy).events.size).toBe(0);
    expect(explained(legacy, 1).event).toBeUndefined();
    const test = eventRun([50, 30, 20], 3);
    const copy = decodeState(encodeState(test.state)) as KernelState;
    const memory = copy.loops.get('market-making')?.memory as ReturnType<typeof memoryOf>;
    expect(memory.events).toEqual(memoryOf(test).events);
  });

  it('MM_MAX_PER_EVENT_USD: is their budget, and a new one is followed', () => {
    for (const maxPerEventUsd of [15, 60]) {
      const test = eventRun([50, 30, 20], 3, { maxPerEventUsd });
      expect(eventOf(test)?.epoch.budgetUsd).toBe(maxPerEventUsd);
    }
  });

  it('W34: are quoted with what a set across them is worth, not as if each stood alone', () => {
    // All YES together cost 90 cents at the middles: a maker who looks at one market at a time would sell sets below a dollar.
    const test = eventRun([45, 27, 18], 3);
    const asks = [1, 2, 3].map((n) => resting(test, n).find(({ isBid }) => !isBid)?.cents ?? 100);
    expect(asks.reduce((sum, at) => sum + at, 0)).toBeGreaterThan(100);
    // And all YES for 110 cents: such a maker would buy sets for more than a dollar.
    const dear = eventRun([55, 33, 22], 3);
    const bids = [1, 2, 3].map((n) => bidOf(dear, n)?.cents ?? 0);
    expect(bids.reduce((sum, at) => sum + at, 0)).toBeLessThan(100);
  });
});

type Move =
  | { readonly kind: 'hit'; readonly pick: number; readonly part: number }
  | { readonly kind: 'move'; readonly weights: readonly number[] }
  | {
      readonly kind: 'race';
      readonly weights: readonly number[];
      readonly pick: number;
      readonly part: number;
    }
  | { readonly kind: 'pass'; readonly seconds: number };

const COUNT = 3;
const weights = fc.array(fc.integer({ min: 8, max: 80 }), { minLength: COUNT, maxLength: COUNT });
const pick = fc.nat(20);
const part = fc.oneof(fc.integer({ min: 1, max: 100 }), fc.constant(100));
const anyMove: fc.Arbitrary<Move> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('hit' as const), pick, part }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('move' as const), weights }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('race' as const), weights, pick, part }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 30 }) }),
  },
);

function hitOne(test: TestKernel, which: number, partPct: number): number {
  // What is not signed yet has not left the machine.
  const orders = all(test, COUNT).filter(({ orderId }) => orderId !== null);
  const order = orders[which % Math.max(1, orders.length)];
  if (order === undefined) return 0;
  hit(test, order, Math.ceil((order.size / 1e6) * partPct) / 100);
  return 1;
}

function moveTo(test: TestKernel, middles: readonly number[]) {
  return middles.flatMap((middle, index) => test.step(bookAt(index + 1, middle), 200));
}

function make(test: TestKernel, move: Move): number {
  switch (move.kind) {
    case 'move':
      answer(test, moveTo(test, move.weights));
      return 0;
    case 'race': {
      // Orders are hit while their cancels are on the way, and the venue confirms those only then.
      const commands = moveTo(test, move.weights);
      const hits = hitOne(test, move.pick, move.part) + hitOne(test, move.pick + 1, move.part);
      answer(test, commands);
      return hits;
    }
    case 'pass':
      pass(test, move.seconds * 1_000);
      return 0;
    case 'hit':
      return hitOne(test, move.pick, move.part);
  }
}

/** These orders are all filled in one report, so that no decision comes between. */
function hitAll(test: TestKernel, isHit: (order: RestingOrder & { readonly n: number }) => boolean): void {
  const fills = all(test, COUNT)
    .filter(isHit)
    .map(({ request, size }) =>
      fillOf(request, `all-${request.clientId}`, size / 1e6, 'CONFIRMED', test.nowMs),
    );
  say(test, { kind: 'tradesRead', fills, sinceMs: 0, askedAtMs: test.nowMs });
}

describe('whatever is filled on whichever outcomes, and wherever prices go', () => {
  it.each([
    ['all outcomes', COUNT, 1],
    ['some of the outcomes', COUNT + 2, 1],
    ['all outcomes on three levels', COUNT, 3],
  ])('the event ends with at least minus its budget: %s', (_name, outcomes, multiLevelCount) => {
    let hits = 0;
    let worst = 0;
    const anyRun = fc.record({
      moves: fc.array(anyMove, { minLength: 5, maxLength: 40 }),
      budgetUsd: fc.constantFrom(5, 10, 20),
      quoteSizeUsd: fc.constantFrom(3, 5, 20),
      winner: fc.nat(COUNT),
    });
    fc.assert(
      fc.property(anyRun, ({ moves, budgetUsd, quoteSizeUsd, winner }) => {
        // That certified sizes alone hold it, without the gate, is shown in event-certificate.property.test.ts.
        const test = eventRun([45, 30, 20], outcomes, {
          maxPerEventUsd: budgetUsd,
          maxPerMarketUsd: 1_000,
          quoteSizeUsd,
          multiLevelCount,
        });
        const check = () => {
          const end = worstEndUsd(test, COUNT, outcomes > COUNT);
          worst = Math.min(worst, end / budgetUsd);
          expect(end).toBeGreaterThanOrEqual(-budgetUsd - 1e-4);
        };
        for (const move of moves) {
          hits += make(test, move);
          check();
        }
        // All that hurts when this outcome wins is filled at once, before the loop can answer.
        for (const of of [winner, (winner + 1) % (COUNT + 1)]) {
          hitAll(test, ({ n, isBid }) => (n === of ? !isBid : isBid));
          check();
        }
      }),
      { numRuns: 60 },
    );
    // Moves that hit nothing would show nothing; and they are hard enough that the budget is felt.
    expect(hits).toBeGreaterThan(30);
    expect(worst).toBeLessThan(-0.2);
  });

  it('markets bounded one by one lose more together: the bound is no accident of the moves', () => {
    const test = eventRun([45, 30, 20], 5, { maxPerEventUsd: 1_000, maxPerMarketUsd: 20 }, true);
    let worst = 0;
    for (let swing = 0; swing < 40; swing += 1) {
      for (const n of [1, 2, 3]) say(test, bookAt(n, swing % 2 === 0 ? 75 : 15), 500);
      pass(test, 30_000);
      hitAll(test, ({ isBid }) => isBid === (swing % 2 === 0));
      worst = Math.min(worst, worstEndUsd(test, COUNT, true));
    }
    expect(worst).toBeLessThan(-20);
  });
});

describe('the budget of a market in an event', () => {
  it('MM_MAX_PER_EVENT_USD: leaves a market only what the others of its event do not take, with every engine', () => {
    const seen = (pricingEngine: 'legacy' | 'as' | 'glft', maxPerEventUsd: number) => {
      const test = eventRun([50, 30], 5, { pricingEngine, maxPerMarketUsd: 200, maxPerEventUsd });
      pass(test, 60_000);
      const markets = new Set(all(test, 2).map(({ n }) => n));
      return { quoted: markets.size, refused: test.state.counts.refused.perEventLimit ?? 0 };
    };
    for (const engine of ['legacy', 'as', 'glft'] as const) {
      // Ten shares at 50 cents are at risk in the first market, and a dollar is too little for five shares of the second.
      expect(seen(engine, 5.5).quoted).toBe(1);
      expect(seen(engine, 100)).toEqual({ quoted: 2, refused: 0 });
      // The gate need not say no time and again: after the first look the loop does not ask for more than is left.
      // A look between the frame of a cancel and its answer may ask once more.
      expect(seen(engine, 5.5).refused).toBeLessThanOrEqual(6);
    }
  });
});
