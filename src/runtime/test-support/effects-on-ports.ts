import type { Market } from '../../domain/market.ts';
import type { ClientId, OrderRequest } from '../../domain/order.ts';
import type { TransactionRequest } from '../../domain/transaction.ts';
import type { Usd } from '../../domain/units.ts';
import { createSlot, watchedMarket } from '../../kernel/market-slots.ts';
import type { Command, Input } from '../../kernel/messages.ts';
import { book, market, orderIdOf } from '../../kernel/test-support/test-kernel.ts';
import { ForeignError } from '../../ports/foreign-error.ts';
import type { Approved } from '../../risk/approved.ts';
import { checkOrder } from '../../risk/gate.ts';
import { checkTransaction } from '../../risk/gate-transaction.ts';
import { isRefused } from '../../risk/refusal.ts';
import { gateMarket, gatePass, order, transaction } from '../../risk/test-gate.ts';
import { createEffectRunner, type EffectPorts } from '../effect-runner.ts';
import { keptLog } from './manual-timers.ts';

/** Passes a request through the real gate: there is no other way to an approved one. */
function approvedOrder(n: number): Approved<OrderRequest> {
  const verdict = checkOrder(gatePass(), gateMarket(), order({ clientId: `o-${n}` as ClientId }));
  if (isRefused(verdict)) throw new Error(verdict.text);
  return verdict;
}

export function approvedSplit(): Approved<TransactionRequest> {
  const verdict = checkTransaction(gatePass(), gateMarket(), transaction('split', 5));
  if (isRefused(verdict)) throw new Error(verdict.text);
  return verdict;
}

export const lost = (code: string) => new ForeignError(code, `${code} happened`, 'reconcileFirst');
export const watched = watchedMarket(createSlot(market(1)));

interface Trouble {
  readonly prepare?: Error;
  readonly signsNever?: boolean;
  /** Orders come back from signing at once, as those do that were signed ahead. */
  readonly signedAhead?: boolean;
  /** Answers to placements wait for their signal. */
  readonly answersNever?: boolean;
  readonly place?: Error;
  readonly cancel?: Error;
  readonly reads?: Error;
  readonly chainPrepare?: Error;
  readonly send?: Error;
  /** Orders that come back from signing; all of them where absent. */
  readonly signs?: number;
  /** The block up to which transfers are read, where that is less than asked. */
  readonly reachesTo?: number;
  readonly listed?: readonly Market[];
}

/** A runner on ports that do what they are asked, but for the trouble, and note each call. */
export function runner(trouble: Trouble = {}, mayTransmit: () => boolean = () => true) {
  const calls: string[] = [];
  const signals: AbortSignal[] = [];
  const inputs: Input[] = [];
  const exits: string[] = [];
  const changes: string[] = [];
  const log = keptLog();
  const call = <Value>(name: string, value: Value, error?: Error): Promise<Value> => {
    calls.push(name);
    return error === undefined ? Promise.resolve(value) : Promise.reject(error);
  };
  const ports: EffectPorts = {
    venue: {
      prepare: (orders) => {
        const signed = orders.slice(0, trouble.signs ?? orders.length).map(({ clientId }) => ({
          clientId,
          orderId: orderIdOf(clientId),
          body: '{}',
        }));
        const prepared = call('prepare', signed, trouble.prepare);
        if (trouble.signedAhead === true) return signed;
        return trouble.signsNever === true ? Promise.withResolvers<never>().promise : prepared;
      },
      place: (orders, signal, mayLeave) => {
        signals.push(signal);
        if (trouble.answersNever === true)
          return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
        const answer =
          mayLeave?.() === false
            ? ({ result: 'notSent', text: 'held back' } as const)
            : ({ result: 'live' } as const);
        return call(
          'place',
          orders.map(({ clientId }) => [clientId, answer] as const),
          trouble.place,
        );
      },
      cancel: (ids) => call(`cancel ${ids.length}`, { canceled: [...ids], notCanceled: [] }, trouble.cancel),
      cancelAll: () => call('cancelAll', { canceled: [], notCanceled: [] }, trouble.cancel),
      openOrders: () => call('openOrders', [], trouble.reads),
      order: () => call('order', null, trouble.reads),
      trades: (sinceMs) => call(`trades ${sinceMs}`, [], trouble.reads),
      priceHistory: (tokenId) => call(`priceHistory ${tokenId}`, [], trouble.reads),
      earnings: (date) => call(`earnings ${date}`, [], trouble.reads),
      beat: () => call('beat', 'id'),
      rebuild: () => call('rebuild', undefined),
      close: () => call('close', undefined),
    },
    markets: {
      markets: () =>
        call('markets', { kind: 'marketsListed', markets: trouble.listed ?? [] } as const, trouble.reads),
    },
    spotPrices: {
      start: () => undefined,
      watch: (coins) => calls.push(`watchSpot ${coins.join()}`),
      dailyCloses: (coin, days) => call(`closes ${coin} ${days}`, [], trouble.reads),
      candles: (coin, step, fromMs) => call(`candles ${coin} ${step} ${fromMs}`, [], trouble.reads),
      close: () => call('close', undefined),
    },
    marketFeed: {
      start: () => undefined,
      watch: (markets) => calls.push(`watch ${markets.length}`),
      unwatch: (ids) => calls.push(`unwatch ${ids.length}`),
      readBook: () => call('readBook', book(1, 47, 53), trouble.reads),
      readOutcomeBooks: ({ conditionId }) => {
        const empty = { bids: [], asks: [] };
        const found = { kind: 'outcomeBooks', conditionId, yes: empty, no: empty } as const;
        return call('readOutcomeBooks', found, trouble.reads);
      },
      reconnect: () => undefined,
      close: () => Promise.resolve(),
    },
    chain: {
      balances: (tokens) =>
        call(`balances ${tokens.length}`, { cash: 5 as Usd, tokens: [], blockNumber: 7 }, trouble.reads),
      transfers: (after, upTo) =>
        call(
          `transfers ${after} ${upTo}`,
          { toBlock: trouble.reachesTo ?? upTo, finalBlock: upTo - 2, transfers: [] },
          trouble.reads,
        ),
      prepare: ({ txKey }) =>
        call('chain prepare', { txKey, hash: '0xh', nonce: 3, raw: '0x' }, trouble.chainPrepare),
      send: () => call('send', { status: 'confirmed', text: 'mined' } as const, trouble.send),
      read: () => call('read', { status: 'reverted', text: 'reverted' } as const, trouble.reads),
      close: () => Promise.resolve(),
    },
    resolutions: {
      resolutions: (markets) => call(`resolutions ${markets.length}`, [], trouble.reads),
      close: () => Promise.resolve(),
    },
  };
  const effects = createEffectRunner({
    ports,
    submit: (input) => inputs.push(input),
    nowMs: () => 1_000,
    mayTransmit,
    onExit: (reason) => exits.push(reason),
    onChangeSetting: ({ name, to, reason }) => changes.push(`${name} ${to} ${reason}`),
    log,
  });
  const run = async (...commands: Command[]): Promise<void> => {
    for (const command of commands) effects.run(command);
    await effects.idle();
  };
  return { run, calls, signals, inputs, exits, changes, log, effects };
}

export const place = (count = 2): Command => ({
  kind: 'place',
  orders: Array.from({ length: count }, (_, index) => approvedOrder(index + 1)),
});
export const clientIds = ['o-1', 'o-2'] as ClientId[];
export const ids = clientIds.map(orderIdOf);
