import { describe, expect, it } from 'vitest';
import type { ExitCause } from '../domain/directional.ts';
import type { ConditionId, Outcome } from '../domain/market.ts';
import type { TradeStatus } from '../domain/order.ts';
import { defaultSettings } from '../settings/index.ts';
import {
  directionalBook,
  directionalPositions,
  isDirectional,
  noteDirectional,
  signalOf,
} from './directional.ts';
import {
  directionalState,
  endOrder,
  enterMarket,
  exitBecause,
  fillSome,
  leaveMarket,
  resolve,
  send,
  signalOn,
  take,
} from './test-support/directional-cases.ts';
import { cents, conditionId, dollars, fillOf, market, shares } from './test-support/test-kernel.ts';

const cd = defaultSettings().cd;
const ONE = conditionId(1);

/** A state in which 10 YES of market 1 were bought at 47 cents. */
function holding() {
  const state = directionalState(2);
  const entry = enterMarket(state, 1, 10);
  send(state, entry);
  fillSome(state, entry, 't-1', 10, 'CONFIRMED');
  return { state, entry, position: () => state.directional.positions.get(ONE) };
}

/** An entry for YES that was given up, and a newer one that rests. */
function lateBesideNewer(outcome: 'YES' | 'NO') {
  const state = directionalState(2);
  const late = enterMarket(state, 1, 10);
  send(state, late);
  endOrder(state, late);
  const newer = enterMarket(state, 1, 10, outcome);
  send(state, newer);
  return { state, late, newer };
}

