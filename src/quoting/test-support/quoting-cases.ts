import fc from 'fast-check';
import { createBook, setLevel, type TickBook } from '../../domain/book.ts';
import type { Side } from '../../domain/market.ts';
import type { ClientId } from '../../domain/order.ts';
import {
  MICRO,
  PRICE_ONE,
  type Price,
  price,
  type Shares,
  shares,
  type Usd,
  usd,
} from '../../domain/units.ts';
import type { OwnOrder } from '../../pricing/fair-value.ts';
import { quoteAround } from '../../pricing/pricing-engine.ts';
import type { StageContext } from '../pipeline.ts';
import type { QuotingInputs, QuotingSettings } from '../price-and-shape.ts';
import type { QuoteLevel, QuoteProposal } from '../proposal.ts';

export const wholeShares = (count: number): Shares => shares(Math.round(count * MICRO));
export const dollars = (amount: number): Usd => usd(Math.round(amount * MICRO));

/** The settings table's defaults. */
export const DEFAULT_QUOTING: QuotingSettings = {
  pricingEngine: 'legacy',
  fairValue: 'weightedMid',
  deltaMinPts: 1.5,
  deltaMaxPts: 8,
  maxSpreadPts: 12,
  inventorySkewFactor: 0.5,
  asGammaBase: 0.1,
  asGammaAlpha: 0.5,
  asKappaDefault: 1.5,
  glftFillsPerHour: 10,
  quoteSizeUsd: 5,
  maxPerMarketUsd: 50,
  unwindThreshold: 0.8,
  multiLevelCount: 1,
  levelSpreadMult: 1.5,
  levelSizeMult: 2,
  volWidenThresholdPts: 5,
  eventRiskWidenPct: 50,
  cdSynergyEnabled: false,
  cdSynergyWeight: 0.3,
  postOnly: true,
  asFeedbackEnabled: true,
  asFeedbackThresholdBps: 50,
};

export function bookOf(tick: number, rows: readonly (readonly [Side, number, number])[]): TickBook {
  const book = createBook(price(tick));
  for (const [side, at, size] of rows) setLevel(book, side, price(at), wholeShares(size));
  return book;
}

/** 0.46 / 0.54 with 100 shares a side. */
export const WIDE_BOOK = bookOf(100, [
  ['BUY', 4_600, 100],
  ['SELL', 5_400, 100],
]);

export const inventoryOf = (yes: number, no: number) => ({
  yes: wholeShares(yes),
  no: wholeShares(no),
  yesAvailable: wholeShares(yes),
  noAvailable: wholeShares(no),
});

export const quotingInputs = (change: Partial<QuotingInputs> = {}): QuotingInputs => ({
  book: WIDE_BOOK,
  ownOrders: [],
  minOrderSize: wholeShares(5),
  minNotional: usd(0),
  hoursToResolution: 720,
  inventory: inventoryOf(0, 0),
  budget: dollars(50),
  volatilityPtsPerSqrtS: 1 / 60,
  staleFactor: 0,
  unwindUrgency: 0,
  kappaPerPt: null,
  eventRisk: false,
  reduceOnly: false,
  settings: DEFAULT_QUOTING,
  ...change,
});

/** A context for one stage alone: 50 cents, half-spread 2 points, 10 shares a side, room for everything. */
export const stageContext = (change: Partial<StageContext> = {}): StageContext => ({
  engineQuote: quoteAround('legacy', 50, 0, 2, {}),
  tick: price(100),
  othersBestBid: price(4_600),
  othersBestAsk: price(5_400),
  bidSize: wholeShares(10),
  askSize: wholeShares(10),
  minSize: wholeShares(5),
  minNotional: usd(0),
  inventory: inventoryOf(0, 0),
  budget: dollars(1_000),
  inventoryRatio: 0,
  unwindThreshold: 0.8,
  reduceOnly: false,
  multiLevelCount: 1,
  levelSpreadMult: 1.5,
  levelSizeMult: 2,
  volatilityPtsPerSqrtMin: null,
  volWidenThresholdPts: 5,
  eventRisk: false,
  eventRiskWidenPct: 50,
  cdSignalPts: null,
  cdSynergyWeight: null,
  reward: null,
  kPerPt: 1.5,
  fillsPerHour: 10,
  hanging: [],
  markoutPts: null,
  markoutFeedback: true,
  markoutThresholdBps: 50,
  minHalfSpreadPts: 1.5,
  maxSpreadPts: 11,
  postOnly: true,
  ...change,
});

