import { describe, expect, it } from 'vitest';
import type { ConditionId, TokenId } from '../domain/market.ts';
import type { OrderId } from '../domain/order.ts';
import type { Command, Input } from '../kernel/messages.ts';
import { market, orderIdOf } from '../kernel/test-support/test-kernel.ts';
import {
  approvedSplit,
  clientIds,
  ids,
  lost,
  place,
  runner,
  watched,
} from './test-support/effects-on-ports.ts';

describe('placing', () => {
  it('reports the ids before anything is sent, then the answers', async () => {
    const { run, calls, inputs } = runner();
    await run(place());
    expect(calls).toEqual(['prepare', 'place']);
    expect(inputs).toEqual([
      { kind: 'ordersPrepared', orders: clientIds.map((id) => [id, orderIdOf(id)]) },
      { kind: 'ordersAnswered', answers: clientIds.map((id) => [id, { result: 'live' }]) },
    ]);
  });

  it('W6: a lost answer leaves every order of the batch unknown, never refused', async () => {
    const { run, inputs } = runner({ place: lost('timeout') });
    await run(place());
    const answer = { result: 'unknown', code: 'timeout', text: 'timeout happened' };
    expect(inputs.at(-1)).toEqual({ kind: 'ordersAnswered', answers: clientIds.map((id) => [id, answer]) });
  });

  it('W13: a halt after signing stops what was already signed', async () => {
    const { run, calls, inputs } = runner({}, () => false);
    await run(place());
    expect(calls).toEqual(['prepare']);
    expect(inputs.at(-1)).toMatchObject({ answers: clientIds.map((id) => [id, { result: 'notSent' }]) });
  });

  it('W13: asks after signing, not before it', async () => {
    let allowed = true;
    const { run, calls } = runner({}, () => allowed);
    const placing = run(place());
    allowed = false;
    await placing;
    expect(calls).toEqual(['prepare']);
  });

  it('W13: lets the venue ask again, for orders that wait for a connection when the halt comes', async () => {
    let asked = 0;
    const { run, inputs } = runner({}, () => {
      asked += 1;
      return asked === 1;
    });
    await run(place());
    expect(inputs.at(-1)).toMatchObject({ answers: clientIds.map((id) => [id, { result: 'notSent' }]) });
  });

  it('a failed signature sends nothing, and says so of every order', async () => {
    const { run, calls, inputs } = runner({ prepare: new Error('bad key') });
    await run(place());
    expect(calls).toEqual(['prepare']);
    expect(inputs).toMatchObject([
      {
        kind: 'ordersAnswered',
        answers: clientIds.map((id) => [id, { result: 'notSent', text: 'signing failed: bad key' }]),
      },
    ]);
  });

  it('an order that signing left out is not sent and does not stay without an answer', async () => {
    const { run, inputs } = runner({ signs: 1 });
    await run(place());
    const answers = inputs.flatMap((input) => (input.kind === 'ordersAnswered' ? [...input.answers] : []));
    expect(new Map(answers)).toEqual(
      new Map([
        ['o-1', { result: 'live' }],
        ['o-2', { result: 'notSent', text: 'signing gave no order back' }],
      ]),
    );
  });
});

