/**
 * The trading control as a graph: every abstract state that the real functions reach in an environment that may do anything. The
 * rules it is held to are written anew here, from a record of what has happened (`Ghost`), and ask nothing of the code but its blocks.
 */
import type { Usd } from '../../domain/units.ts';
import { createLossWatch, isLookDue } from '../../risk/loss-watch.ts';
import {
  BLOCK_RULES,
  type BlockName,
  createTradingState,
  mayTransmit,
  type TradingMode,
} from '../../risk/trading-state.ts';
import { decodeState, encodeState } from '../codec.ts';
import type { FeedName } from '../messages.ts';
import {
  createReconciliation,
  isReconciled,
  noteAsked,
  noteDone,
  noteFailed,
  RECONCILING_READS,
  takeComparison,
} from '../reconciliation.ts';
import { createFeeds } from '../state.ts';
import {
  isWorthKnown,
  obeyOperator,
  restartControl,
  settleMode,
  switchFeed,
  type TradingControl,
  takeWorth,
} from '../trading-control.ts';
import { strategySettings } from './test-kernel.ts';

export interface ControlTerms {
  readonly stopPct: number;
  readonly maxRecoveriesPerDay: number;
  /** What may happen. Every combination of all events is beyond any memory, and many are alike. */
  readonly events: readonly EventName[];
}

/** The functions under test; a test may put a broken one in the place of any. */
export interface ControlFunctions {
  readonly switchFeed: typeof switchFeed;
  readonly obeyOperator: typeof obeyOperator;
  readonly restartControl: typeof restartControl;
  readonly settleMode: typeof settleMode;
  readonly takeWorth: typeof takeWorth;
  readonly takeComparison: typeof takeComparison;
}

const REAL: ControlFunctions = {
  switchFeed,
  obeyOperator,
  restartControl,
  settleMode,
  takeWorth,
  takeComparison,
};

export const REDUCE_PCT = 15;
export const KILL_PCT = 25;
export const RESUME_PCT = 23;
export const DAILY_STOP_PCT = 20;
const COOLDOWN_MS = 60_000;
const DAY_MS = 86_400_000;
const SECOND_MS = 1_000;
/** Midnight, UTC. */
const START_MS = 20_000 * DAY_MS;
const FEEDS = ['market', 'user', 'heartbeat'] as const satisfies readonly FeedName[];
const LOSS_OF = {
  market: 'market feed down',
  user: 'user feed down',
  heartbeat: 'heartbeat down',
} as const;
const FEED_BLOCK = { market: 'marketFeed', user: 'userFeed', heartbeat: 'heartbeat' } as const;

/** What has happened, kept by the simplest rules: what the model compares the code with. */
interface Ghost {
  highWater: number | null;
  dayStart: number | null;
  /** The day that it is the start of. */
  startedDay: number;
  killedAtMs: number | null;
  recoveries: number;
  recoveriesDay: number;
}

export interface ModelState {
  readonly control: TradingControl;
  readonly ghost: Ghost;
  worth: number;
  /** Whether the wallet holds something else than the books say, and nothing will ever explain it unless it is told. */
  loseAgain: boolean;
}

interface ModelEvent {
  readonly isPerson?: true;
  play(state: ModelState, model: ControlModel): void;
}

const feedEvent = (feed: FeedName, up: boolean): ModelEvent => ({
  play: (state, model) =>
    model.step(state, 1, () => model.functions.switchFeed(state.control, feed, up, 'the model says so')),
});

const word = (order: 'pause' | 'reduce' | 'halt' | 'resume' | 'stop'): ModelEvent => ({
  isPerson: true,
  play: (state, model) =>
    model.step(state, SECOND_MS, () =>
      model.functions.obeyOperator(state.control, { order, by: 'model', reason: 'the model says so' }),
    ),
});

/** The account comes to this share of its high-water mark, and stays there for three looks. */
const valueEvent = (share: number): ModelEvent => ({
  play: (state, model) => {
    const { highWater } = state.ghost;
    if (highWater !== null) state.worth = Math.round((highWater * share) / 100);
    for (let look = 0; look < 3; look += 1) model.step(state, SECOND_MS, () => undefined);
  },
});

