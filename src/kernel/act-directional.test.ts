import { describe, expect, it } from 'vitest';
import { leastExpirationS } from '../domain/order.ts';
import { defaultSettings } from '../settings/index.ts';
import { signalOf } from './directional.ts';
import type { Intent } from './loop.ts';
import { exitBecause, signalOn } from './test-support/directional-cases.ts';
import {
  accept,
  book,
  cents,
  conditionId,
  dollars,
  fillOf,
  laterProcess,
  market,
  noToken,
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
  type WalletTerms,
  wakes,
  yesToken,
} from './test-support/test-kernel.ts';

type EnterIntent = Extract<Intent, { kind: 'enter' }>;

function scripted(terms: WalletTerms = {}, cd: Partial<ReturnType<typeof defaultSettings>['cd']> = {}) {
  const { loop, script } = scriptedLoop({ name: 'crypto-directional' });
  const settings = strategySettings({}, { cd: { ...defaultSettings().cd, ...cd } });
  const test = trading([loop], settings, [market(1), market(2)], terms);
  const act = (...intents: readonly Intent[]) => {
    script.push(intents);
    return wakes(test, 1, 10_000);
  };
  /** Buys 10 YES of market 1 at 47 cents with an order that rests. */
  const entry = (change: Partial<EnterIntent> = {}): EnterIntent => ({
    kind: 'enter',
    signal: signalOn(1),
    endAtMs: test.nowMs + 10 * 86_400_000,
    size: shares(10),
    spend: null,
    expirationS: leastExpirationS(test.nowMs) + 900,
    ...change,
  });
  return { test, act, entry };
}

const leaveAt = (at: number, size = 10, cause: 'stopped' | 'expiry' = 'stopped'): Intent => ({
  kind: 'leave',
  conditionId: conditionId(1),
  size: shares(size),
  price: cents(at),
  exit: exitBecause(cause),
  isNews: true,
});

const actionOf = (test: TestKernel, n = 1): string | undefined =>
  signalOf(test.state, conditionId(n))?.action;

/** 10 YES of market 1, bought and confirmed. */
function holding(terms: WalletTerms = {}) {
  const scene = scripted(terms);
  const { test, act, entry } = scene;
  const commands = act(entry());
  accept(test, commands);
  const [order] = placed(commands);
  if (order === undefined) throw new Error('expected an entry');
  test.step({ kind: 'fill', fill: fillOf(order, 't-1', 10, 'CONFIRMED', test.nowMs) });
  return { ...scene, order };
}