describe('an entry', () => {
  it('W24: is on its way until it fills: it takes a place, holds nothing, and the market is directional', () => {
    const state = directionalState(2);
    const entry = enterMarket(state, 1, 10);
    send(state, entry);
    expect(directionalPositions(state)).toMatchObject([{ bought: 0, paid: 0, openedAtMs: null, id: 1 }]);
    expect([isDirectional(state, ONE), isDirectional(state, conditionId(2))]).toEqual([true, false]);
    expect(directionalBook(state, cd).positions).toBe(1);
  });

  it('W24: that ends without a fill leaves no position', () => {
    const state = directionalState(1);
    const entry = enterMarket(state, 1, 10);
    send(state, entry);
    endOrder(state, entry);
    expect([isDirectional(state, ONE), state.directional.closed]).toEqual([false, []]);
  });

  it('is what was filled of it, at what was paid', () => {
    const state = directionalState(1);
    const entry = enterMarket(state, 1, 10);
    send(state, entry);
    fillSome(state, entry, 't-1', 4);
    expect(directionalPositions(state)).toMatchObject([
      { bought: shares(4), paid: dollars(1.88), fees: 0, signalId: 1, probability: 0.6 },
    ]);
    fillSome(state, entry, 't-1', 4, 'FAILED');
    expect(directionalPositions(state)).toMatchObject([{ bought: 0, paid: 0, openedAtMs: null }]);
  });

  it('of which a trade failed before anything was heard of it takes nothing back', () => {
    const { state, entry, position } = holding();
    fillSome(state, entry, 't-2', 10, 'FAILED');
    expect(position()).toMatchObject({ bought: shares(10), paid: dollars(4.7) });
  });

  it('whose fill comes after its end is a position after all', () => {
    const state = directionalState(1);
    const entry = enterMarket(state, 1, 10);
    send(state, entry);
    endOrder(state, entry);
    fillSome(state, entry, 't-1', 6, 'CONFIRMED');
    expect(directionalPositions(state)).toMatchObject([{ id: 1, bought: shares(6), signalId: 1 }]);
    expect(state.directional.unfilled).toEqual([]);
  });

  it('W24: whose fill comes beside a newer entry for the same outcome joins it, so that one stop sells both', () => {
    const { state, late, newer } = lateBesideNewer('YES');
    fillSome(state, late, 't-1', 6);
    fillSome(state, newer, 't-2', 10, 'CONFIRMED');
    expect(state.directional.unfilled).toMatchObject([{ id: 1, clientIds: [], bought: 0, paid: 0 }]);
    expect(directionalPositions(state)).toMatchObject([
      { id: 2, clientIds: [late, newer], bought: shares(16), paid: dollars(7.52) },
    ]);
    expect(state.directionalDay.entries).toBe(1);
    // What the chain takes back of the late one is taken out of the position that it has joined.
    fillSome(state, late, 't-1', 6, 'FAILED');
    expect(directionalPositions(state)).toMatchObject([{ bought: shares(10), paid: dollars(4.7) }]);
  });

  it('W24: whose fill comes beside a newer entry that then ends unfilled is held on', () => {
    const { state, late, newer } = lateBesideNewer('YES');
    fillSome(state, late, 't-1', 6, 'CONFIRMED');
    endOrder(state, newer);
    expect(directionalPositions(state)).toMatchObject([{ id: 2, bought: shares(6) }]);
  });

  it('whose fill comes beside a newer entry for the other outcome waits and follows it, and counts in its day at once', () => {
    const { state, late, newer } = lateBesideNewer('NO');
    expect(state.directionalDay).toMatchObject({ entries: 0, usd: 0 });
    fillSome(state, late, 't-1', 6);
    expect(directionalPositions(state)).toMatchObject([{ id: 2, bought: 0 }]);
    expect(state.directionalDay).toMatchObject({ entries: 1, usd: dollars(5) });
    fillSome(state, late, 't-1', 6, 'FAILED');
    expect(state.directionalDay).toMatchObject({ entries: 0, usd: 0 });
    fillSome(state, late, 't-2', 4, 'CONFIRMED');
    fillSome(state, late, 't-3', 2, 'CONFIRMED');
    expect(state.directionalDay).toMatchObject({ entries: 1, usd: dollars(5) });
    // As the gate counts the newer one.
    state.directionalDay.entries += 1;
    endOrder(state, newer);
    expect(directionalPositions(state)).toMatchObject([{ id: 1, bought: shares(6) }]);
    // Only that of the newer one was given back.
    expect(state.directionalDay.entries).toBe(1);
  });

  it('that waits with shares is not forgotten, however many entries end without a fill', () => {
    const { state, late } = lateBesideNewer('NO');
    fillSome(state, late, 't-1', 6, 'CONFIRMED');
    for (let n = 0; n < 60; n += 1) {
      const entry = enterMarket(state, 2, 10);
      send(state, entry);
      endOrder(state, entry);
    }
    expect(state.directional.unfilled.length).toBe(51);
    expect(state.directional.unfilled[0]).toMatchObject({ id: 1, bought: shares(6) });
  });

  it('that left less than the market takes in one order holds the market, and nobody’s place', () => {
    const state = directionalState(1);
    const entry = enterMarket(state, 1, 10);
    send(state, entry);
    fillSome(state, entry, 't-1', 2, 'CONFIRMED');
    expect(directionalBook(state, cd).positions).toBe(1);
    endOrder(state, entry);
    expect([isDirectional(state, ONE), directionalBook(state, cd).positions]).toEqual([true, 0]);
  });
});

