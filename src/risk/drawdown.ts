import { complement, notional, type Price, type Shares, type Usd } from '../domain/units.ts';
import { utcDayOf } from '../domain/utc-day.ts';

/** The percentages of the high-water mark at which trading is reduced, killed, resumed and stopped, and the terms of a resume. */
export interface DrawdownLimits {
  readonly reducePct: number;
  readonly killPct: number;
  readonly resumePct: number;
  readonly cooldownMs: number;
  readonly maxRecoveriesPerDay: number;
  /** From here on only a person resumes. */
  readonly stopPct: number;
}

/** Null fields until the account's value was first confirmed: before that there is no drawdown, whatever the figures say. */
export interface Drawdown {
  highWaterUsd: Usd | null;
  /** Of the high-water mark, 0 to 100. */
  drawdownPct: number;
  verdict: 'ok' | 'reduce' | 'kill';
  /** Stands beside the verdict, because a kill may end by itself and a stop may not. */
  isStopped: boolean;
  killedAtMs: number | null;
  recoveries: number;
  recoveriesDay: number;
}

/** What is held in one market, provisional trades as if they stand, with a mark that could be sold at: the bid, or the mid. */
export interface ValuedHolding {
  readonly yes: Shares;
  readonly no: Shares;
  readonly mark: Price;
}

/** The account's value: cash plus everything held. A pair is a dollar at any mark, so a split or merge moves nothing. */
export function accountValue(cash: Usd, holdings: Iterable<ValuedHolding>): Usd {
  let value: number = cash;
  for (const { yes, no, mark } of holdings) {
    const pairs = Math.max(0, Math.min(yes, no));
    value +=
      pairs + notional(mark, (yes - pairs) as Shares) + notional(complement(mark), (no - pairs) as Shares);
  }
  return value as Usd;
}

export const createDrawdown = (): Drawdown => ({
  highWaterUsd: null,
  drawdownPct: 0,
  verdict: 'ok',
  isStopped: false,
  killedAtMs: null,
  recoveries: 0,
  recoveriesDay: 0,
});

/** What lets up again does so a tenth below its level, or a value that trembles there would switch trading back and forth. */
const LET_UP_SHARE = 0.9;

/**
 * Takes a confirmed value of the whole account: cash and inventory at mark, provisional trades included, so that buying or
 * splitting moves nothing between the two. Returns whether the verdict or the stop changed.
 */
export function observeValue(state: Drawdown, value: Usd, limits: DrawdownLimits, nowMs: number): boolean {
  const { verdict, isStopped } = state;
  state.highWaterUsd = Math.max(state.highWaterUsd ?? value, value) as Usd;
  const { highWaterUsd } = state;
  if (highWaterUsd > 0) state.drawdownPct = ((highWaterUsd - value) / highWaterUsd) * 100;
  startRecoveryDay(state, nowMs);
  if (isBeyondStop(state, limits)) state.isStopped = true;
  if (state.verdict !== 'kill' || mayRecover(state, limits, nowMs)) {
    if (state.verdict === 'kill') state.recoveries += 1;
    state.verdict = verdictOf(state, limits);
    state.killedAtMs = state.verdict === 'kill' ? nowMs : null;
  }
  return state.verdict !== verdict || state.isStopped !== isStopped;
}

function startRecoveryDay(state: Drawdown, nowMs: number): void {
  const day = utcDayOf(nowMs);
  // A clock that is behind gives none back.
  if (day <= state.recoveriesDay) return;
  state.recoveriesDay = day;
  state.recoveries = 0;
}

/**
 * Where kill and stop have the same level the kill comes first, and the stop takes over once the kill may not end by itself any
 * more that day: otherwise nothing would ever resume by itself, whatever the settings of the kill say.
 */
function isBeyondStop({ drawdownPct, recoveries }: Drawdown, limits: DrawdownLimits): boolean {
  if (drawdownPct < limits.stopPct) return false;
  return limits.stopPct > limits.killPct || recoveries >= limits.maxRecoveriesPerDay;
}

function verdictOf({ drawdownPct, verdict }: Drawdown, { reducePct, killPct }: DrawdownLimits) {
  if (drawdownPct >= killPct) return 'kill';
  const fromPct = verdict === 'ok' ? reducePct : reducePct * LET_UP_SHARE;
  return drawdownPct >= fromPct ? 'reduce' : 'ok';
}

function mayRecover(state: Drawdown, limits: DrawdownLimits, nowMs: number): boolean {
  const isCool = state.killedAtMs !== null && nowMs - state.killedAtMs >= limits.cooldownMs;
  return (
    isCool &&
    !state.isStopped &&
    state.drawdownPct < limits.resumePct &&
    state.recoveries < limits.maxRecoveriesPerDay
  );
}

/**
 * Money was put in or taken out, which took the account from `before` to `after`: the high-water mark moves so that the drawdown
 * stays what it was. It scales rather than adds, because a loss of 10 dollars of 100 is still a tenth after 80 more are taken out.
 */
export function moveHighWater(state: Drawdown, before: Usd, after: Usd): void {
  const { highWaterUsd } = state;
  if (highWaterUsd === null || before === after) return;
  // An account that was emptied remembers its drawdown until there is money again that it can be told of.
  const left = highWaterUsd > 0 ? Math.min(1, before / highWaterUsd) : 1 - state.drawdownPct / 100;
  if (highWaterUsd > 0 && before > 0) state.drawdownPct = (1 - left) * 100;
  state.highWaterUsd = (
    left > 0 ? Math.round(Math.max(0, after) / left) : Math.max(0, highWaterUsd + after - before)
  ) as Usd;
}

/** A person accepts the loss: the high-water mark starts again at the next confirmed value. The recoveries of the day stay counted. */
export function resetDrawdown(state: Drawdown): void {
  const { recoveries, recoveriesDay } = state;
  Object.assign(state, { ...createDrawdown(), recoveries, recoveriesDay });
}
