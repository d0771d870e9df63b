import type { TokenId } from '../../domain/market.ts';
import { balanceOf, setAllowance, setSettled } from '../../exchange/index.ts';
import type { AccountAllowances, Address } from '../chain/types.ts';
import type { VenueCore } from './core.ts';

/** Dollars, or a position token. */
export type Asset = 'USD' | TokenId;

/** A receipt that is on the chain reaches the venue well within this; what has none by then is not in a block yet. */
const RECEIPT_LAG_MS = 500;
const MAX_READ_TRIES = 8;

interface OwnerState {
  readonly known: Set<Asset>;
  allowances: AccountAllowances | null;
  /** Reads of one owner go one after the other. */
  tail: Promise<void>;
}

/** What the chain says accounts hold and allow, as the venue remembers it. The engine's `settled` is this, kept in step with receipts. */
export interface BalanceCache {
  /** Reads what is not known yet. */
  readonly ensure: (owner: Address, assets: readonly Asset[]) => Promise<void>;
  /** Reads the assets again, and the allowances when asked. */
  readonly refresh: (owner: Address, assets: readonly Asset[], withAllowances: boolean) => Promise<void>;
  /** Tells that a receipt in `blockNumber` moved a settled balance by `delta`. */
  readonly noteSettled: (owner: Address, asset: Asset, blockNumber: number, delta: number) => void;
  readonly isKnown: (owner: Address, asset: Asset) => boolean;
  readonly knownAssets: (owner: Address) => readonly Asset[];
  readonly allowances: (owner: Address) => AccountAllowances | null;
}

export function createBalanceCache(getCore: () => VenueCore): BalanceCache {
  const owners = new Map<Address, OwnerState>();
  /** Receipts accounted for, newest last, by owner and asset: a chain read at an earlier block lacks them. */
  const receipts = new Map<string, { readonly blockNumber: number; readonly delta: number }[]>();

  const stateOf = (owner: Address): OwnerState => {
    const known = owners.get(owner);
    if (known !== undefined) return known;
    const state: OwnerState = { known: new Set(), allowances: null, tail: Promise.resolve() };
    owners.set(owner, state);
    return state;
  };

  const isSettledBetween = (owner: Address, asset: Asset, after: number, upTo: number): boolean =>
    (receipts.get(`${owner}|${asset}`) ?? []).some(
      (receipt) => receipt.blockNumber > after && receipt.blockNumber <= upTo,
    );

  /**
   * States the engine's settled balances from one chain read. A read is of some block; trades mined after that block
   * but accounted for already are added on top, and a read that cannot be placed before or after a trade is repeated.
   */
  async function readBalances(core: VenueCore, owner: Address, assets: readonly Asset[]): Promise<void> {
    const tokens = assets.filter((asset): asset is TokenId => asset !== 'USD');
    for (let attempt = 0; ; attempt += 1) {
      const pending = core.settlement.pendingOf(owner);
      const first = await core.chain.head();
      const [accounts, tokenAmounts] = await Promise.all([
        core.chain.balancesOf([owner]),
        core.chain.tokenBalancesOf(tokens.map((tokenId) => ({ owner, tokenId }))),
      ]);
      const last = await core.chain.head();
      if (pending.length > 0) await boundedWait(Promise.all(pending), RECEIPT_LAG_MS);
      const ambiguous = assets.some((asset) => isSettledBetween(owner, asset, first.number, last.number));
      if (ambiguous && attempt < MAX_READ_TRIES) continue;
      for (const asset of assets) {
        const amount =
          asset === 'USD' ? (accounts[0]?.pUsd ?? 0n) : (tokenAmounts[tokens.indexOf(asset)] ?? 0n);
        state(core, owner, asset, Number(amount), last.number);
      }
      return;
    }
  }

  function state(core: VenueCore, owner: Address, asset: Asset, amount: number, blockNumber: number): void {
    const key = `${owner}|${asset}`;
    const later = (receipts.get(key) ?? []).filter((receipt) => receipt.blockNumber > blockNumber);
    receipts.set(key, later);
    const total = later.reduce((sum, receipt) => sum + receipt.delta, amount);
    setSettled(core.exchange, owner, asset, Math.max(0, total));
    stateOf(owner).known.add(asset);
    applyAllowance(core, owner, asset, stateOf(owner).allowances);
  }

  async function readAllowances(core: VenueCore, owner: Address): Promise<void> {
    const allowances = await core.chain.allowancesOf(owner);
    const owned = stateOf(owner);
    owned.allowances = allowances;
    for (const asset of owned.known) applyAllowance(core, owner, asset, allowances);
  }

  const refresh = (owner: Address, assets: readonly Asset[], withAllowances: boolean): Promise<void> => {
    const core = getCore();
    const owned = stateOf(owner);
    const work = owned.tail.then(async () => {
      if (withAllowances || owned.allowances === null) await readAllowances(core, owner);
      if (assets.length > 0) await readBalances(core, owner, assets);
    });
    // The next read of this owner waits for this one, whether it succeeds or not; the caller sees the failure.
    owned.tail = work.catch(() => undefined);
    return work;
  };

  return {
    refresh,
    ensure: async (owner, assets) => {
      const missing = assets.filter((asset) => !stateOf(owner).known.has(asset));
      if (missing.length > 0) await refresh(owner, missing, false);
    },
    noteSettled: (owner, asset, blockNumber, delta) => {
      if (delta === 0) return;
      const key = `${owner}|${asset}`;
      const known = receipts.get(key);
      if (known === undefined) receipts.set(key, [{ blockNumber, delta }]);
      else known.push({ blockNumber, delta });
      if (known !== undefined && known.length > MAX_KEPT_RECEIPTS) known.shift();
    },
    isKnown: (owner, asset) => stateOf(owner).known.has(asset),
    knownAssets: (owner) => [...stateOf(owner).known],
    allowances: (owner) => stateOf(owner).allowances,
  };
}

/** Receipts that matter are those of the last few blocks. */
const MAX_KEPT_RECEIPTS = 256;

/** Position tokens are approved for one exchange or the other by the market; dollars count for the main exchange. */
function applyAllowance(
  core: VenueCore,
  owner: Address,
  asset: Asset,
  allowances: AccountAllowances | null,
): void {
  if (allowances === null) return;
  const { exchange, negRiskExchange } = core.chain.contracts;
  const negRisk = asset !== 'USD' && core.marketByToken.get(asset)?.market.negRisk === true;
  const spender = negRisk ? negRiskExchange : exchange;
  const allowed = (asset === 'USD' ? allowances.pUsd[spender] : allowances.positions[spender]) ?? 0n;
  setAllowance(core.exchange, owner, asset, Number(allowed > MAX_ALLOWANCE ? MAX_ALLOWANCE : allowed));
}

const MAX_ALLOWANCE = BigInt(Number.MAX_SAFE_INTEGER);

/** Settled balance as the venue shows it, in millionths. */
export const settledOf = (core: VenueCore, owner: Address, asset: Asset): number =>
  balanceOf(core.exchange, owner, asset).settled;

async function boundedWait(work: Promise<unknown>, boundMs: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, boundMs);
  await Promise.race([work, promise]);
  clearTimeout(timer);
}
