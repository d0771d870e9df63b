/** A journal that a test tells line by line, folded into tables as it grows. */
import type { DirectionalExit, DirectionalNote, DirectionalSignal } from '../../domain/directional.ts';
import type { ConditionId, Market, Outcome, Side } from '../../domain/market.ts';
import type { ClientId, FillReport, OrderId, TradeStatus } from '../../domain/order.ts';
import type { TransactionAction } from '../../domain/transaction.ts';
import { complement, type Price, type Shares, type Usd } from '../../domain/units.ts';
import type { Input } from '../../kernel/messages.ts';
import {
  book,
  cents,
  conditionId,
  dollars,
  market,
  noToken,
  orderIdOf,
  runStarted,
  T0,
  yesToken,
} from '../../kernel/test-support/test-kernel.ts';
import type { JournalEntry } from '../../ports/journal.ts';
import { TABLE_KEYS, type TableName, type TableRow, type TableValue } from '../../ports/tables.ts';
import type { AccountDay } from '../day-rows.ts';
import { createProjection, project, refresh } from '../projection.ts';

export interface TaleOrder {
  readonly clientId: ClientId;
  readonly orderId: OrderId;
  readonly n: number;
  readonly outcome: Outcome;
  readonly side: Side;
  readonly price: Price;
  readonly size: Shares;
}

export function createTale(markets = 2, startMs = T0, change: Partial<Market> = {}) {
  const projection = createProjection(null, null);
  const rows = new Map<string, TableRow>();
  const entries: JournalEntry[] = [];
  let nowMs = startMs;
  let orders = 0;
  let trades = 0;
  let transactions = 0;

  const emit = (row: TableRow): void => {
    const key = TABLE_KEYS[row.table].map((column) => row.values[column]).join(' ');
    rows.set(`${row.table} ${key}`, row);
  };

  function add(dir: 'in' | 'out', body: { readonly kind: string }): void {
    const seq = entries.length + 1;
    const cause = dir === 'in' ? null : seq - 1;
    const entry: JournalEntry = { seq, atMs: nowMs, dir, kind: body.kind, v: 1, cause, body };
    entries.push(entry);
    project(projection, entry, emit);
  }

  /** Lets time pass and takes one input. */
  function input(body: Input, afterMs = 1): void {
    nowMs += afterMs;
    add('in', body);
  }

  const output = (body: { readonly kind: string }): void => add('out', body);
  const setBook = (n: number, bid: number, ask: number, afterMs = 1): void =>
    input(book(n, bid, ask), afterMs);

  /** Places orders that one look decided on; they rest at once. */
  function place(...wanted: readonly Omit<TaleOrder, 'clientId' | 'orderId'>[]): TaleOrder[] {
    const placed = wanted.map((one) => {
      orders += 1;
      const clientId = `o-${orders}` as ClientId;
      return { ...one, clientId, orderId: orderIdOf(clientId) };
    });
    input({ kind: 'wake' });
    output({ kind: 'decision', ...{ why: { placed: placed.map(({ clientId }) => [clientId, 0, 'new']) } } });
    output({ kind: 'place', ...{ orders: placed.map((order) => requestOf(order, nowMs)) } });
    input({ kind: 'ordersPrepared', orders: placed.map(({ clientId, orderId }) => [clientId, orderId]) });
    input({ kind: 'ordersAnswered', answers: placed.map(({ clientId }) => [clientId, { result: 'live' }]) });
    return placed;
  }

  /** Sends a directional entry, or an exit of what was entered before; the venue has not heard of it yet. */
  function sendDirectional(
    note: Extract<DirectionalNote, { readonly clientId: ClientId }>,
    outcome: Outcome,
    side: Side,
    price: Price,
    size: Shares,
  ): TaleOrder {
    const { clientId } = note;
    const n = ofMarket(note.of === 'exit' ? note.conditionId : note.signal.conditionId);
    const order = { clientId, orderId: directionalOrderId(clientId), n, outcome, side, price, size };
    input({ kind: 'wake' });
    output({ kind: 'directional', ...{ note } });
    output({ kind: 'place', ...{ orders: [requestOf(order, nowMs)] } });
    return order;
  }

  const enter = (signal: DirectionalSignal, size: Shares): TaleOrder =>
    sendDirectional(
      { of: 'entry', clientId: signal.clientId as ClientId, signal, cost: 0 as Usd },
      signal.outcome ?? 'YES',
      'BUY',
      signal.price ?? cents(50),
      size,
    );

  /** Sends an exit of what `entry` bought. */
  const leave = (
    entry: TaleOrder,
    clientId: string,
    price: Price,
    size: Shares,
    exit: DirectionalExit = { cause: 'stopped', why: 'below the stop', aiValidation: null },
  ): TaleOrder =>
    sendDirectional(
      { of: 'exit', clientId: clientId as ClientId, conditionId: conditionId(entry.n), exit },
      entry.outcome,
      'SELL',
      price,
      size,
    );

  /** The venue takes an order that was sent; it rests. */
  function answer({ clientId, orderId }: TaleOrder): void {
    input({ kind: 'ordersPrepared', orders: [[clientId, orderId]] });
    input({ kind: 'ordersAnswered', answers: [[clientId, { result: 'live' }]] });
  }

  function cancel(...gone: readonly TaleOrder[]): void {
    const orderIds = gone.map(({ orderId }) => orderId);
    output({ kind: 'cancel', ...{ orderIds, reason: 'replaced' } });
    input({ kind: 'cancelAnswered', requested: orderIds, canceled: orderIds, notCanceled: [] });
  }

  /** A new trade of an order, as its report. */
  function trade(order: TaleOrder, size: Shares, role: FillReport['role'] = 'MAKER'): FillReport {
    trades += 1;
    return {
      tradeId: `trade-${trades}`,
      orderId: order.orderId,
      conditionId: conditionId(order.n),
      tokenId: tokenOf(order.n, order.outcome),
      side: order.side,
      price: order.price,
      size,
      role,
      status: 'MATCHED',
      matchedAtMs: nowMs,
      transactionHash: null,
    };
  }

  const tell = (report: FillReport, status: TradeStatus, afterMs = 1): void =>
    input({ kind: 'fill', fill: { ...report, status } }, afterMs);

  /** A split, merge or redemption, and how it ended. */
  function operate(
    n: number,
    action: TransactionAction,
    amount: Shares,
    status: 'confirmed' | 'reverted' = 'confirmed',
  ): void {
    transactions += 1;
    const request = {
      txKey: `t-${transactions}`,
      action,
      conditionId: conditionId(n),
      negRisk: false,
      amount,
    };
    output({ kind: 'transact', ...{ transaction: { request } } });
    input({ kind: 'transactionEnded', txKey: request.txKey, status, text: '' });
  }

  const started = runStarted();
  input(started);
  input({
    kind: 'marketsListed',
    markets: Array.from({ length: markets }, (_, index) => market(index + 1, change)),
  });
  for (let n = 1; n <= markets; n += 1) setBook(n, 48, 52);
  input({
    kind: 'balancesRead',
    cash: dollars(1_000),
    tokens: [],
    blockNumber: 1,
    askedAtMs: nowMs,
  });

  return {
    projection,
    entries,
    started,
    input,
    output,
    enter,
    leave,
    answer,
    setBook,
    place,
    cancel,
    trade,
    tell,
    operate,
    wait: (ms: number) => input({ kind: 'wake' }, ms),
    nowMs: () => nowMs,
    /** Brings what follows the mids up to date. */
    look: (): AccountDay => {
      const day = refresh(projection, emit);
      if (day === null) throw new Error('the books are not open');
      return day;
    },
    rows: (table: TableName): Readonly<Record<string, TableValue>>[] =>
      [...rows.values()].filter((row) => row.table === table).map(({ values }) => values),
  };
}

