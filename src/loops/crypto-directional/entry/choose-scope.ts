import { parseQuestion } from '../../../crypto/questions/parse-question.ts';
import { type ClassifiedPayoff, isTradable, type QuestionText } from '../../../crypto/questions/payoff.ts';
import { questionTextOf } from '../../../crypto/questions/question-text.ts';
import type { ConditionId, Market } from '../../../domain/market.ts';
import { directionalLimitsOf } from '../../../kernel/limits-from-settings.ts';
import type { MarketSlot } from '../../../kernel/market-slots.ts';
import type { KernelState } from '../../../kernel/state.ts';
import type { StrategySettings } from '../../../kernel/strategy-settings.ts';
import { payoffOf } from '../pricing/ask-payoffs.ts';
import type { EntryMemory } from './entry-memory.ts';

export type CdSettings = NonNullable<StrategySettings['cd']>;

/** Reading a market takes one or two milliseconds; so many at once keep a turn short. */
const MOST_READ_AT_ONCE = 20;

export const cycleMsOf = (cd: CdSettings): number => cd.cycleMinutes * 60_000;

/**
 * Reads the texts of markets about coins that were not read yet, those with most volume first and a bounded number at once. Returns
 * whether there are more. What was read is forgotten with its market.
 */
export function readPayoffs(state: KernelState, memory: EntryMemory): boolean {
  const open = openMarkets(state);
  const listed = new Set(open.map(({ market }) => market.conditionId));
  for (const conditionId of memory.payoffs.keys())
    if (!listed.has(conditionId) && !state.directional.positions.has(conditionId))
      memory.payoffs.delete(conditionId);
  let read = 0;
  for (const { market } of open) {
    const text = questionTextOf(market);
    if (text === null) {
      memory.payoffs.delete(market.conditionId);
      continue;
    }
    const fingerprint = fingerprintOf(text);
    if (memory.payoffs.get(market.conditionId)?.fingerprint === fingerprint) continue;
    if (read >= MOST_READ_AT_ONCE) return true;
    read += 1;
    memory.payoffs.set(market.conditionId, { fingerprint, payoff: parseQuestion(text) });
  }
  return false;
}

/** Markets about coins whose price is followed and that take orders, those with most volume first. */
function openMarkets(state: KernelState): MarketSlot[] {
  return [...state.markets.values()].filter((slot) => isOpen(state, slot)).sort(byVolume);
}

const byVolume = ({ market: a }: MarketSlot, { market: b }: MarketSlot): number =>
  b.volume24h - a.volume24h || (a.conditionId < b.conditionId ? -1 : 1);

function isOpen(state: KernelState, { market, coin, resolved }: MarketSlot): boolean {
  return (
    coin !== null &&
    state.spot.coins.includes(coin) &&
    resolved === undefined &&
    market.resolution === 'none' &&
    market.active &&
    !market.closed &&
    market.acceptingOrders &&
    market.enableOrderBook
  );
}

/** What a market pays on; null where it was not read, is not traded, or is about another coin than its listing says. */
export function tradablePayoff(
  { payoffs, answered }: Pick<EntryMemory, 'payoffs' | 'answered'>,
  { market, coin }: MarketSlot,
): ClassifiedPayoff | null {
  const known = payoffs.get(market.conditionId)?.payoff;
  const payoff = known?.kind === 'other' ? payoffOf(answered, market.conditionId) : known;
  return payoff != null && isTradable(payoff) && payoff.coin === coin ? payoff : null;
}

/** Markets that say something which our own parser does not know: a model may be asked about them. */
export function unreadMarkets(state: KernelState, { payoffs }: Pick<EntryMemory, 'payoffs'>): Market[] {
  return openMarkets(state).flatMap(({ market }) => {
    const payoff = payoffs.get(market.conditionId)?.payoff;
    const isUnread =
      payoff?.kind === 'other' && (payoff.cause === 'unread-words' || payoff.cause === 'ambiguous');
    return isUnread ? [market] : [];
  });
}

/**
 * Markets that one cycle looks at: open, read, tradable, and as far from their end as entries may be until the next cycle is over; the
 * `CD_MAX_MARKETS` with most volume.
 */
export function chooseScope(state: KernelState, cd: CdSettings, memory: EntryMemory): ConditionId[] {
  const { minTimeLeftMs, maxTimeLeftMs } = directionalLimitsOf(cd);
  return openMarkets(state)
    .filter((slot) => {
      const endAtMs = tradablePayoff(memory, slot)?.window.endAtMs ?? null;
      if (endAtMs === null) return false;
      const leftMs = endAtMs - state.nowMs;
      return leftMs >= minTimeLeftMs + cycleMsOf(cd) && leftMs <= maxTimeLeftMs;
    })
    .slice(0, cd.maxMarkets)
    .map(({ market }) => market.conditionId);
}

/** Tells texts apart; nobody has anything to gain from two that are alike (FNV-1a). */
function fingerprintOf(text: QuestionText): string {
  const all = JSON.stringify(text);
  let hash = 0x811c9dc5;
  for (let at = 0; at < all.length; at += 1) hash = Math.imul(hash ^ all.charCodeAt(at), 0x01000193);
  return `${all.length}-${(hash >>> 0).toString(16)}`;
}
