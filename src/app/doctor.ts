import { systemTimers } from '../adapters/node/system-timers.ts';
import type { WatchedMarket } from '../domain/market.ts';
import type { Log } from '../ports/timers.ts';
import type { FeedSink } from '../ports/venue.ts';
import { environmentOf, type Settings } from '../settings/index.ts';
import { type Adapters, createAdapters } from './adapters.ts';
import { modelsFinding } from './examine-models.ts';
import { priceFindings } from './examine-prices.ts';
import { openAccountSigner } from './open-account-signer.ts';
import {
  allowanceText,
  clockSkewText,
  EXPECTED_VENUE_VERSION,
  MAX_CLOCK_SKEW_MS,
  pauseText,
  textOf,
} from './preflight.ts';

/** One thing that was looked at. `todo` says what to do about it where it is not well. */
export interface Finding {
  readonly name: string;
  readonly verdict: 'ok' | 'warn' | 'fail';
  readonly found: string;
  readonly todo: string | null;
}

const CALL_BOUND_MS = 15_000;
/** The whole catalogue of production takes about a minute. */
const LISTING_BOUND_MS = 120_000;
const SOCKET_BOUND_MS = 10_000;
/** As many blocks of logs as a minute between two reads of balances brings. */
const LOG_BLOCKS = 30;
const WEI_PER_POL = 10n ** 18n;
/** Enough for some hundred splits and merges at the gas prices of 2026. */
const COMFORTABLE_GAS_WEI = WEI_PER_POL / 2n;
const OLDEST_NODE = 24;

const well = (name: string, found: string): Finding => ({ name, verdict: 'ok', found, todo: null });
const warn = (name: string, found: string, todo: string): Finding => ({ name, verdict: 'warn', found, todo });
const fail = (name: string, found: string, todo: string): Finding => ({ name, verdict: 'fail', found, todo });

/** Everything that can be wrong before a start, each looked at for itself. Sends no order and grants nothing. */
export async function examine(settings: Settings, log: Log): Promise<Finding[]> {
  const signer = await openAccountSigner(settings, log);
  const adapters = createAdapters(settings, systemTimers, log, signer);
  // One listing serves two looks.
  const listing = adapters.markets
    .markets(AbortSignal.timeout(LISTING_BOUND_MS))
    .then(({ markets }) => markets);
  listing.catch(() => undefined);
  try {
    const groups = await Promise.all([
      [nodeFinding(), accountFinding(settings, adapters)],
      chainFindings(settings, adapters),
      venueFindings(settings, adapters),
      listFindings(settings, listing),
      socketFindings(settings, adapters, listing),
      priceFindings(settings, adapters.spotPrices),
      [modelsFinding(settings)],
    ]);
    return groups.flat();
  } finally {
    await adapters.close();
    await signer.close();
  }
}

export function nodeFinding(): Finding {
  const major = Number(process.versions.node.split('.')[0]);
  return major >= OLDEST_NODE
    ? well('node', process.version)
    : fail('node', process.version, `Use ./run, which brings Node ${OLDEST_NODE}.`);
}

function accountFinding(settings: Settings, { venue }: Adapters): Finding {
  const { address, wallet } = venue;
  const held = wallet === address ? 'holds its own funds' : `trades from wallet ${wallet}`;
  return well('account', `${address}, ${held}; ${environmentOf(settings)}`);
}

/** Runs one look; what goes wrong becomes a finding. */
async function look(
  name: string,
  todo: string,
  work: (signal: AbortSignal) => Promise<Finding | Finding[]>,
): Promise<Finding[]> {
  try {
    return [await work(AbortSignal.timeout(CALL_BOUND_MS))].flat();
  } catch (error) {
    return [fail(name, textOf(error), todo)];
  }
}

