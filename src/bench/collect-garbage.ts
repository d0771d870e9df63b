import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as (options?: { readonly type: 'minor' }) => void;

/** A collection leaves the sweeping to threads of its own, which take some ten milliseconds of every core. */
const SWEEP_MS = 25;

/**
 * Collects garbage, so that what one contender leaves is neither collected nor swept in the time of the next. That of the young
 * generation alone leaves compiled code as it is.
 */
export async function collectGarbage(which: 'all' | 'young' = 'all'): Promise<void> {
  if (which === 'all') collect();
  else collect({ type: 'minor' });
  await new Promise((resolve) => setTimeout(resolve, SWEEP_MS));
}
