import type { ConditionId, TokenId } from '../domain/market.ts';
import { type ClientId, mayBeLive, type OrderId } from '../domain/order.ts';
import { MICRO, type Price, type Shares, type Usd } from '../domain/units.ts';
import { yesPriceOf, yesSideOf } from '../domain/yes-coordinates.ts';
import { allocate, type FreeFunds } from './allocate.ts';
import { isRestUntold, restingSize } from './order-size.ts';
import { ageMsOf, isDangerous, judge } from './planner-verdict.ts';
import { outwardPts, restingWorth, type WorthModel } from './quote-worth.ts';
import { selfCross } from './reserve.ts';
import type { DesiredQuote, OrderRecord, OwnQuote, PlannedOrder } from './types.ts';

export { isDangerous, isRoutine } from './planner-verdict.ts';

/** When a resting quote is left alone and when it is moved. */
export interface PlanRules {
  /** A price difference from which a quote is moved once it is older than its minimum lifetime. */
  readonly requoteThreshold: Price;
  /** A price difference from which it is moved at any age. */
  readonly cancelPriceThreshold: Price;
  /** Size differences below this share of the desired size are left alone. */
  readonly sizeThresholdPct: number;
  readonly minLifetimeMs: number;
  readonly maxAgeMs: number;
  /** A cancel without effect is sent again after this. */
  readonly cancelRetryMs: number;
}

/** What the planner must know of a market. */
export interface PlanMarket {
  readonly conditionId: ConditionId;
  readonly yesTokenId: TokenId;
  readonly noTokenId: TokenId;
  readonly negRisk: boolean;
  readonly minOrderSize: Shares;
}

export interface PlanInput {
  readonly market: PlanMarket;
  /** Own bids below own asks; an empty list withdraws everything. */
  readonly desired: readonly DesiredQuote[];
  /** All working orders of the market. Only those with the purpose `quote` are managed, all count for self-crossing. */
  readonly working: readonly OrderRecord[];
  /** What new orders may use, net of everything reserved. */
  readonly free: { readonly cash: Usd; readonly yes: Shares; readonly no: Shares };
  /** A bid above `maxBid` or an ask below `minAsk` (YES prices) is dangerous and goes at once. Null: no such limit. */
  readonly safe: { readonly maxBid: Price | null; readonly minAsk: Price | null };
  /** Weighs a better price against a place in the queue. Null: every move that the rules ask for is made. */
  readonly worth: WorthModel | null;
  /** Since when changes of this market wait for order tokens; null where none does. */
  readonly waitsSinceMs: number | null;
  readonly rules: PlanRules;
  readonly nowMs: number;
}

export interface PlannedCancel {
  readonly clientId: ClientId;
  readonly orderId: OrderId;
  readonly reason: string;
}

/** Orders that belong together: either all of it is done or, where order tokens are scarce, nothing yet. */
export interface PlannedChange {
  readonly quote: DesiredQuote;
  readonly cancels: readonly PlannedCancel[];
  readonly places: readonly PlannedOrder[];
  /** Order tokens it takes, now or once its cancels have made room. */
  readonly tokens: number;
  /** What it is worth to do it now rather than never, in micro-dollar seconds; see `stakeOf`. */
  readonly stake: number;
}

export interface Plan {
  readonly cancels: readonly PlannedCancel[];
  readonly places: readonly PlannedOrder[];
  /** A reason is a phrase without figures: a new one is journaled, and figures change with each look. */
  readonly keeps: readonly { readonly clientId: ClientId; readonly reason: string }[];
  /** Quotes that are wanted and must wait, or cannot be made at all. The next plan takes them up again. */
  readonly deferred: readonly { readonly quote: DesiredQuote; readonly reason: string }[];
  /** What of it can wait. Cancels that are in no change go at once. */
  readonly changes: readonly PlannedChange[];
}

