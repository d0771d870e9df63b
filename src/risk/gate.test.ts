import { describe, expect, it } from 'vitest';
import type { OrderRequest } from '../domain/order.ts';
import type { Price, Shares } from '../domain/units.ts';
import { checkOrder, type GateMarket, type GatePass } from './gate.ts';
import { checkTransaction } from './gate-transaction.ts';
import { isRefused } from './refusal.ts';
import { dollars, gateMarket, gatePass, limits, order, shares, transaction } from './test-gate.ts';

const codeOf = (verdict: object): string => (isRefused(verdict) ? verdict.refused : 'approved');

describe('an order', () => {
  it.each([
    ['while nothing may be sent', { pass: { mode: 'halted' } }, 'tradingState'],
    ['while books are not reconciled', { pass: { mode: 'starting' } }, 'tradingState'],
    ['in a closed market', { market: { acceptingOrders: false } }, 'marketClosed'],
    ['on a book that is not live', { market: { bookLive: false } }, 'bookNotLive'],
    ['without a trusted mid', { market: { mid: null } }, 'bookNotLive'],
    ['off the tick grid', { order: { price: 4_850 as Price } }, 'badPrice'],
    ['at nothing', { order: { price: 0 as Price } }, 'badPrice'],
    ['at a dollar', { order: { price: 10_000 as Price } }, 'badPrice'],
    ['of less than a hundredth', { order: { size: (shares(10) + 1) as Shares } }, 'badSize'],
    ['below the minimum', { order: { size: shares(4.99) } }, 'badSize'],
    ['far from the mid', { order: { price: 3_700 as Price } }, 'tooFarFromMid'],
    [
      'that ends sooner than the venue takes',
      { order: { timeInForce: 'GTD', expirationS: 184 } },
      'badTerms',
    ],
    ['of a kind that has no end, with one', { order: { expirationS: 1_000 } }, 'badTerms'],
    ['that would take', { order: { price: 5_100 as Price } }, 'crossesBook'],
    [
      'that would take through the other outcome',
      { order: { outcome: 'NO', price: 5_100 as Price } },
      'crossesBook',
    ],
    ['that would meet our own ask', { market: { ownBestAsk: 4_800 as Price } }, 'selfCross'],
    ['too far from our own ask', { market: { ownBestAsk: 6_100 as Price } }, 'spreadTooWide'],
    ['beyond the cash', { pass: { freeCash: dollars(4.79) } }, 'notEnoughCash'],
    ['without the tokens', { order: { side: 'SELL', price: 5_200 as Price } }, 'notEnoughTokens'],
    ['when too many rest', { pass: { openOrders: 100 } }, 'tooManyOrders'],
    ['faster than allowed', { pass: { budget: { tokens: 0.9, atMs: 0 } } }, 'orderRate'],
  ] as const)('is refused %s', (_name, change, code) => {
    const { pass, market, order: request } = { pass: {}, market: {}, order: {}, ...change };
    expect(codeOf(checkOrder(gatePass(pass), gateMarket(market), order(request)))).toBe(code);
  });

  it('is approved with what it asked for when nothing speaks against it', () => {
    const request = order();
    const verdict = checkOrder(gatePass(), gateMarket(), request);
    expect(isRefused(verdict)).toBe(false);
    expect(verdict).toMatchObject({ request });
  });

  it('may end by itself as soon as the venue takes that', () => {
    const request = order({ timeInForce: 'GTD', expirationS: 185 });
    expect(codeOf(checkOrder(gatePass(), gateMarket(), request))).toBe('approved');
  });

  it('is refused while the balance is not known, in either direction', () => {
    const pass = gatePass({ freeCash: null });
    expect(codeOf(checkOrder(pass, gateMarket(), order()))).toBe('balanceUnknown');
    const market = gateMarket({ freeYes: shares(50) });
    expect(codeOf(checkOrder(pass, market, order({ side: 'SELL', price: 5_200 as Price })))).toBe(
      'balanceUnknown',
    );
    expect(codeOf(checkTransaction(pass, gateMarket(), transaction('split', 5)))).toBe('balanceUnknown');
  });

  it('sees what the orders before it in the batch have reserved', () => {
    const pass = gatePass({ freeCash: dollars(9.6) });
    const market = gateMarket({ bestBid: null });
    expect(codeOf(checkOrder(pass, market, order()))).toBe('approved');
    expect(codeOf(checkOrder(pass, market, order({ price: 4_700 as Price })))).toBe('approved');
    expect(codeOf(checkOrder(pass, market, order()))).toBe('notEnoughCash');
    // The bid just approved is our own best bid now.
    expect(codeOf(checkOrder(pass, market, order({ outcome: 'NO', price: 5_200 as Price })))).toBe(
      'selfCross',
    );
    expect(pass.openOrders).toBe(2);
  });

  it('sheds nothing into a market that is too wide, and only while reducing', () => {
    const long = {
      leastNet: shares(20),
      mostNet: shares(20),
      liveBidShares: 0,
      liveAskShares: 0,
      mark: 5_000 as Price,
    };
    const market = (bestBid: number | null, bestAsk: number | null) =>
      gateMarket({
        risk: { ...long },
        freeYes: shares(20),
        bestBid: bestBid as Price | null,
        bestAsk: bestAsk as Price | null,
      });
    const sale = order({ side: 'SELL', price: 5_400 as Price });
    const under = (points: number) =>
      gatePass({ mode: 'reducing', limits: limits({ maxSpreadToReduce: (points * 100) as Price }) });
    const verdict = (pass: GatePass, bid: number | null, ask: number | null) =>
      codeOf(checkOrder(pass, market(bid, ask), sale));
    expect(verdict(under(8), 4_600, 5_400)).toBe('approved');
    expect(verdict(under(8), 4_500, 5_400)).toBe('tooWideToReduce');
    expect(verdict(under(9), 4_500, 5_400)).toBe('approved');
    expect(verdict(under(9), null, 5_400)).toBe('tooWideToReduce');
    expect(verdict(gatePass(), 4_500, 5_400)).toBe('approved');
  });

  it('only shrinks the position while reducing', () => {
    const long = {
      leastNet: shares(20),
      mostNet: shares(20),
      liveBidShares: 0,
      liveAskShares: 0,
      mark: 5_000 as Price,
    };
    const pass = gatePass({ mode: 'reducing' });
    const market = () => gateMarket({ risk: { ...long }, freeYes: shares(20) });
    expect(codeOf(checkOrder(pass, market(), order()))).toBe('growsPosition');
    expect(codeOf(checkOrder(pass, market(), order({ side: 'SELL', price: 5_200 as Price })))).toBe(
      'approved',
    );
    expect(codeOf(checkTransaction(pass, market(), transaction('split', 5)))).toBe('growsPosition');
  });

  it('turns no position round while reducing, though fewer dollars were at risk after it', () => {
    const pass = gatePass({ mode: 'reducing' });
    const position = (leastNet: number, mostNet: number, mark: number, live = 0) =>
      gateMarket({
        mid: mark as Price,
        bestBid: (mark - 100) as Price,
        bestAsk: (mark + 100) as Price,
        freeYes: shares(1_000),
        risk: {
          leastNet: shares(leastNet),
          mostNet: shares(mostNet),
          liveBidShares: shares(live),
          liveAskShares: shares(live),
          mark: mark as Price,
        },
      });
    const verdict = (market: GateMarket, change: Partial<OrderRequest>) =>
      codeOf(checkOrder(pass, market, order(change)));
    // 100 YES at 90 cents are 90 dollars at risk, and 900 shares short there no more than that.
    const buyNo = (size: number) =>
      ({ outcome: 'NO', price: 900 as Price, size: shares(size) }) satisfies Partial<OrderRequest>;
    expect(verdict(position(100, 100, 9_000), buyNo(1_000))).toBe('growsPosition');
    expect(verdict(position(100, 100, 9_000), buyNo(100.01))).toBe('growsPosition');
    expect(verdict(position(100, 100, 9_000), buyNo(100))).toBe('approved');
    // A provisional purchase may fail, so it is not there to be sold; orders that may be live sell first.
    expect(verdict(position(60, 100, 9_000), buyNo(60.01))).toBe('growsPosition');
    expect(verdict(position(60, 100, 9_000), buyNo(60))).toBe('approved');
    expect(verdict(position(100, 100, 9_000, 45), buyNo(55.01))).toBe('growsPosition');
    expect(verdict(position(100, 100, 9_000, 45), buyNo(55))).toBe('approved');
    // The other way round: short 100 at 10 cents.
    const buyYes = (size: number) => ({ price: 900 as Price, size: shares(size) });
    expect(verdict(position(-100, -60, 1_000), buyYes(60.01))).toBe('growsPosition');
    expect(verdict(position(-100, -60, 1_000), buyYes(60))).toBe('approved');
    expect(verdict(position(-100, -60, 1_000, 45), buyYes(15.01))).toBe('growsPosition');
    expect(verdict(position(0, 0, 1_000), buyYes(5))).toBe('growsPosition');
    expect(verdict(position(-20, 30, 1_000), buyYes(5))).toBe('growsPosition');
  });
});

