import { createHash } from 'node:crypto';
import type { ConditionId } from '../domain/market.ts';
import type { ClientId, OrderAnswer, OrderId, OrderRequest } from '../domain/order.ts';
import { nextInt } from '../domain/random.ts';
import type { MarketResolution } from '../domain/resolution.ts';
import type { TransactionRequest } from '../domain/transaction.ts';
import type { Shares, Usd } from '../domain/units.ts';
import {
  convertPositions,
  mergePositions,
  openOrdersOf,
  redeemPositions,
  splitPosition,
} from '../exchange/index.ts';
import type { Command, Input, ReadName } from '../kernel/messages.ts';
import { ask } from './analyst-model.ts';
import { execute, tokenBalance } from './chain-model.ts';
import { bookInput, outcomeBooksInput, sendBook, venueOrderOf } from './sockets.ts';
import { keyOfHistory, readHistory, watchSpot } from './spot-model.ts';
import { raceAgainst, receiveCancel, receiveOrders } from './venue-model.ts';
import { headOf, recordOwn, transfersSince } from './wallet-transfers.ts';
import { after, latencyMs, strikes, WORKER, type World } from './world.ts';

/** One way to the venue or back; place and cancel thus take 20 to 80 ms. */
const ONE_WAY_MS = [10, 40] as const;
const SIGN_MS = [1, 3] as const;
/** After this the effect runner gives a call up, and its outcome is unknown. */
const TIMEOUT_MS = 10_000;
const CHAIN_MS = [2_000, 5_000] as const;
const SLOW_READ_MS = [1_000, 20_000] as const;
const LISTING_MS = [200, 900] as const;

/** What the driver asks around transmission: whether it may be, and who wants to know. */
export interface Transmission {
  mayTransmit(): boolean;
  onTransmit(orders: readonly (readonly [OrderRequest, OrderId])[]): void;
  onExit(reason: string): void;
}

/** Carries out one command: everything it leads to is an event in virtual time, and every result an input. */
export function runCommand(world: World, command: Command, transmission: Transmission): void {
  const askedAtMs = world.nowMs;
  switch (command.kind) {
    case 'place':
      place(
        world,
        command.orders.map(({ request }) => request),
        transmission,
      );
      return;
    case 'cancel':
      cancel(world, command.orderIds);
      return;
    case 'cancelAll':
      cancel(world, null);
      return;
    case 'transact':
      transact(world, command.transaction.request);
      return;
    case 'watch':
      for (const { conditionId } of command.markets) {
        world.watched.add(conditionId);
        after(world, latencyMs(world, 20, 200), () => sendBook(world, conditionId));
      }
      return;
    case 'unwatch':
      for (const conditionId of command.conditionIds) world.watched.delete(conditionId);
      return;
    case 'readMarkets':
      after(world, latencyMs(world, ...LISTING_MS), () => world.deliver(listing(world)));
      return;
    case 'readBook': {
      const { conditionId } = command.market;
      read(world, 'book', conditionId, () => bookInput(world, conditionId, 'read'));
      return;
    }
    case 'readOutcomeBooks': {
      const { conditionId } = command.market;
      read(world, 'outcomeBooks', conditionId, () => outcomeBooksInput(world, conditionId));
      return;
    }
    case 'readPriceHistory': {
      const { conditionId } = command;
      // A world begins with its run: it has no earlier prices.
      read(world, 'priceHistory', conditionId, () => ({
        kind: 'priceHistoryRead',
        conditionId,
        points: [],
        askedAtMs,
      }));
      return;
    }
    case 'readEarnings': {
      const { date } = command;
      read(world, 'earnings', date, () => ({ kind: 'earningsRead', date, byMarket: [], askedAtMs }));
      return;
    }
    case 'readResolutions':
      read(world, 'resolutions', '', () => ({
        kind: 'resolutionsRead',
        resolutions: command.markets.map(({ conditionId }) => resolutionOf(world, conditionId)),
        askedAtMs,
      }));
      return;
    case 'watchSpot':
      watchSpot(world, command.coins);
      return;
    case 'readDailyCloses':
    case 'readCandles': {
      const name = command.kind === 'readCandles' ? 'candles' : 'dailyCloses';
      read(world, name, keyOfHistory(command), () => readHistory(world, command, askedAtMs));
      return;
    }
    case 'readOpenOrders':
      read(world, 'openOrders', '', () => ({
        kind: 'openOrdersRead',
        orders: openOrdersOf(world.exchange, WORKER).map(venueOrderOf),
        askedAtMs,
      }));
      return;
    case 'readOrder': {
      const { orderId } = command;
      read(world, 'order', orderId, () => {
        const order = world.ownOrders.get(orderId);
        return {
          kind: 'orderRead',
          orderId,
          order: order === undefined ? null : venueOrderOf(order),
          askedAtMs,
        };
      });
      return;
    }
    case 'readTrades':
      read(world, 'trades', '', () => tradesSince(world, command.sinceMs, askedAtMs));
      return;
    case 'readBalances':
      read(world, 'balances', '', () => [
        ...transfersSince(world, command.transfersAfterBlock, askedAtMs),
        {
          kind: 'balancesRead',
          cash: world.chain.cash as Usd,
          tokens: command.tokens.map(
            (tokenId) => [tokenId, tokenBalance(world.chain, tokenId) as Shares] as const,
          ),
          blockNumber: headOf(world),
          askedAtMs,
        },
      ]);
      return;
    case 'readTransaction':
      read(world, 'transaction', command.txKey, () => ({
        kind: 'transactionEnded',
        txKey: command.txKey,
        ...fateOf(world, command.hash),
      }));
      return;
    case 'ask':
      ask(world, command);
      return;
    case 'exit':
      transmission.onExit(command.reason);
      return;
    case 'notify':
    case 'decision':
    case 'directional':
    case 'changeSetting':
      return;
  }
}