/** All that may happen. */
export const EVENTS = {
  'value 100': valueEvent(100),
  'value 83': valueEvent(83),
  'value 78': valueEvent(78),
  'value 76': valueEvent(76),
  'value 70': valueEvent(70),
  'value 55': valueEvent(55),
  'a glimpse of 40': {
    play: (state, model) => {
      const { worth } = state;
      state.worth = Math.round((state.ghost.highWater ?? worth) * 0.4);
      model.step(state, SECOND_MS, () => undefined);
      state.worth = worth;
      for (let look = 0; look < 2; look += 1) model.step(state, SECOND_MS, () => undefined);
    },
  },
  'market feed up': feedEvent('market', true),
  'market feed down': feedEvent('market', false),
  'user feed up': feedEvent('user', true),
  'user feed down': feedEvent('user', false),
  'heartbeat up': feedEvent('heartbeat', true),
  'heartbeat down': feedEvent('heartbeat', false),
  pause: word('pause'),
  reduce: word('reduce'),
  halt: word('halt'),
  resume: word('resume'),
  reads: { play: (state, model) => model.step(state, 6 * SECOND_MS, () => readAll(state, model, 0)) },
  'answers to reads from before': {
    play: (state, model) =>
      model.step(state, SECOND_MS, () => {
        const { reconciliation } = state.control;
        const askedAtMs = reconciliation.neededSinceMs - 1;
        for (const name of RECONCILING_READS)
          if (reconciliation.reads[name].doneAtMs !== null) noteDone(reconciliation, name, askedAtMs);
      }),
  },
  'reads fail': {
    play: (state, model) =>
      model.step(state, SECOND_MS, () => {
        const { reconciliation, nowMs } = state.control;
        for (const name of RECONCILING_READS) {
          noteAsked(reconciliation, name, nowMs);
          noteFailed(reconciliation, name, 'the model says so', nowMs);
        }
      }),
  },
  'money missing': {
    play: (state) => {
      state.loseAgain = true;
    },
  },
  'difference explained': {
    play: (state) => {
      state.loseAgain = false;
    },
  },
  'cool-down': { play: (state, model) => model.step(state, COOLDOWN_MS, () => undefined) },
  'next day': {
    play: (state, model) => {
      const { nowMs } = state.control;
      const midnightMs = (Math.floor(nowMs / DAY_MS) + 1) * DAY_MS;
      model.step(state, midnightMs - nowMs, () => undefined);
      for (let look = 0; look < 2; look += 1) model.step(state, SECOND_MS, () => undefined);
    },
  },
  restart: { play: (state, model) => model.restart(state) },
  stop: word('stop'),
} as const satisfies Record<string, ModelEvent>;

export type EventName = keyof typeof EVENTS;

/** Whether a person does it. */
export const isPersons = (event: EventName): boolean => {
  const found: ModelEvent = EVENTS[event];
  return found.isPerson === true;
};

function readAll(state: ModelState, model: ControlModel, differenceIfAny: number): void {
  const { control } = state;
  const { reconciliation, trading, nowMs } = control;
  for (const name of RECONCILING_READS) noteAsked(reconciliation, name, nowMs);
  noteDone(reconciliation, 'openOrders', nowMs);
  noteDone(reconciliation, 'trades', nowMs);
  // A person's word takes the difference into the books, so that it is gone.
  if (reconciliation.accepted !== null) state.loseAgain = false;
  reconciliation.accepted = null;
  const cashResidual = state.loseAgain ? -1_000_000 : differenceIfAny;
  model.functions.takeComparison(
    reconciliation,
    trading,
    { askedAtMs: nowMs, blockNumber: 1, cashResidual, tokenResidual: 0 },
    nowMs,
  );
  noteDone(reconciliation, 'balances', nowMs);
}

export interface ControlModel {
  readonly terms: ControlTerms;
  readonly functions: ControlFunctions;
  start(): ModelState;
  /** Lets time pass, gives the control one input, and looks at the account as the kernel does. */
  step(state: ModelState, afterMs: number, input: () => void): void;
  restart(state: ModelState): void;
  /** A copy of the state after these events. */
  play(state: ModelState, events: readonly EventName[]): ModelState;
  /** A copy of the state after what its blocks state as their way out. */
  takeWayOut(state: ModelState): ModelState;
}