/** A planned order with the wanted quote that it is a part of. */
interface DraftedOrder extends PlannedOrder {
  readonly for: DesiredQuote;
}

interface Draft {
  readonly cancels: PlannedCancel[];
  /** Cancels that make sense only with what takes their place. */
  readonly replaced: Map<ClientId, DesiredQuote>;
  readonly places: DraftedOrder[];
  readonly keeps: { clientId: ClientId; reason: string }[];
  readonly deferred: { quote: DesiredQuote; reason: string }[];
  /** Orders that will free what they hold: those whose cancel is asked for, now or before, and those it is not told of what they filled. */
  readonly leaving: Set<ClientId>;
}

/**
 * The fewest messages from what rests to what is wanted. An order keeps its place in the queue where its price and size may
 * stay; a part filled is topped up beside it; what must move is cancelled and replaced in the same step unless the new order
 * needs the old one's money or could trade with it, in which case it waits for the cancel.
 */
export function planQuotes(input: PlanInput): Plan {
  const draft: Draft = {
    cancels: [],
    replaced: new Map(),
    places: [],
    keeps: [],
    deferred: [],
    leaving: new Set(input.working.filter(isRestUntold).map(({ request }) => request.clientId)),
  };
  const live = input.working.filter((record) => mayBeLive(record.state));
  const groups = groupByQuote(input, live);
  const kept = new Map<DesiredQuote, OrderRecord[]>();
  for (const record of groups.unwanted) leave(input, draft, record, 'no quote is wanted on this side');
  for (const [quote, records] of groups.byQuote) kept.set(quote, keepOrMove(input, draft, quote, records));
  placeMissing(input, draft, kept, live);
  const { cancels, places, keeps, deferred } = draft;
  return { cancels, places, keeps, deferred, changes: changesOf(input, draft, live) };
}

/** Gathers for each quote the cancels that make room for it and the orders that are new. */
function changesOf(input: PlanInput, draft: Draft, live: readonly OrderRecord[]): PlannedChange[] {
  const changes: PlannedChange[] = [];
  for (const quote of input.desired) {
    const cancels = draft.cancels.filter(({ clientId }) => draft.replaced.get(clientId) === quote);
    const places = draft.places.filter((place) => place.for === quote);
    if (cancels.length + places.length === 0) continue;
    const waits = places.length === 0 && draft.deferred.some((one) => one.quote === quote);
    const tokens = waits ? 1 : places.length;
    const leaving = live.filter(({ request }) =>
      cancels.some(({ clientId }) => clientId === request.clientId),
    );
    changes.push({ quote, cancels, places, tokens, stake: stakeOf(input, quote, leaving, places) });
  }
  return changes;
}

/** Before its price sensitivity is known a quote is taken to earn a point on each share. */
const UNKNOWN_K_PER_PT = 1;
const MICRO_USD_PER_PT_SHARE = 10_000;
/** For how long a quote that is missing is reckoned to stand once it is there, before it has waited. */
const NEW_QUOTE_LASTS_MS = 10_000;

/**
 * What a change is worth: the price error times the size, for as long as setting it right lasts. How long that is nobody knows, but
 * where the old order stood right for long the new one will too, and where prices never rest a token is spent for a moment. So the
 * error is weighed with the age of the order (which is what an index policy for sources of different speed comes to: age times the
 * penalty at that age), and since age goes on while it waits, nothing waits for ever.
 */
function stakeOf(
  input: PlanInput,
  quote: DesiredQuote,
  leaving: readonly OrderRecord[],
  places: readonly PlannedOrder[],
): number {
  const k = input.worth?.kPerPt ?? UNKNOWN_K_PER_PT;
  let moved = 0;
  let stake = 0;
  for (const record of leaving) {
    const size = restingSize(record);
    moved += size;
    const error = (Math.abs(outwardPts(quote, yesPriceOf(record.request))) * size) / MICRO;
    stake += error * MICRO_USD_PER_PT_SHARE * ageMsOf(input, record);
  }
  const added = places.reduce((sum, { size }) => sum + size, 0) - moved;
  const waitedMs = input.waitsSinceMs === null ? 0 : input.nowMs - input.waitsSinceMs;
  return (stake + restingWorth(k, 0, added, 0) * (NEW_QUOTE_LASTS_MS + waitedMs)) / MS_PER_S;
}

