import type { ClassifiedPayoff } from '../../../crypto/questions/payoff.ts';
import { growingRestMs } from '../../../domain/growing-rest.ts';
import { CANDLE_STEP_MS, type CandleStep, type CoinSymbol } from '../../../domain/spot-price.ts';
import { DAY_MS, utcDayOf } from '../../../domain/utc-day.ts';
import type { Intent } from '../../../kernel/loop.ts';
import {
  candlesOf,
  dailyClosesOf,
  type HistoryFailure,
  historyFailureOf,
  historyKey,
} from '../../../kernel/spot-prices.ts';
import type { KernelState } from '../../../kernel/state.ts';
import type { CoinModels } from './coin-models.ts';
import { hasReference, referenceOf } from './window-prices.ts';

const HOUR_MS = CANDLE_STEP_MS['1h'];
const MINUTE_MS = CANDLE_STEP_MS['1m'];

/** As many whole days as a fit of the shapes is made of. */
const DAYS_ASKED = 1_000;
/** The volatility of the last days looks back so far. */
const RECENT_MS = 3 * DAY_MS;
/** One read brings at most 1,000 candles, and has to reach the present. */
const MOST_HOURS_MS = 990 * HOUR_MS;
const MOST_MINUTES_MS = 990 * MINUTE_MS;
/** A day's close and an hour's are not asked for in the second in which they are made. */
const SETTLED_MS = 5_000;
/** Candles of a minute are asked for anew once they are so old, where they decide. */
const MINUTES_LAST_MS = 45_000;
/** An answer that has not come by then is asked for again. */
const ASK_AGAIN_MS = 30_000;
/** A position without prices of the past is not watched by the model, so one lost answer costs it seconds; each further one twice as many, */
const FIRST_REST_MS = 5_000;
/** up to so many. After a refusal, such as that of who is asked too often, it is these at once. */
const LONGEST_REST_MS: Readonly<Record<CandleStep | 'days', number>> = {
  days: 600_000,
  '1h': 120_000,
  '1m': 60_000,
};

/** What of a payoff decides which prices of the past it needs. `createdAtMs`: when the market was made, where its text names no start. */
export interface PricedPayoff {
  readonly payoff: ClassifiedPayoff;
  readonly createdAtMs: number | null;
}

/** When the window of a touch or a race began; null for every other payoff, and where nobody knows. */
export function touchStartOf({ payoff, createdAtMs }: PricedPayoff): number | null {
  if (payoff.kind !== 'one-touch' && payoff.kind !== 'first-to-hit') return null;
  return payoff.window.startAtMs ?? createdAtMs;
}

/**
 * Asks for the prices of the past that these payoffs need and that are not there, or are too old: daily closes once a day of UTC, candles
 * of hours once an hour, and candles of minutes only where a touch may have just happened or a window has just begun. What has
 * failed rests, and what was asked for is waited for.
 */
export function askHistories(
  state: KernelState,
  models: CoinModels,
  priced: readonly PricedPayoff[],
): Intent[] {
  const { nowMs } = state;
  for (const [key, atMs] of models.askedAtMs) if (nowMs - atMs >= ASK_AGAIN_MS) models.askedAtMs.delete(key);
  const byCoin = new Map<CoinSymbol, PricedPayoff[]>();
  for (const one of priced) {
    const { coin } = one.payoff;
    if (!state.spot.coins.includes(coin)) continue;
    const list = byCoin.get(coin) ?? [];
    byCoin.set(coin, list);
    list.push(one);
  }
  return [...byCoin].flatMap(([coin, ofCoin]) => [
    ...askDays(state, models, coin),
    ...askHours(state, models, coin, ofCoin),
    ...askMinutes(state, models, coin, ofCoin),
  ]);
}

/** Whether any of what these coins' models and windows need is still on its way. */
export const isAwaited = (models: CoinModels): boolean => models.askedAtMs.size > 0;

function mayAsk(
  state: KernelState,
  { askedAtMs }: CoinModels,
  coin: CoinSymbol,
  step: CandleStep | null,
): boolean {
  const key = historyKey(coin, step);
  const failure = historyFailureOf(state, coin, step);
  if (failure !== null && state.nowMs - failure.atMs < restAfter(failure, step)) {
    askedAtMs.delete(key);
    return false;
  }
  if (askedAtMs.has(key)) return false;
  askedAtMs.set(key, state.nowMs);
  return true;
}