export function controlModel(terms: ControlTerms, broken: Partial<ControlFunctions> = {}): ControlModel {
  const functions = { ...REAL, ...broken };
  const settings = strategySettings({
    ddReducePct: REDUCE_PCT,
    ddKillPct: KILL_PCT,
    ddResumePct: RESUME_PCT,
    ddCooldownMinutes: COOLDOWN_MS / 60_000,
    ddMaxRecoveriesPerDay: terms.maxRecoveriesPerDay,
  });
  const model: ControlModel = {
    terms,
    functions,
    start() {
      const control: TradingControl = {
        nowMs: START_MS,
        settings: {
          ...settings,
          trading: {
            ...settings.trading,
            stopLossPercent: DAILY_STOP_PCT,
            drawdownStopLossPercent: terms.stopPct,
          },
        },
        trading: createTradingState(START_MS),
        losses: createLossWatch(),
        reconciliation: createReconciliation(START_MS),
        feeds: createFeeds(START_MS),
      };
      functions.restartControl(control);
      return {
        control,
        ghost: {
          highWater: null,
          dayStart: null,
          startedDay: 0,
          killedAtMs: null,
          recoveries: 0,
          recoveriesDay: 0,
        },
        worth: 1_000_000_000,
        loseAgain: false,
      };
    },
    step(state, afterMs, input) {
      const { control } = state;
      control.nowMs += afterMs;
      const before = control.trading.mode;
      input();
      if (isWorthKnown(control) && isLookDue(control.losses, control.nowMs))
        functions.takeWorth(control, state.worth as Usd);
      functions.settleMode(control, before);
    },
    restart(state) {
      const { settings: kept, ...rest } = state.control;
      // Only what a snapshot holds comes through.
      Object.assign(state.control, decodeState(encodeState(rest)), { settings: kept });
      state.control.nowMs += SECOND_MS;
      functions.restartControl(state.control);
      functions.settleMode(state.control, state.control.trading.mode);
    },
    play(state, events) {
      const after = copy(state);
      for (const event of events) EVENTS[event].play(after, model);
      return after;
    },
    takeWayOut(state) {
      const round = ['market feed up', 'user feed up', 'heartbeat up', 'resume', 'reads'] as const;
      // The first reads may show what was not known before, and that has a way out of its own.
      return model.play(state, [...round, 'reads', ...round, ...round]);
    },
  };
  return model;
}

function copy({ control, ghost, worth, loseAgain }: ModelState): ModelState {
  const { trading, losses, reconciliation, feeds } = control;
  const { openOrders, trades, balances } = reconciliation.reads;
  return {
    control: {
      nowMs: control.nowMs,
      settings: control.settings,
      trading: { ...trading, blocks: new Map(trading.blocks) },
      losses: { ...losses, drawdown: { ...losses.drawdown }, day: { ...losses.day } },
      reconciliation: {
        ...reconciliation,
        reads: { openOrders: { ...openOrders }, trades: { ...trades }, balances: { ...balances } },
      },
      feeds: {
        market: { ...feeds.market },
        user: { ...feeds.user },
        heartbeat: { ...feeds.heartbeat },
      },
    },
    ghost: { ...ghost },
    worth,
    loseAgain,
  };
}

/** What two states have to share to be the same to every rule: percentages count and not dollars, and of time only what has passed. */
function keyOf({ control, ghost, worth, loseAgain }: ModelState): string {
  const { trading, losses, reconciliation, feeds, nowMs } = control;
  const share = (of: number | null): string => (of === null ? '-' : ((100 * worth) / of).toFixed(1));
  const isCool = ghost.killedAtMs !== null && nowMs - ghost.killedAtMs >= COOLDOWN_MS;
  return [
    [...trading.blocks.keys()].sort().join(','),
    FEEDS.map((feed) => (feeds[feed].up ? 'u' : 'd')).join(''),
    losses.drawdown.verdict,
    losses.drawdown.isStopped,
    losses.day.isStopped,
    losses.looks.every((look) => look === worth),
    share(ghost.highWater),
    share(ghost.dayStart),
    isCool,
    ghost.recoveriesDay === Math.floor(nowMs / DAY_MS) ? ghost.recoveries : 0,
    ghost.startedDay === Math.floor(nowMs / DAY_MS),
    isReconciled(reconciliation),
    isWorthKnown(control),
    reconciliation.chain?.differsSinceMs == null,
    reconciliation.accepted === null,
    loseAgain,
  ].join('|');
}

export interface ControlGraph {
  readonly states: readonly ModelState[];
  /** For each state, which event leads to it from where. */
  readonly into: readonly (readonly (readonly [from: number, event: EventName])[])[];
  readonly transitions: number;
  /** Where everything may be done. */
  readonly active: readonly number[];
  readonly violations: string[];
}

const MOST_VIOLATIONS = 20;
/** A rule that lets the states grow without end is broken, too. */
const MOST_STATES = 20_000;

