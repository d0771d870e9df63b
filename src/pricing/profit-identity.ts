import type { Shares, Usd } from '../domain/units.ts';

/**
 * Profit taken apart so that the parts add up: spread captured + mark-out + drift - fees + rebates + rewards + chain operations +
 * reverted trades + rounding = change in cash and in what the shares are worth at the mid. For one market over any stretch of time;
 * markets and days add up because every part does.
 *
 * All sums are exact: micro-dollars times micro-shares as bigint (1e-12 dollars). Mids are micro-dollars a share of YES; NO is
 * worth a dollar less that.
 */
export type MicroMid = number;

export type ProfitEvent =
  /** Shares against cash. `cash` is what the ledger booked, negative for a purchase, without the fee. */
  | {
      readonly kind: 'fill';
      readonly fillId: string;
      readonly atMs: number;
      readonly yes: Shares;
      readonly no: Shares;
      /** Micro-dollars a share of the outcome that was traded. */
      readonly pricePerShare: number;
      readonly cash: Usd;
      readonly fee: Usd;
      readonly mid: MicroMid;
      /** Mid at the end of the mark-out horizon, or at the close when that comes first. */
      readonly midAtHorizon: MicroMid;
    }
  /** A matched trade that the chain failed: shares and cash go back, at the mid of the moment it is known. */
  | {
      readonly kind: 'revert';
      readonly atMs: number;
      readonly yes: Shares;
      readonly no: Shares;
      readonly cash: Usd;
      readonly mid: MicroMid;
    }
  /** Split, merge, redeem or convert: what it did to shares and cash. */
  | {
      readonly kind: 'chain';
      readonly atMs: number;
      readonly yes: Shares;
      readonly no: Shares;
      readonly cash: Usd;
      readonly mid: MicroMid;
    }
  | { readonly kind: 'rebate' | 'reward' | 'gas'; readonly atMs: number; readonly cash: Usd };

export interface ProfitBalance {
  readonly cash: Usd;
  readonly yes: Shares;
  readonly no: Shares;
  readonly mid: MicroMid;
}

/** Dollars in millionths; costs are negative. */
export interface ProfitParts {
  /** Better price than the mid at the moment of each fill. */
  readonly spreadCaptured: Usd;
  /** What the mid did to each fill's shares up to the horizon: negative is adverse selection. */
  readonly markout: Usd;
  /** What the mid did to shares held at the opening, and to filled ones after the horizon. */
  readonly drift: Usd;
  readonly fees: Usd;
  readonly gas: Usd;
  readonly rebates: Usd;
  readonly rewards: Usd;
  readonly chainOperations: Usd;
  readonly reverts: Usd;
  /** Cash that the ledger rounded, and the parts of a micro-dollar of the lines above. */
  readonly rounding: Usd;
}

export interface FillParts {
  readonly fillId: string;
  readonly spreadCaptured: Usd;
  readonly markout: Usd;
  readonly fee: Usd;
}

export interface ProfitIdentity {
  readonly parts: ProfitParts;
  readonly fills: readonly FillParts[];
  /** Change in cash and marked value, from the two balances alone. */
  readonly total: Usd;
  /** Total less the parts. Anything but 0 means that an event is missing or booked wrong. */
  readonly residual: Usd;
}

type ProfitFill = Extract<ProfitEvent, { readonly kind: 'fill' }>;

/** Shares that came with a fill and wait for the end of its mark-out horizon. */
export interface WaitingShares {
  readonly yes: Shares;
  readonly no: Shares;
  /** Mid at the fill. */
  readonly mid: MicroMid;
}

const ONE = 1_000_000n;

/** One stretch of time that is still running, in sums whose size does not grow with it. Plain data; 1e-12 dollars. */
export interface RunningProfit {
  readonly opening: ProfitBalance;
  spreadCaptured: bigint;
  markout: bigint;
  fees: bigint;
  gas: bigint;
  rebates: bigint;
  rewards: bigint;
  chainOperations: bigint;
  reverts: bigint;
  rounding: bigint;
  /** Net YES shares that drift with the mid, and the sum of each times the mid from which it does. */
  drifting: bigint;
  driftingFrom: bigint;
}

export function openProfit(opening: ProfitBalance): RunningProfit {
  const running: RunningProfit = {
    opening,
    spreadCaptured: 0n,
    markout: 0n,
    fees: 0n,
    gas: 0n,
    rebates: 0n,
    rewards: 0n,
    chainOperations: 0n,
    reverts: 0n,
    rounding: 0n,
    drifting: 0n,
    driftingFrom: 0n,
  };
  drift(running, opening.yes, opening.no, opening.mid);
  return running;
}

/** Enters a fill but for its mark-out, whose horizon has not passed. Returns the spread it captured. */
export function addProfitFill(running: RunningProfit, fill: Omit<ProfitFill, 'midAtHorizon'>): Usd {
  const { captured, rounded } = capture(fill);
  running.spreadCaptured += captured;
  running.fees -= BigInt(fill.fee) * ONE;
  running.rounding += rounded;
  return toMicro(captured) as Usd;
}

/** The horizon of a fill is over: from now on its shares drift. Returns the fill's mark-out. */
export function passHorizon(running: RunningProfit, shares: WaitingShares, midAtHorizon: MicroMid): Usd {
  const moved = moveOf(shares, midAtHorizon);
  running.markout += moved;
  drift(running, shares.yes, shares.no, midAtHorizon);
  return toMicro(moved) as Usd;
}

