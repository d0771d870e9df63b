import { decideExit, type ExitTerms, heldEdgePts } from '../../../crypto/strategy/exit-rules.ts';
import { type DirectionalPosition, heldShares } from '../../../domain/directional.ts';
import type { ConditionId } from '../../../domain/market.ts';
import { defineLoop, type Intent, type LoopView } from '../../../kernel/loop.ts';
import type { MarketSlot } from '../../../kernel/market-slots.ts';
import type { KernelState } from '../../../kernel/state.ts';
import type { StrategySettings } from '../../../kernel/strategy-settings.ts';
import { askHistories } from '../pricing/ask-histories.ts';
import { fitNextCoin } from '../pricing/coin-models.ts';
import { keepReferences } from '../pricing/window-prices.ts';
import { confirmReversal, takeAnswer } from './confirm-reversal.ts';
import { createExitMemory, type ExitMemory, lookBy, watchOf } from './exit-memory.ts';
import { heldPositionOf, heldTouch, leastTaken } from './held-market.ts';
import { heldPayoff, heldProbability } from './held-probability.ts';
import { lowestPrice, noteApproved, sellPosition } from './sell-position.ts';

const MIN_GAP_MS = 1_000;
const IDLE_MS = 60_000;
/** After one coin was fitted the next one follows this soon: a fit takes a good part of a turn. */
const FIT_NEXT_MS = 1_000;

type DirectionalSettings = NonNullable<StrategySettings['cd']>;

/**
 * Sells directional positions: at a stop, at a target, before the market ends where that is wished, and when the model has turned against
 * them. It goes on when entries are switched off, and while only reductions are allowed.
 */
export const directionalExit = defineLoop<ExitMemory>({
  name: 'cd-exit',
  everyMs: ({ settings: { cd } }) => (cd === undefined ? IDLE_MS : cd.exitCheckSeconds * 1_000),
  minGapMs: () => MIN_GAP_MS,
  wakesOn: ['book', 'ownFill', 'spot', 'answer', 'settings'],
  allowedIn: ['active', 'reducing'],
  createMemory: createExitMemory,
  decide,
  nextWakeAtMs,
  observe,
});

function nextWakeAtMs({ watches }: ExitMemory): number | null {
  let next: number | null = null;
  for (const { lookAtMs } of watches.values())
    if (lookAtMs !== null) next = Math.min(next ?? lookAtMs, lookAtMs);
  return next;
}

/** The markets of positions whose time has come to be looked at. */
function observe({ nowMs }: KernelState, { watches }: ExitMemory): readonly ConditionId[] {
  const due: ConditionId[] = [];
  for (const [conditionId, watch] of watches) {
    if (watch.lookAtMs === null || watch.lookAtMs > nowMs) continue;
    watch.lookAtMs = null;
    due.push(conditionId);
  }
  return due;
}

function* decide(view: LoopView, memory: ExitMemory): Generator<Intent> {
  const { state } = view;
  const { cd } = state.settings;
  const { positions } = state.directional;
  for (const conditionId of memory.watches.keys())
    if (!positions.has(conditionId)) memory.watches.delete(conditionId);
  yield* followBooks(view, memory);
  if (cd === undefined || positions.size === 0) return;
  if (!cd.exitEnabled) {
    yield* tellOff(view, memory);
    return;
  }
  yield* prepareModels(view, memory);
  for (const position of positions.values())
    if (isDue(view, position)) yield* lookAt(view, memory, cd, position);
}

/** On a beat all, and otherwise those whose market has changed. */
const isDue = ({ cause, subjects }: LoopView, { conditionId }: DirectionalPosition): boolean =>
  cause === 'beat' || subjects.size === 0 || subjects.has(conditionId);

/** Books of markets that are held are followed, whether or not anybody wants to trade there. */
function followBooks({ state }: LoopView, { following }: ExitMemory): Intent[] {
  const { positions } = state.directional;
  const intents: Intent[] = [];
  const added = [...positions.keys()].filter((conditionId) => {
    const slot = state.markets.get(conditionId);
    return slot !== undefined && slot.resolved === undefined && !slot.watchedBy.includes('cd-exit');
  });
  const gone = [...following].filter((conditionId) => !positions.has(conditionId));
  for (const conditionId of added) following.add(conditionId);
  for (const conditionId of gone) following.delete(conditionId);
  if (added.length > 0) intents.push({ kind: 'watch', conditionIds: added });
  if (gone.length > 0) intents.push({ kind: 'unwatch', conditionIds: gone });
  return intents;
}

