import type { DirectionalExit, DirectionalSignal } from '../../domain/directional.ts';
import type { Side } from '../../domain/market.ts';
import { isTerminal, type OrderState } from '../../domain/order.ts';
import { MICRO, notional, POINT, type Shares, sharesToFloat } from '../../domain/units.ts';
import { yesPriceOf, yesSideOf } from '../../domain/yes-coordinates.ts';
import {
  type QuoteExplanation,
  ROW_UNITS_PER_PT,
  type StageRow,
} from '../../loops/market-making/explain-quote.ts';
import { figuresOf, meaningOf } from '../../risk/refusal.ts';
import type { OrderStory, StoryEvent } from './order-story.ts';

/** One level as it stood after a stage: YES points, shares, and who pays. */
export interface ShownLevel {
  readonly pts: number;
  readonly shares: number;
  readonly paidBy: 'undecided' | 'cash' | 'held shares' | 'held shares and cash';
}

/** What one stage did to the level that became the order. */
export interface ShownStage {
  readonly stage: string;
  readonly before: ShownLevel | null;
  readonly after: ShownLevel | null;
  readonly why: string;
}

/** Which step gave the order its price, and which its size. */
export interface Binding {
  readonly what: 'price' | 'size';
  readonly by: string;
  readonly why: string;
}

export interface ShownFill {
  readonly atMs: number;
  readonly tradeId: string;
  readonly pts: number;
  readonly shares: number;
  readonly role: string;
  readonly status: string;
  readonly transactionHash: string | null;
}

/** Why a directional order exists. */
export type DirectionalOrder =
  | { readonly role: 'entry'; readonly atMs: number; readonly signal: DirectionalSignal }
  | { readonly role: 'exit'; readonly atMs: number; readonly exit: DirectionalExit };

/** The whole chain of one order. Prices in points of the outcome, and in YES points where the name says so. */
export interface OrderExplanation {
  readonly kind: 'order';
  readonly runId: string;
  readonly clientId: string;
  readonly orderId: string | null;
  readonly conditionId: string;
  readonly order: {
    readonly side: Side;
    readonly outcome: string;
    readonly pts: number;
    readonly shares: number;
    readonly usd: number;
    readonly yesSide: Side;
    readonly yesPts: number;
    readonly level: number;
    readonly timeInForce: string;
    readonly postOnly: boolean;
  } | null;
  readonly decidedAtMs: number | null;
  /** What the loop saw, by name with units last. */
  readonly inputs: Readonly<Record<string, unknown>> | null;
  readonly engine: QuoteExplanation['engine'] | null;
  /** What directional trading told of it; null for any other order. */
  readonly directional: DirectionalOrder | null;
  readonly stages: readonly ShownStage[];
  readonly binding: readonly Binding[];
  readonly planner: {
    readonly reason: string;
    /** What else was decided for the market in the same look. */
    readonly canceled: readonly string[];
    readonly kept: readonly string[];
    readonly deferred: readonly string[];
  } | null;
  readonly gate: {
    readonly verdict: 'approved';
    readonly marketExposureUsd: number;
    readonly marketLimitUsd: number;
    readonly freeCashUsd: number;
    /** Quotes of the same look that it refused. */
    readonly refused: readonly string[];
  } | null;
  readonly life: readonly StoryEvent[];
  readonly fills: readonly ShownFill[];
  readonly state: OrderState;
  readonly end: { readonly atMs: number; readonly state: OrderState; readonly why: string } | null;
  /** Links of the chain that the journal does not hold. */
  readonly missing: readonly string[];
}

/** Puts the chain of one order together. `runsEnded` says whether the journal that was read is that of a run that has ended. */
export function explainOrder(story: OrderStory, isRunOver: boolean): OrderExplanation {
  const { record, decision } = story;
  const explanation = quoteExplanation(decision?.why.inputs);
  const stages = explanation === null || record === null ? [] : stagesOf(explanation.stages, story);
  const base = {
    kind: 'order' as const,
    runId: story.runId,
    clientId: story.clientId,
    orderId: record?.orderId ?? null,
    conditionId: story.conditionId,
    order: orderOf(story),
    decidedAtMs: decision?.atMs ?? story.directional?.atMs ?? null,
    inputs: explanation === null ? plainInputs(decision?.why.inputs) : allInputs(explanation),
    engine: explanation?.engine ?? null,
    directional: directionalOf(story),
    stages,
    binding: bindingOf(stages, story),
    planner: plannerOf(story),
    gate: gateOf(story),
    life: story.events,
    fills: fillsOf(story),
    state: record?.state ?? 'refused',
    end: endOf(story),
  };
  return { ...base, missing: missingOf(base, isRunOver) };
}

function directionalOf({ directional }: OrderStory): DirectionalOrder | null {
  if (directional === null) return null;
  const { atMs, note } = directional;
  return note.of === 'entry'
    ? { role: 'entry', atMs, signal: note.signal }
    : { role: 'exit', atMs, exit: note.exit };
}

