import { nextFloat, nextNormal, type RandomStream } from '../../domain/random.ts';
import { boundedReservation } from '../bounded.ts';
import { normalCdf } from '../normal-distribution.ts';

/**
 * A toy market: YES pays if a Brownian motion ends above zero. The maker knows the probability and quotes a fixed half-spread around its
 * reservation price. In each step one taker comes: with the informed fraction one who knows how it ends and takes whatever the
 * price, else one who buys or sells and is the less likely to trade the worse the price.
 */
const STEPS = 600;
const HALF_SPREAD = 0.02;
/** Decay of an uninformed taker's interest with the distance of the price from the probability, 1/USD. */
const DECAY = 40;
const ARRIVALS_A_STEP = 0.5;
const LEAST_PRICE = 0.001;

const LOT_SHARES = 10;

export type Rule = (p: number, q: number) => number;

/** What a share is worth to a maker who holds q, in dollars. The three that lean do so alike while p is near a half and q small. */
export const RULES = {
  symmetric: (p) => p,
  linearSkew: (p, q) => p - 0.0002 * q,
  /** Avellaneda-Stoikov in price space, with all the variance a probability has left. */
  avellanedaStoikov: (p, q) => p - 0.003 * q * p * (1 - p),
  /** Constant absolute risk aversion held to resolution, in log-odds. */
  logOdds: (p, q) => boundedReservation(p, q, 0.003),
} as const satisfies Record<string, Rule>;

/** Profit in dollars of one market, and the net shares at its end. */
export function oneMarket(rule: Rule, informed: number, stream: RandomStream): { pnlUsd: number; q: number } {
  // All luck is drawn in a fixed number of draws, so that rules meet the same market.
  const steps = Array.from({ length: STEPS }, () => ({
    move: nextNormal(stream) / Math.sqrt(STEPS),
    comes: nextFloat(stream) < ARRIVALS_A_STEP,
    knows: nextFloat(stream) < informed,
    buys: nextFloat(stream) < 0.5,
    patience: nextFloat(stream),
  }));
  const wins = steps.reduce((sum, { move }) => sum + move, 0) > 0;
  let [value, q, cash] = [0, 0, 0];
  for (const [index, { move, comes, knows, buys, patience }] of steps.entries()) {
    const left = 1 - index / STEPS;
    const p = normalCdf(value / Math.sqrt(left));
    value += move;
    if (!comes) continue;
    const isBuying = knows ? wins : buys;
    const price = rule(p, q) + (isBuying ? HALF_SPREAD : -HALF_SPREAD);
    if (price < LEAST_PRICE || price > 1 - LEAST_PRICE) continue;
    const worse = isBuying ? price - p : p - price;
    if (!knows && patience >= Math.exp(-DECAY * Math.max(0, worse))) continue;
    q += isBuying ? -LOT_SHARES : LOT_SHARES;
    cash += isBuying ? LOT_SHARES * price : -LOT_SHARES * price;
  }
  return { pnlUsd: cash + (wins ? q : 0), q };
}