/** The venue's name of an order: any unique text that follows from what is signed. */
export const simulatedOrderId = (world: World, request: OrderRequest): OrderId =>
  `0x${createHash('sha256').update(`${world.runId}/${request.clientId}/${request.salt}`).digest('hex')}` as OrderId;

function place(world: World, requests: readonly OrderRequest[], transmission: Transmission): void {
  const orders = requests.map((request) => [request, simulatedOrderId(world, request)] as const);
  const answerAll = (answer: OrderAnswer): void =>
    world.deliver({
      kind: 'ordersAnswered',
      answers: requests.map(({ clientId }) => [clientId, answer] as const),
    });
  after(world, latencyMs(world, ...SIGN_MS), () => {
    world.deliver({
      kind: 'ordersPrepared',
      orders: orders.map(([{ clientId }, orderId]) => [clientId, orderId] as const),
    });
    if (!transmission.mayTransmit()) {
      answerAll({ result: 'notSent', text: 'trading was halted after signing' });
      return;
    }
    for (const [{ clientId }, orderId] of orders) world.clientIds.set(orderId, clientId);
    transmission.onTransmit(orders);
    transmit(world, orders, answerAll);
  });
}

function transmit(
  world: World,
  orders: readonly (readonly [OrderRequest, OrderId])[],
  answerAll: (answer: OrderAnswer) => void,
): void {
  const lost: OrderAnswer = { result: 'unknown', code: 'timeout', text: 'no answer in 10 s' };
  const isLost = strikes(world, 'lostPlaceRequest');
  const isUnanswered = strikes(world, 'lostPlaceAnswer');
  const thereMs = latencyMs(world, ...ONE_WAY_MS);
  const backMs = latencyMs(world, ...ONE_WAY_MS);
  if (isLost || isUnanswered) after(world, TIMEOUT_MS, () => answerAll(lost));
  if (isLost) return;
  after(world, thereMs, () => {
    const answers: (readonly [ClientId, OrderAnswer])[] = receiveOrders(world, orders);
    if (!isUnanswered) after(world, backMs, () => world.deliver({ kind: 'ordersAnswered', answers }));
  });
}

/** `null` cancels everything. */
function cancel(world: World, orderIds: readonly OrderId[] | null): void {
  const requested = orderIds ?? [];
  const isLost = strikes(world, 'lostCancelRequest');
  const isUnanswered = strikes(world, 'lostCancelAnswer');
  const isRaced = strikes(world, 'cancelRace');
  const thereMs = latencyMs(world, ...ONE_WAY_MS);
  const backMs = latencyMs(world, ...ONE_WAY_MS);
  if (isLost || isUnanswered)
    after(world, TIMEOUT_MS, () =>
      world.deliver({ kind: 'cancelFailed', requested, code: 'timeout', text: 'no answer in 10 s' }),
    );
  if (isRaced && requested[0] !== undefined) {
    const raced = requested[0];
    after(world, thereMs - 1, () => raceAgainst(world, raced));
  }
  if (isLost) return;
  after(world, thereMs, () => {
    const { canceled, notCanceled } = receiveCancel(world, orderIds);
    if (isUnanswered) return;
    after(world, backMs, () => world.deliver({ kind: 'cancelAnswered', requested, canceled, notCanceled }));
  });
}

