import { describe, expect, it } from 'vitest';
import type { ConditionId } from '../../domain/market.ts';
import { type Confirmations, confirm, forgetOldConfirmations } from './confirmations.ts';

const CYCLE_MS = 900_000;
const MARKET = '0xa' as ConditionId;

function counts(steps: readonly (readonly ['YES' | 'NO' | null, atCycles: number])[]): number[] {
  const seen: Confirmations = new Map();
  return steps.map(([outcome, at]) => confirm(seen, MARKET, outcome, at * CYCLE_MS, CYCLE_MS));
}

describe('cycles in a row that find the same', () => {
  it.each([
    [
      'count up',
      [
        ['YES', 0],
        ['YES', 1],
        ['YES', 2],
      ],
      [1, 2, 3],
    ],
    [
      'begin anew after one that finds nothing',
      [
        ['YES', 0],
        [null, 1],
        ['YES', 2],
      ],
      [1, 0, 1],
    ],
    [
      'begin anew with the other outcome',
      [
        ['YES', 0],
        ['YES', 1],
        ['NO', 2],
        ['NO', 3],
      ],
      [1, 2, 1, 2],
    ],
    [
      'begin anew after one that was missed',
      [
        ['YES', 0],
        ['YES', 2],
        ['YES', 3],
      ],
      [1, 1, 2],
    ],
    [
      'do not count one cycle twice',
      [
        ['YES', 0],
        ['YES', 0.1],
        ['YES', 1],
      ],
      [1, 1, 2],
    ],
    [
      'take a cycle that is a little late',
      [
        ['YES', 0],
        ['YES', 1.3],
      ],
      [1, 2],
    ],
  ] as const)('%s', (_name, steps, expected) => {
    expect(counts(steps)).toEqual(expected);
  });

  it('are forgotten when they would confirm nothing any more', () => {
    const seen: Confirmations = new Map();
    confirm(seen, MARKET, 'YES', 0, CYCLE_MS);
    forgetOldConfirmations(seen, CYCLE_MS, CYCLE_MS);
    expect(seen.size).toBe(1);
    forgetOldConfirmations(seen, 2 * CYCLE_MS, CYCLE_MS);
    expect(seen.size).toBe(0);
  });
});
