import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PRICE_ONE, type Price } from '../domain/units.ts';
import { exposureOf, totalCap } from './exposure.ts';
import { checkOrder, type GateMarket } from './gate.ts';
import { checkTransaction } from './gate-transaction.ts';
import { isRefused } from './refusal.ts';
import { dollars, gateMarket, gatePass, limits, order, shares, transaction } from './test-gate.ts';

const request = fc.record({
  market: fc.integer({ min: 0, max: 2 }),
  outcome: fc.constantFrom('YES', 'NO'),
  side: fc.constantFrom('BUY', 'SELL'),
  price: fc.integer({ min: 0, max: 100 }).map((cents) => (cents * 100) as Price),
  size: fc.integer({ min: 1, max: 6_000 }).map((hundredths) => shares(hundredths / 100)),
  postOnly: fc.boolean(),
});
const action = fc.record({
  market: fc.integer({ min: 0, max: 2 }),
  action: fc.constantFrom('split', 'merge'),
  amount: fc.integer({ min: 0, max: 30 }),
});
const marketState = fc.record({
  yes: fc.integer({ min: 0, max: 50 }).map(shares),
  no: fc.integer({ min: 0, max: 50 }).map(shares),
  provisional: fc.integer({ min: 0, max: 20 }).map(shares),
  mark: fc.integer({ min: 5, max: 95 }).map((cents) => (cents * 100) as Price),
});

/** The exposure of one market by trying out both outcomes and every way of filling, written apart from the gate's own. */
function worstLoss(
  own: { yes: number; no: number; provisional: number },
  bids: number,
  asks: number,
  mark: number,
): number {
  let worst = 0;
  for (const more of [0, own.provisional])
    for (const bought of [0, bids])
      for (const sold of [0, asks]) {
        const net = own.yes - own.no + more + bought - sold;
        worst = Math.max(worst, net * (mark / PRICE_ONE), -net * (1 - mark / PRICE_ONE));
      }
  return worst;
}

describe('the gate under any sequence of requests', () => {
  it('keeps exposure, cash, tokens, own quotes and rate within their limits, every possibly-live order counted', () => {
    const scenario = fc.record({
      states: fc.tuple(marketState, marketState, marketState),
      cash: fc.integer({ min: 0, max: 300 }).map(dollars),
      steps: fc.array(fc.oneof({ weight: 6, arbitrary: request }, { weight: 1, arbitrary: action }), {
        maxLength: 60,
      }),
    });
    fc.assert(
      fc.property(scenario, ({ states, cash, steps }) => {
        const terms = limits({
          maxPerMarket: dollars(40),
          maxSpread: 3_000 as Price,
          maxSpreadToReduce: 800 as Price,
          maxDistance: 3_000 as Price,
        });
        const markets: GateMarket[] = states.map(({ yes, no, provisional, mark }) =>
          gateMarket({
            mid: mark,
            bestBid: (mark - 100) as Price,
            bestAsk: (mark + 100) as Price,
            risk: {
              leastNet: yes - no,
              mostNet: yes - no + provisional,
              liveBidShares: 0,
              liveAskShares: 0,
              mark,
            },
            freeYes: yes,
            freeNo: no,
            pairs: Math.min(yes, no),
          }),
        );
        const before = markets.map((market) => exposureOf(market.risk));
        const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
        const pass = gatePass({
          limits: terms,
          freeCash: cash,
          equity: dollars(200),
          totalExposure: sum(before),
        });
        const cap = totalCap(dollars(200), terms.maxTotalExposureBps);
        const model = states.map(() => ({
          bids: 0,
          asks: 0,
          bestBid: 0,
          bestAsk: PRICE_ONE as number,
          splits: 0,
        }));
        let sent = 0;
        for (const step of steps) {
          const market = markets[step.market] as GateMarket;
          const seen = model[step.market] as (typeof model)[number];
          if ('action' in step) {
            const verdict = checkTransaction(pass, market, transaction(step.action, step.amount));
            if (!isRefused(verdict) && step.action === 'split') seen.splits += shares(step.amount);
          } else {
            const { market: _index, ...terms_ } = step;
            if (isRefused(checkOrder(pass, market, order(terms_)))) continue;
            sent += 1;
            const isBid = (step.side === 'BUY') === (step.outcome === 'YES');
            const at = step.outcome === 'YES' ? step.price : PRICE_ONE - step.price;
            if (isBid) {
              seen.bids += step.size;
              seen.bestBid = Math.max(seen.bestBid, at);
            } else {
              seen.asks += step.size;
              seen.bestAsk = Math.min(seen.bestAsk, at);
            }
          }
          expect(seen.bestBid).toBeLessThan(seen.bestAsk);
          expect(pass.freeCash).toBeGreaterThanOrEqual(0);
          for (const { freeYes, freeNo } of markets)
            expect(Math.min(freeYes, freeNo)).toBeGreaterThanOrEqual(0);
        }
        expect(sent).toBeLessThanOrEqual(terms.ordersPerSecond * 1.5);
        const after = states.map((state, index) => {
          const { bids, asks, splits } = model[index] as (typeof model)[number];
          expect(splits).toBeLessThanOrEqual(terms.maxSplitPerMarket);
          return worstLoss(state, bids, asks, state.mark);
        });
        after.forEach((loss, index) => {
          // What was over the limit before may stay; nothing approved takes it further. Rounding up costs a micro-dollar.
          expect(loss).toBeLessThanOrEqual(Math.max(terms.maxPerMarket, before[index] as number) + 1);
        });
        expect(sum(after)).toBeLessThanOrEqual(Math.max(cap, sum(before)) + after.length);
        expect(Math.abs(sum(after) - pass.totalExposure)).toBeLessThanOrEqual(after.length);
      }),
      { numRuns: 400 },
    );
  });
});
