import { describe, expect, it } from 'vitest';
import type { ClientId } from '../domain/order.ts';
import type { Intent } from './loop.ts';
import { isBeyond } from './test-support/is-beyond.ts';
import {
  accept,
  book,
  cents,
  conditionId,
  confirmCancels,
  dollars,
  inYes,
  market,
  ofKind,
  orderIdOf,
  placed,
  quoteIntent,
  runStarted,
  scriptedLoop,
  shares,
  strategySettings,
  type TestKernel,
  trading,
  wakes,
} from './test-support/test-kernel.ts';

const transact = (action: 'split' | 'merge' | 'redeem', n: number, amount: number): Intent => ({
  kind: 'transact',
  action,
  conditionId: conditionId(n),
  amount: shares(amount),
  why: 'test',
});

function scripted(terms: Parameters<typeof trading>[3] = {}, markets = [market(1)], mm = {}) {
  const { loop, script } = scriptedLoop();
  const settings = strategySettings(mm);
  // The whole account may be at risk, so that the tests meet the other limits.
  const whole = { ...settings, trading: { ...settings.trading, maxTotalExposurePct: 100 } };
  const test = trading([loop], whole, markets, terms);
  const act = (...intents: readonly Intent[]) => {
    script.push(intents);
    return wakes(test, 1, 10_000);
  };
  return { test, act };
}

const refusals = (test: TestKernel) => test.state.counts.refused;

