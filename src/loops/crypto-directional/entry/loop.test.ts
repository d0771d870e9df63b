import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../domain/utc-day.ts';
import {
  book,
  cents,
  conditionId,
  dollars,
  fillOf,
  noToken,
  ofKind,
  quoteIntent,
  scriptedLoop,
  shares,
} from '../../../kernel/test-support/test-kernel.ts';
import type { EntryMemory } from './entry-memory.ts';
import {
  actions,
  CYCLE_MS,
  canceled,
  closeAbove,
  entries,
  entryRun,
  NOW,
  notices,
  ONE,
  onlyEntry,
  signals,
} from './test-support/entry-run.ts';

describe('what the loop says and does of a market', () => {
  it.each([
    ['Bitcoin', 100_000, '$120,000 on December 10', '2026-12-10T17:00:00Z', 30, 0.025, 7.7],
    ['Bitcoin', 100_000, '$110,000 on November 17', '2026-11-17T17:00:00Z', 7, 0.02, 3.5],
    ['Bitcoin', 100_000, '$105,000 on November 13', '2026-11-13T17:00:00Z', 3, 0.02, 6.8],
    ['Ethereum', 3_000, '$4,000 on December 10', '2026-12-10T17:00:00Z', 30, 0.035, 5.8],
  ])('W21: %s at %d above %s', (coin, spotUsd, strike, endDate, days, dailyVolatility, percent) => {
    const asked = closeAbove(1, 1, {
      question: `Will the price of ${coin} be above ${strike}?`,
      about: { endDate },
      endAtMs: NOW + days * DAY_MS,
    });
    const run = entryRun({ markets: [asked], known: { spotUsd, dailyVolatility }, touch: [9, 10] });
    const [signal] = signals(run.pass(5));
    expect(100 * (signal?.yesProbability?.low ?? 0)).toBeCloseTo(percent, 1);
    // The predecessor saw 13 to 16 per cent, or 9.6, and bought YES at 10 cents.
    expect(signal).toMatchObject({ outcome: 'NO' });
  });

  it('W22 and W23: buys NO, by the token of the listing, at the bid of others, and says so', () => {
    const run = entryRun();
    const commands = run.pass(5);
    expect(actions(commands)).toEqual(['entered']);
    const entry = onlyEntry(commands);
    expect(entry).toMatchObject({
      conditionId: ONE,
      outcome: 'NO',
      tokenId: noToken(1),
      side: 'BUY',
      price: 8_600,
      postOnly: true,
      timeInForce: 'GTD',
    });
    // One cycle and the venue's minute.
    expect(entry.expirationS * 1_000 - entry.timestampMs).toBeGreaterThanOrEqual(CYCLE_MS + 60_000);
    expect(entry.expirationS * 1_000 - entry.timestampMs).toBeLessThan(CYCLE_MS + 61_000);
    const [signal] = signals(commands);
    expect(signal).toMatchObject({ clientId: entry.clientId, spotUsd: 100_000, yesMid: 1_300 });
    expect(signal?.edgePts).toBeCloseTo(100 * (signal?.probability ?? 0) - 86, 6);
  });

  it('W23: counts the taker fee where it takes, and spends whole cents at once', () => {
    const take = entryRun({ cd: { postOnly: false }, touch: [14, 16] });
    const commands = take.pass(5);
    const entry = onlyEntry(commands);
    expect(entry).toMatchObject({ outcome: 'NO', price: 8_600, timeInForce: 'FAK', postOnly: false });
    expect((entry.spend ?? 0) % 10_000).toBe(0);
    expect(entry.spend).toBeLessThanOrEqual((entry.price * entry.size) / 10_000);
    const [signal] = signals(commands);
    // 7 per cent of p (1 - p).
    expect(signal?.edgePts).toBeCloseTo(100 * ((signal?.probability ?? 0) - 0.86 - 0.07 * 0.86 * 0.14), 4);
  });

  it('W23: a touch costs about twice a close, so what is too dear for one is not for the other', () => {
    const touch = closeAbove(2, 1, {
      question: 'Will Bitcoin reach $105,000 November 9-13?',
      about: { endDate: '2026-11-14T05:00:00Z' },
    });
    const run = entryRun({ markets: [closeAbove(1), touch], cd: { maxConcurrentPositions: 9 } });
    const commands = run.pass(20);
    const [close, reach] = [1, 2].map((n) =>
      signals(commands).findLast((signal) => signal.conditionId === conditionId(n)),
    );
    expect(close).toMatchObject({ kind: 'close', action: 'entered', outcome: 'NO' });
    expect(reach).toMatchObject({ kind: 'one-touch', action: 'noEdge' });
    expect(reach?.yesProbability?.low).toBeGreaterThan(1.9 * (close?.yesProbability?.low ?? 1));
  });

  it('says noEdge where there is too little', () => {
    const run = entryRun({ touch: [6, 8] });
    const commands = run.pass(5);
    expect(actions(commands)).toEqual(['noEdge']);
    expect(entries(commands)).toEqual([]);
    expect(signals(commands)[0]?.why).toContain('at least 5.0 points are wanted');
  });

  it('buys nothing beyond the bounds of its price', () => {
    // NO is worth 93 cents, and nobody may pay more than 80.
    const run = entryRun({ cd: { maxEntryPricePts: 80 } });
    const commands = run.pass(5);
    expect(actions(commands)).toEqual(['noEdge']);
  });

  it('confirms as often as is wanted, in a row', () => {
    const run = entryRun({ cd: { confirmationCycles: 3 } });
    expect(actions(run.pass(5))).toEqual(['confirming']);
    expect(actions(run.cycle())).toEqual(['confirming']);
    run.say(1, 6, 8);
    expect(actions(run.cycle())).toEqual(['noEdge']);
    run.say(1, 12, 14);
    expect([run.cycle(), run.cycle(), run.cycle()].flatMap(actions)).toEqual([
      'confirming',
      'confirming',
      'entered',
    ]);
  });

  it('waits a moment for the first price of a coin instead of a whole cycle, and not for ever', () => {
    const run = entryRun({ silent: ['BTC'] });
    expect(signals(run.pass(10))).toEqual([]);
    run.silent.clear();
    expect(actions(run.pass(6))).toEqual(['entered']);
    const never = entryRun({ silent: ['BTC'] });
    expect(actions(never.pass(40))).toEqual(['notPriced']);
  });

  it('says notPriced where the price is not believed, tells a person once, and once when it goes on', () => {
    const run = entryRun();
    run.silent.add('BTC');
    run.pass(40);
    const stopped = run.cycle();
    expect(actions(stopped)).toEqual(['notPriced']);
    expect(signals(stopped)[0]).toMatchObject({ spotUsd: null, yesProbability: null, outcome: null });
    const later = [run.cycle(), run.cycle()].flat();
    expect(notices([...stopped, ...later]).filter((text) => text.includes('entries on BTC'))).toEqual([
      expect.stringMatching(/^entries on BTC stop: /),
    ]);
    run.silent.clear();
    const again = run.cycle();
    expect(notices(again)).toContain('entries on BTC go on');
    expect(actions(again)).toEqual(['entered']);
  });

  it('says notPriced where its past can not be read, and asks no more often than needed', () => {
    const run = entryRun();
    run.answersReads = false;
    const commands = run.pass(32);
    expect(actions(commands)).toEqual(['notPriced']);
    expect(ofKind(run.test.commands, 'readDailyCloses').length).toBe(2);
    run.answersReads = true;
    expect(actions(run.cycle())).toEqual(['entered']);
    const quiet = run.cycle();
    expect([ofKind(quiet, 'readDailyCloses'), ofKind(quiet, 'readCandles')]).toEqual([[], []]);
  });

  it('W23: refuses a touch that has been reached already', () => {
    const touch = closeAbove(1, 1, {
      question: 'Will Bitcoin reach $100,500 November 9-13?',
      about: { endDate: '2026-11-14T05:00:00Z' },
    });
    const run = entryRun({ markets: [touch], touch: [40, 44] });
    // A day ago it was above, and now it is not any more.
    run.known = { spotUsd: 101_000, dailyVolatility: 0.02 };
    const commands = run.pass(10);
    expect(signals(commands)[0]?.why).toContain('reached in the window already');
    expect(entries(commands)).toEqual([]);
  });

  it('says tooSmall where the stake buys less than the market takes', () => {
    const run = entryRun({ wallet: { cash: 20 } });
    const commands = run.pass(5);
    expect(actions(commands)).toEqual(['tooSmall']);
    expect(signals(commands)[0]?.why).toContain('takes at least 5');
    const least = entryRun({ cd: { minTradeUsd: 500 } });
    const told = least.pass(5);
    expect(actions(told)).toEqual(['tooSmall']);
    expect(signals(told)[0]?.why).toContain('CD_MIN_TRADE_USD');
  });

  it('stakes Kelly’s part, and no more than a part of the cash that is free', () => {
    const capped = onlyEntry(entryRun({ cd: { kellyFraction: 1, maxPositionPct: 2 } }).pass(5));
    expect((capped.price * capped.size) / 1e10).toBeLessThanOrEqual(20);
    expect((capped.price * capped.size) / 1e10).toBeGreaterThan(19.8);
    const run = entryRun({ cd: { kellyFraction: 0.05, maxPositionPct: 50 } });
    const commands = run.pass(5);
    const [signal] = signals(commands);
    const kelly = ((signal?.probability ?? 0) - 0.86) / (1 - 0.86);
    expect((signal?.stake ?? 0) / 1e6).toBeCloseTo(1_000 * 0.05 * kelly, 2);
  });
});