async function chainFindings(settings: Settings, { chain }: Adapters): Promise<Finding[]> {
  const rpc = 'Check POLYGON_RPC_URL and that the node is up.';
  const node = await look('chain', rpc, async (signal) => {
    await chain.checkChainId(signal);
    return well('chain', `id ${settings.chain.chainId}`);
  });
  if (node.some(({ verdict }) => verdict === 'fail')) return node;
  const rest = await Promise.all([
    look('pUSD', rpc, async (signal) => {
      const { cash } = await chain.balances([], signal);
      const text = `${(cash / 1e6).toFixed(2)} in ${chain.wallet}`;
      return cash > 0 ? well('pUSD', text) : fail('pUSD', text, `Deposit pUSD to ${chain.wallet}.`);
    }),
    look(
      'chain logs',
      `${rpc} It has to answer eth_getLogs, which tells deposits and rewards.`,
      async (signal) => {
        const { blockNumber } = await chain.balances([], signal);
        const after = Math.max(0, blockNumber - LOG_BLOCKS);
        const { toBlock, transfers } = await chain.transfers(after, blockNumber, signal);
        return well('chain logs', `blocks ${after + 1} to ${toBlock}, ${transfers.length} transfers`);
      },
    ),
    look('POL', rpc, async (signal) => {
      const wei = await chain.gasBalanceWei(signal);
      const text = `${(Number(wei) / Number(WEI_PER_POL)).toFixed(4)} in ${chain.address}`;
      return wei >= COMFORTABLE_GAS_WEI
        ? well('POL', text)
        : warn('POL', text, `Send some POL to ${chain.address}: splits, merges and redemptions pay gas.`);
    }),
    look('pause', rpc, async (signal) =>
      (await chain.userPauses(signal)).map((pause) =>
        pause.state === 'none'
          ? well('on-chain pause', pauseText(pause))
          : fail('on-chain pause', pauseText(pause), 'Take it back with ./run kill --undo-on-chain.'),
      ),
    ),
    look('allowances', rpc, async (signal) =>
      (await chain.allowances(signal)).map((row) =>
        row.isEnough
          ? well('allowance', allowanceText(row))
          : fail('allowance', `none: ${allowanceText(row)}`, 'Grant it with ./run start --approve.'),
      ),
    ),
  ]);
  return [...node, ...rest.flat()];
}

async function venueFindings({ polymarket }: Settings, { venue }: Adapters): Promise<Finding[]> {
  const status = await look('venue', `Check POLYMARKET_CLOB_URL (${polymarket.clobUrl}).`, async (signal) => {
    const { version, clockSkewMs } = await venue.status(signal);
    const shownSkew = `${(clockSkewMs / 1_000).toFixed(1)} s against the venue`;
    return [
      version === EXPECTED_VENUE_VERSION
        ? well('venue', `version ${version}`)
        : fail(
            'venue',
            `version ${version}, expected ${EXPECTED_VENUE_VERSION}`,
            'Update evenkeel before trading there.',
          ),
      Math.abs(clockSkewMs) <= MAX_CLOCK_SKEW_MS
        ? well('clock', shownSkew)
        : warn('clock', shownSkew, clockSkewText(clockSkewMs)),
    ];
  });
  const credentials = await look(
    'credentials',
    'Check POLYMARKET_PRIVATE_KEY, POLYMARKET_CHAIN_ID and, if set, the POLYMARKET_API_ settings.',
    async (signal) => {
      await venue.credentials(signal);
      const orders = await venue.openOrders(signal);
      return well('credentials', `accepted; ${orders.length} orders open`);
    },
  );
  return [...status, ...credentials];
}

function listFindings(
  { polymarket }: Settings,
  listing: Promise<readonly WatchedMarket[]>,
): Promise<Finding[]> {
  const todo = `Check POLYMARKET_GAMMA_URL (${polymarket.gammaUrl}).`;
  return look('markets', todo, async () => {
    const { length } = await listing;
    return length > 0 ? well('markets', `${length} listed`) : fail('markets', 'none listed', todo);
  });
}

async function socketFindings(
  { polymarket }: Settings,
  { marketFeed, userFeed }: Adapters,
  listing: Promise<readonly WatchedMarket[]>,
): Promise<Finding[]> {
  const userTodo = `Check POLYMARKET_WS_USER_URL (${polymarket.wsUserUrl}).`;
  const user = opens('user socket', userTodo, (sink) => userFeed.start(sink));
  const todo = `Check POLYMARKET_WS_MARKET_URL (${polymarket.wsMarketUrl}).`;
  const market = look('market socket', todo, async () => {
    const [first] = await listing;
    if (first === undefined) return warn('market socket', 'not tried', 'There is no market to watch.');
    return opens('market socket', todo, (sink) => {
      marketFeed.start(sink);
      // The socket opens for a market to watch.
      marketFeed.watch([first]);
    });
  });
  return [await user, ...(await market)];
}

/** Waits until a feed is up, within a bound. */
async function opens<Event>(
  name: string,
  todo: string,
  start: (sink: FeedSink<Event>) => void,
): Promise<Finding> {
  const { promise, resolve } = Promise.withResolvers<Finding>();
  const cancel = systemTimers.after(SOCKET_BOUND_MS, () =>
    resolve(fail(name, `did not open within ${SOCKET_BOUND_MS / 1_000} s`, todo)),
  );
  start({
    onEvent: () => undefined,
    onUp: () => resolve(well(name, 'open')),
    onDown: (reason) => resolve(fail(name, reason, todo)),
  });
  const finding = await promise;
  cancel();
  return finding;
}