export function addProfitEvent(running: RunningProfit, event: Exclude<ProfitEvent, ProfitFill>): void {
  const cash = BigInt(event.cash) * ONE;
  switch (event.kind) {
    case 'rebate':
      running.rebates += cash;
      return;
    case 'reward':
      running.rewards += cash;
      return;
    case 'gas':
      running.gas += cash;
      return;
    case 'revert':
    case 'chain': {
      const then = worth(event.yes, event.no, event.mid);
      if (event.kind === 'chain') running.chainOperations += cash + then;
      else running.reverts += cash + then;
      drift(running, event.yes, event.no, event.mid);
    }
  }
}

/**
 * What the stretch has come to at `closing`, which may be looked at again later. `waiting` are the fills whose horizon is not
 * over: they are marked at the mid of the close. `exactTotal` is in 1e-12 dollars and adds up over markets without rounding.
 */
export function closeProfit(
  running: RunningProfit,
  waiting: Iterable<WaitingShares>,
  closing: ProfitBalance,
): Omit<ProfitIdentity, 'fills'> & { readonly exactTotal: bigint } {
  const { opening } = running;
  let markout = running.markout;
  for (const shares of waiting) markout += moveOf(shares, closing.mid);
  const drifted = running.drifting * BigInt(closing.mid) - running.driftingFrom;
  const exactTotal =
    BigInt(closing.cash - opening.cash) * ONE +
    worth(closing.yes, closing.no, closing.mid) -
    worth(opening.yes, opening.no, opening.mid);
  const total = toMicro(exactTotal);
  const parts = wholeParts({ ...running, markout }, drifted);
  const summed = Object.values(parts).reduce((sum, part) => sum + part, 0);
  return { parts, total: total as Usd, residual: (total - summed) as Usd, exactTotal };
}

/** Takes the change between two balances apart by the events between them. */
export function profitIdentity(
  opening: ProfitBalance,
  events: readonly ProfitEvent[],
  closing: ProfitBalance,
): ProfitIdentity {
  const running = openProfit(opening);
  const fills: FillParts[] = [];
  for (const event of events) {
    if (event.kind !== 'fill') {
      addProfitEvent(running, event);
      continue;
    }
    const spreadCaptured = addProfitFill(running, event);
    const markout = passHorizon(running, event, event.midAtHorizon);
    fills.push({ fillId: event.fillId, spreadCaptured, markout, fee: event.fee });
  }
  const { parts, total, residual } = closeProfit(running, [], closing);
  return { parts, fills, total, residual };
}

/** One fill up to the end of its horizon: spread captured + mark-out - fee + rounding = cash + value of its shares then. */
export function fillIdentity(fill: ProfitFill): Omit<FillParts, 'fillId'> & {
  readonly rounding: Usd;
  readonly total: Usd;
  readonly residual: Usd;
} {
  const { captured, rounded } = capture(fill);
  const moved = moveOf(fill, fill.midAtHorizon);
  const spreadCaptured = toMicro(captured);
  const markout = toMicro(moved);
  const left = rounded + captured - BigInt(spreadCaptured) * ONE + moved - BigInt(markout) * ONE;
  const rounding = toMicro(left);
  const total = toMicro(BigInt(fill.cash - fill.fee) * ONE + worth(fill.yes, fill.no, fill.midAtHorizon));
  return {
    spreadCaptured: spreadCaptured as Usd,
    markout: markout as Usd,
    fee: fill.fee,
    rounding: rounding as Usd,
    total: total as Usd,
    residual: (total - spreadCaptured - markout + fill.fee - rounding) as Usd,
  };
}

/** Shares at the mid, in 1e-12 dollars. */
export const worth = (yes: number, no: number, mid: MicroMid): bigint =>
  BigInt(yes) * BigInt(mid) + BigInt(no) * (ONE - BigInt(mid));

/** From here on these shares move with the mid. */
function drift(running: RunningProfit, yes: number, no: number, from: MicroMid): void {
  const net = BigInt(yes) - BigInt(no);
  running.drifting += net;
  running.driftingFrom += net * BigInt(from);
}

const moveOf = ({ yes, no, mid }: WaitingShares, later: MicroMid): bigint =>
  (BigInt(yes) - BigInt(no)) * (BigInt(later) - BigInt(mid));

function capture(fill: Omit<ProfitFill, 'midAtHorizon'>): {
  readonly captured: bigint;
  readonly rounded: bigint;
} {
  const paid = (BigInt(fill.yes) + BigInt(fill.no)) * BigInt(fill.pricePerShare);
  return { captured: worth(fill.yes, fill.no, fill.mid) - paid, rounded: BigInt(fill.cash) * ONE + paid };
}

/** Each line in whole micro-dollars; what the lines lose by that is part of `rounding`, so that nothing is lost. */
function wholeParts(sums: RunningProfit, drifted: bigint): ProfitParts {
  let left = sums.rounding;
  const whole = (exact: bigint): Usd => {
    const micro = toMicro(exact);
    left += exact - BigInt(micro) * ONE;
    return micro as Usd;
  };
  const parts = {
    spreadCaptured: whole(sums.spreadCaptured),
    markout: whole(sums.markout),
    drift: whole(drifted),
    fees: whole(sums.fees),
    gas: whole(sums.gas),
    rebates: whole(sums.rebates),
    rewards: whole(sums.rewards),
    chainOperations: whole(sums.chainOperations),
    reverts: whole(sums.reverts),
  };
  return { ...parts, rounding: toMicro(left) as Usd };
}

/** 1e-12 dollars to whole micro-dollars, downwards. */
export function toMicro(exact: bigint): number {
  const whole = exact / ONE;
  return Number(exact % ONE < 0n ? whole - 1n : whole);
}
