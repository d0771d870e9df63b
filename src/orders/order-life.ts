import {
  type ClientId,
  GTD_EARLY_S,
  isImmediate,
  isTerminal,
  mayBeLive,
  type OrderAnswer,
  type OrderId,
  type VenueOrder,
} from '../domain/order.ts';
import type { Shares } from '../domain/units.ts';
import { isRestUntold } from './order-size.ts';
import {
  allLiveOrders,
  indexOrder,
  type OrderTable,
  setDoubt,
  setRestUntold,
  setState,
} from './order-table.ts';
import { nextState, type OrderEvent } from './order-transitions.ts';
import type { OrderRecord } from './types.ts';

/**
 * A list of live orders can be this much older than the moment it was asked at: the venue's reads trail its matching.
 * Orders and state changes younger than that are not judged by it.
 */
export const LIST_MARGIN_MS = 2_000;

/**
 * A placement whose answer was lost may still be on its way when a read says that there is no such order. Absence counts as
 * proof only when the read was asked this long after the transmission; a request is given up long before.
 */
export const ABSENCE_PROOF_AFTER_MS = 20_000;

/**
 * A cancel's answer and the frames of the user socket come by two roads, and a fill that hit the order on its way out may be the
 * later of them. The socket trails by some ten milliseconds; after this long nothing is taken to be coming that way.
 */
export const REST_TOLD_WITHIN_MS = 1_000;

/** Moves one order by one event. Returns whether its state changed; events after the end are counted and change nothing. */
export function advance(
  table: OrderTable,
  record: OrderRecord,
  event: OrderEvent,
  text: string,
  atMs: number,
): boolean {
  if (isTerminal(record.state)) {
    table.counts.lateAfterTerminal += 1;
    return false;
  }
  const next = nextState(record.state, event, record.matched > 0 || record.venueMatched > 0);
  if (next === null) return false;
  if (text !== '') record.lastText = text;
  setState(table, record, next, atMs);
  return true;
}

/** The orders are signed: their ids are known, and from here on they may reach the venue. */
export function applyPrepared(
  table: OrderTable,
  orders: readonly (readonly [ClientId, OrderId])[],
  atMs: number,
): void {
  for (const [clientId, orderId] of orders) {
    const record = table.byClientId.get(clientId);
    if (record === undefined) {
      table.counts.forUnknownOrder += 1;
      continue;
    }
    record.orderId = orderId;
    record.inFlightAtMs = atMs;
    table.byOrderId.set(orderId, record);
    advance(table, record, 'prepared', '', atMs);
  }
}

/** The venue's answers to a placement, one for each order of the batch. */
export function applyAnswers(
  table: OrderTable,
  answers: readonly (readonly [ClientId, OrderAnswer])[],
  atMs: number,
): void {
  for (const [clientId, answer] of answers) {
    const record = table.byClientId.get(clientId);
    if (record === undefined) table.counts.forUnknownOrder += 1;
    else applyAnswer(table, record, answer, atMs);
  }
}

function applyAnswer(table: OrderTable, record: OrderRecord, answer: OrderAnswer, atMs: number): void {
  switch (answer.result) {
    case 'live':
      advance(table, record, 'answeredLive', '', atMs);
      return;
    case 'unmatched':
      // Accepted, found no counterparty: a resting kind rests, an immediate kind is over.
      advance(table, record, rests(record) ? 'answeredLive' : 'seenCanceled', 'unmatched', atMs);
      return;
    case 'matched':
      applyMatchedAnswer(table, record, atMs);
      return;
    case 'delayed':
      advance(table, record, 'answeredDelayed', '', atMs);
      return;
    case 'rejected':
      applyRejected(table, record, `${answer.code}: ${answer.text}`, atMs);
      return;
    case 'unknown':
      advance(table, record, 'answeredUnknown', `${answer.code}: ${answer.text}`, atMs);
      return;
    case 'notSent':
      advance(table, record, 'notSent', answer.text, atMs);
  }
}

/** `matched` does not say how much. Fill-or-kill is all; for the other kinds the order is read. */
function applyMatchedAnswer(table: OrderTable, record: OrderRecord, atMs: number): void {
  if (record.request.timeInForce === 'FOK') {
    noteVenueMatched(table, record, record.request.size);
    advance(table, record, 'filledWhole', '', atMs);
    return;
  }
  advance(table, record, 'answeredLive', '', atMs);
  if (!isTerminal(record.state)) setDoubt(table, record, 'matched at once, by an amount not told');
}

