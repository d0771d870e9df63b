import type { DirectionalNote } from '../../domain/directional.ts';
import type { ConditionId } from '../../domain/market.ts';
import type { ClientId, FillReport, OrderId, OrderRequest, OrderState } from '../../domain/order.ts';
import type { Usd } from '../../domain/units.ts';
import type { PlacedRow, QuoteDecision, SelectionDecision } from '../../kernel/decision.ts';
import type { Command, Input } from '../../kernel/messages.ts';
import {
  applyAnswers,
  applyCancelAnswered,
  applyCancelFailed,
  applyMatched,
  applyOpenOrdersRead,
  applyOrderRead,
  applyOrderSeen,
  applyPrepared,
  markCancelAsked,
  recoverOrders,
} from '../../orders/order-life.ts';
import { addApproved, allLiveOrders, createOrderTable, type OrderTable } from '../../orders/order-table.ts';
import type { OrderRecord } from '../../orders/types.ts';
import type { JournalEntry } from '../../ports/journal.ts';

/** Something that happened to an order, in plain words, with the state it left the order in. */
export interface StoryEvent {
  readonly atMs: number;
  readonly text: string;
  readonly state: OrderState;
}

/** A fill with the last that was heard of its trade. */
export interface StoryFill {
  readonly seenAtMs: number;
  readonly fill: FillReport;
}

/** The decision that an order comes from, with its row in it. */
export interface StoryDecision {
  readonly atMs: number;
  readonly seq: number;
  readonly why: QuoteDecision;
  readonly row: PlacedRow;
}

/** What directional trading told of an order: the signal that an entry is made on, or why an exit sells. */
export interface StoryNote {
  readonly atMs: number;
  readonly note: DirectionalOrderNote;
}

export type DirectionalOrderNote = Extract<DirectionalNote, { readonly clientId: ClientId }>;

/** All that a journal says of one order. */
export interface OrderStory {
  readonly runId: string;
  readonly clientId: ClientId;
  readonly conditionId: ConditionId;
  /** As the kernel's own rules leave it; null for an order that was decided and never given out. */
  readonly record: OrderRecord | null;
  readonly decision: StoryDecision | null;
  readonly directional: StoryNote | null;
  readonly events: StoryEvent[];
  readonly fills: Map<string, StoryFill>;
  /** Why it was last taken off the book. */
  cancelReason: string | null;
}

export interface StoryTeller {
  /** The newest entry's time. */
  readonly atMs: number;
  readonly runId: string;
  readonly stories: ReadonlyMap<ClientId, OrderStory>;
  tell(entry: JournalEntry): void;
  /** Ends the last step. Orders that were decided and are in no placement were never sent. */
  finish(): void;
  /** Forgets an order. */
  drop(clientId: ClientId): void;
}

/** The kinds of entry that say something of orders. */
export const STORY_KINDS: ReadonlySet<string> = new Set<(Input | Command)['kind']>([
  'runStarted',
  'ordersPrepared',
  'ordersAnswered',
  'orderSeen',
  'fill',
  'cancelAnswered',
  'cancelFailed',
  'openOrdersRead',
  'orderRead',
  'tradesRead',
  'decision',
  'directional',
  'place',
  'cancel',
  'cancelAll',
  'exit',
]);

/**
 * Follows orders through a journal, entry by entry, with the same rules of an order's life as the kernel's. `wants` chooses the
 * orders that are followed.
 */
