declare const approval: unique symbol;

/**
 * A request that has passed the risk gate. The type is the proof: only `risk/` makes one, and only an `Approved` request can
 * be put into a command that reaches the venue or the chain.
 */
export interface Approved<T> {
  readonly request: T;
  readonly [approval]: true;
}