function applyRejected(table: OrderTable, record: OrderRecord, text: string, atMs: number): void {
  const seenAlready = record.matched > 0 || record.venueMatched > 0;
  if (!seenAlready && advance(table, record, 'answeredRejected', text, atMs)) return;
  if (isTerminal(record.state)) return;
  table.counts.contradictions += 1;
  setDoubt(table, record, `rejected after it was seen: ${text}`);
  record.lastText = text;
}

const rests = (record: OrderRecord): boolean => !isImmediate(record.request.timeInForce);

/** Raises what the venue is known to have matched; a smaller figure is an older one. */
function noteVenueMatched(table: OrderTable, record: OrderRecord, matched: Shares | null): void {
  if (matched === null || matched <= record.venueMatched) return;
  record.venueMatched = matched;
  indexOrder(table, record);
}

/** An order frame of the user socket. A frame about no order of ours is counted; the next list read finds it if it is live. */
export function applyOrderSeen(
  table: OrderTable,
  orderId: OrderId,
  status: VenueOrder['status'],
  matchedSize: Shares | null,
  atMs: number,
): void {
  const record = table.byOrderId.get(orderId);
  if (record === undefined) {
    table.counts[table.archive.has(orderId) ? 'lateAfterTerminal' : 'forUnknownOrder'] += 1;
    return;
  }
  noteVenueMatched(table, record, matchedSize);
  if (record.venueMatched >= record.request.size) advance(table, record, 'filledWhole', '', atMs);
  else applySeenStatus(table, record, status, atMs);
  settleRest(table, record, status, matchedSize);
}

/** The venue's last word on an order tells how much of it was matched. */
function settleRest(
  table: OrderTable,
  record: OrderRecord,
  status: VenueOrder['status'],
  matchedSize: Shares | null,
): void {
  if (!isRestUntold(record) || matchedSize === null) return;
  if (status === 'CANCELED' || record.venueMatched >= record.request.size) setRestUntold(table, record, null);
}

function applySeenStatus(
  table: OrderTable,
  record: OrderRecord,
  status: VenueOrder['status'],
  atMs: number,
): void {
  switch (status) {
    case 'LIVE':
    case 'UNMATCHED':
      advance(table, record, 'seenLive', '', atMs);
      settlePartial(table, record, atMs);
      return;
    case 'DELAYED':
      advance(table, record, 'seenDelayed', '', atMs);
      return;
    case 'MATCHED':
      advance(table, record, 'seenLive', '', atMs);
      settlePartial(table, record, atMs);
      // What an immediate order did not find is dropped by the venue; of a resting one it is not told whether its rest stands.
      if (!rests(record) && record.venueMatched > 0) endGone(table, record, 'its rest found nothing', atMs);
      else if (!isTerminal(record.state)) setDoubt(table, record, 'matched in part, rest not told');
      return;
    case 'CANCELED':
      endGone(table, record, 'canceled by the venue', atMs);
      return;
    case 'INVALID':
      advance(table, record, 'seenInvalid', 'invalid', atMs);
  }
}

function settlePartial(table: OrderTable, record: OrderRecord, atMs: number): void {
  if (record.venueMatched > 0 && record.state === 'open') advance(table, record, 'filledPart', '', atMs);
}

/** The order has left the book unfilled or partly filled: `expired` where its own time had come, else `canceled`. */
function endGone(table: OrderTable, record: OrderRecord, text: string, atMs: number): void {
  const { expirationS, timeInForce } = record.request;
  const expired = timeInForce === 'GTD' && expirationS > 0 && atMs >= (expirationS - GTD_EARLY_S) * 1_000;
  if (expired && !isTerminal(record.state)) {
    record.lastText = text;
    setState(table, record, 'expired', atMs);
  } else advance(table, record, 'readGone', text, atMs);
}

/** Notes that a cancel has been asked for, in whatever state the order is: unknown orders are cancelled too. */
export function markCancelAsked(table: OrderTable, orderIds: readonly OrderId[], atMs: number): void {
  for (const orderId of orderIds) {
    const record = table.byOrderId.get(orderId);
    if (record === undefined || !mayBeLive(record.state)) continue;
    record.cancelAskedAtMs = atMs;
    advance(table, record, 'cancelAsked', '', atMs);
  }
}

