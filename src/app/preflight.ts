import type { Allowance, UserPause } from '../adapters/chain/index.ts';
import type { KernelState } from '../kernel/state.ts';
import { ForeignError } from '../ports/foreign-error.ts';
import type { Log } from '../ports/timers.ts';
import type { Settings } from '../settings/index.ts';
import type { Adapters } from './adapters.ts';
import { StartRefused } from './start-refused.ts';

/** The generation of the venue's protocol this worker speaks. */
export const EXPECTED_VENUE_VERSION = 2;
const CHECK_TIMEOUT_MS = 15_000;
const APPROVE_TIMEOUT_MS = 120_000;

/**
 * Everything outside that has to be right before the worker may start, all of it looked at, so that nobody starts five times
 * to find five mistakes. Sends nothing.
 */
export async function checkOutside(adapters: Adapters, settings: Settings, log: Log): Promise<void> {
  const outcomes = await Promise.allSettled([
    checkChain(adapters, settings),
    checkVenue(adapters, settings, log),
  ]);
  const problems = outcomes.flatMap((outcome) =>
    outcome.status === 'fulfilled' ? outcome.value : [textOf(outcome.reason)],
  );
  if (problems.length > 0) throw new StartRefused(problems);
}

async function checkChain({ chain }: Adapters, settings: Settings): Promise<string[]> {
  try {
    await chain.checkChainId(AbortSignal.timeout(CHECK_TIMEOUT_MS));
    return [];
  } catch (error) {
    if (error instanceof ForeignError && error.code === 'wrongChain') return [error.message];
    return [
      `POLYGON_RPC_URL: found ${textOf(error)}; expected a JSON-RPC node of chain ${settings.chain.chainId}. Check the address and that the node is up.`,
    ];
  }
}

async function checkVenue({ venue }: Adapters, { polymarket }: Settings, log: Log): Promise<string[]> {
  try {
    const { version, clockSkewMs } = await venue.status(AbortSignal.timeout(CHECK_TIMEOUT_MS));
    if (version !== EXPECTED_VENUE_VERSION)
      return [
        `the venue at ${polymarket.clobUrl}: found protocol version ${version}; expected ${EXPECTED_VENUE_VERSION}. Update evenkeel before trading there.`,
      ];
    if (Math.abs(clockSkewMs) > MAX_CLOCK_SKEW_MS) log.warning(clockSkewText(clockSkewMs));
  } catch (error) {
    return [
      `POLYMARKET_CLOB_URL ${polymarket.clobUrl}: found ${textOf(error)}; expected the venue's version and time. Check the address and that the venue is up.`,
    ];
  }
  try {
    await venue.credentials(AbortSignal.timeout(CHECK_TIMEOUT_MS));
    return [];
  } catch (error) {
    return [
      `credentials of ${venue.address}: found ${textOf(error)}; expected the venue to create or derive them from the key. Check POLYMARKET_PRIVATE_KEY and POLYMARKET_CHAIN_ID, or the POLYMARKET_API_ settings if they are set.`,
    ];
  }
}

/**
 * A wallet with neither cash nor positions cannot trade. One without POL can, but it cannot split, merge or redeem. Missing
 * allowances are granted only where the operator asked for that.
 */
export async function checkAccount(
  { chain }: Adapters,
  restored: KernelState | null,
  approve: boolean,
  log: Log,
): Promise<void> {
  const signal = AbortSignal.timeout(CHECK_TIMEOUT_MS);
  const [{ cash }, gasWei, allowances, pauses] = await Promise.all([
    chain.balances([], signal),
    chain.gasBalanceWei(signal),
    chain.allowances(signal),
    chain.userPauses(signal),
  ]);
  const paused = pauses.filter(({ state }) => state !== 'none');
  if (paused.length > 0)
    throw new StartRefused([
      ...paused.map((pause) => `wallet ${chain.wallet}: found ${pauseText(pause)}; expected no pause.`),
      'Every match of an order of yours would fail there. Run ./run kill --undo-on-chain to take the pause back, then start again.',
    ]);
  const holdsTokens = [...(restored?.books.positions.values() ?? [])].some(
    ({ yes, no }) => yes.final > 0 || no.final > 0,
  );
  if (cash === 0 && !holdsTokens)
    throw new StartRefused([
      `wallet ${chain.wallet}: found 0 pUSD; expected some to trade with. Deposit pUSD there (it is what the venue shows as cash), or set POLYMARKET_PRIVATE_KEY to a funded account.`,
    ]);
  if (gasWei === 0n)
    log.warning(
      `account ${chain.address} has no POL: orders work without it, splits, merges and redemptions do not`,
    );
  const missing = allowances.filter(({ isEnough }) => !isEnough);
  if (missing.length === 0) return;
  if (!approve)
    throw new StartRefused([
      ...missing.map((row) => `${allowanceText(row)}: found none; expected an allowance.`),
      'Run ./run start --approve to grant exactly these, one transaction each; nothing else is granted.',
    ]);
  try {
    for (const row of await chain.approve(AbortSignal.timeout(APPROVE_TIMEOUT_MS)))
      log.note(`granted: ${allowanceText(row)}`);
  } catch (error) {
    throw new StartRefused([`granting allowances of ${chain.wallet}: ${textOf(error)}`]);
  }
}

/** The venue refuses signatures whose time is far off; half of its usual tolerance is where we warn. */
export const MAX_CLOCK_SKEW_MS = 5_000;

export const clockSkewText = (skewMs: number): string =>
  `this machine's clock is ${(Math.abs(skewMs) / 1_000).toFixed(1)} s ${skewMs > 0 ? 'behind' : 'ahead of'} the venue's; expected less than ${MAX_CLOCK_SKEW_MS / 1_000} s. Synchronise it (for example with chrony).`;

export const allowanceText = ({ token, tokenAddress, spender, spenderAddress, wallet }: Allowance): string =>
  `allowance of ${token} (${tokenAddress}) for the ${spender} (${spenderAddress}) from wallet ${wallet}`;

/** An exchange's answer to whether it settles our orders, for a person. */
export const pauseText = ({ exchange, state, fromBlock, atBlock }: UserPause): string =>
  state === 'none'
    ? `no pause on the ${exchange}`
    : state === 'active'
      ? `a pause on the ${exchange}, in effect since block ${fromBlock}`
      : `a pause on the ${exchange}, in effect from block ${fromBlock} on (now ${atBlock})`;

export const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