/** Breadth-first over everything that can be reached, with every step held against the rules. */
export function explore(model: ControlModel): ControlGraph {
  const states = [model.start()];
  const known = new Map<string, number>([[keyOf(states[0] as ModelState), 0]]);
  const into: [number, EventName][][] = [[]];
  const violations = new Set<string>();
  let transitions = 0;
  for (let from = 0; from < states.length && violations.size < MOST_VIOLATIONS; from += 1) {
    if (states.length > MOST_STATES) {
      violations.add(`more than ${MOST_STATES} states`);
      break;
    }
    const before = states[from] as ModelState;
    for (const event of model.terms.events) {
      const after = model.play(before, [event]);
      transitions += 1;
      follow(before, after, event);
      for (const wrong of wrongIn(model.terms, before, after, event)) violations.add(`${event}: ${wrong}`);
      const key = keyOf(after);
      let to = known.get(key);
      if (to === undefined) {
        to = states.length;
        known.set(key, to);
        states.push(after);
        into.push([]);
      }
      into[to]?.push([from, event]);
    }
  }
  const active = states.flatMap(({ control }, index) => (control.trading.mode === 'active' ? [index] : []));
  return { states, into, transitions, active, violations: [...violations] };
}

/** All states from which `goal` can be reached by events that `allows`. */
export function closedUnder(
  { into }: ControlGraph,
  goal: readonly number[],
  allows: (event: EventName) => boolean,
): Set<number> {
  const reached = new Set(goal);
  for (const to of reached) for (const [from, event] of into[to] ?? []) if (allows(event)) reached.add(from);
  return reached;
}

/** Keeps the record of what has happened. */
function follow(before: ModelState, { control, ghost, worth }: ModelState, event: EventName): void {
  const day = Math.floor(control.nowMs / DAY_MS);
  const stood = before.control.trading.blocks;
  const { blocks } = control.trading;
  if (event === 'resume' && LOSS_BLOCKS.some((block) => stood.has(block))) {
    ghost.highWater = null;
    ghost.dayStart = null;
    ghost.killedAtMs = null;
  }
  if (isWorthKnown(control)) {
    ghost.highWater = Math.max(ghost.highWater ?? worth, worth);
    if (ghost.startedDay !== day) ghost.dayStart = worth;
    ghost.dayStart ??= worth;
    ghost.startedDay = day;
  }
  if (ghost.recoveriesDay !== day) {
    ghost.recoveriesDay = day;
    ghost.recoveries = 0;
  }
  if (!blocks.has('drawdownKill')) {
    if (stood.has('drawdownKill') && event !== 'resume') ghost.recoveries += 1;
    ghost.killedAtMs = null;
  } else ghost.killedAtMs ??= control.nowMs;
}

const LOSS_BLOCKS = ['drawdownReduce', 'drawdownKill', 'drawdownStopLoss', 'dailyStopLoss'] as const;

/** Everything about one step that is against the rules. */
function wrongIn(terms: ControlTerms, before: ModelState, after: ModelState, event: EventName): string[] {
  const wrong: string[] = [];
  const { trading } = after.control;
  const stood = before.control.trading.blocks;
  if (trading.mode !== strictest(trading.blocks.keys()))
    wrong.push(`mode is ${trading.mode} with ${[...trading.blocks.keys()].join(', ')}`);
  for (const name of stood.keys())
    if (!trading.blocks.has(name)) wrong.push(...wrongEnd(terms, name, before, after, event));
  if (mayTransmit(trading.mode) && !mayTransmit(before.control.trading.mode) && event !== 'reads')
    wrong.push('trading went on without reads');
  wrong.push(...missing(terms, before, after, event));
  return wrong;
}

const STRICT_ORDER: readonly TradingMode[] = ['active', 'reducing', 'starting', 'halted', 'stopping'];

function strictest(blocks: Iterable<BlockName>): TradingMode {
  let found = 0;
  for (const name of blocks) found = Math.max(found, STRICT_ORDER.indexOf(BLOCK_RULES[name].mode));
  return STRICT_ORDER[found] as TradingMode;
}