export const levelAt = (
  pricePts: number,
  sizeShares: number,
  change: Partial<QuoteLevel> = {},
): QuoteLevel => ({
  level: 0,
  pricePts,
  price: null,
  size: wholeShares(sizeShares),
  funding: null,
  ...change,
});

export const proposalOf = (bids: readonly QuoteLevel[], asks: readonly QuoteLevel[]): QuoteProposal => ({
  bids,
  asks,
  fairPts: 50,
  reservationPts: 50,
});

const float = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const TICKS = [1_000, 100, 50, 25, 10, 1];

const bookLevel = fc.record({
  /** How far from the middle the level lies, in 1/10,000 USD; rounded to the grid. */
  distance: fc.oneof(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 9_000 })),
  /** In hundredths of a share: sometimes dust. */
  cents: fc.oneof(
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 1_500 }) },
    { weight: 4, arbitrary: fc.integer({ min: 3_000, max: 50_000 }) },
  ),
  ours: fc.integer({ min: 0, max: 3 }).map((roll) => roll === 0),
});
const sideOfBook = fc.oneof(
  { weight: 1, arbitrary: fc.constant([]) },
  { weight: 19, arbitrary: fc.array(bookLevel, { minLength: 1, maxLength: 6 }) },
);

/** Any book on any of the venue's grids: mostly two-sided, sometimes one-sided, empty or crossed, with some of it ours. */
const bookAndOwn = fc
  .record({
    tick: fc.constantFrom(...TICKS),
    middle: fc.integer({ min: 1, max: PRICE_ONE - 1 }),
    bids: sideOfBook,
    asks: sideOfBook,
    crossed: fc.integer({ min: 0, max: 19 }).map((roll) => roll === 0),
  })
  .map(({ tick, middle, bids, asks, crossed }) => {
    const book = createBook(tick as Price);
    const ownOrders: OwnOrder[] = [];
    const put = (side: Side, levels: typeof bids) => {
      for (const { distance, cents, ours } of levels) {
        const outwards = crossed ? -distance : distance;
        const step =
          side === 'BUY'
            ? Math.ceil((middle - outwards) / tick) - 1
            : Math.floor((middle + outwards) / tick) + 1;
        const at = (Math.max(1, Math.min(PRICE_ONE / tick - 1, step)) * tick) as Price;
        const size = (cents * 10_000) as Shares;
        setLevel(book, side, at, size);
        if (ours) ownOrders.push({ side, price: at, size: Math.floor(size / 2) as Shares });
      }
    };
    put('BUY', bids);
    put('SELL', asks);
    return { book, ownOrders };
  });

