import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PRICE_ONE, type Price, type Shares } from '../domain/units.ts';
import { eventExposureOf, exposureOf, type MarketRisk } from './exposure.ts';
import { checkOrder, checkTogether, type GateMarket } from './gate.ts';
import { isRefused } from './refusal.ts';
import { dollars, gateMarket, gatePass, limits, order, shares } from './test-gate.ts';

const CAP = dollars(60);
const COUNT = 4;

const held = fc.record({
  yes: fc.integer({ min: 0, max: 30 }).map(shares),
  no: fc.integer({ min: 0, max: 30 }).map(shares),
  provisional: fc.integer({ min: 0, max: 10 }).map(shares),
  mark: fc.integer({ min: 5, max: 60 }).map((cents) => (cents * 100) as Price),
});
const request = fc.record({
  market: fc.nat(COUNT - 1),
  outcome: fc.constantFrom('YES', 'NO'),
  side: fc.constantFrom('BUY', 'SELL'),
  offset: fc.integer({ min: 1, max: 4 }),
  size: fc.integer({ min: 500, max: 4_000 }).map((hundredths) => shares(hundredths / 100)),
});

interface Own {
  readonly risk: MarketRisk;
  bids: number;
  asks: number;
}

/** The worst outcome by trying each one out, and each market's orders filled or not, written apart from the gate's own. */
function worstLoss(markets: readonly Own[], oneWins: boolean): number {
  const winners = [...markets.keys(), ...(oneWins ? [] : [-1])];
  return Math.max(
    0,
    ...winners.map((winner) => {
      let total = 0;
      for (const [index, { risk, bids, asks }] of markets.entries()) {
        const mark = risk.mark / PRICE_ONE;
        let worst = Number.NEGATIVE_INFINITY;
        for (const net of [risk.leastNet, risk.mostNet])
          for (const bought of [0, bids])
            for (const sold of [0, asks]) {
              const end = net + bought - sold;
              worst = Math.max(worst, end * mark - (index === winner ? end : 0));
            }
        total += worst;
      }
      return total;
    }),
  );
}

/** Markets of one event as one pass sees them. */
function eventOf(
  states: readonly { yes: number; no: number; provisional: number; mark: Price }[],
  outcomes: number | null,
) {
  const markets: GateMarket[] = states.map(({ yes, no, provisional, mark }, index) =>
    gateMarket({
      mid: mark,
      bestBid: (mark - 100) as Price,
      bestAsk: (mark + 100) as Price,
      risk: { leastNet: yes - no, mostNet: yes - no + provisional, liveBidShares: 0, liveAskShares: 0, mark },
      event: {
        others: () => markets.filter((_, at) => at !== index).map(({ risk }) => risk),
        outcomes,
      },
      freeYes: yes,
      freeNo: no,
    }),
  );
  return markets;
}

const scenario = fc.record({
  states: fc.array(held, { minLength: COUNT, maxLength: COUNT }),
  outcomes: fc.constantFrom(null, COUNT, COUNT + 1),
  steps: fc.array(request, { minLength: 10, maxLength: 60 }),
});

