/**
 * The probability path that nobody but informed traders sees. A hidden value moves as a Brownian motion and the market resolves YES
 * when it ends above zero, so p = Phi(value / sqrt(variance left)) is the conditional probability: a martingale inside (0, 1) that
 * ends at exactly 0 or 1. News arrives as jumps: at set moments a share of the variance comes at once, which keeps p a martingale.
 *
 * Outcomes of which exactly one wins break a stick: the first takes its part of a dollar, the next its part of what is left, and the
 * last the rest. Each part is such a path of its own, so that every outcome is a martingale, they sum to one and one ends at 1.
 *
 * The path steps on its own grid from its own stream, so it does not depend on when or how often anybody looks.
 */
import { nextFloat, nextNormal, type RandomStream, streamOf } from '../../domain/random.ts';

/** The outcome of an event of which exactly one wins. All outcomes have the same horizon, grid and jumps. */
export interface EventOutcome {
  /** The same for all outcomes of the event. */
  readonly event: string;
  readonly outcome: number;
  /** Of all outcomes, each above 0, together 1. */
  readonly startProbabilities: readonly number[];
}

export interface PathTerms {
  readonly startMs: number;
  /** How long until it resolves. */
  readonly horizonMs: number;
  /** YES probability at the start, inside (0, 1). */
  readonly startProbability: number;
  /** Grid of the path. */
  readonly stepMs: number;
  /** Number of jumps, at moments drawn from the stream. */
  readonly jumps: number;
  /** Share of the whole variance that the jumps carry together, in [0, 1). */
  readonly jumpShare: number;
  /** Left out where the market stands alone. */
  readonly among?: EventOutcome;
  /** The true chance at a time, where something else than this path decides the market; 0 or 1 from the path's end on. */
  readonly follows?: (atMs: number) => number;
}

export interface HiddenPath {
  readonly terms: PathTerms;
  readonly stream: RandomStream;
  /** Step numbers at which a jump falls, ascending; one step may hold several. */
  readonly jumpSteps: readonly number[];
  step: number;
  nextJump: number;
  /** In units where the whole variance is 1. */
  value: number;
  probability: number;
  /** The parts of the stick up to this outcome's, for an outcome of an event: each keeps its own copy, and all copies agree. */
  readonly parts?: readonly HiddenPath[];
}

/** The path of `name` under `seed`, at its start. */
export function createPath(seed: number | string, name: string, terms: PathTerms): HiddenPath {
  checkTerms(terms);
  if (terms.among !== undefined) return createOutcomePath(seed, terms, terms.among);
  const stream = streamOf(seed, `${name}/path`);
  const steps = stepsOf(terms);
  const jumpSteps: number[] = [];
  for (let jump = 0; jump < terms.jumps; jump += 1) jumpSteps.push(1 + Math.floor(nextFloat(stream) * steps));
  jumpSteps.sort((a, b) => a - b);
  return {
    terms,
    stream,
    jumpSteps,
    step: 0,
    nextJump: 0,
    value: normalQuantile(terms.startProbability),
    probability: terms.startProbability,
  };
}

function createOutcomePath(seed: number | string, terms: PathTerms, among: EventOutcome): HiddenPath {
  const { among: _among, ...alone } = terms;
  const { event, outcome, startProbabilities } = among;
  const parts: HiddenPath[] = [];
  let left = 1;
  for (const [index, probability] of startProbabilities.slice(0, -1).entries()) {
    if (index > outcome) break;
    parts.push(
      createPath(seed, `${event}/part-${index}`, { ...alone, startProbability: probability / left }),
    );
    left -= probability;
  }
  const stream = streamOf(seed, `${event}/outcome-${outcome}`);
  const path = { terms, stream, jumpSteps: [], step: 0, nextJump: 0, value: 0, probability: 0, parts };
  return { ...path, probability: shareOf(path) };
}

/** What the parts leave for this outcome. The last has no part of its own: it takes all that is left. */
function shareOf({ terms: { among }, parts = [] }: HiddenPath): number {
  let share = 1;
  for (const [index, { probability }] of parts.entries())
    share *= index === among?.outcome ? probability : 1 - probability;
  return share;
}

