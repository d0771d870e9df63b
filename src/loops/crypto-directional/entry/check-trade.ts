import { noteFailure, noteSuccess } from '../../../ai/asking-trouble.ts';
import { askBeforeTrade, type ProposedTrade, readTradeCheck } from '../../../ai/trade-check.ts';
import type { ClassifiedPayoff } from '../../../crypto/questions/payoff.ts';
import type { DirectionalPosition } from '../../../domain/directional.ts';
import { heldShares } from '../../../domain/directional.ts';
import { formatShares, formatUsd, MICRO, POINT } from '../../../domain/units.ts';
import { utcText } from '../../../domain/utc-text.ts';
import { coinExposureNow, equityNow, exposureNow } from '../../../kernel/account-risk.ts';
import { answerTo } from '../../../kernel/answer-to.ts';
import { directionalPositions } from '../../../kernel/directional.ts';
import type { Intent } from '../../../kernel/loop.ts';
import type { KernelState } from '../../../kernel/state.ts';
import type { EntryMemory, PendingTrade } from './entry-memory.ts';
import type { Judgement } from './judge-market.ts';

/** A trade whose answer has not come by then is not made. */
const ANSWER_WAIT_MS = 45_000;
/** The kernel keeps the latest eight answers of all loops; so many questions of ours leave room for the others. */
const MOST_ASKED_AT_ONCE = 3;
const MOST_TOKENS = 300;
const MOST_VALIDATION_CHARACTERS = 400;
const HOUR_MS = 3_600_000;

export type CheckEnd =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'approved'; readonly aiValidation: string }
  | { readonly kind: 'rejected'; readonly aiValidation: string; readonly notices: readonly Intent[] };

const bounded = (text: string): string => text.slice(0, MOST_VALIDATION_CHARACTERS);

/** Whether one more question may be asked now: `rests` after a failure says why not, and then no trade is made at all. */
export function mayAskAboutTrade(
  state: KernelState,
  { trades, trouble }: EntryMemory,
): 'now' | 'later' | { readonly rests: string } {
  if (state.nowMs < trouble.untilMs)
    return { rests: bounded(`not asked: asking fails (${trouble.because ?? 'no reason given'})`) };
  const asked = [...trades.values()].filter(({ stage }) => stage === 'asked').length;
  return asked < MOST_ASKED_AT_ONCE ? 'now' : 'later';
}

/**
 * Puts one trade to a model, and notes that it was. The label has the millisecond in it: who writes the text of a market cannot know it, so a
 * model that copies a yes from there names no trade of ours.
 */
export function askAboutTrade(
  state: KernelState,
  memory: EntryMemory,
  trade: PendingTrade,
  judgement: Judgement,
): Intent[] {
  const number = memory.nextQuestion;
  memory.nextQuestion += 1;
  const label = `t${number}-${state.nowMs.toString(36)}`;
  const question = { key: `entry-${number}`, label, askedAtMs: state.nowMs };
  const proposed = proposedTrade(state, question.label, trade, judgement);
  if (proposed === null) return [];
  trade.stage = 'asked';
  trade.question = question;
  return [
    {
      kind: 'ask',
      key: question.key,
      tier: 'haiku',
      ...askBeforeTrade(proposed),
      maxTokens: MOST_TOKENS,
    },
  ];
}

