import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** A collection leaves the sweeping to threads of its own, which take some tens of milliseconds of every core where much is left. */
const SWEEP_MS = 100;

/** Collects all garbage, so that what one contender leaves is neither collected nor swept in the time of the next. */
export async function collectGarbage(): Promise<void> {
  collect();
  await new Promise((resolve) => setTimeout(resolve, SWEEP_MS));
}
