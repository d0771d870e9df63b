import { describe, expect, it } from 'vitest';
import type { Price } from '../domain/units.ts';
import type { MarketRisk } from './exposure.ts';
import { checkExit, checkOrder, type GateMarket } from './gate.ts';
import { countNotional, createNotionalWindow } from './notional-window.ts';
import { dollars, gateMarket, gatePass, limits, order, shares } from './test-gate.ts';

const risk = (net: number, cents = 50): MarketRisk => ({
  leastNet: shares(net),
  mostNet: shares(net),
  liveBidShares: 0,
  liveAskShares: 0,
  mark: (cents * 100) as Price,
});
/** 20 YES in an event in which another market may lose 112 dollars unless it wins. */
const hedge = (net = 20, change: Partial<GateMarket> = {}): GateMarket =>
  gateMarket({
    risk: risk(net),
    freeYes: shares(20),
    event: { others: () => [risk(160, 70)], outcomes: 3 },
    ...change,
  });
const sale = (size = 20) =>
  order({ side: 'SELL', price: 4_800 as Price, size: shares(size), timeInForce: 'FAK', postOnly: false });
const tight = () => gatePass({ limits: limits({ maxPerEvent: dollars(100) }) });

describe('W24: the sale of a position', () => {
  it('is let through where it takes away what made up for losses elsewhere in the event; a quote is not', () => {
    expect(checkOrder(tight(), hedge(), sale())).toMatchObject({ refused: 'perEventLimit' });
    expect(checkExit(tight(), hedge(), sale())).toHaveProperty('request');
  });

  it('is held to the limit of the event where it would turn the position round, provisional trades read as the worse', () => {
    expect(checkExit(tight(), hedge(19.99), sale())).toMatchObject({ refused: 'perEventLimit' });
    expect(checkExit(tight(), hedge(19.99), sale(19.99))).toHaveProperty('request');
    const mayFail = hedge(20, { risk: { ...risk(20), leastNet: shares(15) } });
    expect(checkExit(tight(), mayFail, sale())).toMatchObject({ refused: 'perEventLimit' });
    const forSale = hedge(20, { risk: { ...risk(20), liveAskShares: shares(5) } });
    expect(checkExit(tight(), forSale, sale())).toMatchObject({ refused: 'perEventLimit' });
  });

  it('is as free for NO as for YES, and as little where more NO may go or fewer were bought than is sold', () => {
    const noSale = { ...sale(), outcome: 'NO' } as const;
    const short = (own: MarketRisk) => gateMarket({ ...hedge(), risk: own, freeNo: shares(20) });
    expect(checkOrder(tight(), short(risk(-20)), noSale)).toMatchObject({ refused: 'perEventLimit' });
    expect(checkExit(tight(), short(risk(-20)), noSale)).toHaveProperty('request');
    const mayFail = short({ ...risk(-20), mostNet: shares(-15) });
    expect(checkExit(tight(), mayFail, noSale)).toMatchObject({ refused: 'perEventLimit' });
    const forSale = short({ ...risk(-20), liveBidShares: shares(5) });
    expect(checkExit(tight(), forSale, noSale)).toMatchObject({ refused: 'perEventLimit' });
  });

  it('takes no place among open orders, and waits for no dollars of a minute; both count it, and quotes wait', () => {
    const notional = createNotionalWindow();
    countNotional(notional, dollars(10), 0);
    const terms = { maxOpenOrders: 3, maxNotionalPerMinute: dollars(10) };
    const pass = gatePass({ limits: limits(terms), openOrders: 3, notional });
    const market = () => gateMarket({ risk: risk(20), freeYes: shares(20) });
    expect(checkOrder(pass, market(), sale(5))).toMatchObject({ refused: 'tooManyOrders' });
    expect(checkExit(pass, market(), sale(5))).toHaveProperty('request');
    expect([pass.openOrders, pass.notional.usd]).toEqual([4, dollars(12.4)]);
  });

  it.each(['YES', 'NO'] as const)(
    'of %s waits like a quote where it would turn the position round',
    (outcome) => {
      const sign = outcome === 'YES' ? 1 : -1;
      const held = () => gateMarket({ risk: risk(4.99 * sign), freeYes: shares(20), freeNo: shares(20) });
      const exit = { ...sale(5), outcome };
      const full = gatePass({ limits: limits({ maxOpenOrders: 3 }), openOrders: 3 });
      expect(checkExit(full, held(), exit)).toMatchObject({ refused: 'tooManyOrders' });
      const notional = createNotionalWindow();
      countNotional(notional, dollars(10), 0);
      const spent = gatePass({ limits: limits({ maxNotionalPerMinute: dollars(10) }), notional });
      expect(checkExit(spent, held(), exit)).toMatchObject({ refused: 'notionalRate' });
      const fast = gatePass();
      fast.budget.tokens = 0.5;
      expect(checkExit(fast, held(), exit)).toMatchObject({ refused: 'orderRate' });
      expect(checkExit(gatePass(), held(), exit)).toHaveProperty('request');
    },
  );

  it('borrows two order tokens, and no more; quotes wait until they are paid back', () => {
    const pass = gatePass();
    pass.budget.tokens = 0.5;
    const market = gateMarket({ risk: risk(20), freeYes: shares(20) });
    expect(checkExit(pass, market, sale(5))).toHaveProperty('request');
    expect(checkExit(pass, market, sale(5))).toHaveProperty('request');
    expect(checkExit(pass, market, sale(5))).toMatchObject({ refused: 'orderRate' });
    expect(pass.budget.tokens).toBe(-1.5);
    pass.budget.tokens = 0.5;
    expect(checkOrder(pass, market, sale(5))).toMatchObject({ refused: 'orderRate' });
  });

  it('is held to everything else that an order is held to', () => {
    const market = gateMarket({ risk: risk(20), freeYes: shares(20) });
    expect(checkExit(gatePass({ mode: 'halted' }), market, sale())).toMatchObject({
      refused: 'tradingState',
    });
    expect(checkExit(gatePass(), market, sale(20.01))).toMatchObject({ refused: 'notEnoughTokens' });
    expect(checkExit(gatePass({ mode: 'reducing' }), hedge(19.99), sale())).toMatchObject({
      refused: 'growsPosition',
    });
  });

  it('is a sale that takes, and nothing else', () => {
    const market = gateMarket({ risk: risk(20), freeYes: shares(20) });
    const purchase = { ...sale(), side: 'BUY' } as const;
    const quote = order({ side: 'SELL', price: 5_200 as Price });
    for (const other of [purchase, quote])
      expect(checkExit(gatePass(), market, other)).toMatchObject({ refused: 'badTerms' });
  });
});
