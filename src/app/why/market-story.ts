import type { ConditionId, Market, Outcome } from '../../domain/market.ts';
import { mayBeLive, type OrderState } from '../../domain/order.ts';
import { winnerOf } from '../../domain/resolution.ts';
import { POINT, sharesToFloat } from '../../domain/units.ts';
import { yesPriceOf, yesSideOf } from '../../domain/yes-coordinates.ts';
import type { QuoteDecision, SelectionDecision } from '../../kernel/decision.ts';
import type { Command, Input } from '../../kernel/messages.ts';
import type { JournalEntry } from '../../ports/journal.ts';
import { allInputs, plainFigures, quoteExplanation, refusedText } from './explain-order.ts';
import { createStoryTeller, isSelection, type OrderStory, STORY_KINDS } from './order-story.ts';

export interface TimedText {
  readonly atMs: number;
  readonly text: string;
}

/** A live order of the market in YES coordinates. */
export interface ShownQuote {
  readonly clientId: string;
  readonly orderId: string | null;
  readonly yesSide: 'BUY' | 'SELL';
  readonly yesPts: number;
  readonly shares: number;
  readonly state: OrderState;
  readonly sinceMs: number;
  readonly keptBecause: string | null;
}

/** Why a market is quoted as it is, or why it is not. */
export interface MarketExplanation {
  readonly kind: 'market';
  readonly runId: string;
  readonly conditionId: string;
  readonly slug: string;
  readonly question: string;
  /** The last entry that was read. */
  readonly asOfMs: number;
  readonly isQuoted: boolean;
  /** Why there are no quotes, from the strongest reason to the weakest; empty where it is quoted. */
  readonly notQuotedBecause: readonly TimedText[];
  /** What the scanner last said of it; null before it has said anything. */
  readonly selection: (TimedText & { readonly isChosen: boolean }) | null;
  /** What a model last said of it; null before it has said anything. */
  readonly scored: TimedText | null;
  readonly tradingState: TimedText | null;
  /** The last decision about its quotes. */
  readonly decision: {
    readonly atMs: number;
    readonly inputs: Readonly<Record<string, unknown>> | null;
    readonly engine: ReturnType<typeof engineOf>;
    readonly stages: readonly { readonly stage: string; readonly why: string }[];
    readonly deferred: readonly string[];
    readonly refused: readonly string[];
  } | null;
  readonly quotes: readonly ShownQuote[];
}

/** Kinds of entry that say something of a market's quotes. */
export const MARKET_KINDS: ReadonlySet<string> = new Set([
  ...STORY_KINDS,
  'notify',
  'marketResolved',
  'resolutionsRead',
  'unwatch',
]);

export interface MarketTeller {
  tell(entry: JournalEntry): void;
  explain(): MarketExplanation;
}

/** Follows one market through a journal. */
export function createMarketTeller(market: Pick<Market, 'conditionId' | 'slug' | 'question'>): MarketTeller {
  const { conditionId, slug, question } = market;
  const orders = createStoryTeller((_, of) => of === conditionId);
  let selection: MarketExplanation['selection'] = null;
  let scored: TimedText | null = null;
  let decision: { atMs: number; why: QuoteDecision } | null = null;
  let tradingState: TimedText | null = null;
  let fault: TimedText | null = null;
  let resolved: TimedText | null = null;

  function output(body: Command, atMs: number): void {
    if (body.kind === 'notify') {
      if (body.text.startsWith('trading state: '))
        tradingState = { atMs, text: body.text.replace(/^trading state: \w+ to /, '') };
      else if (/^loop \S+ is faulted/.test(body.text)) fault = { atMs, text: firstLine(body.text) };
    } else if (body.kind === 'decision') {
      const { why } = body;
      if (isSelection(why)) {
        selection = selectionOf(why, conditionId, atMs) ?? selection;
        scored = scoreOf(why, conditionId, atMs) ?? scored;
      }
      // What an arbitrage took or left says nothing of the quotes.
      else if (body.conditionId === conditionId && isOfQuotes(why)) decision = { atMs, why };
    }
  }

  function input(body: Input, atMs: number): void {
    if (body.kind === 'runStarted') {
      selection = null;
      scored = null;
      decision = null;
      fault = null;
      tradingState = { atMs, text: 'starting (the run has just begun)' };
    } else if (body.kind === 'marketResolved' && body.conditionId === conditionId)
      resolved = { atMs, text: `it has resolved: ${outcomeText(body.winner)}` };
    else if (body.kind === 'resolutionsRead') resolved = paidOut(body, conditionId, atMs) ?? resolved;
  }

  function explain(): MarketExplanation {
    orders.finish();
    const live = [...orders.stories.values()].filter(
      ({ record }) => record !== null && mayBeLive(record.state),
    );
    const reasons = [
      resolved,
      fault,
      stateReason(tradingState),
      selectionReason(selection, scored),
      ...ofDecision(decision),
    ];
    const isQuoted = live.length > 0;
    return {
      kind: 'market',
      runId: orders.runId,
      conditionId,
      slug,
      question,
      asOfMs: orders.atMs,
      isQuoted,
      notQuotedBecause: isQuoted ? [] : withFallback(reasons, orders.atMs),
      selection,
      scored,
      tradingState,
      decision: decision === null ? null : shownDecision(decision.atMs, decision.why),
      quotes: live.flatMap(shownQuote),
    };
  }

  return {
    tell(entry) {
      orders.tell(entry);
      if (entry.dir === 'in') input(entry.body as Input, entry.atMs);
      else output(entry.body as Command, entry.atMs);
    },
    explain,
  };
}

