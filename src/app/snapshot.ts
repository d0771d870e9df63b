import { decodeState, encodeState } from '../kernel/codec.ts';
import type { KernelState } from '../kernel/state.ts';

/**
 * Names the shape of everything in the state that outlives a restart: a digest over its types, as `snapshot-shape.test.ts` computes
 * it. A state of another shape lacks fields that the loops read, or holds ones that mean something else, so it is not
 * continued as it is. When that test fails, put the digest that it found here.
 */
export const STATE_SHAPE = 'd01a3447271c';

/** The state a run starts from, and the shape it was written in; null where it was written before shapes had a name. */
export interface Snapshot {
  readonly shape: string | null;
  readonly state: KernelState;
}

export const encodeSnapshot = (state: KernelState): string =>
  `{"shape":${JSON.stringify(STATE_SHAPE)},"state":${encodeState(state)}}`;

/** The state is read as it stands, whatever its shape: whether that will do is for the caller to judge. */
export function decodeSnapshot(text: string): Snapshot {
  const decoded = decodeState(text) as { shape?: string; state?: KernelState };
  if (typeof decoded.shape !== 'string' || decoded.state === undefined)
    return { shape: null, state: decoded as KernelState };
  return { shape: decoded.shape, state: decoded.state };
}
