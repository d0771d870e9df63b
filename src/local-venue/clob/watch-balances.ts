import type { Address } from '../chain/types.ts';
import type { Asset } from './balances.ts';
import { ALL_ASSETS } from './chain-watch.ts';
import type { VenueCore } from './core.ts';
import { strike } from './faults.ts';

/**
 * Looks at the chain every `chainPollMs` for transfers and approvals of accounts the venue knows, and reads their
 * balances again. Returns the function that ends it. A node that does not answer is asked again at the next beat.
 */
export function startBalanceWatch(core: VenueCore): () => void {
  const { watch } = core;
  const { chainPollMs } = core.options;
  if (watch === null || chainPollMs <= 0) return () => undefined;
  let isEnded = false;
  let cancel = core.clock.after(0, beat);

  function beat(): void {
    void look().finally(() => {
      if (!isEnded) cancel = core.clock.after(chainPollMs, beat);
    });
  }

  async function look(): Promise<void> {
    try {
      const touched = (await watch?.touched((hash) => core.settlement.isOwnTransaction(hash))) ?? [];
      for (const [owner, assets] of byOwner(core, touched)) {
        if (strike(core.faults, 'staleBalance', { address: owner }) !== null) continue;
        await core.balances.refresh(owner, assets, true);
      }
    } catch (error) {
      if (!isEnded && !core.stopped) console.error(`venue: the chain could not be read: ${String(error)}`);
    }
  }

  return () => {
    isEnded = true;
    cancel();
  };
}

/** Only what the venue holds a balance of needs reading; the rest is read when it is first needed. */
function byOwner(
  core: VenueCore,
  touched: readonly { readonly owner: Address; readonly asset: string }[],
): Map<Address, Asset[]> {
  const wanted = new Map<Address, Asset[]>();
  for (const { owner, asset } of touched) {
    const known = core.balances.knownAssets(owner);
    const assets = asset === ALL_ASSETS ? known : known.filter((held) => held === asset);
    if (assets.length === 0) continue;
    wanted.set(owner, [...new Set([...(wanted.get(owner) ?? []), ...assets])]);
  }
  return wanted;
}
