import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Outcome, Side } from '../domain/market.ts';
import type { Payouts } from '../domain/resolution.ts';
import type { Shares } from '../domain/units.ts';
import { cents, conditionId, market, shares } from '../kernel/test-support/test-kernel.ts';
import { bidAndAsk, createTale, type Tale, type TaleOrder } from './test-support/tale.ts';

const DAY_MS = 86_400_000;
const paysOut = (tale: Tale, n: number, payouts: Payouts | null): void =>
  tale.input({
    kind: 'resolutionsRead',
    resolutions: [{ conditionId: conditionId(n), stage: 'resolved', payouts }],
    askedAtMs: tale.nowMs(),
  });
const tells = (tale: Tale, n: number, winner: Outcome | null): void =>
  tale.input({ kind: 'marketResolved', conditionId: conditionId(n), winner });

const performance = (tale: Tale, strategy = 'market-making') =>
  tale.rows('performance').find((row) => row.strategy === strategy);

function traded(tale: Tale, order: TaleOrder, size: Shares): void {
  const report = tale.trade(order, size);
  tale.tell(report, 'MATCHED');
  tale.tell(report, 'CONFIRMED');
}

describe('results of markets', () => {
  it('are known once the chain has paid out, with what is held at what it pays', () => {
    const tale = createTale();
    const [bid, ask] = tale.place(...bidAndAsk(1, 48, 52, shares(10)));
    traded(tale, bid as TaleOrder, shares(10));
    traded(tale, ask as TaleOrder, shares(4));
    expect(performance(tale)).toMatchObject({
      fills_count: 2,
      yes_shares: 10,
      no_shares: 4,
      bought_shares: 14,
      avg_buy_price: 0.48,
      pnl_net: null,
      actual_outcome: null,
    });
    tells(tale, 1, 'YES');
    expect(performance(tale)?.pnl_net).toBeNull();
    expect(tale.rows('market_outcomes')).toMatchObject([{ status: 'told', winner: null, payout_yes: null }]);
    paysOut(tale, 1, [1, 0]);
    // 10 YES pay 10 dollars; 14 shares cost 48 cents each.
    expect(performance(tale)).toMatchObject({
      pnl_net: 3.28,
      actual_outcome: 'YES',
      was_correct: 1,
      residual_micro_usd: 0,
    });
    expect(tale.rows('market_outcomes')).toMatchObject([
      { status: 'resolved', winner: 'YES', payout_yes: 1 },
    ]);
    tale.operate(1, 'redeem', shares(10));
    expect(performance(tale)).toMatchObject({ pnl_net: 3.28, residual_micro_usd: 0 });
    expect(performance(tale, 'chain')).toMatchObject({ yes_shares: -10, no_shares: -4, pnl_net: 0 });
  });

  it('of a void market are at a half, and nobody was right', () => {
    const tale = createTale();
    const [bid] = tale.place(...bidAndAsk(1, 40, 60, shares(10)));
    traded(tale, bid as TaleOrder, shares(10));
    paysOut(tale, 1, [1, 1]);
    expect(performance(tale)).toMatchObject({ pnl_net: 1, actual_outcome: 'VOID', was_correct: null });
    expect(tale.rows('market_outcomes')).toMatchObject([{ winner: 'VOID', payout_yes: 0.5 }]);
  });

  it.each(['proposed', 'disputed'] as const)('are open while an outcome is %s', (stage) => {
    const tale = createTale();
    const [bid] = tale.place(...bidAndAsk(1, 48, 52, shares(10)));
    traded(tale, bid as TaleOrder, shares(10));
    tale.input({ kind: 'marketsListed', markets: [market(1, { resolution: stage }), market(2)] });
    expect(tale.rows('market_outcomes')).toMatchObject([{ status: stage, winner: null }]);
    expect(performance(tale)).toMatchObject({ pnl_net: null, actual_outcome: null, was_correct: null });
  });

  it('leave out a trade that failed', () => {
    const tale = createTale();
    const [bid] = tale.place(...bidAndAsk(1, 48, 52, shares(10)));
    const report = tale.trade(bid as TaleOrder, shares(10));
    tale.tell(report, 'MATCHED');
    tale.tell(report, 'FAILED');
    paysOut(tale, 1, [0, 1]);
    expect(performance(tale)).toMatchObject({ fills_count: 0, yes_shares: 0, pnl_net: 0, was_correct: null });
  });

  const happening = fc.oneof(
    fc.record({
      what: fc.constant('trade' as const),
      isQuote: fc.boolean(),
      outcome: fc.constantFrom<Outcome>('YES', 'NO'),
      side: fc.constantFrom<Side>('BUY', 'SELL'),
      price: fc.integer({ min: 1, max: 99 }).map(cents),
      // Odd sizes, so that dollars do not come out even.
      size: fc.integer({ min: 1, max: 40_000 }).map((hundredths) => (hundredths * 10_000 + 7) as Shares),
      isTaker: fc.boolean(),
      end: fc.constantFrom('CONFIRMED' as const, 'FAILED' as const),
    }),
    fc.record({
      what: fc.constant('operate' as const),
      action: fc.constantFrom('split' as const, 'merge' as const),
      size: fc.integer({ min: 1, max: 9_999_999 }).map((micro) => micro as Shares),
    }),
  );

  it('are in the sum what the books say, to the micro-dollar, whatever happened', () => {
    let redeemed = 0;
    fc.assert(
      fc.property(
        fc.array(happening, { minLength: 1, maxLength: 12 }),
        fc.constantFrom<Payouts>([1, 0], [0, 1], [1, 1]),
        (happenings, payouts) => {
          const tale = createTale();
          for (const one of happenings) {
            if (one.what === 'operate') {
              tale.operate(1, one.action, one.size);
              continue;
            }
            const { outcome, side, price, size } = one;
            const [order] = tale.place({ n: 1, outcome, side, price, size });
            const report = tale.trade(order as TaleOrder, size, one.isTaker ? 'TAKER' : 'MAKER');
            tale.tell(report, 'MATCHED');
            tale.tell(report, one.end);
          }
          paysOut(tale, 1, payouts);
          const position = tale.projection.facts?.books.positions.get(conditionId(1));
          const check = (isRedeemed: boolean): void => {
            const rows = tale.rows('performance').filter((row) => row.market_id === conditionId(1));
            const isVoid = payouts[0] === payouts[1];
            for (const row of rows) expect(row.residual_micro_usd).toBe(0);
            if (!isRedeemed || position === undefined) return;
            const sum = rows.reduce((total, row) => total + Math.round(Number(row.pnl_net) * 1e6), 0);
            expect(Math.abs(sum - (position.realisedUsd - position.feesUsd))).toBeLessThanOrEqual(
              isVoid ? 4 : 0,
            );
          };
          check(false);
          if (position !== undefined && position.yes.final >= 0 && position.no.final >= 0) {
            redeemed += 1;
            tale.operate(1, 'redeem', position.yes.final);
            check(true);
          }
        },
      ),
    );
    expect(redeemed).toBeGreaterThan(10);
  });
});