describe('an entry', () => {
  it('rests at the price of its signal until its end, and is told with its signal', () => {
    const { test, act, entry } = scripted();
    const intent = entry();
    const commands = act(intent);
    expect(placed(commands)).toMatchObject([
      {
        clientId: 'e-1',
        conditionId: conditionId(1),
        tokenId: yesToken(1),
        outcome: 'YES',
        side: 'BUY',
        price: cents(47),
        size: shares(10),
        timeInForce: 'GTD',
        postOnly: true,
        expirationS: intent.expirationS,
      },
    ]);
    const signal = { id: 1, action: 'entered', clientId: 'e-1' };
    expect(ofKind(commands, 'directional')).toMatchObject([
      { note: { of: 'signal', signal } },
      { note: { of: 'entry', clientId: 'e-1', signal } },
    ]);
    expect(test.state.orders.byClientId.get('e-1' as never)?.tags).toEqual({
      loop: 'crypto-directional',
      purpose: 'entry',
      level: 0,
    });
    expect(test.state.directional.positions.get(conditionId(1))).toMatchObject({ bought: 0, signalId: 1 });
    expect(test.state.directionalDay).toMatchObject({ entries: 1, usd: dollars(4.7) });
    expect(test.state.orders.reserved.cash).toBe(dollars(4.7));
    expect(test.state.endedClean).toBe(false);
  });

  it('that takes spends whole cents at once, and buys NO as well as YES', () => {
    const { act, entry } = scripted();
    const signal = signalOn(1, { outcome: 'NO', price: cents(53) });
    expect(placed(act(entry({ signal, spend: dollars(5.3) })))).toMatchObject([
      {
        tokenId: noToken(1),
        outcome: 'NO',
        timeInForce: 'FAK',
        postOnly: false,
        spend: dollars(5.3),
        expirationS: 0,
      },
    ]);
  });

  it('W24: is not made twice in one market, also within one step', () => {
    const { test, act, entry } = scripted();
    expect(placed(act(entry(), entry())).length).toBe(1);
    expect(test.state.counts.refused).toEqual({ entryHeld: 1 });
    expect(placed(act(entry())).length).toBe(0);
  });

  it('is refused, with the limit in its signal, and leaves no trace in the books', () => {
    const { test, act, entry } = scripted({}, { minTradeUsd: 5 });
    const commands = act(entry());
    expect(placed(commands)).toEqual([]);
    expect(ofKind(commands, 'directional')).toMatchObject([
      {
        note: {
          of: 'signal',
          signal: { action: 'refused', why: 'refused: entry too small (4.70 USD, limit 5.00 USD)' },
        },
      },
    ]);
    expect(test.state.counts.refused).toEqual({ entrySize: 1 });
    expect([test.state.directional.positions.size, test.state.directionalDay.entries]).toEqual([0, 0]);
    expect(test.state.nextOrder).toBe(1);
  });

  it('counts the edge that is left after costs, not what the probability alone says', () => {
    const { test, act, entry } = scripted();
    act(entry({ signal: signalOn(1, { edgePts: 4.9 }) }));
    act(entry({ signal: signalOn(1, { probability: 0.5 }) }));
    expect(test.state.counts.refused).toEqual({ entryEdge: 2 });
    expect(placed(act(entry({ signal: signalOn(1, { edgePts: 5, probability: 0.52 }) }))).length).toBe(1);
  });

  it('is refused where shares are held, and not where only dust is', () => {
    const held = scripted({ tokens: { [noToken(1)]: 5 } });
    expect(placed(held.act(held.entry()))).toEqual([]);
    expect(held.test.state.counts.refused).toEqual({ entryHeld: 1 });
    expect(signalOf(held.test.state, conditionId(1))?.why).toBe(
      'refused: shares are held in this market (5, limit 5)',
    );
    const dust = scripted({ tokens: { [noToken(1)]: 4.99 } });
    expect(placed(dust.act(dust.entry())).length).toBe(1);
  });

  it('is refused where an order of ours is, whoever made it', () => {
    const { test, act, entry } = scripted();
    accept(test, act(quoteIntent(1, [['BUY', 46, 10]])));
    expect(placed(act(entry()))).toEqual([]);
    expect(test.state.counts.refused).toEqual({ entryHeld: 1 });
  });

  it('is refused while a split is under way there', () => {
    const { test, act, entry } = scripted();
    const split = { kind: 'transact', action: 'split', amount: shares(10), why: 'test' } as const;
    act({ ...split, conditionId: conditionId(1) });
    expect(placed(act(entry()))).toEqual([]);
    expect(test.state.counts.refused).toEqual({ entryHeld: 1 });
  });

  it('is refused where it would end sooner than the venue takes', () => {
    const { test, act, entry } = scripted();
    expect(placed(act(entry({ expirationS: leastExpirationS(test.nowMs + 10_000) - 1 })))).toEqual([]);
    expect(test.state.counts.refused).toEqual({ badTerms: 1 });
    expect(placed(act(entry({ expirationS: leastExpirationS(test.nowMs + 10_000) }))).length).toBe(1);
  });

  it('is refused before the wallet was read for the tokens of its market', () => {
    const { test, act, entry } = scripted();
    test.step({ kind: 'marketsListed', markets: [market(1), market(2), market(3)] });
    test.step(book(3, 47, 53));
    expect(placed(act(entry({ signal: signalOn(3) })))).toEqual([]);
    expect(test.state.counts.refused).toEqual({ tokensUnread: 1 });
  });

  it('rests after the venue has rejected the same again and again', () => {
    const { test, act, entry } = scripted();
    const rejected = { result: 'rejected', code: 'notEnoughBalance', text: 'balance' } as const;
    for (let n = 0; n < 5; n += 1) {
      const [order] = placed(act(entry()));
      if (order === undefined) throw new Error('expected an entry');
      test.step({ kind: 'ordersAnswered', answers: [[order.clientId, rejected]] });
      expect(test.state.directional.positions.size).toBe(0);
    }
    expect(placed(act(entry()))).toEqual([]);
    expect(test.state.counts.refused).toEqual({ restsAfterRejection: 1 });
  });

  it('counts every position that is held or on its way against their number', () => {
    const { test, act, entry } = scripted({}, { maxConcurrentPositions: 1 });
    act(entry(), entry({ signal: signalOn(2) }));
    expect(test.state.counts.refused).toEqual({ entryPositions: 1 });
    expect(actionOf(test, 2)).toBe('refused');
  });

  it('is dropped with its position where the loop breaks before it is sent', () => {
    const { test, act, entry } = scripted();
    act(entry(), entry({ signal: signalOn(2, { price: null }) }));
    expect(test.state.counts.faults).toBe(1);
    test.step({ kind: 'wake' });
    expect([test.state.directional.positions.size, test.state.orders.reserved.cash]).toEqual([0, 0]);
  });
});

