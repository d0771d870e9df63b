import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TokenId } from '../domain/market.ts';
import type { Shares } from '../domain/units.ts';
import type { KernelState } from '../kernel/state.ts';
import { dollars, noToken, shares, yesToken } from '../kernel/test-support/test-kernel.ts';
import { portfolioOf } from './portfolio.ts';
import { reconcileWallet, SOURCE_LAG_MS, type WalletReading } from './reconcile-wallet.ts';
import { bidAndAsk, createTale, type Tale, type TaleOrder } from './test-support/tale.ts';

const stateOf = (tale: Tale): KernelState => {
  const { facts } = tale.projection;
  if (facts === null) throw new Error('expected books');
  return facts;
};

const reading = (
  tale: Tale,
  source: WalletReading['source'],
  tokens: readonly (readonly [TokenId, number])[],
  cash: number | null = null,
  isComplete = true,
): WalletReading => ({ source, askedAtMs: tale.nowMs(), cash, tokens: new Map(tokens), isComplete });

/** Ten YES of market 1 bought at 48 and confirmed. */
function holding(): { readonly tale: Tale; readonly order: TaleOrder } {
  const tale = createTale();
  const [order] = tale.place(...bidAndAsk(1, 48, 52, shares(100)));
  const report = tale.trade(order as TaleOrder, shares(10));
  tale.tell(report, 'MATCHED');
  tale.tell(report, 'CONFIRMED');
  return { tale, order: order as TaleOrder };
}

const YES = yesToken(1);
const verdictsOf = (tale: Tale, given: WalletReading) =>
  reconcileWallet(stateOf(tale), given).map(({ asset, verdict, residual }) => [asset, verdict, residual]);

describe('reconciliation of a wallet', () => {
  it('agrees, cash and tokens, where all is as in the books', () => {
    const { tale } = holding();
    expect(verdictsOf(tale, reading(tale, 'chain', [[YES, shares(10)]], dollars(995.2)))).toEqual([
      ['USD', 'agrees', 0],
      [YES, 'agrees', 0],
    ]);
  });

  it('takes what the Data API has not seen yet for its lag, says how old it is, and then for a difference', () => {
    const { tale } = holding();
    tale.wait(90_000);
    const [late] = reconcileWallet(stateOf(tale), reading(tale, 'data', []));
    expect(late).toMatchObject({ verdict: 'behind', books: shares(10), found: 0, residual: -shares(10) });
    expect(late?.agoMs).toBe(90_000);
    expect(late?.why).toContain('90 s');
    tale.wait(SOURCE_LAG_MS.data - 90_000 + 1);
    expect(verdictsOf(tale, reading(tale, 'data', []))).toEqual([[YES, 'differs', -shares(10)]]);
  });

  it('gives the chain less time than the Data API', () => {
    const { tale } = holding();
    tale.wait(90_000);
    expect(verdictsOf(tale, reading(tale, 'chain', [[YES, 0]], dollars(995.2)))).toEqual([
      ['USD', 'agrees', 0],
      [YES, 'differs', -shares(10)],
    ]);
  });

  it('counts trades that are not final where the chain is ahead of the books', () => {
    const { tale, order } = holding();
    tale.tell(tale.trade(order, shares(5)), 'MATCHED');
    expect(verdictsOf(tale, reading(tale, 'chain', [[YES, shares(15)]], dollars(992.8)))).toEqual([
      ['USD', 'ahead', -dollars(2.4)],
      [YES, 'ahead', shares(5)],
    ]);
    tale.wait(10 * 60_000);
    // Neither with nor without the trade, which is still on its way: not judged yet.
    const [odd] = reconcileWallet(stateOf(tale), reading(tale, 'chain', [[YES, shares(12)]]));
    expect(odd).toMatchObject({ verdict: 'moving' });
    expect(odd?.why).toContain('1 trades');
  });

  it('does not judge what moved a moment ago, and does so later', () => {
    const { tale } = holding();
    const odd = (): WalletReading => reading(tale, 'data', [[YES, shares(7)]]);
    expect(verdictsOf(tale, odd())).toEqual([[YES, 'moving', -shares(3)]]);
    tale.wait(SOURCE_LAG_MS.data + 1_000);
    expect(verdictsOf(tale, odd())).toEqual([[YES, 'differs', -shares(3)]]);
  });

  it('shows a token that the books do not know, and changes nothing in them', () => {
    const { tale } = holding();
    const before = JSON.stringify(portfolioOf(stateOf(tale)));
    tale.wait(SOURCE_LAG_MS.data + 1_000);
    const stranger = noToken(7);
    expect(
      verdictsOf(
        tale,
        reading(tale, 'data', [
          [YES, shares(10)],
          [stranger, shares(3)],
        ]),
      ),
    ).toEqual([
      [YES, 'agrees', 0],
      [stranger, 'differs', shares(3)],
    ]);
    expect(JSON.stringify({ ...portfolioOf(stateOf(tale)), asOfMs: 0 })).toBe(
      JSON.stringify({ ...JSON.parse(before), asOfMs: 0 }),
    );
  });

  it('judges only what is named where a list is not complete', () => {
    const { tale } = holding();
    tale.wait(SOURCE_LAG_MS.data + 1_000);
    expect(verdictsOf(tale, reading(tale, 'data', [], null, false))).toEqual([]);
  });

  it('never calls a difference what the books held within the lag, and always what they never held, once nothing moves', () => {
    let seen = { behind: 0, differs: 0 };
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ size: fc.integer({ min: 1, max: 90 }), waitS: fc.integer({ min: 0, max: 120 }) }),
          {
            minLength: 1,
            maxLength: 8,
          },
        ),
        fc.nat(),
        (trades, which) => {
          const tale = createTale();
          const [order] = tale.place(...bidAndAsk(1, 48, 52, shares(1_000)));
          // A second, naive history: what was final at each second.
          const history: [atMs: number, final: number][] = [[0, 0]];
          let final = 0;
          for (const { size, waitS } of trades) {
            const report = tale.trade(order as TaleOrder, (size * 10_000) as Shares);
            tale.tell(report, 'MATCHED');
            tale.tell(report, 'CONFIRMED');
            final += size * 10_000;
            history.push([tale.nowMs(), final]);
            tale.wait(waitS * 1_000);
          }
          const fromMs = tale.nowMs() - SOURCE_LAG_MS.data;
          const recent = history.filter(
            (_, index) => (history[index + 1]?.[0] ?? Number.POSITIVE_INFINITY) >= fromMs,
          );
          const [, held] = recent[which % recent.length] as [number, number];
          const told = reconcileWallet(stateOf(tale), reading(tale, 'data', [[YES, held]]));
          for (const { verdict } of told) expect(['agrees', 'behind', 'ahead']).toContain(verdict);
          if (told[0]?.verdict === 'behind') seen = { ...seen, behind: seen.behind + 1 };
          tale.wait(SOURCE_LAG_MS.data + 1_000);
          const [odd] = reconcileWallet(stateOf(tale), reading(tale, 'data', [[YES, final + 1]]));
          expect(odd?.verdict).toBe('differs');
          seen = { ...seen, differs: seen.differs + 1 };
        },
      ),
    );
    expect(seen.behind).toBeGreaterThan(5);
    expect(seen.differs).toBeGreaterThan(50);
  });
});

