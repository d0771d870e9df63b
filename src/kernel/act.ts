import { takerFee } from '../domain/fee.ts';
import type { ConditionId } from '../domain/market.ts';
import type { ClientId, OrderId, OrderRequest } from '../domain/order.ts';
import { nextSalt } from '../domain/random.ts';
import type { TransactionRequest } from '../domain/transaction.ts';
import { MICRO, POINT, type Price, type Shares, type Usd } from '../domain/units.ts';
import { evictFills } from '../orders/books.ts';
import { applyAnswers, takeLookUps } from '../orders/order-life.ts';
import { addApproved, evictTerminal, workingOrders } from '../orders/order-table.ts';
import { inBatches, isDangerous, type Plan, type PlanRules, planQuotes } from '../orders/planner.ts';
import type { PlannedOrder } from '../orders/types.ts';
import type { Approved } from '../risk/approved.ts';
import { exposureOf } from '../risk/exposure.ts';
import { checkOrder, checkTransaction, type GateMarket, type GatePass, isRefused } from '../risk/gate.ts';
import { becauseOf, noteTold, type PlacedRow, type QuoteDecision, type RefusedQuote } from './decision.ts';
import { gateMarket, openGatePass } from './gate-view.ts';
import type { Intent, LoopName } from './loop.ts';
import { type MarketSlot, watchedMarket } from './market-slots.ts';
import type { Outbox } from './outbox.ts';
import { isReconcilingRead, noteAsked } from './reconciliation.ts';
import { cancelOrders } from './reduce-order.ts';
import { restingRefusal } from './rejection-rest.ts';
import type { KernelState } from './state.ts';
import type { StrategySettings } from './strategy-settings.ts';
import { addTransaction, takeTransactionLookUps } from './transactions.ts';

/** The venue takes at most this many orders in one request. */
const MAX_BATCH = 15;
/** A cancel that had no effect is sent again after this. */
const CANCEL_RETRY_MS = 2_000;

