import { describe, expect, it } from 'vitest';
import type { TokenId } from '../../../domain/market.ts';
import type { Command } from '../../../kernel/messages.ts';
import type { KernelState } from '../../../kernel/state.ts';
import {
  book,
  cents,
  feedsUp,
  laterProcess,
  ofKind,
  orderIdOf,
  placed,
  reconcile,
  runStarted,
  shares,
  strategySettings,
  venueOrder,
} from '../../../kernel/test-support/test-kernel.ts';
import { defaultSettings } from '../../../settings/index.ts';
import {
  answer,
  END_AT_MS,
  fill,
  HELD,
  holding,
  lastExit,
  NOTHING,
  notes,
  pass,
  sell,
  shown,
} from '../test-support/holding-run.ts';
import { directionalExit } from './loop.ts';

const SILENT = { exitAiConfirmEnabled: false } as const;
const positionOf = ({ directional }: KernelState) => directional.positions.get(HELD);
const lastClosed = ({ directional }: KernelState) => directional.closed.at(-1);

describe('a directional position is sold', () => {
  it('W24: at its stop, measured at the middle, at the bid or a little below it; and closed by the fill alone', () => {
    const run = holding({ cd: SILENT });
    run.see(32, 34);
    expect(shown(run)).toEqual([]);
    run.see(31, 33);
    expect(shown(run)).toEqual(['FAK SELL YES 10 at 29']);
    expect(positionOf(run.test.state)).toMatchObject({ sold: 0, exit: { cause: 'stopped' } });
    sell(run.test, lastExit(run), 10);
    expect(positionOf(run.test.state)).toBeUndefined();
    expect(lastClosed(run.test.state)).toMatchObject({ closedBecause: 'stopped', sold: shares(10) });
    run.pass(60_000);
    expect(run.exits()).toHaveLength(1);
  });

  it('W24: at half its price, where that is nearer than the stop in cents', () => {
    const run = holding({ cd: SILENT, price: 20 });
    run.see(10, 12);
    expect(shown(run)).toEqual([]);
    run.see(9, 11);
    expect(shown(run)).toEqual(['FAK SELL YES 10 at 7']);
  });

  it('when the bid pays its target, and for nothing less than that bid', () => {
    const run = holding({ cd: { ...SILENT, exitEdgeReversalPts: -50 } });
    run.see(66, 68);
    expect(shown(run)).toEqual([]);
    run.see(67, 69);
    expect(shown(run)).toEqual(['FAK SELL YES 10 at 67']);
    sell(run.test, lastExit(run), 10);
    expect(lastClosed(run.test.state)).toMatchObject({ closedBecause: 'tookProfit' });
  });

  it('W25: before its market ends, so long as CD_EXIT_BEFORE_EXPIRY_MINUTES says, and not at all where that is 0', () => {
    for (const [minutes, sold] of [
      [0, []],
      [30, ['FAK SELL YES 10 at 45']],
    ] as const) {
      const run = holding({ cd: { ...SILENT, exitBeforeExpiryMinutes: minutes } });
      run.pass(END_AT_MS - 31 * 60_000 - run.test.nowMs);
      run.see(47, 53);
      expect(shown(run)).toEqual([]);
      run.pass(END_AT_MS - 30 * 60_000 - run.test.nowMs);
      run.see(47, 53);
      expect(shown(run)).toEqual(sold);
    }
  });

  it('W23: when the model turns against it at the true middle', () => {
    const run = holding({ cd: SILENT });
    run.price(100_000);
    expect(shown(run)).toEqual([]);
    run.price(98_000);
    expect(shown(run)).toEqual(['FAK SELL YES 10 at 45']);
    expect(positionOf(run.test.state)?.exit).toMatchObject({ cause: 'edgeReversed', aiValidation: null });
  });

  it('W23: by the time that is left now, not by that of the entry', () => {
    // Two per cent below the strike is one thing with three days to go and another with three hours.
    const run = holding({ cd: { ...SILENT, exitEdgeReversalPts: -30 } });
    run.price(98_000);
    expect(shown(run)).toEqual([]);
    run.pass(END_AT_MS - 3 * 3_600_000 - run.test.nowMs);
    run.see(47, 53);
    run.price(98_000);
    expect(shown(run)).toEqual(['FAK SELL YES 10 at 45']);
  });

  it('the other outcome as well, in its own prices', () => {
    const run = holding({ cd: SILENT, outcome: 'NO' });
    expect(positionOf(run.test.state)).toMatchObject({ outcome: 'NO', bought: shares(10) });
    run.see(66, 68);
    expect(shown(run)).toEqual([]);
    // NO stands at 31 to 33.
    run.see(67, 69);
    expect(shown(run)).toEqual(['FAK SELL NO 10 at 29']);
  });
});

