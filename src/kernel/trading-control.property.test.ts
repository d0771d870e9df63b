import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountWorth } from './account-worth.ts';
import type { FeedName, Input, OperatorOrder } from './messages.ts';
import { noteDone, takeComparison } from './reconciliation.ts';
import { freshControl, stepControl } from './test-support/control-model.ts';
import {
  balances,
  book,
  dollars,
  market,
  runStarted,
  strategySettings,
  T0,
  type TestKernel,
  testKernel,
} from './test-support/test-kernel.ts';
import { obeyOperator, restartControl, switchFeed } from './trading-control.ts';

/** Anything that may happen between two steps of a kernel, small enough that it meets every limit. */
type Happening =
  | { readonly kind: 'feed'; readonly feed: FeedName; readonly up: boolean }
  | { readonly kind: 'operator'; readonly order: OperatorOrder }
  | { readonly kind: 'reads'; readonly missing: number }
  | { readonly kind: 'price'; readonly cents: number }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'restart' };

const happenings = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('reads'), missing: fc.constantFrom(0, 0, 0, 5) }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('feed'),
        feed: fc.constantFrom('market', 'user', 'heartbeat'),
        up: fc.constantFrom(true, true, false),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ kind: fc.constant('price'), cents: fc.integer({ min: 10, max: 85 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('operator'),
        order: fc.constantFrom('pause', 'reduce', 'halt', 'resume', 'resume', 'resume'),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('wait'),
        ms: fc.constantFrom(1_000, 7_000, 61_000, 86_400_000),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart') }) },
  ),
  { minLength: 5, maxLength: 60 },
) as fc.Arbitrary<Happening[]>;

const settings = {
  ...strategySettings({ ddCooldownMinutes: 1, ddMaxRecoveriesPerDay: 1 }),
  trading: { ...strategySettings().trading, drawdownStopLossPercent: 40 },
};
const HELD = { cash: 100, tokens: { 11: 1_000 } };

/** The control alone, given what the kernel is given, in the order that the model is searched in. */
function createTwin(nowMs: number) {
  const control = freshControl(nowMs, settings);
  return {
    control,
    step({ state, nowMs: atMs }: TestKernel, input: () => void): void {
      stepControl(control, atMs, input, () => accountWorth(state));
    },
  };
}

/** Gives a happening to both, as the inputs that it is made of. */
function play(test: TestKernel, twin: ReturnType<typeof createTwin>, happening: Happening): void {
  const { control } = twin;
  const both = (input: Input, onTwin: () => void, afterMs = 1): void => {
    test.step(input, afterMs);
    twin.step(test, onTwin);
  };
  const nothing = (): void => undefined;
  switch (happening.kind) {
    case 'feed': {
      const { feed, up } = happening;
      both({ ...happening, reason: 'said so' }, () => switchFeed(control, feed, up, 'said so'));
      return;
    }
    case 'operator': {
      const word = { order: happening.order, by: 'me', reason: 'said so' };
      both({ kind: 'operator', ...word }, () => obeyOperator(control, word));
      return;
    }
    case 'reads':
      readAll(test, twin, happening.missing);
      return;
    case 'price':
      both(book(1, happening.cents - 3, happening.cents + 3), nothing);
      return;
    case 'wait':
      both({ kind: 'wake' }, nothing, happening.ms);
      return;
    case 'restart':
      both(runStarted('run-n', settings), () => restartControl(control), 5_000);
  }
}

/** Orders, trades and wallet, asked for at one moment; what the wallet lacks was there a moment ago. */
function readAll(
  test: TestKernel,
  { control, ...twin }: ReturnType<typeof createTwin>,
  missing: number,
): void {
  const askedAtMs = test.nowMs;
  const { reconciliation, trading } = control;
  const done = (name: 'openOrders' | 'trades' | 'balances') => () =>
    noteDone(reconciliation, name, askedAtMs);
  test.step({ kind: 'openOrdersRead', orders: [], askedAtMs });
  twin.step(test, done('openOrders'));
  test.step({ kind: 'tradesRead', fills: [], sinceMs: 0, askedAtMs });
  twin.step(test, done('trades'));
  // A difference that was accepted is in the books already.
  const inBooks = test.state.books.ledger.openedAtMs === null ? HELD.cash : cashOf(test);
  const isAccepted = reconciliation.accepted !== null;
  test.step({ ...balances(test, { ...HELD, cash: inBooks - missing }), askedAtMs });
  const compared = test.state.reconciliation.chain;
  twin.step(test, () => {
    if (compared !== null) {
      const cashResidual = isAccepted ? 0 : -dollars(missing);
      takeComparison(
        reconciliation,
        trading,
        { askedAtMs, blockNumber: 1, cashResidual, tokenResidual: 0 },
        control.nowMs,
      );
      reconciliation.accepted = null;
    }
    noteDone(reconciliation, 'balances', askedAtMs);
  });
}

const cashOf = ({ state }: TestKernel): number =>
  (state.books.ledger.balances.get('own.final|USD') ?? 0) / 1e6;

describe('the kernel', () => {
  it('does what the searched control does, whatever happens to it', () => {
    const met: Record<string, number> = {};
    fc.assert(
      fc.property(happenings, (all) => {
        const test = testKernel([]);
        const twin = createTwin(T0);
        test.step(runStarted('run-1', settings));
        twin.step(test, () => restartControl(twin.control));
        for (const input of [{ kind: 'marketsListed' as const, markets: [market(1)] }, book(1, 47, 53)]) {
          test.step(input);
          twin.step(test, () => undefined);
        }
        for (const happening of all) {
          play(test, twin, happening);
          const { trading, losses } = test.state;
          expect([...trading.blocks.keys()].sort()).toEqual([...twin.control.trading.blocks.keys()].sort());
          expect(trading.mode).toBe(twin.control.trading.mode);
          expect(losses).toEqual(twin.control.losses);
          for (const name of trading.blocks.keys()) met[name] = (met[name] ?? 0) + 1;
        }
      }),
      { numRuns: 150 },
    );
    for (const name of [
      'drawdownReduce',
      'drawdownKill',
      'drawdownStopLoss',
      'dailyStopLoss',
      'operatorHalt',
    ])
      expect(met[name], name).toBeGreaterThan(5);
  });
});
