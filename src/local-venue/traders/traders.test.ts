import { describe, expect, it } from 'vitest';
import type { ConditionId, TokenId } from '../../domain/market.ts';
import { complement, PRICE_ONE, type Price, type Shares } from '../../domain/units.ts';
import {
  amountsFor,
  applySettlement,
  balanceOf,
  cancelAllOrders,
  createExchange,
  credit,
  type Exchange,
  type ExchangeEvent,
  type ExchangeMarket,
  listMarket,
  placeOrder,
  splitPosition,
} from '../../exchange/index.ts';
import { type BookView, legOf } from './actions.ts';
import {
  createPopulation,
  defaultTerms,
  nextActions,
  type PopulationTerms,
  traderNames,
} from './population.ts';
import { accountOf, createDesk, noteEvents, runTraders, type TraderDesk } from './trader-desk.ts';

const COND = '0xc0' as ConditionId;
const YES = '111' as TokenId;
const NO = '222' as TokenId;
const MINUTE = 60_000;
const START_MICRO_USD = 2e12;

function openDesk(seed: number, terms: PopulationTerms, tick = 10, sets = 1e12): TraderDesk {
  const exchange = createExchange();
  const market = listMarket(exchange, {
    conditionId: COND,
    yesTokenId: YES,
    noTokenId: NO,
    tickSize: tick as Price,
    minOrderSize: 5_000_000 as Shares,
    fee: { ratePpm: 0, exponent: 1, takerOnly: true, rebatePpm: 0 },
    takerDelayMs: 0,
    state: 'open',
  });
  const desk = createDesk(exchange, market, createPopulation(seed, 'm', terms));
  for (const trader of [...traderNames(terms).map((name) => accountOf(desk, name)), 'quoter']) {
    credit(exchange, trader, 'USD', START_MICRO_USD);
    splitPosition(exchange, trader, COND, sets);
  }
  return desk;
}

/** Settles everything that matched and tells the makers what became of their orders. */
function settleAll(desk: TraderDesk, events: ExchangeEvent[]): void {
  for (const id of [...desk.exchange.unsettledTrades.keys()])
    applySettlement(desk.exchange, id, 'confirmed', events);
  noteEvents(desk, events);
}

function quote(
  exchange: Exchange,
  market: ExchangeMarket,
  centre: number,
  nowMs: number,
  out: ExchangeEvent[],
): void {
  cancelAllOrders(exchange, 'quoter', nowMs, out);
  const { tick } = market.book;
  const size = 100_000_000 as Shares;
  for (const side of ['BUY', 'SELL'] as const) {
    const away = side === 'BUY' ? -0.015 : 0.015;
    const price = (Math.round(((centre + away) * PRICE_ONE) / tick) * tick) as Price;
    if (price < tick || price > complement(tick)) continue;
    const request = { id: `q${nowMs}${side}`, owner: 'quoter', tokenId: YES, side, expirationSec: 0 };
    placeOrder(
      exchange,
      { ...request, ...amountsFor(side, price, size), orderType: 'GTC', postOnly: true },
      nowMs,
      out,
    );
  }
}

/** Profit of a quoter at 1.5 cents each side of what was true at its last refresh, valued at what is true at the end. */
function quoterProfit(seed: number, informed: number, refreshMs: number): { dollars: number; fills: number } {
  const base = defaultTerms(0, 0.5, 200 * MINUTE);
  const terms = {
    ...base,
    makerCount: 0,
    takers: { ...base.takers, informed },
  };
  const desk = openDesk(seed, terms);
  const { exchange, market, population } = desk;
  const events: ExchangeEvent[] = [];
  let nextQuoteMs = 0;
  let fills = 0;
  const endMs = 40 * MINUTE;
  for (;;) {
    const nowMs = Math.min(nextQuoteMs, desk.nextAtMs ?? endMs);
    if (nowMs >= endMs) break;
    if (nowMs === desk.nextAtMs) runTraders(desk, nowMs, events);
    if (nowMs === nextQuoteMs) {
      quote(exchange, market, population.path.probability, nowMs, events);
      nextQuoteMs += refreshMs;
    }
    for (const event of events) if (event.kind === 'trade') fills += event.trade.makerOrders.length;
    settleAll(desk, events);
    events.length = 0;
  }
  const p = population.path.probability;
  const worth =
    balanceOf(exchange, 'quoter', 'USD').settled +
    balanceOf(exchange, 'quoter', YES).settled * p +
    balanceOf(exchange, 'quoter', NO).settled * (1 - p);
  return { dollars: (worth - START_MICRO_USD) / 1e6, fills };
}

/** Mean profit over seeds, and how many standard errors it lies from zero. */
function overSeeds(count: number, informed: number, refreshMs: number) {
  const results = Array.from({ length: count }, (_, seed) => quoterProfit(seed, informed, refreshMs));
  const mean = results.reduce((sum, result) => sum + result.dollars, 0) / count;
  const variance = results.reduce((sum, result) => sum + (result.dollars - mean) ** 2, 0) / (count - 1);
  const fills = results.reduce((sum, result) => sum + result.fills, 0) / count;
  return { mean, sigmas: mean / Math.sqrt(variance / count), fills };
}

