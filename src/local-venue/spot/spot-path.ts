/**
 * The price of a coin as the local world has it. Its logarithm moves as a Brownian motion without drift, one step a second, from a
 * stream of its own, so that it does not depend on when or how often anybody looks, and so that the chance of every payoff on it is known in
 * closed form. Days before the start are one step each. Where prices were recorded, the path makes their moves instead for as long as
 * they go; those chances are then only about right.
 */
import { nextNormal, type RandomStream, streamOf } from '../../domain/random.ts';
import type { RecordedPrice } from './recorded-prices.ts';

export interface SpotTerms {
  /** `BTC`. */
  readonly coin: string;
  readonly startMs: number;
  readonly startUsd: number;
  /** Standard deviation of a day's log return: 0.03 is 3 %. */
  readonly sigmaPerDay: number;
  /** Days of history before the start. */
  readonly historyDays: number;
  /** Prices whose moves the path makes, oldest first, the first of them at the start. */
  readonly recorded?: readonly RecordedPrice[];
}

export interface SpotPath {
  readonly terms: SpotTerms;
  readonly stream: RandomStream;
  /** Price at `startMs + i` seconds. */
  readonly pricesUsd: number[];
  /** The recorded price that the newest second stands at. */
  recordedAt: number;
  /** Closes of the whole days before the start, oldest first. */
  readonly days: readonly { readonly dayAtMs: number; readonly closeUsd: number }[];
}

export const SECOND_MS = 1_000;
const DAY_MS = 86_400_000;
const SECONDS_PER_DAY = 86_400;

/** The path of a coin under `seed`, at its start, with its history. */
export function createSpotPath(seed: number | string, terms: SpotTerms): SpotPath {
  const { coin, startMs, startUsd, sigmaPerDay, historyDays } = terms;
  if (!(startUsd > 0) || !(sigmaPerDay >= 0) || startMs % SECOND_MS !== 0)
    throw new RangeError(
      `a spot path needs a price above 0, a volatility and a whole second to start at, found ${startUsd}, ${sigmaPerDay} and ${startMs}`,
    );
  const past = streamOf(seed, `${coin}/spot-history`);
  const days: { dayAtMs: number; closeUsd: number }[] = [];
  const todayMs = Math.floor(startMs / DAY_MS) * DAY_MS;
  // Backwards, because the price of the start is given.
  let closeUsd =
    startUsd * Math.exp(-sigmaPerDay * Math.sqrt((startMs - todayMs) / DAY_MS) * nextNormal(past));
  for (let back = 1; back <= historyDays; back += 1) {
    days.unshift({ dayAtMs: todayMs - back * DAY_MS, closeUsd });
    closeUsd *= Math.exp(-sigmaPerDay * nextNormal(past));
  }
  return { terms, stream: streamOf(seed, `${coin}/spot`), pricesUsd: [startUsd], recordedAt: 0, days };
}

/** Standard deviation of the log return of a second. */
export const sigmaPerSecond = ({ terms }: SpotPath): number => terms.sigmaPerDay / Math.sqrt(SECONDS_PER_DAY);

/** The price at a time at or after the start: that of the last whole second. The path grows as far as it is asked for. */
export function spotAt(path: SpotPath, atMs: number): number {
  const second = secondOf(path, atMs);
  const sigma = sigmaPerSecond(path);
  for (let next = path.pricesUsd.length; next <= second; next += 1) {
    const times = recordedMove(path, next * SECOND_MS) ?? Math.exp(sigma * nextNormal(path.stream));
    path.pricesUsd.push((path.pricesUsd[next - 1] as number) * times);
  }
  return path.pricesUsd[second] as number;
}

/** By how much the recorded price has moved until then; null after the last one, and where none were recorded. */
function recordedMove(path: SpotPath, afterMs: number): number | null {
  const recorded = path.terms.recorded ?? [];
  if (afterMs > (recorded.at(-1)?.afterMs ?? -1)) return null;
  const before = recorded[path.recordedAt]?.usd ?? 1;
  while ((recorded[path.recordedAt + 1]?.afterMs ?? Number.POSITIVE_INFINITY) <= afterMs)
    path.recordedAt += 1;
  return (recorded[path.recordedAt]?.usd ?? 1) / before;
}

/**
 * Moves the price to `usd` with the first second that nobody has been told of yet; from there the path goes on as before. Returns when that is.
 */