/** Moves the path to `nowMs`, one grid step after another; `onStep` sees each new probability. It never moves back. */
export function advancePath(path: HiddenPath, nowMs: number, onStep?: (probability: number) => void): number {
  const { terms } = path;
  const steps = stepsOf(terms);
  const target = Math.min(steps, Math.floor((nowMs - terms.startMs) / terms.stepMs));
  while (path.step < target) {
    path.step += 1;
    takeStep(path, steps);
    if (onStep !== undefined) onStep(path.probability);
  }
  return path.probability;
}

/** Who won, or null while the path still runs. */
export function winnerOf(path: HiddenPath): 'YES' | 'NO' | null {
  if (path.step < stepsOf(path.terms)) return null;
  const { parts, terms, value, probability } = path;
  const isYes = parts === undefined && terms.follows === undefined ? value > 0 : probability === 1;
  return isYes ? 'YES' : 'NO';
}

/** When the path ends. */
export const endMs = (terms: PathTerms): number => terms.startMs + stepsOf(terms) * terms.stepMs;

const stepsOf = (terms: PathTerms): number => Math.ceil(terms.horizonMs / terms.stepMs);

function takeStep(path: HiddenPath, steps: number): void {
  const { follows, startMs, stepMs } = path.terms;
  if (follows !== undefined) {
    path.probability = follows(startMs + path.step * stepMs);
    return;
  }
  if (path.parts !== undefined) {
    for (const part of path.parts) {
      part.step += 1;
      takeStep(part, steps);
    }
    path.probability = shareOf(path);
    return;
  }
  const { jumps } = path.terms;
  const jumpShare = jumps === 0 ? 0 : path.terms.jumpShare;
  let variance = (1 - jumpShare) / steps;
  while (path.jumpSteps[path.nextJump] === path.step) {
    variance += jumpShare / jumps;
    path.nextJump += 1;
  }
  path.value += Math.sqrt(variance) * nextNormal(path.stream);
  if (path.step === steps) {
    path.probability = path.value > 0 ? 1 : 0;
    return;
  }
  const smooth = (1 - jumpShare) * (1 - path.step / steps);
  const jumpsLeft = jumps === 0 ? 0 : (jumpShare * (jumps - path.nextJump)) / jumps;
  path.probability = normalCdf(path.value / Math.sqrt(smooth + jumpsLeft));
}

function checkTerms(terms: PathTerms): void {
  const { startProbability, horizonMs, stepMs, jumps, jumpShare } = terms;
  if (!(startProbability > 0 && startProbability < 1)) {
    throw new RangeError(`startProbability must lie inside (0, 1), found ${startProbability}`);
  }
  if (!(stepMs > 0) || !(horizonMs >= stepMs)) {
    throw new RangeError(`a path needs at least one step, found ${horizonMs} ms in steps of ${stepMs} ms`);
  }
  if (!Number.isInteger(jumps) || jumps < 0 || !(jumpShare >= 0 && jumpShare < 1)) {
    throw new RangeError(`jumps must be a count and jumpShare in [0, 1), found ${jumps} and ${jumpShare}`);
  }
}

/**
 * Standard normal distribution function by the complementary error function's Chebyshev fit of Numerical Recipes (erfcc), whose
 * relative error is below 1.2e-7 everywhere: far below a tick.
 */
export function normalCdf(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  let fit = 0.17087277;
  for (const coefficient of ERFC_FIT) fit = fit * t + coefficient;
  const tail = (t * Math.exp(-x * x + fit)) / 2;
  return z >= 0 ? 1 - tail : tail;
}

/** Coefficients from the second-highest power down to the constant. */
const ERFC_FIT = [
  -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196, 1.00002368,
  -1.26551223,
];

/** Inverse of `normalCdf` by halving; exact to the last bits of its input's meaning. */
export function normalQuantile(probability: number): number {
  let low = -9;
  let high = 9;
  for (let round = 0; round < 80; round += 1) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
