import { describe, expect, it } from 'vitest';
import type { ClientId, FillReport, OrderAnswer, OrderRequest } from '../../domain/order.ts';
import type { Price } from '../../domain/units.ts';
import type { Loop } from '../../kernel/loop.ts';
import type { Command, Input } from '../../kernel/messages.ts';
import { enterMarket } from '../../kernel/test-support/directional-cases.ts';
import {
  cents,
  conditionId,
  dollars,
  market,
  ofKind,
  orderIdOf,
  placed,
  quoteIntent,
  scriptedLoop,
  shares,
  strategySettings,
  type TestKernel,
  trading,
  wakes,
} from '../../kernel/test-support/test-kernel.ts';
import { arbitrage } from './loop.ts';
import type { ArbitrageMemory } from './memory.ts';

type Levels = readonly (readonly [at: number, size: number])[];
interface Books {
  readonly yes: { readonly bids: Levels; readonly asks: Levels };
  readonly no: { readonly bids: Levels; readonly asks: Levels };
}
const toWire = (levels: Levels) => levels.map(([at, size]) => [cents(at), shares(size)] as const);

/** YES is asked at 45 and NO at 48: a dollar for 93 cents. */
const CHEAP: Books = {
  yes: { bids: [[44, 50]], asks: [[45, 20]] },
  no: { bids: [[47, 50]], asks: [[48, 20]] },
};
const DEAR: Books = {
  yes: { bids: [[55, 20]], asks: [[56, 50]] },
  no: { bids: [[52, 20]], asks: [[53, 50]] },
};
const ORDERLY: Books = {
  yes: { bids: [[47, 50]], asks: [[53, 50]] },
  no: { bids: [[47, 50]], asks: [[53, 50]] },
};

const outcomeBooks = ({ yes, no }: Books): Input => ({
  kind: 'outcomeBooks',
  conditionId: conditionId(1),
  yes: { bids: toWire(yes.bids), asks: toWire(yes.asks) },
  no: { bids: toWire(no.bids), asks: toWire(no.asks) },
});
const apart = (books: Books | null, venueAtMs = 0): Input => ({
  kind: 'touchesApart',
  conditionId: conditionId(1),
  touches:
    books === null
      ? null
      : {
          yes: { bid: cents(books.yes.bids[0]![0]), ask: cents(books.yes.asks[0]![0]) },
          no: { bid: cents(books.no.bids[0]![0]), ask: cents(books.no.asks[0]![0]) },
        },
  venueAtMs,
});

interface Terms {
  readonly mm?: Parameters<typeof strategySettings>[0];
  readonly cash?: number;
  readonly tokens?: Readonly<Record<string, number>>;
  readonly other?: Loop;
}

function worker({ mm = {}, cash = 1_000, tokens = {}, other }: Terms = {}): TestKernel {
  const settings = strategySettings({ arbEnabled: true, ...mm });
  const whole = { ...settings, trading: { ...settings.trading, maxTotalExposurePct: 100 } };
  const loops = other === undefined ? [arbitrage] : [arbitrage, other];
  return trading(loops, whole, [market(1)], { cash, tokens });
}

const memoryOf = ({ state }: TestKernel): ArbitrageMemory =>
  state.loops.get('arbitrage')?.memory as ArbitrageMemory;

/** Shows the books as apart until both are asked for, and answers with `read`. Gives what came out then. */
function confirm(test: TestKernel, seen: Books, read: Books): Command[] {
  test.step(apart(seen), 100);
  expect(ofKind(wakes(test, 4, 50), 'readOutcomeBooks')).toHaveLength(1);
  return [...test.step(outcomeBooks(read), 20), ...wakes(test, 1, 50)];
}

/** Signs the legs and answers each as told. */
function answer(test: TestKernel, legs: readonly OrderRequest[], answers: readonly OrderAnswer[]): void {
  const ids = legs.map(({ clientId }) => clientId);
  test.step({ kind: 'ordersPrepared', orders: ids.map((id) => [id, orderIdOf(id)] as const) });
  test.step({
    kind: 'ordersAnswered',
    answers: ids.map((id, index) => [id, answers[index] as OrderAnswer] as const),
  });
}

const MATCHED = { result: 'matched' } as const;
const NOTHING = { result: 'rejected', code: 'fakNoMatch', text: 'no orders found to match' } as const;

