import type { DirectionalSignal, SignalAction } from '../../../domain/directional.ts';
import type { ConditionId } from '../../../domain/market.ts';
import { leastExpirationS } from '../../../domain/order.ts';
import type { Usd } from '../../../domain/units.ts';
import { isDirectional } from '../../../kernel/directional.ts';
import type { Intent } from '../../../kernel/loop.ts';
import type { KernelState } from '../../../kernel/state.ts';
import { askAboutTrade, mayAskAboutTrade, takeCheck } from './check-trade.ts';
import { type CdSettings, cycleMsOf, tradablePayoff } from './choose-scope.ts';
import type { EntryMemory, PendingTrade } from './entry-memory.ts';
import { cancelEntries } from './follow-entries.ts';
import { type Judgement, judgeMarket, keptOutBecause, occupiedBy, signalOf } from './judge-market.ts';
import { sizeEntry } from './size-entry.ts';

/** A trade that is not made by then has had its moment; the next cycle looks anew. */
const TRADE_LIFE_MS = 120_000;
/** The venue ends an order a minute before its expiration. */
const EXPIRY_THRESHOLD_MS = 60_000;

/** Tells anew what a signal has come to. */
export const told = (
  signal: DirectionalSignal,
  action: SignalAction,
  why: string,
  change: Partial<DirectionalSignal> = {},
): Intent => ({ kind: 'signal', signal: { ...signal, action, why, ...change } });

/**
 * Brings every trade that is wanted a step further: asks about it, takes the answer, and makes it once its market is free. Intents are
 * taken one at a time, so that each is sized by what the ones before have left.
 */
export function* advanceTrades(state: KernelState, cd: CdSettings, memory: EntryMemory): Generator<Intent> {
  for (const [conditionId, trade] of [...memory.trades]) {
    if (trade.sinceMs < state.run.startedAtMs) {
      const why = 'an earlier run wanted it; what it knew is old';
      yield* drop(memory, conditionId, told(trade.signal, endAction(trade), why));
      continue;
    }
    // Its market may have been entered, and sold again, since the trade was wanted.
    const keptOut = keptOutBecause(state, conditionId, trade.signal.coin);
    if (keptOut !== null) {
      yield* drop(memory, conditionId, told(trade.signal, 'refused', keptOut));
      continue;
    }
    if (trade.stage === 'asked') yield* takeAnswer(state, memory, conditionId, trade);
    if (memory.trades.get(conditionId) !== trade) continue;
    if (state.nowMs - trade.sinceMs >= TRADE_LIFE_MS) {
      const why = trade.stage === 'cleared' ? 'the market was not free in time' : 'nobody was asked in time';
      yield* drop(
        memory,
        conditionId,
        told(trade.signal, endAction(trade), why, { aiValidation: trade.aiValidation }),
      );
      continue;
    }
    if (trade.stage === 'queued') yield* ask(state, cd, memory, conditionId, trade);
    if (trade.stage === 'cleared') yield* make(state, cd, memory, conditionId, trade);
  }
}

/** What a trade comes to that is given up: before it was cleared nobody has let it through. */
const endAction = ({ stage }: PendingTrade): SignalAction => (stage === 'cleared' ? 'refused' : 'aiRejected');

function* drop(memory: EntryMemory, conditionId: ConditionId, intent: Intent): Generator<Intent> {
  memory.trades.delete(conditionId);
  yield intent;
}

function* takeAnswer(
  state: KernelState,
  memory: EntryMemory,
  conditionId: ConditionId,
  trade: PendingTrade,
): Generator<Intent> {
  const end = takeCheck(state, memory, trade);
  if (end.kind === 'waiting') return;
  trade.aiValidation = end.aiValidation;
  if (end.kind === 'approved') {
    trade.stage = 'cleared';
    return;
  }
  yield* end.notices;
  yield* withdraw(state, conditionId, 'the check before entries said no');
  const { aiValidation } = end;
  yield* drop(memory, conditionId, told(trade.signal, 'aiRejected', aiValidation, { aiValidation }));
}

/** An entry that rests from the cycle before goes with the trade that was to take its place. */
function* withdraw(state: KernelState, conditionId: ConditionId, why: string): Generator<Intent> {
  const position = state.directional.positions.get(conditionId);
  if (position !== undefined) yield* cancelEntries(state, position, why);
}

