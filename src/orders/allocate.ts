import { complement, notional, type Shares, sharesFor, type Usd } from '../domain/units.ts';
import type { PlanMarket } from './planner.ts';
import type { DesiredQuote, PlannedOrder } from './types.ts';

/** What is left for new orders while a plan is made. */
export interface FreeFunds {
  cash: number;
  yes: number;
  no: number;
}

/** A part of a quote, with the cash it ties up (0 for a sell). */
export interface AllocatedOrder extends PlannedOrder {
  readonly cost: Usd;
}

/** Orders are sized in hundredths of a share. */
const SIZE_STEP = 10_000;

const toStep = (size: number): number => Math.floor(size / SIZE_STEP) * SIZE_STEP;

/**
 * Chooses the form of a new order for `size` of a quote. A bid is selling NO that is held or buying YES, an ask is selling YES
 * that is held or buying NO. What is held goes first, because it frees capital where the purchase ties it up; a rest that is
 * large enough becomes a second order. Returns no part smaller than the market's minimum and none that the funds do not cover.
 */
export function allocate(
  market: PlanMarket,
  quote: DesiredQuote,
  size: Shares,
  free: Readonly<FreeFunds>,
): AllocatedOrder[] {
  const isBid = quote.side === 'BUY';
  const parts: AllocatedOrder[] = [];
  let sell = toStep(Math.min(size, isBid ? free.no : free.yes));
  if (sell < market.minOrderSize) sell = 0;
  const price = isBid ? quote.price : complement(quote.price);
  const affordable = toStep(Math.min(size - sell, sharesFor(Math.max(0, free.cash) as Usd, price)));
  const buy = affordable < market.minOrderSize ? 0 : affordable;
  if (sell > 0) {
    const outcome = isBid ? 'NO' : 'YES';
    parts.push(partOf(market, quote, outcome, 'SELL', sell as Shares));
  }
  if (buy > 0) {
    const outcome = isBid ? 'YES' : 'NO';
    parts.push(partOf(market, quote, outcome, 'BUY', buy as Shares));
  }
  return parts;
}

function partOf(
  market: PlanMarket,
  quote: DesiredQuote,
  outcome: 'YES' | 'NO',
  side: 'BUY' | 'SELL',
  size: Shares,
): AllocatedOrder {
  const price = outcome === 'YES' ? quote.price : complement(quote.price);
  return {
    conditionId: market.conditionId,
    tokenId: outcome === 'YES' ? market.yesTokenId : market.noTokenId,
    negRisk: market.negRisk,
    outcome,
    side,
    price,
    size,
    level: quote.level,
    quote: { ...quote, size },
    reason: side === 'SELL' ? `sells ${outcome} that is held` : `buys ${outcome} with cash`,
    cost: side === 'SELL' ? (0 as Usd) : notional(price, size, 'up'),
  };
}
