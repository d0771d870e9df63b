import { describe, expect, it } from 'vitest';
import { createOrderBudget, refill } from './limits.ts';
import { limits } from './test-gate.ts';

describe('the order budget', () => {
  it('fills with time up to its burst, and not at all when time stands still or goes back', () => {
    const terms = limits({ ordersPerSecond: 10 });
    const budget = createOrderBudget(terms, 1_000);
    budget.tokens = 0;
    refill(budget, terms, 1_100);
    expect(budget.tokens).toBeCloseTo(1, 9);
    refill(budget, terms, 1_100);
    refill(budget, terms, 500);
    expect(budget.tokens).toBeCloseTo(1, 9);
    expect(budget.atMs).toBe(1_100);
    refill(budget, terms, 100_000);
    expect(budget.tokens).toBe(15);
  });

  it('holds two orders at any rate, so that a quote that takes two can be made', () => {
    const terms = limits({ ordersPerSecond: 0.1 });
    const budget = createOrderBudget(terms, 0);
    expect(budget.tokens).toBe(2);
    refill(budget, terms, 60_000);
    expect(budget.tokens).toBe(2);
  });
});
