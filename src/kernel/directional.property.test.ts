import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { DirectionalPosition } from '../domain/directional.ts';
import { takerFee } from '../domain/fee.ts';
import type { Outcome } from '../domain/market.ts';
import type { ClientId, FillReport, TradeStatus } from '../domain/order.ts';
import type { Price } from '../domain/units.ts';
import { evictTerminal } from '../orders/order-table.ts';
import { defaultSettings } from '../settings/index.ts';
import { directionalBook } from './directional.ts';
import type { KernelState } from './state.ts';
import {
  directionalState,
  endOrder,
  enterMarket,
  leaveMarket,
  resolve,
  send,
  take,
} from './test-support/directional-cases.ts';
import { conditionId, fillOf, market, orderIdOf, shares } from './test-support/test-kernel.ts';

const MARKETS = 2;
const MINIMUM = shares(5);
const FEE = { ratePpm: 40_000, exponent: 1, takerOnly: true, rebatePpm: 0 };
const RANKS: Readonly<Record<TradeStatus, number>> = {
  MATCHED: 0,
  RETRYING: 1,
  MINED: 2,
  FAILED: 3,
  CONFIRMED: 4,
};

/** What is known of one order, written down by hand. */
interface PlainOrder {
  readonly clientId: ClientId;
  readonly market: number;
  /** Moves with an entry whose fill comes late to the position that it joins. */
  position: number;
  readonly outcome: Outcome;
  readonly size: number;
  isSent: boolean;
  isEnded: boolean;
}

interface PlainTrade {
  readonly order: PlainOrder;
  readonly report: FillReport;
  status: TradeStatus;
}

/** Orders and trades as they were told, and nothing else: every figure is added up anew. */
interface Plain {
  readonly orders: PlainOrder[];
  readonly trades: Map<string, PlainTrade>;
  readonly winners: Map<number, Outcome | null>;
}

type Happening =
  | {
      readonly kind: 'enter' | 'leave';
      readonly market: number;
      readonly size: number;
      readonly outcome: Outcome;
    }
  | { readonly kind: 'send' | 'end' | 'drop'; readonly which: number }
  | {
      readonly kind: 'fill';
      readonly which: number;
      readonly size: number;
      readonly price: number;
      readonly status: TradeStatus;
      /** Of an order that has ended. */
      readonly isLate: boolean;
    }
  | { readonly kind: 'advance'; readonly which: number; readonly status: TradeStatus }
  | { readonly kind: 'cancel'; readonly which: number }
  | { readonly kind: 'resolve'; readonly market: number; readonly winner: Outcome | null }
  | { readonly kind: 'wait'; readonly ms: number }
  /** An entry ends, perhaps another is made, and a fill of the first comes late; or an entry ends with a sliver of it filled. */
  | { readonly kind: 'race' | 'sliver' | 'late'; readonly market: number; readonly size: number }
  | { readonly kind: 'forget' };

const which = fc.nat(30);
const marketNumber = fc.integer({ min: 1, max: MARKETS });
const status = fc.constantFrom<TradeStatus>('MATCHED', 'MINED', 'RETRYING', 'CONFIRMED', 'FAILED');
const size = fc
  .oneof(fc.constantFrom(500, 1_000), fc.integer({ min: 1, max: 1_200 }))
  .map((hundredths) => hundredths * 10_000);
const outcome = fc.constantFrom<Outcome>('YES', 'NO');

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constantFrom('enter', 'leave'), market: marketNumber, size, outcome }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constantFrom('send', 'send', 'end', 'end', 'drop'), which }) },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('fill' as const),
      which,
      size,
      price: fc.integer({ min: 1, max: 9_999 }),
      status,
      isLate: fc.boolean(),
    }),
  },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('advance' as const), which, status }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('cancel' as const), which }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('resolve' as const),
      market: marketNumber,
      winner: fc.constantFrom<Outcome | null>('YES', 'NO', null),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(1, 999, 1_000, 5_000) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constantFrom('race', 'sliver', 'late'), market: marketNumber, size }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'forget' as const }) },
);

