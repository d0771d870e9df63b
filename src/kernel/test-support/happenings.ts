import fc from 'fast-check';
import type { FillReport, TradeStatus } from '../../domain/order.ts';
import type { Price } from '../../domain/units.ts';
import type { WalletTransfer } from '../../domain/wallet-transfer.ts';
import { allLiveOrders } from '../../orders/order-table.ts';
import type { OrderRecord } from '../../orders/types.ts';
import type { Command, Input } from '../messages.ts';
import type { KernelState } from '../state.ts';
import { pendingTransactions } from '../transactions.ts';
import {
  balances,
  book,
  conditionId,
  fillOf,
  orderIdOf,
  runStarted,
  shares,
  type TestKernel,
  venueOrder,
} from './test-kernel.ts';

/** Something that happens to the worker; the numbers choose among what there is to choose from at that moment. */
export interface Happening {
  readonly what: HappeningName;
  readonly pick: number;
  readonly size: number;
  readonly afterMs: number;
}

const STATUSES: readonly TradeStatus[] = ['MATCHED', 'MINED', 'CONFIRMED', 'FAILED', 'RETRYING'];

const pickOf = <Item>(items: readonly Item[], pick: number): Item | undefined => items[pick % items.length];

/** The number of one of the markets that are listed. */
const marketAt = ({ state: { markets } }: TestKernel, pick: number): number => (pick % markets.size) + 1;

/** What may happen to the wallet by itself, and whether it brings or takes. */
const TRANSFERS = [
  ['deposit', 1],
  ['withdrawal', -1],
  ['reward', 1],
  ['tokensIn', 1],
  ['tokensOut', -1],
] as const;