/**
 * The answer to a cancel. "Already matched" and "not found" prove nothing about what happened to the order, so those are
 * looked up. An order that was asked for and is named in neither list is looked up as well.
 */
export function applyCancelAnswered(
  table: OrderTable,
  requested: readonly OrderId[],
  canceled: readonly OrderId[],
  notCanceled: readonly (readonly [OrderId, string])[],
  atMs: number,
): void {
  const named = new Set<OrderId>(canceled);
  for (const orderId of canceled) {
    const record = table.byOrderId.get(orderId);
    if (record !== undefined && advance(table, record, 'cancelConfirmed', '', atMs))
      setRestUntold(table, record, atMs + REST_TOLD_WITHIN_MS);
  }
  for (const [orderId, reason] of notCanceled) {
    named.add(orderId);
    doubtCancel(table, orderId, `cancel refused: ${reason}`, 'cancelRefused', atMs);
  }
  for (const orderId of requested)
    if (!named.has(orderId)) doubtCancel(table, orderId, 'cancel not answered', 'cancelLost', atMs);
}

/** The cancel's answer was lost, or the venue could not take it: the orders may be live, and are cancelled again and read. */
export function applyCancelFailed(
  table: OrderTable,
  requested: readonly OrderId[],
  text: string,
  atMs: number,
): void {
  for (const orderId of requested) doubtCancel(table, orderId, `cancel failed: ${text}`, 'cancelLost', atMs);
}

function doubtCancel(
  table: OrderTable,
  orderId: OrderId,
  text: string,
  event: 'cancelRefused' | 'cancelLost',
  atMs: number,
): void {
  const record = table.byOrderId.get(orderId);
  if (record === undefined || isTerminal(record.state)) return;
  advance(table, record, event, text, atMs);
  setDoubt(table, record, text);
}

/**
 * Compares the venue's complete list of live orders, asked for at `askedAtMs`, with ours. Listed orders that we do not
 * know, or that had ended well before the list was asked for, are `orphans`: the caller cancels them. Orders of ours that
 * should be listed and are not become doubtful, and `takeLookUps` gives them out to be read.
 */
export function applyOpenOrdersRead(
  table: OrderTable,
  orders: readonly VenueOrder[],
  askedAtMs: number,
  atMs: number,
): { orphans: OrderId[] } {
  const orphans: OrderId[] = [];
  const listed = new Set<OrderId>();
  for (const order of orders) {
    listed.add(order.orderId);
    const record = table.byOrderId.get(order.orderId);
    const endedAtMs = record?.terminalAtMs ?? table.archive.get(order.orderId)?.terminalAtMs ?? null;
    if (endedAtMs !== null) {
      if (endedAtMs + LIST_MARGIN_MS < askedAtMs) orphans.push(order.orderId);
    } else if (record === undefined) orphans.push(order.orderId);
    else applyListed(table, record, order, askedAtMs, atMs);
  }
  for (const record of allLiveOrders(table)) doubtMissing(table, record, listed, askedAtMs);
  return { orphans };
}

function applyListed(
  table: OrderTable,
  record: OrderRecord,
  order: VenueOrder,
  askedAtMs: number,
  atMs: number,
): void {
  // What rests is what was signed; a listing that says otherwise is not ours to follow, but a person must hear of it.
  if (order.price !== record.request.price || order.side !== record.request.side)
    table.counts.contradictions += 1;
  noteVenueMatched(table, record, order.matchedSize);
  if (!isNewerThanCancel(record, askedAtMs)) return;
  advance(table, record, 'readLive', '', atMs);
  settlePartial(table, record, atMs);
  setDoubt(table, record, null);
}

/** A read that was asked before the cancel says nothing about the cancel. */
const isNewerThanCancel = (record: OrderRecord, askedAtMs: number): boolean =>
  record.cancelAskedAtMs === null || askedAtMs > record.cancelAskedAtMs + LIST_MARGIN_MS;

function doubtMissing(
  table: OrderTable,
  record: OrderRecord,
  listed: ReadonlySet<OrderId>,
  askedAtMs: number,
): void {
  if (record.orderId === null || record.doubt !== null || listed.has(record.orderId)) return;
  const sinceMs = Math.max(record.inFlightAtMs ?? record.approvedAtMs, record.cancelAskedAtMs ?? 0);
  if (sinceMs < askedAtMs - LIST_MARGIN_MS) setDoubt(table, record, 'missing from the list of live orders');
}

