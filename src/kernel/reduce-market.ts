import type { ConditionId, Outcome } from '../domain/market.ts';
import type { MarketEvent } from '../domain/market-event.ts';
import { conditionsOf } from '../domain/transaction.ts';
import { noteListing, noteMark } from './account-risk.ts';
import { correctPayouts, forgetSignals } from './directional.ts';
import { markOf } from './gate-view.ts';
import {
  applyBook,
  applyLevels,
  applyListing,
  applyResolution,
  applyTick,
  distrust,
  forgetUnlisted,
  type MarketSlot,
  watchedMarket,
} from './market-slots.ts';
import type { Outbox } from './outbox.ts';
import { followCoins } from './reduce-spot.ts';
import type { KernelState } from './state.ts';
import { allTransactions } from './transactions.ts';

/** Markets that a position, an order, a fill or a transaction of the books refers to. */
function marketsInBooks({ books, orders, transactions }: KernelState): Set<ConditionId> {
  const inBooks = new Set<ConditionId>(books.positions.keys());
  for (const { request } of orders.byClientId.values()) inBooks.add(request.conditionId);
  for (const { fill } of books.fills.byKey.values()) inBooks.add(fill.conditionId);
  for (const { request } of allTransactions(transactions))
    for (const conditionId of conditionsOf(request)) inBooks.add(conditionId);
  return inBooks;
}

/** A list in parts is of use once its last part is there: until then nobody is told, and nothing is forgotten. */
function takeListing(
  state: KernelState,
  { markets, more }: Extract<MarketEvent, { kind: 'marketsListed' }>,
  outbox: Outbox,
): void {
  applyListing(state.markets, markets);
  noteListing(state);
  for (const { conditionId } of markets) state.listedSoFar.add(conditionId);
  if (more === true) return;
  const inBooks = marketsInBooks(state);
  forgetUnlisted(state.markets, state.listedSoFar, (conditionId) => inBooks.has(conditionId));
  forgetSignals(state);
  state.listedSoFar = new Set();
  state.listedAtMs = state.nowMs;
  followCoins(state, outbox);
  outbox.wake('markets');
}

/** Market news: listings, books, ticks, trades and resolutions. */
export function reduceMarket(state: KernelState, event: MarketEvent, outbox: Outbox): void {
  if (event.kind === 'marketsListed') {
    takeListing(state, event, outbox);
    return;
  }
  const slot = state.markets.get(event.conditionId);
  if (slot === undefined) return;
  const before = markOf(slot);
  const isOfInterest = change(state, slot, event, outbox);
  if (markOf(slot) !== before || event.kind === 'marketResolved') noteMark(state, slot.market.conditionId);
  if (event.kind === 'marketResolved') correctPayouts(state, slot.market.conditionId);
  // The slot's own text of the id: the maps compare it by its address, that of the frame letter by letter.
  if (isOfInterest) outbox.wake('book', slot.market.conditionId);
}

/** Takes the news into the market. Returns whether a loop that quotes on its book has to look. */
function change(
  state: KernelState,
  slot: MarketSlot,
  event: Exclude<MarketEvent, { kind: 'marketsListed' }>,
  outbox: Outbox,
): boolean {
  switch (event.kind) {
    case 'book':
      applyBook(slot, event, state.nowMs);
      break;
    case 'levels':
      applyLevels(slot, event.changes, state.nowMs);
      break;
    case 'tickSize':
      applyTick(slot, event.tick);
      break;
    case 'bookUntrusted':
      distrust(slot, event.reason);
      outbox.send({ kind: 'readBook', market: watchedMarket(slot) });
      break;
    case 'touchesApart':
      slot.touchesApart = event.touches;
      break;
    case 'outcomeBooks':
      slot.outcomeBooks = { yes: event.yes, no: event.no, atMs: state.nowMs };
      outbox.wake('outcomeBooks', event.conditionId);
      return false;
    case 'publicTrade':
      slot.lastTradePrice = event.price;
      slot.publicTrades += 1;
      slot.publicTradedMicro += event.size;
      return false;
    case 'marketResolved':
      return takeOutcome(slot, event.winner, outbox);
  }
  return true;
}

/** What the chain pays is the outcome: once it is read there, no socket changes it, and one that says otherwise is told of. */
function takeOutcome(slot: MarketSlot, winner: Outcome | null, outbox: Outbox): boolean {
  const { market, resolved, isPaidOut } = slot;
  if (isPaidOut) {
    if (winner !== resolved)
      outbox.send({
        kind: 'notify',
        level: 'alarm',
        text: `${market.question}: the venue tells ${winner ?? 'void'}, which is left aside: the oracle has reported ${resolved ?? 'void'} to the chain, and that is what it pays`,
      });
    return false;
  }
  applyResolution(slot, winner);
  outbox.send({
    kind: 'notify',
    level: 'note',
    text: `${market.question} resolved: ${winner ?? 'void, both outcomes pay a half'}`,
  });
  return true;
}