describe('which markets it looks at', () => {
  it('those with most volume, open, about a coin, and within their time', () => {
    const markets = [
      closeAbove(1, 105_000, { volume24h: dollars(10) }),
      closeAbove(2, 106_000, { volume24h: dollars(30) }),
      closeAbove(3, 107_000, { volume24h: dollars(20) }),
      closeAbove(4, 108_000, { acceptingOrders: false, volume24h: dollars(99) }),
      closeAbove(5, 108_000, { question: 'Will it rain?', slug: 'rain', volume24h: dollars(99) }),
      closeAbove(6, 108_000, {
        question: 'Will MicroStrategy sell any Bitcoin by November 13?',
        volume24h: dollars(99),
      }),
      closeAbove(7, 105_000, {
        question: 'Will the price of Bitcoin be above $105,000 on November 10?',
        about: { endDate: '2026-11-10T18:00:00Z' },
        volume24h: dollars(99),
      }),
    ];
    const run = entryRun({ markets, cd: { maxMarkets: 2 }, touch: [6, 8] });
    const commands = run.pass(5);
    expect(
      signals(commands)
        .map(({ conditionId: id }) => id)
        .sort(),
    ).toEqual([conditionId(2), conditionId(3)]);
    expect(
      ofKind(run.test.commands, 'watch').flatMap(({ markets: watched }) =>
        watched.map(({ conditionId: id }) => id),
      ),
    ).toEqual([conditionId(2), conditionId(3)]);
    // A market that takes no orders any more is let go, and another one takes its place.
    const changed = markets.map((one) =>
      one.conditionId === conditionId(2) ? { ...one, acceptingOrders: false } : one,
    );
    run.test.step({ kind: 'marketsListed', markets: changed });
    const later = run.cycle();
    expect(
      signals(later)
        .map(({ conditionId: id }) => id)
        .sort(),
    ).toEqual([ONE, conditionId(3)]);
    expect(ofKind(later, 'unwatch')).toEqual([{ kind: 'unwatch', conditionIds: [conditionId(2)] }]);
    const memory = run.test.state.loops.get('crypto-directional')?.memory as EntryMemory;
    expect(memory.payoffs.has(conditionId(2))).toBe(false);
  });

  it('W24: one signal a market and cycle, each with its own number', () => {
    const run = entryRun({ markets: [closeAbove(1), closeAbove(2, 106_000)], touch: [6, 8] });
    const all = signals([...run.pass(5), ...run.cycle(), ...run.cycle()]);
    expect(all.length).toBe(6);
    expect(new Set(all.map(({ id }) => id)).size).toBe(6);
  });

  it('takes the largest edge first, and no more than there are places', () => {
    const markets = [closeAbove(1), closeAbove(2, 104_000), closeAbove(3, 110_000)];
    const run = entryRun({ markets, cd: { maxConcurrentPositions: 1 } });
    const commands = run.pass(5);
    expect(onlyEntry(commands).conditionId).toBe(conditionId(3));
    const refused = signals(commands).filter(({ action }) => action === 'refused');
    expect(refused.map(({ why }) => why)).toEqual([expect.stringContaining('CD_MAX_CONCURRENT_POSITIONS')]);
  });
});

