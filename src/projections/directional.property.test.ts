import fc from 'fast-check';
import { expect, it } from 'vitest';
import { heldShares } from '../domain/directional.ts';
import type { ConditionId, Outcome } from '../domain/market.ts';
import type { ClientId, FillReport } from '../domain/order.ts';
import type { Shares } from '../domain/units.ts';
import { cents, conditionId, T0 } from '../kernel/test-support/test-kernel.ts';
import { signalOf } from './test-support/signals.ts';
import { createTale, directionalOrderId, type Tale, type TaleOrder } from './test-support/tale.ts';

const MARKETS = 2;
const n = fc.integer({ min: 1, max: MARKETS });
const happening = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('enter' as const),
      n,
      outcome: fc.constantFrom<Outcome>('YES', 'NO'),
      price: fc.integer({ min: 5, max: 95 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ what: fc.constant('leave' as const), n, price: fc.integer({ min: 1, max: 99 }) }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      what: fc.constant('fill' as const),
      which: fc.nat(),
      part: fc.integer({ min: 1, max: 100 }),
      isTaker: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      what: fc.constant('news' as const),
      which: fc.nat(),
      status: fc.constantFrom('MATCHED', 'FAILED', 'FAILED', 'CONFIRMED'),
    }),
  },
  { weight: 4, arbitrary: fc.record({ what: fc.constant('cancel' as const), which: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('wait' as const),
      ms: fc.constantFrom(500, 20_000, 700_000, 30_000_000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      what: fc.constant('resolve' as const),
      n,
      winner: fc.constantFrom('YES', 'NO', null),
    }),
  },
);
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

function play(tale: Tale, happenings: readonly Happening[]): void {
  const orders: { order: TaleOrder; left: number }[] = [];
  const reports: FillReport[] = [];
  let named = 0;
  const send = (order: TaleOrder): void => {
    tale.answer(order);
    orders.push({ order, left: order.size });
  };
  for (const at of happenings) {
    const { directional, markets } = tale.projection.facts ?? fail();
    if (at.what === 'enter') {
      if (
        directional.positions.has(conditionId(at.n)) ||
        markets.get(conditionId(at.n))?.resolved !== undefined
      )
        continue;
      named += 1;
      const bet = { conditionId: conditionId(at.n), outcome: at.outcome, price: cents(at.price) };
      send(
        tale.enter(
          signalOf({ id: 1_000 + named, clientId: `e-${named}` as ClientId, action: 'entered', ...bet }),
          (named * 7_000_007) as Shares,
        ),
      );
    } else if (at.what === 'leave') {
      const position = directional.positions.get(conditionId(at.n));
      const entry = orders.find(({ order }) => order.clientId === position?.clientIds[0])?.order;
      if (position === undefined || entry === undefined || heldShares(position) === 0) continue;
      named += 1;
      send(tale.leave(entry, `x-${named}`, cents(at.price), heldShares(position)));
    } else if (at.what === 'fill') {
      const sent = orders[at.which % Math.max(1, orders.length)];
      if (sent === undefined || sent.left === 0) continue;
      const size = Math.max(1, Math.floor((sent.left * at.part) / 100)) as Shares;
      sent.left -= size;
      const report = tale.trade(sent.order, size, at.isTaker ? 'TAKER' : 'MAKER');
      reports.push(report);
      tale.tell(report, 'MATCHED');
    } else if (at.what === 'news') {
      const report = reports[at.which % Math.max(1, reports.length)];
      if (report !== undefined) tale.tell(report, at.status as FillReport['status']);
    } else if (at.what === 'cancel') {
      const sent = orders[at.which % Math.max(1, orders.length)];
      if (sent !== undefined) tale.cancel(sent.order);
    } else if (at.what === 'resolve')
      tale.input({
        kind: 'marketResolved',
        conditionId: conditionId(at.n),
        winner: at.winner as Outcome | null,
      });
    else tale.wait(at.ms);
  }
}

function fail(): never {
  throw new Error('the books are open');
}

const micro = (value: unknown): number => Math.round(Number(value) * 1e6);
type Row = ReturnType<Tale['rows']>[number];

function checkAgainstFacts(tale: Tale, rows: readonly Row[]): void {
  const { positions, closed, unfilled } = (tale.projection.facts ?? fail()).directional;
  for (const position of [...positions.values(), ...closed, ...unfilled]) {
    const row = rows.find(({ id }) => id === `run-1/${position.id}`);
    if (row === undefined) {
      expect([position.bought, position.sold]).toEqual([0, 0]);
      continue;
    }
    expect(micro(row.shares)).toBe(position.bought);
    expect(micro(row.fees)).toBe(position.fees);
    expect(row.client_ids).toBe(position.clientIds.join(' '));
    expect(row.status === 'open').toBe(positions.get(position.conditionId)?.id === position.id);
  }
}

/** What a position's orders have bought, sold and brought, from the table of fills alone, which is made from the books. */
function sumOfFills(tale: Tale, row: Row) {
  const names = String(row.client_ids).split(' ');
  const orderIds = names.map((name) => directionalOrderId(name as ClientId) as string);
  const fills = tale
    .rows('mm_fills')
    .filter(({ order_id, status }) => orderIds.includes(String(order_id)) && status !== 'FAILED');
  const sum = (of: (fill: Row) => number): number => fills.reduce((total, fill) => total + of(fill), 0);
  return {
    bought: sum(({ side, size }) => (side === 'BUY' ? micro(size) : 0)),
    sold: sum(({ side, size }) => (side === 'SELL' ? micro(size) : 0)),
    paid: sum(({ side, cash_micro_usd }) => (side === 'BUY' ? -Number(cash_micro_usd) : 0)),
    cash: sum(({ cash_micro_usd, fee_micro_usd }) => Number(cash_micro_usd) - Number(fee_micro_usd)),
  };
}

function payOf(tale: Tale, row: Row): number {
  const winner = (tale.projection.facts ?? fail()).markets.get(row.market_id as ConditionId)?.resolved;
  return winner === undefined || winner === null ? 0.5 : Number(winner === row.outcome);
}

it('rows of positions are what their fills come to, whatever happened, and what the facts hold', () => {
  const seen = { closed: 0, resolved: 0, undone: 0, partly: 0 };
  const fee = { ratePpm: 70_000, exponent: 1, takerOnly: true, rebatePpm: 0 };
  fc.assert(
    fc.property(fc.array(happening, { minLength: 10, maxLength: 60 }), (happenings) => {
      const tale = createTale(MARKETS, T0, { fee });
      play(tale, happenings);
      const rows = tale.rows('cd_positions');
      checkAgainstFacts(tale, rows);
      for (const row of rows) {
        const { bought, sold, paid, cash } = sumOfFills(tale, row);
        const held = Math.max(0, bought - sold);
        const isResolved = row.exit_reason === 'resolved';
        const worth = isResolved ? held * payOf(tale, row) : bought === 0 ? 0 : (paid * held) / bought;
        expect(micro(row.shares)).toBe(bought);
        expect(micro(row.shares_held)).toBe(isResolved ? 0 : held);
        expect(Math.abs(micro(row.pnl_realized) - (cash + worth))).toBeLessThanOrEqual(1);
        if (row.status !== 'open') seen[isResolved ? 'resolved' : bought === 0 ? 'undone' : 'closed'] += 1;
        else if (sold > 0) seen.partly += 1;
      }
    }),
    { numRuns: 600 },
  );
  // A search that reaches nothing proves nothing.
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
});
