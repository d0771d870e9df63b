import { nextStaleAtMs, takeSpot, trustedSpot } from '../crypto/prices/spot-board.ts';
import type { CoinSymbol, SpotTick } from '../domain/spot-price.ts';
import { hearPrice } from './heard-prices.ts';
import type { Input, ReadName, SpotInput } from './messages.ts';
import type { Outbox } from './outbox.ts';
import { coinOfHistory, coinsToWatch, historyKey, keepOnly, spotRulesNow } from './spot-prices.ts';
import type { KernelState } from './state.ts';

/** The newest of a longer history are kept: three years of days, and more minutes than any question looks back. */
const MOST_KEPT = 1_100;
/** A coin whose trust comes and goes is told of at most this often. */
const TELL_GAP_MS = 60_000;

/** Prices of coins, their histories, and who gives them. */
export function reduceSpot(state: KernelState, input: SpotInput, outbox: Outbox): void {
  const { spot, nowMs } = state;
  switch (input.kind) {
    case 'spotTicks':
      for (const [source, coin, priceUsd, atMs] of input.ticks)
        takeTick(state, { source, coin, priceUsd, atMs });
      spot.lookAtMs = nowMs;
      break;
    case 'spotSource':
      switchPublisher(state, input, outbox);
      break;
    case 'dailyClosesRead':
      if (!spot.coins.includes(input.coin)) return;
      spot.closes.set(input.coin, { closes: input.closes.slice(-MOST_KEPT), asOfMs: input.askedAtMs });
      spot.failures.delete(historyKey(input.coin, null));
      break;
    case 'candlesRead': {
      const { coin, step, fromMs, candles, askedAtMs } = input;
      if (!spot.coins.includes(coin)) return;
      const byStep = spot.candles.get(coin) ?? new Map();
      byStep.set(step, { candles: candles.slice(-MOST_KEPT), fromMs, asOfMs: askedAtMs });
      spot.candles.set(coin, byStep);
      spot.failures.delete(historyKey(coin, step));
      break;
    }
  }
  outbox.wake('spot');
}

/** What is believed after a tick is noted, and so is the tick itself if its source is one of those that agree: alone it says nothing. */
function takeTick(state: KernelState, tick: SpotTick): void {
  const { spot, nowMs } = state;
  const { coin, source, priceUsd } = tick;
  if (!spot.coins.includes(coin) || !takeSpot(spot.board, tick, nowMs)) return;
  const rules = spotRulesNow(state);
  if (rules === null) return;
  const found = trustedSpot(spot.board, coin, nowMs, rules);
  if (found.kind === 'untrusted') return;
  hearPrice(spot.heard, coin, found.priceUsd, nowMs);
  if (found.sources.includes(source)) hearPrice(spot.heard, coin, priceUsd, nowMs);
}

/** Where nobody watches any more, what still comes in is of no interest. */
function switchPublisher(
  { spot, nowMs }: KernelState,
  { source, up, reason }: Extract<SpotInput, { kind: 'spotSource' }>,
  outbox: Outbox,
): void {
  if (spot.coins.length === 0) return;
  const before = spot.publishers.get(source);
  if (before?.up === up) return;
  spot.publishers.set(source, { up, sinceMs: nowMs, reason });
  if (!up)
    outbox.send({ kind: 'notify', level: 'warning', text: `price source ${source} is down: ${reason}` });
  else if (before !== undefined)
    outbox.send({ kind: 'notify', level: 'note', text: `price source ${source} is up again` });
}

export const isHistoryRead = (read: ReadName): boolean => read === 'dailyCloses' || read === 'candles';

/** Two loops may ask for one history at once; what fails for both fails once. */
const AT_ONCE_MS = 2_000;
/** What says nothing of the next try. Whoever says that he is asked too often, or refuses, means the next one too. */
const LOST: ReadonlySet<string> = new Set(['notSent', 'timeout', 'connectionLost', 'venueFault']);

/** Notes why a history is not there, for whoever asked for it. */
export function noteHistoryFailed(
  { spot, nowMs }: KernelState,
  { key, code, text }: Extract<Input, { kind: 'readFailed' }>,
  outbox: Outbox,
): void {
  if (!spot.coins.includes(coinOfHistory(key))) return;
  const last = spot.failures.get(key);
  const times = last === undefined ? 1 : last.times + Number(nowMs - last.atMs >= AT_ONCE_MS);
  spot.failures.set(key, { atMs: nowMs, text, times, isLost: LOST.has(code) });
  outbox.wake('spot');
}

/** Watches the coins that listed markets hang on, once that has changed. */
export function followCoins(state: KernelState, outbox: Outbox): void {
  const coins = coinsToWatch(state);
  const { spot } = state;
  // A limit on ages or sources may have changed as well.
  spot.lookAtMs = coins.length === 0 ? Number.MAX_SAFE_INTEGER : state.nowMs;
  if (coins.join() === spot.coins.join()) return;
  keepOnly(spot, coins);
  outbox.send({ kind: 'watchSpot', coins });
}

/** Tells a person when the price of a coin is believed no more, and when it is again. Looks only when that may have changed. */
export function followTrust(state: KernelState, outbox: Outbox): void {
  const { spot, nowMs } = state;
  if (nowMs < spot.lookAtMs) return;
  spot.lookAtMs = Number.MAX_SAFE_INTEGER;
  const rules = spotRulesNow(state);
  if (rules === null) return;
  for (const coin of spot.coins) {
    const found = trustedSpot(spot.board, coin, nowMs, rules);
    const dueAtMs = tell(state, coin, found.kind === 'trusted' ? null : found.why, outbox);
    const staleAtMs = nextStaleAtMs(spot.board, coin, nowMs, rules);
    for (const atMs of [dueAtMs, staleAtMs]) if (atMs !== null) spot.lookAtMs = Math.min(spot.lookAtMs, atMs);
  }
}

/** Says it, unless it was said, or something else a moment ago. Returns when it is to be said then; null where nothing is left to say. */
function tell(
  { spot, nowMs }: KernelState,
  coin: CoinSymbol,
  untrustedBecause: string | null,
  outbox: Outbox,
): number | null {
  const isTrusted = untrustedBecause === null;
  const told = spot.told.get(coin);
  // Before its first price a coin is no news.
  if (told === undefined ? !isTrusted : told.isTrusted === isTrusted) return null;
  if (told !== undefined && nowMs - told.atMs < TELL_GAP_MS) return told.atMs + TELL_GAP_MS;
  spot.told.set(coin, { isTrusted, atMs: told === undefined ? Number.MIN_SAFE_INTEGER : nowMs });
  outbox.wake('spot');
  if (!isTrusted)
    outbox.send({
      kind: 'notify',
      level: 'warning',
      text: `the price is not believed, and nothing is bought on it: ${untrustedBecause}`,
    });
  else if (told !== undefined)
    outbox.send({ kind: 'notify', level: 'note', text: `the price of ${coin} is believed again` });
  return null;
}

/** When `followTrust` next has something to look at. */
export const nextTrustAtMs = ({ spot }: KernelState): number => spot.lookAtMs;
