/**
 * Quoting a claim that ends at 0 or 1, for a maker with constant absolute risk aversion. `p` is the probability that YES pays one
 * dollar, strictly between 0 and 1; `q` net YES shares; `gamma` risk aversion in 1/USD. It is Hanson's logarithmic market scoring
 * rule with b = 1/gamma, so the worst-case loss is bounded whatever flow comes.
 */
export const logit = (p: number): number => Math.log(p) - Math.log1p(-p);
export const sigmoid = (x: number): number =>
  x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x));

/** What holding q is worth for certain, in dollars: -(1/gamma) ln(1 - p + p e^(-gamma q)). */
export function certaintyEquivalentUsd(p: number, q: number, gamma: number): number {
  const exponent = -gamma * q;
  // Above zero the exponential may overflow: ln(1 - p + p e^x) = x + ln(p + (1 - p) e^(-x)).
  const log =
    exponent <= 0
      ? Math.log1p(p * Math.expm1(exponent))
      : exponent + Math.log1p((1 - p) * Math.expm1(-exponent));
  return -log / gamma;
}

/**
 * Marginal reservation price in dollars, S(L(p) - gamma q w), inside (0, 1) by construction.
 * `varianceShare` w in [0, 1] is the part of p(1 - p) expected to be spent over the holding horizon; 1 is hold to resolution.
 */
export const boundedReservation = (p: number, q: number, gamma: number, varianceShare = 1): number =>
  sigmoid(logit(p) - gamma * q * varianceShare);

/** The most we would pay a share for `size` more, in dollars. */
export const boundedBid = (p: number, q: number, gamma: number, size: number): number =>
  (certaintyEquivalentUsd(p, q + size, gamma) - certaintyEquivalentUsd(p, q, gamma)) / size;

/** The least we would take a share for `size` fewer, in dollars. */
export const boundedAsk = (p: number, q: number, gamma: number, size: number): number =>
  (certaintyEquivalentUsd(p, q, gamma) - certaintyEquivalentUsd(p, q - size, gamma)) / size;

/** Largest loss in dollars any flow can cause from flat at p0: (1/gamma) ln(1 / min(p0, 1 - p0)). */
export const worstCaseLossUsd = (p0: number, gamma: number): number =>
  -Math.log(Math.min(p0, 1 - p0)) / gamma;

/** The gamma whose worst case is `budgetUsd`. */
export const gammaForBudget = (p0: number, budgetUsd: number): number =>
  -Math.log(Math.min(p0, 1 - p0)) / budgetUsd;

/** Share of p(1 - p) that a Brownian threshold event at the money spends in h of its last tau hours: (2/pi) asin(h/tau). */
export const varianceShareAtMoney = (horizonHours: number, leftHours: number): number =>
  leftHours <= horizonHours ? 1 : (2 / Math.PI) * Math.asin(Math.max(0, horizonHours) / leftHours);

/** As `certaintyEquivalentUsd`, when with probability `voidProbability` the market is void and both outcomes pay a half. */
export const certaintyEquivalentWithVoidUsd = (
  p: number,
  q: number,
  gamma: number,
  voidProbability: number,
): number =>
  -Math.log(
    (1 - voidProbability) * (1 - p + p * Math.exp(-gamma * q)) + voidProbability * Math.exp((-gamma * q) / 2),
  ) / gamma;

/** Marginal reservation price with a void branch: the derivative of `certaintyEquivalentWithVoidUsd` in q. */
export function boundedReservationWithVoid(
  p: number,
  q: number,
  gamma: number,
  voidProbability: number,
): number {
  const yes = (1 - voidProbability) * p * Math.exp(-gamma * q);
  const no = (1 - voidProbability) * (1 - p);
  const half = voidProbability * Math.exp((-gamma * q) / 2);
  return (yes + half / 2) / (yes + no + half);
}

const groupLogs = (p: readonly number[], q: readonly number[], gamma: number): number[] =>
  p.map((value, index) => Math.log(value) - gamma * (q[index] ?? 0));

/** Reservation prices of n exclusive outcomes held at `q`: p_i e^(-gamma q_i) over their sum. They sum to one. */
export function groupReservations(p: readonly number[], q: readonly number[], gamma: number): number[] {
  const logs = groupLogs(p, q, gamma);
  const top = Math.max(...logs);
  const weights = logs.map((value) => Math.exp(value - top));
  const sum = weights.reduce((total, value) => total + value, 0);
  return weights.map((value) => value / sum);
}

/** Largest loss in dollars any flow can cause in an event of exclusive outcomes: (1/gamma) max ln(1/p_i); (1/gamma) ln n when even. */
export const groupWorstCaseUsd = (p: readonly number[], gamma: number): number =>
  -Math.log(Math.min(...p)) / gamma;

/** The gamma whose worst case over the event is `budgetUsd`. */
export const groupGammaForBudget = (p: readonly number[], budgetUsd: number): number =>
  -Math.log(Math.min(...p)) / budgetUsd;

/** What holding q_i of each exclusive outcome is worth for certain, in dollars: -(1/gamma) ln sum p_i e^(-gamma q_i). */
export function groupCertaintyEquivalentUsd(
  p: readonly number[],
  q: readonly number[],
  gamma: number,
): number {
  const logs = groupLogs(p, q, gamma);
  const top = Math.max(...logs);
  return -(top + Math.log(logs.reduce((sum, value) => sum + Math.exp(value - top), 0))) / gamma;
}

/** The most a share we would pay for `size` more of outcome `index`, in dollars; for fewer, `size` is negative and it is the ask. */
export function groupPrice(
  p: readonly number[],
  q: readonly number[],
  gamma: number,
  index: number,
  size: number,
): number {
  const after = q.map((held, at) => (at === index ? held + size : held));
  return (groupCertaintyEquivalentUsd(p, after, gamma) - groupCertaintyEquivalentUsd(p, q, gamma)) / size;
}

/** As `boundedBid` and `boundedAsk` with a void branch: a share's price for `size` more, or fewer when it is negative. */
export const voidPrice = (
  p: number,
  q: number,
  gamma: number,
  voidProbability: number,
  size: number,
): number =>
  (certaintyEquivalentWithVoidUsd(p, q + size, gamma, voidProbability) -
    certaintyEquivalentWithVoidUsd(p, q, gamma, voidProbability)) /
  size;

/** What a dollar at resolution is worth now: e^(-(c - h) tau), cost of capital c and holding reward h a year, tau in years. */
export const carryFactor = (costOfCapital: number, holdingReward: number, years: number): number =>
  Math.exp(-(costOfCapital - holdingReward) * years);

/**
 * Skew in log-odds for a maker whose profit is in dollars: -gamma q p(1 - p) sigma_b^2 tau, with `logitVariance` = sigma_b^2 tau.
 * Shaw and Dalen (arXiv 2510.15205) write -gamma q sigma_b^2 tau, whose profit is in log-odds; read as dollars it over-skews.
 */
export const logitSkew = (p: number, q: number, gamma: number, logitVariance: number): number =>
  -gamma * q * p * (1 - p) * logitVariance;
