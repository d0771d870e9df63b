import fc from 'fast-check';
import { expect, it } from 'vitest';
import { PRICE_ONE, type Price, type Shares } from '../domain/units.ts';
import { exposureOf, type MarketRisk } from './exposure.ts';
import { checkExit, checkOrder, type GateMarket } from './gate.ts';
import { isRefused } from './refusal.ts';
import { dollars, gateMarket, gatePass, limits, order, shares } from './test-gate.ts';

const COUNT = 3;
const count = (most: number) => fc.integer({ min: 0, max: most * 100 }).map((n) => shares(n / 100));
const held = fc.record({
  yes: count(60),
  no: count(60),
  mayCome: count(5),
  mayGo: count(5),
  bids: count(20),
  asks: count(20),
  mark: fc.integer({ min: 5, max: 60 }).map((cents) => (cents * 100) as Price),
});
type Held = typeof held extends fc.Arbitrary<infer Value> ? Value : never;

const riskOf = ({ yes, no, mayCome, mayGo, bids, asks, mark }: Held): MarketRisk => ({
  leastNet: yes - no - mayGo,
  mostNet: yes - no + mayCome,
  liveBidShares: bids,
  liveAskShares: asks,
  mark,
});

/** What a market costs where it wins or does not, with every order filled or not, by trying all of it. */
function costIf(
  { leastNet, mostNet, liveBidShares, liveAskShares, mark }: MarketRisk,
  wins: boolean,
): number {
  let worst = Number.NEGATIVE_INFINITY;
  for (const net of [leastNet, mostNet])
    for (const bought of [0, liveBidShares])
      for (const sold of [0, liveAskShares]) {
        const end = net + bought - sold;
        worst = Math.max(worst, (end * mark) / PRICE_ONE - (wins ? end : 0));
      }
  return worst;
}

/** What each outcome of the event costs; the last one is that none of the markets wins. */
const losses = (risks: readonly MarketRisk[]): number[] =>
  [...risks.keys(), -1].map((winner) =>
    risks.reduce((sum, risk, index) => sum + costIf(risk, index === winner), 0),
  );

/** Rounding up costs a micro-dollar for every market and order. */
const ROUNDING = 4 * COUNT;

it('W24: a sale that closes what is surely held passes every limit of risk and of quotes, and adds no loss of its own in any outcome', () => {
  const met = { passed: 0, refusedAsQuote: 0, hedgeGone: 0 };
  fc.assert(
    fc.property(
      fc.array(held, { minLength: COUNT, maxLength: COUNT }),
      fc.constantFrom<'YES' | 'NO'>('YES', 'NO'),
      fc.integer({ min: 1, max: 100 }),
      fc.constantFrom('active' as const, 'reducing' as const),
      (states, outcome, percent, mode) => {
        const markets: GateMarket[] = states.map((state, index) =>
          gateMarket({
            mid: state.mark,
            bestBid: (state.mark - 100) as Price,
            bestAsk: (state.mark + 100) as Price,
            risk: riskOf(state),
            freeYes: state.yes,
            freeNo: state.no,
            event: {
              others: () => markets.filter((_, at) => at !== index).map(({ risk }) => risk),
              outcomes: COUNT,
            },
            coin: { ticker: 'BTC', others: () => dollars(1_000) },
          }),
        );
        const market = markets[0] as GateMarket;
        const { risk, mid } = market;
        const sure =
          outcome === 'YES'
            ? Math.min(market.freeYes, risk.leastNet - risk.liveAskShares)
            : Math.min(market.freeNo, -risk.mostNet - risk.liveBidShares);
        const size = (Math.floor((sure * percent) / 100 / 10_000) * 10_000) as Shares;
        if (size < market.minOrderSize) return;
        // Everything is full: only what cannot make it worse may pass.
        const terms = limits({
          maxPerMarket: dollars(0),
          maxPerEvent: dollars(0),
          maxPerCoin: dollars(0),
          maxTotalExposureBps: 0,
          maxOpenOrders: 0,
          maxNotionalPerMinute: dollars(0),
        });
        const pass = gatePass({ limits: terms, mode, totalExposure: dollars(1_000) });
        const price = (outcome === 'YES' ? (mid ?? 0) - 100 : PRICE_ONE - (mid ?? 0) - 100) as Price;
        const request = order({ outcome, side: 'SELL', price, size, timeInForce: 'FAK', postOnly: false });
        const before = markets.map((one) => ({ ...one.risk }));
        const beside = losses(before.map((one, at) => (at === 0 ? { ...one, ...NOTHING } : one)));
        const asQuote = checkOrder(pass, market, request);
        if (isRefused(asQuote) && asQuote.refused === 'perEventLimit') met.refusedAsQuote += 1;
        expect(checkExit(pass, market, request)).toHaveProperty('request');
        met.passed += 1;
        const after = losses(markets.map((one) => one.risk));
        for (const [outcomeOf, loss] of losses(before).entries()) {
          const bound = Math.max(loss, beside[outcomeOf] ?? 0);
          expect(after[outcomeOf]).toBeLessThanOrEqual(bound + ROUNDING);
          if ((after[outcomeOf] ?? 0) > loss + ROUNDING) met.hedgeGone += 1;
        }
        expect(exposureOf(market.risk)).toBe(exposureOf(before[0] as MarketRisk));
        expect(pass.totalExposure).toBe(dollars(1_000));
      },
    ),
    { numRuns: 1_000 },
  );
  expect(met.passed).toBeGreaterThan(150);
  expect(met.refusedAsQuote).toBeGreaterThan(100);
  expect(met.hedgeGone).toBeGreaterThan(50);
});

const NOTHING = { leastNet: 0, mostNet: 0, liveBidShares: 0, liveAskShares: 0 };