export function steerPath(path: SpotPath, atMs: number, usd: number): number {
  if (!(usd > 0 && Number.isFinite(usd)))
    throw new RangeError(`the price of ${path.terms.coin} has to be above 0, found ${usd}`);
  spotAt(path, atMs);
  return path.terms.startMs + (path.pricesUsd.push(usd) - 1) * SECOND_MS;
}

/** Index of the last whole second at or before a time. A time before the start is an error: nothing is known of it but daily closes. */
export function secondOf({ terms }: SpotPath, atMs: number): number {
  const second = Math.floor((atMs - terms.startMs) / SECOND_MS);
  if (second < 0)
    throw new RangeError(`the path of ${terms.coin} starts at ${terms.startMs}, asked for ${atMs}`);
  return second;
}

/** Average over the seconds of a window that ends at `atMs`, that moment included; of those there are where the window began before the path. */
export function twapAt(path: SpotPath, atMs: number, windowSeconds: number): number {
  spotAt(path, atMs);
  const last = secondOf(path, atMs);
  const first = Math.max(0, last - windowSeconds + 1);
  let sum = 0;
  for (let second = first; second <= last; second += 1) sum += path.pricesUsd[second] as number;
  return sum / (last - first + 1);
}

/** Daily closes up to `atMs`, oldest first; the last is that of the day under way. */
export function daysUpTo(
  path: SpotPath,
  atMs: number,
): readonly { readonly dayAtMs: number; readonly closeUsd: number }[] {
  const days = [...path.days];
  const firstMs = Math.floor(path.terms.startMs / DAY_MS) * DAY_MS;
  for (let dayAtMs = firstMs; dayAtMs <= atMs; dayAtMs += DAY_MS)
    days.push({ dayAtMs, closeUsd: spotAt(path, Math.min(atMs, dayAtMs + DAY_MS - SECOND_MS)) });
  return days;
}

/**
 * Open, high, low and close of the seconds from one time to another. Before the path began, only the closes of days and one price an hour
 * between them are known.
 */
export function candleAt(
  path: SpotPath,
  fromMs: number,
  toMs: number,
): {
  readonly openUsd: number;
  readonly highUsd: number;
  readonly lowUsd: number;
  readonly closeUsd: number;
} {
  const { startMs } = path.terms;
  const before = [fromMs, toMs].filter((atMs) => atMs < startMs).map((atMs) => pastUsd(path, atMs));
  const seconds: number[] = [];
  if (toMs >= startMs) {
    spotAt(path, toMs);
    for (let second = secondOf(path, Math.max(fromMs, startMs)); second <= secondOf(path, toMs); second += 1)
      seconds.push(path.pricesUsd[second] as number);
  }
  const all = [...before, ...seconds];
  let highUsd = 0;
  let lowUsd = Number.POSITIVE_INFINITY;
  for (const price of all) {
    highUsd = Math.max(highUsd, price);
    lowUsd = Math.min(lowUsd, price);
  }
  return { openUsd: all[0] as number, highUsd, lowUsd, closeUsd: all.at(-1) as number };
}

const HOUR_MS = 3_600_000;

/**
 * The price at a time before the start: a bridge of one step an hour between the closes of the days around it, from a stream of the
 * day's own, so that it is the same whoever asks, and moves as much in an hour as the path does later.
 */
function pastUsd(path: SpotPath, atMs: number): number {
  const { coin, sigmaPerDay, startMs, startUsd } = path.terms;
  const dayAtMs = Math.floor(atMs / DAY_MS) * DAY_MS;
  const index = path.days.findIndex((day) => day.dayAtMs === dayAtMs);
  const isLastDay = index === -1;
  const begin = isLastDay ? path.days.at(-1) : path.days[index - 1];
  const endUsd = isLastDay ? startUsd : (path.days[index]?.closeUsd ?? startUsd);
  const beginUsd = begin?.closeUsd ?? endUsd;
  const hours = Math.max(1, Math.ceil((isLastDay ? startMs - dayAtMs : DAY_MS) / HOUR_MS));
  const stream = streamOf(coin, `spot-hours/${path.days.length}/${dayAtMs}/${startUsd}`);
  const steps: number[] = [0];
  for (let hour = 1; hour <= hours; hour += 1)
    steps.push((steps[hour - 1] as number) + (sigmaPerDay / Math.sqrt(24)) * nextNormal(stream));
  const hour = Math.min(hours, Math.floor((atMs - dayAtMs) / HOUR_MS));
  const tied =
    (steps[hour] as number) + (hour / hours) * (Math.log(endUsd / beginUsd) - (steps[hours] as number));
  return beginUsd * Math.exp(tied);
}