describe('what quoting is worth', () => {
  it('a stale two-sided quoter loses to informed takers', () => {
    const result = overSeeds(120, 0.7, 60_000);
    expect(result.fills).toBeGreaterThan(20);
    expect(result.sigmas).toBeLessThan(-3);
  });

  it('the same quoter earns when nobody is informed', () => {
    const result = overSeeds(120, 0, 60_000);
    expect(result.fills).toBeGreaterThan(20);
    expect(result.sigmas).toBeGreaterThan(3);
  });

  it('quoting afresh earns even with informed takers about', () => {
    expect(overSeeds(40, 0.25, 1_000).sigmas).toBeGreaterThan(4);
  });
});

describe('a population', () => {
  const run = (seed: number, terms: PopulationTerms, minutes: number) => {
    const desk = openDesk(seed, terms, 100, 200e6);
    const events: ExchangeEvent[] = [];
    let seen = 0;
    let twoSided = 0;
    let turns = 0;
    while (desk.nextAtMs !== null && desk.nextAtMs < minutes * MINUTE) {
      runTraders(desk, desk.nextAtMs, events);
      noteEvents(desk, events, seen);
      for (const id of [...desk.exchange.unsettledTrades.keys()])
        applySettlement(desk.exchange, id, 'confirmed', events);
      seen = events.length;
      turns += 1;
      const { bestBidIndex, bestAskIndex, asks } = desk.market.book;
      if (bestBidIndex >= 0 && bestAskIndex < asks.length) twoSided += 1;
    }
    return { desk, events, twoSided: twoSided / turns };
  };

  it('keeps a two-sided book and trades in every way that there is', () => {
    const { events, twoSided } = run(3, defaultTerms(0, 0.45, 24 * 60 * MINUTE), 120);
    expect(twoSided).toBeGreaterThan(0.98);
    const types = new Set(
      events.flatMap((event) =>
        event.kind === 'trade' ? event.trade.makerOrders.map((maker) => maker.matchType) : [],
      ),
    );
    expect([...types].sort()).toEqual(['COMPLEMENTARY', 'MERGE', 'MINT']);
    const trades = events.filter((event) => event.kind === 'trade').length;
    expect(trades).toBeGreaterThan(120);
  });

  it('repeats exactly for the same seed and differs for another', () => {
    const tell = (seed: number): string =>
      JSON.stringify(
        run(seed, defaultTerms(0, 0.6), 20).events.flatMap((event) =>
          event.kind === 'trade' ? [[event.atMs, event.trade.price, event.trade.size]] : [],
        ),
      );
    expect(tell(11)).toBe(tell(11));
    expect(tell(11)).not.toBe(tell(12));
  });

  it('has the same hidden path whatever the traders are like', () => {
    const base = defaultTerms(0, 0.6);
    const calm = run(5, base, 30).desk.population.path;
    const busy = run(5, { ...base, makerCount: 1, takers: { ...base.takers, arrivalsPerMinute: 60 } }, 30);
    const step = Math.min(calm.step, busy.desk.population.path.step);
    expect(step).toBeGreaterThan(1_700);
    const again = createPopulation(5, 'm', base);
    const view: BookView = {
      tick: 100 as Price,
      minOrderSize: 5_000_000 as Shares,
      bestBid: null,
      bestAsk: null,
    };
    nextActions(again, busy.desk.population.path.step * 1_000, view);
    expect(again.path).toEqual(busy.desk.population.path);
  });

  it('cancels everything at the end and falls silent', () => {
    const { desk } = run(2, defaultTerms(0, 0.5, 10 * MINUTE), 60);
    expect(desk.nextAtMs).toBeNull();
    expect(desk.market.openOrderCount).toBe(0);
    const { path } = desk.population;
    expect([0, 1]).toContain(path.probability);
  });

  it('only ever asks for sizes and prices that the venue takes', () => {
    const { desk, events } = run(8, defaultTerms(0, 0.97, 30 * MINUTE), 60);
    const placed = events.filter((event) => event.kind === 'orderPlaced');
    expect(placed.length).toBeGreaterThan(50);
    for (const event of events) {
      if (event.kind !== 'trade') continue;
      expect(event.trade.size % 10_000).toBe(0);
    }
    expect(desk.exchange.unsettledTrades.size).toBe(0);
  });
});

describe('from YES coordinates to an order', () => {
  const size = 10_000_000 as Shares;
  const none = 0 as Shares;
  it.each([
    ['BUY', none, none, { outcome: 'YES', side: 'BUY', price: 3_000 }],
    ['BUY', none, size, { outcome: 'NO', side: 'SELL', price: 7_000 }],
    ['SELL', none, none, { outcome: 'NO', side: 'BUY', price: 7_000 }],
    ['SELL', size, none, { outcome: 'YES', side: 'SELL', price: 3_000 }],
  ] as const)('%s with %d YES and %d NO at hand', (side, yes, no, expected) => {
    expect(legOf(side, 3_000 as Price, size, yes, no)).toEqual(expected);
  });
});