describe('what a loop wants', () => {
  it('is placed as orders that the gate approved, with the decision beside them', () => {
    const { test, act } = scripted();
    const commands = act(
      quoteIntent(1, [
        ['BUY', 48, 10],
        ['SELL', 52, 10],
      ]),
    );
    // Without YES the ask is a bid for NO at 1 - p.
    expect(placed(commands)).toMatchObject([
      {
        clientId: 'o-1',
        outcome: 'YES',
        side: 'BUY',
        price: 4_800,
        size: shares(10),
        postOnly: true,
        timeInForce: 'GTC',
      },
      { clientId: 'o-2', outcome: 'NO', side: 'BUY', price: 4_800, size: shares(10), postOnly: true },
    ]);
    expect(ofKind(commands, 'decision')).toMatchObject([
      {
        conditionId: conditionId(1),
        why: {
          notQuoted: null,
          placed: [
            ['o-1', 0, 'buys YES with cash', 5_000_000, 50_000_000, 995_200_000],
            ['o-2', 1, 'buys NO with cash', 5_000_000, 50_000_000, 990_400_000],
          ],
          refused: [],
          canceled: [],
          deferred: [],
        },
      },
    ]);
    expect(new Set(placed(commands).map(({ salt }) => salt)).size).toBe(2);
    expect(test.state.counts.refused).toEqual({});
  });

  it('goes out in batches of at most 15', () => {
    const markets = Array.from({ length: 9 }, (_, index) => market(index + 1));
    const { act } = scripted({}, markets);
    const commands = act(
      ...markets.map((_, index) =>
        quoteIntent(index + 1, [
          ['BUY', 48, 10],
          ['SELL', 52, 10],
        ]),
      ),
    );
    expect(ofKind(commands, 'place').map(({ orders }) => orders.length)).toEqual([15, 3]);
  });

  it('places a new quote before it cancels the one that is replaced, with one cancel for all markets', () => {
    const { test, act } = scripted({}, [market(1), market(2)]);
    accept(test, act(quoteIntent(1, [['BUY', 46, 10]]), quoteIntent(2, [['BUY', 46, 10]])));
    const commands = act(quoteIntent(1, [['BUY', 48, 10]]), quoteIntent(2, [['BUY', 48, 10]]));
    const sent = commands.filter(({ kind }) => kind === 'place' || kind === 'cancel');
    expect(sent).toMatchObject([
      { kind: 'place', orders: [{}, {}] },
      { kind: 'cancel', orderIds: ['o-1', 'o-2'].map((id) => orderIdOf(id as ClientId)) },
    ]);
  });

  it('cancels a dangerous quote before anything is placed', () => {
    const { test, act } = scripted();
    accept(test, act(quoteIntent(1, [['BUY', 48, 10]])));
    const safe = { maxBid: cents(47), minAsk: null };
    const commands = act({ ...quoteIntent(1, [['BUY', 46, 10]]), safe });
    const sent = commands.filter(({ kind }) => kind === 'place' || kind === 'cancel');
    expect(sent).toMatchObject([
      { kind: 'cancel', orderIds: [orderIdOf('o-1' as ClientId)] },
      { kind: 'place' },
    ]);
  });

  it('is refused, counted by code and explained where it breaks a limit', () => {
    const { test, act } = scripted();
    const commands = act(quoteIntent(1, [['BUY', 53, 10]]));
    expect(placed(commands)).toEqual([]);
    expect(refusals(test)).toEqual({ crossesBook: 1 });
    expect(ofKind(commands, 'decision')).toMatchObject([
      { why: { placed: [], refused: [{ refused: 'crossesBook', value: 5_300, limit: 5_300, side: 'BUY' }] } },
    ]);
    expect(test.state.orders.byClientId.size).toBe(0);
  });

  it('does not spend the same money twice in one step', () => {
    const { test, act } = scripted({ cash: 11 }, [market(1), market(2), market(3)]);
    const commands = act(...[1, 2, 3].map((n) => quoteIntent(n, [['BUY', 48, 10]])));
    expect(placed(commands)).toHaveLength(2);
    expect(isBeyond(placed(commands), dollars(11))).toBe(false);
    expect(test.state.orders.byClientId.size).toBe(2);
  });

  it('never meets an own order that may still be live', () => {
    const { test, act } = scripted();
    accept(test, act(quoteIntent(1, [['SELL', 50, 10]])));
    const commands = act(quoteIntent(1, [['BUY', 51, 10]]));
    expect(placed(commands)).toEqual([]);
    const cancels = ofKind(commands, 'cancel');
    expect(cancels).toHaveLength(1);
    confirmCancels(test, cancels);
    expect(inYes(placed(act(quoteIntent(1, [['BUY', 51, 10]]))))).toEqual(['BUY 51 x 10']);
  });

  it('is not placed in a market whose book is dead or that is settled', () => {
    const { test, act } = scripted({}, [market(1), market(2)]);
    test.step({ kind: 'bookUntrusted', conditionId: conditionId(1), reason: 'hash' });
    test.step({ kind: 'marketResolved', conditionId: conditionId(2), winner: 'YES' });
    expect(placed(act(quoteIntent(1, [['BUY', 48, 10]]), quoteIntent(2, [['BUY', 48, 10]])))).toEqual([]);
    expect(refusals(test)).toEqual({ bookNotLive: 1, marketClosed: 1 });
  });

  it('in a market that was never listed, or with nothing to change, sends nothing', () => {
    const { act } = scripted();
    const commands = act(quoteIntent(7, [['BUY', 48, 10]]), quoteIntent(1, []), transact('split', 7, 5));
    expect(commands.filter(({ kind }) => kind !== 'decision')).toEqual([]);
  });

  it('keeps what may stay: a second look at the same wish sends nothing', () => {
    const { test, act } = scripted();
    const wish = quoteIntent(1, [
      ['BUY', 48, 10],
      ['SELL', 52, 10],
    ]);
    accept(test, act(wish));
    expect(act(wish)).toEqual([]);
  });

  it('tells once why nothing is quoted, and again when the reason has changed or a new run begins', () => {
    const { test, act } = scripted();
    const because = (why: string) => ofKind(act({ ...quoteIntent(1, []), why }), 'decision');
    expect(because('too wide')).toMatchObject([
      { conditionId: conditionId(1), why: { notQuoted: 'too wide' } },
    ]);
    expect(because('too wide')).toEqual([]);
    expect(because('resting')).toMatchObject([{ why: { notQuoted: 'resting' } }]);
    expect(because('too wide')).toHaveLength(1);
    test.step({ ...runStarted('run-2'), settings: test.state.settings });
    expect(test.state.told.size).toBe(0);
  });

  it('tells once that the gate refuses what is wanted, and makes no explanation for a look that changes nothing', () => {
    const { test, act } = scripted();
    let made = 0;
    const wish: Intent = {
      ...quoteIntent(1, [['BUY', 53, 10]]),
      explain: () => {
        made += 1;
        return { made };
      },
    };
    const look = () => ofKind(act(wish), 'decision');
    expect(look()).toMatchObject([{ why: { inputs: { made: 1 }, refused: [{ refused: 'crossesBook' }] } }]);
    expect(look()).toEqual([]);
    expect(look()).toEqual([]);
    expect([made, refusals(test).crossesBook]).toEqual([1, 3]);
    test.step(book(1, 47, 55));
    expect(look()).toMatchObject([{ why: { inputs: { made: 2 }, refused: [] } }]);
  });

  it('tells once why an order stays that is not where it is wanted', () => {
    const { test, act } = scripted({}, [market(1)], {
      minQuoteLifetimeSeconds: 3_600,
      maxQuoteAgeSeconds: 7_200,
    });
    accept(test, act(quoteIntent(1, [['BUY', 46, 10]])));
    const look = (at: number) => ofKind(act(quoteIntent(1, [['BUY', at, 10]])), 'decision');
    expect(look(46)).toEqual([]);
    expect(look(47)).toMatchObject([{ why: { kept: [['o-1', 'younger than its minimum lifetime']] } }]);
    expect(look(47)).toEqual([]);
    expect(look(46)).toEqual([]);
    expect(look(47)).toEqual([]);
  });

  it('W32: moves a quote by the price that rests and was signed, whatever a listing says', () => {
    const { test, act } = scripted();
    const commands = act(quoteIntent(1, [['BUY', 48, 10]]));
    accept(test, commands);
    const [order] = placed(commands);
    if (order === undefined) throw new Error('expected an order');
    const orderId = orderIdOf(order.clientId);
    expect(test.state.orders.byOrderId.get(orderId)?.request.price).toBe(4_800);
    wakes(test, 1, 30_000);
    const moved = act(quoteIntent(1, [['BUY', 43, 10]]));
    expect(ofKind(moved, 'cancel').map(({ orderIds }) => orderIds)).toEqual([[orderId]]);
  });

  it('W15: sizes bid and ask by what each can pay or deliver', () => {
    const { act } = scripted({ cash: 5, tokens: { 11: 20, 21: 100, 22: 100 } }, [market(1), market(2)]);
    const requests = placed(
      act(
        quoteIntent(1, [
          ['BUY', 48, 20],
          ['SELL', 52, 20],
        ]),
      ),
    );
    expect(requests).toMatchObject([
      { side: 'BUY', outcome: 'YES', size: 10_410_000 },
      { side: 'SELL', outcome: 'YES', size: shares(20) },
    ]);
  });
});