export function createStoryTeller(
  wants: (clientId: ClientId, conditionId: ConditionId) => boolean,
): StoryTeller {
  const table = createOrderTable();
  const stories = new Map<ClientId, OrderStory>();
  const decided = new Map<
    ClientId,
    { readonly conditionId: ConditionId; readonly decision: StoryDecision }
  >();
  const noted = new Map<ClientId, { readonly conditionId: ConditionId; readonly directional: StoryNote }>();
  let runId = '';
  let nowMs = 0;

  const storyOf = (orderId: OrderId): OrderStory | undefined => {
    const clientId = table.byOrderId.get(orderId)?.request.clientId;
    return clientId === undefined ? undefined : stories.get(clientId);
  };
  const note = (story: OrderStory | undefined, text: string): void => {
    if (story === undefined) return;
    const state = story.record?.state ?? 'refused';
    story.events.push({ atMs: nowMs, text, state });
  };
  /** Runs a change and notes for every order whose state it moved what has happened. */
  const moving = (records: readonly OrderRecord[], change: () => void, text: string): void => {
    const before = records.map(({ state }) => state);
    change();
    for (const [index, record] of records.entries())
      if (record.state !== before[index]) note(stories.get(record.request.clientId), text);
  };
  const live = (): OrderRecord[] => allLiveOrders(table);
  const recordsOf = (orderIds: readonly OrderId[]): OrderRecord[] =>
    orderIds.flatMap((orderId) => table.byOrderId.get(orderId) ?? []);

  function begin(clientId: ClientId, conditionId: ConditionId, record: OrderRecord | null): OrderStory {
    const decision = decided.get(clientId)?.decision ?? null;
    const story: OrderStory = {
      runId,
      clientId,
      conditionId,
      record,
      decision,
      directional: noted.get(clientId)?.directional ?? null,
      events: [],
      fills: new Map(),
      cancelReason: null,
    };
    stories.set(clientId, story);
    return story;
  }

  function placed(requests: readonly OrderRequest[]): void {
    for (const request of requests) {
      const { clientId, conditionId } = request;
      if (!wants(clientId, conditionId) || table.byClientId.has(clientId)) continue;
      const level = decided.get(clientId)?.decision.row[1] ?? 0;
      const tags = { loop: '', purpose: 'quote', level } as const;
      const story = begin(clientId, conditionId, addApproved(table, request, tags, 0 as Usd, nowMs));
      note(story, 'approved by the gate and given out to be signed');
    }
  }

  function decide(seq: number, conditionId: ConditionId, why: QuoteDecision): void {
    for (const row of why.placed)
      if (wants(row[0], conditionId))
        decided.set(row[0], { conditionId, decision: { atMs: nowMs, seq, why, row } });
    for (const [clientId, , reason] of why.canceled) {
      const story = stories.get(clientId);
      if (story === undefined) continue;
      story.cancelReason = reason;
      note(story, `the planner takes it off the book: ${reason}`);
    }
    for (const [clientId, reason] of why.kept) keep(stories.get(clientId), reason);
  }

  function noteDirectional(note: DirectionalNote): void {
    if (note.of !== 'entry' && note.of !== 'exit') return;
    const conditionId = note.of === 'entry' ? note.signal.conditionId : note.conditionId;
    if (wants(note.clientId, conditionId))
      noted.set(note.clientId, { conditionId, directional: { atMs: nowMs, note } });
  }

  function keep(story: OrderStory | undefined, reason: string): void {
    const text = `the planner leaves it: ${reason}`;
    if (story?.events.findLast((event) => event.text.startsWith('the planner leaves it'))?.text !== text)
      note(story, text);
  }

  function takeFill(fill: FillReport): void {
    const record = table.byOrderId.get(fill.orderId);
    const story = storyOf(fill.orderId);
    if (record === undefined || story === undefined) return;
    const last = story.fills.get(fill.tradeId);
    if (last === undefined) applyMatched(table, record, fill.size, nowMs);
    if (last?.fill.status !== fill.status)
      note(story, last === undefined ? `fill ${fill.tradeId}` : `trade ${fill.tradeId} is ${fill.status}`);
    story.fills.set(fill.tradeId, { seenAtMs: last?.seenAtMs ?? nowMs, fill });
  }

  function input(body: Input): void {
    switch (body.kind) {
      case 'runStarted':
        runId = body.runId;
        moving(live(), () => recoverOrders(table, nowMs), `run ${runId} starts and takes it over`);
        return;
      case 'ordersPrepared':
        applyPrepared(
          table,
          body.orders.filter(([clientId]) => table.byClientId.has(clientId)),
          nowMs,
        );
        for (const [clientId] of body.orders) note(stories.get(clientId), 'signed, and sent to the venue');
        return;
      case 'ordersAnswered':
        applyAnswers(
          table,
          body.answers.filter(([clientId]) => table.byClientId.has(clientId)),
          nowMs,
        );
        for (const [clientId, answer] of body.answers) note(stories.get(clientId), answerText(answer));
        return;
      case 'orderSeen':
        applyOrderSeen(table, body.orderId, body.status, body.matchedSize, nowMs);
        note(storyOf(body.orderId), `seen on the user socket: ${body.status}`);
        return;
      case 'fill':
        takeFill(body.fill);
        return;
      case 'tradesRead':
        for (const fill of body.fills) takeFill(fill);
        return;
      case 'cancelAnswered':
        cancelAnswered(body);
        return;
      case 'cancelFailed': {
        const asked = askedFor(table, body.requested);
        applyCancelFailed(table, asked, `${body.code}: ${body.text}`, nowMs);
        for (const orderId of asked) note(storyOf(orderId), `its cancel failed: ${body.text}`);
        return;
      }
      case 'openOrdersRead':
        moving(
          live(),
          () => applyOpenOrdersRead(table, body.orders, body.askedAtMs, nowMs),
          'read in the list of live orders',
        );
        return;
      case 'orderRead':
        moving(
          recordsOf([body.orderId]),
          () => applyOrderRead(table, body.orderId, body.order, body.askedAtMs, nowMs),
          `looked up: ${body.order === null ? 'the venue has no such order' : body.order.status}`,
        );
        return;
    }
  }

  function cancelAnswered(body: Extract<Input, { kind: 'cancelAnswered' }>): void {
    const asked = askedFor(table, body.requested);
    applyCancelAnswered(table, asked, body.canceled, body.notCanceled, nowMs);
    for (const orderId of body.canceled) note(storyOf(orderId), 'the venue has cancelled it');
    for (const [orderId, reason] of body.notCanceled)
      note(storyOf(orderId), `the venue did not cancel it: ${reason}`);
  }

  function output(seq: number, body: Command): void {
    switch (body.kind) {
      case 'decision':
        if (body.conditionId !== null) decide(seq, body.conditionId, body.why as QuoteDecision);
        return;
      case 'directional':
        noteDirectional(body.note);
        return;
      case 'place':
        placed(body.orders.map(({ request }) => request));
        return;
      case 'cancel':
        for (const orderId of body.orderIds) askCancel(storyOf(orderId), body.reason);
        markCancelAsked(table, body.orderIds, nowMs);
        return;
      case 'cancelAll': {
        const named = live().flatMap(({ orderId }) => orderId ?? []);
        for (const orderId of named) askCancel(storyOf(orderId), body.reason);
        markCancelAsked(table, named, nowMs);
      }
    }
  }

  function askCancel(story: OrderStory | undefined, reason: string): void {
    if (story === undefined) return;
    // Replaced orders share one cancel, and the planner has said of each why it goes.
    if (reason !== 'replaced' || story.cancelReason === null) story.cancelReason = reason;
    note(story, `cancel asked for: ${story.cancelReason}`);
  }

  function finish(): void {
    for (const [clientId, { conditionId }] of [...decided, ...noted])
      if (!stories.has(clientId))
        note(begin(clientId, conditionId, null), 'decided, and given up before it was signed');
    decided.clear();
    noted.clear();
  }

  return {
    get atMs() {
      return nowMs;
    },
    get runId() {
      return runId;
    },
    stories,
    tell(entry) {
      nowMs = Math.max(nowMs, entry.atMs);
      if (entry.dir === 'in') {
        finish();
        input(entry.body as Input);
      } else output(entry.seq, entry.body as Command);
    },
    finish,
    drop(clientId) {
      const record = stories.get(clientId)?.record ?? null;
      stories.delete(clientId);
      table.byClientId.delete(clientId);
      if (record?.orderId != null) table.byOrderId.delete(record.orderId);
    },
  };
}

/** A cancel of everything names no orders and stands for all whose cancel is not confirmed yet, as in the kernel. */
const askedFor = (table: OrderTable, requested: readonly OrderId[]): readonly OrderId[] =>
  requested.length > 0
    ? requested
    : allLiveOrders(table).flatMap(({ orderId, state }) =>
        orderId !== null && state === 'cancelInFlight' ? [orderId] : [],
      );

function answerText(answer: Extract<Input, { kind: 'ordersAnswered' }>['answers'][number][1]): string {
  switch (answer.result) {
    case 'rejected':
      return `the venue rejects it (${answer.code}): ${answer.text}`;
    case 'unknown':
      return `the venue's answer is lost (${answer.code}): ${answer.text}`;
    case 'notSent':
      return `not sent: ${answer.text}`;
    case 'live':
      return 'the venue answers: it rests on the book';
    default:
      return `the venue answers: ${answer.result}`;
  }
}

export const isSelection = (why: QuoteDecision | SelectionDecision): why is SelectionDecision =>
  'quoted' in why;
