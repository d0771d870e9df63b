import { complement, notional, type Price, type Shares, type Usd } from '../domain/units.ts';

/** The percentages of the high-water mark at which trading is reduced, killed and resumed, and the terms of a resume. */
export interface DrawdownLimits {
  readonly reducePct: number;
  readonly killPct: number;
  readonly resumePct: number;
  readonly cooldownMs: number;
  readonly maxRecoveriesPerDay: number;
}

/** Null fields until the account's value was first confirmed: before that there is no drawdown, whatever the figures say. */
export interface Drawdown {
  highWaterUsd: Usd | null;
  /** Of the high-water mark, 0 to 100. */
  drawdownPct: number;
  verdict: 'ok' | 'reduce' | 'kill';
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

const DAY_MS = 86_400_000;

export const createDrawdown = (): Drawdown => ({
  highWaterUsd: null,
  drawdownPct: 0,
  verdict: 'ok',
  killedAtMs: null,
  recoveries: 0,
  recoveriesDay: 0,
});

/**
 * Takes a confirmed value of the whole account: cash and inventory at mark, provisional trades included, so that buying or
 * splitting moves nothing between the two. Returns whether the verdict changed.
 */
export function observeValue(state: Drawdown, value: Usd, limits: DrawdownLimits, nowMs: number): boolean {
  const before = state.verdict;
  state.highWaterUsd = Math.max(state.highWaterUsd ?? value, value) as Usd;
  const { highWaterUsd } = state;
  if (highWaterUsd > 0) state.drawdownPct = ((highWaterUsd - value) / highWaterUsd) * 100;
  if (state.verdict === 'kill' && !mayRecover(state, limits, nowMs)) return false;
  if (state.verdict === 'kill') state.recoveries += 1;
  state.verdict = verdictOf(state.drawdownPct, limits);
  state.killedAtMs = state.verdict === 'kill' ? nowMs : null;
  return state.verdict !== before;
}

function verdictOf(drawdownPct: number, { reducePct, killPct }: DrawdownLimits): Drawdown['verdict'] {
  if (drawdownPct >= killPct) return 'kill';
  return drawdownPct >= reducePct ? 'reduce' : 'ok';
}

function mayRecover(state: Drawdown, limits: DrawdownLimits, nowMs: number): boolean {
  const day = Math.floor(nowMs / DAY_MS);
  if (day !== state.recoveriesDay) {
    state.recoveriesDay = day;
    state.recoveries = 0;
  }
  const isCool = state.killedAtMs !== null && nowMs - state.killedAtMs >= limits.cooldownMs;
  return isCool && state.drawdownPct < limits.resumePct && state.recoveries < limits.maxRecoveriesPerDay;
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

/** The operator's resume after a kill: the high-water mark starts again at the present value. */
export function resetDrawdown(state: Drawdown, value: Usd): void {
  state.highWaterUsd = value;
  state.drawdownPct = 0;
  state.verdict = 'ok';
  state.killedAtMs = null;
}
