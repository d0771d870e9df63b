import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestAsk, bestBid } from '../../../domain/book.ts';
import { heldShares } from '../../../domain/directional.ts';
import type { Outcome } from '../../../domain/market.ts';
import { mayBeLive, type OrderRequest } from '../../../domain/order.ts';
import { PRICE_ONE } from '../../../domain/units.ts';
import { ofKind, orderIdOf, shares } from '../../../kernel/test-support/test-kernel.ts';
import { fill, HELD, type HoldingRun, holding, know } from '../test-support/holding-run.ts';

const BOUGHT = 20;

type Happening =
  | { readonly kind: 'book'; readonly bid: number; readonly width: number }
  | { readonly kind: 'price'; readonly spotUsd: number }
  | {
      readonly kind: 'answer';
      readonly result: 'matched' | 'nothing' | 'unknown' | 'rejected';
      readonly part: number;
    }
  | { readonly kind: 'settle'; readonly hasFailed: boolean }
  | { readonly kind: 'lookUp' }
  | { readonly kind: 'ai'; readonly text: string }
  | { readonly kind: 'pass'; readonly ms: number };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('book'),
      bid: fc.integer({ min: 2, max: 90 }),
      width: fc.integer({ min: 1, max: 9 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('price'), spotUsd: fc.integer({ min: 94_000, max: 106_000 }) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('answer'),
      result: fc.constantFrom('matched', 'matched', 'nothing', 'unknown', 'rejected'),
      part: fc.integer({ min: 1, max: 100 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('settle'), hasFailed: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lookUp') }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('ai'),
      text: fc.constantFrom('{"id":"LABEL","exit":false}', '{"id":"LABEL","exit":true}', 'hold'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('pass'), ms: fc.integer({ min: 200, max: 70_000 }) }),
  },
) as fc.Arbitrary<Happening>;

/** What a run's venue still owes: sales that were not answered, and trades that are neither confirmed nor failed. */
interface Venue {
  readonly run: HoldingRun;
  unanswered: OrderRequest[];
  readonly lost: OrderRequest[];
  unsettled: { readonly request: OrderRequest; readonly size: number }[];
  seen: number;
}

function happen(venue: Venue, it: Happening): void {
  const { run } = venue;
  const { test } = run;
  switch (it.kind) {
    case 'book':
      run.see(it.bid, it.bid + it.width);
      return;
    case 'price':
      know(test, it.spotUsd);
      run.pass(1_000);
      return;
    case 'answer':
      answerSale(venue, it);
      return;
    case 'settle': {
      const trade = venue.unsettled.shift();
      if (trade !== undefined) fill(test, trade.request, trade.size, it.hasFailed ? 'FAILED' : 'CONFIRMED');
      return;
    }
    case 'lookUp':
      // A read that came too soon proves nothing, so it is made again.
      for (const { clientId } of venue.lost)
        test.step({ kind: 'orderRead', orderId: orderIdOf(clientId), order: null, askedAtMs: test.nowMs });
      return;
    case 'ai': {
      const question = ofKind(test.commands, 'ask').at(-1);
      const label = question?.prompt.match(/"id":"([^"]+)"/)?.[1] ?? '';
      if (question !== undefined)
        test.step({
          kind: 'answered',
          key: question.key,
          text: it.text.replace('LABEL', label),
          answeredBy: '',
          inputTokens: 0,
          outputTokens: 0,
        });
      return;
    }
    case 'pass':
      run.pass(it.ms);
  }
}

