import type { Usd } from '../domain/units.ts';
import { nextUtcDayMs } from '../domain/utc-day.ts';
import { createDailyLoss, type DailyLoss, moveDayStart, observeDay } from './daily-loss.ts';
import {
  createDrawdown,
  type Drawdown,
  type DrawdownLimits,
  moveHighWater,
  observeValue,
  resetDrawdown,
} from './drawdown.ts';
import { type BlockName, block, type TradingState, unblock } from './trading-state.ts';

/** The limits on the loss of the whole account, in percent of what each is measured from. */
export interface LossLimits extends DrawdownLimits {
  /** Of the value at the start of the UTC day. */
  readonly dailyStopPct: number;
}

/** What is remembered of the account's value, and what has come of it. Plain data. */
export interface LossWatch {
  readonly drawdown: Drawdown;
  readonly day: DailyLoss;
  /** The newest looks at the value, oldest first. */
  looks: Usd[];
  lookedAtMs: number | null;
}

export const createLossWatch = (): LossWatch => ({
  drawdown: createDrawdown(),
  day: createDailyLoss(),
  looks: [],
  lookedAtMs: null,
});

/** The value is looked at this often at most. */
const LOOK_EVERY_MS = 1_000;
const LOOKS_KEPT = 3;

export const isLookDue = ({ lookedAtMs }: LossWatch, nowMs: number): boolean =>
  lookedAtMs === null || nowMs - lookedAtMs >= LOOK_EVERY_MS;

/**
 * What the last three looks agree on: their middle one. A book that is thin for a moment neither halts trading nor raises the
 * high-water mark, and what lasts is known a look later.
 */
export function confirmedValue(looks: readonly Usd[]): Usd | null {
  if (looks.length < LOOKS_KEPT) return looks[0] ?? null;
  return [...looks].sort((a, b) => a - b)[1] ?? null;
}

/** A block that was raised or cleared, as a person is told it. */
export interface LossNews {
  readonly name: BlockName;
  readonly isRaised: boolean;
  readonly text: string;
}

/** Takes a look at the account's value, and raises or clears what the limits ask for. Returns what is new. */
export function observeLosses(
  watch: LossWatch,
  trading: TradingState,
  look: Usd,
  limits: LossLimits,
  nowMs: number,
): LossNews[] {
  watch.looks = [...watch.looks, look].slice(-LOOKS_KEPT);
  watch.lookedAtMs = nowMs;
  const { drawdown, day } = watch;
  const value = confirmedValue(watch.looks) ?? look;
  observeDay(day, value, limits.dailyStopPct, nowMs);
  observeValue(drawdown, value, limits, nowMs);
  const standing: readonly (readonly [BlockName, boolean, string])[] = [
    ['drawdownReduce', drawdown.verdict === 'reduce', drawdownText(drawdown, limits.reducePct)],
    ['drawdownKill', drawdown.verdict === 'kill', drawdownText(drawdown, limits.killPct)],
    ['drawdownStopLoss', drawdown.isStopped, drawdownText(drawdown, limits.stopPct)],
    [
      'dailyStopLoss',
      day.isStopped,
      `${day.lossPct.toFixed(1)} % lost since the start of the UTC day, limit ${limits.dailyStopPct} %`,
    ],
  ];
  return standing.flatMap(([name, isRaised, text]) => settle(trading, name, isRaised, text, nowMs));
}

const drawdownText = ({ drawdownPct }: Drawdown, limitPct: number): string =>
  `${drawdownPct.toFixed(1)} % below the high-water mark, limit ${limitPct} %`;

function settle(
  trading: TradingState,
  name: BlockName,
  isRaised: boolean,
  text: string,
  nowMs: number,
): LossNews[] {
  const stood = trading.blocks.has(name);
  if (isRaised && !stood) block(trading, name, text, nowMs);
  else if (!isRaised) unblock(trading, name, nowMs);
  return stood === isRaised ? [] : [{ name, isRaised, text }];
}

/**
 * This much was put in, or taken out where it is below 0: neither the drawdown nor the loss of the day changes by it. What it is a
 * share of is the confirmed value, as everywhere else: a book that is thin in this moment must not make a deposit look like most
 * of the account. `worthNow` stands for it while nothing is confirmed.
 */
export function moveBaselines(watch: LossWatch, moved: Usd, worthNow: Usd): void {
  const before = confirmedValue(watch.looks) ?? worthNow;
  const after = (before + moved) as Usd;
  moveHighWater(watch.drawdown, before, after);
  moveDayStart(watch.day, before, after);
  watch.looks = watch.looks.map((look) => (look + moved) as Usd);
}

/** A person accepts the losses so far: all that they are measured from starts again at the next confirmed value. */
export function acceptLosses(watch: LossWatch): void {
  resetDrawdown(watch.drawdown);
  Object.assign(watch.day, createDailyLoss());
  watch.looks = [];
  watch.lookedAtMs = null;
}

/** When time alone may change a verdict, or a look that differs from the confirmed value is due to be confirmed. */
export function nextLookAtMs(watch: LossWatch, limits: LossLimits, nowMs: number): number {
  const { drawdown, day, looks, lookedAtMs } = watch;
  let next = Number.MAX_SAFE_INTEGER;
  if (lookedAtMs === null) return next;
  const dueAtMs = lookedAtMs + LOOK_EVERY_MS;
  if (looks.at(-1) !== confirmedValue(looks)) next = dueAtMs;
  if (day.isStopped || drawdown.verdict === 'kill') next = Math.min(next, nextUtcDayMs(lookedAtMs));
  if (drawdown.verdict === 'kill' && drawdown.killedAtMs !== null) {
    const coolAtMs = drawdown.killedAtMs + limits.cooldownMs;
    if (coolAtMs > nowMs) next = Math.min(next, coolAtMs);
    else if (lookedAtMs < coolAtMs) next = Math.min(next, dueAtMs);
  }
  return Math.max(next, dueAtMs);
}