/** What became of the question about a trade. Only a yes that names this very trade lets it through; everything else is a no. */
export function takeCheck(state: KernelState, { trouble }: EntryMemory, trade: PendingTrade): CheckEnd {
  const { question, signal } = trade;
  if (question === null) return { kind: 'rejected', aiValidation: 'no answer: not asked', notices: [] };
  const answer = answerTo(state, question, ANSWER_WAIT_MS);
  switch (answer.kind) {
    case 'waiting':
      return { kind: 'waiting' };
    case 'lost': {
      if (answer.isOfEarlierRun)
        return { kind: 'rejected', aiValidation: 'no answer: an earlier run had asked', notices: [] };
      const because = 'none came in time';
      const isNew = noteFailure(trouble, because, state.nowMs);
      return failed(because, isNew);
    }
    case 'askFailed': {
      const because = `${answer.code}: ${answer.text}`;
      return failed(because, noteFailure(trouble, because.slice(0, 200), state.nowMs, answer));
    }
    case 'answered': {
      const wasFailing = noteSuccess(trouble);
      const named = { label: question.label, outcome: signal.outcome ?? 'YES', priceCents: centsOf(trade) };
      const check = readTradeCheck(answer.text, named);
      if (check.verdict === 'approved')
        return {
          kind: 'approved',
          aiValidation: bounded(`approved (${check.confidence}): ${check.reason}`),
        };
      const notices: Intent[] = wasFailing
        ? [{ kind: 'notify', level: 'note', text: 'the check before entries works again' }]
        : [];
      const word =
        check.verdict === 'noAnswer' ? 'no answer' : `rejected (${check.confidence ?? 'no confidence'})`;
      return { kind: 'rejected', aiValidation: bounded(`${word}: ${check.reason}`), notices };
    }
  }
}

function failed(because: string, isNew: boolean): CheckEnd {
  const text = `the check before entries fails: ${because}; without an answer nothing is entered`;
  const notices: Intent[] = isNew ? [{ kind: 'notify', level: 'warning', text: bounded(text) }] : [];
  return { kind: 'rejected', aiValidation: bounded(`no answer: ${because}`), notices };
}

const centsOf = ({ signal }: PendingTrade): number => (signal.price ?? 0) / POINT;

function proposedTrade(
  state: KernelState,
  label: string,
  trade: PendingTrade,
  { slot, payoff, price }: Judgement,
): ProposedTrade | null {
  const { signal } = trade;
  const { outcome, probability, edgePts, endAtMs } = signal;
  if (price === null || outcome === null || probability === null || edgePts === null || endAtMs === null)
    return null;
  const exposure = exposureNow(state);
  const part = (of: number, all: number): number => (all > 0 ? (100 * of) / all : 0);
  return {
    label,
    question: slot.market.question,
    description: slot.market.description,
    coin: payoff.coin,
    payoff: payoffText(payoff),
    outcome,
    priceCents: centsOf(trade),
    modelProbability: probability,
    edgePts,
    stakeUsd: signal.stake / MICRO,
    hoursToEnd: (endAtMs - state.nowMs) / HOUR_MS,
    spotUsd: price.spotUsd,
    strikeAwayPct: price.strikeAway?.pct ?? null,
    strikeAwaySd: price.strikeAway?.sd ?? null,
    dailyVolatilityPct: 100 * price.dailyVolatility,
    regime: price.regime,
    openPositions: directionalPositions(state).map(positionText),
    exposurePct: part(exposure, equityNow(state)),
    sameCoinPct: part(coinExposureNow(state, payoff.coin), exposure),
  };
}

/** What a market pays on, in our own words: `close above 100000 at 2026-11-30T17:00:00Z`. */
function payoffText({ kind, direction, strikesUsd, window }: ClassifiedPayoff): string {
  const side = direction === null || kind === 'up-or-down' ? '' : ` ${direction}`;
  const strikes = strikesUsd.length === 0 ? '' : ` ${strikesUsd.join(' and ')}`;
  const end = window.endAtMs === null ? '' : ` at ${utcText(window.endAtMs)}`;
  return `${kind}${side}${strikes}${kind === 'one-touch' ? end.replace(' at ', ' by ') : end}`;
}

function positionText(position: DirectionalPosition): string {
  const { outcome, coin, kind, direction, strikesUsd, paid } = position;
  const held = heldShares(position);
  const what = [outcome, coin, kind, direction, strikesUsd.join(' and ')].filter((word) => word).join(' ');
  return held === 0
    ? `${what}: an order rests`
    : `${what}: ${formatShares(held)} shares for ${formatUsd(paid)} USD`;
}
