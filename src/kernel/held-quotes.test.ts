import { describe, expect, it } from 'vitest';
import {
  accept,
  conditionId,
  inYes,
  market,
  ofKind,
  placed,
  quoteIntent,
  scriptedLoop,
  trading,
  wakes,
} from './test-support/test-kernel.ts';

describe('quotes that are held', () => {
  it('are taken away and not placed in those markets until the hold is over, and in no other', () => {
    const { loop, script } = scriptedLoop();
    const test = trading([loop], undefined, [market(1), market(2)]);
    const quotes = [1, 2].map((n) => quoteIntent(n, [['BUY', 48, 10]]));
    script.push([...quotes]);
    accept(test, wakes(test, 1, 10_000));
    script.push([
      { kind: 'holdQuotes', conditionIds: [conditionId(1)], untilMs: test.nowMs + 25_000 },
      ...quotes,
    ]);
    const held = wakes(test, 1, 10_000);
    expect(ofKind(held, 'cancel').flatMap(({ orderIds }) => orderIds)).toHaveLength(1);
    expect(placed(held)).toEqual([]);
    const [canceled = []] = ofKind(held, 'cancel').map(({ orderIds }) => orderIds);
    test.step({ kind: 'cancelAnswered', requested: canceled, canceled, notCanceled: [] });
    script.push([...quotes]);
    expect(placed(wakes(test, 1, 10_000))).toEqual([]);
    script.push([...quotes]);
    const again = placed(wakes(test, 1, 10_000));
    expect(again.map((request) => request.conditionId)).toEqual([conditionId(1)]);
    expect(inYes(again)).toEqual(['BUY 48 x 10']);
    expect(test.state.heldQuotes.size).toBe(0);
  });
});