describe('an entry that rests', () => {
  function resting() {
    const scene = scripted();
    const commands = scene.act(scene.entry());
    accept(scene.test, commands);
    const [order] = placed(commands);
    if (order === undefined) throw new Error('expected an entry');
    return { ...scene, order, orderId: orderIdOf(order.clientId) };
  }
  const positionsIn = ({ state }: TestKernel): number => state.directional.positions.size;

  it('is over when the venue says that it has ended it, and gives its money back', () => {
    const { test, order, orderId } = resting();
    const endsAtMs = (order.expirationS - 60) * 1_000;
    test.step({ kind: 'wake' }, endsAtMs - test.nowMs);
    expect(positionsIn(test)).toBe(1);
    test.step({ kind: 'orderSeen', orderId, status: 'CANCELED', matchedSize: shares(0) });
    expect(test.state.orders.byClientId.get(order.clientId)?.state).toBe('expired');
    expect([positionsIn(test), test.state.orders.reserved.cash]).toEqual([0, 0]);
  });

  it('W24: counts no more in its day once it has ended without a fill, and counts again when one comes late', () => {
    const { test, order, orderId } = resting();
    expect(test.state.directionalDay).toMatchObject({ entries: 1, usd: dollars(4.7) });
    test.step({ kind: 'orderSeen', orderId, status: 'CANCELED', matchedSize: shares(0) });
    expect(test.state.directionalDay).toMatchObject({ entries: 0, usd: 0 });
    test.step({ kind: 'fill', fill: fillOf(order, 't-9', 10, 'MATCHED', test.nowMs) });
    expect(positionsIn(test)).toBe(1);
    expect(test.state.directionalDay).toMatchObject({ entries: 1, usd: dollars(4.7) });
  });

  it('takes nothing out of a later day than its own', () => {
    const { test, act, entry, orderId } = resting();
    test.step({ kind: 'wake' }, 86_400_000);
    act(entry({ signal: signalOn(2) }));
    const { entries, usd } = test.state.directionalDay;
    test.step({ kind: 'orderSeen', orderId, status: 'CANCELED', matchedSize: shares(0) });
    expect(positionsIn(test)).toBe(1);
    expect([entries, usd, test.state.directionalDay.entries]).toEqual([1, dollars(4.7), 1]);
  });

  it('is found ended by the list of live orders where the frame was lost', () => {
    const { test, order, orderId } = resting();
    test.step({ kind: 'wake' }, (order.expirationS - 50) * 1_000 - test.nowMs);
    test.step({ kind: 'openOrdersRead', orders: [], askedAtMs: test.nowMs });
    expect(test.state.orders.byClientId.get(order.clientId)?.doubt).toMatch(/missing/);
    expect(positionsIn(test)).toBe(1);
    test.step({ kind: 'orderRead', orderId, order: null, askedAtMs: test.nowMs });
    expect([positionsIn(test), test.state.orders.reserved.cash]).toEqual([0, 0]);
  });

  it('is taken back while only reductions are allowed, and again where that was lost', () => {
    const { test, orderId } = resting();
    const order = { kind: 'operator', order: 'reduce', by: 'me', reason: 'test' } as const;
    const cancels = ofKind(test.step(order), 'cancel');
    expect(cancels).toMatchObject([{ orderIds: [orderId], reason: 'only reductions are allowed' }]);
    test.step({ kind: 'cancelFailed', requested: [orderId], code: 'timeout', text: 'lost' });
    expect(ofKind(wakes(test, 1, 1_000), 'cancel')).toEqual([]);
    expect(test.kernel.nextWakeAtMs()).toBeLessThanOrEqual(test.nowMs + 1_000);
    expect(ofKind(wakes(test, 1, 1_000), 'cancel')).toMatchObject([{ orderIds: [orderId] }]);
  });

  it.each([
    ['a pause', { kind: 'operator', order: 'pause', by: 'me', reason: 'test' }],
    ['a stop', { kind: 'operator', order: 'stop', by: 'me', reason: 'test' }],
    ['the loss of the market feed', { kind: 'feed', feed: 'market', up: false, reason: 'closed' }],
    ['the loss of the user feed', { kind: 'feed', feed: 'user', up: false, reason: 'closed' }],
  ] as const)('is cancelled with everything else by %s', (_name, input) => {
    const { test, order } = resting();
    expect(ofKind(test.step(input), 'cancelAll').length).toBe(1);
    expect(test.state.orders.byClientId.get(order.clientId)?.state).toBe('cancelInFlight');
  });

  it('is left alone by the quotes of its market', () => {
    const { test, act } = resting();
    expect(ofKind(act(quoteIntent(1, [])), 'cancel')).toEqual([]);
    expect(positionsIn(test)).toBe(1);
  });

  it('is cancelled when its position is sold', () => {
    const { test, act, order, orderId } = resting();
    test.step({ kind: 'fill', fill: fillOf(order, 't-1', 6, 'CONFIRMED', test.nowMs) });
    test.step(book(1, 48, 53));
    const commands = act(leaveAt(48));
    expect(ofKind(commands, 'cancel')).toMatchObject([{ orderIds: [orderId] }]);
    expect(placed(commands)).toMatchObject([{ clientId: 'x-2', size: shares(6) }]);
  });
});

