import { describe, expect, it } from 'vitest';
import type { ClientId } from '../../domain/order.ts';
import type { Input } from '../../kernel/messages.ts';
import { enterMarket, leaveMarket } from '../../kernel/test-support/directional-cases.ts';
import {
  accept,
  book,
  conditionId,
  confirmCancels,
  fillOf,
  market,
  noToken,
  ofKind,
  orderIdOf,
  placed,
  strategySettings,
  type TestKernel,
  trading,
  type WalletTerms,
  wakes,
  yesToken,
} from '../../kernel/test-support/test-kernel.ts';
import { maintenance } from '../maintenance/loop.ts';
import { marketMaking } from './loop.ts';
import type { MarketMakingMemory } from './memory.ts';

const settings = (mm: Parameters<typeof strategySettings>[0] = {}) =>
  strategySettings({ useSplitMerge: false, requoteMinGapMs: 0, minQuoteLifetimeSeconds: 1, ...mm });

const memoryOf = (test: TestKernel): MarketMakingMemory =>
  test.state.loops.get('market-making')?.memory as MarketMakingMemory;

const on = (mm: Parameters<typeof strategySettings>[0] = {}): Input => ({
  kind: 'settingsChanged',
  settings: settings(mm),
  by: 'test',
});

/** Two markets that market-making would quote, were it on. */
function idle(terms: WalletTerms = {}): TestKernel {
  return trading([maintenance, marketMaking], settings({ enabled: false }), [market(1), market(2)], terms);
}

/** Market-making is switched on, and its orders of the next half minute are taken. */
function quotedIn(test: TestKernel, mm: Parameters<typeof strategySettings>[0] = {}): Set<string> {
  const first = test.step(on(mm));
  const commands = [...first, ...wakes(test, 1, 1_000)];
  // What is watched anew is quoted on the book that comes.
  for (const n of [1, 2]) commands.push(...test.step(book(n, 47, 53)));
  commands.push(...wakes(test, 3, 10_000));
  accept(test, commands);
  return new Set(
    placed(commands)
      .filter(({ clientId }) => clientId.startsWith('o-'))
      .map((one) => one.conditionId),
  );
}

function fillEntry(test: TestKernel, clientId: ClientId, size: number, tradeId = 't-1'): void {
  const record = test.state.orders.byClientId.get(clientId);
  if (record === undefined) throw new Error('expected an entry');
  test.step({ kind: 'fill', fill: fillOf(record.request, tradeId, size, 'CONFIRMED', test.nowMs) });
}

const sent = (test: TestKernel, clientId: ClientId): void => {
  test.step({ kind: 'ordersPrepared', orders: [[clientId, orderIdOf(clientId)]] });
  test.step({ kind: 'ordersAnswered', answers: [[clientId, { result: 'live' }]] });
};

const ended = (test: TestKernel, clientId: ClientId) =>
  test.step({
    kind: 'orderSeen',
    orderId: orderIdOf(clientId),
    status: 'CANCELED',
    matchedSize: test.state.orders.byClientId.get(clientId)?.matched ?? null,
  });

describe('a market in which a directional entry rests', () => {
  it('is not quoted, says why, and is once the entry has ended without a fill', () => {
    const test = idle();
    const entry = enterMarket(test.state, 1, 10);
    sent(test, entry);
    expect(quotedIn(test)).toEqual(new Set([conditionId(2)]));
    expect(memoryOf(test).excluded.get(conditionId(1))).toBe('held by crypto-directional trading');
    const told = ofKind(test.commands, 'decision').flatMap(({ conditionId: id, why }) =>
      id === null ? why.excluded : [],
    );
    expect(told).toContainEqual(['held by crypto-directional trading', [conditionId(1)]]);
    expect(test.state.orders.byClientId.get(entry)?.state).toBe('open');
    ended(test, entry);
    const later = wakes(test, 2, 10_000);
    expect(placed(later).some((one) => one.conditionId === conditionId(1))).toBe(true);
  });
});

