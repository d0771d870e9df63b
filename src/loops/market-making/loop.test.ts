import { describe, expect, it } from 'vitest';
import type { Payouts } from '../../domain/resolution.ts';
import type { Price } from '../../domain/units.ts';
import type { Command, Input } from '../../kernel/messages.ts';
import {
  accept,
  balances,
  book,
  cents,
  conditionId,
  confirmCancels,
  DAY_MS,
  dollars,
  feedsUp,
  fillOf,
  inYes,
  market,
  ofKind,
  orderIdOf,
  placed,
  reconcile,
  runStarted,
  shares,
  strategySettings,
  T0,
  type TestKernel,
  testKernel,
  trading,
  wakes,
} from '../../kernel/test-support/test-kernel.ts';
import { maintenance } from '../maintenance/loop.ts';
import { marketMaking } from './loop.ts';
import type { MarketMakingMemory } from './memory.ts';

const loops = [maintenance, marketMaking];
const noSplit = (mm: Parameters<typeof strategySettings>[0] = {}) =>
  strategySettings({ useSplitMerge: false, requoteMinGapMs: 0, minQuoteLifetimeSeconds: 1, ...mm });

const memoryOf = (test: TestKernel): MarketMakingMemory =>
  // The kernel hands the memory only to the loop that made it; a test may look.
  test.state.loops.get('market-making')?.memory as MarketMakingMemory;

/** The oracle has reported to the chain. */
const paidOut = (payouts: Payouts, askedAtMs: number): Input => ({
  kind: 'resolutionsRead',
  resolutions: [{ conditionId: conditionId(1), stage: 'resolved', payouts }],
  askedAtMs,
});

const listing = (...markets: ReturnType<typeof market>[]): Input => ({ kind: 'marketsListed', markets });

describe('scanning', () => {
  it('lists, watches what is promising, and quotes once book and balances are known', () => {
    const test = testKernel(loops);
    test.step(runStarted('run-1', noSplit()));
    expect(ofKind(test.commands, 'readMarkets')).toHaveLength(0);
    const up = feedsUp(test);
    expect(ofKind(up, 'readMarkets')).toHaveLength(1);
    const watched = ofKind(test.step(listing(market(1), market(2, { closed: true }))), 'watch');
    expect(watched.map(({ markets }) => markets.map((one) => one.conditionId))).toEqual([[conditionId(1)]]);
    expect(placed(test.step(book(1, 47, 53)))).toEqual([]);
    expect(placed(reconcile(test))).toHaveLength(2);
    expect(memoryOf(test).excluded.get(conditionId(2))).toBe('closed');
  });

  it('asks again soon for a list that failed, and late for one that never came', () => {
    const test = testKernel(loops);
    test.step(runStarted('run-1', noSplit()));
    feedsUp(test);
    const failed: Input = { kind: 'readFailed', read: 'markets', key: '', code: 'http', text: '502' };
    test.step(failed);
    expect(ofKind(wakes(test, 4, 1_000), 'readMarkets')).toHaveLength(0);
    expect(ofKind(wakes(test, 12, 1_000), 'readMarkets')).toHaveLength(1);
    expect(ofKind(wakes(test, 140, 1_000), 'readMarkets')).toHaveLength(0);
    expect(ofKind(wakes(test, 30, 1_000), 'readMarkets')).toHaveLength(1);
  });

  it('lists at once after a restart, though the run before was still waiting for its list', () => {
    const test = testKernel(loops);
    test.step(runStarted('run-1', noSplit()));
    feedsUp(test);
    test.step(runStarted('run-2', noSplit()), 5_000);
    expect(ofKind(feedsUp(test), 'readMarkets')).toHaveLength(1);
  });

  it('lists anew every refresh, and lets go of what is not listed any more', () => {
    const test = trading(loops, noSplit({ maxMarkets: 1 }), [
      market(1),
      market(2, { volume24h: dollars(2_000) }),
    ]);
    const commands = wakes(test, 32, 10_000);
    expect(ofKind(commands, 'readMarkets')).toHaveLength(1);
    const dropped = test.step(listing(market(1)), 1_000);
    // A run of the loop takes the listing in, whenever it is next allowed to look.
    const unwatched = ofKind([...dropped, ...wakes(test, 1, 10_000)], 'unwatch');
    expect(unwatched).toEqual([]);
    const ruledOut = [
      ...test.step(listing(market(1), market(2, { closed: true })), 1_000),
      ...wakes(test, 1, 10_000),
    ];
    expect(ofKind(ruledOut, 'unwatch').flatMap(({ conditionIds }) => conditionIds)).toEqual([conditionId(2)]);
  });

  it('is not scared off by its own quotes in the book', () => {
    const test = trading(loops, noSplit());
    accept(test, test.commands);
    const own = placed(test.commands);
    expect(inYes(own)).toEqual(['BUY 48 x 10', 'SELL 52 x 10']);
    // The venue shows the book with our orders in it: 4 points wide, on its way to 2 if we followed ourselves.
    test.step({
      kind: 'levels',
      conditionId: conditionId(1),
      changes: own.map(({ outcome, price, size }) =>
        outcome === 'YES'
          ? (['BUY', price, size] as const)
          : (['SELL', (10_000 - price) as Price, size] as const),
      ),
      hash: 'h',
      venueAtMs: 0,
    });
    expect(placed(wakes(test, 4, 5_000))).toEqual([]);
    expect([...memoryOf(test).chosen]).toEqual([conditionId(1)]);
  });
});

