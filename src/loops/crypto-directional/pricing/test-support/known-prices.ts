/** Prices of a coin whose volatility a test chooses, and a kernel that has heard them. */
import type { ClassifiedPayoff } from '../../../../crypto/questions/payoff.ts';
import type { Market } from '../../../../domain/market.ts';
import type { CandleStep, CoinSymbol, DailyClose, SpotCandle } from '../../../../domain/spot-price.ts';
import { DAY_MS, utcDayOf } from '../../../../domain/utc-day.ts';
import type { StrategySettings } from '../../../../kernel/strategy-settings.ts';
import {
  market,
  runStarted,
  strategySettings,
  type TestKernel,
  testKernel,
} from '../../../../kernel/test-support/test-kernel.ts';
import { defaultSettings } from '../../../../settings/index.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;

/** Pays where bitcoin closes above 105,000 dollars three days after `nowMs`. */
export const closeIn3Days = (nowMs: number, facts: Partial<ClassifiedPayoff> = {}): ClassifiedPayoff => ({
  kind: 'close',
  coin: 'BTC',
  direction: 'above',
  strikesUsd: [105_000],
  window: { startAtMs: null, endAtMs: nowMs + 3 * DAY_MS, zone: 'ET' },
  source: 'binance',
  settlement: 'one-minute-close',
  twapLookbackSeconds: null,
  from: {},
  missing: [],
  ...facts,
});

export interface KnownPrices {
  readonly spotUsd: number;
  /** Every return of a day and of an hour has exactly this deviation for its length. */
  readonly dailyVolatility: number;
  readonly coin?: CoinSymbol;
}

/** Closes of whole days before `nowMs`, up and down by one deviation in turn, the last so far from spot as the time since allows. */
export function dailyCloses(
  { spotUsd, dailyVolatility }: KnownPrices,
  nowMs: number,
  days = 40,
): DailyClose[] {
  const today = utcDayOf(nowMs);
  const sinceDays = (nowMs - today * DAY_MS) / DAY_MS;
  const lastUsd = spotUsd * Math.exp(-dailyVolatility * Math.sqrt(sinceDays));
  const whole = Array.from({ length: days }, (_, index) => ({
    dayAtMs: (today - days + index) * DAY_MS,
    closeUsd: lastUsd * ((days - 1 - index) % 2 === 0 ? 1 : Math.exp(dailyVolatility)),
    isWhole: true,
  }));
  return [...whole, { dayAtMs: today * DAY_MS, closeUsd: spotUsd, isWhole: false }];
}

/** Hours, or minutes, from `fromMs` to `nowMs`, up and down by one deviation in turn, within a wick of what opens and closes them. */
export function candles(
  { spotUsd, dailyVolatility }: KnownPrices,
  step: CandleStep,
  fromMs: number,
  nowMs: number,
): SpotCandle[] {
  const stepMs = step === '1h' ? HOUR_MS : MINUTE_MS;
  const first = Math.ceil(fromMs / stepMs);
  const last = Math.floor(nowMs / stepMs);
  const move = dailyVolatility * Math.sqrt(stepMs / DAY_MS);
  const since = dailyVolatility * Math.sqrt((nowMs - last * stepMs) / DAY_MS);
  const closeOf = (index: number): number =>
    index === last
      ? spotUsd
      : spotUsd * Math.exp(-since) * ((last - 1 - index) % 2 === 0 ? 1 : Math.exp(move));
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, place) => {
    const [openUsd, closeUsd] = [closeOf(first + place - 1), closeOf(first + place)];
    return {
      openAtMs: (first + place) * stepMs,
      openUsd,
      closeUsd,
      highUsd: Math.max(openUsd, closeUsd),
      lowUsd: Math.min(openUsd, closeUsd),
    };
  });
}

/** Two sources say what a coin costs, now. */
export function tellSpot(
  test: TestKernel,
  spotUsd: number,
  coin: CoinSymbol = 'BTC',
  otherUsd = spotUsd,
): void {
  test.step({
    kind: 'spotTicks',
    ticks: [
      ['polybolt', coin, spotUsd, test.nowMs],
      ['binance', coin, otherUsd, test.nowMs],
    ],
  });
}

export function tellCloses(test: TestKernel, known: KnownPrices, days?: number): void {
  test.step({
    kind: 'dailyClosesRead',
    coin: known.coin ?? 'BTC',
    closes: dailyCloses(known, test.nowMs, days),
    askedAtMs: test.nowMs,
  });
}

export function tellCandles(test: TestKernel, known: KnownPrices, step: CandleStep, fromMs: number): void {
  test.step({
    kind: 'candlesRead',
    coin: known.coin ?? 'BTC',
    step,
    fromMs,
    candles: candles(known, step, fromMs, test.nowMs),
    askedAtMs: test.nowMs,
  });
}

/** A kernel without loops that has heard all of it for one coin: spot, closes, and hours of four days. */
export function knowing(
  known: KnownPrices,
  nowMs: number,
  cd: Partial<NonNullable<StrategySettings['cd']>> = {},
  listed: readonly Market[] = [btcMarket()],
): TestKernel {
  const test = testKernel([], null, nowMs);
  test.step(runStarted('run-1', strategySettings({}, { cd: { ...defaultSettings().cd, ...cd } })), 0);
  test.step({ kind: 'marketsListed', markets: listed }, 0);
  tellAll(test, known);
  return test;
}

export function tellAll(test: TestKernel, known: KnownPrices): void {
  tellSpot(test, known.spotUsd, known.coin);
  tellCloses(test, known);
  tellCandles(test, known, '1h', test.nowMs - 4 * DAY_MS);
}

export const btcMarket = (n = 1, change: Partial<Market> = {}): Market =>
  market(n, { question: 'Will Bitcoin reach $150,000?', ...change });
