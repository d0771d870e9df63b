import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { ConditionId, Market } from '../domain/market.ts';
import type { ClientId, OrderRequest } from '../domain/order.ts';
import { mayBeLive } from '../domain/order.ts';
import type { Command } from './messages.ts';
import type { KernelState } from './state.ts';
import { type Happening, happenings, live } from './test-support/happenings.ts';
import { atRisk, eventLosses, type Reach, reaches, worth } from './test-support/naive-exposure.ts';
import { restlessLoop } from './test-support/restless-loop.ts';
import {
  conditionId,
  market,
  ofKind,
  reconcile,
  strategySettings,
  type TestKernel,
  trading,
} from './test-support/test-kernel.ts';

const EVENT = `0x${'e'.repeat(62)}00`;
const OUTCOMES = 3;
/** Three outcomes of one event, two markets about a coin, and one that stands alone. */
const MARKETS: readonly Market[] = [
  ...[1, 2, 3].map((n) =>
    market(n, {
      negRisk: true,
      negRiskEvent: { marketId: EVENT, isAugmented: false, outcomes: OUTCOMES },
    }),
  ),
  ...[4, 5].map((n) => market(n, { question: `Will Bitcoin reach $${n}0,000?` })),
  market(6),
];
const ABOUT_BITCOIN: ReadonlySet<ConditionId> = new Set([4, 5].map(conditionId));
const HELD = { cash: 2_000, tokens: { 11: 30, 12: 80, 22: 70, 32: 60, 42: 15 } };

/** Dollars, but for the share of the account's worth in per cent, and the number of orders. */
interface Caps {
  readonly market: number;
  readonly event: number;
  readonly coin: number;
  readonly totalPct: number;
  readonly minute: number;
  readonly orders: number;
}

/** Each of them is the narrowest in some runs and out of the way in others. */
const caps: fc.Arbitrary<Caps> = fc.record({
  market: fc.constantFrom(40, 60, 500),
  event: fc.constantFrom(40, 80, 2_000),
  coin: fc.constantFrom(30, 50, 2_000),
  totalPct: fc.constantFrom(6, 9, 100),
  minute: fc.constantFrom(60, 150, 5_000),
  orders: fc.constantFrom(8, 30, 200),
});

function started(terms: Caps): TestKernel {
  const usual = strategySettings();
  const settings = {
    ...usual,
    mm: {
      ...usual.mm,
      maxPerMarketUsd: terms.market,
      maxPerEventUsd: terms.event,
      maxOpenOrders: terms.orders,
      minQuoteLifetimeSeconds: 0,
      maxSplitPerMarketUsd: 200,
    },
    trading: {
      ...usual.trading,
      maxPerCoinUsd: terms.coin,
      maxTotalExposurePct: terms.totalPct,
      maxNotionalPerMinuteUsd: terms.minute,
    },
  };
  const test = trading([restlessLoop], settings, MARKETS, HELD);
  reconcile(test, HELD);
  return test;
}

/** Every figure that a cap bounds, by the naive model. */
function figures(state: KernelState, all: readonly Reach[]): Map<string, number> {
  const slotOf = (id: ConditionId) => state.markets.get(id);
  const found = new Map<string, number>();
  let total = 0;
  let coin = 0;
  for (const reach of all) {
    const usd = atRisk(reach);
    found.set(`market ${reach.conditionId}`, usd);
    total += usd;
    if (ABOUT_BITCOIN.has(reach.conditionId) && slotOf(reach.conditionId)?.resolved === undefined)
      coin += usd;
  }
  const members = all.filter(({ conditionId: id }) => {
    const slot = slotOf(id);
    return slot?.market.negRiskEvent !== undefined && slot.resolved === undefined;
  });
  for (const [winner, usd] of eventLosses(members, members.length < OUTCOMES))
    found.set(`event if ${winner}`, usd);
  return found.set('coin', coin).set('total', total);
}

const capOf = (figure: string, state: KernelState, terms: Caps): number => {
  if (figure.startsWith('market')) return terms.market;
  if (figure.startsWith('event')) return terms.event;
  return figure === 'coin' ? terms.coin : (Math.max(0, worth(state)) * terms.totalPct) / 100;
};

/** Rounding up costs a micro-dollar for every order and market. */
const ROUNDING = 0.0001;

const requestsIn = (commands: readonly Command[]): OrderRequest[] =>
  ofKind(commands, 'place').flatMap(({ orders }) => orders.map(({ request }) => request));

