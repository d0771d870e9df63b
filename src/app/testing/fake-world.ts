import type { ConditionId, Market } from '../../domain/market.ts';
import type { ClientId, OrderId } from '../../domain/order.ts';
import type { TransactionAction } from '../../domain/transaction.ts';
import type { Price, Shares, Usd } from '../../domain/units.ts';
import { cents, DAY_MS, market, shares } from '../../kernel/test-support/test-kernel.ts';
import type { Adapters } from '../adapters.ts';

/** Everything outside the worker, in memory: one market with a calm book, and a venue that takes every order. */
export interface FakeWorld {
  readonly adapters: Adapters;
  /** Every call that would have changed something, in order: `place 2`, `cancelAll`, `transact split`. */
  readonly sent: string[];
  readonly open: Map<OrderId, ClientId>;
  /** Orders that were signed, whether or not they were sent. */
  signed: number;
  /** Heartbeats that were taken. */
  beats: number;
  /** The venue does not answer to a cancel any more. */
  cancelsFail: boolean;
  /** The block from which the account is paused on chain; null for no pause. */
  pausedFromBlock: number | null;
}

const WALLET = '0x00000000000000000000000000000000000000aa';
const CASH = 1_000_000_000 as Usd;

const unused = (what: string) => (): never => {
  throw new Error(`the test does not expect ${what}`);
};

export function createFakeWorld(): FakeWorld {
  const nowMs = Date.now();
  const listed: Market = market(1, { endAtMs: nowMs + 10 * DAY_MS, createdAtMs: nowMs - 30 * DAY_MS });
  const sent: string[] = [];
  const open = new Map<OrderId, ClientId>();
  const level = (at: number): readonly [Price, Shares] => [cents(at), shares(1_000)];
  const book = {
    kind: 'book' as const,
    conditionId: listed.conditionId as ConditionId,
    tick: listed.tickSize,
    bids: [level(47), level(46)],
    asks: [level(53), level(54)],
    hash: 'hash',
    venueAtMs: nowMs,
    source: 'socket' as const,
  };
  let onBook: ((event: typeof book) => void) | null = null;
  let onMarketUp: ((reason: string) => void) | null = null;

  const world: FakeWorld = {
    sent,
    open,
    signed: 0,
    beats: 0,
    cancelsFail: false,
    pausedFromBlock: null,
    adapters: {
      venue: {
        address: WALLET,
        wallet: WALLET,
        credentials: unused('credentials'),
        status: unused('status'),
        refreshBalances: unused('refreshBalances'),
        prepare: async (orders) =>
          orders.map(({ clientId }) => {
            world.signed += 1;
            return {
              clientId,
              orderId: `0x${world.signed.toString(16).padStart(64, '0')}` as OrderId,
              body: '',
            };
          }),
        place: async (orders) => {
          sent.push(`place ${orders.length}`);
          for (const { orderId, clientId } of orders) open.set(orderId, clientId);
          return orders.map(({ clientId }) => [clientId, { result: 'live' }] as const);
        },
        cancel: async (orderIds) => {
          sent.push('cancel');
          for (const orderId of orderIds) open.delete(orderId);
          return { canceled: orderIds, notCanceled: [] };
        },
        cancelAll: async () => {
          sent.push('cancelAll');
          if (world.cancelsFail) throw new Error('the venue is gone');
          const canceled = [...open.keys()];
          open.clear();
          return { canceled, notCanceled: [] };
        },
        openOrders: async () => {
          if (world.cancelsFail) throw new Error('the venue is gone');
          return [...open.keys()].map((orderId) => ({
            orderId,
            conditionId: listed.conditionId,
            tokenId: listed.yesTokenId,
            side: 'BUY',
            price: cents(45),
            originalSize: shares(5),
            matchedSize: shares(0),
            status: 'LIVE',
            createdAtMs: nowMs,
          }));
        },
        order: async () => null,
        trades: async () => [],
        priceHistory: async () => [],
        earnings: async () => [],
        beat: async () => {
          world.beats += 1;
          return 'beat';
        },
        rebuild: async () => undefined,
        close: async () => undefined,
      },
      markets: {
        markets: async () => ({ kind: 'marketsListed', markets: [listed] }),
        lastCounts: () => null,
        close: async () => undefined,
      },
      marketFeed: {
        counts: { frames: 0, parsedChanges: 0, oddFrames: 0, checks: 0, mismatches: 0, resyncs: 0 },
        start: (sink) => {
          onBook = sink.onEvent;
          onMarketUp = sink.onUp;
        },
        watch: () => {
          queueMicrotask(() => {
            onMarketUp?.('open');
            onBook?.(book);
          });
        },
        unwatch: () => undefined,
        readBook: async () => book,
        readOutcomeBooks: unused('readOutcomeBooks'),
        reconnect: () => undefined,
        close: async () => undefined,
      },
      userFeed: {
        start: (sink) => sink.onUp('open'),
        reconnect: () => undefined,
        close: async () => undefined,
      },
      chain: {
        address: WALLET,
        wallet: WALLET,
        checkChainId: unused('checkChainId'),
        gasBalanceWei: unused('gasBalanceWei'),
        allowances: unused('allowances'),
        approve: unused('approve'),
        userPauses: async () => [
          {
            exchange: 'exchange',
            address: WALLET,
            state: world.pausedFromBlock === null ? 'none' : 'active',
            fromBlock: world.pausedFromBlock,
            atBlock: 10,
            delayBlocks: 100,
          },
        ],
        changeUserPause: unused('changeUserPause'),
        payouts: unused('payouts'),
        balances: async (tokens) => ({
          cash: CASH,
          tokens: tokens.map((tokenId) => [tokenId, shares(0)] as const),
          blockNumber: 1,
        }),
        transfers: async (_afterBlock, upToBlock) => ({
          toBlock: upToBlock,
          finalBlock: upToBlock,
          transfers: [],
        }),
        prepare: async ({ txKey, action }) => ({ txKey, hash: `0x${action}`, nonce: 1, raw: '0x' }),
        send: async ({ hash }) => {
          sent.push(`transact ${hash.slice(2) as TransactionAction}`);
          return { status: 'reverted', text: 'no splits in this world' };
        },
        read: unused('read'),
        close: async () => undefined,
      },
      data: {
        positions: async () => ({ positions: [], isComplete: true }),
        value: async () => 0 as Usd,
        close: async () => undefined,
      },
      spotPrices: {
        start: () => undefined,
        watch: unused('watchSpot'),
        dailyCloses: unused('dailyCloses'),
        candles: unused('candles'),
        close: async () => undefined,
      },
      resolutions: {
        resolutions: async (markets) =>
          markets.map(({ conditionId }) => ({ conditionId, stage: null, payouts: null })),
        close: async () => undefined,
      },
      close: async () => undefined,
    },
  };
  return world;
}