/** A quote's explanation has stages; what a loop says of another kind of order is shown as it is. */
export function quoteExplanation(inputs: unknown): QuoteExplanation | null {
  return typeof inputs === 'object' && inputs !== null && 'stages' in inputs
    ? (inputs as QuoteExplanation)
    : null;
}

/** The inputs, with what the loop tells beside them (what it has measured, what a reward would pay) under names of their own. */
export function allInputs(explanation: QuoteExplanation): Record<string, unknown> {
  const { inputs, engine: _, stages: __, ...beside } = explanation;
  const all: Record<string, unknown> = { ...inputs };
  const add = (name: string, value: unknown): void => {
    if (typeof value === 'object' && value !== null)
      for (const [key, inner] of Object.entries(value)) add(`${name} ${key}`.trim(), inner);
    else if (value !== null && value !== undefined) all[name] = value;
  };
  for (const [group, value] of Object.entries(beside)) add(group === 'measured' ? '' : group, value);
  return all;
}

const plainInputs = (inputs: unknown): Readonly<Record<string, unknown>> | null =>
  inputs === null || inputs === undefined
    ? null
    : typeof inputs === 'object'
      ? { ...inputs }
      : { reason: inputs };

function orderOf({ record }: OrderStory): OrderExplanation['order'] {
  if (record === null) return null;
  const { side, outcome, price, size, timeInForce, postOnly } = record.request;
  return {
    side,
    outcome,
    pts: price / POINT,
    shares: sharesToFloat(size),
    usd: notional(price, size) / MICRO,
    yesSide: yesSideOf(record.request),
    yesPts: yesPriceOf(record.request) / POINT,
    level: record.tags.level,
    timeInForce,
    postOnly,
  };
}

const PAYERS = ['undecided', 'cash', 'held shares'] as const;

function stagesOf(rows: readonly StageRow[], { record }: OrderStory): ShownStage[] {
  if (record === null) return [];
  const isBid = yesSideOf(record.request) === 'BUY';
  let current: ShownLevel | null = null;
  return rows.map(([stage, why, bids, asks]) => {
    const before = current;
    const side = isBid ? bids : asks;
    if (side !== undefined) current = levelIn(side, record.tags.level);
    return { stage: plainStage(stage), before, after: current, why: plainFigures(why) };
  });
}

/** The level with this number, and whatever stands at its price: one order is made of all that, whoever pays. */
function levelIn(rows: readonly number[], level: number): ShownLevel | null {
  let pts: number | null = null;
  for (let at = 0; at < rows.length && pts === null; at += 4)
    if (rows[at] === level) pts = rows[at + 1] ?? null;
  if (pts === null) return null;
  let shares = 0;
  const payers = new Set<ShownLevel['paidBy']>();
  for (let at = 0; at < rows.length; at += 4) {
    if (rows[at + 1] !== pts) continue;
    shares += rows[at + 2] ?? 0;
    payers.add(PAYERS[rows[at + 3] ?? 0] ?? 'undecided');
  }
  const [payer = 'undecided'] = payers;
  return {
    pts: pts / ROW_UNITS_PER_PT,
    shares: sharesToFloat(shares as Shares),
    paidBy: payers.size > 1 ? 'held shares and cash' : payer,
  };
}

/** `applyVolWiden` as words: vol widen. */
const plainStage = (stage: string): string =>
  stage
    .replace(/^(apply|create)/, '')
    .replace(/([A-Z])/g, ' $1')
    .trim()
    .toLowerCase();

/** Reasons of stages name integers of the core; a person reads dollars, shares and points. */
export function plainFigures(text: string): string {
  const inUsd = (digits: string): string => (Number(digits) / MICRO).toFixed(2);
  if (text.startsWith('bids cost')) return text.replace(/\d+/g, inUsd).replace('micro-USD', 'USD');
  if (text.includes(' (1/10000 USD)'))
    return text
      .replace(' (1/10000 USD)', '')
      .replace(/(bid|ask) (\d+)/g, (_, side, digits) => `${side} ${Number(digits) / POINT} pts`);
  return text
    .replace(/(\d+) micro-shares/g, (_, digits) => `${Number(digits) / MICRO} shares`)
    .replace(/(\d+) micro-USD/g, (_, digits) => `${inUsd(digits)} USD`)
    .replace(/(\d+)\/10000/g, (_, digits) => `${Number(digits) / POINT} pts`);
}

const GRID_STAGE = 'quantize to tick';

/**
 * Who gave the order its price and its size: the last stage that moved or cut the level, putting it on the grid aside, or the
 * engine and the quote size where none did; for the size also the planner, where it asked for less than the stages left.
 */
