import { takerFeeBound } from '../domain/fee.ts';
import type { ConditionId } from '../domain/market.ts';
import type { OrderId, OrderRequest } from '../domain/order.ts';
import { nextSalt } from '../domain/random.ts';
import { notional, POINT, type Price, type Shares, type Usd } from '../domain/units.ts';
import { orderName } from '../orders/order-names.ts';
import { addApproved, workingOrders } from '../orders/order-table.ts';
import {
  isDangerous,
  type Plan,
  type PlannedCancel,
  type PlannedChange,
  type PlanRules,
  planQuotes,
} from '../orders/planner.ts';
import { spendTokens } from '../orders/spend-tokens.ts';
import type { PlannedOrder } from '../orders/types.ts';
import type { Approved } from '../risk/approved.ts';
import { exposureOf } from '../risk/exposure.ts';
import { checkOrder, type GateMarket, type GatePass } from '../risk/gate.ts';
import { isRefused } from '../risk/refusal.ts';
import { becauseOf, noteTold, type PlacedRow, type QuoteDecision, type RefusedQuote } from './decision.ts';
import type { FreeShares } from './gate-view.ts';
import type { Intent, LoopName } from './loop.ts';
import type { MarketSlot } from './market-slots.ts';
import type { Outbox } from './outbox.ts';
import { type OthersAt, observeQueues, othersAtOf } from './queue-ahead.ts';
import { cancelOrders } from './reduce-order.ts';
import { noteRefusal } from './refusals.ts';
import { restingRefusal } from './rejection-rest.ts';
import { confirmQuotes } from './stale-quotes.ts';
import type { KernelState } from './state.ts';
import type { StrategySettings } from './strategy-settings.ts';
import { noteTokenWait, planTokenWake } from './token-wait.ts';
import { unreadRefusal } from './unread-tokens.ts';

/** A cancel that had no effect is sent again after this. */
const CANCEL_RETRY_MS = 2_000;

type QuoteIntent = Extract<Intent, { kind: 'quote' }>;

/** What the quotes of one step share with the orders it sends besides. */
export interface QuoteDesk {
  readonly state: KernelState;
  readonly loop: LoopName;
  readonly outbox: Outbox;
  readonly pass: () => GatePass;
  readonly marketOf: (slot: MarketSlot) => GateMarket;
  /** Shares that new orders in a market may sell. */
  readonly freeIn: (slot: MarketSlot) => FreeShares;
  readonly approved: Approved<OrderRequest>[];
  /** Orders that new ones replace and that endanger nothing: one cancel for all of them follows the placements. */
  readonly replaced: OrderId[];
}

/** One market whose quotes are planned and not sent yet. */
interface QuoteLook {
  readonly intent: QuoteIntent;
  readonly slot: MarketSlot;
  readonly othersAt: OthersAt;
  readonly plan: Plan;
  /** Whether a reason is known to be new already, though nothing is sent. */
  readonly isNews: boolean;
  readonly placed: PlacedRow[];
  readonly refused: RefusedQuote[];
  /** Changes that wait for order tokens. */
  readonly waiting: PlannedChange[];
}

/** The looks of one step, sent together, so that scarce order tokens go where the most is at stake. */
export interface QuoteLooks {
  list: QuoteLook[];
  /** Cash that their new orders will take. */
  cash: number;
}

export const createQuoteLooks = (): QuoteLooks => ({ list: [], cash: 0 });

