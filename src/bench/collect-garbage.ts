import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options?: { readonly type: 'minor' }) => void;

/** A collection leaves the sweeping to threads of its own, which take some ten milliseconds of every core. */
const SWEEP_MS = 25;

/** Collects all garbage, so that what one contender leaves is neither collected nor swept in the time of the next. */
export async function collectGarbage(): Promise<void> {
  collect();
  await new Promise((resolve) => setTimeout(resolve, SWEEP_MS));
}

/** Collects what is young alone, which leaves compiled code as it is. */
export async function collectYoungGarbage(): Promise<void> {
  collect({ type: 'minor' });
  await new Promise((resolve) => setTimeout(resolve, SWEEP_MS));
}