/** While reducing, nothing that may still happen turns round a position that an order is sent for; returns how many orders were. */
function closesOnly(
  { state }: TestKernel,
  requests: readonly OrderRequest[],
  converted: ReadonlySet<string>,
): number {
  const after = reaches(state, new Set(), converted);
  for (const { conditionId: id, outcome, side } of requests) {
    const buysYes = (outcome === 'YES') === (side === 'BUY');
    const reach = after.find((one) => one.conditionId === id);
    if (reach === undefined) throw new Error(`market ${id} has no reach`);
    if (buysYes) expect(reach.most, 'a purchase turns no short position').toBeLessThanOrEqual(ROUNDING);
    else expect(reach.least, 'a sale turns no long position').toBeGreaterThanOrEqual(-ROUNDING);
  }
  return requests.length;
}

/** What the runs of the property have met, so that no cap goes untested unnoticed. */
interface Met {
  approvals: number;
  unknown: number;
  provisional: number;
  reducing: number;
  refused: Record<string, number>;
}

const nothingMet = (): Met => ({ approvals: 0, unknown: 0, provisional: 0, reducing: 0, refused: {} });

/** One stretch of life in which every step that sends is held against the naive model. */
function watch(what: readonly Happening[], terms: Caps, met: Met, mode: 'active' | 'reducing'): void {
  const test = started(terms);
  if (mode === 'reducing') test.step({ kind: 'operator', order: 'reduce', by: 'test', reason: 'test' });
  const sent: { atMs: number; usd: number }[] = [];
  live(test, what, (commands) => {
    const { state } = test;
    const requests = requestsIn(commands);
    if (requests.length === 0) return;
    met.approvals += requests.length;
    const news = new Set<ClientId>(requests.map(({ clientId }) => clientId));
    // A conversion of the same step may have been approved after the orders, and is held to no limit of risk.
    const converted = new Set(
      ofKind(commands, 'transact').map(({ transaction }) => transaction.request.txKey),
    );
    const before = figures(state, reaches(state, news, converted));
    if (state.trading.mode === 'reducing') met.reducing += closesOnly(test, requests, converted);
    for (const [figure, after] of figures(state, reaches(state, new Set(), converted))) {
      // What was over its cap before, since marks move and trades fail, may stay; nothing that is approved takes it further.
      const bound = Math.max(capOf(figure, state, terms), before.get(figure) ?? 0);
      expect(after, figure).toBeLessThanOrEqual(bound + ROUNDING);
    }
    for (const { price, size } of requests)
      sent.push({ atMs: test.nowMs, usd: (price / 1e4) * (size / 1e6) });
    const minute = sent.filter(({ atMs }) => atMs > test.nowMs - 60_000);
    expect(minute.reduce((sum, { usd }) => sum + usd, 0)).toBeLessThanOrEqual(terms.minute + ROUNDING);
    const orders = [...state.orders.byClientId.values()];
    expect(orders.filter((record) => mayBeLive(record.state)).length).toBeLessThanOrEqual(terms.orders);
    if (orders.some((record) => record.state === 'unknown')) met.unknown += 1;
    if (state.books.fills.open.size > 0) met.provisional += 1;
  });
  for (const [code, times] of Object.entries(test.state.counts.refused))
    met.refused[code] = (met.refused[code] ?? 0) + times;
  expect(test.state.counts.faults).toBe(0);
}

// What exits are held to instead stands in src/risk/gate-exit.property.test.ts.
it('approves nothing but the exit of a position that may take a market, event, coin or the account beyond its cap, whatever may still become of everything sent', () => {
  const met = nothingMet();
  fc.assert(
    fc.property(happenings, caps, (what, terms) => watch(what, terms, met, 'active')),
    { numRuns: 250 },
  );
  expect(met.approvals).toBeGreaterThan(500);
  expect(met.unknown).toBeGreaterThan(20);
  expect(met.provisional).toBeGreaterThan(20);
  for (const code of [
    'perMarketLimit',
    'perEventLimit',
    'perCoinLimit',
    'totalExposure',
    'notionalRate',
    'tooManyOrders',
  ])
    expect(met.refused[code] ?? 0, code).toBeGreaterThan(15);
});

it('turns no position round while reducing, whatever may still become of everything sent', () => {
  const met = nothingMet();
  const wide = { market: 500, event: 2_000, coin: 2_000, totalPct: 100, minute: 5_000, orders: 200 };
  fc.assert(
    fc.property(happenings, (what) => watch(what, wide, met, 'reducing')),
    { numRuns: 150 },
  );
  expect(met.reducing).toBeGreaterThan(50);
  expect(met.refused.growsPosition ?? 0).toBeGreaterThan(50);
});