describe('quoting', () => {
  it('is two-sided from the first second without inventory: the ask is a bid for NO at 1 - p', () => {
    const test = trading(loops, noSplit());
    expect(placed(test.commands)).toMatchObject([
      { outcome: 'YES', side: 'BUY', price: 4_800, size: shares(10), tokenId: '11' },
      { outcome: 'NO', side: 'BUY', price: 4_800, size: shares(10), tokenId: '12' },
    ]);
  });

  it('sells YES for the ask once some is held after a split', () => {
    const test = trading(
      loops,
      strategySettings({ requoteMinGapMs: 0, splitSizeUsd: 10, minQuoteLifetimeSeconds: 1 }),
    );
    accept(test, test.commands);
    const split = ofKind(wakes(test, 10, 1_000), 'transact');
    expect(split).toHaveLength(1);
    test.step({ kind: 'transactionPrepared', txKey: 't-1', hash: '0x1', nonce: 0 });
    test.step({ kind: 'transactionEnded', txKey: 't-1', status: 'confirmed', text: '' });
    expect(test.state.books.positions.get(conditionId(1))).toMatchObject({
      yes: { final: shares(10) },
      no: { final: shares(10) },
    });
    // The market moves away, so that both quotes are made anew.
    const moved = test.step(book(1, 57, 63), 5_000);
    const later = [...confirmCancels(test, moved), ...wakes(test, 2, 1_000)];
    const asks = placed([...moved, ...later]).filter(({ side }) => side === 'SELL');
    expect(asks.map(({ outcome }) => outcome)).toContain('YES');
  });

  it('W5: quotes a market that has fallen far below what its shares cost, with the ask at the market', () => {
    const test = trading(loops, noSplit(), [market(1)], { tokens: { 11: 20 } });
    accept(test, test.commands);
    const fallen = test.step(book(1, 17, 23), 60_000);
    const cancels = ofKind(fallen, 'cancel').flatMap(({ orderIds }) => orderIds);
    expect(cancels.length).toBeGreaterThan(0);
    const follow = [...confirmCancels(test, fallen), ...wakes(test, 3, 2_000)];
    const asks = placed([...fallen, ...follow]).filter((order) => inYes([order])[0]?.startsWith('SELL'));
    expect(asks.length).toBeGreaterThan(0);
    for (const ask of asks)
      expect(ask.outcome === 'YES' ? ask.price : 10_000 - ask.price).toBeLessThan(3_000);
    const bids = allBids(test);
    expect(Math.max(...bids)).toBeLessThanOrEqual(2_000);
  });

  it.each([
    ['its book is not to be trusted', { kind: 'bookUntrusted', conditionId: conditionId(1), reason: 'hash' }],
    ['it is settled', { kind: 'marketResolved', conditionId: conditionId(1), winner: 'NO' }],
    ['its book has lost a side', { ...book(1, 47, 53), asks: [] }],
    ['its book is crossed', book(1, 53, 50)],
    [
      'it takes no orders any more',
      { kind: 'marketsListed', markets: [market(1, { acceptingOrders: false })] },
    ],
    [
      'market making is switched off',
      { kind: 'settingsChanged', settings: noSplit({ enabled: false }), by: 'operator' },
    ],
  ] satisfies [string, Input][])('W12: pulls both quotes when %s', (_reason, input) => {
    const test = trading(loops, noSplit());
    accept(test, test.commands);
    const commands = [...test.step(input, 5_000), ...wakes(test, 1, 10_000)];
    const canceled = new Set(ofKind(commands, 'cancel').flatMap(({ orderIds }) => orderIds));
    expect(canceled.size).toBe(2);
    expect(placed(commands)).toEqual([]);
  });

  it('keeps to the tick of the market while levels of a finer one still rest', () => {
    const test = trading(loops, noSplit());
    accept(test, test.commands);
    test.step({ kind: 'tickSize', conditionId: conditionId(1), tick: 10 as Price });
    const levels = (changes: Extract<Input, { kind: 'levels' }>['changes']): Input => ({
      kind: 'levels',
      conditionId: conditionId(1),
      changes,
      hash: 'h',
      venueAtMs: 0,
    });
    test.step(levels([['BUY', 4_610 as Price, shares(50)]]));
    test.step({ kind: 'tickSize', conditionId: conditionId(1), tick: 100 as Price });
    expect(test.state.markets.get(conditionId(1))?.book.tick).toBe(10);
    const asks = book(1, 47, 53).asks.map(([at]) => ['SELL', at, shares(0)] as const);
    const moved = test.step(levels([['SELL', cents(65), shares(1_000)], ...asks]), 5_000);
    const orders = placed([...moved, ...confirmCancels(test, moved)]);
    expect(orders.map(({ price }) => price % 100)).toEqual([0, 0]);
    expect(test.state.counts.refused).not.toHaveProperty('badPrice');
  });

  it('rests a market that keeps being refused for crossing, longer each time', () => {
    const test = trading(loops, noSplit());
    const reject = (): Command[] => {
      const ids = [...test.state.orders.byClientId.values()].flatMap(({ state, request }) =>
        state === 'approved' ? [request.clientId] : [],
      );
      test.step({ kind: 'ordersPrepared', orders: ids.map((id) => [id, orderIdOf(id)] as const) });
      const answer = { result: 'rejected', code: 'crossesBook', text: 'crosses the book' } as const;
      return test.step({ kind: 'ordersAnswered', answers: ids.map((id) => [id, answer] as const) });
    };
    const restS = (): number => {
      let commands = reject();
      const before = test.nowMs;
      while (placed(commands).length === 0 && test.nowMs < before + 700_000) commands = wakes(test, 1, 1_000);
      return Math.round((test.nowMs - before) / 60_000) * 60;
    };
    expect([restS(), restS(), restS()]).toEqual([0, 0, 300]);
    // The row goes on where it was: every third further rejection makes the rest longer, up to the longest.
    expect([restS(), restS(), restS(), restS(), restS(), restS()]).toEqual([300, 300, 600, 600, 600, 600]);
    accept(test, test.commands.slice(-10));
    expect(test.state.markets.get(conditionId(1))?.crossRejects).toBe(0);
  });

  it('sells what is held of a market that the listing rules out, and buys no more of it', () => {
    const test = trading(loops, noSplit(), [market(1)], { tokens: { 11: 20 } });
    accept(test, test.commands);
    const soon = { endAtMs: T0 + DAY_MS / 2 };
    const left = [...test.step(listing(market(1, soon)), 5_000), ...wakes(test, 1, 10_000)];
    confirmCancels(test, left);
    wakes(test, 5, 2_000);
    const live = [...test.state.orders.workingByCondition.values()].flatMap((orders) => [...orders.values()]);
    const kinds = new Set(inYes(live.map(({ request }) => request)).map((text) => text.split(' ')[0]));
    expect(kinds).toEqual(new Set(['SELL']));
    expect(ofKind(test.commands, 'unwatch')).toEqual([]);
  });

  it('withdraws from a market it no longer chooses', () => {
    const test = trading(loops, noSplit({ maxMarkets: 1, scannerRanking: 'seed' }), [market(1)]);
    accept(test, test.commands);
    test.step(listing(market(1), market(2)), 5_000);
    wakes(test, 1, 1_000);
    test.step(book(2, 30, 60));
    test.step({ ...balances(test), askedAtMs: test.nowMs });
    const commands = wakes(test, 3, 10_000);
    expect([...memoryOf(test).chosen]).toEqual([conditionId(2)]);
    expect(new Set(ofKind(commands, 'cancel').flatMap(({ orderIds }) => orderIds)).size).toBe(2);
    expect(memoryOf(test).excluded.get(conditionId(1))).toBe('outranked');
  });
});