/** All of a leg's fill, or `size` shares of it, from match to confirmation. */
function fill(test: TestKernel, leg: OrderRequest, size: number, status: FillReport['status'] = 'CONFIRMED') {
  const orderId = orderIdOf(leg.clientId);
  test.step({ kind: 'orderSeen', orderId, status: 'MATCHED', matchedSize: shares(size) });
  for (const at of ['MATCHED', status] as const)
    test.step({
      kind: 'fill',
      fill: {
        tradeId: `trade-${leg.clientId}`,
        orderId,
        conditionId: leg.conditionId,
        tokenId: leg.tokenId,
        side: leg.side,
        price: leg.price,
        size: shares(size),
        role: 'TAKER',
        status: at,
        matchedAtMs: test.nowMs,
        transactionHash: null,
      },
    });
}

describe('what seems to be a set', () => {
  it('is read before anything is sent, and only once it has lasted', () => {
    const test = worker();
    test.step(apart(CHEAP), 100);
    expect(ofKind(wakes(test, 1, 60), 'readOutcomeBooks')).toEqual([]);
    expect(ofKind(wakes(test, 2, 50), 'readOutcomeBooks')).toMatchObject([
      { market: { conditionId: conditionId(1) } },
    ]);
    expect(memoryOf(test).totals).toMatchObject({ seen: 1, passed: 0, attempted: 0 });
  });

  it('is passed over when it is gone before that', () => {
    const test = worker();
    test.step(apart(CHEAP), 100);
    test.step(apart(null), 60);
    expect(ofKind(wakes(test, 4, 50), 'readOutcomeBooks')).toEqual([]);
    expect(memoryOf(test).totals).toMatchObject({ seen: 1, passed: 1, stale: 0 });
  });

  it('is stale when the read does not show it, and the market rests longer each time', () => {
    const test = worker();
    expect(placed(confirm(test, CHEAP, ORDERLY))).toEqual([]);
    expect(memoryOf(test).totals).toMatchObject({ seen: 1, stale: 1, attempted: 0 });
    const { markets } = memoryOf(test);
    const firstRestMs = markets.get(conditionId(1))!.restUntilMs - test.nowMs;
    expect(ofKind(wakes(test, 4, 1_000), 'readOutcomeBooks')).toEqual([]);
    wakes(test, 2, 1_000);
    expect(placed(confirm(test, CHEAP, ORDERLY))).toEqual([]);
    expect(memoryOf(test).totals.stale).toBe(2);
    expect(markets.get(conditionId(1))!.restUntilMs - test.nowMs).toBeGreaterThan(1.9 * firstRestMs);
  });

  it('MM_ARB_ENABLED: is not looked at while off, nor without split and merge, nor without market making', () => {
    for (const mm of [{ arbEnabled: false }, { useSplitMerge: false }, { enabled: false }]) {
      const test = worker({ mm });
      test.step(apart(CHEAP), 100);
      expect(ofKind(wakes(test, 20, 100), 'readOutcomeBooks')).toEqual([]);
      expect(memoryOf(test).totals.seen).toBe(0);
    }
  });

  it('is nothing while the book is not to be trusted', () => {
    const test = worker();
    test.step({ kind: 'bookUntrusted', conditionId: conditionId(1), reason: 'hash' });
    test.step(apart(CHEAP), 100);
    wakes(test, 10, 100);
    expect(memoryOf(test).totals.seen).toBe(0);
  });
});