describe('transactions', () => {
  it('are approved, counted as pending at once, and hold their cash back', () => {
    const { test, act } = scripted({ cash: 14 });
    const commands = act(transact('split', 1, 10), transact('split', 1, 5));
    expect(ofKind(commands, 'transact').map(({ transaction }) => transaction.request)).toMatchObject([
      { txKey: 't-1', action: 'split', amount: shares(10) },
    ]);
    expect(refusals(test)).toEqual({ notEnoughCash: 1 });
    expect(placed(act(quoteIntent(1, [['BUY', 48, 10]])))).toMatchObject([{ size: 8_330_000 }]);
  });

  it('W16: splits stop at the cap of the market though cash is free', () => {
    const { test, act } = scripted({ cash: 1_000 }, [market(1)], { maxSplitPerMarketUsd: 20 });
    act(...Array.from({ length: 5 }, () => transact('split', 1, 8)));
    expect([...test.state.transactions.pending.keys()]).toEqual(['t-1', 't-2']);
    expect(refusals(test)).toEqual({ splitCap: 3 });
  });

  it('W16: a split that is still on its way counts against the cap in later steps too', () => {
    const { test, act } = scripted({ cash: 1_000 }, [market(1)], { maxSplitPerMarketUsd: 20 });
    for (let round = 0; round < 5; round += 1) act(transact('split', 1, 8));
    expect([...test.state.transactions.pending.keys()]).toEqual(['t-1', 't-2']);
  });

  it('redeem is allowed in a market that takes no orders any more', () => {
    const { test, act } = scripted({ tokens: { 11: 10 } });
    test.step({ kind: 'marketResolved', conditionId: conditionId(1), winner: 'YES' });
    expect(ofKind(act(transact('redeem', 1, 10)), 'transact')).toHaveLength(1);
    test.step({ kind: 'transactionPrepared', txKey: 't-1', hash: '0x1', nonce: 1 });
    test.step({ kind: 'transactionEnded', txKey: 't-1', status: 'confirmed', text: '' });
    const position = test.state.books.positions.get(conditionId(1));
    expect(position).toMatchObject({ yes: { final: 0 }, realisedUsd: dollars(5) });
  });

  it('do not go out in a state that may not transmit', () => {
    const { loop, script } = scriptedLoop({ allowedIn: ['halted'] });
    const test = trading([loop]);
    test.step({ kind: 'operator', order: 'halt', by: 'test', reason: '' });
    script.push([transact('split', 1, 5), quoteIntent(1, [['BUY', 48, 10]])]);
    const commands = wakes(test, 1, 10_000);
    expect(commands.filter(({ kind }) => kind === 'transact' || kind === 'place')).toEqual([]);
    expect(refusals(test)).toEqual({ tradingState: 2 });
  });
});