/** Why a block may not have ended in this step. */
function wrongEnd(
  terms: ControlTerms,
  name: BlockName,
  before: ModelState,
  after: ModelState,
  event: EventName,
): string[] {
  const unless = (isRight: boolean, text: string): string[] => (isRight ? [] : [`${name} ${text}`]);
  const isResume = event === 'resume';
  const isRestart = event === 'restart';
  const downPct = 100 * (1 - after.worth / (before.ghost.highWater ?? after.worth));
  switch (name) {
    case 'notReconciled':
      return unless(event === 'reads', 'ended without reads');
    case 'heartbeat':
      return unless(event === 'heartbeat up', 'ended without a beat');
    case 'userFeed':
      return unless(event === 'user feed up', 'ended without the socket');
    case 'marketFeed':
      return unless(event === 'market feed up' || isRestart, 'ended without the socket');
    case 'operatorPause':
    case 'operatorReduce':
    case 'operatorHalt':
    case 'drawdownStopLoss':
      return unless(isResume, isRestart ? 'was lost by a restart' : 'ended without a person');
    case 'dailyStopLoss':
      return unless(
        isResume || before.ghost.startedDay !== Math.floor(after.control.nowMs / DAY_MS),
        isRestart ? 'was lost by a restart' : 'ended on the same day',
      );
    case 'ledgerResidual':
      return unless(
        event === 'reads' && !after.loseAgain,
        isRestart ? 'was lost by a restart' : 'ended while it differs',
      );
    case 'drawdownReduce':
      if (isRestart) return [`${name} was lost by a restart`];
      return unless(
        isResume || downPct < REDUCE_PCT || after.control.trading.blocks.has('drawdownKill'),
        'ended while the drawdown is above its limit',
      );
    case 'drawdownKill': {
      if (isResume) return [];
      if (isRestart) return [`${name} was lost by a restart`];
      const passedMs = after.control.nowMs - (before.ghost.killedAtMs ?? after.control.nowMs);
      const isNewDay = before.ghost.recoveriesDay !== Math.floor(after.control.nowMs / DAY_MS);
      const used = isNewDay ? 0 : before.ghost.recoveries;
      return [
        ...unless(passedMs >= COOLDOWN_MS, 'ended before its cool-down'),
        ...unless(downPct < RESUME_PCT, `ended at a drawdown of ${downPct.toFixed(1)} %`),
        ...unless(used < terms.maxRecoveriesPerDay, 'ended by itself once more than it may'),
        ...unless(!after.control.trading.blocks.has('drawdownStopLoss'), 'ended while the stop stands'),
      ];
    }
    case 'operatorStop':
      return [`${name} ended`];
  }
}

/** What should stand after this step and does not. */
function missing(
  terms: ControlTerms,
  before: ModelState,
  { control, ghost, worth, loseAgain }: ModelState,
  event: EventName,
): string[] {
  const wrong: string[] = [];
  const { trading } = control;
  const isHalted = trading.mode === 'halted';
  // A feed that never came up has its own block since the start, or had nothing to connect for.
  for (const feed of FEEDS)
    if (event === LOSS_OF[feed] && before.control.feeds[feed].up && !isHalted)
      wrong.push(`${FEED_BLOCK[feed]} is down and trading is not halted`);
  if (event === 'pause' || event === 'halt') {
    if (!isHalted) wrong.push(`a person's ${event} does not halt`);
  }
  if (event === 'reduce' && trading.mode === 'active') wrong.push("a person's reduce does not reduce");
  const wasDifferent = before.control.reconciliation.chain?.differsSinceMs != null;
  if (event === 'reads' && loseAgain && wasDifferent && !isHalted)
    wrong.push('chain and books still differ and trading is not halted');
  if (!isWorthKnown(control) || ghost.highWater === null || ghost.dayStart === null) return wrong;
  const downPct = 100 * (1 - worth / ghost.highWater);
  const lostPct = 100 * (1 - worth / ghost.dayStart);
  const expectBlock = (name: BlockName, why: string): void => {
    if (!trading.blocks.has(name)) wrong.push(`${name} is missing at ${why}`);
  };
  if (downPct >= KILL_PCT) expectBlock('drawdownKill', `a drawdown of ${downPct.toFixed(1)} %`);
  else if (downPct >= REDUCE_PCT && !trading.blocks.has('drawdownKill'))
    expectBlock('drawdownReduce', `a drawdown of ${downPct.toFixed(1)} %`);
  if (downPct >= terms.stopPct && terms.stopPct > KILL_PCT)
    expectBlock('drawdownStopLoss', `a drawdown of ${downPct.toFixed(1)} %`);
  if (downPct >= terms.stopPct && ghost.recoveries >= terms.maxRecoveriesPerDay)
    expectBlock('drawdownStopLoss', `a drawdown of ${downPct.toFixed(1)} % and no recovery left`);
  if (lostPct >= DAILY_STOP_PCT) expectBlock('dailyStopLoss', `a loss of ${lostPct.toFixed(1)} % on the day`);
  return wrong;
}
