/** One contender: does its whole work once and says how many operations that was. */
export type Contender = () => number | Promise<number>;

/**
 * Microseconds an operation of each contender, as the median over interleaved rounds: whatever slows the machine for a
 * while slows all of them. The first round is thrown away, since the compiler is still at work in it.
 */
export async function medianUs<Name extends string>(
  contenders: Readonly<Record<Name, Contender>>,
  rounds: number,
): Promise<Record<Name, number>> {
  const names = Object.keys(contenders) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      const startMs = performance.now();
      const operations = await contenders[name]();
      const took = ((performance.now() - startMs) * 1000) / operations;
      if (round > 0) times.get(name)!.push(took);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name)!)])) as Record<Name, number>;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  if (sorted.length === 0) throw new RangeError('the median of no values was asked for');
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Fails a benchmark whose contenders do not agree: a fast wrong answer is no figure. */
export function assertSame(what: string, ours: unknown, theirs: unknown): void {
  const [left, right] = [JSON.stringify(ours), JSON.stringify(theirs)];
  if (left !== right)
    throw new Error(`${what}: ours is ${left?.slice(0, 200)}, the peer's is ${right?.slice(0, 200)}`);
}

/** A small seeded stream of numbers in [0, 1) (mulberry32), so that every run times the same work. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
