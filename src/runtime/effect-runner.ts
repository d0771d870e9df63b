import type { OrderAnswer, OrderRequest } from '../domain/order.ts';
import type { TransactionRequest } from '../domain/transaction.ts';
import type { Command, Input } from '../kernel/messages.ts';
import { historyKey } from '../kernel/spot-prices.ts';
import type { AnalystPort } from '../ports/analyst.ts';
import type { ChainPort } from '../ports/chain.ts';
import { ForeignError } from '../ports/foreign-error.ts';
import type { ResolutionPort } from '../ports/resolutions.ts';
import type { SpotPricePort } from '../ports/spot-prices.ts';
import type { Log } from '../ports/timers.ts';
import type { MarketFeedPort, MarketListPort, PreparedOrder, VenuePort } from '../ports/venue.ts';
import { createAsker } from './ask-analyst.ts';
import { atMost } from './at-most.ts';
import { readCandles, readDailyCloses } from './read-histories.ts';

export interface EffectPorts {
  readonly venue: VenuePort;
  readonly markets: MarketListPort;
  readonly marketFeed: MarketFeedPort;
  readonly chain: ChainPort;
  /** Left out where nobody knows how markets were resolved. */
  readonly resolutions?: ResolutionPort;
  /** Left out where no model is asked. */
  readonly analyst?: AnalystPort;
  /** Left out where nobody is asked what coins cost. */
  readonly spotPrices?: SpotPricePort;
}

export interface EffectRunner {
  run(command: Command): void;
  /** Resolves when every effect under way has answered, or the bound has passed. */
  idle(): Promise<void>;
  close(): void;
}

/** Bounds of one call, by what it does. Beyond them the outcome is unknown, and reconciliation finds out. */
const PLACE_TIMEOUT_MS = 10_000;
const CANCEL_TIMEOUT_MS = 10_000;
/** How long cancels wait for orders that were decided before them: a slow signer must not keep alive what is to go. */
const CANCEL_HOLD_MS = 50;
const READ_TIMEOUT_MS = 15_000;
const MARKETS_TIMEOUT_MS = 120_000;
const TRANSACTION_TIMEOUT_MS = 60_000;
/** Markets in one input: a few milliseconds of work. The venue lists tens of thousands. */
const LISTED_AT_ONCE = 500;

type MarketsListed = Extract<Input, { kind: 'marketsListed' }>;

/**
 * Turns commands into calls on the ports and every result back into an input. It decides nothing, with one exception: after
 * signing and right before transmission it asks `mayTransmit` once more, so that a halt also stops what was already signed.
 */