const MS_PER_S = 1_000;

interface Groups {
  readonly byQuote: Map<DesiredQuote, OrderRecord[]>;
  readonly unwanted: OrderRecord[];
}

/** Gives every managed order to the wanted quote of its side that is nearest in price. */
function groupByQuote(input: PlanInput, live: readonly OrderRecord[]): Groups {
  const groups: Groups = { byQuote: new Map(), unwanted: [] };
  for (const quote of input.desired) groups.byQuote.set(quote, []);
  for (const record of live) {
    if (record.tags.purpose !== 'quote') continue;
    const quote = hangingQuote(input.desired, record) ?? nearestQuote(input.desired, record);
    if (quote === null) groups.unwanted.push(record);
    else groups.byQuote.get(quote)?.push(record);
  }
  return groups;
}

const hangingQuote = (desired: readonly DesiredQuote[], { request }: OrderRecord): DesiredQuote | null =>
  desired.find(({ hangs }) => hangs === request.clientId) ?? null;

function nearestQuote(desired: readonly DesiredQuote[], record: OrderRecord): DesiredQuote | null {
  const side = yesSideOf(record.request);
  const price = yesPriceOf(record.request);
  let nearest: DesiredQuote | null = null;
  for (const quote of desired) {
    if (quote.side !== side || quote.hangs !== undefined) continue;
    if (nearest === null || Math.abs(quote.price - price) < Math.abs(nearest.price - price)) nearest = quote;
  }
  return nearest;
}

/** Decides on every order of one quote; returns those that stay and count towards its size. */
function keepOrMove(
  input: PlanInput,
  draft: Draft,
  quote: DesiredQuote,
  records: readonly OrderRecord[],
): OrderRecord[] {
  const staying: OrderRecord[] = [];
  for (const record of records) {
    const verdict = judge(input, quote, record);
    if (verdict.move) {
      if (!verdict.isUrgent) draft.replaced.set(record.request.clientId, quote);
      leave(input, draft, record, verdict.reason);
    } else {
      staying.push(record);
      draft.keeps.push({ clientId: record.request.clientId, reason: verdict.reason });
    }
  }
  return dropExcess(input, draft, quote, staying);
}

/** Cancels orders, the last in the queue first, while more rests than wanted by the size threshold and more. */
function dropExcess(
  input: PlanInput,
  draft: Draft,
  quote: DesiredQuote,
  staying: readonly OrderRecord[],
): OrderRecord[] {
  const most = quote.size * (1 + input.rules.sizeThresholdPct / 100);
  const kept = [...staying];
  let total = sizeOf(kept);
  for (const record of [...staying].reverse()) {
    if (total <= most) break;
    const isAnswered = record.state === 'open' || record.state === 'partiallyFilled';
    if (!isAnswered || ageMsOf(input, record) < input.rules.minLifetimeMs) continue;
    kept.splice(kept.indexOf(record), 1);
    total -= countedSize(record);
    const index = draft.keeps.findIndex((keep) => keep.clientId === record.request.clientId);
    draft.keeps.splice(index, 1);
    leave(input, draft, record, 'more rests than is wanted');
  }
  return kept;
}

/** What an order on its way will put on the book, or what rests. */
const countedSize = (record: OrderRecord): number => restingSize(record);
const sizeOf = (records: readonly OrderRecord[]): number =>
  records.reduce((sum, record) => sum + countedSize(record), 0);