function tellOff({ state }: LoopView, memory: ExitMemory): Intent[] {
  const { runId } = state.run;
  if (memory.toldOffInRun === runId) return [];
  memory.toldOffInRun = runId;
  const { size } = state.directional.positions;
  const text = `${size} directional ${size === 1 ? 'position is' : 'positions are'} open and nothing sells them: CD_EXIT_ENABLED=false`;
  return [{ kind: 'notify', level: 'warning', text }];
}

/** Asks for the prices of the past that held markets are priced by, and brings the model of one coin up to date at a time. */
function prepareModels({ state, nowMs }: LoopView, memory: ExitMemory): Intent[] {
  const { models, watches } = memory;
  const priced = [...state.directional.positions.values()].flatMap((position) => {
    const slot = state.markets.get(position.conditionId);
    return (slot === undefined ? null : heldPayoff(state, slot, watchOf(memory, position))) ?? [];
  });
  keepReferences(
    state,
    models,
    priced.map(({ payoff }) => payoff),
  );
  const isMore = fitNextCoin(
    state,
    models,
    priced.map(({ payoff }) => payoff.coin),
  );
  if (isMore) for (const watch of watches.values()) lookBy(watch, nowMs + FIT_NEXT_MS);
  return askHistories(state, models, priced);
}

const termsOf = (cd: DirectionalSettings): ExitTerms => ({
  stopLossPts: cd.exitStopLossPts,
  takeProfitPts: cd.exitTakeProfitPts,
  edgeReversalPts: cd.exitEdgeReversalPts,
  beforeExpiryMs: cd.exitBeforeExpiryMinutes * 60_000,
});

/** One look at one position: what a model answered, what the rules say, and what follows of it. */
function lookAt(
  view: LoopView,
  memory: ExitMemory,
  cd: DirectionalSettings,
  position: DirectionalPosition,
): Intent[] {
  const { state } = view;
  const slot = state.markets.get(position.conditionId);
  if (slot === undefined || slot.resolved !== undefined || heldShares(position) === 0) return [];
  const watch = watchOf(memory, position);
  noteApproved(position, watch);
  const intents = takeAnswer(view, watch);
  return [...intents, ...decideOn(view, memory, cd, { position, slot, watch })];
}

interface Held {
  readonly position: DirectionalPosition;
  readonly slot: MarketSlot;
  readonly watch: ReturnType<typeof watchOf>;
}

function decideOn(view: LoopView, memory: ExitMemory, cd: DirectionalSettings, held: Held): Intent[] {
  const { state, nowMs } = view;
  const { position, slot, watch } = held;
  const touch = heldTouch(state, slot, position.outcome);
  const { probability, spotUsd } = heldProbability(
    state,
    memory.models,
    heldPayoff(state, slot, watch),
    position,
  );
  const rules = heldPositionOf(position, slot);
  const decision = decideExit(rules, { ...touch, probability, nowMs }, termsOf(cd));
  const { bid, mid } = touch;
  if (decision.kind === 'hold' || bid === null) {
    watch.fruitless = 0;
    watch.shortSinceMs = null;
    watch.toldCause = null;
    return [];
  }
  const { cause, why } = decision;
  const least = leastTaken(state, slot, position.outcome);
  const price = lowestPrice(cause, bid, slot.tick, slot.market.fee, probability, least);
  if (price === null) return [];
  let aiValidation: string | null = null;
  if (
    cause === 'edgeReversed' &&
    cd.exitAiConfirmEnabled &&
    probability !== null &&
    mid !== null &&
    spotUsd !== null
  ) {
    const edgePts = heldEdgePts(probability, mid);
    const { endAtMs } = rules;
    const reversal = { position, slot, bid, probability, edgePts, spotUsd, endAtMs };
    const confirmation = confirmReversal(view, memory, watch, reversal);
    if (confirmation.kind === 'wait') return [...confirmation.intents];
    ({ aiValidation } = confirmation);
  }
  return sellPosition(view, slot, position, watch, price, { cause, why, aiValidation });
}