const allBids = (test: TestKernel): number[] =>
  [...test.state.orders.workingByCondition.values()].flatMap((orders) =>
    [...orders.values()].flatMap(({ request, state }) => {
      if (state !== 'open' && state !== 'approved') return [];
      if ((request.outcome === 'YES') !== (request.side === 'BUY')) return [];
      return [request.outcome === 'YES' ? request.price : 10_000 - request.price];
    }),
  );

describe('inventory', () => {
  const splitting = (mm: Parameters<typeof strategySettings>[0] = {}) =>
    strategySettings({ requoteMinGapMs: 0, ...mm });

  it('W16: splits once, waits while that is on its way, and not again while any share is left', () => {
    const test = trading(loops, splitting());
    const splits = ofKind(wakes(test, 30, 10_000), 'transact');
    expect(splits.map(({ transaction }) => transaction.request)).toMatchObject([
      { action: 'split', amount: shares(5) },
    ]);
    test.step({ kind: 'transactionPrepared', txKey: 't-1', hash: '0x1', nonce: 0 });
    test.step({ kind: 'transactionEnded', txKey: 't-1', status: 'confirmed', text: '' });
    // The YES is sold off: only NO is left, which is a position and not a reason to split.
    const moved = test.step(book(1, 57, 63), 60_000);
    const later = [...moved, ...confirmCancels(test, moved), ...wakes(test, 10, 1_000)];
    const sale = placed(later).find(({ side, outcome }) => side === 'SELL' && outcome === 'YES');
    if (sale === undefined) throw new Error('expected a sale of YES');
    accept(test, later);
    test.step({ kind: 'fill', fill: fillOf(sale, 'trade', 5, 'CONFIRMED', test.nowMs) });
    expect(test.state.books.positions.get(conditionId(1))).toMatchObject({
      yes: { final: 0 },
      no: { final: shares(5) },
    });
    expect(ofKind(wakes(test, 120, 10_000), 'transact')).toEqual([]);
  });

  it('tries a split that did not happen again only after a while', () => {
    const test = trading(loops, splitting());
    wakes(test, 1, 10_000);
    test.step({ kind: 'transactionEnded', txKey: 't-1', status: 'notSent', text: 'gas' });
    expect(ofKind(wakes(test, 50, 10_000), 'transact')).toEqual([]);
    expect(ofKind(wakes(test, 15, 10_000), 'transact')).toHaveLength(1);
  });

  it('does not split without cash for two, one-sided, switched off, or while only reductions are allowed', () => {
    expect(
      ofKind(wakes(trading(loops, splitting(), [market(1)], { cash: 9 }), 5, 10_000), 'transact'),
    ).toEqual([]);
    expect(ofKind(wakes(trading(loops, splitting({ twoSided: false })), 5, 10_000), 'transact')).toEqual([]);
    expect(ofKind(wakes(trading(loops, noSplit()), 5, 10_000), 'transact')).toEqual([]);
    const reducing = trading(loops, splitting());
    reducing.step({ kind: 'operator', order: 'reduce', by: 'test', reason: 'test' });
    wakes(reducing, 5, 10_000);
    expect(reducing.state.counts.refused).not.toHaveProperty('growsPosition');
    expect(reducing.state.transactions.pending.size).toBe(0);
  });

  it('merges free pairs from the threshold on, and no pair that an order or another merge speaks for', () => {
    const below = trading(loops, splitting({ mergeThreshold: 30 }), [market(1)], {
      tokens: { 11: 29, 12: 29 },
    });
    expect(ofKind(wakes(below, 3, 10_000), 'transact')).toEqual([]);
    const test = trading(loops, splitting({ mergeThreshold: 10 }), [market(1)], {
      tokens: { 11: 45, 12: 40 },
    });
    const own = placed(test.commands).filter(({ side }) => side === 'SELL');
    const sold = (outcome: string) =>
      own.filter((order) => order.outcome === outcome).reduce((sum, { size }) => sum + size, 0);
    const free = Math.min(shares(45) - sold('YES'), shares(40) - sold('NO'));
    const merges = ofKind(wakes(test, 5, 10_000), 'transact').map(({ transaction }) => transaction.request);
    expect(merges).toMatchObject([{ action: 'merge', amount: free }]);
  });

  it('redeems what a settled market pays, once nothing of it is on its way, and tries again if the chain was not ready', () => {
    const test = trading(loops, splitting(), [market(1)], { tokens: { 11: 20, 12: 3 } });
    accept(test, test.commands);
    const bid = placed(test.commands).find((order) => inYes([order])[0]?.startsWith('BUY'));
    if (bid === undefined) throw new Error('expected a bid');
    const resolved = test.step({ kind: 'marketResolved', conditionId: conditionId(1), winner: 'YES' }, 2_000);
    const withdrawn = [...resolved, ...wakes(test, 1, 10_000)];
    expect(ofKind(withdrawn, 'transact')).toEqual([]);
    confirmCancels(test, withdrawn);
    const merges = ofKind(test.commands, 'transact').filter(
      ({ transaction }) => transaction.request.action === 'merge',
    );
    expect(merges).toEqual([]);
    expect(ofKind(wakes(test, 5, 10_000), 'transact')).toEqual([]);
    test.step(paidOut([1, 0], test.nowMs));
    const redeemed = ofKind(wakes(test, 5, 10_000), 'transact').map(({ transaction }) => transaction.request);
    expect(redeemed).toMatchObject([{ action: 'redeem', conditionId: conditionId(1), amount: shares(20) }]);
    const txKey = redeemed[0]?.txKey ?? '';
    test.step({ kind: 'transactionEnded', txKey, status: 'notSent', text: 'result not reported yet' });
    const again = ofKind(wakes(test, 15, 10_000), 'transact').map(
      ({ transaction }) => transaction.request.txKey,
    );
    expect(again).toHaveLength(1);
    test.step({ kind: 'transactionPrepared', txKey: again[0] ?? '', hash: '0x2', nonce: 0 });
    test.step({ kind: 'transactionEnded', txKey: again[0] ?? '', status: 'confirmed', text: '' });
    expect(test.state.books.positions.get(conditionId(1))).toMatchObject({
      yes: { final: 0 },
      no: { final: 0 },
    });
    expect(ofKind(wakes(test, 30, 10_000), 'transact')).toEqual([]);
  });

  it('redeems also without splits and merges, waits for a trade that may still fail, and leaves worthless tokens', () => {
    const test = trading(loops, noSplit(), [market(1)], { tokens: { 12: 20 } });
    accept(test, test.commands);
    const bid = placed(test.commands).find(({ side }) => side === 'BUY');
    if (bid === undefined) throw new Error('expected a buy');
    accept(test, test.step({ kind: 'fill', fill: fillOf(bid, 'trade', 5, 'MATCHED', test.nowMs) }));
    const resolved = test.step({ kind: 'marketResolved', conditionId: conditionId(1), winner: null }, 2_000);
    confirmCancels(test, [...resolved, ...wakes(test, 1, 10_000)]);
    test.step(paidOut([1, 1], test.nowMs));
    expect(ofKind(wakes(test, 5, 10_000), 'transact')).toEqual([]);
    test.step({ kind: 'fill', fill: fillOf(bid, 'trade', 5, 'CONFIRMED', test.nowMs) });
    const redeemed = ofKind(wakes(test, 2, 10_000), 'transact').map(({ transaction }) => transaction.request);
    expect(redeemed).toMatchObject([{ action: 'redeem', amount: shares(12.5) }]);

    const lost = trading(loops, noSplit(), [market(1)], { tokens: { 12: 20 } });
    accept(lost, lost.commands);
    confirmCancels(
      lost,
      lost.step({ kind: 'marketResolved', conditionId: conditionId(1), winner: 'YES' }, 2_000),
    );
    lost.step(paidOut([1, 0], lost.nowMs));
    expect(ofKind(wakes(lost, 5, 10_000), 'transact')).toEqual([]);
  });
});