const anySettings = (engine: fc.Arbitrary<QuotingSettings['pricingEngine']>): fc.Arbitrary<QuotingSettings> =>
  fc
    .record({
      pricingEngine: engine,
      fairValue: fc.constantFrom<QuotingSettings['fairValue']>('mid', 'weightedMid', 'microprice'),
      deltaMinPts: float(0.01, 5),
      deltaSpanPts: float(0, 10),
      maxSpreadPts: fc.oneof(float(0.1, 40), fc.constant(12)),
      inventorySkewFactor: float(0, 10),
      asGammaBase: float(0.001, 2),
      asGammaAlpha: float(0, 10),
      asKappaDefault: float(0.05, 20),
      glftFillsPerHour: float(0.1, 500),
      quoteSizeUsd: fc.oneof(float(1, 10), float(5, 200), float(5, 200)),
      maxPerMarketUsd: fc.oneof(float(1, 500), float(50, 2_000)),
      unwindThreshold: fc.oneof(float(0.05, 1), fc.constant(0.8)),
      multiLevelCount: fc.integer({ min: 1, max: 5 }),
      levelSpreadMult: float(1, 5),
      levelSizeMult: float(0.1, 5),
      volWidenThresholdPts: float(0.01, 10),
      eventRiskWidenPct: float(0, 300),
      cdSynergyEnabled: fc.boolean(),
      cdSynergyWeight: float(0, 1),
      postOnly: fc.boolean(),
      asFeedbackEnabled: fc.boolean(),
      asFeedbackThresholdBps: fc.oneof(fc.constant(0), float(0, 500)),
    })
    .map(({ deltaSpanPts, ...rest }) => ({ ...rest, deltaMaxPts: rest.deltaMinPts + deltaSpanPts }));

const holding = fc
  .oneof(fc.constant(0), fc.integer({ min: 0, max: 4_000 }), fc.integer({ min: 0, max: 30_000 }))
  .map((cents) => (cents * 10_000) as Shares);

/** Up to three orders on any grid that may hang. */
const anyHanging = fc.array(
  fc.record({
    side: fc.constantFrom<Side>('BUY', 'SELL'),
    step: fc.integer({ min: 1, max: 9_999 }),
    size: fc.integer({ min: 500, max: 5_000 }).map((cents) => (cents * 10_000) as Shares),
    level: fc.integer({ min: 0, max: 2 }),
    funding: fc.constantFrom('cash', 'inventory'),
  }),
  { maxLength: 3 },
);

const anyReward = fc.option(
  fc.record({
    minSize: fc.constantFrom(wholeShares(5), wholeShares(20), wholeShares(50)),
    maxSpreadPts: fc.constantFrom(1.5, 3, 4.5),
    dailyRateUsd: fc.oneof(float(1, 50), float(50, 5_000)),
    paidRatio: float(0.05, 1),
  }),
);

export const anyQuotingInputs: fc.Arbitrary<QuotingInputs> = fc
  .record({
    at: bookAndOwn,
    minOrderSize: fc.constantFrom(wholeShares(5), wholeShares(1), wholeShares(15)),
    minNotional: fc.constantFrom(usd(0), dollars(1)),
    hoursToResolution: fc.option(float(0, 2_000)),
    yes: holding,
    no: holding,
    freePart: float(0, 1),
    budget: fc
      .oneof(fc.integer({ min: 0, max: 10_000_000 }), fc.integer({ min: 0, max: 1_000_000_000 }))
      .map((value) => value as Usd),
    volatilityPtsPerSqrtS: fc.option(fc.oneof(float(1e-6, 0.02), float(1e-6, 1))),
    staleFactor: float(0, 1),
    unwindUrgency: float(0, 1),
    kappaPerPt: fc.option(float(0.05, 20)),
    eventRisk: fc.boolean(),
    cdSignalPts: fc.option(float(-20, 20)),
    reward: anyReward,
    hanging: anyHanging,
    markoutPts: fc.option(fc.oneof(float(-3, 3), float(-0.5, 0.5))),
    reduceOnly: fc.integer({ min: 0, max: 5 }).map((roll) => roll === 0),
    settings: anySettings(fc.constantFrom('legacy', 'as', 'bounded', 'glft')),
  })
  .map(({ at, yes, no, freePart, hanging, ...rest }) => ({
    ...rest,
    ...at,
    hanging: hanging.map(({ step, ...order }, index) => ({
      ...order,
      clientId: `o-${index}` as ClientId,
      price: (Math.max(1, Math.min(PRICE_ONE / at.book.tick - 1, Math.round(step / at.book.tick))) *
        at.book.tick) as Price,
    })),
    inventory: {
      yes,
      no,
      yesAvailable: Math.floor(yes * freePart) as Shares,
      noAvailable: Math.floor(no * freePart) as Shares,
    },
  }));
