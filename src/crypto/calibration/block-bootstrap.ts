import { nextInt, type RandomStream } from '../../domain/random.ts';

/** A mean and how far chance moves it. */
export interface BootstrapMean {
  readonly mean: number;
  readonly standardError: number;
  /** 95 per cent interval of the mean: its deviations in the resamples, mirrored around it. */
  readonly low: number;
  readonly high: number;
}

export const RESAMPLES = 1_000;

/**
 * Mean of values in time order, with blocks of `blockLength` neighbours drawn again, around the end to the start (circular block
 * bootstrap, Politis and Romano 1992). Values that share a part of their window are not independent; blocks longer than the window
 * keep what they share together.
 */
export function blockBootstrap(
  values: readonly number[],
  blockLength: number,
  stream: RandomStream,
  resamples: number = RESAMPLES,
): BootstrapMean {
  if (values.length === 0) throw new RangeError('a mean needs at least one value');
  const length = Math.min(Math.max(1, Math.round(blockLength)), values.length);
  const mean = values.reduce((total, value) => total + value, 0) / values.length;
  const blocks = blockSums(values, length);
  const draws = Math.ceil(values.length / length);
  const means = new Float64Array(resamples);
  for (let index = 0; index < resamples; index += 1) {
    let sum = 0;
    for (let draw = 0; draw < draws; draw += 1) sum += blocks[nextInt(stream, 0, blocks.length - 1)]!;
    means[index] = sum / (draws * length);
  }
  means.sort();
  const middle = means.reduce((total, value) => total + value, 0) / resamples;
  const squares = means.reduce((total, value) => total + (value - middle) ** 2, 0);
  const quantile = (part: number): number => means[Math.min(resamples - 1, Math.floor(part * resamples))]!;
  return {
    mean,
    standardError: Math.sqrt(squares / (resamples - 1)),
    low: 2 * mean - quantile(0.975),
    high: 2 * mean - quantile(0.025),
  };
}

/** Sum of the block that starts at each place, on a circle. */
function blockSums(values: readonly number[], length: number): Float64Array {
  const before = new Float64Array(values.length + 1);
  for (const [index, value] of values.entries()) before[index + 1] = before[index]! + value;
  const all = before[values.length]!;
  return Float64Array.from(values, (_, start) => {
    const end = start + length;
    return end <= values.length
      ? before[end]! - before[start]!
      : all - before[start]! + before[end - values.length]!;
  });
}