const pick = <Item>(items: readonly Item[], index: number): Item | undefined =>
  items.length === 0 ? undefined : items[index % items.length];

function play(state: KernelState, plain: Plain, what: Happening): void {
  switch (what.kind) {
    case 'enter':
    case 'leave':
      begin(state, plain, what);
      return;
    case 'send':
    case 'end':
    case 'drop':
    case 'cancel':
      moveOrder(state, plain, what.kind, what.which);
      return;
    case 'fill':
      trade(state, plain, what);
      return;
    case 'advance': {
      const known = pick([...plain.trades.values()], what.which);
      if (known !== undefined) report(state, plain, known.order, { ...known.report, status: what.status });
      return;
    }
    case 'resolve':
      plain.winners.set(what.market, what.winner);
      resolve(state, what.market, what.winner);
      return;
    case 'race':
    case 'sliver':
    case 'late':
      playOut(state, plain, what);
      return;
    case 'wait':
      take(state, { kind: 'wake' }, what.ms);
      return;
    case 'forget':
      evictTerminal(state.orders, state.nowMs, 0);
      take(state, { kind: 'wake' });
  }
}

function playOut(
  state: KernelState,
  plain: Plain,
  { kind, market: n, size: of }: Extract<Happening, { kind: 'race' | 'sliver' | 'late' }>,
): void {
  if (state.directional.positions.has(conditionId(n))) return;
  const makeEntry = (side: Outcome): number => {
    begin(state, plain, { kind: 'enter', market: n, size: shares(10), outcome: side });
    moveOrder(state, plain, 'send', plain.orders.length - 1);
    return plain.orders.length - 1;
  };
  const fillOne = (order: number, filled: number): void =>
    report(state, plain, plain.orders[order] as PlainOrder, fillFor(state, plain, order, filled));
  const first = makeEntry('YES');
  if (kind === 'sliver') fillOne(first, 10_000);
  moveOrder(state, plain, 'end', first);
  if (kind === 'sliver') return;
  if (kind === 'race') makeEntry(of % 20_000 === 0 ? 'YES' : 'NO');
  fillOne(first, of);
}

function begin(
  state: KernelState,
  plain: Plain,
  what: Extract<Happening, { kind: 'enter' | 'leave' }>,
): void {
  const present = state.directional.positions.get(conditionId(what.market));
  const isEntry = what.kind === 'enter';
  // The kernel makes no entry where there is a position, and no exit where there is none.
  if (isEntry === (present !== undefined)) return;
  const count = what.size / 1e6;
  const clientId = isEntry
    ? enterMarket(state, what.market, count, what.outcome)
    : leaveMarket(state, what.market, count);
  const { id, outcome: of } = state.directional.positions.get(
    conditionId(what.market),
  ) as DirectionalPosition;
  plain.orders.push({
    clientId,
    market: what.market,
    position: id,
    outcome: of,
    size: what.size,
    isSent: false,
    isEnded: false,
  });
  take(state, { kind: 'wake' });
}

function moveOrder(
  state: KernelState,
  plain: Plain,
  kind: 'send' | 'end' | 'drop' | 'cancel',
  index: number,
): void {
  const order = pick(plain.orders, index);
  if (order === undefined) return;
  if (kind === 'send' || kind === 'drop') {
    if (order.isSent || order.isEnded) return;
    if (kind === 'send') {
      order.isSent = true;
      send(state, order.clientId);
      return;
    }
    order.isEnded = true;
    take(state, {
      kind: 'ordersAnswered',
      answers: [[order.clientId, { result: 'notSent', text: 'closed' }]],
    });
    return;
  }
  if (!order.isSent) return;
  order.isEnded = true;
  if (kind === 'end') {
    endOrder(state, order.clientId);
    return;
  }
  const ids = [orderIdOf(order.clientId)];
  take(state, { kind: 'cancelAnswered', requested: ids, canceled: ids, notCanceled: [] });
}