describe('nothing is sold', () => {
  it('by a book that is not live', () => {
    const run = holding({ cd: SILENT });
    run.test.step({ kind: 'bookUntrusted', conditionId: HELD, reason: 'a gap' });
    run.pass(300_000);
    expect(shown(run)).toEqual([]);
    run.see(31, 33);
    expect(shown(run)).toEqual(['FAK SELL YES 10 at 29']);
  });

  it('W23: nor kept by a bid that is our own: without it the middle is where others see it', () => {
    const run = holding({ cd: SILENT, filled: 5 });
    const seen = (own: number): Command[] => {
      const bids = [
        ...(own > 0 ? [[cents(47), shares(own)] as const] : []),
        [cents(9), shares(100)] as const,
      ];
      return [...run.test.step({ ...book(1, 9, 53), bids }), ...run.pass(1_000)];
    };
    // Others bid 9 and ask 53: the middle of these is 16 below what was paid.
    expect(ofKind(seen(5), 'cancel')).toMatchObject([{ orderIds: [orderIdOf(run.entry.clientId)] }]);
    const whole = holding({ cd: SILENT });
    whole.see(47, 53, 5);
    expect(ofKind(whole.test.commands, 'cancel')).toEqual([]);
  });

  it('W23: for an edge that is gone by a book without two sides, or by a price of the coin that is not believed', () => {
    const run = holding({ cd: SILENT });
    run.test.step({ ...book(1, 47, 53), asks: [] });
    run.price(90_000);
    expect(shown(run)).toEqual([]);
    run.see(47, 53);
    expect(shown(run)).toEqual(['FAK SELL YES 10 at 45']);
    const deaf = holding({ cd: { ...SILENT, minPriceSources: 5 } });
    deaf.price(90_000);
    deaf.see(47, 53);
    expect(shown(deaf)).toEqual([]);
  });

  it('for less than the model thinks it worth, when it is only the model that wants to sell', () => {
    const run = holding({ cd: SILENT });
    // Worth about 28 by the model; the middle is far above that and the bid far below.
    run.see(20, 70);
    run.price(98_000);
    expect(shown(run)).toEqual([]);
    run.see(40, 46);
    expect(shown(run)).toEqual(['FAK SELL YES 10 at 38']);
  });

  it('to nobody, and the market is not hammered where nothing is taken', () => {
    const run = holding({ cd: SILENT });
    run.test.step({ ...book(1, 31, 33), bids: [] });
    run.pass(60_000);
    expect(shown(run)).toEqual([]);
    run.see(31, 33);
    const startMs = run.test.nowMs;
    const atMs: number[] = [];
    for (let seconds = 0; seconds < 120; seconds += 1) {
      const commands = run.pass(1_000);
      const tried = run.exits().length > atMs.length;
      if (tried) {
        atMs.push(run.test.nowMs - startMs);
        answer(run.test, [...run.test.commands.filter(({ kind }) => kind === 'place').slice(-1)], NOTHING);
      }
      expect(commands.length).toBeLessThan(20);
    }
    // One, two, four, eight seconds and so on: seven tries in two minutes.
    expect(atMs.length).toBeGreaterThanOrEqual(5);
    expect(atMs.length).toBeLessThanOrEqual(8);
    expect(positionOf(run.test.state)).toMatchObject({ sold: 0, closedAtMs: null });
  });

  it('while only cancels are allowed; while only reductions are, it is', () => {
    const run = holding({ cd: SILENT });
    run.test.step({ kind: 'operator', order: 'reduce', by: 'me', reason: 'a test' });
    run.see(31, 33);
    expect(shown(run)).toEqual(['FAK SELL YES 10 at 29']);
    const halted = holding({ cd: SILENT });
    halted.test.step({ kind: 'operator', order: 'halt', by: 'me', reason: 'a test' });
    halted.see(31, 33);
    halted.pass(300_000);
    expect(shown(halted)).toEqual([]);
  });

  it('where CD_EXIT_ENABLED is false, and a person is told once; CD_ENABLED=false stops no exit', () => {
    const run = holding({ cd: { ...SILENT, exitEnabled: false } });
    run.see(31, 33);
    run.pass(300_000);
    expect(shown(run)).toEqual([]);
    expect(notes(run).filter((text) => text.includes('CD_EXIT_ENABLED=false'))).toHaveLength(1);
    const off = holding({ cd: SILENT });
    const cd = { ...defaultSettings().cd, ...SILENT, enabled: false };
    off.test.step({
      kind: 'settingsChanged',
      settings: strategySettings({ maxSpreadPts: 30 }, { cd }),
      by: 'me',
    });
    off.see(31, 33);
    expect(shown(off)).toEqual(['FAK SELL YES 10 at 29']);
  });
});

