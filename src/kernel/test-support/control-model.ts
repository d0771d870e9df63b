/** The real functions of trading control in an environment that may do anything: what may happen, as events. */
import type { Usd } from '../../domain/units.ts';
import { createLossWatch, isLookDue } from '../../risk/loss-watch.ts';
import { createTradingState } from '../../risk/trading-state.ts';
import { decodeState, encodeState } from '../codec.ts';
import type { FeedName } from '../messages.ts';
import {
  createReconciliation,
  noteAsked,
  noteDone,
  noteFailed,
  RECONCILING_READS,
  takeComparison,
} from '../reconciliation.ts';
import { createFeeds } from '../state.ts';
import type { StrategySettings } from '../strategy-settings.ts';
import {
  isWorthKnown,
  obeyOperator,
  restartControl,
  settleMode,
  switchFeed,
  type TradingControl,
  takeWorth,
} from '../trading-control.ts';
import {
  COOLDOWN_MS,
  DAILY_STOP_PCT,
  DAY_MS,
  type Ghost,
  KILL_PCT,
  REDUCE_PCT,
  RESUME_PCT,
} from './control-terms.ts';
import { strategySettings } from './test-kernel.ts';

const SECOND_MS = 1_000;
/** Midnight, UTC. */
const START_MS = 20_000 * DAY_MS;

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

/** Trading control before its first input. */
export const freshControl = (nowMs: number, settings: StrategySettings): TradingControl => ({
  nowMs,
  settings,
  trading: createTradingState(nowMs),
  losses: createLossWatch(),
  reconciliation: createReconciliation(nowMs),
  feeds: createFeeds(nowMs),
});

/** What one step of the kernel does with trading control: the input, a look at the account where one is due, and the mode. */
export function stepControl(
  control: TradingControl,
  nowMs: number,
  input: () => void,
  worth: () => Usd,
  functions: Pick<ControlFunctions, 'takeWorth' | 'settleMode'> = REAL,
): void {
  control.nowMs = nowMs;
  const before = control.trading.mode;
  input();
  if (isWorthKnown(control) && isLookDue(control.losses, nowMs)) functions.takeWorth(control, worth());
  functions.settleMode(control, before);
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
  reads: { play: (state, model) => model.step(state, 6 * SECOND_MS, () => readAll(state, model)) },
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

function readAll(state: ModelState, model: ControlModel): void {
  const { control } = state;
  const { reconciliation, trading, nowMs } = control;
  for (const name of RECONCILING_READS) noteAsked(reconciliation, name, nowMs);
  noteDone(reconciliation, 'openOrders', nowMs);
  noteDone(reconciliation, 'trades', nowMs);
  // A person's word takes the difference into the books, so that it is gone.
  if (reconciliation.accepted !== null) state.loseAgain = false;
  reconciliation.accepted = null;
  const cashResidual = state.loseAgain ? -1_000_000 : 0;
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
      const control = freshControl(START_MS, {
        ...settings,
        trading: {
          ...settings.trading,
          stopLossPercent: DAILY_STOP_PCT,
          drawdownStopLossPercent: terms.stopPct,
        },
      });
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
      stepControl(control, control.nowMs + afterMs, input, () => state.worth as Usd, functions);
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
