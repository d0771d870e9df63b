import { logit, sigmoid } from './bounded.ts';
import { normalQuantile } from './normal-distribution.ts';

/** Break-even quotes in dollars against takers of whom a fraction `informed` knows the outcome. Glosten and Milgrom (1985), binary. */
export function glostenMilgrom(p: number, informed: number): { readonly bid: number; readonly ask: number } {
  return {
    ask: (p * (1 + informed)) / (1 + informed * (2 * p - 1)),
    bid: (p * (1 - informed)) / (1 - informed * (2 * p - 1)),
  };
}

/** The same as a half-width in log-odds, ln((1 + mu)/(1 - mu)), which does not depend on p: in price it goes with p(1 - p). */
export const informedHalfWidth = (informed: number): number => Math.log1p(informed) - Math.log1p(-informed);

/** Estimate of the informed fraction from the mean move of log-odds in the taker's favour after fills: tanh of half of it, at least 0. */
export const informedFraction = (meanLogitJump: number): number => Math.max(0, Math.tanh(meanLogitJump / 2));

/**
 * Best distance from fair when a fill at distance d is followed by a move of m0 + m1 d against us: waiting + m0 / (1 - m1), where
 * `waiting` is 1/k, or (1/gamma) ln(1 + gamma/k) with risk aversion. m1 below 1. Any consistent price unit.
 */
export const depthAgainstMarkout = (waiting: number, m0: number, m1: number): number =>
  waiting + m0 / (1 - m1);

/** Fills needed to tell a shift of `shift` from 0 at 95 per cent, and to find it with probability `power` when given. */
export function fillsToDetect(sd: number, shift: number, power = 0.5): number {
  const z = normalQuantile(0.975) + normalQuantile(power);
  return Math.ceil(((z * sd) / shift) ** 2);
}

/** Favourite-longshot correction of a market's price, S(alpha + beta L(mid)); alpha and beta are fitted on resolved markets only. */
export const tiltedProbability = (mid: number, alpha: number, beta: number): number =>
  sigmoid(alpha + beta * logit(mid));
