import type { VenueOrder } from '../domain/order.ts';
import type { VenuePort } from '../ports/venue.ts';

/** What a cancel of everything came to: the orders a later read still showed, or null where nothing could be read. */
export interface CancelledEverything {
  readonly canceled: number;
  readonly remaining: readonly VenueOrder[] | null;
  readonly trouble: string | null;
}

const TRIES = 4;
const CALL_TIMEOUT_MS = 3_000;
const PAUSE_MS = 300;

/** Cancels every order of the account and reads what is left, again until nothing is, within `boundMs`. Never throws. */
export async function cancelEverything(
  venue: Pick<VenuePort, 'cancelAll' | 'openOrders'>,
  boundMs: number,
): Promise<CancelledEverything> {
  const all = AbortSignal.timeout(boundMs);
  const bounded = (): AbortSignal => AbortSignal.any([all, AbortSignal.timeout(CALL_TIMEOUT_MS)]);
  let canceled = 0;
  let remaining: readonly VenueOrder[] | null = null;
  let trouble: string | null = null;
  for (let attempt = 1; attempt <= TRIES && !all.aborted; attempt += 1) {
    try {
      canceled += (await venue.cancelAll(bounded())).canceled.length;
      remaining = await venue.openOrders(bounded());
      trouble = null;
      if (remaining.length === 0) break;
    } catch (error) {
      trouble = error instanceof Error ? error.message : String(error);
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return { canceled, remaining, trouble };
}
