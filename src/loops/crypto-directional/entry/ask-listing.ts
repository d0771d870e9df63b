import type { Intent } from '../../../kernel/loop.ts';
import type { KernelState } from '../../../kernel/state.ts';
import type { EntryMemory } from './entry-memory.ts';

/** A list that was asked for and has not come is asked for again after this. */
const ASK_AGAIN_MS = 150_000;
/** The market-making loop keeps the list fresh; once it has let so many of its refreshes pass, this loop asks itself. */
const REFRESHES_MISSED = 3;

/** Asks for the list of markets where nobody else does: while market-making is off, or has not asked for long. */
export function askListing(
  { settings: { mm }, listedAtMs, nowMs, run }: KernelState,
  memory: EntryMemory,
): Intent[] {
  const refreshMs = mm.scannerRefreshMinutes * 60_000;
  const sinceMs = nowMs - (listedAtMs ?? run.startedAtMs);
  const isAwaited =
    mm.enabled && sinceMs < (listedAtMs === null ? ASK_AGAIN_MS : REFRESHES_MISSED * refreshMs);
  if (isAwaited || (listedAtMs !== null && sinceMs < refreshMs)) return [];
  const askedAtMs = memory.listingAskedAtMs;
  if (askedAtMs !== null && askedAtMs >= run.startedAtMs && nowMs - askedAtMs < ASK_AGAIN_MS) return [];
  memory.listingAskedAtMs = nowMs;
  return [{ kind: 'readMarkets' }];
}