describe('what else is in a market', () => {
  it('an order of another loop keeps it out, and it says whose', () => {
    const { loop, script } = scriptedLoop();
    const run = entryRun({ others: [loop] });
    script.push([{ kind: 'watch', conditionIds: [ONE] }], [quoteIntent(1, [['BUY', 10, 20]])]);
    const commands = run.pass(40);
    const first = entries(commands);
    // Whichever came first has the market.
    expect(first).toEqual([expect.stringMatching(/^NO 86 x/)]);
    const second = entryRun({ others: [loop], cd: { confirmationCycles: 2 } });
    script.length = 0;
    script.push([{ kind: 'watch', conditionIds: [ONE] }], [quoteIntent(1, [['BUY', 10, 20]])]);
    second.pass(40);
    for (let again = 0; again < 60; again += 1) script.push([quoteIntent(1, [['BUY', 10, 20]])]);
    const later = second.cycle();
    expect(actions(later)).toEqual(['refused']);
    expect(signals(later)[0]?.why).toContain('another loop, such as market-making, has orders here');
    expect(entries(later)).toEqual([]);
  });

  it('shares that another loop holds keep it out too', () => {
    const run = entryRun({ wallet: { tokens: { [noToken(1)]: 40 } } });
    const commands = run.pass(5);
    expect(actions(commands)).toEqual(['refused']);
    expect(signals(commands)[0]?.why).toContain('another loop, such as market-making, holds shares here');
  });

  it('own orders are no price of others', () => {
    const run = entryRun();
    const entry = onlyEntry(run.pass(5));
    // Ours is in the book now, and is the best bid for NO; the others bid a cent less.
    run.test.step({
      ...book(1, 12, 14, entry.size / 1e6),
      asks: [
        [cents(14), entry.size],
        [cents(15), shares(500)],
      ],
    });
    run.confirmsCancels = false;
    const later = [...run.cycle(), ...run.pass(130)];
    expect(signals(later)[0]).toMatchObject({ price: 8_500, why: 'the market was not free in time' });
  });
});