describe('what is sold is what is held', () => {
  it('W24: shares that are not confirmed yet are waited for, and an order that still rests is taken back first', () => {
    const run = holding({ cd: SILENT, filled: 6, status: 'MATCHED' });
    const first = run.see(31, 33);
    expect(ofKind(first, 'cancel')).toMatchObject([{ orderIds: [orderIdOf(run.entry.clientId)] }]);
    expect(shown(run)).toEqual([]);
    const orderId = orderIdOf(run.entry.clientId);
    run.test.step({ kind: 'orderSeen', orderId, status: 'CANCELED', matchedSize: shares(6) });
    run.test.step({ kind: 'cancelAnswered', requested: [orderId], canceled: [orderId], notCanceled: [] });
    run.pass(10_000);
    expect(shown(run)).toEqual([]);
    fill(run.test, run.entry, 6, 'CONFIRMED');
    run.pass(3_000);
    expect(shown(run)).toEqual(['FAK SELL YES 6 at 29']);
  });

  it('W24: an entry whose answer is lost does not keep a position from being sold above it', () => {
    const run = holding({ cd: SILENT, filled: 6 });
    const orderId = orderIdOf(run.entry.clientId);
    run.see(31, 33);
    run.test.step({ kind: 'cancelFailed', requested: [orderId], code: 'timeout', text: 'no answer' });
    run.pass(5_000);
    // It may rest at 47 and buy what is sold at 29: the venue would be asked to trade us with ourselves.
    expect(shown(run)).toEqual([]);
    run.test.step({
      kind: 'orderRead',
      orderId,
      order: venueOrder(run.entry, { status: 'CANCELED', matchedSize: shares(6) }),
      askedAtMs: run.test.nowMs,
    });
    run.pass(5_000);
    expect(shown(run)).toEqual(['FAK SELL YES 6 at 29']);
  });

  it('W24: part of it is sold where the book has no more, then the rest, and dust is left to the market', () => {
    const run = holding({ cd: SILENT });
    run.see(31, 33);
    sell(run.test, lastExit(run), 4);
    expect(positionOf(run.test.state)).toMatchObject({ sold: shares(4), closedAtMs: null });
    run.pass(3_000);
    expect(shown(run)).toEqual(['FAK SELL YES 10 at 29', 'FAK SELL YES 6 at 29']);
    sell(run.test, lastExit(run), 3);
    run.pass(300_000);
    // Three shares are fewer than the market takes, so no order is made of them, and the position is over.
    expect(run.exits()).toHaveLength(2);
    expect(lastClosed(run.test.state)).toMatchObject({ closedBecause: 'stopped', sold: shares(7) });
  });

  it('W24: what finds takers is sold on at once, however long nobody took anything before', () => {
    const run = holding({ cd: SILENT, size: 20 });
    run.see(31, 33);
    for (let tries = 1; tries <= 4; tries += 1) {
      expect(run.exits()).toHaveLength(tries);
      answer(run.test, run.test.commands.filter(({ kind }) => kind === 'place').slice(-1), NOTHING);
      run.pass(1_000 * 2 ** (tries - 1));
    }
    expect(run.exits()).toHaveLength(5);
    sell(run.test, lastExit(run), 10);
    run.pass(16_000);
    expect(run.exits()).toHaveLength(6);
    sell(run.test, lastExit(run), 5);
    run.pass(2_100);
    expect(shown(run).at(-1)).toBe('FAK SELL YES 5 at 29');
  });

  it('W24: while the answer to a sale is unknown, shares that come free meanwhile wait as well', () => {
    const run = holding({ cd: SILENT, size: 20, filled: 10 });
    fill(run.test, run.entry, 10, 'MATCHED', 'second');
    run.see(31, 33);
    expect(shown(run)).toEqual(['FAK SELL YES 10 at 29']);
    const lost = { result: 'unknown', code: 'timeout', text: 'no answer' } as const;
    answer(run.test, run.test.commands.filter(({ kind }) => kind === 'place').slice(-1), lost);
    fill(run.test, run.entry, 10, 'CONFIRMED', 'second');
    run.pass(120_000);
    expect(run.exits()).toHaveLength(1);
    const orderId = orderIdOf(lastExit(run).clientId);
    run.test.step({ kind: 'orderRead', orderId, order: null, askedAtMs: run.test.nowMs });
    run.pass(5_000);
    expect(shown(run).at(-1)).toBe('FAK SELL YES 20 at 29');
  });

  it('a person is told of a sale once, with its reason, however often it is tried', () => {
    const run = holding({ cd: SILENT });
    run.see(31, 33);
    for (let tries = 0; tries < 4; tries += 1) {
      answer(run.test, run.test.commands.filter(({ kind }) => kind === 'place').slice(-1), NOTHING);
      run.pass(20_000);
    }
    expect(run.exits().length).toBeGreaterThan(2);
    expect(
      notes(run).filter((text) => text.startsWith('10 YES of market-1 are offered for 29 cents')),
    ).toEqual([
      '10 YES of market-1 are offered for 29 cents or more: 15.0 points below entry, the stop is 15.0 points',
    ]);
  });

  it('a person is told again of a sale that was not wanted any more in between', () => {
    const run = holding({ cd: SILENT });
    run.see(31, 33);
    answer(run.test, run.test.commands.filter(({ kind }) => kind === 'place').slice(-1), NOTHING);
    run.see(46, 48);
    run.pass(10_000);
    run.see(46, 49);
    run.see(31, 33);
    expect(notes(run).filter((text) => text.startsWith('10 YES of market-1 are offered'))).toHaveLength(2);
  });

  it('W24: a few shares that no order can sell stay until the market is resolved, and a person is told once', () => {
    const run = holding({ cd: SILENT, size: 10, filled: 3 });
    const orderId = orderIdOf(run.entry.clientId);
    run.test.step({ kind: 'orderSeen', orderId, status: 'CANCELED', matchedSize: shares(3) });
    run.see(31, 33);
    run.pass(300_000);
    expect(shown(run)).toEqual([]);
    expect(notes(run).filter((text) => text.includes('fewer than the market takes'))).toHaveLength(1);
    run.test.step({ kind: 'marketResolved', conditionId: HELD, winner: 'YES' });
    expect(lastClosed(run.test.state)).toMatchObject({ closedBecause: 'resolved', payout: 3_000_000 });
  });

  it('W24: a sale that fails on the chain opens the position again, and it is sold again', () => {
    const run = holding({ cd: SILENT });
    run.see(31, 33);
    sell(run.test, lastExit(run), 10, 'MATCHED');
    run.pass(5_000);
    expect(run.exits()).toHaveLength(1);
    fill(run.test, lastExit(run), 10, 'FAILED');
    expect(positionOf(run.test.state)).toMatchObject({ sold: 0, closedAtMs: null });
    run.pass(5_000);
    expect(shown(run)).toEqual(['FAK SELL YES 10 at 29', 'FAK SELL YES 10 at 29']);
  });

  it('W24: an unknown answer to a sale is no sale and no leave for a second one', () => {
    const run = holding({ cd: SILENT });
    const lost = { result: 'unknown', code: 'timeout', text: 'no answer' } as const;
    answer(run.test, run.see(31, 33), lost);
    run.pass(120_000);
    expect(run.exits()).toHaveLength(1);
    const orderId = orderIdOf(lastExit(run).clientId);
    run.test.step({ kind: 'orderRead', orderId, order: null, askedAtMs: run.test.nowMs });
    run.pass(5_000);
    expect(shown(run)).toEqual(['FAK SELL YES 10 at 29', 'FAK SELL YES 10 at 29']);
  });

  it('W24: what was sold elsewhere is not sold again', () => {
    const run = holding({ cd: SILENT });
    // Somebody has taken six of the ten shares out of the wallet.
    const transfer = {
      key: '0xab/0/0',
      kind: 'tokensOut',
      asset: '11' as TokenId,
      amount: -shares(6),
      counterparty: '0xsomebody',
      txHash: '0xab',
      blockNumber: 2,
    } as const;
    const askedAtMs = run.test.nowMs;
    run.test.step({
      kind: 'transfersRead',
      afterBlock: 1,
      toBlock: 2,
      finalBlock: 2,
      transfers: [transfer],
      askedAtMs,
    });
    expect(run.test.state.books.positions.get(HELD)?.yes.final).toBe(shares(4));
    run.see(31, 33);
    run.pass(120_000);
    expect(shown(run)).toEqual([]);
  });

  it('W25: a market that is resolved while it is being sold closes the position, with what it paid', () => {
    const run = holding({ cd: SILENT });
    answer(run.test, run.see(31, 33), NOTHING);
    run.test.step({ kind: 'marketResolved', conditionId: HELD, winner: 'NO' });
    run.pass(120_000);
    expect(run.exits()).toHaveLength(1);
    expect(positionOf(run.test.state)).toBeUndefined();
    expect(lastClosed(run.test.state)).toMatchObject({ closedBecause: 'resolved', payout: 0 });
  });
});

