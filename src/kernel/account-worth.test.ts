import { describe, expect, it } from 'vitest';
import type { OrderRequest } from '../domain/order.ts';
import { accountWorth } from './account-worth.ts';
import { limitsOf } from './limits-from-settings.ts';
import type { Input } from './messages.ts';
import {
  accept,
  book,
  cents,
  placed,
  quoteIntent,
  scriptedLoop,
  shares,
  strategySettings,
  type TestKernel,
  trading,
  wakes,
} from './test-support/test-kernel.ts';

/** Half the widest spread is 5 cents. */
const SETTINGS = strategySettings({ maxSpreadPts: 10, maxPerMarketUsd: 1_000 });
type Levels = readonly (readonly [at: number, size: number])[];

const depth = (bids: Levels, asks: Levels): Input => ({
  ...book(1, 47, 53),
  bids: bids.map(([at, size]) => [cents(at), shares(size)] as const),
  asks: asks.map(([at, size]) => [cents(at), shares(size)] as const),
});

/** An account of 1,000 dollars and 100 shares of one outcome, in a book of 47 to 53 cents, that quotes as it is told. */
function holding(
  outcome: 'YES' | 'NO',
  quotes: Parameters<typeof quoteIntent>[1] = [],
): { test: TestKernel; orders: OrderRequest[] } {
  const { loop, script } = scriptedLoop();
  const tokens = outcome === 'YES' ? { 11: 100 } : { 12: 100 };
  const test = trading([loop], SETTINGS, undefined, { tokens });
  expect(limitsOf(test.state.settings).maxSpread).toBe(cents(10));
  script.push([quoteIntent(1, quotes)]);
  const commands = wakes(test, 1, 10_000);
  accept(test, commands);
  return { test, orders: placed(commands) };
}
const worthUsd = ({ state }: TestKernel): number => accountWorth(state) / 1e6;

describe('what an account is worth to limits on losses', () => {
  it('is its cash and what it holds, at the mid of a book that is narrow enough', () => {
    for (const outcome of ['YES', 'NO'] as const) {
      const { test } = holding(outcome);
      expect(worthUsd(test)).toBe(1_050);
      test.step(depth([[41, 1_000]], [[45, 1_000]]));
      expect(worthUsd(test)).toBe(outcome === 'YES' ? 1_043 : 1_057);
    }
  });

  it('is never further from who would buy than half the widest spread, on the side that would buy', () => {
    const yes = holding('YES').test;
    yes.step(depth([[20, 1_000]], [[60, 1_000]]));
    expect(worthUsd(yes)).toBe(1_025);
    const no = holding('NO').test;
    no.step(depth([[40, 1_000]], [[80, 1_000]]));
    expect(worthUsd(no)).toBe(1_025);
    // The other side may be as far away as it likes.
    const far = holding('YES').test;
    far.step(depth([[48, 1_000]], [[52, 1_000]]));
    expect(worthUsd(far)).toBe(1_050);
  });

  it('is nearly nothing where nobody buys', () => {
    const yes = holding('YES').test;
    yes.step(depth([], [[53, 1_000]]));
    expect(worthUsd(yes)).toBe(1_005);
    const no = holding('NO').test;
    no.step(depth([[47, 1_000]], []));
    expect(worthUsd(no)).toBe(1_005);
  });

  it('does not count on quotes of its own: nobody can sell to himself', () => {
    const yes = holding('YES', [['BUY', 48, 10]]);
    expect(yes.orders).toHaveLength(1);
    const bids: Levels = [
      [48, 10],
      [20, 1_000],
    ];
    yes.test.step(depth(bids, [[52, 1_000]]));
    expect(worthUsd(yes.test)).toBe(1_025);
    const no = holding('NO', [['SELL', 52, 10]]);
    expect(no.orders).toHaveLength(1);
    const asks: Levels = [
      [52, 10],
      [80, 1_000],
    ];
    no.test.step(depth([[48, 1_000]], asks));
    expect(worthUsd(no.test)).toBe(1_025);
  });

  it('stays what it was while the book is not to be trusted, and is what a market pays once that is known', () => {
    const { test } = holding('YES');
    test.step(depth([[20, 1_000]], [[60, 1_000]]));
    test.step({ kind: 'feed', feed: 'market', up: false, reason: 'closed' });
    expect(worthUsd(test)).toBe(1_040);
    const { conditionId } = book(1, 1, 2);
    test.step({ kind: 'marketResolved', conditionId, winner: 'YES' });
    expect(worthUsd(test)).toBe(1_100);
    // Its book says nothing any more, live or not.
    const live = holding('YES').test;
    live.step({ kind: 'marketResolved', conditionId, winner: 'YES' });
    live.step(depth([[20, 1_000]], [[60, 1_000]]));
    expect(worthUsd(live)).toBe(1_100);
  });
});
