import { CANDLE_STEP_MS, SPOT_PUBLISHERS, type SpotSource } from '../domain/spot-price.ts';
import type { Command, Input, SpotRow } from '../kernel/messages.ts';
import { historyKey } from '../kernel/spot-prices.ts';
import { candleAt, daysUpTo, type SpotPath } from '../local-venue/spot/spot-path.ts';
import {
  createSpotWorld,
  type PriceFeedName,
  publishedUsd,
  type SpotWorld,
} from '../local-venue/spot/spot-world.ts';
import { after, type World } from './world.ts';

/** Coins whose prices move under the seed, on the run's own clock, and those of them that the worker watches. */
export interface SpotModel {
  readonly world: SpotWorld;
  watched: readonly string[];
}

const SAMPLE_MS = 5_000;
const DAY_MS = 86_400_000;
const MOST_CANDLES = 1_000;

/** Who tells which price, and to how many milliseconds its time is cut. */
const SOURCES: readonly (readonly [SpotSource, PriceFeedName, gridMs: number])[] = [
  ['polybolt', 'polybolt', 1_000],
  ['rtdsBinance', 'rtds', 1_000],
  ['binance', 'binance', 1_000],
  ['coingecko', 'coingecko', 60_000],
];

export const createSpotModel = (seed: string, world: World): SpotModel => ({
  world: createSpotWorld(seed, {
    nowMs: () => world.nowMs,
    after: (delayMs, action) => {
      let isWanted = true;
      after(world, delayMs, () => {
        if (isWanted) action();
      });
      return () => {
        isWanted = false;
      };
    },
  }),
  watched: [],
});

/** Tells the watched coins' prices every five seconds, as the sampler of the live worker would. */
export function startSpot(world: World): void {
  after(world, SAMPLE_MS, () => {
    if (world.spot !== null) tellPrices(world, world.spot);
    startSpot(world);
  });
}

function tellPrices(world: World, { world: spot, watched }: SpotModel): void {
  const ticks: SpotRow[] = [];
  for (const coin of watched) {
    const path = spot.paths.get(coin);
    if (path === undefined) continue;
    for (const [source, feed, gridMs] of SOURCES) {
      const atMs = Math.max(path.terms.startMs, Math.floor(world.nowMs / gridMs) * gridMs);
      if (!spot.silent.has(feed)) ticks.push([source, coin, publishedUsd(spot, feed, path, atMs), atMs]);
    }
  }
  if (ticks.length > 0) world.deliver({ kind: 'spotTicks', ticks });
}

/** Watches these coins; whoever is asked for the first time answers. Without prices in the run nobody does. */
export function watchSpot(world: World, coins: readonly string[]): void {
  const { spot } = world;
  if (spot === null) return;
  const isFirst = spot.watched.length === 0;
  spot.watched = coins;
  if (!isFirst) return;
  after(world, SAMPLE_MS / 5, () => {
    for (const source of SPOT_PUBLISHERS)
      world.deliver({ kind: 'spotSource', source, up: true, reason: 'connected' });
  });
}

/** The answer to a read of a history, or null where nobody has one. */
export function readHistory(
  { spot, nowMs }: World,
  command: Extract<Command, { kind: 'readDailyCloses' | 'readCandles' }>,
  askedAtMs: number,
): Input | null {
  const path = spot?.world.paths.get(command.coin);
  if (path === undefined) return null;
  const { coin } = command;
  if (command.kind === 'readCandles') {
    const { step, fromMs } = command;
    const candles = candlesFrom(path, CANDLE_STEP_MS[step], fromMs, nowMs);
    return { kind: 'candlesRead', coin, step, fromMs, candles, askedAtMs };
  }
  const closes = daysUpTo(path, nowMs)
    .slice(-command.days)
    .map(({ dayAtMs, closeUsd }) => ({ dayAtMs, closeUsd, isWhole: dayAtMs + DAY_MS <= nowMs }));
  return { kind: 'dailyClosesRead', coin, closes, askedAtMs };
}

/** The key that a failed read of a history names. */
export const keyOfHistory = (
  command: Extract<Command, { kind: 'readDailyCloses' | 'readCandles' }>,
): string => historyKey(command.coin, command.kind === 'readCandles' ? command.step : null);

function candlesFrom(path: SpotPath, stepMs: number, fromMs: number, nowMs: number) {
  const candles = [];
  for (
    let openAtMs = Math.ceil(fromMs / stepMs) * stepMs;
    openAtMs <= nowMs && candles.length < MOST_CANDLES;
    openAtMs += stepMs
  )
    candles.push({ openAtMs, ...candleAt(path, openAtMs, Math.min(nowMs, openAtMs + stepMs - 1_000)) });
  return candles;
}