function transact(world: World, request: TransactionRequest): void {
  const { txKey } = request;
  const isUnsent = strikes(world, 'unsentTransaction');
  const reverts = strikes(world, 'revertedTransaction');
  const isUnanswered = strikes(world, 'lostTransactionAnswer');
  const minedMs = latencyMs(world, ...CHAIN_MS);
  const hash = `0x${createHash('sha256').update(`${world.runId}/${txKey}`).digest('hex')}`;
  after(world, latencyMs(world, 10, 60), () => {
    if (isUnsent) {
      world.deliver({ kind: 'transactionEnded', txKey, status: 'notSent', text: 'the node did not answer' });
      return;
    }
    world.deliver({ kind: 'transactionPrepared', txKey, hash, nonce: Number(txKey.replace(/\D/g, '')) });
    after(world, minedMs, () => {
      mine(world, request, hash, reverts);
      const { status, text } = fateOf(world, hash);
      if (!isUnanswered) world.deliver({ kind: 'transactionEnded', txKey, status, text });
    });
    if (isUnanswered)
      after(world, minedMs + latencyMs(world, 0, 4_000) - 2_000, () =>
        world.deliver({ kind: 'transactionEnded', txKey, status: 'unknown', text: 'the answer was lost' }),
      );
  });
}

/** The transaction is in a block: the wallet moves, and with it what the venue knows of it. */
function mine(world: World, request: TransactionRequest, hash: string, reverts: boolean): void {
  const outcome = reverts ? 'reverted' : recordOwn(world, request, hash, () => execute(world.chain, request));
  world.chain.mined.set(hash, outcome);
  if (outcome === 'reverted') return;
  const { conditionId, amount, action, conversion } = request;
  const { exchange } = world;
  if (action === 'split') splitPosition(exchange, WORKER, conditionId, amount);
  else if (action === 'merge') mergePositions(exchange, WORKER, conditionId, amount);
  else if (conversion !== undefined) convertPositions(exchange, WORKER, conversion.members, amount);
  else {
    const winner = world.chain.conditions.get(conditionId)?.winner;
    if (winner != null) redeemPositions(exchange, WORKER, conditionId, winner);
  }
}

function fateOf(world: World, hash: string): { status: 'confirmed' | 'reverted' | 'unknown'; text: string } {
  const outcome = world.chain.mined.get(hash);
  if (outcome === undefined) return { status: 'unknown', text: 'not mined yet' };
  return { status: outcome, text: outcome === 'confirmed' ? '' : 'execution reverted' };
}

/** A read: taken at the other end half-way, and now and then slow or failed. */
function read(world: World, name: ReadName, key: string, take: () => Input | readonly Input[] | null): void {
  const slowMs = strikes(world, 'slowRead') ? nextInt(world.random.faults, ...SLOW_READ_MS) : 0;
  const fails = strikes(world, 'failedRead') || slowMs > 15_000;
  after(world, latencyMs(world, ...ONE_WAY_MS), () => {
    const answer = fails ? null : take();
    after(world, latencyMs(world, ...ONE_WAY_MS) + Math.min(slowMs, 15_000), () => {
      if (answer !== null) for (const input of [answer].flat() as Input[]) world.deliver(input);
      else
        world.deliver({
          kind: 'readFailed',
          read: name,
          key,
          code: 'timeout',
          text: 'no answer within the bound',
        });
    });
  });
}

/** Here the oracle reports to the chain in the moment in which the venue ends the market. */
function resolutionOf({ chain }: World, conditionId: ConditionId): MarketResolution {
  const winner = chain.conditions.get(conditionId)?.winner ?? null;
  if (winner === null) return { conditionId, stage: null, payouts: null };
  return { conditionId, stage: 'resolved', payouts: winner === 'YES' ? [1, 0] : [0, 1] };
}

function tradesSince(world: World, sinceMs: number, askedAtMs: number): Input {
  const fills = [];
  for (let index = world.ownTrades.length - 1; index >= 0; index -= 1) {
    const own = world.ownTrades[index];
    // Match times are cut to whole seconds; the list is in their order.
    if (own === undefined || own.trade.matchedAtMs < sinceMs - 1_000) break;
    fills.push(...own.reports.filter((report) => report.matchedAtMs >= sinceMs));
  }
  return { kind: 'tradesRead', fills: fills.reverse(), sinceMs, askedAtMs };
}

/** Every market as its listing shows it now. */
function listing(world: World): Input {
  const markets = [...world.markets.values()].map(({ market }) => {
    const venue = world.exchange.markets.get(market.conditionId);
    const isOpen = venue?.state === 'open';
    return {
      ...market,
      tickSize: venue?.book.tick ?? market.tickSize,
      closed: !isOpen,
      acceptingOrders: isOpen,
    };
  });
  return { kind: 'marketsListed', markets };
}