function* ask(
  state: KernelState,
  cd: CdSettings,
  memory: EntryMemory,
  conditionId: ConditionId,
  trade: PendingTrade,
): Generator<Intent> {
  const may = mayAskAboutTrade(state, memory);
  if (may === 'later') return;
  if (may !== 'now') {
    yield* withdraw(state, conditionId, 'nobody can be asked about it');
    yield* drop(
      memory,
      conditionId,
      told(trade.signal, 'aiRejected', may.rests, { aiValidation: may.rests }),
    );
    return;
  }
  const judgement = judgeAgain(state, cd, memory, conditionId);
  const gone = judgement === null ? 'it is not traded any more' : goneBecause(judgement, trade);
  if (judgement === null || gone !== null) {
    yield* drop(memory, conditionId, endOf(state, trade, judgement, gone ?? ''));
    return;
  }
  yield* askAboutTrade(state, memory, trade, judgement);
}

function judgeAgain(
  state: KernelState,
  cd: CdSettings,
  memory: EntryMemory,
  conditionId: ConditionId,
): Judgement | null {
  const slot = state.markets.get(conditionId);
  const payoff = slot === undefined ? null : tradablePayoff(memory, slot);
  if (slot === undefined || payoff === null || !slot.market.acceptingOrders) return null;
  return judgeMarket(state, cd, memory, slot, payoff);
}

/** Why a market that is looked at again does not bear out the trade; null where it does, at the very price that was asked about. */
function goneBecause({ entry, why }: Judgement, { signal }: PendingTrade): string | null {
  if (entry === null) return why;
  return entry.outcome === signal.outcome && entry.price === signal.price
    ? null
    : `the market has moved since the decision: ${why}`;
}

/** The signal of a trade that the second look does not bear out. */
function endOf(state: KernelState, trade: PendingTrade, judgement: Judgement | null, why: string): Intent {
  const { signal, aiValidation } = trade;
  if (judgement === null) return told(signal, 'notPriced', why, { aiValidation });
  const fresh = signalOf(state, signal.id, judgement, signal.confirmations);
  return told(fresh, judgement.price === null ? 'notPriced' : 'noEdge', why, { aiValidation });
}

/** Looks at the market again with the prices of this moment, and enters if it still has its edge and nothing of ours is there. */
function* make(
  state: KernelState,
  cd: CdSettings,
  memory: EntryMemory,
  conditionId: ConditionId,
  trade: PendingTrade,
): Generator<Intent> {
  const judgement = judgeAgain(state, cd, memory, conditionId);
  const gone = judgement === null ? 'it is not traded any more' : goneBecause(judgement, trade);
  if (judgement === null || gone !== null || judgement.entry === null) {
    yield* withdraw(state, conditionId, 'its edge is gone');
    yield* drop(memory, conditionId, endOf(state, trade, judgement, gone ?? ''));
    return;
  }
  const { aiValidation } = trade;
  const { id, confirmations } = trade.signal;
  const signal = { ...signalOf(state, id, judgement, confirmations), aiValidation };
  const occupied = occupiedBy(state, judgement);
  if (occupied !== null) {
    yield* drop(memory, conditionId, told(signal, 'refused', occupied));
    return;
  }
  if (isDirectional(state, conditionId)) {
    yield* withdraw(state, conditionId, 'a new entry takes its place');
    return;
  }
  const sized = sizeEntry(state, cd, judgement.slot, judgement.entry, trade.signal.stake);
  if ('tooSmall' in sized) {
    yield* drop(memory, conditionId, told(signal, 'tooSmall', sized.tooSmall, { stake: sized.stake }));
    return;
  }
  memory.trades.delete(conditionId);
  const { stake, size, spend } = sized;
  yield {
    kind: 'enter',
    signal: { ...signal, action: 'entered', stake: stake as Usd },
    endAtMs: signal.endAtMs,
    size,
    spend,
    expirationS: spend === null ? expirationOf(state.nowMs, cycleMsOf(cd)) : 0,
  };
}

/** An order rests for one cycle, or for the least that the venue takes where that is longer. Unix seconds. */
const expirationOf = (nowMs: number, cycleMs: number): number =>
  Math.max(leastExpirationS(nowMs), Math.ceil((nowMs + cycleMs + EXPIRY_THRESHOLD_MS) / 1_000));