describe('an exit', () => {
  it('sells what is held at once, at its price or better', () => {
    const { test, act } = holding();
    const commands = act(leaveAt(46));
    expect(placed(commands)).toMatchObject([
      {
        clientId: 'x-2',
        tokenId: yesToken(1),
        side: 'SELL',
        price: cents(46),
        size: shares(10),
        timeInForce: 'FAK',
        postOnly: false,
        expirationS: 0,
      },
    ]);
    expect(ofKind(commands, 'directional')).toMatchObject([
      { note: { of: 'exit', clientId: 'x-2', conditionId: conditionId(1), exit: { cause: 'stopped' } } },
    ]);
    expect(test.state.orders.byClientId.get('x-2' as never)?.tags.purpose).toBe('exit');
  });

  it('sells no more than is wanted, and nothing that is for sale already', () => {
    const { test, act } = holding();
    accept(test, act(leaveAt(46, 5)));
    expect(placed(act(leaveAt(46, 10)))).toMatchObject([{ size: shares(5) }]);
    expect(placed(act(leaveAt(46, 10)))).toEqual([]);
  });

  it('sells only what was bought here, not what the wallet holds besides', () => {
    const { test, act } = holding({ tokens: { [yesToken(1)]: 4.5 } });
    const commands = act(leaveAt(46, 14));
    expect(placed(commands)).toMatchObject([{ size: shares(10) }]);
    accept(test, commands);
    expect(placed(act(leaveAt(46, 14)))).toEqual([]);
    expect(test.state.counts.refused).toEqual({});
  });

  it('waits for shares that the chain has not confirmed', () => {
    const { test, act, entry } = scripted();
    const commands = act(entry());
    accept(test, commands);
    const [order] = placed(commands);
    if (order === undefined) throw new Error('expected an entry');
    test.step({ kind: 'fill', fill: fillOf(order, 't-1', 10, 'MATCHED', test.nowMs) });
    expect(placed(act(leaveAt(46)))).toEqual([]);
    test.step({ kind: 'fill', fill: fillOf(order, 't-1', 10, 'CONFIRMED', test.nowMs) });
    expect(placed(act(leaveAt(46))).length).toBe(1);
  });

  it('goes on while only reductions are allowed, and not while nothing may be sent', () => {
    const { test, act } = holding();
    test.step({ kind: 'operator', order: 'reduce', by: 'me', reason: 'test' });
    expect(placed(act(leaveAt(46, 5))).length).toBe(1);
    test.step({ kind: 'operator', order: 'pause', by: 'me', reason: 'test' });
    expect(placed(act(leaveAt(46, 5)))).toEqual([]);
  });

  it('that is refused is counted each time, and told once for each reason', () => {
    const { test, act } = holding();
    const refusedExit = () => ofKind(act(leaveAt(30)), 'notify').map(({ text }) => text);
    expect(refusedExit()).toEqual([expect.stringMatching(/exit from Question 1\? is refused: .*far from/)]);
    expect(refusedExit()).toEqual([]);
    expect(test.state.counts.refused).toEqual({ tooFarFromMid: 2 });
    accept(test, act(leaveAt(46, 5)));
    expect(refusedExit().length).toBe(1);
  });

  it('W24: is told to a person once it is approved, with what is really sent, and only where it is news', () => {
    const { test, act } = holding({ tokens: { [noToken(1)]: 0.02 } });
    const texts = (intent: Intent) => ofKind(act(intent), 'notify').map(({ text }) => text);
    expect(texts(leaveAt(46))).toEqual([
      expect.stringMatching(/^9\.98 YES of market-1 are offered for 46 cents or more: /),
    ]);
    test.step({ kind: 'ordersAnswered', answers: [['x-2' as never, { result: 'notSent', text: 'test' }]] });
    expect(texts({ ...leaveAt(46), isNews: false } as Intent)).toEqual([]);
  });

  it('W24: waits for no order tokens that quotes have used up, and uses up no more than its credit', () => {
    const { test, act } = holding();
    const waits = (tokens: number) => {
      test.state.orderBudget.tokens = tokens;
      test.state.orderBudget.atMs = test.nowMs + 10_000;
      const commands = act(leaveAt(46, 5));
      for (const { clientId } of placed(commands))
        test.step({ kind: 'ordersAnswered', answers: [[clientId, { result: 'notSent', text: 'test' }]] });
      return placed(commands).length === 0;
    };
    expect([waits(0), waits(-1), waits(-1.01)]).toEqual([false, false, true]);
    expect(test.state.counts.refused).toEqual({ orderRate: 1 });
  });

  it('of a market that has no position is nothing', () => {
    const { act } = scripted({ tokens: { [yesToken(1)]: 10 } });
    expect(placed(act(leaveAt(46)))).toEqual([]);
  });
});