describe('canceling', () => {
  it('reports what was asked for beside what was canceled', async () => {
    const { run, inputs } = runner();
    await run({ kind: 'cancel', orderIds: ids, reason: 'test' }, { kind: 'cancelAll', reason: 'test' });
    expect(inputs).toEqual([
      { kind: 'cancelAnswered', requested: ids, canceled: ids, notCanceled: [] },
      { kind: 'cancelAnswered', requested: [], canceled: [], notCanceled: [] },
    ]);
  });

  it('W6: a lost answer is a failed cancel, and the orders may still be live', async () => {
    const { run, inputs } = runner({ cancel: lost('connection') });
    await run({ kind: 'cancel', orderIds: ids, reason: 'test' });
    expect(inputs).toEqual([
      { kind: 'cancelFailed', requested: ids, code: 'connection', text: 'connection happened' },
    ]);
  });

  it('goes out in every state, because a halt must not hold back a cancel', async () => {
    const { run, calls } = runner({}, () => false);
    await run({ kind: 'cancelAll', reason: 'halt' }, { kind: 'cancel', orderIds: ids, reason: 'halt' });
    expect(calls).toEqual(['cancelAll', 'cancel 2']);
  });

  it('leaves after the placement that was asked for before it, but a cancel of everything waits for nothing', async () => {
    const { run, calls } = runner();
    const cancel = { kind: 'cancel', orderIds: ids, reason: 'replaced' } as const;
    await run(place(), cancel, { kind: 'cancelAll', reason: 'halt' });
    expect(calls).toEqual(['prepare', 'cancelAll', 'place', 'cancel 2']);
  });

  it('goes out though the signing before it never ends: a slow signer keeps no quote alive', async () => {
    const { effects, calls } = runner({ signsNever: true });
    effects.run(place());
    effects.run({ kind: 'cancel', orderIds: ids, reason: 'the mid has passed it' });
    const endMs = performance.now() + 10_000;
    while (calls.length < 2 && performance.now() < endMs)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(calls).toEqual(['prepare', 'cancel 2']);
  });

  it('goes out even when the signing before it failed', async () => {
    const { run, calls } = runner({ prepare: new Error('bad key') });
    await run(place(), { kind: 'cancel', orderIds: ids, reason: 'replaced' });
    expect(calls).toEqual(['prepare', 'cancel 2']);
  });
});

describe('transactions', () => {
  const transact: Command = { kind: 'transact', transaction: approvedSplit() };

  it('report hash and nonce before they are sent', async () => {
    const { run, calls, inputs } = runner();
    await run(transact);
    expect(calls).toEqual(['chain prepare', 'send']);
    expect(inputs).toEqual([
      { kind: 'transactionPrepared', txKey: 't-1', hash: '0xh', nonce: 3 },
      { kind: 'transactionEnded', txKey: 't-1', status: 'confirmed', text: 'mined' },
    ]);
  });

  it('whose fate was not learnt are unknown, and those never signed are not sent', async () => {
    const unknown = runner({ send: lost('timeout') });
    await unknown.run(transact);
    expect(unknown.inputs.at(-1)).toMatchObject({ status: 'unknown' });
    const unsigned = runner({ chainPrepare: lost('wouldRevert') });
    await unsigned.run(transact);
    expect(unsigned.inputs).toMatchObject([{ kind: 'transactionEnded', status: 'notSent' }]);
  });

  it('are not signed after a halt', async () => {
    const { run, calls, inputs } = runner({}, () => false);
    await run(transact);
    expect(calls).toEqual([]);
    expect(inputs).toMatchObject([{ kind: 'transactionEnded', txKey: 't-1', status: 'notSent' }]);
  });
});

