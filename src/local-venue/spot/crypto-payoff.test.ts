import { describe, expect, it } from 'vitest';
import { advancePath, createPath, winnerOf } from '../traders/hidden-path.ts';
import { type CryptoPayoff, payoffProbability, payoffWinner, watchPayoff } from './crypto-payoff.ts';
import {
  candleAt,
  createSpotPath,
  daysUpTo,
  type SpotTerms,
  spotAt,
  steerPath,
  twapAt,
} from './spot-path.ts';

const START = 1_800_000_000_000;
const END = START + 300_000;
/** 3 % in five minutes, so that strikes a few per cent away matter. */
const TERMS: SpotTerms = {
  coin: 'BTC',
  startMs: START,
  startUsd: 100_000,
  sigmaPerDay: 0.03 * Math.sqrt(288),
  historyDays: 30,
};
const PATHS = 3_000;

const payoffs: readonly (readonly [string, CryptoPayoff])[] = [
  ['a close above', { kind: 'close', direction: 'above', strikeUsd: 101_500, endMs: END }],
  ['a close below', { kind: 'close', direction: 'below', strikeUsd: 101_500, endMs: END }],
  ['a range', { kind: 'range', lowUsd: 99_000, highUsd: 102_000, endMs: END }],
  ['a touch above', { kind: 'touch', direction: 'above', strikeUsd: 103_000, startMs: START, endMs: END }],
  ['a dip', { kind: 'touch', direction: 'below', strikeUsd: 98_000, startMs: START, endMs: END }],
  ['up or down', { kind: 'upOrDown', startMs: START + 60_000, endMs: END, twapSeconds: null }],
  ['up or down by the average', { kind: 'upOrDown', startMs: START + 60_000, endMs: END, twapSeconds: 60 }],
  [
    'what is hit first',
    { kind: 'firstToHit', upperUsd: 102_500, lowerUsd: 99_000, startMs: START, endMs: END },
  ],
];

describe.each(payoffs)('the chance of %s', (_name, payoff) => {
  it('is that with which it happens, and moves nowhere on average', () => {
    let before = 0;
    let later = 0;
    let squares = 0;
    let won = 0;
    for (let seed = 0; seed < PATHS; seed += 1) {
      const path = createSpotPath(seed, { ...TERMS, historyDays: 0 });
      const watch = watchPayoff(path, payoff);
      before = payoffProbability(watch, START);
      const midway = payoffProbability(watch, START + 150_000);
      expect(midway).toBeGreaterThanOrEqual(0);
      expect(midway).toBeLessThanOrEqual(1);
      later += midway / PATHS;
      squares += midway ** 2 / PATHS;
      const winner = payoffWinner(watch, END);
      expect(payoffWinner(watch, END + 5_000)).toBe(winner);
      if (winner === 'YES') won += 1 / PATHS;
    }
    // Seeds are fixed, so this finds the same every time; four standard errors leave room for the seeds that were drawn.
    expect(Math.abs(won - before)).toBeLessThan(4 * Math.sqrt((before * (1 - before)) / PATHS));
    expect(Math.abs(later - before)).toBeLessThan(4 * Math.sqrt((squares - later ** 2) / PATHS) + 1e-9);
    expect(before).toBeGreaterThan(0.05);
    expect(before).toBeLessThan(0.95);
  });

  it('is what informed traders know, until it is decided', () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const spot = createSpotPath(seed, { ...TERMS, historyDays: 0 });
      const [known, watch] = [watchPayoff(spot, payoff), watchPayoff(spot, payoff)];
      const hidden = createPath(seed, 'market', {
        startMs: START + 400,
        horizonMs: END - START,
        startProbability: 0.5,
        stepMs: 1_000,
        jumps: 3,
        jumpShare: 0.15,
        follows: (atMs) => payoffProbability(known, atMs),
      });
      for (let atMs = START + 10_400; atMs < END; atMs += 10_000) {
        expect(advancePath(hidden, atMs)).toBe(payoffProbability(watch, atMs));
        expect(winnerOf(hidden)).toBeNull();
      }
      advancePath(hidden, END + 1_000);
      expect(winnerOf(hidden)).toBe(payoffWinner(watch, END));
    }
  });

  it('ends at what the prices of the path say', () => {
    for (let seed = 0; seed < 200; seed += 1) {
      const path = createSpotPath(seed, { ...TERMS, historyDays: 0 });
      const watch = watchPayoff(path, payoff);
      for (let atMs = START; atMs < END; atMs += 7_000) expect(payoffWinner(watch, atMs)).toBeNull();
      expect(payoffWinner(watch, END)).toBe(naiveWinner(seed, payoff) ? 'YES' : 'NO');
      expect([0, 1]).toContain(payoffProbability(watch, END));
    }
  });
});