/** Takes an order off the book, unless a cancel is on its way already or it cannot be named yet. */
function leave(input: PlanInput, draft: Draft, record: OrderRecord, reason: string): void {
  const { clientId } = record.request;
  draft.leaving.add(clientId);
  if (record.orderId === null) {
    draft.keeps.push({ clientId, reason: `${reason}, but it is not signed yet` });
    return;
  }
  // An order and its cancel sent in parallel may arrive in either order, so only danger cancels what is not answered.
  const isAnswered = record.state !== 'inFlight';
  if (!isAnswered && !isDangerous(reason)) {
    draft.keeps.push({ clientId, reason: `${reason}, but it is not answered yet` });
    return;
  }
  const askedAtMs = record.cancelAskedAtMs;
  if (askedAtMs !== null && input.nowMs - askedAtMs < input.rules.cancelRetryMs) {
    draft.keeps.push({ clientId, reason: `${reason}, its cancel is on its way` });
    return;
  }
  draft.cancels.push({ clientId, orderId: record.orderId, reason });
}

function placeMissing(
  input: PlanInput,
  draft: Draft,
  kept: ReadonlyMap<DesiredQuote, readonly OrderRecord[]>,
  live: readonly OrderRecord[],
): void {
  const free: FreeFunds = { ...input.free };
  const onBook: OwnQuote[] = live.map(toOwnQuote);
  const hasUnknown = new Set(
    live.filter((record) => record.state === 'unknown').map((record) => yesSideOf(record.request)),
  );
  for (const [quote, records] of kept) {
    const missing = missingSize(input, quote, sizeOf(records));
    if (missing === 0 || quote.hangs !== undefined) continue;
    // A second order beside one that may exist would double what we risk.
    if (hasUnknown.has(quote.side))
      draft.deferred.push({ quote, reason: 'an order of unknown state is in its way' });
    else placeQuote(input, draft, quote, missing as Shares, free, onBook);
  }
}

const toOwnQuote = (record: OrderRecord): OwnQuote => ({
  clientId: record.request.clientId,
  side: yesSideOf(record.request),
  price: yesPriceOf(record.request),
  size: restingSize(record),
});

/** What to add to `resting`, or 0 where the difference may stay or is too small for an order. */
function missingSize(input: PlanInput, quote: DesiredQuote, resting: number): number {
  const missing = quote.size - resting;
  const isSmall = resting > 0 && missing <= quote.size * (input.rules.sizeThresholdPct / 100);
  return isSmall || missing < input.market.minOrderSize ? 0 : missing;
}

function placeQuote(
  input: PlanInput,
  draft: Draft,
  quote: DesiredQuote,
  missing: Shares,
  free: FreeFunds,
  onBook: OwnQuote[],
): void {
  const crossed = selfCross(onBook, quote.side, quote.price);
  if (crossed !== null) {
    draft.deferred.push({ quote, reason: `could trade with our own ${crossed}` });
    return;
  }
  const parts = allocate(input.market, quote, missing, free);
  const placed = parts.reduce((sum, part) => sum + part.size, 0);
  if (placed < missing && draft.leaving.size > 0) {
    draft.deferred.push({ quote, reason: 'needs what a cancel will free' });
    return;
  }
  if (parts.length === 0)
    draft.deferred.push({ quote, reason: 'neither tokens nor cash for the smallest order' });
  for (const part of parts) {
    draft.places.push({ ...part, for: quote });
    onBook.push({ clientId: 'planned' as ClientId, ...part.quote });
    if (part.side === 'SELL') free[part.outcome === 'YES' ? 'yes' : 'no'] -= part.size;
    else free.cash -= part.cost;
  }
}

/** Splits a list into batches of at most `size`, in order. The venue takes at most 15 orders in one request. */
export function inBatches<Item>(items: readonly Item[], size: number): Item[][] {
  const batches: Item[][] = [];
  for (let start = 0; start < items.length; start += size) batches.push(items.slice(start, start + size));
  return batches;
}