describe('a market that its listing rules out', () => {
  const entered = (): { test: TestKernel; entry: ClientId } => {
    const listed = [market(1, { endAtMs: null }), market(2)];
    const test = trading([maintenance, marketMaking], settings({ enabled: false }), listed);
    const entry = enterMarket(test.state, 1, 10);
    sent(test, entry);
    return { test, entry };
  };
  const placedIn1 = (test: TestKernel) =>
    placed(wakes(test, 3, 10_000)).filter((one) => one.conditionId === conditionId(1));

  it('is not quoted because a directional entry has rested in it', () => {
    const { test, entry } = entered();
    expect(quotedIn(test)).toEqual(new Set([conditionId(2)]));
    ended(test, entry);
    expect(placedIn1(test)).toEqual([]);
    expect(memoryOf(test).excluded.get(conditionId(1))).toBe('no end date');
  });

  it('is only sold in after a directional position was closed in it and has left something', () => {
    const { test, entry } = entered();
    fillEntry(test, entry, 10);
    expect(quotedIn(test)).toEqual(new Set([conditionId(2)]));
    const exit = leaveMarket(test.state, 1, 10);
    sent(test, exit);
    fillEntry(test, exit, 6, 't-2');
    ended(test, exit);
    expect(placedIn1(test).filter(({ side }) => side === 'BUY')).toEqual([]);
    expect(memoryOf(test).leaving.has(conditionId(1))).toBe(true);
  });
});

describe('a market with a directional position', () => {
  function held(mm: Parameters<typeof strategySettings>[0] = {}, terms: WalletTerms = {}) {
    const test = idle(terms);
    const entry = enterMarket(test.state, 1, 10);
    sent(test, entry);
    fillEntry(test, entry, 10);
    return { test, quoted: quotedIn(test, mm) };
  }

  it('is watched and neither quoted nor sold by market-making, nor split or merged', () => {
    // The wallet holds less of NO than keeps an entry out, and enough for pairs.
    const { test, quoted } = held(
      { useSplitMerge: true, mergeThreshold: 1 },
      { tokens: { [noToken(1)]: 4 } },
    );
    expect(quoted).toEqual(new Set([conditionId(2)]));
    expect(test.state.markets.get(conditionId(1))?.watched).toBe(true);
    test.step({ kind: 'marketsListed', markets: [market(1), market(2)] }, 1_000);
    const commands = [...wakes(test, 6, 10_000), ...test.step(book(1, 46, 54))];
    expect(placed(commands).filter((one) => one.conditionId === conditionId(1))).toEqual([]);
    const transacted = ofKind(test.commands, 'transact').map(
      ({ transaction }) => transaction.request.conditionId,
    );
    expect(new Set(transacted)).toEqual(new Set([conditionId(2)]));
  });

  it('is left where only what is held there would still be sold, too', () => {
    const { test } = held();
    test.step({ kind: 'marketsListed', markets: [market(1, { endAtMs: null }), market(2)] }, 1_000);
    const commands = wakes(test, 3, 10_000);
    expect(placed(commands).filter((one) => one.conditionId === conditionId(1))).toEqual([]);
    expect(memoryOf(test).leaving.has(conditionId(1))).toBe(false);
  });

  it('is quoted again, with what is left as inventory, once the position is closed', () => {
    const { test } = held();
    const exit = leaveMarket(test.state, 1, 10);
    sent(test, exit);
    fillEntry(test, exit, 6, 't-2');
    ended(test, exit);
    expect(test.state.directional.closed.length).toBe(1);
    const commands = wakes(test, 2, 10_000);
    expect(placed(commands).some((one) => one.conditionId === conditionId(1))).toBe(true);
  });

  it('loses its loss epoch: what the position gains is no part of a budget', () => {
    const test = idle();
    quotedIn(test, { pricingEngine: 'bounded' });
    const measures = () => memoryOf(test).markets.get(conditionId(1))?.measures;
    expect(measures()?.epoch).not.toBeNull();
    enterMarket(test.state, 1, 10);
    wakes(test, 2, 10_000);
    expect(measures()?.epoch).toBeNull();
  });
});

describe('a market that is chosen when an entry is made in it', () => {
  it('is not quoted from the next look on', () => {
    const test = idle();
    expect(quotedIn(test)).toEqual(new Set([conditionId(1), conditionId(2)]));
    enterMarket(test.state, 1, 10);
    const commands = test.step(book(1, 46, 54), 2_000);
    confirmCancels(test, commands);
    expect(placed(commands).filter((one) => one.conditionId === conditionId(1))).toEqual([]);
    expect(memoryOf(test).markets.get(conditionId(1))?.notQuotedBecause).toBe(
      'held by crypto-directional trading',
    );
    const [cancel] = ofKind(commands, 'cancel');
    const quotes = [...test.state.orders.byClientId.values()].filter(
      ({ request, tags }) => request.conditionId === conditionId(1) && tags.purpose === 'quote',
    );
    expect(new Set(cancel?.orderIds)).toEqual(new Set(quotes.map(({ orderId }) => orderId)));
  });
});

it('tokens of the wallet that no position of ours has bought are inventory like any other', () => {
  const test = idle({ tokens: { [yesToken(1)]: 20, [noToken(1)]: 20 } });
  expect(quotedIn(test)).toEqual(new Set([conditionId(1), conditionId(2)]));
});