describe('reads', () => {
  const reads: readonly (readonly [Command, string, Input['kind'], string])[] = [
    [{ kind: 'readMarkets' }, 'markets', 'marketsListed', 'markets'],
    [{ kind: 'readBook', market: watched }, 'readBook', 'book', 'book'],
    [{ kind: 'readOpenOrders' }, 'openOrders', 'openOrdersRead', 'openOrders'],
    [
      {
        kind: 'readPriceHistory',
        conditionId: watched.conditionId,
        yesTokenId: '11' as TokenId,
        sinceMs: 9,
        stepMs: 1,
      },
      'priceHistory 11',
      'priceHistoryRead',
      'priceHistory',
    ],
    [{ kind: 'readEarnings', date: '2026-11-22' }, 'earnings 2026-11-22', 'earningsRead', 'earnings'],
    [{ kind: 'readDailyCloses', coin: 'BTC', days: 60 }, 'closes BTC 60', 'dailyClosesRead', 'dailyCloses'],
    [
      { kind: 'readCandles', coin: 'BTC', step: '1h', fromMs: 7 },
      'candles BTC 1h 7',
      'candlesRead',
      'candles',
    ],
    [{ kind: 'readResolutions', markets: [] }, 'resolutions 0', 'resolutionsRead', 'resolutions'],
    [{ kind: 'readOrder', orderId: ids[0] as OrderId }, 'order', 'orderRead', 'order'],
    [{ kind: 'readTrades', sinceMs: 9 }, 'trades 9', 'tradesRead', 'trades'],
    [
      { kind: 'readBalances', tokens: ['11'] as TokenId[], transfersAfterBlock: null },
      'balances 1',
      'balancesRead',
      'balances',
    ],
    [
      { kind: 'readTransaction', txKey: 't-1', hash: '0xh', nonce: 3 },
      'read',
      'transactionEnded',
      'transaction',
    ],
  ];

  it.each(reads)('%j is one call and one input', async (command, called, kind) => {
    const { run, calls, inputs } = runner();
    await run(command);
    expect(calls).toEqual([called]);
    expect(inputs.map((input) => input.kind)).toEqual([kind]);
    if (kind !== 'marketsListed' && kind !== 'book' && kind !== 'transactionEnded')
      expect(inputs[0]).toMatchObject({ askedAtMs: 1_000 });
  });

  it('a long list comes in piece by piece, the last one telling that it is whole', async () => {
    const markets = Array.from({ length: 1_001 }, (_, n) => market(n));
    const { run, inputs } = runner({ listed: markets });
    await run({ kind: 'readMarkets' });
    const parts = inputs.flatMap((input) => (input.kind === 'marketsListed' ? [input] : []));
    expect(parts.map((part) => [part.markets.length, part.more])).toEqual([
      [500, true],
      [500, true],
      [1, undefined],
    ]);
    expect(parts.flatMap((part) => part.markets)).toEqual(markets);
  });

  it('balances come after the transfers that led to them, and not where those are not all known', async () => {
    const command = { kind: 'readBalances', tokens: [], transfersAfterBlock: 3 } as const;
    const whole = runner();
    await whole.run(command);
    expect(whole.calls).toEqual(['balances 0', 'transfers 3 7']);
    expect(whole.inputs).toMatchObject([
      { kind: 'transfersRead', afterBlock: 3, toBlock: 7, finalBlock: 5, askedAtMs: 1_000 },
      { kind: 'balancesRead', blockNumber: 7, askedAtMs: 1_000 },
    ]);
    const partly = runner({ reachesTo: 6 });
    await partly.run(command);
    expect(partly.inputs).toMatchObject([
      { kind: 'transfersRead', afterBlock: 3, toBlock: 6 },
      { kind: 'readFailed', read: 'balances', code: 'transfersBehind' },
    ]);
  });

  it.each(reads)('%j that fails is an input too', async (command, _called, _kind, name) => {
    const { run, inputs } = runner({ reads: lost('http') });
    await run(command);
    expect(inputs).toMatchObject([{ kind: 'readFailed', read: name, code: 'http', text: 'http happened' }]);
  });
});

describe('the other commands', () => {
  it('hands a change of a setting on, once, and answers nothing by itself', async () => {
    const { run, changes, calls, inputs } = runner();
    await run({ kind: 'changeSetting', name: 'CD_MIN_EDGE_PTS', to: 6, reason: 'few win' });
    expect(changes).toEqual(['CD_MIN_EDGE_PTS 6 few win']);
    expect([calls, inputs]).toEqual([[], []]);
  });

  it('watch, tell, note nothing of a decision, and end the run', async () => {
    const { run, calls, exits, log, inputs } = runner();
    const conditionId = watched.conditionId as ConditionId;
    await run(
      { kind: 'watch', markets: [watched] },
      { kind: 'unwatch', conditionIds: [conditionId] },
      { kind: 'watchSpot', coins: ['BTC', 'ETH'] },
      { kind: 'notify', level: 'warning', text: 'look' },
      {
        kind: 'decision',
        conditionId,
        why: { inputs: null, notQuoted: null, placed: [], refused: [], canceled: [], kept: [], deferred: [] },
      },
      { kind: 'exit', reason: 'done' },
    );
    expect(calls).toEqual(['watch 1', 'unwatch 1', 'watchSpot BTC,ETH']);
    expect(log.lines).toEqual(['warning: look']);
    expect(exits).toEqual(['done']);
    expect(inputs).toEqual([]);
  });
});