describe('forecasts', () => {
  it('are the fair value when a trade was told, beside the mid of others', () => {
    const tale = createTale();
    const [bid] = tale.place(...bidAndAsk(1, 48, 52, shares(10)));
    tale.setBook(1, 45, 51);
    traded(tale, bid as TaleOrder, shares(10));
    expect(tale.rows('forecasts')).toMatchObject([
      {
        source: 'fair value at fill',
        market_id: conditionId(1),
        probability: expect.closeTo(0.48, 3),
        market_probability: 0.48,
        side: 'YES',
        size: 10,
      },
    ]);
  });

  it('are not made without a live book, nor of an outcome that is known', () => {
    const tale = createTale();
    const [bid, ask] = tale.place(...bidAndAsk(1, 48, 52, shares(10)));
    tale.input({ kind: 'bookUntrusted', conditionId: conditionId(1), reason: 'hash' });
    traded(tale, bid as TaleOrder, shares(5));
    tale.setBook(1, 48, 52);
    tells(tale, 1, 'YES');
    traded(tale, ask as TaleOrder, shares(5));
    expect(tale.rows('forecasts')).toEqual([]);
  });

  it('are taken at fixed times before the scheduled end of a market that was traded, and at no other', () => {
    const tale = createTale();
    const endAtMs = tale.nowMs() + 2 * DAY_MS;
    tale.input({ kind: 'marketsListed', markets: [1, 2].map((n) => market(n, { endAtMs })) });
    tale.setBook(1, 48, 52);
    tale.setBook(2, 30, 40);
    const [bid] = tale.place(...bidAndAsk(1, 48, 52, shares(10)));
    traded(tale, bid as TaleOrder, shares(10));
    for (let minute = 0; minute < 2 * 24 * 60 + 5; minute += 1) {
      if (minute === 24 * 60 - 5) tale.setBook(1, 70, 80);
      tale.wait(60_000);
    }
    const before = tale.rows('forecasts').filter((row) => row.source === 'fair value before end');
    expect(before.map((row) => [row.horizon_ms, row.probability])).toEqual([
      [DAY_MS, 0.75],
      [3_600_000, 0.75],
      [300_000, 0.75],
    ]);
    for (const row of before)
      expect(endAtMs - Number(row.at_ms) - Number(row.horizon_ms)).toBeGreaterThan(-61_000);
  });

  it('that fell due while nobody looked are not made up', () => {
    const tale = createTale();
    const endAtMs = tale.nowMs() + 2 * DAY_MS;
    tale.input({ kind: 'marketsListed', markets: [1, 2].map((n) => market(n, { endAtMs })) });
    const [bid] = tale.place(...bidAndAsk(1, 48, 52, shares(10)));
    traded(tale, bid as TaleOrder, shares(10));
    tale.wait(DAY_MS + 3_600_000);
    tale.wait(60_000);
    expect(tale.rows('forecasts').map((row) => row.source)).toEqual(['fair value at fill']);
  });
});