describe('the list of markets', () => {
  it('is asked for where market-making does not, and nothing begins before it is there', () => {
    const run = entryRun({ mm: { enabled: false }, markets: [] });
    run.test.state.listedAtMs = null;
    const memory = run.test.state.loops.get('crypto-directional')?.memory as EntryMemory;
    memory.lastCycleAtMs = null;
    memory.gatheringSinceMs = null;
    const commands = run.pass(70);
    expect(ofKind(commands, 'readMarkets').length).toBe(1);
    expect(memory.lastCycleAtMs).toBeNull();
    run.touches.set(1, [12, 14]);
    run.test.step({ kind: 'marketsListed', markets: [closeAbove(1)] });
    expect(signals(run.pass(10))).toMatchObject([{ conditionId: ONE, outcome: 'NO' }]);
    const on = entryRun({ markets: [] });
    expect(ofKind(on.pass(70), 'readMarkets')).toEqual([]);
  });
});

it('says notPriced where sources disagree', () => {
  const run = entryRun();
  run.otherUsd = 101_000;
  const commands = run.pass(40);
  expect(actions(commands)).toEqual(['notPriced']);
  expect(signals(commands)[0]?.why).toContain('apart, at most 0.5 % is believed');
  expect(entries(commands)).toEqual([]);
});