function restAfter({ times, isLost }: HistoryFailure, step: CandleStep | null): number {
  const longestMs = LONGEST_REST_MS[step ?? 'days'];
  return isLost ? growingRestMs(times, FIRST_REST_MS, longestMs) : longestMs;
}

function askDays(state: KernelState, models: CoinModels, coin: CoinSymbol): Intent[] {
  const read = dailyClosesOf(state, coin);
  const madeAtMs = utcDayOf(state.nowMs - SETTLED_MS) * DAY_MS + SETTLED_MS;
  if (read !== null && read.asOfMs >= madeAtMs) {
    models.askedAtMs.delete(historyKey(coin, null));
    return [];
  }
  return mayAsk(state, models, coin, null) ? [{ kind: 'readDailyCloses', coin, days: DAYS_ASKED }] : [];
}

/** From three days ago, or from where the earliest window began; never less than what is there, which somebody else may need. */
function askHours(
  state: KernelState,
  models: CoinModels,
  coin: CoinSymbol,
  priced: readonly PricedPayoff[],
): Intent[] {
  const { nowMs } = state;
  const starts = priced.flatMap((one) => touchStartOf(one) ?? windowStartOf(one) ?? []);
  const wantedMs = Math.max(nowMs - MOST_HOURS_MS, Math.min(nowMs - RECENT_MS, ...starts));
  const fromMs = Math.floor(wantedMs / HOUR_MS) * HOUR_MS;
  const read = candlesOf(state, coin, '1h');
  const madeAtMs = Math.floor((nowMs - SETTLED_MS) / HOUR_MS) * HOUR_MS + SETTLED_MS;
  if (read !== null && read.asOfMs >= madeAtMs && read.fromMs <= fromMs) {
    models.askedAtMs.delete(historyKey(coin, '1h'));
    return [];
  }
  const widest = Math.max(
    Math.ceil((nowMs - MOST_HOURS_MS) / HOUR_MS) * HOUR_MS,
    Math.min(fromMs, read?.fromMs ?? fromMs),
  );
  return mayAsk(state, models, coin, '1h') ? [{ kind: 'readCandles', coin, step: '1h', fromMs: widest }] : [];
}

const windowStartOf = ({ payoff }: PricedPayoff): number | null =>
  payoff.kind === 'up-or-down' ? payoff.window.startAtMs : null;

/** From where the earliest window began that hours do not cover to the minute, and at least from the last read of hours on. */
function askMinutes(
  state: KernelState,
  models: CoinModels,
  coin: CoinSymbol,
  priced: readonly PricedPayoff[],
): Intent[] {
  const { nowMs } = state;
  const hours = candlesOf(state, coin, '1h');
  const froms = priced.flatMap((one) => minutesFrom(state, models, one, hours?.asOfMs ?? nowMs) ?? []);
  const key = historyKey(coin, '1m');
  if (froms.length === 0) {
    models.askedAtMs.delete(key);
    return [];
  }
  const fromMs = Math.floor(Math.min(...froms) / MINUTE_MS) * MINUTE_MS;
  const read = candlesOf(state, coin, '1m');
  if (read !== null && read.ageMs < MINUTES_LAST_MS && read.fromMs <= fromMs) {
    models.askedAtMs.delete(key);
    return [];
  }
  return mayAsk(state, models, coin, '1m') ? [{ kind: 'readCandles', coin, step: '1m', fromMs }] : [];
}

function minutesFrom(
  state: KernelState,
  models: CoinModels,
  one: PricedPayoff,
  hoursAsOfMs: number,
): number | null {
  const { nowMs } = state;
  const touchStart = touchStartOf(one);
  if (touchStart !== null && touchStart <= nowMs) {
    const isOnHour = touchStart % HOUR_MS === 0;
    const canBeCovered = nowMs - touchStart <= MOST_MINUTES_MS;
    // The hour under way at the last read is known up to that read; minutes go on from there.
    const since = Math.min(nowMs, hoursAsOfMs) - MINUTE_MS;
    return isOnHour || !canBeCovered ? Math.max(since, nowMs - MOST_MINUTES_MS) : touchStart;
  }
  const { payoff } = one;
  const { startAtMs } = payoff.window;
  const lacksReference =
    hasReference(payoff) &&
    payoff.settlement === 'one-minute-close' &&
    startAtMs !== null &&
    startAtMs + MINUTE_MS <= nowMs &&
    nowMs - startAtMs <= MOST_MINUTES_MS &&
    referenceOf(state, models, payoff) === null;
  return lacksReference ? startAtMs : null;
}
