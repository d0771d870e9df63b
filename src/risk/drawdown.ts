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
  state.drawdownPct = highWaterUsd <= 0 ? 0 : ((highWaterUsd - value) / highWaterUsd) * 100;
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

/** Deposits raise and withdrawals lower the high-water mark by their amount, so that neither is taken for profit or loss. */
export function shiftHighWater(state: Drawdown, amount: Usd): void {
  if (state.highWaterUsd !== null) state.highWaterUsd = Math.max(0, state.highWaterUsd + amount) as Usd;
}

/** The operator's resume after a kill: the high-water mark starts again at the present value. */
export function resetDrawdown(state: Drawdown, value: Usd): void {
  state.highWaterUsd = value;
  state.drawdownPct = 0;
  state.verdict = 'ok';
  state.killedAtMs = null;
}
