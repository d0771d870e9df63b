import type { ConditionId } from '../domain/market.ts';
import type { TransactionRequest } from '../domain/transaction.ts';
import { MICRO } from '../domain/units.ts';
import { evictFills } from '../orders/books.ts';
import { applyAnswers, takeLookUps } from '../orders/order-life.ts';
import { evictTerminal } from '../orders/order-table.ts';
import { inBatches } from '../orders/planner.ts';
import type { GateMarket, GatePass } from '../risk/gate.ts';
import { checkTransaction } from '../risk/gate-transaction.ts';
import { isRefused } from '../risk/refusal.ts';
import { enter, leave, tellDirectional } from './act-directional.ts';
import { createQuoteLooks, planMarket, type QuoteDesk, type QuoteLooks, sendQuotes } from './act-quotes.ts';
import { gateCoin } from './gate-coin.ts';
import { gateEvent } from './gate-event.ts';
import { openGatePass } from './gate-pass.ts';
import { type FreeShares, freeSharesOf, gateMarket } from './gate-view.ts';
import type { Intent, LoopName } from './loop.ts';
import { beginWatching, endWatching, type MarketSlot, watchedMarket } from './market-slots.ts';
import type { Outbox } from './outbox.ts';
import { isReconcilingRead, noteAsked } from './reconciliation.ts';
import { cancelOrders } from './reduce-order.ts';
import { noteRefusal } from './refusals.ts';
import type { KernelState } from './state.ts';
import { takeTogether } from './take-together.ts';
import { addTransaction, takeTransactionLookUps } from './transactions.ts';

/** The venue takes at most this many orders in one request. */
const MAX_BATCH = 15;

/** Turns one loop's intents into commands: plans quotes, passes every order through the gate, and batches what was approved. */
export function actOn(state: KernelState, loop: LoopName, intents: Iterable<Intent>, outbox: Outbox): void {
  const markets = new Map<ConditionId, GateMarket>();
  const context: ActContext = {
    state,
    loop,
    outbox,
    openPass: null,
    pass: () => passOf(context),
    markets,
    marketOf: (slot) => marketOf(context, slot),
    freeIn: (slot) => freeIn(context, slot),
    approved: [],
    replaced: [],
    looks: createQuoteLooks(),
  };
  try {
    for (const intent of intents) take(context, intent);
    sendQuotes(context, context.looks);
  } catch (error) {
    cancelOrders(state, context.replaced, 'replaced', outbox);
    // Approved but never sent: left as they are, these orders would hold money back for ever.
    const text = 'the loop broke before it was sent';
    const dropped = context.approved.map(
      ({ request }) => [request.clientId, { result: 'notSent', text }] as const,
    );
    applyAnswers(state.orders, dropped, state.nowMs);
    throw error;
  }
  for (const orders of inBatches(context.approved, MAX_BATCH)) outbox.send({ kind: 'place', orders });
  cancelOrders(state, context.replaced, 'replaced', outbox);
  if (context.approved.length > 0) state.endedClean = false;
}

interface ActContext extends QuoteDesk {
  /** Opened when first needed, and then shared, so that every check of this step sees what the others reserved. */
  openPass: GatePass | null;
  readonly markets: Map<ConditionId, GateMarket>;
  readonly looks: QuoteLooks;
}

function take(context: ActContext, intent: Intent): void {
  const { state, outbox } = context;
  // What follows quotes may use only what they leave.
  if (intent.kind !== 'quote') sendQuotes(context, context.looks);
  switch (intent.kind) {
    case 'quote':
      planMarket(context, context.looks, intent);
      return;
    case 'take':
      takeTogether({ ...context, pass: passOf(context) }, intent);
      return;
    case 'transact':
      transact(context, intent);
      return;
    case 'holdQuotes':
      for (const conditionId of intent.conditionIds) state.heldQuotes.set(conditionId, intent.untilMs);
      return;
    case 'cancel':
      cancelOrders(state, intent.orderIds, intent.why, outbox);
      return;
    case 'watch':
      watch(context, intent.conditionIds);
      return;
    case 'unwatch':
      unwatch(context, intent.conditionIds);
      return;
    case 'readBook': {
      const slot = state.markets.get(intent.conditionId);
      if (slot !== undefined) outbox.send({ kind: 'readBook', market: watchedMarket(slot) });
      return;
    }
    case 'readOutcomeBooks': {
      const slot = state.markets.get(intent.conditionId);
      if (slot !== undefined) outbox.send({ kind: 'readOutcomeBooks', market: watchedMarket(slot) });
      return;
    }
    case 'readOpenOrders':
    case 'readTrades':
    case 'readBalances': {
      const name =
        intent.kind === 'readOpenOrders'
          ? 'openOrders'
          : intent.kind === 'readTrades'
            ? 'trades'
            : 'balances';
      if (isReconcilingRead(name)) noteAsked(state.reconciliation, name, state.nowMs);
      if (intent.kind === 'readBalances')
        outbox.send({ ...intent, transfersAfterBlock: state.transfers.bookedToBlock });
      else outbox.send(intent);
      return;
    }
    case 'lookUpDoubtful':
      lookUpDoubtful(state, intent.everyMs, intent.limit, outbox);
      return;
    case 'forgetEnded':
      evictTerminal(state.orders, state.nowMs, intent.ordersAfterMs);
      evictFills(state.books, state.orders, state.nowMs, intent.fillsAfterMs);
      return;
    case 'select':
      outbox.send({
        kind: 'decision',
        conditionId: null,
        why: {
          quoted: intent.quoted,
          excluded: intent.excluded,
          ...(intent.scored === undefined ? {} : { scored: intent.scored }),
        },
      });
      return;
    case 'readPriceHistory': {
      const slot = state.markets.get(intent.conditionId);
      if (slot !== undefined) outbox.send({ ...intent, yesTokenId: slot.market.yesTokenId });
      return;
    }
    case 'readResolutions': {
      const markets = intent.conditionIds.flatMap((conditionId) => {
        const known = state.markets.get(conditionId)?.market ?? state.directional.awaited.get(conditionId);
        return known === undefined ? [] : [{ conditionId, version: known.version }];
      });
      if (markets.length > 0) outbox.send({ kind: 'readResolutions', markets });
      return;
    }
    case 'signal':
      tellDirectional(context, { of: 'signal', signal: intent.signal });
      return;
    case 'enter':
      enter(context, intent);
      return;
    case 'leave':
      leave(context, intent);
      return;
    case 'review':
      tellDirectional(context, { of: 'review', review: intent.review });
      return;
    case 'readMarkets':
    case 'readEarnings':
    case 'readDailyCloses':
    case 'readCandles':
    case 'ask':
    case 'changeSetting':
    case 'notify':
      outbox.send(intent);
      return;
  }
}