export type Tale = ReturnType<typeof createTale>;

/** The number of a market of the tale. */
function ofMarket(id: ConditionId): number {
  const n = [1, 2, 3, 4].find((one) => conditionId(one) === id);
  if (n === undefined) throw new Error(`no market of the tale: ${id}`);
  return n;
}

/** Another than that of a quote with the same number. */
export const directionalOrderId = (clientId: ClientId): OrderId =>
  `0xd${orderIdOf(clientId).slice(3)}` as OrderId;

const requestOf = ({ n, orderId: _, ...order }: TaleOrder, nowMs: number) => ({
  request: {
    ...order,
    conditionId: conditionId(n),
    tokenId: tokenOf(n, order.outcome),
    negRisk: false,
    timeInForce: 'GTC',
    postOnly: true,
    expirationS: 0,
    salt: 1,
    timestampMs: nowMs,
  },
});

export const tokenOf = (n: number, outcome: Outcome) => (outcome === 'YES' ? yesToken(n) : noToken(n));

/** A bid for YES and, as a purchase of NO, an ask for it, in points of YES. */
export const bidAndAsk = (n: number, bid: number, ask: number, size: Shares) =>
  [
    { n, outcome: 'YES', side: 'BUY', price: cents(bid), size },
    { n, outcome: 'NO', side: 'BUY', price: complement(cents(ask)), size },
  ] as const;
