import { describe, expect, it } from 'vitest';
import type { Outcome, ResolutionState } from '../../domain/market.ts';
import type { Payouts } from '../../domain/resolution.ts';
import type { Input } from '../../kernel/messages.ts';
import {
  conditionId,
  DAY_MS,
  dollars,
  feedsUp,
  laterProcess,
  market,
  noToken,
  ofKind,
  reconcile,
  runStarted,
  shares,
  strategySettings,
  T0,
  type TestKernel,
  trading,
  wakes,
  yesToken,
} from '../../kernel/test-support/test-kernel.ts';
import { booksResidual, profitParts } from '../../orders/books.ts';
import { marketMaking } from '../market-making/loop.ts';
import { maintenance } from './loop.ts';

const HELD = { cash: 1_000, tokens: { [yesToken(1)]: 12, [noToken(1)]: 5 } };
/** Nothing is quoted, so that only what is held is at stake. */
const SETTINGS = strategySettings({ minSpreadPts: 50, useSplitMerge: false });

const resolutionsRead = (
  test: TestKernel,
  payouts: Payouts | null,
  stage: ResolutionState | null = null,
): Input => ({
  kind: 'resolutionsRead',
  resolutions: [{ conditionId: conditionId(1), stage, payouts }],
  askedAtMs: test.nowMs,
});

const told = (winner: Outcome | null): Input => ({
  kind: 'marketResolved',
  conditionId: conditionId(1),
  winner,
});

/** A run that holds shares of market 1, which ends a day from its start. */
function holding(): TestKernel {
  const test = trading([maintenance, marketMaking], SETTINGS, [market(1, { endAtMs: T0 + DAY_MS })], HELD);
  wakes(test, 4, 1_000);
  return test;
}

/** The next process on the state that this one left, connected and reconciled; its list leaves the closed market out. */
function restart(test: TestKernel, afterMs: number): TestKernel {
  const next = laterProcess(test, [maintenance, marketMaking], afterMs);
  next.step(runStarted('run-2', SETTINGS));
  feedsUp(next);
  next.step({ kind: 'marketsListed', markets: [market(2)] });
  reconcile(next, HELD);
  return next;
}

const asked = (test: TestKernel): number => ofKind(test.commands, 'readResolutions').length;