/** Plans one market's quotes; nothing is sent and nothing reserved before `sendQuotes`. */
export function planMarket(desk: QuoteDesk, looks: QuoteLooks, wanted: QuoteIntent): void {
  const { state } = desk;
  const intent = isHeld(state, wanted.conditionId) ? { ...wanted, quotes: [], why: HELD } : wanted;
  const slot = state.markets.get(intent.conditionId);
  if (slot === undefined) return;
  const working = workingOrders(state.orders, intent.conditionId);
  if (intent.quotes.length > 0) confirmQuotes(state, intent.conditionId);
  // Nothing wanted and nothing working: the usual case of a market that is not quoted.
  else if (working.length === 0) {
    noteTokenWait(state, intent.conditionId, false);
    if (isNew(state, intent, NOTHING_PLANNED, [])) tell(desk, intent, NOTHING_PLANNED, [], []);
    return;
  }
  const othersAt = othersAtOf(slot, working);
  if (slot.bookLive) observeQueues(working, othersAt);
  const free = desk.freeIn(slot);
  const plan = planQuotes({
    market: slot.market,
    desired: intent.quotes,
    working,
    free: {
      cash: Math.max(0, (desk.pass().freeCash ?? 0) - looks.cash) as Usd,
      yes: Math.max(0, free.yes) as Shares,
      no: Math.max(0, free.no) as Shares,
    },
    safe: intent.safe,
    waitsSinceMs: state.tokenWait.since.get(intent.conditionId) ?? null,
    worth: intent.kPerPt == null || !slot.bookLive ? null : { kPerPt: intent.kPerPt, othersAt },
    rules: planRules(state.settings),
    nowMs: state.nowMs,
  });
  for (const { side, price, size } of plan.places)
    if (side === 'BUY') looks.cash += notional(price, size, 'up');
  // Most looks change nothing and tell nothing new: they are over, and all they came from with them.
  const isIdle = plan.changes.length + plan.cancels.length === 0;
  if (isIdle) noteTokenWait(state, intent.conditionId, false);
  const isNews = isIdle && isNew(state, intent, plan, []);
  if (isIdle && !isNews) return;
  looks.list.push({ intent, slot, othersAt, plan, isNews, placed: [], refused: [], waiting: [] });
}

const HELD = 'a complete set is about to be taken here';

/** Whether quotes are kept out of a market now. A hold that is over is forgotten. */
function isHeld({ heldQuotes, nowMs }: KernelState, conditionId: ConditionId): boolean {
  const untilMs = heldQuotes.get(conditionId);
  if (untilMs === undefined) return false;
  if (nowMs < untilMs) return true;
  heldQuotes.delete(conditionId);
  return false;
}

/** Sends what the looks came to: first of all what costs money while it rests, then what the order tokens are best spent on. */
export function sendQuotes(desk: QuoteDesk, looks: QuoteLooks): void {
  const { list } = looks;
  if (list.length === 0) return;
  looks.list = [];
  looks.cash = 0;
  const changes = list.flatMap((look) => look.plan.changes.map((change) => ({ ...change, look })));
  const { go, wait } = spendTokens(changes, desk.pass().budget.tokens);
  for (const change of wait) change.look.waiting.push(change);
  for (const change of go) for (const planned of change.places) place(desk, change.look, planned);
  for (const look of list) {
    noteTokenWait(desk.state, look.intent.conditionId, look.waiting.length > 0);
    sendCancels(desk, look);
  }
  planTokenWake(desk.state);
}

function sendCancels(desk: QuoteDesk, look: QuoteLook): void {
  const { plan, intent, placed, refused, waiting } = look;
  const isKept = (cancel: PlannedCancel): boolean => waiting.some(({ cancels }) => cancels.includes(cancel));
  const cancels = waiting.length === 0 ? plan.cancels : plan.cancels.filter((cancel) => !isKept(cancel));
  const leaving = cancels.map(({ orderId }) => orderId);
  const canFollow = placed.length + refused.length > 0 && !cancels.some(({ reason }) => isDangerous(reason));
  if (canFollow) desk.replaced.push(...leaving);
  else cancelOrders(desk.state, leaving, cancels[0]?.reason ?? '', desk.outbox);
  const reason = 'waits for order tokens';
  const later = waiting.map(({ quote }) => ({ quote, reason }));
  const stays = waiting.flatMap((change) => change.cancels.map(({ clientId }) => ({ clientId, reason })));
  const told: ToldPlan = {
    cancels,
    keeps: stays.length === 0 ? plan.keeps : [...plan.keeps, ...stays],
    deferred: later.length === 0 ? plan.deferred : [...plan.deferred, ...later],
  };
  if (look.isNews || isNew(desk.state, intent, told, refused) || cancels.length + placed.length > 0)
    tell(desk, intent, told, placed, refused);
}