describe('after a restart', () => {
  it('a position is watched and sold as before, and a sale whose fate is not known is not made again', () => {
    const run = holding({ cd: SILENT });
    run.see(31, 33);
    const exit = lastExit(run);
    run.test.step({ kind: 'ordersPrepared', orders: [[exit.clientId, orderIdOf(exit.clientId)]] });
    const later = laterProcess(run.test, [directionalExit], 5_000);
    const cd = { ...defaultSettings().cd, ...SILENT };
    later.step(runStarted('run-2', strategySettings({ maxSpreadPts: 30 }, { cd })));
    feedsUp(later);
    reconcile(later, { tokens: { '11': 10 }, cash: 995.3, fills: [] });
    later.step(book(1, 31, 33));
    pass(later, 60_000);
    expect(later.state.loops.get('cd-exit')?.fault).toBeNull();
    expect(placed(later.commands)).toEqual([]);
    const orderId = orderIdOf(exit.clientId);
    later.step({ kind: 'orderRead', orderId, order: null, askedAtMs: later.nowMs });
    later.step(book(1, 31, 33));
    pass(later, 5_000);
    expect(placed(later.commands)).toMatchObject([{ side: 'SELL', size: shares(10), timeInForce: 'FAK' }]);
  });

  it('books of markets that nobody else follows are followed, and let go with the position', () => {
    const run = holding({ cd: SILENT });
    const slot = run.test.state.markets.get(HELD);
    expect(slot?.watchedBy).toEqual(['crypto-directional', 'cd-exit']);
    const later = laterProcess(run.test, [directionalExit], 5_000);
    later.step(runStarted('run-2', run.test.state.settings));
    feedsUp(later);
    reconcile(later, { tokens: { '11': 10 }, cash: 995.3 });
    expect(ofKind(later.commands, 'watch')).toMatchObject([{ markets: [{ conditionId: HELD }] }]);
    later.step({ kind: 'marketResolved', conditionId: HELD, winner: 'NO' });
    pass(later, 200_000);
    expect(ofKind(later.commands, 'unwatch')).toMatchObject([{ conditionIds: [HELD] }]);
  });
});