describe('resolutions', () => {
  it('W25: a market that was resolved while the worker was down is found and redeemed', () => {
    const before = holding();
    const next = restart(before, 3 * DAY_MS);
    wakes(next, 2, 1_000);
    expect(ofKind(next.commands, 'readResolutions')).toEqual([
      { kind: 'readResolutions', markets: [{ conditionId: conditionId(1), version: 'v1' }] },
    ]);
    expect(next.state.markets.get(conditionId(1))?.resolved).toBeUndefined();
    next.step(resolutionsRead(next, [1, 0], 'resolved'));
    const [redeem] = ofKind(wakes(next, 12, 1_000), 'transact');
    expect(redeem?.transaction.request).toMatchObject({ action: 'redeem', amount: shares(12) });
    const txKey = redeem?.transaction.request.txKey ?? '';
    next.step({ kind: 'transactionPrepared', txKey, hash: '0xh', nonce: 1 });
    next.step({ kind: 'transactionEnded', txKey, status: 'confirmed', text: '' });
    const { books, markets } = next.state;
    expect(profitParts(books).cashUsd).toBe(dollars(1_012));
    expect(booksResidual(books, (id) => markets.get(id)?.market ?? null)).toBe(0);
    const asks = asked(next);
    wakes(next, 100, 60_000);
    expect(asked(next)).toBe(asks);
  });

  it('is asked for at once by the next run, however short the pause was, and soon when a book stays dead', () => {
    const before = holding();
    const next = restart(before, 1_000);
    wakes(next, 2, 1_000);
    expect(asked(next)).toBe(1);
    expect(next.state.markets.get(conditionId(1))).toMatchObject({ watched: true, bookLive: false });
    wakes(next, 6, 30_000);
    expect(asked(next)).toBeGreaterThanOrEqual(4);
  });

  it('is redeemed also while quotes are switched off', () => {
    const off = strategySettings({ enabled: false });
    const test = trading([maintenance, marketMaking], off, [market(1)], HELD);
    test.step(resolutionsRead(test, [0, 1]));
    const [redeem] = ofKind(wakes(test, 12, 1_000), 'transact');
    expect(redeem?.transaction.request).toMatchObject({ action: 'redeem', amount: shares(5) });
  });

  it.each([
    ['YES', [1, 0], dollars(12)],
    ['NO', [0, 1], dollars(5)],
    [null, [1, 1], dollars(8.5)],
  ] as const)('winner %s pays what the chain says', (winner, payouts, amount) => {
    const test = holding();
    test.step(resolutionsRead(test, payouts));
    expect(test.state.markets.get(conditionId(1))).toMatchObject({ resolved: winner, isPaidOut: true });
    const [redeem] = ofKind(wakes(test, 12, 1_000), 'transact');
    expect(redeem?.transaction.request.amount).toBe(amount);
  });

  it.each(['none', 'proposed', 'disputed', 'resolved'] as const)(
    'the catalogue’s word %s is no outcome before the chain pays',
    (stage) => {
      const test = holding();
      test.step(resolutionsRead(test, null, stage));
      const slot = test.state.markets.get(conditionId(1));
      expect(slot?.resolved).toBeUndefined();
      expect(slot?.market).toMatchObject({ resolution: stage, closed: true, acceptingOrders: false });
      expect(ofKind(wakes(test, 30, 1_000), 'transact')).toEqual([]);
    },
  );

  it('the chain overrules what a socket told, with an alarm', () => {
    const test = holding();
    test.step(told('YES'));
    const said = ofKind(test.step(resolutionsRead(test, [0, 1])), 'notify');
    expect(said.find(({ level }) => level === 'alarm')?.text).toMatch(/told YES.*reported NO/);
    expect(test.state.markets.get(conditionId(1))?.resolved).toBe('NO');
  });

  it('once the chain pays, what a socket tells changes nothing, and is told of where it differs', () => {
    const test = holding();
    test.step(resolutionsRead(test, [1, 0]));
    const outcome = () => test.state.markets.get(conditionId(1));
    expect(ofKind(test.step(told('YES')), 'notify')).toEqual([]);
    for (const winner of ['NO', null] as const) {
      const said = ofKind(test.step(told(winner)), 'notify');
      expect(said.map(({ level }) => level)).toEqual(['alarm']);
      expect(said[0]?.text).toMatch(/oracle has reported YES/);
      expect(outcome()).toMatchObject({ resolved: 'YES', isPaidOut: true });
    }
    const [redeem] = ofKind(wakes(test, 12, 1_000), 'transact');
    expect(redeem?.transaction.request).toMatchObject({ action: 'redeem', amount: shares(12) });
  });

  it('are asked for hourly of what a model has priced, from the end on and after the market has left the list, until the chain pays', () => {
    const test = trading([maintenance, marketMaking], SETTINGS, [market(1)], HELD);
    const endAtMs = test.nowMs + DAY_MS;
    test.state.directional.awaited.set(conditionId(7), {
      version: 'v1',
      endAtMs,
      coin: 'BTC',
      forecasts: [],
    });
    const askedOf7 = (): number =>
      ofKind(test.commands, 'readResolutions').filter(({ markets }) =>
        markets.some((one) => one.conditionId === conditionId(7) && one.version === 'v1'),
      ).length;
    wakes(test, 20, 60 * 60_000);
    expect(askedOf7()).toBe(0);
    wakes(test, 5, 60 * 60_000);
    wakes(test, 60, 60_000);
    expect(askedOf7()).toBeGreaterThanOrEqual(1);
    expect(askedOf7()).toBeLessThanOrEqual(3);
    test.step({
      kind: 'resolutionsRead',
      resolutions: [{ conditionId: conditionId(7), stage: 'resolved', payouts: [1, 0] }],
      askedAtMs: test.nowMs,
    });
    const before = askedOf7();
    wakes(test, 10, 60 * 60_000);
    expect(askedOf7()).toBe(before);
  });

  it('an outcome that no market has is not believed', () => {
    const test = holding();
    const said = ofKind(test.step(resolutionsRead(test, [1, 3])), 'notify');
    expect(said.map(({ level }) => level)).toEqual(['alarm']);
    expect(test.state.markets.get(conditionId(1))?.resolved).toBeUndefined();
    expect(ofKind(wakes(test, 30, 1_000), 'transact')).toEqual([]);
  });

  it('are asked for often once told, now and then while held, and more often once the end has passed', () => {
    const countIn = (prepare: (test: TestKernel) => void, minutes: number): number => {
      const test = holding();
      prepare(test);
      const before = asked(test);
      wakes(test, minutes * 2, 30_000);
      return asked(test) - before;
    };
    expect(countIn(() => undefined, 60)).toBeGreaterThanOrEqual(10);
    expect(countIn(() => undefined, 60)).toBeLessThanOrEqual(13);
    expect(countIn((test) => test.step(told('YES')), 10)).toBeGreaterThanOrEqual(15);
    const overdue = countIn((test) => wakes(test, 1, DAY_MS), 10);
    expect(overdue).toBeGreaterThanOrEqual(10);
  });
});