describe('the portfolio', () => {
  it('has YES and NO apart, at average cost, final and provisional, and adds up', () => {
    const { tale, order } = holding();
    tale.tell(tale.trade(order, shares(2)), 'MATCHED');
    tale.operate(2, 'split', shares(20));
    tale.setBook(1, 58, 62);
    const { held, totals, cashFinalUsd, cashProvisionalUsd } = portfolioOf(stateOf(tale));
    expect(held.find(({ tokenId }) => tokenId === YES)).toMatchObject({
      outcome: 'YES',
      finalShares: 10,
      provisionalIn: 2,
      provisionalOut: 0,
      averageCost: 0.48,
      mark: 0.6,
      markSource: 'mid',
      valueUsd: 7.2,
      unrealisedUsd: 1.44,
    });
    expect(held.map(({ tokenId }) => tokenId).sort()).toEqual([YES, yesToken(2), noToken(2)].sort());
    expect([cashFinalUsd, cashProvisionalUsd]).toEqual([975.2, -0.96]);
    expect(totals).toMatchObject({ profitUsd: 1.44, depositedUsd: 1_000, residualMicroUsd: 0 });
  });

  it('values what is settled at what it pays, and shows disputed markets as open money', () => {
    const { tale } = holding();
    const outcomeOf = () => portfolioOf(stateOf(tale)).markets.map(({ status }) => status);
    expect(outcomeOf()).toEqual(['open']);
    tale.input({
      kind: 'marketResolved',
      conditionId: stateOf(tale).books.positions.keys().next().value as never,
      winner: 'NO',
    });
    expect(outcomeOf()).toEqual(['told']);
    const [held] = portfolioOf(stateOf(tale)).held;
    expect(held).toMatchObject({ mark: 0, markSource: 'payout', valueUsd: 0, unrealisedUsd: -4.8 });
  });
});