function bindingOf(stages: readonly ShownStage[], { record, decision }: OrderStory): Binding[] {
  const last = stages.at(-1)?.after ?? null;
  if (record === null || last === null) return [];
  const changed = (what: 'pts' | 'shares'): ShownStage | undefined =>
    stages.findLast(
      ({ stage, before, after }) =>
        before !== null && after !== null && before[what] !== after[what] && stage !== GRID_STAGE,
    );
  const base = stages.find(({ before, after }) => before === null && after !== null);
  const pricing = changed('pts') ?? base;
  const grid = stages.find(({ stage }) => stage === GRID_STAGE);
  const onGrid = grid?.before?.pts === grid?.after?.pts ? '' : ', and put on the grid';
  const sizing = changed('shares');
  const price: Binding = {
    what: 'price',
    by: pricing === base ? 'engine' : (pricing?.stage ?? ''),
    why: `${(pricing?.why ?? '').replace(/^engine /, '')}${onGrid}`,
  };
  if (sharesToFloat(record.request.size) < last.shares) {
    const why = `of ${last.shares} shares wanted there, the others rest already or are paid another way; this one ${decision?.row[2] ?? ''}`;
    return [price, { what: 'size', by: 'planner', why }];
  }
  return [
    price,
    sizing === undefined
      ? { what: 'size', by: 'quote size', why: 'no stage cut it' }
      : { what: 'size', by: sizing.stage, why: sizing.why },
  ];
}

function plannerOf({ decision }: OrderStory): OrderExplanation['planner'] {
  if (decision === null) return null;
  const { why, row } = decision;
  return {
    reason: row[2],
    canceled: why.canceled.map(([clientId, , reason]) => `${clientId}: ${reason}`),
    kept: why.kept.map(([clientId, reason]) => `${clientId}: ${reason}`),
    deferred: why.deferred.map(
      ([side, price, size, , reason]) =>
        `${side === 'BUY' ? 'bid' : 'ask'} ${price / POINT} pts x ${sharesToFloat(size)}: ${reason}`,
    ),
  };
}

function gateOf({ decision }: OrderStory): OrderExplanation['gate'] {
  if (decision === null) return null;
  const [, , , exposure, limit, freeCash] = decision.row;
  return {
    verdict: 'approved',
    marketExposureUsd: exposure / MICRO,
    marketLimitUsd: limit / MICRO,
    freeCashUsd: freeCash / MICRO,
    refused: decision.why.refused.map(refusedText),
  };
}

/** A refusal with code, limit and value, in the units of what it limits, and the setting that moves the limit. */
export function refusedText(refusal: NonNullable<OrderStory['decision']>['why']['refused'][number]): string {
  const { refused, value, limit, text, side, outcome, price, size } = refusal;
  const figures = figuresOf(refused, value, limit);
  const setting = meaningOf(refused)?.setting ?? null;
  const because = `${refused}${figures === null ? '' : ` (${figures})`}, ${plainFigures(text)}`;
  return `${side} ${outcome} ${price / POINT} pts x ${sharesToFloat(size)}: ${because}${setting === null ? '' : `; set by ${setting}`}`;
}

const fillsOf = ({ fills }: OrderStory): ShownFill[] =>
  [...fills.values()].map(({ seenAtMs, fill }) => ({
    atMs: seenAtMs,
    tradeId: fill.tradeId,
    pts: fill.price / POINT,
    shares: sharesToFloat(fill.size),
    role: fill.role,
    status: fill.status,
    transactionHash: fill.transactionHash,
  }));

function endOf({ record, events, cancelReason }: OrderStory): OrderExplanation['end'] {
  const ended = events.find(({ state }) => isTerminal(state));
  if (record === null)
    return {
      atMs: events[0]?.atMs ?? 0,
      state: 'refused',
      why: 'the loop broke in the same step, so it was never sent',
    };
  if (!isTerminal(record.state)) return null;
  const atMs = record.terminalAtMs ?? ended?.atMs ?? 0;
  return {
    atMs,
    state: record.state,
    why: endReason(record.state, record.lastText, cancelReason, ended?.text),
  };
}

function endReason(
  state: OrderState,
  lastText: string,
  cancelReason: string | null,
  eventText: string | undefined,
): string {
  switch (state) {
    case 'filled':
      return 'all of it was matched';
    case 'canceled':
      return cancelReason ?? (lastText === '' ? (eventText ?? '') : lastText);
    case 'expired':
      return 'its time was over';
    default:
      return lastText === '' ? (eventText ?? '') : lastText;
  }
}

/** What a complete chain has to hold. An order of a run that goes on, or was killed, may have no end yet. */
function missingOf(order: Omit<OrderExplanation, 'missing'>, isRunOver: boolean): string[] {
  const missing: string[] = [];
  // No planner has a say in directional orders; what they are for is told with their signal, or their exit.
  const isDirectional = order.directional !== null;
  if (order.inputs === null && !isDirectional) missing.push('inputs');
  if (order.engine !== null && order.order !== null && order.stages.every(({ after }) => after === null))
    missing.push('stages');
  if (order.planner === null && !isDirectional) missing.push('planner');
  if (order.gate === null && !isDirectional) missing.push('gate');
  if (order.life.length === 0) missing.push('life');
  if (order.end === null && isRunOver) missing.push('end');
  if (order.end !== null && order.end.why === '') missing.push('reason of the end');
  return missing;
}