/** Asks the venue and the chain about everything whose outcome is not known, each at most once in `everyMs`. */
function lookUpDoubtful(state: KernelState, everyMs: number, limit: number, outbox: Outbox): void {
  for (const orderId of takeLookUps(state.orders, state.nowMs, everyMs, limit)) {
    outbox.send({ kind: 'readOrder', orderId });
  }
  for (const { request, hash, nonce } of takeTransactionLookUps(state.transactions, state.nowMs, everyMs)) {
    if (hash !== null && nonce !== null)
      outbox.send({ kind: 'readTransaction', txKey: request.txKey, hash, nonce });
  }
}

function watch({ state, loop, outbox }: ActContext, conditionIds: readonly ConditionId[]): void {
  const markets = [];
  for (const conditionId of conditionIds) {
    const slot = state.markets.get(conditionId);
    if (slot !== undefined && beginWatching(slot, loop)) markets.push(watchedMarket(slot));
  }
  if (markets.length > 0) outbox.send({ kind: 'watch', markets });
}

/** A book is let go once no loop wants it. */
function unwatch({ state, loop, outbox }: ActContext, conditionIds: readonly ConditionId[]): void {
  const gone = conditionIds.filter((conditionId) => {
    const slot = state.markets.get(conditionId);
    return slot !== undefined && endWatching(slot, loop);
  });
  for (const conditionId of gone) state.told.delete(conditionId);
  if (gone.length > 0) outbox.send({ kind: 'unwatch', conditionIds: gone });
}

const passOf = (context: ActContext): GatePass => {
  context.openPass ??= openGatePass(context.state);
  return context.openPass;
};

function marketOf(context: ActContext, slot: MarketSlot): GateMarket {
  const { conditionId } = slot.market;
  let market = context.markets.get(conditionId);
  if (market === undefined) {
    const { state, markets } = context;
    market = gateMarket(state, slot, gateEvent(state, slot, markets), gateCoin(state, slot, markets));
    markets.set(conditionId, market);
  }
  return market;
}

/** The gate's own figures once an order or transaction of this step has opened them: adding them up costs more than most looks need. */
function freeIn({ state, markets }: ActContext, slot: MarketSlot): FreeShares {
  const market = markets.get(slot.market.conditionId);
  return market === undefined ? freeSharesOf(state, slot) : { yes: market.freeYes, no: market.freeNo };
}

function transact(context: ActContext, intent: Extract<Intent, { kind: 'transact' }>): void {
  const { state, outbox } = context;
  const slot = state.markets.get(intent.conditionId);
  if (slot === undefined) return;
  const request: TransactionRequest = {
    txKey: `t-${state.nextTransaction}`,
    action: intent.action,
    conditionId: intent.conditionId,
    negRisk: slot.market.negRisk,
    amount: intent.amount,
    ...(intent.conversion === undefined ? {} : { conversion: intent.conversion }),
  };
  const giving: GateMarket[] = [];
  for (const { conditionId, givesNo } of intent.conversion?.members ?? []) {
    const member = state.markets.get(conditionId);
    // What is not listed could not be booked.
    if (member === undefined) return;
    if (givesNo) giving.push(marketOf(context, member));
  }
  const verdict = checkTransaction(passOf(context), marketOf(context, slot), request, giving);
  if (isRefused(verdict)) {
    noteRefusal(state, intent.conditionId, verdict);
    return;
  }
  state.nextTransaction += 1;
  state.endedClean = false;
  addTransaction(state.transactions, request, intent.why, state.nowMs);
  const dollars = (request.amount / MICRO).toFixed(2);
  outbox.send({
    kind: 'notify',
    level: 'note',
    text: `${request.action} ${dollars} ${giving.length === 0 ? 'pairs' : `NO of each of ${giving.length} markets`} in ${slot.market.slug}: ${intent.why}`,
  });
  outbox.send({ kind: 'transact', transaction: verdict });
}