/** Read off all prices at once. */
function naiveWinner(seed: number, payoff: CryptoPayoff): boolean {
  const path = createSpotPath(seed, { ...TERMS, historyDays: 0 });
  spotAt(path, END);
  const prices = path.pricesUsd;
  const last = prices[300] as number;
  switch (payoff.kind) {
    case 'close':
      return payoff.direction === 'above' ? last > payoff.strikeUsd : last <= payoff.strikeUsd;
    case 'range':
      return last >= payoff.lowUsd && last < payoff.highUsd;
    case 'touch':
      return prices.some((price) =>
        payoff.direction === 'above' ? price >= payoff.strikeUsd : price <= payoff.strikeUsd,
      );
    case 'upOrDown': {
      const window = prices.slice(payoff.twapSeconds === null ? 300 : 301 - payoff.twapSeconds, 301);
      return window.reduce((sum, price) => sum + price, 0) / window.length >= (prices[60] as number);
    }
    case 'firstToHit': {
      const hit = prices.find((price) => price >= payoff.upperUsd || price <= payoff.lowerUsd);
      return hit !== undefined && hit >= payoff.upperUsd;
    }
  }
}

describe('the path of a coin', () => {
  it('is the same however it is looked at, and another one for another seed or coin', () => {
    const one = createSpotPath('seed', TERMS);
    const other = createSpotPath('seed', TERMS);
    spotAt(other, START + 200_000);
    for (let atMs = START; atMs <= START + 200_000; atMs += 500)
      expect(spotAt(one, atMs)).toBe(spotAt(other, atMs));
    expect(spotAt(createSpotPath('else', TERMS), END)).not.toBe(spotAt(one, END));
    expect(spotAt(createSpotPath('seed', { ...TERMS, coin: 'ETH' }), END)).not.toBe(spotAt(one, END));
  });

  it('moves by its volatility, and without drift', () => {
    const returns = Array.from({ length: 2_000 }, (_, seed) =>
      Math.log(spotAt(createSpotPath(seed, { ...TERMS, historyDays: 0 }), END) / TERMS.startUsd),
    );
    const mean = returns.reduce((sum, value) => sum + value, 0) / returns.length;
    const sd = Math.sqrt(returns.reduce((sum, value) => sum + value ** 2, 0) / returns.length);
    expect(sd / 0.03).toBeGreaterThan(0.94);
    expect(sd / 0.03).toBeLessThan(1.06);
    expect(Math.abs(mean)).toBeLessThan((4 * 0.03) / Math.sqrt(2_000));
  });

  it('has one close for each day, the last being that of now', () => {
    const path = createSpotPath(1, TERMS);
    const days = daysUpTo(path, END);
    expect(days).toHaveLength(31);
    for (const [index, { dayAtMs }] of days.slice(1).entries())
      expect(dayAtMs - (days[index]?.dayAtMs ?? 0)).toBe(86_400_000);
    expect(days.at(-1)?.closeUsd).toBe(spotAt(path, END));
  });

  it('has candles of its seconds, and before it began hours that move as much', () => {
    const path = createSpotPath(1, { ...TERMS, sigmaPerDay: 0.03, historyDays: 200 });
    const later = candleAt(path, START + 60_000, START + 119_000);
    const prices = path.pricesUsd.slice(60, 120);
    expect(later).toEqual({
      openUsd: prices[0],
      highUsd: Math.max(...prices),
      lowUsd: Math.min(...prices),
      closeUsd: prices.at(-1),
    });
    const hours = Array.from({ length: 24 * 190 }, (_, hour) =>
      Math.log(candleAt(path, START - 3_600_000 * (hour + 1), START - 3_600_000 * (hour + 1)).closeUsd),
    );
    const moves = hours.slice(1).map((value, index) => value - (hours[index] as number));
    const perDay = Math.sqrt((moves.reduce((sum, move) => sum + move ** 2, 0) / moves.length) * 24);
    expect(perDay / 0.03).toBeGreaterThan(0.9);
    expect(perDay / 0.03).toBeLessThan(1.1);
  });

  it('moves where it is steered from the next second on, and takes back nothing that was told', () => {
    const path = createSpotPath(1, TERMS);
    const told = spotAt(path, START + 30_400);
    expect(steerPath(path, START + 30_900, 80_000)).toBe(START + 31_000);
    expect(spotAt(path, START + 30_900)).toBe(told);
    expect(spotAt(path, START + 31_000)).toBe(80_000);
    expect(Math.abs(Math.log(spotAt(path, START + 60_000) / 80_000))).toBeLessThan(0.05);
    // Whoever looked ahead has been told already.
    expect(steerPath(path, START + 31_000, 90_000)).toBe(START + 61_000);
    for (const usd of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => steerPath(path, START, usd)).toThrow(RangeError);
  });

  it('gives averages over the seconds that there are', () => {
    const path = createSpotPath(1, TERMS);
    expect(twapAt(path, START, 60)).toBe(TERMS.startUsd);
    const [a, b, c] = [0, 1, 2].map((second) => spotAt(path, START + second * 1_000));
    expect(twapAt(path, START + 2_500, 2)).toBeCloseTo(((b as number) + (c as number)) / 2, 6);
    expect(twapAt(path, START + 2_000, 60)).toBeCloseTo(
      ((a as number) + (b as number) + (c as number)) / 3,
      6,
    );
    expect(() => spotAt(path, START - 1)).toThrow(RangeError);
  });
});
