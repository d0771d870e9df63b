import { describe, expect, it } from 'vitest';
import type { OrderRequest, TradeStatus } from '../../../domain/order.ts';
import { fillOf, placed } from '../../../kernel/test-support/test-kernel.ts';
import { directionalExit } from '../exit/loop.ts';
import { canceled, closeAbove, type EntryRun, entries, entryRun, ONE } from './test-support/entry-run.ts';

const WHY = 'an older entry has filled after all';

function fill(
  { test }: EntryRun,
  order: OrderRequest,
  size: number,
  status: TradeStatus = 'CONFIRMED',
): void {
  test.step({ kind: 'fill', fill: fillOf(order, `t-${order.clientId}`, size, status, test.nowMs) });
}

function only(orders: readonly OrderRequest[]): OrderRequest {
  const [order, ...more] = orders;
  if (order === undefined || more.length > 0) throw new Error(`expected one order, found ${orders.length}`);
  return order;
}

/** An entry that was given up because the coin moved, and a newer one for the same outcome that rests. */
function lateBesideResting(outcome: 'YES' | 'NO') {
  const isYes = outcome === 'YES';
  const run = entryRun({
    others: [directionalExit],
    markets: [closeAbove(1, isYes ? 99_000 : 101_000)],
    touch: isYes ? [50, 52] : [48, 50],
    cd: { exitAiConfirmEnabled: false },
  });
  const late = only(placed(run.pass(40)));
  run.known = { ...run.known, spotUsd: isYes ? 97_000 : 103_000 };
  run.pass(100);
  run.known = { ...run.known, spotUsd: 100_000 };
  const newer = only([...placed(run.cycle()), ...placed(run.pass(5))]);
  expect([late.outcome, newer.outcome]).toEqual([outcome, outcome]);
  const shares = late.size / 1e6;
  const bought = () => (run.test.state.directional.positions.get(ONE)?.bought ?? 0) / 1e6;
  return { run, late, newer, shares, bought };
}

describe('W24: an entry that rests while an older one is told to have filled', () => {
  it.each(['YES', 'NO'] as const)(
    'of %s is taken back at once, so that the stake is not doubled',
    (outcome) => {
      const { run, late, newer, shares, bought } = lateBesideResting(outcome);
      fill(run, late, shares);
      expect(canceled(run.pass(2))).toEqual([WHY]);
      expect(run.test.state.orders.byClientId.get(newer.clientId)?.state).toBe('canceled');
      expect(bought()).toBe(shares);
      expect(entries([...run.cycle(), ...run.cycle()])).toEqual([]);
    },
  );

  it('is taken back also where a part of it has filled before', () => {
    const { run, late, newer, shares } = lateBesideResting('YES');
    fill(run, newer, 6);
    expect(canceled(run.pass(10))).toEqual([]);
    fill(run, late, shares);
    expect(canceled(run.pass(2))).toEqual([WHY]);
  });

  it('stays where the chain has taken that fill back by then', () => {
    const { run, late, shares, bought } = lateBesideResting('YES');
    fill(run, late, shares, 'MATCHED');
    fill(run, late, shares, 'FAILED');
    expect([bought(), canceled(run.pass(10))]).toEqual([0, []]);
  });
});
