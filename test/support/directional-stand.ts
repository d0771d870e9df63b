import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type ChildProgram, pause, startChild } from '../../src/app/demo/child-program.ts';
import { demoWorkerSettings, withoutSettings } from '../../src/app/demo/demo-settings.ts';
import { startWorkerChild } from '../../src/app/demo/programs.ts';
import type { Market, Outcome } from '../../src/domain/market.ts';
import { type Price, shares } from '../../src/domain/units.ts';
import type { Assumptions } from '../../src/exchange/index.ts';
import type { ChosenMarket } from '../../src/local-venue/catalogue/crypto-markets.ts';
import type { FundedAccount } from '../../src/local-venue/chain/types.ts';
import { spotAt, steerPath } from '../../src/local-venue/spot/spot-path.ts';
import { type LocalVenue, startLocalVenue } from '../../src/local-venue/start-local-venue.ts';
import type { VenueOrder, VenueTrade } from '../../src/local-venue/types.ts';
import { journalOf, runFolders, temporaryFolder } from './demo-pieces.ts';
import { type ScriptedClaude, startScriptedClaude } from './scripted-claude.ts';

/** Prices in whole cents of the YES share; a side that is left out is empty. */
export interface Touch {
  readonly bid?: number;
  readonly ask?: number;
  /** Shares on each side. */
  readonly size?: number;
}

/** What a worker did at the venue in one market, by the venue's own trades: shares and dollars in millionths. */
export interface Traded {
  bought: number;
  paid: number;
  sold: number;
  got: number;
  fees: number;
}

/**
 * The local venue in this process, with its chain, so that a test can say what coins cost, who quotes what and how markets end; a model that
 * says what a script wants; and the real worker with its real signer as programs of their own.
 */
export interface DirectionalStand {
  readonly venue: LocalVenue;
  readonly claude: ScriptedClaude;
  readonly dataDir: string;
  /** What the worker has said on standard error. */
  readonly lines: readonly string[];
  readonly wallet: FundedAccount['address'];
  /** The market that pays on this. */
  marketOn(chosen: ChosenMarket): Market;
  /** What the coin costs from the next second on. */
  steer(coin: string, usd: number): void;
  spotUsd(coin: string): number;
  /** Replaces what others bid and ask in a market. */
  quote(market: Market, touch: Touch): Promise<void>;
  /** Somebody sells shares of an outcome to all who bid `cents` for it or more, the worker among them. */
  sellInto(market: Market, outcome: Outcome, cents: number): Promise<void>;
  ordersOf(market: Market): readonly VenueOrder[];
  tradesOf(market: Market): readonly VenueTrade[];
  traded(market: Market, outcome: Outcome): Traded;
  cashMicroUsd(): Promise<number>;
  startWorker(change: Readonly<Record<string, string>>): ChildProgram;
  /** A command of ours with the worker's settings; what the last line of its output says. */
  command(name: string, words: readonly string[]): Promise<unknown>;
  rows(sql: string, ...values: string[]): Record<string, unknown>[];
  /** Asks until there is an answer, at most as long as a slow machine may need. Fails with what the worker said last. */
  until<T>(what: string, ask: () => T | null | Promise<T | null>): Promise<T>;
  stop(): Promise<void>;
}

const WAIT_BOUND_MS = 120_000;
const POLL_MS = 150;
const CENT = 100;
const SETS = 2_000_000_000n;
const QUOTE_SHARES = 100;
const MICRO = 1e6;
/** So that the smallest stake that the settings allow, a thousandth of it, buys enough shares. */
const FUNDS = 20_000_000_000n;

