import type { KernelState } from '../kernel/state.ts';
import type { VenuePort } from '../ports/venue.ts';

/** The part of the state that says what may be sent, and by which settings. */
export type SigningGround = Pick<KernelState, 'trading' | 'settings'>;

/**
 * Signs nothing from what was signed ahead on other ground: under a trading state that has ended since, or by settings that were changed
 * since. It is looked at when an order is to be signed, so no way of halting, pausing, reducing or changing can go past it, one that
 * cancels nothing because no order rests included. `forget` throws away what was signed ahead.
 */
export function signOnPresentGround<Venue extends Pick<VenuePort, 'prepare'>>(
  venue: Venue,
  ground: () => SigningGround,
  forget: () => void,
): Venue {
  let mode: string | null = null;
  let sinceMs = 0;
  let settings: SigningGround['settings'] | null = null;
  return {
    ...venue,
    prepare: (orders) => {
      const now = ground();
      if (now.trading.mode !== mode || now.trading.sinceMs !== sinceMs || now.settings !== settings) forget();
      ({ mode, sinceMs } = now.trading);
      ({ settings } = now);
      return venue.prepare(orders);
    },
  };
}