describe('a position', () => {
  it('W24: is closed by its exit when all fills of it are final, not when the exit is accepted', () => {
    const { state, position } = holding();
    const exit = leaveMarket(state, 1, 10, 'tookProfit');
    send(state, exit);
    expect(position()).toMatchObject({ exit: { cause: 'tookProfit', clientId: exit }, closedBecause: null });
    fillSome(state, exit, 't-2', 10);
    expect(position()).toMatchObject({ sold: shares(10), got: dollars(4), closedBecause: null });
    fillSome(state, exit, 't-2', 10, 'CONFIRMED');
    expect(position()).toBeUndefined();
    expect(state.directional.closed).toMatchObject([
      { closedBecause: 'tookProfit', closedAtMs: state.nowMs },
    ]);
  });

  it('stays where its exit found nothing, and is closed by the next', () => {
    const { state, position } = holding();
    const missed = leaveMarket(state, 1, 10, 'stopped');
    send(state, missed);
    endOrder(state, missed);
    expect(position()).toMatchObject({ sold: 0, closedBecause: null });
    const exit = leaveMarket(state, 1, 10, 'expiry');
    send(state, exit);
    fillSome(state, exit, 't-2', 10, 'CONFIRMED');
    expect(state.directional.closed).toMatchObject([
      { closedBecause: 'expiry', clientIds: ['e-1', missed, exit] },
    ]);
  });

  it('of which less than the market takes is left after a sale is over', () => {
    const { state, position } = holding();
    const exit = leaveMarket(state, 1, 10);
    send(state, exit);
    fillSome(state, exit, 't-2', 5, 'CONFIRMED');
    endOrder(state, exit);
    expect(position()).toBeDefined();
    const rest = leaveMarket(state, 1, 5);
    send(state, rest);
    fillSome(state, rest, 't-3', 0.5, 'CONFIRMED');
    endOrder(state, rest);
    expect(state.directional.closed).toMatchObject([{ bought: shares(10), sold: shares(5.5) }]);
  });

  it('is the market’s again when a sale that closed it fails', () => {
    const { state, position } = holding();
    const exit = leaveMarket(state, 1, 10);
    send(state, exit);
    fillSome(state, exit, 't-2', 10);
    endOrder(state, exit);
    fillSome(state, exit, 't-2', 10, 'FAILED');
    expect(position()).toMatchObject({ sold: 0, got: 0, closedAtMs: null });
    fillSome(state, exit, 't-2', 10, 'CONFIRMED');
    expect(state.directional.closed).toMatchObject([{ sold: shares(10), got: dollars(4) }]);
  });

  it('of a resolved market is closed with what it pays, and with the chain’s word where that is another', () => {
    const { state } = holding();
    resolve(state, 1, 'YES');
    expect(state.directional.closed).toMatchObject([{ closedBecause: 'resolved', payout: dollars(10) }]);
    expect(isDirectional(state, ONE)).toBe(false);
    resolve(state, 1, null);
    expect(state.directional.closed).toMatchObject([{ payout: dollars(5) }]);
    resolve(state, 1, 'NO');
    expect(state.directional.closed).toMatchObject([{ payout: 0 }]);
  });

  it('of NO is paid where NO wins', () => {
    const state = directionalState(1);
    const entry = enterMarket(state, 1, 10, 'NO');
    send(state, entry);
    fillSome(state, entry, 't-1', 10, 'CONFIRMED');
    resolve(state, 1, 'NO');
    expect(state.directional.closed).toMatchObject([{ payout: dollars(10) }]);
  });

  it('takes only fills of its own orders', () => {
    const { state, entry, position } = holding();
    const record = state.orders.byClientId.get(entry);
    if (record === undefined) throw new Error('expected the entry');
    take(state, {
      kind: 'fill',
      fill: {
        tradeId: 't-9',
        orderId: '0xother' as never,
        conditionId: ONE,
        tokenId: record.request.tokenId,
        side: 'BUY',
        price: record.request.price,
        size: shares(3),
        role: 'MAKER',
        status: 'CONFIRMED',
        matchedAtMs: state.nowMs,
        transactionHash: null,
      },
    });
    expect(state.books.positions.get(ONE)?.yes.final).toBe(shares(13));
    expect(position()?.bought).toBe(shares(10));
  });

  it('remembers a bounded number of its orders, and takes the fill of one that it has forgotten', () => {
    const { state, entry, position } = holding();
    const first = leaveMarket(state, 1, 10);
    send(state, first);
    for (let n = 0; n < 120; n += 1) leaveMarket(state, 1, 10);
    expect(position()?.clientIds.length).toBe(100);
    expect([position()?.clientIds[0], position()?.clientIds.includes(first)]).toEqual([entry, false]);
    fillSome(state, first, 't-2', 4);
    expect(position()).toMatchObject({ sold: shares(4) });
  });

  it('that was closed is remembered with the latest 200', () => {
    const state = directionalState(1);
    for (let n = 0; n < 205; n += 1) {
      const entry = enterMarket(state, 1, 10);
      send(state, entry);
      fillSome(state, entry, `b-${n}`, 10, 'CONFIRMED');
      const exit = leaveMarket(state, 1, 10);
      send(state, exit);
      fillSome(state, exit, `s-${n}`, 10, 'CONFIRMED');
    }
    expect([state.directional.closed.length, state.directional.closed[0]?.id]).toEqual([200, 6]);
  });
});