export async function openDirectionalStand(
  seed: string,
  chosen: readonly ChosenMarket[],
  assumptions: Partial<Assumptions> = {},
): Promise<DirectionalStand> {
  const folder = temporaryFolder();
  const claude = await startScriptedClaude();
  const venue = await startLocalVenue({
    seed,
    crypto: true,
    cryptoMarkets: chosen,
    traders: false,
    accounts: 3,
    pUsdPerAccount: FUNDS,
    assumptions,
  });
  const [own, maker, taker] = venue.accounts as [FundedAccount, FundedAccount, FundedAccount];
  // Who trades against the worker never runs out of dollars.
  for (const { address } of [maker, taker]) await venue.chain.fund(address, 10n * FUNDS);
  const lines: string[] = [];
  const workers: ChildProgram[] = [];
  let settings: Readonly<Record<string, string>> = {};
  const wallet = own.address;
  const others = createOthers(venue, maker, taker);

  const until: DirectionalStand['until'] = async (what, ask) => {
    const endsAtMs = performance.now() + WAIT_BOUND_MS;
    for (;;) {
      const found = await ask();
      if (found !== null) return found;
      const hasEnded = workers.at(-1)?.hasEnded() === true;
      if (hasEnded || performance.now() > endsAtMs)
        throw new Error(
          [
            `${hasEnded ? 'the worker ended' : `waited ${WAIT_BOUND_MS} ms`} before ${what}`,
            ...lines.slice(-30),
            ...latestSignals(folder.path),
            ...(await latestEntries(folder.path)),
          ].join('\n'),
        );
      await pause(POLL_MS);
    }
  };

  const ordersOf = ({ conditionId }: Market): readonly VenueOrder[] =>
    venue.state.openOrders(wallet, conditionId);
  const tradesOf = ({ conditionId }: Market): readonly VenueTrade[] =>
    venue.state.trades(wallet).filter((trade) => trade.conditionId === conditionId);

  return {
    venue,
    claude,
    dataDir: folder.path,
    lines,
    wallet,
    ...others,
    ordersOf,
    tradesOf,
    until,
    marketOn: ({ payoff }) => {
      const found = venue.markets.find(({ decidedBy }) => decidedBy?.payoff === payoff);
      if (found === undefined) throw new Error('no market of the venue pays on this');
      return found.listing.market;
    },
    steer: (coin, usd) => {
      steerPath(pathOf(venue, coin), Date.now(), usd);
    },
    spotUsd: (coin) => spotAt(pathOf(venue, coin), Date.now()),
    traded: (market, outcome) => sumOf(tradesOf(market), wallet, market, outcome),
    cashMicroUsd: async () => Number((await venue.state.balances(wallet, [])).pUsd),
    startWorker: (change) => {
      const { urls, chain, accounts } = venue;
      const ready = {
        ready: true as const,
        ...urls,
        chainId: chain.chainId,
        contracts: {},
        accounts: [...accounts],
      };
      const wanted = { ...claude.settings, ...change };
      settings = { ...demoWorkerSettings(ready, folder.path, wanted), ...wanted };
      const worker = startWorkerChild(settings, ['--yes', '--approve'], (line) => lines.push(line));
      workers.push(worker);
      return worker;
    },
    command: async (name, words) => {
      const program = startChild({
        script: join(import.meta.dirname, '..', '..', 'src', 'cli', `${name}.ts`),
        args: [...words, '--json'],
        env: { ...withoutSettings(process.env), ...settings },
        onErrorLine: (line) => lines.push(`${name}: ${line}`),
      });
      await program.ended;
      return JSON.parse(program.lastLine() ?? 'null');
    },
    rows: (sql, ...values) => rowsOf(folder.path, sql, values),
    stop: async () => {
      for (const worker of workers.splice(0)) await worker.stop(20_000);
      await claude.close();
      await venue.stop();
      folder.remove();
    },
  };
}

function pathOf({ spot }: LocalVenue, coin: string) {
  const path = spot?.paths.get(coin);
  if (path === undefined) throw new Error(`the venue has no price of ${coin}`);
  return path;
}