/**
 * What the venue says of one order. `null` means that it never had it, which is believed only for a read asked long
 * enough after the transmission; before that the order stays doubtful and is read again.
 */
export function applyOrderRead(
  table: OrderTable,
  orderId: OrderId,
  order: VenueOrder | null,
  askedAtMs: number,
  atMs: number,
): void {
  const record = table.byOrderId.get(orderId);
  if (record === undefined) return;
  if (isTerminal(record.state)) {
    if (isRestUntold(record) && order !== null) applyRestRead(table, record, order);
    return;
  }
  if (order === null) {
    applyAbsent(table, record, askedAtMs, atMs);
    return;
  }
  noteVenueMatched(table, record, order.matchedSize);
  if (record.venueMatched >= record.request.size) {
    advance(table, record, 'filledWhole', '', atMs);
    return;
  }
  if (order.status === 'LIVE' || order.status === 'UNMATCHED') {
    if (!isNewerThanCancel(record, askedAtMs)) return;
    advance(table, record, 'readLive', '', atMs);
    settlePartial(table, record, atMs);
    setDoubt(table, record, null);
  } else if (order.status === 'DELAYED') {
    advance(table, record, 'seenDelayed', '', atMs);
    setDoubt(table, record, null);
  } else if (order.status === 'INVALID') advance(table, record, 'seenInvalid', 'invalid', atMs);
  // MATCHED with a rest left over: an immediate order's rest is dropped by the venue, a resting one's was cancelled.
  else endGone(table, record, `read as ${order.status}`, atMs);
}

/** A read that shows the order ended tells how much of it was matched, whenever it was asked. */
function applyRestRead(table: OrderTable, record: OrderRecord, order: VenueOrder): void {
  noteVenueMatched(table, record, order.matchedSize);
  if (order.status === 'CANCELED' || order.status === 'MATCHED') setRestUntold(table, record, null);
}

function applyAbsent(table: OrderTable, record: OrderRecord, askedAtMs: number, atMs: number): void {
  const sentAtMs = record.inFlightAtMs ?? record.approvedAtMs;
  if (askedAtMs < sentAtMs + ABSENCE_PROOF_AFTER_MS) {
    setDoubt(table, record, record.doubt ?? 'absent so far');
    return;
  }
  const wasSeen = record.matched > 0 || record.venueMatched > 0;
  advance(table, record, wasSeen ? 'readGone' : 'readAbsent', 'the venue has no such order', atMs);
}

/**
 * Gives out doubtful orders that are due to be read (never read, or last read `everyMs` ago), at most `limit`, and notes
 * the time, so that the caller sends one `readOrder` for each.
 */
export function takeLookUps(table: OrderTable, nowMs: number, everyMs: number, limit: number): OrderId[] {
  const due: OrderId[] = [];
  for (const clientId of table.doubtful) {
    if (due.length >= limit) break;
    const record = table.byClientId.get(clientId);
    if (record === undefined || record.orderId === null || !mayBeLive(record.state)) continue;
    if (record.lookedUpAtMs !== null && nowMs - record.lookedUpAtMs < everyMs) continue;
    record.lookedUpAtMs = nowMs;
    due.push(record.orderId);
  }
  return due;
}

/**
 * After a restart: what was approved and never signed cannot have been sent and is refused; what was on its way, either to
 * the book or off it, is unknown; everything else is doubtful until a list or a read shows it.
 */
export function recoverOrders(table: OrderTable, atMs: number): void {
  for (const record of allLiveOrders(table)) {
    advance(table, record, 'restarted', 'restarted', atMs);
    if (!isTerminal(record.state)) setDoubt(table, record, record.doubt ?? 'restarted');
    record.lookedUpAtMs = null;
  }
}

/** Adds `size` to what our fills of the order come to. A fill that comes after a cancel counts like any other. */
export function applyMatched(table: OrderTable, record: OrderRecord, size: Shares, atMs: number): void {
  record.matched = (record.matched + size) as Shares;
  // A purchase stated in dollars gets more shares where it meets better prices.
  const mayExceed = record.request.side === 'BUY' && !rests(record);
  if (record.matched > record.request.size && !mayExceed) table.counts.contradictions += 1;
  if (!isTerminal(record.state))
    advance(table, record, record.matched >= record.request.size ? 'filledWhole' : 'filledPart', '', atMs);
  if (record.matched >= record.request.size) setRestUntold(table, record, null);
  indexOrder(table, record);
}
