import { nextInt, streamOf } from '../domain/random.ts';

/** One statistic of a sample. */
export type Statistic = (values: readonly number[]) => number;

export const meanOf: Statistic = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** With n - 1 below the line, so that it estimates without bias. */
export function standardDeviationOf(values: readonly number[]): number {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}

/**
 * Mean of the worst `share` of the values, in their unit: negative when the worst are losses. Where the share is no whole number of
 * values, the last one counts in part (Acerbi and Tasche 2002), so that the result does not jump with the size of the sample.
 */
export function expectedShortfallOf(values: readonly number[], share: number): number {
  const wanted = share * values.length;
  if (!(share > 0 && share <= 1 && values.length > 0))
    throw new RangeError(
      `a shortfall needs values and a share in (0, 1], found ${values.length} and ${share}`,
    );
  const sorted = Float64Array.from(values).sort();
  let sum = 0;
  for (let index = 0; index < wanted; index += 1)
    sum += (sorted[index] as number) * Math.min(1, wanted - index);
  return sum / wanted;
}

/** A difference and its 95 per cent interval. */
export interface Difference {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

const RESAMPLES = 2_000;
const TAIL = 0.025;

/**
 * How much larger a statistic is for `treated` than for `control`. Each is given as blocks, block i of both under the same luck. Whole
 * pairs of blocks are drawn again with replacement, which keeps both what the two have in common and what the values of one block
 * have in common; the interval is the middle 95 per cent of the differences seen. The draws repeat: they come from a stream of
 * their own.
 */
export function pairedDifference(
  treated: readonly (readonly number[])[],
  control: readonly (readonly number[])[],
  statistic: Statistic,
  resamples = RESAMPLES,
): Difference {
  if (treated.length !== control.length || treated.length < 2)
    throw new RangeError(`pairs need two blocks or more each, found ${treated.length} and ${control.length}`);
  const stream = streamOf('paired difference', 'bootstrap');
  const between = (blocks: readonly number[]): number =>
    statistic(gather(treated, blocks)) - statistic(gather(control, blocks));
  const seen = Float64Array.from({ length: resamples }, () =>
    between(control.map(() => nextInt(stream, 0, control.length - 1))),
  ).sort();
  return {
    value: between(control.map((_, index) => index)),
    low: seen[Math.floor(TAIL * resamples)] as number,
    high: seen[Math.ceil((1 - TAIL) * resamples) - 1] as number,
  };
}

const gather = (blocks: readonly (readonly number[])[], which: readonly number[]): number[] =>
  which.flatMap((index) => blocks[index] ?? []);
