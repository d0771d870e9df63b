import {
  type AvellanedaStoikovParameters,
  arrivalSpread,
  optimalSpread,
  reservationPrice,
} from '../avellaneda-stoikov.ts';

/** The set-up of the paper's section 3.3: prices, time and inventory in its own units. */
const S0 = 100;
const SIGMA = 2;
const HORIZON = 1;
const STEP = 0.005;
const K = 1.5;
const INTENSITY = 140;

/**
 * `symmetric` keeps the average spread around the mid, `symmetricNow` the spread of the moment. `waitingOnly` is the inventory strategy
 * with the constant part of the spread, as the preprint prints it, and `waitingOnlyOutside` keeps its quotes from passing the mid.
 */
export type Strategy = 'inventory' | 'symmetric' | 'symmetricNow' | 'waitingOnly' | 'waitingOnlyOutside';

/** A small seeded generator, so that the paths are the same on every machine. */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export function onePath(gamma: number, strategy: Strategy, random: () => number) {
  const steps = Math.round(HORIZON / STEP);
  const parametersAt = (tau: number) => ({ gamma, k: K, varianceOverHorizon: SIGMA * SIGMA * tau });
  const averageSpread = optimalSpread(parametersAt(HORIZON / 2));
  let s = S0;
  let q = 0;
  let cash = 0;
  let spreadSum = 0;
  for (let step = 0; step < steps; step += 1) {
    const parameters = parametersAt(HORIZON - step * STEP);
    const spread = spreadOf(strategy, parameters, averageSpread);
    const centre = strategy.startsWith('symmetric') ? s : reservationPrice(s, q, parameters);
    const isOutside = strategy === 'waitingOnlyOutside';
    const bid = isOutside ? Math.min(s, centre - spread / 2) : centre - spread / 2;
    const ask = isOutside ? Math.max(s, centre + spread / 2) : centre + spread / 2;
    spreadSum += spread;
    const bidFills = random() < INTENSITY * Math.exp(-K * (s - bid)) * STEP;
    const askFills = random() < INTENSITY * Math.exp(-K * (ask - s)) * STEP;
    if (bidFills) {
      q += 1;
      cash -= bid;
    }
    if (askFills) {
      q -= 1;
      cash += ask;
    }
    s += (random() < 0.5 ? -1 : 1) * SIGMA * Math.sqrt(STEP);
  }
  return { profit: cash + q * s, q, spread: spreadSum / steps };
}

function spreadOf(strategy: Strategy, parameters: AvellanedaStoikovParameters, average: number): number {
  if (strategy === 'symmetric') return average;
  return strategy.startsWith('waitingOnly')
    ? arrivalSpread(parameters.gamma, parameters.k)
    : optimalSpread(parameters);
}

export function meanAndSd(values: readonly number[]): readonly [mean: number, sd: number] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return [mean, Math.sqrt(squares / (values.length - 1))];
}
