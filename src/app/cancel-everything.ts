import type { VenueOrder } from '../domain/order.ts';
import type { VenuePort } from '../ports/venue.ts';
import { textOf } from './preflight.ts';

/** What a cancel of everything came to: the orders a later read still showed, or null where nothing could be read. */
export interface CancelledEverything {
  readonly canceled: number;
  readonly remaining: readonly VenueOrder[] | null;
  readonly trouble: string | null;
}

const CALL_TIMEOUT_MS = 3_000;
const PAUSE_MS = 300;
const MOST_TRIES = 100;

/**
 * Cancels every order of the account and reads what is left, again until a read shows none, within `boundMs`. What was read before
 * something failed counts no more. Never throws. `say` is told of each try that did not end it.
 */
export async function cancelEverything(
  venue: Pick<VenuePort, 'cancelAll' | 'openOrders'>,
  boundMs: number,
  say: (text: string) => void = () => undefined,
): Promise<CancelledEverything> {
  const all = AbortSignal.timeout(boundMs);
  const bounded = (): AbortSignal => AbortSignal.any([all, AbortSignal.timeout(CALL_TIMEOUT_MS)]);
  let canceled = 0;
  let remaining: readonly VenueOrder[] | null = null;
  let trouble: string | null = null;
  for (let tries = 0; tries < MOST_TRIES && !all.aborted; tries += 1) {
    // One that fails does not spare the other: orders may be gone though the cancel's answer was lost.
    const [cancel, left] = [
      await settled(venue.cancelAll(bounded())),
      await settled(venue.openOrders(bounded())),
    ];
    if ('value' in cancel) canceled += cancel.value.canceled.length;
    remaining = 'value' in left ? left.value : null;
    trouble = 'error' in left ? left.error : 'error' in cancel ? cancel.error : null;
    if (remaining?.length === 0) return { canceled, remaining, trouble: null };
    say(
      remaining === null
        ? `  ${trouble}; trying again`
        : `  ${remaining.length} orders are still listed; trying again`,
    );
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return { canceled, remaining, trouble };
}

async function settled<Value>(
  work: Promise<Value>,
): Promise<{ readonly value: Value } | { readonly error: string }> {
  try {
    return { value: await work };
  } catch (error) {
    return { error: textOf(error) };
  }
}