describe('what a loop asks about', () => {
  it('watches a market once, and lets its book go when it is watched no more', () => {
    const { test, act } = scripted();
    expect(act({ kind: 'watch', conditionIds: [conditionId(1), conditionId(9)] })).toMatchObject([
      { kind: 'watch', markets: [{ conditionId: conditionId(1), tickSize: 100 }] },
    ]);
    expect(act({ kind: 'watch', conditionIds: [conditionId(1)] })).toEqual([]);
    act({ kind: 'unwatch', conditionIds: [conditionId(1)] });
    expect(test.state.markets.get(conditionId(1))).toMatchObject({ watched: false, bookLive: false });
    test.step(book(1, 47, 53));
  });

  it('watches a market for as long as one of the loops wants it, and keeps its live book for the second', () => {
    const first = scriptedLoop();
    const second = scriptedLoop({ name: 'crypto-directional' });
    const test = trading([first.loop, second.loop]);
    const act = (by: typeof first, kind: 'watch' | 'unwatch') => {
      by.script.push([{ kind, conditionIds: [conditionId(1)] }]);
      return wakes(test, 1, 10_000).filter((command) => command.kind === kind);
    };
    const slot = () => test.state.markets.get(conditionId(1));
    expect(act(first, 'watch').length).toBe(1);
    test.step(book(1, 47, 53));
    expect(act(second, 'watch')).toEqual([]);
    expect(slot()).toMatchObject({ bookLive: true, watchedBy: ['market-making', 'crypto-directional'] });
    expect(act(first, 'unwatch')).toEqual([]);
    expect(act(first, 'unwatch')).toEqual([]);
    expect(slot()).toMatchObject({ watched: true, bookLive: true });
    expect(act(second, 'unwatch')).toEqual([{ kind: 'unwatch', conditionIds: [conditionId(1)] }]);
    expect(slot()).toMatchObject({ watched: false, bookLive: false, watchedBy: [] });
    act(second, 'watch');
    test.step(runStarted('run-2'));
    expect(slot()).toMatchObject({ watched: false, watchedBy: [] });
  });

  it('notes the reads that reconciliation waits for', () => {
    const { test, act } = scripted();
    act({ kind: 'readOpenOrders' }, { kind: 'readTrades', sinceMs: 5 }, { kind: 'readBalances', tokens: [] });
    const { reads } = test.state.reconciliation;
    expect(Object.values(reads).map(({ askedAtMs }) => askedAtMs)).toEqual([
      test.nowMs,
      test.nowMs,
      test.nowMs,
    ]);
  });
});
