import { openFileJournal } from '../adapters/node/file-journal.ts';
import { systemTimers } from '../adapters/node/system-timers.ts';
import {
  createMarketFeed,
  createPolymarketVenue,
  type PolymarketVenue,
} from '../adapters/polymarket/index.ts';
import type { OrderId } from '../domain/order.ts';
import type { Shares, Usd } from '../domain/units.ts';
import { createKernel } from '../kernel/kernel.ts';
import { loops } from '../loops/index.ts';
import type { ChainPort } from '../ports/chain.ts';
import type { Log } from '../ports/timers.ts';
import type { VenuePort } from '../ports/venue.ts';
import { mayTransmit } from '../risk/trading-state.ts';
import { createEffectRunner } from '../runtime/effect-runner.ts';
import { createLiveDriver } from '../runtime/live-driver.ts';
import { Secret } from '../settings/secret.ts';
import { benchSigner } from './bench-signer.ts';
import { tickListing, tickMarkets } from './tick-market.ts';
import { tickSettings } from './tick-settings.ts';

const CASH = 1_000_000_000_000 as Usd;

export interface TickWorkerOptions {
  readonly port: number;
  readonly markets: number;
  readonly journalDirectory: string;
  /** Called when an order has been answered and no call is under way. */
  readonly onSettled: () => void;
  readonly onWrong: (error: unknown) => void;
}

export interface TickWorker {
  /** Resolves once every market has its first quote. */
  readonly ready: Promise<void>;
  entryCount(): number;
  close(): Promise<void>;
}

/**
 * The worker as it runs live: market feed, driver, file journal, kernel with its loops, gate, signer and transport. Its wallet,
 * listing and heartbeat are stand-ins that have nothing to say here; the user socket's tells of cancels.
 */
export async function startTickWorker(options: TickWorkerOptions): Promise<TickWorker> {
  const { port, onWrong } = options;
  const alarm = (message: string): void => onWrong(new Error(message));
  // That a worker which has just started may not trade yet is told as a warning.
  const warning = (message: string): void => {
    if (!message.startsWith('trading state: starting')) alarm(message);
  };
  const log: Log = { debug: () => undefined, note: () => undefined, warning, alarm };
  const nowMs = (): number => systemTimers.nowMs();
  const signer = await benchSigner({ signsAhead: true });
  const venue = createPolymarketVenue({
    clobUrl: `http://127.0.0.1:${port}/ours`,
    signer,
    signatureType: 0,
    credentials: {
      apiKey: 'bench',
      secret: new Secret('AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='),
      passphrase: new Secret('bench'),
    },
    nowMs,
    log,
  });
  const marketFeed = createMarketFeed({
    wsMarketUrl: `ws://127.0.0.1:${port}/ours`,
    clobUrl: `http://127.0.0.1:${port}/ours`,
    timers: systemTimers,
    random: Math.random,
    log,
  });
  const journal = openFileJournal(options.journalDirectory);
  const kernel = createKernel(loops, null);
  const driver = createLiveDriver({
    kernel,
    journal,
    timers: systemTimers,
    log,
    onCommand: (command) => runner.run(command),
    onFatal: onWrong,
  });
  let quoted = 0;
  let gotReady: () => void = () => undefined;
  const ready = new Promise<void>((resolve) => {
    gotReady = resolve;
  });
  const runner = createEffectRunner({
    ports: {
      venue: watched(
        venue,
        options.onSettled,
        (orders) => {
          quoted += orders;
          if (quoted >= options.markets) gotReady();
        },
        // The frame that the user socket brings of a cancel: nothing had been matched.
        (orderId) =>
          driver.submit({ kind: 'orderSeen', orderId, status: 'CANCELED', matchedSize: 0 as Shares }),
      ),
      marketFeed,
      markets: {
        markets: async () => ({
          kind: 'marketsListed',
          markets: tickMarkets(options.markets).map((market) => tickListing(market, nowMs())),
        }),
      },
      chain,
    },
    submit: (input) => driver.submit(input),
    nowMs,
    mayTransmit: () => mayTransmit(kernel.state.trading.mode),
    onExit: (reason) => onWrong(new Error(`the worker wants to exit: ${reason}`)),
    log,
  });
  driver.submit({
    kind: 'runStarted',
    runId: 'bench',
    parentRunId: null,
    seed: 'bench',
    wallet: venue.wallet,
    settings: tickSettings(options.markets),
  });
  marketFeed.start({
    onEvent: (event) => driver.submit(event),
    onUp: (reason) => driver.submit({ kind: 'feed', feed: 'market', up: true, reason }),
    onDown: (reason) => driver.submit({ kind: 'feed', feed: 'market', up: false, reason }),
  });
  driver.submit({ kind: 'feed', feed: 'user', up: true, reason: 'stands in' });
  driver.submit({ kind: 'feed', feed: 'heartbeat', up: true, reason: 'stands in' });
  return {
    ready,
    entryCount: () => driver.entryCount(),
    close: async () => {
      driver.close();
      runner.close();
      await runner.idle();
      await Promise.all([marketFeed.close(), venue.close(), journal.close()]);
      await signer.close();
    },
  };
}

/** The venue, with a note of when placements and cancels are all answered. It adds nothing before an order is sent. */
function watched(
  venue: PolymarketVenue,
  onSettled: () => void,
  onPlaced: (orders: number) => void,
  onCanceled: (orderId: OrderId) => void,
): VenuePort {
  let underWay = 0;
  let isOrderAnswered = false;
  async function counted<Answer>(call: Promise<Answer>, placed: number): Promise<Answer> {
    underWay += 1;
    const answer = await call;
    underWay -= 1;
    if (placed > 0) isOrderAnswered = true;
    // After the answer has gone through the kernel, which takes it before the next turn of the event loop.
    setImmediate(() => {
      if (placed > 0) onPlaced(placed);
      if (underWay > 0 || !isOrderAnswered) return;
      isOrderAnswered = false;
      onSettled();
    });
    return answer;
  }
  return {
    ...venue,
    place: (orders, signal) => counted(venue.place(orders, signal), orders.length),
    cancel: async (orderIds, signal) => {
      const answer = await counted(venue.cancel(orderIds, signal), 0);
      for (const orderId of answer.canceled) onCanceled(orderId);
      return answer;
    },
  };
}

const neverAsked = async (): Promise<never> => {
  throw new Error('the benchmark makes no transactions');
};

const chain: ChainPort = {
  balances: async (tokens) => ({
    cash: CASH,
    tokens: tokens.map((tokenId) => [tokenId, 0 as Shares] as const),
    blockNumber: 1,
  }),
  transfers: async (_afterBlock, upToBlock) => ({ toBlock: upToBlock, finalBlock: upToBlock, transfers: [] }),
  prepare: neverAsked,
  send: neverAsked,
  read: neverAsked,
  close: async () => undefined,
};