describe('the limit of an event under any sequence of requests', () => {
  it('keeps the loss of the worst outcome within the cap, every possibly-live order counted', () => {
    const seen = { refused: 0, approved: 0 };
    fc.assert(
      fc.property(scenario, ({ states, outcomes, steps }) => {
        const terms = limits({ maxPerMarket: dollars(50), maxPerEvent: CAP, maxSpread: 9_000 as Price });
        const markets = eventOf(states, outcomes);
        const pass = gatePass({ limits: terms, freeCash: dollars(5_000), equity: dollars(100_000) });
        const own: Own[] = markets.map(({ risk }) => ({ risk: { ...risk }, bids: 0, asks: 0 }));
        const start = worstLoss(own, outcomes === COUNT);
        let before = start;
        for (const { market: index, outcome, side, offset, size } of steps) {
          const market = markets[index] as GateMarket;
          const isBid = (side === 'BUY') === (outcome === 'YES');
          const at = (market.mid ?? 0) + (isBid ? -100 : 100) * offset;
          const price = (outcome === 'YES' ? at : PRICE_ONE - at) as Price;
          if (at <= 0) continue;
          const verdict = checkOrder(pass, market, order({ outcome, side, price, size }));
          if (isRefused(verdict)) {
            if (verdict.refused !== 'perEventLimit') continue;
            seen.refused += 1;
            expect(verdict).toMatchObject({ limit: CAP });
            expect(verdict.value).toBeGreaterThan(CAP);
            continue;
          }
          seen.approved += 1;
          const mine = own[index] as Own;
          if (isBid) mine.bids += size;
          else mine.asks += size;
          const now = worstLoss(own, outcomes === COUNT);
          // What was over the limit before may stay; nothing approved takes it further. Rounding costs a micro-dollar a market.
          expect(now).toBeLessThanOrEqual(Math.max(CAP, before) + 2 * COUNT);
          before = now;
        }
        const risks = markets.map(({ risk }) => risk);
        expect(Math.abs(eventExposureOf(risks, outcomes === COUNT) - before)).toBeLessThanOrEqual(2 * COUNT);
      }),
      { numRuns: 400 },
    );
    expect(seen.refused).toBeGreaterThan(200);
    expect(seen.approved).toBeGreaterThan(1_000);
  });

  it('is never more than what its markets risk alone, and for one market the same', () => {
    fc.assert(
      fc.property(fc.array(held, { minLength: 1, maxLength: 5 }), fc.boolean(), (states, oneWins) => {
        const risks = eventOf(states, null).map(({ risk }) => risk);
        const alone = risks.reduce((sum, risk) => sum + exposureOf(risk), 0);
        expect(eventExposureOf(risks, oneWins)).toBeLessThanOrEqual(alone + risks.length);
        for (const risk of risks) {
          const apart = { ...risk, leastNet: risk.mostNet };
          expect(Math.abs(eventExposureOf([apart], false) - exposureOf(apart))).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});

describe('the limit of an event', () => {
  const risk = (net: number, cents: number): MarketRisk => ({
    leastNet: shares(net),
    mostNet: shares(net),
    liveBidShares: 0,
    liveAskShares: 0,
    mark: (cents * 100) as Price,
  });

  it('counts what one outcome wins against what the others lose', () => {
    // 100 NO of each of two outcomes at 30 cents: only one of them can win.
    expect(eventExposureOf([risk(-100, 30), risk(-100, 30)], false)).toBe(dollars(40));
    // Sold YES of everything is a certain gain where one of them wins, and 10 cents a share where none may.
    expect(eventExposureOf([risk(100, 40), risk(100, 50)], true)).toBe(0);
    expect(eventExposureOf([risk(100, 40), risk(100, 50)], false)).toBe(dollars(90));
  });

  it('lets an order pass that adds nothing to any outcome over the cap, and none that does', () => {
    const states = [20, 30].map((cents, index) => ({
      yes: shares(0),
      no: shares(index === 0 ? 200 : 100),
      provisional: shares(0),
      mark: (cents * 100) as Price,
    }));
    const markets = eventOf(states, null);
    // If the first wins its NO are lost: 160 dollars less the 30 that the second gains. If the second wins, 70 less 40.
    const pass = gatePass({ limits: limits({ maxPerMarket: dollars(500), maxPerEvent: dollars(40) }) });
    const [first, second] = markets as [GateMarket, GateMarket];
    const more = order({ outcome: 'NO', side: 'BUY', price: 7_800 as Price });
    expect(checkOrder(pass, first, more)).toMatchObject({ refused: 'perEventLimit', limit: dollars(40) });
    const less = order({ outcome: 'NO', side: 'SELL', price: 8_200 as Price });
    expect(isRefused(checkOrder(pass, first, less))).toBe(false);
    const hedge = order({ outcome: 'NO', side: 'BUY', price: 6_800 as Price });
    expect(isRefused(checkOrder(pass, second, hedge))).toBe(false);
    // Ten more would take the second outcome over the cap, though it is still far from the worst.
    expect(checkOrder(pass, second, hedge)).toMatchObject({ refused: 'perEventLimit' });
  });

  it('counts what orders of one batch add to each other, and gives it back when one is refused', () => {
    const states = [30, 30, 30].map((cents) => ({
      yes: 0 as Shares,
      no: 0 as Shares,
      provisional: 0 as Shares,
      mark: (cents * 100) as Price,
    }));
    const markets = eventOf(states, null);
    const pass = gatePass({ limits: limits({ maxPerEvent: dollars(20) }) });
    const legs = markets.map((market) => ({
      market,
      request: order({ price: 2_900 as Price, size: shares(25) }),
    }));
    expect(checkTogether(pass, legs)).toMatchObject({ refused: 'perEventLimit', leg: 2 });
    expect(markets.map(({ risk: { liveBidShares } }) => liveBidShares)).toEqual([0, 0, 0]);
    expect(checkTogether(pass, legs.slice(0, 2))).toHaveLength(2);
  });
});
