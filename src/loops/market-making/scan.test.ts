import { describe, expect, it } from 'vitest';
import type { Market } from '../../domain/market.ts';
import type { Price } from '../../domain/units.ts';
import type { Command, Input } from '../../kernel/messages.ts';
import {
  accept,
  balances,
  book,
  conditionId,
  dollars,
  market,
  ofKind,
  strategySettings,
  type TestKernel,
  trading,
  wakes,
} from '../../kernel/test-support/test-kernel.ts';
import { maintenance } from '../maintenance/loop.ts';
import { marketMaking } from './loop.ts';
import type { MarketMakingMemory } from './memory.ts';

const loops = [maintenance, marketMaking];
const settings = (mm: Parameters<typeof strategySettings>[0] = {}) =>
  strategySettings({ useSplitMerge: false, requoteMinGapMs: 0, minQuoteLifetimeSeconds: 1, ...mm });

function memoryOf(test: TestKernel): MarketMakingMemory {
  const memory = test.state.loops.get('market-making')?.memory as MarketMakingMemory | undefined;
  if (memory === undefined) throw new Error('the loop has run');
  return memory;
}

const listing = (...markets: readonly Market[]): Input & { kind: 'marketsListed' } => ({
  kind: 'marketsListed',
  markets,
});
const historiesAsked = (commands: readonly Command[]) =>
  ofKind(commands, 'readPriceHistory').map((one) => one.conditionId);

/** A second market comes into the listing, and its book and balances are read. */
function addMarket(test: TestKernel, added: Market, bid: number, ask: number, size?: number): Command[] {
  const listed = [...test.state.markets.values()].map((slot) => slot.market);
  const commands = [...test.step(listing(...listed, added), 5_000), ...wakes(test, 1, 1_000)];
  commands.push(...test.step(book(Number(added.gammaId), bid, ask, size)));
  commands.push(...test.step({ ...balances(test), askedAtMs: test.nowMs }));
  return [...commands, ...wakes(test, 3, 10_000)];
}

describe('the listing', () => {
  it.each([1, 5])('is asked for anew every MM_SCANNER_REFRESH_MINUTES: %j', (scannerRefreshMinutes) => {
    const test = trading(loops, settings({ scannerRefreshMinutes }), [market(1)]);
    const fromMs = test.state.listedAtMs ?? 0;
    let askedAtMs = 0;
    while (askedAtMs === 0 && test.nowMs < fromMs + 3_600_000)
      if (ofKind(wakes(test, 1, 10_000), 'readMarkets').length > 0) askedAtMs = test.nowMs;
    const minutes = (askedAtMs - fromMs) / 60_000;
    expect(minutes).toBeGreaterThanOrEqual(scannerRefreshMinutes);
    expect(minutes).toBeLessThan(scannerRefreshMinutes + 0.5);
  });
});

describe('a listing in parts', () => {
  it('counts when its last part is there, and only then forgets what none of them has', () => {
    const test = trading(loops, settings(), [market(1), market(2, { volume24h: dollars(0) })]);
    accept(test, test.commands);
    const listedAtMs = test.state.listedAtMs;
    test.step({ ...listing(market(3)), more: true }, 5_000);
    expect(test.state.listedAtMs).toBe(listedAtMs);
    expect([...test.state.markets.keys()]).toEqual([1, 2, 3].map(conditionId));
    test.step({ ...listing(market(1)), more: true });
    const commands = [...test.step(listing(market(4))), ...wakes(test, 1, 1_000)];
    expect(test.state.listedAtMs).toBeGreaterThan(listedAtMs ?? 0);
    expect([...test.state.markets.keys()]).toEqual([1, 3, 4].map(conditionId));
    expect(ofKind(commands, 'watch').flatMap(({ markets }) => markets.map((one) => one.conditionId))).toEqual(
      [3, 4].map(conditionId),
    );
    test.step(listing(market(1)), 5_000);
    expect(test.state.listedSoFar.size).toBe(0);
  });
});

