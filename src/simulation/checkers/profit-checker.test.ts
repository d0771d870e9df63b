import { describe, expect, it } from 'vitest';
import type { Input } from '../../kernel/messages.ts';
import { openScenario } from '../run-seed.ts';
import type { CheckedStep } from './checker.ts';
import { profitChecker } from './profit-checker.ts';

/** Six virtual minutes, seen by a checker that is told only what `isTold` says. */
function check(isTold: (input: Input) => boolean): void {
  const checker = profitChecker();
  const steps: Omit<CheckedStep, 'state'>[] = [];
  const { world, driver, kernel } = openScenario({
    seed: '21',
    hours: 0.1,
    markets: 4,
    engine: 'legacy',
    informed: null,
    faults: 'some',
    onStep: (atMs, input, commands) => steps.push({ atMs, input, commands }),
  });
  driver.runUntil(world.startMs + 360_000);
  const { state } = kernel;
  expect(state.counts.fills).toBeGreaterThan(5);
  for (const step of steps) if (isTold(step.input)) checker.afterStep?.({ ...step, state });
  checker.atEnd?.(state);
}

describe('the profit checker', () => {
  it('finds nothing in a run as it was', () => {
    expect(() => check(() => true)).not.toThrow();
  });

  it.each(['transactionEnded', 'marketsListed'])('finds that every %s is missing', (kind) => {
    expect(() => check((input) => input.kind !== kind)).toThrow();
  });

  it('finds that fills are missing', () => {
    expect(() => check(({ kind }) => kind !== 'fill' && kind !== 'tradesRead')).toThrow(/as the books say/);
  });
});
