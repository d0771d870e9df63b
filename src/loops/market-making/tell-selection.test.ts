import { beforeEach, describe, expect, it } from 'vitest';
import type { LoopView } from '../../kernel/loop.ts';
import {
  conditionId,
  market,
  runStarted,
  scriptedLoop,
  strategySettings,
  type TestKernel,
  trading,
} from '../../kernel/test-support/test-kernel.ts';
import { createMarketMakingMemory, type MarketMakingMemory } from './memory.ts';
import type { Exclusion } from './scanner/exclusions.ts';
import { tellSelection } from './tell-selection.ts';

let test: TestKernel;
let memory: MarketMakingMemory;
beforeEach(() => {
  test = trading([scriptedLoop().loop], strategySettings(), [market(1), market(2), market(3)]);
  memory = createMarketMakingMemory();
  memory.shortlistedAtMs = 1;
  for (const n of [1, 2]) memory.watched.add(conditionId(n));
  memory.chosen.add(conditionId(1));
  exclude(2, 'spread too tight');
  exclude(3, 'too little activity');
});

const exclude = (n: number, reason: Exclusion) => memory.excluded.set(conditionId(n), reason);
const look = () => {
  const view: LoopView = { nowMs: test.nowMs, state: test.state, cause: 'beat', subjects: new Set() };
  return tellSelection(view, memory).map((intent) =>
    intent.kind === 'select' ? [intent.quoted, intent.excluded] : intent.kind,
  );
};

describe('what is told of the choice of markets', () => {
  it('is every market once, and then only what has changed', () => {
    expect(look()).toEqual([
      [
        [conditionId(1)],
        [
          ['spread too tight', [conditionId(2)]],
          ['too little activity', [conditionId(3)]],
        ],
      ],
    ]);
    expect(look()).toEqual([]);
    exclude(2, 'too little depth');
    expect(look()).toEqual([[[], [['too little depth', [conditionId(2)]]]]]);
    memory.chosen.delete(conditionId(1));
    exclude(1, 'outranked');
    memory.chosen.add(conditionId(2));
    expect(look()).toEqual([[[conditionId(2)], [['outranked', [conditionId(1)]]]]]);
  });

  it('follows markets that are not watched with the next listing', () => {
    look();
    exclude(3, 'resolves too soon');
    expect(look()).toEqual([]);
    memory.shortlistedAtMs = 2;
    expect(look()).toEqual([[[], [['resolves too soon', [conditionId(3)]]]]]);
  });

  it('says of a market that is being left that what is held there is still sold', () => {
    memory.leaving.add(conditionId(2));
    expect(look()).toEqual([
      [
        [conditionId(1)],
        [
          ['spread too tight; what is held there is still sold', [conditionId(2)]],
          ['too little activity', [conditionId(3)]],
        ],
      ],
    ]);
  });

  it('is told anew in a new run, so that each journal explains itself', () => {
    const [first] = look();
    test.step({ ...runStarted('run-2'), settings: test.state.settings });
    expect(look()).toEqual([first]);
    expect(look()).toEqual([]);
  });
});