export function createEffectRunner(options: {
  readonly ports: EffectPorts;
  readonly submit: (input: Input) => void;
  /** The time inputs are stamped with. */
  readonly nowMs: () => number;
  /** How far that is ahead of the venue's time by our best knowledge; 0 where left out. */
  readonly aheadMs?: () => number;
  readonly mayTransmit: () => boolean;
  /** False once inputs are recorded no more; always open where left out. */
  readonly isOpen?: () => boolean;
  readonly onExit: (reason: string) => void;
  /** What becomes of a change of a setting that a loop wants; left out where settings stay as they are. */
  readonly onChangeSetting?: (change: Extract<Command, { kind: 'changeSetting' }>) => void;
  readonly log: Log;
}): EffectRunner {
  const { ports, submit, nowMs, log } = options;
  const underWay = new Set<Promise<void>>();
  const calls = new Set<AbortController>();
  /** Made while nothing is waited for, so that an order does not wait for it. */
  let spare: AbortController | null = null;
  let closedBecause: ForeignError | null = null;
  /** Placements that are not handed over yet. */
  const signing = new Set<Promise<void>>();

  /**
   * Makes a call that ends with its bound, or when the runner closes. One controller and one timer a call: signals composed
   * with one that lives as long as the worker pile up on it. What can be done once the call is on its way is done then.
   */
  async function within<Answer>(
    timeoutMs: number,
    call: (signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer> {
    const controller = spare ?? new AbortController();
    spare = null;
    if (closedBecause !== null) controller.abort(closedBecause);
    calls.add(controller);
    let timer: NodeJS.Timeout | undefined;
    try {
      const answer = call(controller.signal);
      timer = setTimeout(
        () =>
          controller.abort(new ForeignError('timeout', `no answer within ${timeoutMs} ms`, 'reconcileFirst')),
        timeoutMs,
      );
      return await answer;
    } finally {
      clearTimeout(timer);
      calls.delete(controller);
      spare ??= new AbortController();
    }
  }

  const ask = createAsker({ analyst: ports.analyst, submit, within });

  function track(work: Promise<void>, what: string): void {
    const guarded: Promise<void> = work.then(
      () => void underWay.delete(guarded),
      (error: unknown) => {
        underWay.delete(guarded);
        log.alarm(`${what} failed in a way that has no input`, { error: textOf(error) });
      },
    );
    underWay.add(guarded);
  }

  /** Until the result is called, cancels of single orders wait, so that commands leave in the order they were given. */
  function holdCancels(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    signing.add(promise);
    return () => {
      signing.delete(promise);
      resolve();
    };
  }

  /** Waits for placements, as long as they may be waited for. Those that were signed ahead are gone when this turn is over. */
  async function handedOver(placements: readonly Promise<void>[]): Promise<void> {
    await undefined;
    const left = placements.filter((placement) => signing.has(placement));
    if (left.length > 0) await atMost(CANCEL_HOLD_MS, Promise.all(left));
  }

  async function place(requests: readonly OrderRequest[]): Promise<void> {
    const letCancelsGo = holdCancels();
    try {
      await signAndSend(requests, letCancelsGo);
    } finally {
      letCancelsGo();
    }
  }

  async function signAndSend(requests: readonly OrderRequest[], onHandedOver: () => void): Promise<void> {
    const all = (answer: OrderAnswer): void =>
      submit({
        kind: 'ordersAnswered',
        answers: requests.map((request) => [request.clientId, answer] as const),
      });
    let prepared: Awaited<ReturnType<VenuePort['prepare']>>;
    try {
      // What was signed ahead waits here, too, for the end of the step that wants it: an input within it is journaled only after it.
      prepared = await ports.venue.prepare(requests);
    } catch (error) {
      all({ result: 'notSent', text: `signing failed: ${textOf(error)}` });
      return;
    }
    submit({
      kind: 'ordersPrepared',
      orders: prepared.map((order) => [order.clientId, order.orderId] as const),
    });
    reportUnsigned(requests, prepared);
    // The halt may have come while signing; the input above may have brought it too.
    if (!options.mayTransmit()) {
      all({ result: 'notSent', text: 'trading was halted after signing' });
      return;
    }
    try {
      const answered = within(PLACE_TIMEOUT_MS, (signal) =>
        ports.venue.place(prepared, signal, options.mayTransmit),
      );
      onHandedOver();
      submit({ kind: 'ordersAnswered', answers: await answered });
    } catch (error) {
      all({ result: 'unknown', code: codeOf(error), text: textOf(error) });
    }
  }

  /** No order may stay without an answer: its money would be held back for ever. */
  function reportUnsigned(requests: readonly OrderRequest[], prepared: readonly PreparedOrder[]): void {
    if (requests.every(({ clientId }, index) => prepared[index]?.clientId === clientId)) return;
    const signed = new Set(prepared.map(({ clientId }) => clientId));
    const unsigned = requests.filter(({ clientId }) => !signed.has(clientId));
    const answer = { result: 'notSent', text: 'signing gave no order back' } as const;
    if (unsigned.length > 0)
      submit({
        kind: 'ordersAnswered',
        answers: unsigned.map(({ clientId }) => [clientId, answer] as const),
      });
  }

  async function cancel(orderIds: Extract<Command, { kind: 'cancel' }>['orderIds'] | null): Promise<void> {
    const requested = orderIds ?? [];
    // A cancel of everything waits for nothing.
    if (orderIds !== null && signing.size > 0) await handedOver([...signing]);
    try {
      const answer = await within(CANCEL_TIMEOUT_MS, (signal) =>
        orderIds === null ? ports.venue.cancelAll(signal) : ports.venue.cancel(orderIds, signal),
      );
      submit({
        kind: 'cancelAnswered',
        requested,
        canceled: answer.canceled,
        notCanceled: answer.notCanceled,
      });
    } catch (error) {
      submit({ kind: 'cancelFailed', requested, code: codeOf(error), text: textOf(error) });
    }
  }

  async function transact(request: TransactionRequest): Promise<void> {
    const ended = (status: 'notSent' | 'unknown', text: string): void =>
      submit({ kind: 'transactionEnded', txKey: request.txKey, status, text });
    let prepared: Awaited<ReturnType<ChainPort['prepare']>>;
    // Before signing, not after it: a signed transaction has taken a nonce, and leaving it out would block all that follow.
    if (!options.mayTransmit()) {
      ended('notSent', 'trading was halted before signing');
      return;
    }
    try {
      prepared = await within(READ_TIMEOUT_MS, (signal) => ports.chain.prepare(request, signal));
    } catch (error) {
      ended('notSent', textOf(error));
      return;
    }
    submit({ kind: 'transactionPrepared', txKey: request.txKey, hash: prepared.hash, nonce: prepared.nonce });
    // What the journal does not hold, a restart would take for never signed.
    if (options.isOpen?.() === false) return;
    try {
      const signed = prepared;
      const outcome = await within(TRANSACTION_TIMEOUT_MS, (signal) => ports.chain.send(signed, signal));
      submit({ kind: 'transactionEnded', txKey: request.txKey, ...outcome });
    } catch (error) {
      ended('unknown', textOf(error));
    }
  }

  /** Runs a read and turns its result, or its failure, into an input. */
  function read(
    name: Extract<Input, { kind: 'readFailed' }>['read'],
    key: string,
    timeoutMs: number,
    call: (signal: AbortSignal) => Promise<Input>,
  ): void {
    const work = within(timeoutMs, call).then(submit, (error: unknown) =>
      submit({ kind: 'readFailed', read: name, key, code: codeOf(error), text: textOf(error) }),
    );
    track(work, `reading ${name}`);
  }

  /** Balances with the transfers that led to them, which go first: without them a deposit would look like a mistake of the books. */
  async function readWallet(
    { tokens, transfersAfterBlock: afterBlock }: Extract<Command, { kind: 'readBalances' }>,
    askedAtMs: number,
    signal: AbortSignal,
  ): Promise<Input> {
    const balances = await ports.chain.balances(tokens, signal);
    if (afterBlock !== null) {
      const read = await ports.chain.transfers(afterBlock, balances.blockNumber, signal);
      submit({ kind: 'transfersRead', afterBlock, ...read, askedAtMs });
      if (read.toBlock < balances.blockNumber)
        throw new ForeignError(
          'transfersBehind',
          `transfers of the wallet are read up to block ${read.toBlock}, its balances are of block ${balances.blockNumber}`,
          'later',
        );
    }
    return { kind: 'balancesRead', ...balances, askedAtMs };
  }

  /** Hands a long list in piece by piece, so that no other input waits for all of it. Returns the last piece. */
  async function submitInParts(list: MarketsListed): Promise<MarketsListed> {
    let from = 0;
    for (; from + LISTED_AT_ONCE < list.markets.length; from += LISTED_AT_ONCE) {
      submit({ ...list, markets: list.markets.slice(from, from + LISTED_AT_ONCE), more: true });
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    return from === 0 ? list : { ...list, markets: list.markets.slice(from) };
  }

  function run(command: Command): void {
    const askedAtMs = nowMs();
    switch (command.kind) {
      case 'place':
        track(place(command.orders.map((order) => order.request)), 'placing orders');
        return;
      case 'cancel':
        track(cancel(command.orderIds), 'canceling orders');
        return;
      case 'cancelAll':
        track(cancel(null), 'canceling all orders');
        return;
      case 'transact':
        track(transact(command.transaction.request), 'sending a transaction');
        return;
      case 'watch':
        ports.marketFeed.watch(command.markets);
        return;
      case 'unwatch':
        ports.marketFeed.unwatch(command.conditionIds);
        return;
      case 'readMarkets':
        read('markets', '', MARKETS_TIMEOUT_MS, async (signal) =>
          submitInParts(await ports.markets.markets(signal)),
        );
        return;
      case 'readBook':
        read('book', command.market.conditionId, READ_TIMEOUT_MS, (signal) =>
          ports.marketFeed.readBook(command.market, signal),
        );
        return;
      case 'readOutcomeBooks':
        read('outcomeBooks', command.market.conditionId, READ_TIMEOUT_MS, (signal) =>
          ports.marketFeed.readOutcomeBooks(command.market, signal),
        );
        return;
      case 'readPriceHistory':
        read('priceHistory', command.conditionId, READ_TIMEOUT_MS, async (signal) => ({
          kind: 'priceHistoryRead',
          conditionId: command.conditionId,
          points: await ports.venue.priceHistory(command.yesTokenId, command.sinceMs, command.stepMs, signal),
          askedAtMs,
        }));
        return;
      case 'readEarnings':
        read('earnings', command.date, READ_TIMEOUT_MS, async (signal) => ({
          kind: 'earningsRead',
          date: command.date,
          byMarket: await ports.venue.earnings(command.date, signal),
          askedAtMs,
        }));
        return;
      case 'readResolutions':
        read('resolutions', '', READ_TIMEOUT_MS, async (signal) => {
          if (ports.resolutions === undefined)
            throw new ForeignError('noResolutions', 'nobody is set up to be asked for resolutions', 'never');
          return {
            kind: 'resolutionsRead',
            resolutions: await ports.resolutions.resolutions(command.markets, signal),
            askedAtMs,
          };
        });
        return;
      case 'watchSpot':
        ports.spotPrices?.watch(command.coins);
        return;
      case 'readDailyCloses':
        read('dailyCloses', historyKey(command.coin, null), READ_TIMEOUT_MS, (signal) =>
          readDailyCloses(ports.spotPrices, command, askedAtMs, signal),
        );
        return;
      case 'readCandles':
        read('candles', historyKey(command.coin, command.step), READ_TIMEOUT_MS, (signal) =>
          readCandles(ports.spotPrices, command, askedAtMs, signal),
        );
        return;
      case 'readOpenOrders':
        read('openOrders', '', READ_TIMEOUT_MS, async (signal) => ({
          kind: 'openOrdersRead',
          orders: await ports.venue.openOrders(signal),
          askedAtMs,
        }));
        return;
      case 'readOrder':
        read('order', command.orderId, READ_TIMEOUT_MS, async (signal) => ({
          kind: 'orderRead',
          orderId: command.orderId,
          order: await ports.venue.order(command.orderId, signal),
          askedAtMs,
        }));
        return;
      case 'readTrades':
        read('trades', '', READ_TIMEOUT_MS, async (signal) => ({
          kind: 'tradesRead',
          fills: await ports.venue.trades(command.sinceMs - (options.aheadMs?.() ?? 0), signal),
          sinceMs: command.sinceMs,
          askedAtMs,
        }));
        return;
      case 'readBalances':
        read('balances', '', READ_TIMEOUT_MS, (signal) => readWallet(command, askedAtMs, signal));
        return;
      case 'readTransaction':
        read('transaction', command.txKey, READ_TIMEOUT_MS, async (signal) => ({
          kind: 'transactionEnded',
          txKey: command.txKey,
          ...(await ports.chain.read(command.hash, command.nonce, signal)),
        }));
        return;
      case 'ask':
        ask(command);
        return;
      case 'notify':
        log[command.level](command.text);
        return;
      case 'changeSetting':
        options.onChangeSetting?.(command);
        return;
      case 'decision':
      case 'directional':
        return;
      case 'exit':
        options.onExit(command.reason);
        return;
    }
  }

  return {
    run,
    idle: async () => {
      while (underWay.size > 0) await Promise.allSettled([...underWay]);
    },
    close: () => {
      closedBecause = new ForeignError('closing', 'the worker is stopping', 'never');
      for (const call of calls) call.abort(closedBecause);
    },
  };
}

const codeOf = (error: unknown): string => (error instanceof ForeignError ? error.code : 'unexpected');
const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