describe('price histories', () => {
  it('are asked for once for each watched market, a day of ten-minute steps, and taken in', () => {
    const test = trading(loops, settings(), [market(1)]);
    expect(historiesAsked(test.commands)).toEqual([conditionId(1)]);
    expect(ofKind(test.commands, 'readPriceHistory')[0]).toMatchObject({ stepMs: 600_000, yesTokenId: '11' });
    const points = [{ atMs: test.nowMs - 3_600_000, price: 4_400 as Price }];
    test.step({ kind: 'priceHistoryRead', conditionId: conditionId(1), points, askedAtMs: test.nowMs });
    expect(historiesAsked(wakes(test, 80, 10_000))).toEqual([]);
    const data = memoryOf(test).scanner.figures.get(conditionId(1));
    expect(data?.history.points[0]).toEqual({ atMs: points[0]?.atMs, pts: 44 });
    expect(data?.history.points.length).toBeGreaterThan(1);
  });

  it('that never come are asked for again ten minutes later, five at a time', () => {
    const many = Array.from({ length: 7 }, (_, index) => market(index + 1));
    const test = trading(loops, settings(), many);
    for (const { gammaId } of many) test.step(book(Number(gammaId), 47, 53));
    wakes(test, 2, 10_000);
    const asked = historiesAsked(test.commands);
    expect(new Set(asked).size).toBe(7);
    expect(asked).toHaveLength(7);
    expect(historiesAsked(wakes(test, 50, 10_000))).toEqual([]);
    const again = wakes(test, 12, 10_000);
    expect(new Set(historiesAsked(again)).size).toBe(7);
  });
});

describe('the choice of markets', () => {
  it('by expected value leaves a wide market that nobody trades for one that is traded', () => {
    const test = trading(loops, settings({ maxMarkets: 1 }), [market(1, { volume24h: dollars(2_000) })]);
    accept(test, test.commands);
    expect([...memoryOf(test).chosen]).toEqual([conditionId(1)]);
    addMarket(test, market(2, { volume24h: dollars(500_000) }), 48, 52);
    expect([...memoryOf(test).chosen]).toEqual([conditionId(2)]);
    expect(memoryOf(test).excluded.get(conditionId(1))).toBe('outranked');
  });

  it('by the seed takes the wider one', () => {
    const seed = settings({ maxMarkets: 1, scannerRanking: 'seed' });
    const test = trading(loops, seed, [market(1, { volume24h: dollars(2_000) })]);
    accept(test, test.commands);
    addMarket(test, market(2, { volume24h: dollars(500_000) }), 48, 52);
    expect([...memoryOf(test).chosen]).toEqual([conditionId(1)]);
  });

  it('changes with the ranking while the worker runs', () => {
    const test = trading(loops, settings({ maxMarkets: 1 }), [market(1, { volume24h: dollars(2_000) })]);
    accept(test, test.commands);
    addMarket(test, market(2, { volume24h: dollars(500_000) }), 48, 52);
    const seed = settings({ maxMarkets: 1, scannerRanking: 'seed', incumbentMarginPct: 0 });
    test.step({ kind: 'settingsChanged', settings: seed, by: 'test' });
    wakes(test, 2, 10_000);
    expect([...memoryOf(test).chosen]).toEqual([conditionId(1)]);
  });

  const ruledOut: readonly (readonly [string, Partial<Market>])[] = [
    ['outcome is disputed', { resolution: 'disputed' }],
    ['outcome is proposed', { resolution: 'proposed' }],
    ['its game is under way', { gameStartAtMs: 1 }],
  ];
  it.each(ruledOut)('withdraws from a market once its %s, and journals that', (reason, change) => {
    const test = trading(loops, settings(), [market(1), market(2)]);
    accept(test, test.commands);
    const commands = [...test.step(listing(market(1, change), market(2)), 5_000), ...wakes(test, 2, 10_000)];
    expect(memoryOf(test).excluded.get(conditionId(1))).toBe(reason);
    expect([...memoryOf(test).chosen]).not.toContain(conditionId(1));
    expect(ofKind(commands, 'cancel').length).toBeGreaterThan(0);
    const selections = ofKind(commands, 'decision').filter((one) => one.conditionId === null);
    expect(JSON.stringify(selections)).toContain(reason);
  });

  it('keeps what it is quoting though the listing, with our own quotes in it, shows too tight a spread', () => {
    const test = trading(loops, settings(), [market(1)]);
    accept(test, test.commands);
    test.step(listing(market(1, { listedSpread: 100 as Price })), 5_000);
    wakes(test, 2, 10_000);
    expect([...memoryOf(test).chosen]).toEqual([conditionId(1)]);
  });

  it('forgets what it knew of a market that it no longer watches', () => {
    const test = trading(loops, settings(), [market(1)]);
    accept(test, test.commands);
    addMarket(test, market(2), 49, 51);
    expect(memoryOf(test).scanner.figures.has(conditionId(2))).toBe(true);
    test.step(listing(market(1), market(2, { acceptingOrders: false })), 5_000);
    wakes(test, 1, 10_000);
    expect([...memoryOf(test).scanner.figures.keys()]).toEqual([conditionId(1)]);
  });
});
