/**
 * Named random streams. Each stream derives from a run's seed and a name alone, so adding a stream, or drawing more from one, never
 * changes another. The state is four 32-bit words (sfc32, a public-domain generator by Chris Doty-Humphrey), so it can be copied,
 * journaled and resumed.
 *
 * Determinism: `nextUint32`, `nextFloat` and `nextInt` use 32-bit integer and exact double arithmetic only and give the same numbers
 * everywhere. `nextNormal` and `nextExponential` also use Math.log, Math.sqrt and Math.cos; V8 computes these in software, so a run
 * repeats on every machine with the same Node version.
 */
export interface RandomStream {
  a: number;
  b: number;
  c: number;
  counter: number;
}

const WARM_UP_ROUNDS = 16;
const TWO_32 = 2 ** 32;
const TWO_53 = 2 ** 53;

/** The stream called `name` of the run with `seed`. Equal arguments give equal streams. */
export function streamOf(seed: number | string, name: string): RandomStream {
  const text = `${seed}\u0000${name}`;
  const stream: RandomStream = {
    a: hashText(text, 0x9e3779b9),
    b: hashText(text, 0x85ebca6b),
    c: hashText(text, 0xc2b2ae35),
    counter: 1,
  };
  for (let round = 0; round < WARM_UP_ROUNDS; round += 1) nextUint32(stream);
  return stream;
}

/** A whole number from 0 to 2^32 - 1. */
export function nextUint32(stream: RandomStream): number {
  const sum = (((stream.a + stream.b) | 0) + stream.counter) | 0;
  stream.counter = (stream.counter + 1) | 0;
  stream.a = stream.b ^ (stream.b >>> 9);
  stream.b = (stream.c + (stream.c << 3)) | 0;
  stream.c = (((stream.c << 21) | (stream.c >>> 11)) + sum) | 0;
  return sum >>> 0;
}

/** A multiple of 2^-53 in [0, 1). */
export function nextFloat(stream: RandomStream): number {
  const high = nextUint32(stream) >>> 6;
  const low = nextUint32(stream) >>> 5;
  return (high * 2 ** 27 + low) / TWO_53;
}

/** A whole number from `min` to `max`, both included, each equally likely. The range must be below 2^32. */
export function nextInt(stream: RandomStream, min: number, max: number): number {
  const range = max - min + 1;
  if (!Number.isSafeInteger(min) || !(range >= 1) || range > TWO_32) {
    throw new RangeError(`nextInt needs whole bounds less than 2^32 apart, found ${min} to ${max}`);
  }
  const limit = TWO_32 - (TWO_32 % range);
  let draw = nextUint32(stream);
  while (draw >= limit) draw = nextUint32(stream);
  return min + (draw % range);
}

/** A whole number from 1 to 2^53 - 1: what an order's salt may be. */
export function nextSalt(stream: RandomStream): number {
  const high = nextUint32(stream) >>> 11;
  const low = nextUint32(stream);
  return Math.max(1, high * TWO_32 + low);
}

/** A standard normal number (Box and Muller). Always uses two floats, so the stream's position does not depend on the values. */
export function nextNormal(stream: RandomStream): number {
  const radius = Math.sqrt(-2 * Math.log(1 - nextFloat(stream)));
  return radius * Math.cos(2 * Math.PI * nextFloat(stream));
}

/** An exponential waiting time with the given mean, in the mean's unit. */
export function nextExponential(stream: RandomStream, mean: number): number {
  return -mean * Math.log(1 - nextFloat(stream));
}

/** FNV-1a over the text's UTF-16 units with a final mix, so that similar names give unrelated words. */
function hashText(text: string, basis: number): number {
  let hash = basis | 0;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return hash ^ (hash >>> 16);
}