describe('W24: the life of an entry', () => {
  it('is no position when it is accepted, and one market is entered once while it holds', () => {
    const run = entryRun();
    const entry = onlyEntry(run.pass(5));
    expect(run.test.state.directional.positions.get(ONE)?.bought).toBe(0);
    run.test.step({
      kind: 'fill',
      fill: fillOf(entry, 't-1', entry.size / 1e6, 'CONFIRMED', run.test.nowMs),
    });
    const later = [run.cycle(), run.cycle(), run.cycle()].flat();
    expect(entries(later)).toEqual([]);
    expect(actions(later)).toEqual(['refused', 'refused', 'refused']);
    expect(signals(later)[0]?.why).toContain('held here already');
    expect(run.test.state.books.positions.get(ONE)?.no.final).toBe(entry.size);
  });

  it('expires with its cycle and is replaced by a new one while the edge holds', () => {
    const run = entryRun();
    const first = onlyEntry(run.pass(5));
    const commands = run.cycle();
    expect(canceled(commands)).toEqual(['a new entry takes its place']);
    const second = onlyEntry(commands);
    expect(second).toMatchObject({ outcome: 'NO', price: first.price });
    expect(second.clientId).not.toBe(first.clientId);
    expect(second.expirationS).toBeGreaterThan(first.expirationS);
    expect(run.test.state.directional.positions.size).toBe(1);
  });

  it('is not made anew before the old one is known to be gone', () => {
    const run = entryRun();
    run.pass(5);
    run.confirmsCancels = false;
    expect(entries(run.cycle())).toEqual([]);
  });

  it('that was filled in part is not topped up', () => {
    const run = entryRun();
    const entry = onlyEntry(run.pass(5));
    run.test.step({ kind: 'fill', fill: fillOf(entry, 't-1', 6, 'CONFIRMED', run.test.nowMs) });
    expect(entries([...run.cycle(), ...run.cycle()])).toEqual([]);
    expect(run.test.state.directional.positions.get(ONE)?.bought).toBe(shares(6));
  });

  it('is taken back between two cycles when the coin moves, and when its price is believed no more', () => {
    const moved = entryRun();
    moved.pass(5);
    moved.known = { spotUsd: 104_000, dailyVolatility: 0.02 };
    expect(canceled(moved.pass(7))).toEqual([expect.stringContaining('its edge is')]);
    const silent = entryRun();
    silent.pass(5);
    silent.silent.add('BTC');
    expect(canceled(silent.pass(45))).toEqual([expect.stringContaining('can not be priced')]);
  });

  it('is taken back when its price has to move, and made anew at the new one', () => {
    const run = entryRun();
    run.pass(5);
    run.say(1, 12, 13);
    const commands = run.cycle();
    expect(canceled(commands).length).toBe(1);
    expect(entries(commands)).toEqual([expect.stringMatching(/^NO 87 x/)]);
  });

  it('is taken back when entries are switched off, and what is held stays', () => {
    const run = entryRun({ markets: [closeAbove(1), closeAbove(2, 106_000)] });
    const commands = run.pass(5);
    const [held] = ofKind(commands, 'place').flatMap(({ orders }) => orders.map(({ request }) => request));
    if (held === undefined) throw new Error('expected an entry');
    run.test.step({ kind: 'fill', fill: fillOf(held, 't-1', held.size / 1e6, 'CONFIRMED', run.test.nowMs) });
    const { settings } = run.test.state;
    if (settings.cd === undefined) throw new Error('expected settings');
    run.test.step({
      kind: 'settingsChanged',
      by: 'test',
      settings: { ...settings, cd: { ...settings.cd, enabled: false } },
    });
    const off = run.cycle();
    expect(canceled(off)).toEqual(['entries are switched off (CD_ENABLED)']);
    expect([entries(off), signals(off)]).toEqual([[], []]);
    expect([...run.test.state.directional.positions.keys()]).toEqual([held.conditionId]);
  });

  it('counts against the day, which then is over for all', () => {
    const run = entryRun({
      markets: [closeAbove(1), closeAbove(2, 106_000)],
      cd: { maxTradesPerDay: 1 },
    });
    const commands = run.pass(5);
    const bought = onlyEntry(commands);
    const { nowMs } = run.test;
    run.test.step({ kind: 'fill', fill: fillOf(bought, 't-1', bought.size / 1e6, 'CONFIRMED', nowMs) });
    const later = run.cycle();
    expect(entries(later)).toEqual([]);
    expect(
      signals([...commands, ...later]).filter(({ why }) => why.includes('CD_MAX_TRADES_PER_DAY')).length,
    ).toBeGreaterThan(0);
  });
});