/** Who else trades: one account quotes, the other one takes. */
function createOthers(
  { state, chain }: LocalVenue,
  maker: FundedAccount,
  taker: FundedAccount,
): Pick<DirectionalStand, 'quote' | 'sellInto'> {
  const opened = new Set<string>();
  async function open(market: Market): Promise<void> {
    if (opened.has(market.conditionId)) return;
    opened.add(market.conditionId);
    for (const { address } of [maker, taker]) {
      await chain.splitFor(address, market.conditionId as `0x${string}`, market.negRisk, SETS);
      await state.warm(address, [market.yesTokenId, market.noTokenId]);
    }
  }
  async function place(market: Market, side: 'BUY' | 'SELL', cents: number, size: number): Promise<void> {
    const order = {
      tokenId: market.yesTokenId,
      side,
      price: (cents * CENT) as Price,
      size: shares(size * MICRO),
      orderType: 'GTC' as const,
    };
    const placed = await state.submitOrder(maker, order);
    if (!placed.accepted) throw new Error(`the quote at ${cents} was not taken: ${placed.error}`);
  }
  return {
    quote: async (market, { bid, ask, size = QUOTE_SHARES }) => {
      await open(market);
      state.cancelAll(maker.address, market.conditionId);
      if (bid !== undefined) await place(market, 'BUY', bid, size);
      if (ask !== undefined) await place(market, 'SELL', ask, size);
    },
    sellInto: async (market, outcome, cents) => {
      await open(market);
      const tokenId = outcome === 'YES' ? market.yesTokenId : market.noTokenId;
      const price = (cents * CENT) as Price;
      const size = (state.book(tokenId)?.bids ?? [])
        .filter((level) => level.price >= price)
        .reduce((sum, level) => sum + level.size, 0);
      if (size === 0) return;
      const sold = await state.submitOrder(taker, {
        tokenId,
        side: 'SELL',
        price,
        size: shares(size),
        orderType: 'FAK',
      });
      if (!sold.accepted) throw new Error(`nothing was sold at ${cents}: ${sold.error}`);
    },
  };
}

/** Every share that an account bought or sold of an outcome, at the price of whoever rested. */
function sumOf(trades: readonly VenueTrade[], wallet: string, market: Market, outcome: Outcome): Traded {
  const sum: Traded = { bought: 0, paid: 0, sold: 0, got: 0, fees: 0 };
  const add = (ofOutcome: Outcome, side: 'BUY' | 'SELL', size: number, price: number): void => {
    if (ofOutcome !== outcome)
      throw new Error(`${market.slug}: expected trades of ${outcome} alone, found one of ${ofOutcome}`);
    const dollars = (size * price) / 10_000;
    if (side === 'BUY') {
      sum.bought += size;
      sum.paid += dollars;
    } else {
      sum.sold += size;
      sum.got += dollars;
    }
  };
  for (const trade of trades) {
    if (trade.status === 'FAILED') continue;
    const isTaker = trade.takerOwner === wallet;
    if (isTaker) sum.fees += trade.fee;
    for (const made of trade.makers) {
      if (made.owner === wallet) add(made.outcome, made.side, made.size, made.price);
      if (!isTaker) continue;
      const price = made.outcome === trade.outcome ? made.price : 10_000 - made.price;
      add(trade.outcome, trade.side, made.size, price);
    }
  }
  return sum;
}

const TABLES = 'worker.sqlite';

/** None before the worker has made its tables. */
function rowsOf(dataDir: string, sql: string, values: readonly string[]): Record<string, unknown>[] {
  const path = join(dataDir, TABLES);
  if (!existsSync(path)) return [];
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
  try {
    const made = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'cd_trade_analyses'").all();
    return made.length === 0 ? [] : (database.prepare(sql).all(...values) as Record<string, unknown>[]);
  } finally {
    database.close();
  }
}

/** What the worker last said of each market, for a person who has to find out why a test waits in vain. */
function latestSignals(dataDir: string): string[] {
  const sql = 'SELECT slug, action, why, ai_validation, max(created_at_ms) FROM cd_signals GROUP BY slug';
  return rowsOf(dataDir, sql, []).map(
    ({ slug, action, why, ai_validation }) => `${slug}: ${action}: ${why} (${ai_validation ?? 'not asked'})`,
  );
}

/** How often each kind of entry stands in the newest journal, and when it last did, for the same person. */
async function latestEntries(dataDir: string): Promise<string[]> {
  const directory = existsSync(join(dataDir, 'runs')) ? runFolders(dataDir).at(-1) : undefined;
  if (directory === undefined) return ['no run has begun'];
  const seen = new Map<string, { times: number; atMs: number }>();
  for (const { dir, kind, atMs } of await journalOf(directory)) {
    const name = `${dir} ${kind}`;
    seen.set(name, { times: (seen.get(name)?.times ?? 0) + 1, atMs });
  }
  const lines = [...seen].map(
    ([name, { times, atMs }]) => `${name}: ${times}, last ${new Date(atMs).toISOString()}`,
  );
  return [`it is ${new Date().toISOString()}; in ${directory}:`, ...lines];
}

export const inMicro = (dollars: unknown): number => Math.round(Number(dollars) * MICRO);
