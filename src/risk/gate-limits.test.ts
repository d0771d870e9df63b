import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Price } from '../domain/units.ts';
import { checkOrder, checkTogether, type GateMarket } from './gate.ts';
import { meaningOf, REFUSALS } from './refusal.ts';
import { dollars, gateMarket, gatePass, limits, order, shares } from './test-gate.ts';

const aboutBtc = (others: number, change: Partial<GateMarket> = {}): GateMarket =>
  gateMarket({ coin: { ticker: 'BTC', others: () => others }, ...change });

describe('the limit of a coin', () => {
  // Ten shares at a mark of 50 cents are five dollars at risk.
  it('adds up what all markets about it may lose', () => {
    const verdict = (others: number) => checkOrder(gatePass(), aboutBtc(others), order());
    expect(verdict(dollars(145))).toHaveProperty('request');
    expect(verdict(dollars(145.000001))).toMatchObject({
      refused: 'perCoinLimit',
      limit: dollars(150),
      value: dollars(150.000001),
    });
  });

  it('lets an order pass that adds no risk to its market, however much is at risk elsewhere', () => {
    const long = { leastNet: shares(20), mostNet: shares(20), liveBidShares: 0, liveAskShares: 0 };
    const market = aboutBtc(dollars(1_000), {
      freeYes: shares(20),
      risk: { ...long, mark: 5_000 as Price },
    });
    expect(checkOrder(gatePass(), market, order({ side: 'SELL', price: 5_200 as Price }))).toHaveProperty(
      'request',
    );
  });

  it('does not touch a market about no coin', () => {
    expect(
      checkOrder(gatePass({ limits: limits({ maxPerCoin: dollars(1) }) }), gateMarket(), order()),
    ).toHaveProperty('request');
  });
});

describe('the price band', () => {
  it('is held against the last trusted mid, and refuses everything once the book is stale', () => {
    const far = order({ price: 3_700 as Price });
    expect(checkOrder(gatePass(), gateMarket({ mid: 5_000 as Price }), far)).toMatchObject({
      refused: 'tooFarFromMid',
      value: 1_300,
      limit: 1_200,
    });
    // The old mid still stands, and the price is right at it.
    const stale = gateMarket({ mid: 5_000 as Price, bookLive: false });
    expect(checkOrder(gatePass(), stale, order())).toMatchObject({ refused: 'bookNotLive' });
    expect(checkOrder(gatePass(), gateMarket({ mid: null }), order())).toMatchObject({
      refused: 'bookNotLive',
    });
  });
});

describe('the dollars a minute', () => {
  it('count what was approved before, for legs that go together too, and give back what a refused leg took', () => {
    const terms = limits({ maxNotionalPerMinute: dollars(10), maxPerMarket: dollars(100) });
    const pass = gatePass({ limits: terms, nowMs: 5_000 });
    const leg = { market: gateMarket(), request: order() };
    expect(checkTogether(pass, [leg, leg, leg])).toMatchObject({
      refused: 'notionalRate',
      leg: 2,
      value: dollars(14.4),
      limit: dollars(10),
    });
    expect(checkTogether(pass, [leg, leg])).toHaveLength(2);
    expect(checkOrder(pass, gateMarket(), order())).toMatchObject({ refused: 'notionalRate' });
  });
});

describe('every refusal', () => {
  it('stands in docs/limits.md with the setting that moves its limit', () => {
    const document = readFileSync(new URL('../../docs/limits.md', import.meta.url), 'utf8');
    const rows = new Map(
      [...document.matchAll(/^\| `(\w+)` \| .+ \| (.*)\|$/gm)].map(([, code, set]) => [code, set?.trim()]),
    );
    expect([...rows.keys()]).toEqual(Object.keys(REFUSALS));
    for (const [code, { setting }] of Object.entries(REFUSALS))
      expect(rows.get(code)?.replaceAll('`', '')).toBe(setting ?? '');
  });

  it('says what it means, in which unit, and which setting moves its limit', () => {
    for (const [code, { what, unit, setting }] of Object.entries(REFUSALS)) {
      expect(what.length).toBeGreaterThan(8);
      expect(['usd', 'price', 'shares', 'count', 'ms', 'none']).toContain(unit);
      if (setting !== null) expect(setting).toMatch(/^[A-Z][A-Z_]+(, [A-Z][A-Z_]+)?$/);
      expect(meaningOf(code)).toMatchObject({ what });
    }
    expect(meaningOf('somethingElse')).toBeNull();
  });
});
