import fc from 'fast-check';
import { expect, it } from 'vitest';
import { worstOutcome } from './certificate-checker.ts';

const amount = fc.integer({ min: -1e9, max: 1e9 });
const holding = fc.record({ cash: amount, yes: amount, no: amount, hasFailed: fc.constant(false) });

it('the worst outcome is the least of what each outcome by itself would leave', () => {
  fc.assert(
    fc.property(fc.array(holding, { minLength: 1, maxLength: 5 }), (holdings) => {
      const outcomes =
        holdings.length === 1
          ? [true, false].map((isYes) => [isYes])
          : holdings.map((_, winner) => holdings.map((__, at) => at === winner));
      const left = outcomes.map((outcome) =>
        holdings.reduce((sum, { cash, yes, no }, at) => sum + cash + (outcome[at] === true ? yes : no), 0),
      );
      expect(worstOutcome(holdings)).toBe(Math.min(...left));
    }),
  );
});
