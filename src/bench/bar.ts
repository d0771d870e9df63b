/** One measured figure, for the table and the JSON. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/** What one bar gave: a number held against a bound. */
export interface BarResult {
  readonly name: string;
  /** The bar in words: `at least 10x clob-client-v2`. */
  readonly bar: string;
  /** The number that is held against the bound. */
  readonly value: number;
  readonly unit: string;
  readonly isMet: boolean;
  readonly figures: readonly Figure[];
}

/** A benchmark with a bar. It asserts that ours and the peers' results are equal in the very run that is timed, and throws otherwise. */
export interface Bar {
  readonly name: string;
  /** One line for the list of bars. */
  readonly what: string;
  run(): Promise<BarResult>;
}

/** A bar on a ratio: met when the peer takes at least `atLeast` times as long as we do. */
export function ratioBar(
  name: string,
  peer: string,
  atLeast: number,
  times: { readonly peerUs: number; readonly oursUs: number },
  more: readonly Figure[] = [],
): BarResult {
  const value = times.peerUs / times.oursUs;
  return {
    name,
    bar: `at least ${atLeast}x ${peer}`,
    value,
    unit: 'x',
    isMet: value >= atLeast,
    figures: [
      { name: 'ours', value: times.oursUs, unit: 'us' },
      { name: peer, value: times.peerUs, unit: 'us' },
      ...more,
    ],
  };
}
