import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConditionId, Side, TokenId } from '../../domain/market.ts';
import { oppositeSide } from '../../domain/market.ts';
import type { ClientId, OrderId } from '../../domain/order.ts';
import { complement, type Price, type Shares, type Usd } from '../../domain/units.ts';
import { type Plan, planQuotes } from '../../orders/planner.ts';
import type { DesiredQuote, OrderRecord } from '../../orders/types.ts';
import { PRICING_ENGINES } from '../../pricing/pricing-engines.ts';
import { priceAndShape, type QuotingInputs } from '../../quoting/price-and-shape.ts';
import type { GridLevel } from '../../quoting/proposal.ts';
import {
  bookOf,
  DEFAULT_QUOTING,
  quotingInputs,
  wholeShares,
} from '../../quoting/test-support/quoting-cases.ts';

const ENGINES = Object.values(PRICING_ENGINES).map(({ name }) => name);
const NOW_MS = 1_000_000;

/** A market, what is held of it, and quotes of an earlier look, all in units of `money`. */
const cases = fc.record({
  mid: fc.integer({ min: 15, max: 85 }),
  half: fc.integer({ min: 1, max: 6 }),
  bidShares: fc.integer({ min: 50, max: 500 }),
  askShares: fc.integer({ min: 50, max: 500 }),
  net: fc.integer({ min: -40, max: 40 }),
  levels: fc.integer({ min: 1, max: 3 }),
  signal: fc.option(fc.integer({ min: -5, max: 5 })),
  resting: fc.array(
    fc.record({
      side: fc.constantFrom<Side>('BUY', 'SELL'),
      away: fc.integer({ min: 1, max: 8 }),
      shares: fc.constantFrom(5, 10, 20),
      ageS: fc.integer({ min: 0, max: 60 }),
      ahead: fc.integer({ min: 0, max: 200 }),
    }),
    { maxLength: 4 },
  ),
});
type Case = typeof cases extends fc.Arbitrary<infer Given> ? Given : never;

const mirrored = (given: Case): Case => ({
  ...given,
  mid: 100 - given.mid,
  net: -given.net,
  bidShares: given.askShares,
  askShares: given.bidShares,
  signal: given.signal === null ? null : -given.signal,
  resting: given.resting.map((order) => ({ ...order, side: oppositeSide(order.side) })),
});

function inputsOf(given: Case, pricingEngine: (typeof ENGINES)[number], money: number): QuotingInputs {
  const { mid, half, bidShares, askShares, net } = given;
  const yes = wholeShares(Math.max(0, net) * money);
  const no = wholeShares(Math.max(0, -net) * money);
  return quotingInputs({
    book: bookOf(100, [
      ['BUY', (mid - half) * 100, bidShares * money],
      ['SELL', (mid + half) * 100, askShares * money],
    ]),
    minOrderSize: wholeShares(5 * money),
    inventory: { yes, no, yesAvailable: yes, noAvailable: no },
    budget: (1_000_000_000 * money) as Usd,
    cdSignalPts: given.signal,
    reward: { minSize: wholeShares(10 * money), maxSpreadPts: 4.5, dailyRateUsd: 500 * money },
    settings: {
      ...DEFAULT_QUOTING,
      pricingEngine,
      multiLevelCount: given.levels,
      cdSynergyEnabled: true,
      quoteSizeUsd: 0.100001 * Math.max(mid, 100 - mid) * money,
      fairValue: 'mid',
      maxPerMarketUsd: 64 * money,
      unwindThreshold: 1,
    },
  });
}

function recordsOf({ mid, resting }: Case, money: number): OrderRecord[] {
  return resting.map(({ side, away, shares, ageS, ahead }, n) => {
    const at = Math.max(1, Math.min(99, side === 'BUY' ? mid - away : mid + away)) * 100;
    // Either side is the purchase of an outcome, so that the mirror of one is the other.
    const isBid = side === 'BUY';
    return {
      request: {
        clientId: `o-${n}` as ClientId,
        conditionId: '0x1' as ConditionId,
        tokenId: (isBid ? '1' : '2') as TokenId,
        negRisk: false,
        outcome: isBid ? 'YES' : 'NO',
        side: 'BUY',
        price: (isBid ? at : 10_000 - at) as Price,
        size: wholeShares(shares * money),
        timeInForce: 'GTC',
        postOnly: true,
        expirationS: 0,
        salt: n,
        timestampMs: 0,
      },
      tags: { loop: 'market-making', purpose: 'quote', level: 0 },
      takerFeeBound: 0 as Usd,
      approvedAtMs: NOW_MS - ageS * 1_000,
      state: 'open',
      orderId: `0x${n}` as OrderId,
      matched: 0 as Shares,
      venueMatched: 0 as Shares,
      inFlightAtMs: NOW_MS - ageS * 1_000,
      cancelAskedAtMs: null,
      terminalAtMs: null,
      restUntoldUntilMs: null,
      doubt: null,
      lookedUpAtMs: null,
      openFills: 0,
      lastText: '',
      queueAhead: wholeShares(ahead * money),
    };
  });
}