it('takes one token of the rate for each approved order and none for a refused one', () => {
  const pass = gatePass({ budget: { tokens: 2.5, atMs: 0 } });
  const market = gateMarket();
  expect(codeOf(checkOrder(pass, market, order({ size: shares(1) })))).toBe('badSize');
  expect(codeOf(checkOrder(pass, market, order()))).toBe('approved');
  expect(codeOf(checkOrder(pass, market, order()))).toBe('approved');
  expect(codeOf(checkOrder(pass, market, order()))).toBe('orderRate');
  expect(pass.budget.tokens).toBe(0.5);
});

describe('W15: cover', () => {
  it('W15: is checked for each side by what that side uses: cash for a bid, tokens for an ask', () => {
    const pass = gatePass({ freeCash: dollars(4.8) });
    const market = gateMarket({ freeYes: shares(6) });
    const ask = { side: 'SELL', price: 5_200 as Price } as const;
    expect(codeOf(checkOrder(pass, market, order({ ...ask, size: shares(10) })))).toBe('notEnoughTokens');
    expect(codeOf(checkOrder(pass, market, order({ ...ask, size: shares(6) })))).toBe('approved');
    expect(codeOf(checkOrder(pass, market, order({ size: shares(10.01) })))).toBe('notEnoughCash');
    expect(codeOf(checkOrder(pass, market, order({ size: shares(10) })))).toBe('approved');
  });
});

