import { expect, it } from 'vitest';
import { leastExpirationS } from '../domain/order.ts';
import type { Intent } from '../kernel/loop.ts';
import type { KernelState } from '../kernel/state.ts';
import { exitBecause, signalOn } from '../kernel/test-support/directional-cases.ts';
import {
  accept,
  book,
  cents,
  conditionId,
  feedsUp,
  fillOf,
  market,
  orderIdOf,
  placed,
  reconcile,
  runStarted,
  scriptedLoop,
  shares,
  strategySettings,
  type TestKernel,
  testKernel,
  wakes,
} from '../kernel/test-support/test-kernel.ts';
import { defaultSettings } from '../settings/index.ts';
import { applyInput, applyOutput, firstFacts, forgetEnded } from './facts.ts';

/** A worker that trades, and beside it the facts of its journal as it is written. */
function journaled() {
  const { loop, script } = scriptedLoop({ name: 'crypto-directional' });
  const test = testKernel([loop]);
  const start = runStarted('run-1', strategySettings({}, { cd: defaultSettings().cd }));
  const facts = firstFacts(start, test.nowMs + 1);
  const step = test.step.bind(test);
  test.step = (input, afterMs) => {
    const commands = step(input, afterMs);
    applyInput(facts, test.nowMs, input);
    for (const command of commands) applyOutput(facts, command, () => null);
    return commands;
  };
  test.step(start);
  feedsUp(test);
  test.step({ kind: 'marketsListed', markets: [market(1), market(2)] });
  wakes(test, 2, 500);
  for (const n of [1, 2]) test.step(book(n, 47, 53));
  reconcile(test);
  const act = (...intents: readonly Intent[]) => {
    script.push(intents);
    return wakes(test, 1, 10_000);
  };
  return { test, facts, act };
}

const known = ({ directional: { positions, closed, unfilled, signals, stops, nextId } }: KernelState) => ({
  positions,
  closed,
  unfilled,
  signals,
  stops,
  nextId,
});

const entryIn = (test: TestKernel, n: number): Intent => ({
  kind: 'enter',
  signal: signalOn(n),
  endAtMs: test.nowMs + 10 * 86_400_000,
  size: shares(10),
  spend: null,
  expirationS: leastExpirationS(test.nowMs) + 900,
});

it('a journal tells of signals, entries, exits and ends what the worker knew', () => {
  const { test, facts, act } = journaled();
  const agree = () => expect(known(facts)).toEqual(known(test.state));
  const commands = act(entryIn(test, 1), entryIn(test, 2));
  accept(test, commands);
  agree();
  const [first, second] = placed(commands);
  if (first === undefined || second === undefined) throw new Error('expected two entries');
  expect(facts.orders.byClientId.get(first.clientId)?.tags.purpose).toBe('entry');
  test.step({ kind: 'fill', fill: fillOf(first, 't-1', 10, 'CONFIRMED', test.nowMs) });
  agree();
  const ids = [orderIdOf(second.clientId)];
  test.step({ kind: 'cancelAnswered', requested: ids, canceled: ids, notCanceled: [] });
  // The rest of a cancelled order is told by time alone.
  wakes(test, 2, 1_000);
  agree();
  expect(facts.directional.unfilled.length).toBe(1);
  const leave: Intent = {
    kind: 'leave',
    conditionId: conditionId(1),
    size: shares(10),
    price: cents(46),
    exit: exitBecause('stopped'),
    isNews: true,
  };
  const sold = act(leave);
  accept(test, sold);
  agree();
  const [exit] = placed(sold);
  if (exit === undefined) throw new Error('expected an exit');
  test.step({ kind: 'fill', fill: fillOf(exit, 't-2', 10, 'CONFIRMED', test.nowMs) });
  forgetEnded(facts);
  test.step({ kind: 'fill', fill: fillOf(second, 't-3', 6, 'CONFIRMED', test.nowMs) });
  agree();
  expect(facts.directional.closed).toMatchObject([{ closedBecause: 'stopped', sold: shares(10) }]);
  expect([...facts.directional.stops.keys()]).toEqual([conditionId(1)]);
  expect([...facts.directional.positions.values()]).toMatchObject([{ bought: shares(6) }]);
});
