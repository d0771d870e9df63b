import { expect, it } from 'vitest';
import type { ClientId } from '../domain/order.ts';
import { orderName, purposeOf } from './order-names.ts';

it('a name tells what its order is for', () => {
  const names = (['quote', 'entry', 'exit'] as const).map((purpose) => orderName(purpose, 17));
  expect(names).toEqual(['o-17', 'e-17', 'x-17']);
  expect(names.map(purposeOf)).toEqual(['quote', 'entry', 'exit']);
});

it('every other name is that of a leg', () => {
  expect(['a-3.1', 'e18', 'ox-1', 'a-e-1'].map((name) => purposeOf(name as ClientId))).toEqual([
    'arbitrage',
    'arbitrage',
    'arbitrage',
    'arbitrage',
  ]);
});