function trade(state: KernelState, plain: Plain, what: Extract<Happening, { kind: 'fill' }>): void {
  const order = pick(
    plain.orders.filter(({ isSent, isEnded }) => isSent && isEnded === what.isLate),
    what.which,
  );
  if (order === undefined) return;
  const fill = fillFor(state, plain, plain.orders.indexOf(order), what.size, what.price, what.status);
  report(state, plain, order, fill);
}

function fillFor(
  state: KernelState,
  plain: Plain,
  index: number,
  filled: number,
  price = 4_700,
  told: TradeStatus = 'CONFIRMED',
): FillReport {
  const { clientId, market: n, outcome: of } = plain.orders[index] as PlainOrder;
  const isExit = clientId.startsWith('x-');
  const template = {
    clientId,
    conditionId: conditionId(n),
    tokenId: of === 'YES' ? market(n).yesTokenId : market(n).noTokenId,
    side: isExit ? 'SELL' : 'BUY',
    price: price as Price,
  } as Parameters<typeof fillOf>[0];
  const fill = fillOf(template, `t-${plain.trades.size}`, filled / 1e6, told, state.nowMs);
  return { ...fill, role: isExit ? 'TAKER' : 'MAKER' };
}

function report(state: KernelState, plain: Plain, order: PlainOrder, fill: FillReport): void {
  const known = plain.trades.get(fill.tradeId);
  if (known === undefined) plain.trades.set(fill.tradeId, { order, report: fill, status: fill.status });
  else if (RANKS[fill.status] > RANKS[known.status]) known.status = fill.status;
  const present = state.directional.positions.get(fill.conditionId);
  const wasGivenUp = state.directional.unfilled.some(({ id }) => id === order.position);
  const joins = wasGivenUp && present?.outcome === order.outcome && addUp(plain, order.position).bought > 0;
  take(state, { kind: 'fill', fill });
  if (!joins || present === undefined) return;
  const from = order.position;
  for (const one of plain.orders) if (one.position === from) one.position = present.id;
  met.joined += 1;
}

/** The figures of one position, added up from the trades that stand. */
function addUp(plain: Plain, position: number) {
  let [bought, paid, sold, got, fees] = [0, 0, 0, 0, 0];
  for (const { order, report: fill, status: stands } of plain.trades.values()) {
    if (order.position !== position || stands === 'FAILED') continue;
    const exact = BigInt(fill.price) * BigInt(fill.size);
    const up = exact % 10_000n === 0n ? 0n : 1n;
    if (fill.side === 'BUY') {
      bought += fill.size;
      paid += Number(exact / 10_000n + up);
    } else {
      sold += fill.size;
      got += Number(exact / 10_000n);
      fees += takerFee(FEE, fill.price, fill.size);
    }
  }
  return { bought, paid, sold, got, fees };
}

/** Whether fills of a position's orders may still come, or those that came may still fail. */
function isInMotion(state: KernelState, plain: Plain, position: number): boolean {
  return plain.orders.some((order) => {
    if (order.position !== position) return false;
    const own = [...plain.trades.values()].filter((one) => one.order === order);
    const matched = own.reduce((sum, { report: { size: of } }) => sum + of, 0);
    if (!order.isEnded && matched < order.size) return true;
    const isKept = state.orders.byClientId.has(order.clientId);
    if (isKept && own.some((one) => one.status !== 'CONFIRMED' && one.status !== 'FAILED')) return true;
    const untilMs = state.orders.byClientId.get(order.clientId)?.restUntoldUntilMs ?? 0;
    return matched < order.size && untilMs > state.nowMs;
  });
}

const met = { reopened: 0, resolved: 0, unfilled: 0, closed: 0, waited: 0, remnants: 0, joined: 0 };