describe('a set that the read shows', () => {
  it('is bought on both sides in one request, then merged, and earns what was expected', () => {
    const test = worker();
    const commands = confirm(test, CHEAP, CHEAP);
    expect(ofKind(commands, 'place')).toHaveLength(1);
    const legs = placed(commands);
    expect(legs).toMatchObject([
      { outcome: 'YES', side: 'BUY', price: cents(45), size: shares(20), spend: dollars(9) },
      { outcome: 'NO', side: 'BUY', price: cents(48), size: shares(20), spend: dollars(9.6) },
    ]);
    answer(test, legs, [MATCHED, MATCHED]);
    for (const leg of legs) fill(test, leg, 20);
    const [merge] = ofKind(wakes(test, 2, 1_000).concat(test.commands.slice(-20)), 'transact');
    expect(merge?.transaction.request).toMatchObject({ action: 'merge', amount: shares(20) });
    const { txKey } = merge!.transaction.request;
    test.step({ kind: 'transactionEnded', txKey, status: 'confirmed', text: '' });
    wakes(test, 2, 1_000);
    const { totals, ended, attempts } = memoryOf(test);
    expect(totals).toMatchObject({ attempted: 1, real: 1, completed: 1, failedLegs: 0, legsSent: 2 });
    expect(totals.expectedUsd).toBe(dollars(20 * 0.07 - 0.005));
    expect(totals.realisedUsd).toBe(totals.expectedUsd);
    expect(ended).toMatchObject([{ outcome: 'completed', pairs: shares(20), unpaired: 0 }]);
    expect(attempts.size).toBe(0);
  });

  it('MM_ARB_MIN_PROFIT_PCT, MM_ARB_MAX_SIZE_USD and MM_ARB_GAS_COST_USD decide whether and how much', () => {
    expect(placed(confirm(worker({ mm: { arbMinProfitPct: 8 } }), CHEAP, CHEAP))).toEqual([]);
    expect(placed(confirm(worker({ mm: { arbGasCostUsd: 2 } }), CHEAP, CHEAP))).toEqual([]);
    const small = placed(confirm(worker({ mm: { arbMaxSizeUsd: 10 } }), CHEAP, CHEAP));
    expect(small.map(({ size }) => size)).toEqual([shares(10), shares(10)]);
    const poor = placed(confirm(worker({ cash: 10 }), CHEAP, CHEAP));
    expect(poor.map(({ size }) => size)).toEqual([shares(10), shares(10)]);
  });

  it('whose other leg finds nothing leaves inventory, a record, and a market that rests', () => {
    const test = worker();
    const legs = placed(confirm(test, CHEAP, CHEAP));
    answer(test, legs, [MATCHED, NOTHING]);
    fill(test, legs[0]!, 20);
    wakes(test, 1, 1_000);
    const { totals, ended } = memoryOf(test);
    expect(totals).toMatchObject({ attempted: 1, real: 0, completed: 0, failedLegs: 1 });
    expect(ended).toMatchObject([{ outcome: 'legFailed', pairs: 0, unpaired: shares(20) }]);
    // Bought at 45 and handed over at the mid of 50, without a merge and its gas.
    expect(totals.realisedUsd).toBe(dollars(20 * 0.05));
    test.step(apart(CHEAP), 1_000);
    expect(ofKind(wakes(test, 50, 1_000), 'readOutcomeBooks')).toEqual([]);
    wakes(test, 10, 1_000);
    test.step(apart(CHEAP));
    expect(ofKind(wakes(test, 4, 50), 'readOutcomeBooks')).toHaveLength(1);
  });

  it('waits for a leg whose outcome is unknown or delayed until the venue has told', () => {
    const test = worker();
    const legs = placed(confirm(test, CHEAP, CHEAP));
    const unknown = { result: 'unknown', code: 'timeout', text: 'lost' } as const;
    answer(test, legs, [{ result: 'delayed' }, unknown]);
    wakes(test, 30, 1_000);
    expect(memoryOf(test).attempts.size).toBe(1);
    fill(test, legs[0]!, 20);
    test.step({
      kind: 'orderRead',
      orderId: orderIdOf(legs[1]!.clientId),
      order: null,
      askedAtMs: test.nowMs,
    });
    wakes(test, 2, 1_000);
    expect(memoryOf(test).attempts.size).toBe(0);
    expect(memoryOf(test).ended).toMatchObject([{ outcome: 'legFailed', unpaired: shares(20) }]);
  });

  it('counts a trade that fails on the chain as not filled', () => {
    const test = worker();
    const legs = placed(confirm(test, CHEAP, CHEAP));
    answer(test, legs, [MATCHED, MATCHED]);
    fill(test, legs[0]!, 20, 'FAILED');
    fill(test, legs[1]!, 20, 'FAILED');
    wakes(test, 1, 1_000);
    const { totals, ended } = memoryOf(test);
    expect(ended).toMatchObject([{ outcome: 'nothingFilled', pairs: 0, unpaired: 0, realisedUsd: 0 }]);
    expect(totals).toMatchObject({ real: 0, failedLegs: 2, realisedUsd: 0 });
  });

  it('is on record as refused when the gate says no, and holds nothing back', () => {
    const test = worker({ mm: { maxOpenOrders: 1 } });
    expect(placed(confirm(test, CHEAP, CHEAP))).toEqual([]);
    wakes(test, 2, 1_000);
    expect(memoryOf(test).totals).toMatchObject({ attempted: 0, refused: 1, expectedUsd: 0 });
    expect(test.state.counts.refused.tooManyOrders).toBe(1);
    expect(test.state.orders.reserved.cash).toBe(0);
  });

  it('never trades with an own order: it is cancelled first', () => {
    const { loop, script } = scriptedLoop({ name: 'market-making' });
    const test = worker({ other: loop });
    script.push([quoteIntent(1, [['BUY', 52, 10]])]);
    const quote = placed(wakes(test, 1, 10_000));
    expect(quote).toHaveLength(1);
    answer(test, quote, [{ result: 'live' }]);
    // NO at 48 is our own bid of 52 for YES, and others sell NO at 49 behind it.
    const own: Books = {
      ...CHEAP,
      no: {
        bids: [[47, 50]],
        asks: [
          [48, 10],
          [49, 20],
        ],
      },
    };
    const commands = confirm(test, own, own);
    expect(placed(commands)).toEqual([]);
    expect(ofKind(commands, 'cancel')).toMatchObject([{ orderIds: [orderIdOf(quote[0]!.clientId)] }]);
    expect(memoryOf(test).totals).toMatchObject({ ownInTheWay: 1, attempted: 0 });
  });

  it('is sold from pairs that are held', () => {
    const test = worker({ tokens: { 11: 12, 12: 15 } });
    const legs = placed(confirm(test, DEAR, DEAR));
    expect(legs).toMatchObject([
      { outcome: 'YES', side: 'SELL', price: cents(55), size: shares(12) },
      { outcome: 'NO', side: 'SELL', price: cents(52), size: shares(12) },
    ]);
    answer(test, legs, [MATCHED, MATCHED]);
    for (const leg of legs) fill(test, leg, 12);
    wakes(test, 1, 1_000);
    const { totals, ended } = memoryOf(test);
    expect(ended).toMatchObject([{ strategy: 'splitSell', outcome: 'completed', pairs: shares(12) }]);
    expect(totals.realisedUsd).toBe(dollars(12 * 0.07));
    expect(totals.expectedUsd).toBe(totals.realisedUsd);
  });

  it('has its pairs made where none are held and it has lasted, and is then confirmed anew', () => {
    const test = worker();
    expect(confirm(test, DEAR, DEAR).filter(({ kind }) => kind === 'transact')).toEqual([]);
    const commands = wakes(test, 40, 50);
    expect(ofKind(commands, 'readOutcomeBooks').length).toBeGreaterThan(0);
    const made = [...test.step(outcomeBooks(DEAR), 20), ...wakes(test, 1, 50)];
    const [split] = ofKind(made, 'transact');
    expect(split?.transaction.request).toMatchObject({ action: 'split', amount: shares(20) });
    const { txKey } = split!.transaction.request;
    test.step({ kind: 'transactionEnded', txKey, status: 'confirmed', text: '' });
    expect(ofKind(wakes(test, 40, 100), 'readOutcomeBooks').length).toBeGreaterThan(0);
    const legs = placed([...test.step(outcomeBooks(DEAR), 20), ...wakes(test, 1, 50)]);
    expect(legs.map(({ side, size }) => [side, size])).toEqual([
      ['SELL', shares(20)],
      ['SELL', shares(20)],
    ]);
    expect(memoryOf(test).ended).toMatchObject([{ outcome: 'split', realisedUsd: -dollars(0.005) }]);
  });

  it('begins nothing while reducing, and brings to its end what is under way', () => {
    const test = worker();
    const legs = placed(confirm(test, CHEAP, CHEAP));
    test.step({ kind: 'operator', order: 'reduce', by: 'test', reason: 'test' });
    answer(test, legs, [MATCHED, NOTHING]);
    fill(test, legs[0]!, 20);
    wakes(test, 2, 1_000);
    expect(memoryOf(test).ended).toHaveLength(1);
    test.step(apart(CHEAP), 120_000);
    expect(ofKind(wakes(test, 10, 100), 'readOutcomeBooks')).toEqual([]);
  });
});

describe('names', () => {
  it('are never used twice, also over attempts that were refused', () => {
    const test = worker({ mm: { maxOpenOrders: 1 } });
    confirm(test, CHEAP, CHEAP);
    wakes(test, 2, 1_000);
    expect(memoryOf(test).nextReference).toBe(2);
    expect(test.state.orders.byClientId.has('a-1.1' as ClientId)).toBe(false);
    expect(cents(45) satisfies Price).toBe(4_500);
  });
});

it('a market that belongs to directional trading is left out', () => {
  const test = worker();
  enterMarket(test.state, 1, 10);
  test.step(apart(CHEAP), 100);
  expect(ofKind(wakes(test, 6, 50), 'readOutcomeBooks')).toEqual([]);
  expect(memoryOf(test).totals.seen).toBe(0);
});

it('a set is not taken in a market that has become directional since it was seen', () => {
  const test = worker();
  test.step(apart(CHEAP), 100);
  expect(ofKind(wakes(test, 4, 50), 'readOutcomeBooks')).toHaveLength(1);
  enterMarket(test.state, 1, 10);
  expect(placed([...test.step(outcomeBooks(CHEAP), 20), ...wakes(test, 2, 50)])).toEqual([]);
});