/** Turns one loop's intents into commands: plans quotes, passes every order through the gate, and batches what was approved. */
export function actOn(state: KernelState, loop: LoopName, intents: readonly Intent[], outbox: Outbox): void {
  const markets = new Map<ConditionId, GateMarket>();
  const context: ActContext = { state, loop, outbox, pass: null, markets, approved: [], replaced: [] };
  try {
    for (const intent of intents) take(context, intent);
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

interface ActContext {
  readonly state: KernelState;
  readonly loop: LoopName;
  readonly outbox: Outbox;
  /** Opened when first needed, and then shared, so that every check of this step sees what the others reserved. */
  pass: GatePass | null;
  readonly markets: Map<ConditionId, GateMarket>;
  readonly approved: Approved<OrderRequest>[];
  /** Orders that new ones replace and that endanger nothing: one cancel for all of them follows the placements. */
  readonly replaced: OrderId[];
}

function take(context: ActContext, intent: Intent): void {
  const { state, outbox } = context;
  switch (intent.kind) {
    case 'quote':
      quote(context, intent);
      return;
    case 'transact':
      transact(context, intent);
      return;
    case 'cancel':
      cancelOrders(state, intent.orderIds, intent.why, outbox);
      return;
    case 'watch':
      watch(state, intent.conditionIds, outbox);
      return;
    case 'unwatch':
      for (const conditionId of intent.conditionIds) unwatch(state, conditionId);
      outbox.send(intent);
      return;
    case 'readBook': {
      const slot = state.markets.get(intent.conditionId);
      if (slot !== undefined) outbox.send({ kind: 'readBook', market: watchedMarket(slot) });
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
      outbox.send(intent);
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
        why: { quoted: intent.quoted, excluded: intent.excluded },
      });
      return;
    case 'readMarkets':
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

function watch(state: KernelState, conditionIds: readonly ConditionId[], outbox: Outbox): void {
  const markets = [];
  for (const conditionId of conditionIds) {
    const slot = state.markets.get(conditionId);
    if (slot === undefined || slot.watched) continue;
    slot.watched = true;
    slot.bookLive = false;
    slot.bookReason = 'no book received yet';
    markets.push(watchedMarket(slot));
  }
  if (markets.length > 0) outbox.send({ kind: 'watch', markets });
}

function unwatch(state: KernelState, conditionId: ConditionId): void {
  const slot = state.markets.get(conditionId);
  if (slot === undefined) return;
  slot.watched = false;
  slot.bookLive = false;
  slot.bookReason = 'not watched';
  state.told.delete(conditionId);
}

const passOf = (context: ActContext): GatePass => {
  context.pass ??= openGatePass(context.state);
  return context.pass;
};

function marketOf(context: ActContext, slot: MarketSlot): GateMarket {
  const { conditionId } = slot.market;
  let market = context.markets.get(conditionId);
  if (market === undefined) {
    market = gateMarket(context.state, slot);
    context.markets.set(conditionId, market);
  }
  return market;
}

function quote(context: ActContext, intent: Extract<Intent, { kind: 'quote' }>): void {
  const { state, outbox } = context;
  const slot = state.markets.get(intent.conditionId);
  if (slot === undefined) return;
  const working = workingOrders(state.orders, intent.conditionId);
  // Nothing wanted and nothing working: the usual case of a market that is not quoted.
  if (intent.quotes.length === 0 && working.length === 0) {
    tell(context, intent, NOTHING_PLANNED, [], []);
    return;
  }
  const pass = passOf(context);
  const market = marketOf(context, slot);
  const plan = planQuotes({
    market: slot.market,
    desired: intent.quotes,
    working,
    free: {
      cash: Math.max(0, pass.freeCash ?? 0) as Usd,
      yes: Math.max(0, market.freeYes) as Shares,
      no: Math.max(0, market.freeNo) as Shares,
    },
    safe: intent.safe,
    rules: planRules(state.settings),
    nowMs: state.nowMs,
  });
  const leaving = plan.cancels.map((cancel) => cancel.orderId);
  const canFollow = plan.places.length > 0 && !plan.cancels.some(({ reason }) => isDangerous(reason));
  if (canFollow) context.replaced.push(...leaving);
  else cancelOrders(state, leaving, plan.cancels[0]?.reason ?? '', outbox);
  const placed: PlacedRow[] = [];
  const refused: RefusedQuote[] = [];
  for (const planned of plan.places) {
    const verdict = place(context, pass, market, slot, planned);
    if (isRefused(verdict)) refused.push(verdict);
    else placed.push(verdict);
  }
  tell(context, intent, plan, placed, refused);
}

type ToldPlan = Pick<Plan, 'cancels' | 'keeps' | 'deferred'>;
const NOTHING_PLANNED: ToldPlan = { cancels: [], keeps: [], deferred: [] };

/** Journals why, if the look at this market sends something or a reason has changed. */
function tell(
  { state, outbox }: ActContext,
  intent: Extract<Intent, { kind: 'quote' }>,
  { cancels, keeps, deferred }: ToldPlan,
  placed: readonly PlacedRow[],
  refused: readonly RefusedQuote[],
): void {
  const { conditionId } = intent;
  const notQuoted = intent.quotes.length === 0 ? (intent.why ?? 'no quote is wanted') : null;
  const isNew = noteTold(state.told, conditionId, becauseOf(notQuoted, deferred, refused), keeps);
  if (!isNew && cancels.length + placed.length === 0) return;
  const why: QuoteDecision = {
    inputs: intent.explain?.() ?? null,
    notQuoted,
    placed,
    refused,
    canceled: cancels.map(({ clientId, orderId, reason }) => [clientId, orderId, reason] as const),
    kept: keeps.map(({ clientId, reason }) => [clientId, reason] as const),
    deferred: deferred.map(
      ({ quote: { side, price, size, level }, reason }) => [side, price, size, level, reason] as const,
    ),
  };
  outbox.send({ kind: 'decision', conditionId, why });
}

/** Passes one planned order through the gate, and says what became of it. */
function place(
  context: ActContext,
  pass: GatePass,
  market: GateMarket,
  slot: MarketSlot,
  planned: PlannedOrder,
): PlacedRow | RefusedQuote {
  const { state } = context;
  const request = requestOf(state, planned);
  const verdict =
    restingRefusal(state.rejectionRests, request, state.nowMs) ?? checkOrder(pass, market, request);
  if (isRefused(verdict)) {
    state.counts.refused[verdict.refused] = (state.counts.refused[verdict.refused] ?? 0) + 1;
    const { outcome, side, price, size, level } = planned;
    return { ...verdict, outcome, side, price, size, level };
  }
  state.nextOrder += 1;
  const feeBound = request.postOnly ? (0 as Usd) : takerFee(slot.market.fee, request.price, request.size);
  addApproved(
    state.orders,
    request,
    { loop: context.loop, purpose: 'quote', level: planned.level },
    feeBound,
    state.nowMs,
  );
  context.approved.push(verdict);
  return [
    request.clientId,
    planned.level,
    planned.reason,
    exposureOf(market.risk),
    pass.limits.maxPerMarket,
    (pass.freeCash ?? 0) as Usd,
  ];
}

const requestOf = (state: KernelState, planned: PlannedOrder): OrderRequest => ({
  clientId: `o-${state.nextOrder}` as ClientId,
  conditionId: planned.conditionId,
  tokenId: planned.tokenId,
  negRisk: planned.negRisk,
  outcome: planned.outcome,
  side: planned.side,
  price: planned.price,
  size: planned.size,
  timeInForce: 'GTC',
  postOnly: state.settings.mm.postOnly,
  expirationS: 0,
  salt: nextSalt(state.salts),
  timestampMs: state.nowMs,
});

function planRules({ mm }: StrategySettings): PlanRules {
  return {
    requoteThreshold: Math.round(mm.requoteThresholdPts * POINT) as Price,
    cancelPriceThreshold: Math.round(mm.cancelPriceThresholdPts * POINT) as Price,
    sizeThresholdPct: mm.cancelSizeThresholdPct,
    minLifetimeMs: mm.minQuoteLifetimeSeconds * 1_000,
    maxAgeMs: mm.maxQuoteAgeSeconds * 1_000,
    cancelRetryMs: CANCEL_RETRY_MS,
  };
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
  };
  const verdict = checkTransaction(passOf(context), marketOf(context, slot), request);
  if (isRefused(verdict)) {
    state.counts.refused[verdict.refused] = (state.counts.refused[verdict.refused] ?? 0) + 1;
    return;
  }
  state.nextTransaction += 1;
  state.endedClean = false;
  addTransaction(state.transactions, request, intent.why, state.nowMs);
  const dollars = (request.amount / MICRO).toFixed(2);
  outbox.send({
    kind: 'notify',
    level: 'note',
    text: `${request.action} ${dollars} pairs in ${slot.market.slug}: ${intent.why}`,
  });
  outbox.send({ kind: 'transact', transaction: verdict });
}