type ToldPlan = Pick<Plan, 'cancels' | 'keeps' | 'deferred'>;
const NOTHING_PLANNED: ToldPlan = { cancels: [], keeps: [], deferred: [] };

const notQuotedBecause = ({ quotes, why }: QuoteIntent): string | null =>
  quotes.length === 0 ? (why ?? 'no quote is wanted') : null;

/** Notes why not all is as wanted. Returns whether any reason is new. */
function isNew(
  { told }: KernelState,
  intent: QuoteIntent,
  { deferred, keeps }: ToldPlan,
  refused: readonly RefusedQuote[],
): boolean {
  const because = becauseOf(notQuotedBecause(intent), deferred, refused);
  return noteTold(told, intent.conditionId, because, keeps);
}

/** Journals why the quotes of a market are what they are: for a look that sends something, or has a new reason. */
function tell(
  { outbox }: QuoteDesk,
  intent: QuoteIntent,
  { cancels, keeps, deferred }: ToldPlan,
  placed: readonly PlacedRow[],
  refused: readonly RefusedQuote[],
): void {
  const why: QuoteDecision = {
    inputs: intent.explain?.() ?? null,
    notQuoted: notQuotedBecause(intent),
    placed,
    refused,
    canceled: cancels.map(({ clientId, orderId, reason }) => [clientId, orderId, reason] as const),
    kept: keeps.map(({ clientId, reason }) => [clientId, reason] as const),
    deferred: deferred.map(
      ({ quote: { side, price, size, level }, reason }) => [side, price, size, level, reason] as const,
    ),
  };
  outbox.send({ kind: 'decision', conditionId: intent.conditionId, why });
}

/** Passes one planned order through the gate, and notes what became of it. */
function place(desk: QuoteDesk, look: QuoteLook, planned: PlannedOrder): void {
  const { state } = desk;
  const pass = desk.pass();
  const market = desk.marketOf(look.slot);
  const request = requestOf(state, planned);
  const verdict =
    unreadRefusal(state, look.slot.market) ??
    restingRefusal(state.rejectionRests, request, state.nowMs) ??
    checkOrder(pass, market, request);
  if (isRefused(verdict)) {
    noteRefusal(state, request.conditionId, verdict);
    const { outcome, side, price, size, level } = planned;
    look.refused.push({ ...verdict, outcome, side, price, size, level });
    return;
  }
  state.nextOrder += 1;
  const tags = { loop: desk.loop, purpose: 'quote', level: planned.level } as const;
  const feeBound = takerFeeBound(look.slot.market.fee, request);
  const record = addApproved(state.orders, request, tags, feeBound, state.nowMs);
  record.queueAhead = look.othersAt(planned.quote.side, planned.quote.price);
  desk.approved.push(verdict);
  look.placed.push([
    request.clientId,
    planned.level,
    planned.reason,
    exposureOf(market.risk),
    pass.limits.maxPerMarket,
    (pass.freeCash ?? 0) as Usd,
  ]);
}

const requestOf = (state: KernelState, planned: PlannedOrder): OrderRequest => ({
  clientId: orderName('quote', state.nextOrder),
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

/** The planner's rules, from the settings of this moment. */
export function planRules({ mm }: Pick<StrategySettings, 'mm'>): PlanRules {
  return {
    requoteThreshold: Math.round(mm.requoteThresholdPts * POINT) as Price,
    cancelPriceThreshold: Math.round(mm.cancelPriceThresholdPts * POINT) as Price,
    sizeThresholdPct: mm.cancelSizeThresholdPct,
    minLifetimeMs: mm.minQuoteLifetimeSeconds * 1_000,
    maxAgeMs: mm.maxQuoteAgeSeconds * 1_000,
    cancelRetryMs: CANCEL_RETRY_MS,
  };
}
