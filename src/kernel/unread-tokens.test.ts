import { describe, expect, it } from 'vitest';
import type { ClientId } from '../domain/order.ts';
import type { Intent } from './loop.ts';
import {
  accept,
  balances,
  book,
  cents,
  conditionId,
  fillOf,
  market,
  noToken,
  placed,
  quoteIntent,
  scriptedLoop,
  shares,
  strategySettings,
  type TestKernel,
  trading,
  wakes,
  yesToken,
} from './test-support/test-kernel.ts';

const purchase: Intent = {
  kind: 'take',
  why: {},
  legs: [
    {
      clientId: 'a-1' as ClientId,
      conditionId: conditionId(2),
      outcome: 'YES',
      side: 'BUY',
      price: cents(53),
      size: shares(10),
      spend: null,
    },
  ],
};

/** A run in market 1 that has begun to watch market 2, whose tokens it never read. */
function watchingAnother(): { test: TestKernel; script: Intent[][] } {
  const { loop, script } = scriptedLoop();
  const test = trading([loop], strategySettings({}), [market(1)], { cash: 1_000 });
  wakes(test, 2, 1_000);
  test.step({ kind: 'marketsListed', markets: [market(1), market(2)] });
  script.push([{ kind: 'watch', conditionIds: [conditionId(2)] }]);
  wakes(test, 1, 10_000);
  test.step(book(2, 47, 53));
  return { test, script: script as Intent[][] };
}

const held = (test: TestKernel): number | undefined =>
  test.state.books.positions.get(conditionId(2))?.yes.final;

describe('tokens that were never read', () => {
  it.each([
    ['taken', purchase],
    ['quoted', quoteIntent(2, [['BUY', 48, 10]])],
  ] as const)('nothing is %s before the wallet was read for them', (_, intent) => {
    const { test, script } = watchingAnother();
    script.push([intent]);
    expect(placed(wakes(test, 1, 10_000))).toEqual([]);
    expect(test.state.counts.refused).toMatchObject({ tokensUnread: 1 });
    test.step(balances(test, { cash: 1_000, tokens: { [yesToken(2)]: 3, [noToken(2)]: 0 } }));
    expect(held(test)).toBe(shares(3));
    script.push([intent]);
    expect(placed(wakes(test, 1, 10_000))).toHaveLength(1);
  });

  /** Buys ten shares of a token that the books forget to have read meanwhile, as the books of an older run may have. */
  function bought(statuses: readonly ('MATCHED' | 'MINED' | 'CONFIRMED')[]): TestKernel {
    const { test, script } = watchingAnother();
    test.step(balances(test, { cash: 1_000, tokens: { [yesToken(2)]: 0, [noToken(2)]: 0 } }));
    script.push([purchase]);
    const commands = wakes(test, 1, 10_000);
    test.state.knownTokens.delete(yesToken(2));
    accept(test, commands);
    for (const request of placed(commands))
      for (const status of statuses)
        test.step({ kind: 'fill', fill: fillOf(request, 't1', 10, status, test.nowMs) }, 1_000);
    return test;
  }
  const wallet = (test: TestKernel, count: number): void => {
    wakes(test, 1, 1_000);
    test.step(balances(test, { cash: 994.7, tokens: { [yesToken(2)]: count } }));
  };

  it('what a fill brought into the books is not taken in once more, and what came besides is', () => {
    const test = bought(['MATCHED', 'MINED', 'CONFIRMED']);
    expect(held(test)).toBe(shares(10));
    wallet(test, 12);
    expect(held(test)).toBe(shares(12));
    expect(test.state.knownTokens.has(yesToken(2))).toBe(true);
  });

  it.each([[[]], [['MATCHED']], [['MATCHED', 'MINED']]] as const)(
    'nothing is taken in while a fill is on its way, told of so far: %j',
    (statuses) => {
      const test = bought(statuses);
      wallet(test, 10);
      expect(held(test) ?? 0).toBe(0);
      expect(test.state.knownTokens.has(yesToken(2))).toBe(false);
    },
  );
});