/** What the venue, the chain, the operator and the clock may do next, as inputs that fit the state. */
const HAPPENINGS = {
  wake: () => [{ kind: 'wake' }],
  book: (test, pick, size) => [book(marketAt(test, pick), 40 + (size % 10), 53 + (pick % 5))],
  levels: (test, pick, size) => [
    {
      kind: 'levels',
      conditionId: conditionId(marketAt(test, pick)),
      changes: [[pick % 3 === 0 ? 'SELL' : 'BUY', (4_000 + (size % 90) * 10) as Price, shares(pick % 50)]],
      hash: 'h',
      venueAtMs: 0,
    },
  ],
  tick: (test, pick, size) => [
    {
      kind: 'tickSize',
      conditionId: conditionId(marketAt(test, pick)),
      tick: (size % 2 === 0 ? 10 : 100) as Price,
    },
  ],
  untrusted: (test, pick) => [
    { kind: 'bookUntrusted', conditionId: conditionId(marketAt(test, pick)), reason: 'hash' },
  ],
  prepared: ({ state }) => {
    const waiting = allLiveOrders(state.orders).filter((record) => record.state === 'approved');
    return [
      {
        kind: 'ordersPrepared',
        orders: waiting.map(({ request: { clientId } }) => [clientId, orderIdOf(clientId)] as const),
      },
    ];
  },
  answered: ({ state }, pick) => {
    const waiting = allLiveOrders(state.orders).filter((record) => record.state === 'inFlight');
    const answers = [
      { result: 'live' },
      { result: 'matched' },
      { result: 'rejected', code: 'crossesBook', text: 'crosses' },
      { result: 'unknown', code: 'timeout', text: 'lost' },
      { result: 'live' },
    ] as const;
    return [
      {
        kind: 'ordersAnswered',
        answers: waiting.map(
          (record, index) => [record.request.clientId, pickOf(answers, pick + index) ?? answers[0]] as const,
        ),
      },
    ];
  },
  filled: ({ state, nowMs }, pick, size) => {
    const record = pickOf(signed(state), pick);
    const left = record === undefined ? 0 : (record.request.size - record.matched) / 1e6;
    if (record === undefined || left < 1) return [];
    const part = Math.min(left, 1 + (size % 10));
    return [{ kind: 'fill', fill: fillOf(record.request, `trade-${state.steps}`, part, 'MATCHED', nowMs) }];
  },
  repeated: ({ state }, pick, size) => {
    const known = pickOf([...state.books.fills.byKey.values()], pick);
    const status = STATUSES[size % STATUSES.length] ?? 'MATCHED';
    return known === undefined ? [] : [{ kind: 'fill', fill: { ...known.fill, status } }];
  },
  seen: ({ state }, pick, size) => {
    const record = pickOf(signed(state), pick);
    const status = (['LIVE', 'CANCELED', 'MATCHED'] as const)[size % 3] ?? 'LIVE';
    return record?.orderId == null
      ? []
      : [{ kind: 'orderSeen', orderId: record.orderId, status, matchedSize: record.matched }];
  },
  canceled: ({ state }, pick, size) => {
    const ids = signed(state).flatMap(({ orderId }) => (orderId === null ? [] : [orderId]));
    const some = ids.slice(0, 1 + (pick % 4));
    if (size % 4 === 0) return [{ kind: 'cancelFailed', requested: some, code: 'timeout', text: 'lost' }];
    return [
      {
        kind: 'cancelAnswered',
        requested: size % 3 === 0 ? [] : some,
        canceled: some.slice(1),
        notCanceled: [],
      },
    ];
  },
  ordersRead: ({ state, nowMs }, pick) => [
    {
      kind: 'openOrdersRead',
      orders: signed(state)
        .filter((_, index) => (index + pick) % 3 > 0)
        .map(({ request }) => venueOrder(request)),
      askedAtMs: nowMs,
    },
  ],
  orderRead: ({ state, nowMs }, pick, size) => {
    const record = pickOf(signed(state), pick);
    if (record?.orderId == null) return [];
    const order =
      size % 3 === 0 ? null : venueOrder(record.request, { status: size % 3 === 1 ? 'LIVE' : 'CANCELED' });
    return [{ kind: 'orderRead', orderId: record.orderId, order, askedAtMs: nowMs }];
  },
  tradesRead: ({ state, nowMs }, _pick, size) => [
    {
      kind: 'tradesRead',
      fills: [...state.books.fills.byKey.values()].map(
        ({ fill, status }): FillReport => ({ ...fill, status: size % 2 === 0 ? 'CONFIRMED' : status }),
      ),
      sinceMs: 0,
      askedAtMs: nowMs,
    },
  ],
  balancesRead: (test) => [balances(test)],
  readFailed: () => [{ kind: 'readFailed', read: 'trades', key: '', code: 'http', text: '500' }],
  feed: (_test, pick, size) => [
    {
      kind: 'feed',
      feed: (['market', 'user', 'heartbeat'] as const)[pick % 3] ?? 'market',
      up: size % 3 > 0,
      reason: 'test',
    },
  ],
  transaction: ({ state }, pick, size) => {
    const record = pickOf(pendingTransactions(state.transactions), pick);
    if (record === undefined) return [];
    const { txKey } = record.request;
    const status =
      (['confirmed', 'reverted', 'unknown', 'confirmed', 'notSent'] as const)[size % 5] ?? 'confirmed';
    return [
      { kind: 'transactionPrepared', txKey, hash: `0x${txKey}`, nonce: state.nextTransaction },
      { kind: 'transactionEnded', txKey, status, text: 'test' },
    ];
  },
  operator: (_test, pick) => [
    {
      kind: 'operator',
      order: (['pause', 'resume', 'reduce', 'resume', 'halt', 'resume'] as const)[pick % 6] ?? 'resume',
      by: 'test',
      reason: 'test',
    },
  ],
  /** Every market is listed anew: at another price, and as one of an event or not. */
  listed: ({ state: { markets } }, pick, size) => [
    {
      kind: 'marketsListed',
      markets: [...markets.values()].map(({ market: { negRiskEvent, ...listed } }, index) => ({
        ...listed,
        listedYesPrice: ((((size + index * 7) % 90) + 5) * 100) as Price,
        ...((pick + index) % 4 === 0 || negRiskEvent === undefined ? {} : { negRiskEvent }),
      })),
    },
  ],
  /** Seldom, since nothing more happens in a market that is over. */
  resolved: (test, pick, size) =>
    size % 4 > 0
      ? []
      : [
          {
            kind: 'marketResolved',
            conditionId: conditionId(marketAt(test, pick)),
            winner: (['YES', 'NO', null] as const)[pick % 3] ?? null,
          },
        ],
  /** The wallet is paid, or pays, dollars or shares. */
  transferred: ({ state, nowMs }, pick, size) => {
    const afterBlock = state.transfers.bookedToBlock ?? 0;
    const slot = pickOf([...state.markets.values()], pick);
    const way = pickOf(TRANSFERS, size);
    if (slot === undefined || way === undefined) return [];
    const [kind, sign] = way;
    const { yesTokenId, noTokenId } = slot.market;
    const asset = !kind.startsWith('tokens') ? 'USD' : size % 2 === 0 ? yesTokenId : noTokenId;
    const transfer: WalletTransfer = {
      key: `0xt${afterBlock + 1}/0/0`,
      kind,
      asset,
      amount: sign * shares(1 + (size % 20)),
      counterparty: '0xother',
      txHash: `0xt${afterBlock + 1}`,
      blockNumber: afterBlock + 1,
    };
    const toBlock = afterBlock + 1;
    return [
      {
        kind: 'transfersRead',
        afterBlock,
        toBlock,
        finalBlock: toBlock,
        transfers: [transfer],
        askedAtMs: nowMs,
      },
    ];
  },
  restarted: ({ state }) => [runStarted(`run-${state.steps}`, state.settings)],
} satisfies Record<string, (test: TestKernel, pick: number, size: number) => Input[]>;

type HappeningName = keyof typeof HAPPENINGS;

const signed = (state: KernelState): OrderRecord[] =>
  allLiveOrders(state.orders).filter(({ orderId }) => orderId !== null);

const COMMON = [
  'wake',
  'book',
  'levels',
  'prepared',
  'answered',
  'filled',
  'canceled',
  'tradesRead',
  'transaction',
] as const;
const names = Object.keys(HAPPENINGS) as HappeningName[];
const happening: fc.Arbitrary<Happening> = fc.record({
  what: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...COMMON) },
    { weight: 1, arbitrary: fc.constantFrom(...names) },
  ),
  pick: fc.nat(1_000),
  size: fc.nat(1_000),
  afterMs: fc.constantFrom(0, 1, 50, 300, 1_000, 2_500, 10_000, 61_000),
});
/** A stretch of a worker's life. */
export const happenings = fc.array(happening, { minLength: 10, maxLength: 120 });

/** Lets it all happen, each in its turn, and looks at what comes of every input. */
export function live(
  test: TestKernel,
  what: readonly Happening[],
  look: (commands: readonly Command[]) => void,
): void {
  for (const { what: name, pick, size, afterMs } of what) {
    const inputs: readonly Input[] = HAPPENINGS[name](test, pick, size);
    for (const [index, input] of inputs.entries()) look(test.step(input, index === 0 ? afterMs : 0));
  }
}
