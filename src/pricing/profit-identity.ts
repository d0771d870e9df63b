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

const ONE = 1_000_000n;

interface Exact {
  spreadCaptured: bigint;
  markout: bigint;
  drift: bigint;
  fees: bigint;
  gas: bigint;
  rebates: bigint;
  rewards: bigint;
  chainOperations: bigint;
  reverts: bigint;
  rounding: bigint;
}

/** Takes the change between two balances apart by the events between them. */
export function profitIdentity(
  opening: ProfitBalance,
  events: readonly ProfitEvent[],
  closing: ProfitBalance,
): ProfitIdentity {
  const sums = emptySums();
  sums.drift = worth(opening.yes, opening.no, closing.mid) - worth(opening.yes, opening.no, opening.mid);
  const fills: FillParts[] = [];
  for (const event of events) {
    if (event.kind === 'fill') fills.push(addFill(sums, event, closing.mid));
    else addOther(sums, event, closing.mid);
  }
  const exactTotal =
    BigInt(closing.cash - opening.cash) * ONE +
    worth(closing.yes, closing.no, closing.mid) -
    worth(opening.yes, opening.no, opening.mid);
  const total = toMicro(exactTotal);
  const parts = wholeParts(sums);
  const summed = Object.values(parts).reduce((sum, part) => sum + part, 0);
  return { parts, fills, total: total as Usd, residual: (total - summed) as Usd };
}

const emptySums = (): Exact => ({
  spreadCaptured: 0n,
  markout: 0n,
  drift: 0n,
  fees: 0n,
  gas: 0n,
  rebates: 0n,
  rewards: 0n,
  chainOperations: 0n,
  reverts: 0n,
  rounding: 0n,
});

/** Shares at the mid, in 1e-12 dollars. */
const worth = (yes: number, no: number, mid: MicroMid): bigint =>
  BigInt(yes) * BigInt(mid) + BigInt(no) * (ONE - BigInt(mid));

function addFill(
  sums: Exact,
  fill: Extract<ProfitEvent, { readonly kind: 'fill' }>,
  closingMid: MicroMid,
): FillParts {
  const atFill = worth(fill.yes, fill.no, fill.mid);
  const atHorizon = worth(fill.yes, fill.no, fill.midAtHorizon);
  const paid = (BigInt(fill.yes) + BigInt(fill.no)) * BigInt(fill.pricePerShare);
  const captured = atFill - paid;
  sums.spreadCaptured += captured;
  sums.markout += atHorizon - atFill;
  sums.drift += worth(fill.yes, fill.no, closingMid) - atHorizon;
  sums.fees -= BigInt(fill.fee) * ONE;
  sums.rounding += BigInt(fill.cash) * ONE + paid;
  return {
    fillId: fill.fillId,
    spreadCaptured: toMicro(captured) as Usd,
    markout: toMicro(atHorizon - atFill) as Usd,
    fee: fill.fee,
  };
}

function addOther(
  sums: Exact,
  event: Exclude<ProfitEvent, { readonly kind: 'fill' }>,
  closingMid: MicroMid,
): void {
  const cash = BigInt(event.cash) * ONE;
  switch (event.kind) {
    case 'rebate':
      sums.rebates += cash;
      return;
    case 'reward':
      sums.rewards += cash;
      return;
    case 'gas':
      sums.gas += cash;
      return;
    case 'revert':
    case 'chain': {
      const then = worth(event.yes, event.no, event.mid);
      if (event.kind === 'chain') sums.chainOperations += cash + then;
      else sums.reverts += cash + then;
      sums.drift += worth(event.yes, event.no, closingMid) - then;
    }
  }
}

/** Each line in whole micro-dollars; what the lines lose by that is part of `rounding`, so that nothing is lost. */
function wholeParts(sums: Exact): ProfitParts {
  const { rounding, ...rest } = sums;
  let left = rounding;
  const whole = (exact: bigint): Usd => {
    const micro = toMicro(exact);
    left += exact - BigInt(micro) * ONE;
    return micro as Usd;
  };
  const parts = {
    spreadCaptured: whole(rest.spreadCaptured),
    markout: whole(rest.markout),
    drift: whole(rest.drift),
    fees: whole(rest.fees),
    gas: whole(rest.gas),
    rebates: whole(rest.rebates),
    rewards: whole(rest.rewards),
    chainOperations: whole(rest.chainOperations),
    reverts: whole(rest.reverts),
  };
  return { ...parts, rounding: toMicro(left) as Usd };
}

/** To whole micro-dollars, downwards. */
function toMicro(exact: bigint): number {
  const whole = exact / ONE;
  return Number(exact % ONE < 0n ? whole - 1n : whole);
}