function check(state: KernelState, plain: Plain): void {
  const { positions, closed, unfilled } = state.directional;
  // An entry whose late fill has joined another position has no order left.
  const left = unfilled.filter(({ clientIds }) => clientIds.length > 0);
  const records = [...positions.values(), ...closed, ...left];
  const numbers = new Set(plain.orders.map(({ position }) => position));
  expect(new Set(records.map(({ id }) => id))).toEqual(numbers);
  expect(records.length).toBe(numbers.size);
  for (const record of records) {
    const figures = addUp(plain, record.id);
    const { bought, paid, sold, got, fees } = record;
    expect({ bought, paid, sold, got, fees }).toEqual(figures);
    expect([bought >= 0, paid >= 0, sold >= 0, got >= 0, fees >= 0]).toEqual([true, true, true, true, true]);
    checkPlace(state, plain, record);
  }
}

/** A position is present exactly as long as something is on its way or held, where no other of its market stands before it. */
function checkPlace(state: KernelState, plain: Plain, record: DirectionalPosition): void {
  const { positions, closed, unfilled } = state.directional;
  const { bought, sold } = addUp(plain, record.id);
  const held = Math.max(0, bought - sold);
  const n = [1, 2].find((number) => conditionId(number) === record.conditionId) as number;
  const isResolved = plain.winners.has(n);
  const isSoldOut = sold > 0 && held < MINIMUM;
  const inMotion = isInMotion(state, plain, record.id);
  const isPresent = positions.get(record.conditionId) === record;
  if (bought === 0 && sold === 0) {
    if (isPresent) expect(inMotion).toBe(true);
  } else if (isSoldOut) {
    if (isPresent) expect(inMotion || record.exit === null).toBe(true);
  } else if (isResolved) {
    expect(isPresent).toBe(false);
    if (closed.includes(record)) {
      const winner = plain.winners.get(n) as Outcome | null;
      const share = winner === null ? 0.5 : winner === record.outcome ? 1 : 0;
      expect(record.payout).toBe(Math.floor(held * share));
      expect(record.closedBecause).toBe('resolved');
      met.resolved += 1;
    }
  } else if (!isPresent) {
    expect(positions.has(record.conditionId)).toBe(true);
    met.waited += 1;
  }
  if (isPresent) expect([record.closedAtMs, record.closedBecause]).toEqual([null, null]);
  if (unfilled.includes(record)) met.unfilled += 1;
  if (closed.includes(record)) met.closed += 1;
}

/** What has just ended has no fill to come, nor one that may fail, but where its market is resolved. */
function checkEnd(state: KernelState, plain: Plain, record: DirectionalPosition): void {
  const isPresent = state.directional.positions.get(record.conditionId) === record;
  if (isPresent || record.closedBecause === 'resolved') return;
  expect(isInMotion(state, plain, record.id)).toBe(false);
}

it('W24: positions are the sums of our own fills that stand, and are there as long as something is on its way or held', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60, size: 'max' }), (happenings) => {
      const state = directionalState(MARKETS);
      for (const slot of state.markets.values()) slot.market = { ...slot.market, fee: FEE };
      const plain: Plain = { orders: [], trades: new Map(), winners: new Map() };
      for (const what of happenings) {
        const present = [...state.directional.positions.values()];
        const before = new Set([...state.directional.closed, ...state.directional.unfilled]);
        play(state, plain, what);
        check(state, plain);
        for (const record of present) checkEnd(state, plain, record);
        for (const record of state.directional.positions.values()) if (before.has(record)) met.reopened += 1;
        const counted = directionalBook(state, defaultSettings().cd).positions;
        if (counted < state.directional.positions.size) met.remnants += 1;
        expect(counted).toBeLessThanOrEqual(state.directional.positions.size);
      }
    }),
    { numRuns: 200 },
  );
  for (const [name, count] of Object.entries(met)) expect([name, count > 0]).toEqual([name, true]);
});
