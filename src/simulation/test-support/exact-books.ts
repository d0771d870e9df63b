import { expect } from 'vitest';
import { booksResidual } from '../../orders/books.ts';
import { chainResidual } from '../checkers/end-checker.ts';
import type { Scenario } from '../run-seed.ts';

export const pass = ({ driver, world }: Scenario, seconds: number): void =>
  driver.runUntil(world.nowMs + seconds * 1_000);

/** Stops the worker, so that nothing is on its way any more, and compares its books with themselves and with the chain. */
export function expectExactBooks(run: Scenario): void {
  const { books } = run.kernel.state;
  run.world.deliver({ kind: 'operator', order: 'stop', by: 'test', reason: 'the end of the test' });
  pass(run, 180);
  expect(run.driver.exitReason()).not.toBeNull();
  expect(booksResidual(books, (id) => run.world.markets.get(id)?.market ?? null)).toBe(0);
  expect(chainResidual(run.world, books.ledger)).toBe(0);
}