describe('a sale that says the model was wrong', () => {
  /** 10 shares bought at 47 cents, and an exit that is on its way. */
  function selling(outcome: Outcome, cause: ExitCause) {
    const state = directionalState(1);
    const entry = enterMarket(state, 1, 10, outcome);
    send(state, entry);
    fillSome(state, entry, 't-1', 10, 'CONFIRMED');
    const exit = leaveMarket(state, 1, 10, cause);
    send(state, exit);
    const request = state.orders.byClientId.get(exit)?.request;
    if (request === undefined) throw new Error('expected the exit');
    const sellAt = (priceCents: number, status: TradeStatus = 'CONFIRMED', size = 10): void => {
      const fill = fillOf({ ...request, price: cents(priceCents) }, 't-2', size, status, state.nowMs);
      take(state, { kind: 'fill', fill: { ...fill, role: 'TAKER' } });
    };
    const stops = () => [...state.directional.stops.values()].map((stop) => stop.cause);
    return { state, exit, sellAt, stops };
  }

  it.each([
    ['YES', 'stopped', 40, ['stopped']],
    ['NO', 'stopped', 40, ['stopped']],
    ['YES', 'edgeReversed', 46, ['edgeReversed']],
    ['NO', 'edgeReversed', 46, ['edgeReversed']],
    ['YES', 'edgeReversed', 47, []],
    ['NO', 'edgeReversed', 47, []],
    ['YES', 'edgeReversed', 55, []],
    ['NO', 'edgeReversed', 55, []],
    ['YES', 'tookProfit', 60, []],
    ['NO', 'expiry', 30, []],
  ] as const)('%s, %s, at %d cents: %j', (outcome, cause, at, expected) => {
    const { sellAt, stops } = selling(outcome, cause);
    sellAt(at);
    expect(stops()).toEqual(expected);
  });

  it('counts from its first fill on, and not when it is sent, or finds nobody', () => {
    const { state, exit, sellAt, stops } = selling('YES', 'stopped');
    expect(stops()).toEqual([]);
    endOrder(state, exit);
    expect(stops()).toEqual([]);
    state.nowMs += 60_000;
    sellAt(40, 'MATCHED', 3);
    const filledAtMs = state.nowMs;
    sellAt(40, 'CONFIRMED', 3);
    expect(state.directional.stops.get(ONE)).toMatchObject({ cause: 'stopped', atMs: filledAtMs });
  });

  it('is no fill of the entry that is told after the exit was sent', () => {
    const state = directionalState(1);
    const entry = enterMarket(state, 1, 10);
    send(state, entry);
    fillSome(state, entry, 't-1', 6, 'CONFIRMED');
    send(state, leaveMarket(state, 1, 6));
    fillSome(state, entry, 't-2', 4, 'CONFIRMED');
    expect(state.directional.stops.size).toBe(0);
  });
});

describe('what breaks the rules of a position', () => {
  it('is a broken invariant', () => {
    const { state } = holding();
    expect(() => enterMarket(state, 1, 10)).toThrow(/has a directional position/);
    const exit = exitBecause('stopped');
    const note = { of: 'exit', clientId: 'x-9' as never, conditionId: conditionId(2), exit } as const;
    expect(() => noteDirectional(state, note)).toThrow(/no directional position/);
    const signal = signalOn(2, { outcome: null });
    expect(() =>
      noteDirectional(state, { of: 'entry', clientId: 'e-9' as never, signal, cost: 0 as never }),
    ).toThrow(/no outcome/);
  });
});

describe('signals', () => {
  it('are kept one a market, the latest, until the market ends or is not listed any more', () => {
    const state = directionalState(3);
    for (const n of [1, 2, 3]) noteDirectional(state, { of: 'signal', signal: signalOn(n) });
    noteDirectional(state, { of: 'signal', signal: signalOn(1, { id: 7 }) });
    expect(signalOf(state, ONE)).toMatchObject({ id: 7 });
    expect(signalOf(state, 'none' as ConditionId)).toBeNull();
    resolve(state, 2, 'YES');
    take(state, { kind: 'marketsListed', markets: [market(1), market(2)] });
    expect([...state.directional.signals.keys()]).toEqual([ONE]);
  });
});