function answerSale(venue: Venue, { result, part }: Extract<Happening, { kind: 'answer' }>): void {
  const { test } = venue.run;
  const request = venue.unanswered.shift();
  if (request === undefined) return;
  const { clientId } = request;
  const orderId = orderIdOf(clientId);
  test.step({ kind: 'ordersPrepared', orders: [[clientId, orderId]] });
  const text = 'as it is';
  if (result === 'unknown') {
    venue.lost.push(request);
    test.step({ kind: 'ordersAnswered', answers: [[clientId, { result, code: 'timeout', text }]] });
  } else if (result === 'matched') {
    const size = Math.max(1, Math.floor((request.size / 1e6) * part)) / 100;
    test.step({ kind: 'ordersAnswered', answers: [[clientId, { result }]] });
    test.step({ kind: 'orderSeen', orderId, status: 'MATCHED', matchedSize: shares(size) });
    fill(test, request, size, 'MATCHED');
    venue.unsettled.push({ request, size });
  } else {
    const code = result === 'nothing' ? 'fakNoMatch' : 'notEnoughBalance';
    test.step({ kind: 'ordersAnswered', answers: [[clientId, { result: 'rejected', code, text }]] });
  }
}

/** Takes up what was sent since, and holds each sale against the book that it was made on. */
function check(venue: Venue, outcome: Outcome): void {
  const { state } = venue.run.test;
  const exits = venue.run.exits();
  for (const exit of exits.slice(venue.seen)) {
    venue.unanswered.push(exit);
    expect(exit).toMatchObject({ side: 'SELL', outcome, timeInForce: 'FAK' });
    expect(exit.size).toBeGreaterThanOrEqual(shares(5));
    expect(exit.size % 10_000).toBe(0);
    const book = state.markets.get(HELD)?.book;
    const yesBid = book === undefined ? null : bestBid(book);
    const yesAsk = book === undefined ? null : bestAsk(book);
    const bid = outcome === 'YES' ? (yesBid ?? 0) : PRICE_ONE - (yesAsk ?? PRICE_ONE);
    expect(exit.price).toBeLessThanOrEqual(bid);
    expect(exit.price).toBeGreaterThanOrEqual(Math.max(100, bid - 200));
  }
  venue.seen = exits.length;
  const live = exits.filter(({ clientId }) =>
    mayBeLive(state.orders.byClientId.get(clientId)?.state ?? 'filled'),
  );
  expect(live.length).toBeLessThanOrEqual(1);
  const position = state.directional.positions.get(HELD) ?? state.directional.closed.at(-1);
  if (position === undefined) throw new Error('expected the position');
  expect(position.sold).toBeLessThanOrEqual(position.bought);
  for (const { size } of live) expect(size).toBeLessThanOrEqual(heldShares(position));
  expect(state.loops.get('cd-exit')?.fault).toBeNull();
}

describe('whatever the book, the coin, the model and the venue do', () => {
  it('W24: a position is sold at its bid, once, and never more of it than is held; and in the end it is sold', () => {
    const ends = { sold: 0, tries: 0 };
    fc.assert(
      fc.property(
        fc.constantFrom<Outcome>('YES', 'NO'),
        fc.array(happening, { minLength: 5, maxLength: 40 }),
        (outcome, happenings) => {
          const run = holding({ outcome, size: BOUGHT, cd: { maxPriceAgeSeconds: 3_600 } });
          const venue: Venue = { run, unanswered: [], lost: [], unsettled: [], seen: 0 };
          for (const each of happenings) {
            happen(venue, each);
            check(venue, outcome);
          }
          // Everything that is open comes to its end, and a book at the stop takes what is left.
          for (let round = 0; round < 12; round += 1) {
            happen(venue, { kind: 'answer', result: 'matched', part: 100 });
            happen(venue, { kind: 'lookUp' });
            while (venue.unsettled.length > 0) happen(venue, { kind: 'settle', hasFailed: false });
            if (outcome === 'YES') run.see(10, 11);
            else run.see(89, 90);
            run.pass(61_000);
            check(venue, outcome);
          }
          const [closed] = run.test.state.directional.closed;
          expect(run.test.state.directional.positions.get(HELD)).toBeUndefined();
          expect(heldShares(closed ?? { bought: shares(BOUGHT), sold: shares(0) })).toBeLessThan(shares(5));
          ends.sold += 1;
          ends.tries += venue.seen;
        },
      ),
      { numRuns: 150 },
    );
    expect(ends.tries).toBeGreaterThan(ends.sold);
  });
});