const isOfQuotes = ({ inputs, notQuoted }: QuoteDecision): boolean =>
  quoteExplanation(inputs) !== null || (inputs === null && notQuoted !== null);

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';
/** What the oracle has reported to the chain, where a read showed it. */
function paidOut(
  { resolutions }: Extract<Input, { kind: 'resolutionsRead' }>,
  conditionId: string,
  atMs: number,
): TimedText | null {
  const payouts = resolutions.find((one) => one.conditionId === conditionId)?.payouts ?? null;
  const winner = payouts === null ? undefined : winnerOf(payouts);
  return winner === undefined ? null : { atMs, text: `it has resolved: ${outcomeText(winner)}` };
}

const outcomeText = (winner: Outcome | null): string =>
  winner === null ? 'void, both outcomes pay a half' : `${winner} has won`;

function selectionOf(
  why: {
    readonly quoted: readonly string[];
    readonly excluded: readonly (readonly [string, readonly string[]])[];
  },
  conditionId: ConditionId,
  atMs: number,
): MarketExplanation['selection'] {
  if (why.quoted.includes(conditionId)) return { atMs, text: 'chosen to be quoted', isChosen: true };
  for (const [text, ids] of why.excluded)
    if (ids.includes(conditionId)) return { atMs, text, isChosen: false };
  return null;
}

function scoreOf(
  { scored = [] }: SelectionDecision,
  conditionId: ConditionId,
  atMs: number,
): TimedText | null {
  const row = scored.find(([id]) => id === conditionId);
  if (row === undefined) return null;
  const [, of10, flags, note] = row;
  const told = [`scored ${of10} of 10`, ...flags].join(', ');
  return { atMs, text: note === '' ? told : `${told}: "${note}"` };
}

const stateReason = (state: TimedText | null): TimedText | null => {
  const mode = state?.text.split(' ', 1)[0];
  return state === null || mode === 'active' || mode === 'reducing'
    ? null
    : { atMs: state.atMs, text: `trading state is ${state.text}` };
};

/** Where a score is the reason, with what was said. */
function selectionReason(
  selection: MarketExplanation['selection'],
  scored: TimedText | null,
): TimedText | null {
  if (selection === null || selection.isChosen) return null;
  const { atMs, text } = selection;
  const said = scored !== null && /^(scored|flagged)/.test(text) ? ` (${scored.text})` : '';
  return { atMs, text: `the scanner leaves it out: ${text}${said}` };
}

function ofDecision(decision: { atMs: number; why: QuoteDecision } | null): TimedText[] {
  if (decision === null) return [];
  const { atMs, why } = decision;
  const texts = [
    ...(why.notQuoted === null ? [] : [why.notQuoted]),
    ...why.deferred.map((row) => `the planner waits: ${row[4]}`),
    ...why.refused.map((refusal) => `the gate refuses: ${refusedText(refusal)}`),
    ...(why.notQuoted === null
      ? why.canceled.map(([, , reason]) => `its quotes were taken off: ${reason}`)
      : []),
  ];
  return [...new Set(texts)].map((text) => ({ atMs, text }));
}

function withFallback(reasons: readonly (TimedText | null)[], atMs: number): TimedText[] {
  const found = reasons.filter((reason) => reason !== null);
  return found.length > 0 ? found : [{ atMs, text: 'no loop has looked at it in this run yet' }];
}

const engineOf = (why: QuoteDecision) => quoteExplanation(why.inputs)?.engine ?? null;

function shownDecision(atMs: number, why: QuoteDecision): NonNullable<MarketExplanation['decision']> {
  const explanation = quoteExplanation(why.inputs);
  return {
    atMs,
    inputs: explanation === null ? null : allInputs(explanation),
    engine: engineOf(why),
    stages: (explanation?.stages ?? []).map(([stage, text]) => ({ stage, why: plainFigures(text) })),
    deferred: why.deferred.map(
      ([side, price, size, , reason]) =>
        `${side === 'BUY' ? 'bid' : 'ask'} ${price / POINT} pts x ${sharesToFloat(size)}: ${reason}`,
    ),
    refused: why.refused.map(refusedText),
  };
}

function shownQuote({ record, clientId, events }: OrderStory): ShownQuote[] {
  if (record === null) return [];
  const kept = events.findLast(({ text }) => text.startsWith('the planner leaves it: '));
  return [
    {
      clientId,
      orderId: record.orderId,
      yesSide: yesSideOf(record.request),
      yesPts: yesPriceOf(record.request) / POINT,
      shares: sharesToFloat(record.request.size) - sharesToFloat(record.matched),
      state: record.state,
      sinceMs: record.approvedAtMs,
      keptBecause: kept?.text.slice('the planner leaves it: '.length) ?? null,
    },
  ];
}