/** The whole way from a market to messages. */
function planOf(given: Case, engine: (typeof ENGINES)[number], money: number): Plan | null {
  const inputs = inputsOf(given, engine, money);
  const result = priceAndShape(inputs);
  if (result.kind === 'none') return null;
  const quotes = (levels: readonly GridLevel[], side: Side): DesiredQuote[] =>
    levels.map(({ price, size, level }) => ({ side, price, size, level }));
  const { yesAvailable: yes, noAvailable: no } = inputs.inventory;
  return planQuotes({
    market: {
      conditionId: '0x1' as ConditionId,
      yesTokenId: '1' as TokenId,
      noTokenId: '2' as TokenId,
      negRisk: false,
      minOrderSize: inputs.minOrderSize,
    },
    desired: [...quotes(result.bids, 'BUY'), ...quotes(result.asks, 'SELL')],
    working: recordsOf(given, money),
    free: { cash: (1_000_000_000 * money) as Usd, yes, no },
    safe: {
      maxBid: Math.floor(result.fair.fairPts * 100) as Price,
      minAsk: Math.ceil(result.fair.fairPts * 100) as Price,
    },
    worth: { kPerPt: 1.5, othersAt: () => wholeShares(50 * money) },
    waitsSinceMs: null,
    rules: {
      requoteThreshold: 50 as Price,
      cancelPriceThreshold: 150 as Price,
      sizeThresholdPct: 25,
      minLifetimeMs: 10_000,
      maxAgeMs: 3_600_000,
      cancelRetryMs: 2_000,
    },
    nowMs: NOW_MS,
  });
}

const OPPOSITE = new Map([
  ['bid', 'ask'],
  ['ask', 'bid'],
  ['above', 'below'],
  ['below', 'above'],
]);

/** What a plan does, in YES coordinates or seen from NO, without names for the sides. */
function shown(plan: Plan, fromNo: boolean): string[] {
  const side = (of: Side) => (fromNo ? oppositeSide(of) : of);
  const at = (price: Price) => (fromNo ? complement(price) : price);
  const reason = (text: string) =>
    fromNo ? text.replace(/\b(bid|ask|above|below)\b/g, (word) => OPPOSITE.get(word) ?? word) : text;
  return [
    ...plan.places.map(({ quote, size }) => `place ${side(quote.side)} ${at(quote.price)} x ${size}`),
    ...plan.cancels.map(({ clientId, reason: why }) => `cancel ${clientId} ${reason(why)}`),
    ...plan.keeps.map(({ clientId, reason: why }) => `keep ${clientId} ${reason(why)}`),
    ...plan.deferred.map(({ quote }) => `defer ${side(quote.side)} ${at(quote.price)}`),
    ...plan.changes.map(({ quote, stake }) => `stake ${side(quote.side)} ${stake.toPrecision(6)}`),
  ].sort();
}

describe.each(ENGINES)('from a market to its messages, engine %s', (engine) => {
  it('everything seen from NO is the complement of what it is seen from YES', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const yes = planOf(given, engine, 1);
        const no = planOf(mirrored(given), engine, 1);
        if (yes === null || no === null) throw new Error('expected quotes');
        expect(shown(no, true)).toEqual(shown(yes, false));
      }),
      { numRuns: 300 },
    );
  });

  it('twice the money doubles every size, changes no price, and moves and keeps the same orders', () => {
    fc.assert(
      fc.property(cases, (given) => {
        const one = planOf(given, engine, 1);
        const two = planOf(given, engine, 2);
        if (one === null || two === null) throw new Error('expected quotes');
        const acts = ({ places, cancels, keeps }: Plan) => [
          places.map(({ quote }) => `${quote.side} ${quote.price}`),
          cancels.map(({ clientId, reason }) => `${clientId} ${reason}`),
          keeps.map(({ clientId, reason }) => `${clientId} ${reason}`),
        ];
        expect(acts(two)).toEqual(acts(one));
        two.places.forEach(({ size }, index) => {
          // Sizes are cut to hundredths of a share, of which doubling first can keep one more.
          expect(Math.abs(size - 2 * (one.places[index]?.size ?? 0))).toBeLessThanOrEqual(40_000);
        });
      }),
      { numRuns: 300 },
    );
  });
});
