import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spendTokens } from './spend-tokens.ts';

const changes = fc.array(
  fc.record({
    tokens: fc.integer({ min: 0, max: 2 }),
    stake: fc.integer({ min: 0, max: 1_000_000 }),
  }),
  { maxLength: 40 },
);

const tokensOf = (some: readonly { readonly tokens: number }[]): number =>
  some.reduce((sum, { tokens }) => sum + tokens, 0);

describe('spending order tokens', () => {
  it('never spends more than there are, and loses nothing', () => {
    fc.assert(
      fc.property(changes, fc.double({ min: 0, max: 60, noNaN: true }), (wanted, tokens) => {
        const { go, wait } = spendTokens(wanted, tokens);
        expect(tokensOf(go)).toBeLessThanOrEqual(tokens);
        expect(new Set([...go, ...wait])).toEqual(new Set(wanted));
        expect(go.length + wait.length).toBe(wanted.length);
      }),
    );
  });

  it('lets nothing wait for something that has less at stake and costs as much', () => {
    fc.assert(
      fc.property(changes, fc.integer({ min: 0, max: 20 }), (wanted, tokens) => {
        const { go, wait } = spendTokens(wanted, tokens);
        for (const done of go)
          for (const waiting of wait)
            if (waiting.tokens === done.tokens) expect(waiting.stake).toBeLessThanOrEqual(done.stake);
      }),
    );
  });

  it('keeps tokens for what has the most at stake and does not fit yet', () => {
    const [large, small] = [
      { tokens: 2, stake: 900 },
      { tokens: 1, stake: 100 },
    ];
    expect(spendTokens([small, large], 1)).toEqual({ go: [], wait: [large, small] });
    expect(spendTokens([small, large], 2)).toEqual({ go: [large], wait: [small] });
  });

  it('keeps the order in which changes were wanted while there is enough for all', () => {
    fc.assert(
      fc.property(changes, (wanted) => {
        expect(spendTokens(wanted, 80).go).toEqual(wanted);
      }),
    );
  });

  it('lets a cancel without a new order go whatever is left', () => {
    const free = { tokens: 0, stake: 0 };
    expect(spendTokens([{ tokens: 1, stake: 9 }, free], 0).go).toEqual([free]);
  });
});
