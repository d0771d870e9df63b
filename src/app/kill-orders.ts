import { leaseHolder } from '../adapters/node/lease.ts';
import { systemTimers } from '../adapters/node/system-timers.ts';
import type { Log } from '../ports/timers.ts';
import type { Settings } from '../settings/index.ts';
import { createVenueOf } from './adapters.ts';
import { cancelEverything } from './cancel-everything.ts';
import { NoWorker, tellOperator } from './control-client.ts';
import { openAccountSigner } from './open-account-signer.ts';

export interface KillOutcome {
  /** No order is left, by a read of ours. */
  readonly ok: boolean;
  /** `halted`: the worker took the order. `notRunning`: nobody holds the data folder. `silent`: somebody does and did not answer. */
  readonly worker: 'halted' | 'notRunning' | 'silent';
  readonly canceled: number;
  /** Ids of the orders a read still showed; null when nothing could be read. */
  readonly remaining: readonly string[] | null;
  readonly trouble: string | null;
}

const WORKER_BOUND_MS = 2_000;
const CANCEL_BOUND_MS = 20_000;

/**
 * Halts the worker, so that it sends nothing new, and cancels every order of the account over a connection of its own, whether
 * a worker answers or not. The outcome is what a read shows afterwards. Throws `StartRefused` where settings make no account.
 */
export async function killOrders(settings: Settings, dataDir: string, log: Log): Promise<KillOutcome> {
  const signer = await openAccountSigner(settings, log);
  const venue = createVenueOf(settings, () => systemTimers.nowMs(), log, signer);
  try {
    const worker = await haltWorker(dataDir);
    const { canceled, remaining, trouble } = await cancelEverything(venue, CANCEL_BOUND_MS);
    return {
      ok: remaining?.length === 0,
      worker,
      canceled,
      remaining: remaining?.map(({ orderId }) => orderId) ?? null,
      trouble,
    };
  } finally {
    await venue.close();
    await signer.close();
  }
}

async function haltWorker(dataDir: string): Promise<KillOutcome['worker']> {
  try {
    await tellOperator(dataDir, { order: 'halt', reason: 'run kill', by: 'operator' }, WORKER_BOUND_MS);
    return 'halted';
  } catch (error) {
    if (!(error instanceof NoWorker)) throw error;
    return leaseHolder(dataDir) === null ? 'notRunning' : 'silent';
  }
}