describe('W16: splits', () => {
  it('W16: stop at the cap of the market, however often the YES side is sold off', () => {
    const pass = gatePass();
    let splitTotal = 0;
    // Each round splits 5 and loses the YES half to a taker: NO piles up, and it counts.
    for (let no = 0; no < 100; no += 5) {
      const short = {
        leastNet: -shares(no),
        mostNet: -shares(no),
        liveBidShares: 0,
        liveAskShares: 0,
        mark: 5_000 as Price,
      };
      const market = gateMarket({ risk: short, freeNo: shares(no) });
      if (isRefused(checkTransaction(pass, market, transaction('split', 5)))) break;
      splitTotal += 5;
    }
    expect(splitTotal).toBe(20);
  });

  it('W16: need free cash, and count against it and the cap at once', () => {
    const pass = gatePass({ freeCash: dollars(12) });
    const market = gateMarket();
    expect(codeOf(checkTransaction(pass, market, transaction('split', 10)))).toBe('approved');
    expect(codeOf(checkTransaction(pass, market, transaction('split', 5)))).toBe('notEnoughCash');
    expect(pass.freeCash).toBe(dollars(2));
    expect(market.pairs).toBe(shares(10));
  });

  it('W16: merges take only free pairs, once', () => {
    const pass = gatePass();
    const market = gateMarket({ freeYes: shares(8), freeNo: shares(12), pairs: shares(8) });
    expect(codeOf(checkTransaction(pass, market, transaction('merge', 8.01)))).toBe('notEnoughTokens');
    expect(codeOf(checkTransaction(pass, market, transaction('merge', 8)))).toBe('approved');
    expect(codeOf(checkTransaction(pass, market, transaction('merge', 1)))).toBe('notEnoughTokens');
    expect(codeOf(checkTransaction(pass, market, transaction('merge', 0)))).toBe('badSize');
  });
});

describe('W17: the per-market limit', () => {
  it('W17: is the same however much cash is free and however many markets are active', () => {
    const rich = gatePass({
      freeCash: dollars(1e6),
      equity: dollars(1e6),
      openOrders: 60,
      totalExposure: dollars(5_000),
    });
    const market = gateMarket();
    let size = 0;
    while (size < 10_000 && !isRefused(checkOrder(rich, market, order({ size: shares(10) })))) size += 10;
    // 100 dollars at risk at a mark of 0.50 are 200 shares; orders run out only after that.
    expect(size).toBe(200);
  });

  it('W17: counts orders that may be live and trades that may still stand', () => {
    const risk = {
      leastNet: 0,
      mostNet: shares(100),
      liveBidShares: shares(95),
      liveAskShares: 0,
      mark: 5_000 as Price,
    };
    const verdict = checkOrder(gatePass(), gateMarket({ risk }), order());
    expect(verdict).toMatchObject({ refused: 'perMarketLimit', limit: dollars(100), value: dollars(102.5) });
  });

  it('W17: refuses the first share that takes the worst case over it', () => {
    const risk = {
      leastNet: 0,
      mostNet: shares(190),
      liveBidShares: 0,
      liveAskShares: 0,
      mark: 5_000 as Price,
    };
    const market = () => gateMarket({ risk: { ...risk } });
    expect(codeOf(checkOrder(gatePass(), market(), order({ size: shares(10) })))).toBe('approved');
    expect(codeOf(checkOrder(gatePass(), market(), order({ size: shares(10.01) })))).toBe('perMarketLimit');
  });

  it('W17: gives way to the cap over all markets', () => {
    const pass = gatePass({ equity: dollars(100), totalExposure: dollars(71), limits: limits() });
    expect(codeOf(checkOrder(pass, gateMarket(), order({ size: shares(5) })))).toBe('approved');
    expect(codeOf(checkOrder(pass, gateMarket(), order()))).toBe('totalExposure');
  });
});