describe('a restart', () => {
  it('keeps positions, signals and the entries of the day, and drops an entry that was never signed', () => {
    const { test, act, entry } = holding();
    act(entry({ signal: signalOn(2) }));
    expect(test.state.directional.positions.size).toBe(2);
    const later = laterProcess(test, [], 1_000);
    later.step(runStarted('run-2', test.state.settings));
    expect([...later.state.directional.positions.values()]).toMatchObject([
      { conditionId: conditionId(1), bought: shares(10), signalId: 1 },
    ]);
    expect(later.state.directionalDay).toMatchObject({ entries: 1, usd: dollars(4.7) });
    expect(signalOf(later.state, conditionId(2))).toMatchObject({ action: 'entered', clientId: 'e-2' });
  });
});

it('a signal and a review are kept or journaled as they are', () => {
  const { test, act } = scripted();
  const review = {
    id: 1,
    atMs: 1,
    signals: 1,
    positions: 0,
    scores: { accuracy: 5, entry: 5, exit: null, modelFitness: 5, overall: 5 },
    suggestions: [],
    insights: [],
    patterns: [],
    summary: 'fair',
    raw: '{}',
  };
  const commands = act({ kind: 'signal', signal: signalOn(1) }, { kind: 'review', review });
  expect(ofKind(commands, 'directional')).toEqual([
    { kind: 'directional', note: { of: 'signal', signal: signalOn(1) } },
    { kind: 'directional', note: { of: 'review', review } },
  ]);
  expect(actionOf(test)).toBe('confirming');
});
