import { describe, expect, it } from 'vitest';
import type { DirectionalPosition } from '../domain/directional.ts';
import type { ClientId } from '../domain/order.ts';
import { createLoopRun } from '../kernel/loop-schedule.ts';
import type { KernelState } from '../kernel/state.ts';
import {
  cents,
  conditionId,
  DAY_MS,
  shares,
  strategySettings,
  T0,
} from '../kernel/test-support/test-kernel.ts';
import type { EntryMemory } from '../loops/crypto-directional/entry/entry-memory.ts';
import { directionalEntry } from '../loops/crypto-directional/entry/loop.ts';
import type { ExitMemory } from '../loops/crypto-directional/exit/exit-memory.ts';
import { watchOf } from '../loops/crypto-directional/exit/exit-memory.ts';
import { directionalExit } from '../loops/crypto-directional/exit/loop.ts';
import { portfolioOf } from '../projections/portfolio.ts';
import { signalOf } from '../projections/test-support/signals.ts';
import { createTale, type Tale } from '../projections/test-support/tale.ts';
import { defaultSettings } from '../settings/index.ts';
import { directionalProfit, directionalStatus } from './directional-status.ts';
import { baselineOf, runSummary } from './run-summary.ts';

type Cd = ReturnType<typeof defaultSettings>['cd'];

/** The state that a tale has left, with both loops' memories, while trading is active. */
function stateOf(tale: Tale, change: Partial<Cd> = {}): KernelState {
  const state = tale.projection.facts;
  if (state === null) throw new Error('the books are open');
  state.settings = { ...strategySettings(), cd: { ...defaultSettings().cd, ...change } };
  state.trading.mode = 'active';
  state.feeds.market = { up: true, sinceMs: 0, reason: '' };
  state.loops.set('crypto-directional', createLoopRun(directionalEntry, state.nowMs));
  state.loops.set('cd-exit', createLoopRun(directionalExit, state.nowMs));
  return state;
}

const entryMemory = (state: KernelState): EntryMemory =>
  state.loops.get('crypto-directional')?.memory as EntryMemory;
const exitMemory = (state: KernelState): ExitMemory => state.loops.get('cd-exit')?.memory as ExitMemory;
const positionOf = (state: KernelState): DirectionalPosition => {
  const [position] = state.directional.positions.values();
  if (position === undefined) throw new Error('a position is open');
  return position;
};

const coinTale = (): Tale =>
  createTale(2, T0, {
    question: 'Will Bitcoin be above $100,000 on October 1?',
    slug: 'bitcoin-above-100k',
    tags: ['crypto'],
  });

/** 50 YES of market 1 at 48 cents, held at a middle of 50. */
function holding(): Tale {
  const tale = coinTale();
  const entry = tale.enter(signalOf({ action: 'entered', clientId: 'e-5' as ClientId }), shares(50));
  tale.answer(entry);
  tale.tell(tale.trade(entry, shares(50)), 'CONFIRMED');
  return tale;
}

describe('why nothing is entered', () => {
  function because(
    change: Partial<Cd>,
    prepare: (state: KernelState, memory: EntryMemory) => void,
  ): string | null {
    const state = stateOf(coinTale(), change);
    const memory = entryMemory(state);
    memory.lastCycleAtMs = state.nowMs - 60_000;
    memory.scope = [conditionId(1), conditionId(2)];
    prepare(state, memory);
    return directionalStatus(state)?.nothingBecause ?? null;
  }

  it.each([
    ['switched off', { enabled: false }, () => undefined, /CD_ENABLED/],
    [
      'a loop that broke',
      {},
      (state: KernelState) => Object.assign(state.loops.get('crypto-directional') ?? {}, { fault: 'broken' }),
      /faulted: broken/,
    ],
    [
      'a mode',
      {},
      (state: KernelState) => Object.assign(state.trading, { mode: 'reducing' }),
      /trading is reducing/,
    ],
    ['no market', {}, (state: KernelState) => state.markets.clear(), /no listed market hangs on a coin/],
    [
      'no cycle',
      {},
      (_: KernelState, memory: EntryMemory) => Object.assign(memory, { lastCycleAtMs: null }),
      /first cycle/,
    ],
    [
      'none in scope',
      {},
      (_: KernelState, memory: EntryMemory) => Object.assign(memory, { scope: [] }),
      /none of 2 markets about coins .* 2 hours to 60 days/,
    ],
    ['no entry left today', { maxTradesPerDay: 0 }, () => undefined, /CD_MAX_TRADES_PER_DAY/],
    ['no place left', { maxConcurrentPositions: 0 }, () => undefined, /CD_MAX_CONCURRENT_POSITIONS/],
    [
      'a check that fails',
      {},
      (_: KernelState, memory: EntryMemory) =>
        Object.assign(memory.trouble, { because: 'http 529', failures: 2 }),
      /http 529.*without an answer nothing is entered/,
    ],
    ['nothing judged', {}, () => undefined, /gathers books and prices/],
  ] as const)('%s', (_name, change, prepare, text) => {
    expect(because(change, prepare)).toMatch(text);
  });

  it('is what came of the latest signals, and those of long ago say nothing', () => {
    const told = because({}, ({ directional, nowMs }) => {
      directional.signals.set(conditionId(1), signalOf({ action: 'noEdge', atMs: nowMs }));
      directional.signals.set(conditionId(2), signalOf({ action: 'notPriced', atMs: nowMs }));
    });
    expect(told).toBe('the latest signals: 1 not priced, 1 with too little edge');
    const old = because({}, ({ directional, nowMs }) => {
      directional.signals.set(conditionId(1), signalOf({ action: 'noEdge', atMs: nowMs - 31 * 60_000 }));
    });
    expect(old).toMatch(/gathers/);
  });
});

it('shows signals with enough edge, the largest first, and entries that rest', () => {
  const tale = coinTale();
  const signal = signalOf({ action: 'entered', clientId: 'e-5' as ClientId, atMs: tale.nowMs() });
  tale.output({ kind: 'directional', ...{ note: { of: 'signal', signal } } });
  tale.answer(tale.enter(signal, shares(50)));
  const state = stateOf(tale);
  state.directional.signals.set(
    conditionId(2),
    signalOf({ conditionId: conditionId(2), edgePts: 20, action: 'aiRejected', atMs: state.nowMs }),
  );
  const status = directionalStatus(state);
  expect(
    status?.withEdge.map(({ edgePts, action, probabilityPct, pricePts }) => [
      edgePts,
      action,
      probabilityPct,
      pricePts,
    ]),
  ).toEqual([
    [20, 'aiRejected', 61, 48],
    [13, 'entered', 61, 48],
  ]);
  expect(status).toMatchObject({
    resting: [{ clientId: 'e-5', outcome: 'YES', pricePts: 48, shares: 50 }],
    positions: [],
    nothingBecause: null,
    coinMarkets: 2,
  });
});

describe('a position', () => {
  it('is shown at the middle of others, with its stop and its target', () => {
    const state = stateOf(holding());
    expect(directionalStatus(state)?.positions).toEqual([
      {
        id: expect.any(Number),
        slug: 'bitcoin-above-100k',
        coin: 'BTC',
        outcome: 'YES',
        shares: 50,
        entryPts: 48,
        midPts: 50,
        bidPts: 48,
        unrealisedUsd: 1,
        realisedUsd: 0,
        stopAtPts: 33,
        targetAtPts: 68,
        endAtMs: T0 + 10 * DAY_MS,
        heldBecause: 'between its stop at 33.0 and its target at 68.0',
      },
    ]);
  });

  it.each([
    [
      'resolved',
      {},
      (state: KernelState) => Object.assign(state.markets.get(conditionId(1)) ?? {}, { resolved: 'YES' }),
      /waits to be paid/,
    ],
    ['exits off', { exitEnabled: false }, () => undefined, /CD_EXIT_ENABLED/],
    [
      'halted',
      {},
      (state: KernelState) => Object.assign(state.trading, { mode: 'halted' }),
      /while trading is halted/,
    ],
    [
      'refused',
      {},
      (state: KernelState) => state.directional.exitsRefused.set(conditionId(1), 'notEnoughTokens'),
      /not enough free shares/,
    ],
    [
      'found nobody',
      {},
      (state: KernelState) => Object.assign(watchOf(exitMemory(state), positionOf(state)), { fruitless: 3 }),
      /3 sales in a row/,
    ],
    [
      'asked',
      {},
      (state: KernelState) =>
        Object.assign(watchOf(exitMemory(state), positionOf(state)), {
          question: { key: 'q', label: 'l', askedAtMs: 0, edgePts: -5 },
        }),
      /a model is asked/,
    ],
    [
      'kept',
      {},
      (state: KernelState) =>
        Object.assign(watchOf(exitMemory(state), positionOf(state)), { kept: { atMs: 0, edgePts: -5 } }),
      /said to keep it/,
    ],
    [
      'being sold',
      {},
      (state: KernelState) =>
        Object.assign(positionOf(state), {
          exit: { cause: 'stopped', why: 'the stop', aiValidation: null, clientId: 'x-6', atMs: 0 },
        }),
      /being sold: the stop/,
    ],
    [
      'no book',
      {},
      (state: KernelState) => Object.assign(state.feeds.market, { up: false }),
      /book is not live/,
    ],
  ] as const)('says why it is held: %s', (_name, change, prepare, text) => {
    const state = stateOf(holding(), change);
    prepare(state);
    expect(directionalStatus(state)?.positions[0]?.heldBecause).toMatch(text);
  });
});

it('what was realised stands apart in status, portfolio and summary, and is the same in all three', () => {
  const tale = holding();
  const entry = { n: 1, outcome: 'YES' as const };
  const exit = tale.leave(entry as Parameters<Tale['leave']>[0], 'x-6', cents(60), shares(50));
  tale.answer(exit);
  tale.tell(tale.trade(exit, shares(50)), 'CONFIRMED');
  const state = stateOf(tale);
  expect(directionalProfit(state)).toEqual({ closed: 1, realisedUsd: 6 });
  expect(portfolioOf(state).directional).toEqual({ held: [], closed: 1, realisedUsd: 6 });
  const facts = { ok: true, directory: '', exitReason: '', quotedMarkets: 0, journalEntries: 0 };
  expect(runSummary(state, baselineOf(state), null, facts).directional).toEqual({
    opened: 1,
    closed: 1,
    realisedUsd: 6,
    open: 0,
  });
  expect(portfolioOf(stateOf(holding())).directional).toEqual({
    held: [
      {
        conditionId: conditionId(1),
        slug: 'bitcoin-above-100k',
        outcome: 'YES',
        shares: 50,
        entryPrice: 0.48,
        mark: 0.5,
        unrealisedUsd: 1,
      },
    ],
    closed: 0,
    realisedUsd: 0,
  });
});

it('is nothing where the settings of a journal hold nothing of it', () => {
  const state = stateOf(coinTale());
  state.settings = strategySettings();
  expect(directionalStatus(state)).toBeNull();
});

describe('recalibration', () => {
  const judged = (n: number, day: number, coin: string) => ({
    conditionId: conditionId(n),
    coin,
    endAtMs: day * DAY_MS,
    knownAtMs: day * DAY_MS,
    isYes: true,
    forecasts: [{ day, yesProbability: 0.5 }],
  });
  const learnt = (day: number, markets: number, inUse: boolean) => ({
    day,
    markets,
    coinDays: markets,
    days: 12,
    map: { intercept: 0, slope: 1, markets: inUse ? markets : 0 },
  });

  it('is told with what is known for it, while it is switched off and before anything is fitted', () => {
    const known = [
      judged(1, 100, 'BTC'),
      judged(2, 100, 'BTC'),
      judged(3, 100, 'ETH'),
      judged(4, 101, 'BTC'),
    ];
    const evidence = { markets: 4, coinDays: 3, days: 2 };
    for (const recalibrate of [false, true]) {
      const state = stateOf(coinTale(), { recalibrate });
      state.directional.judged = known;
      expect(directionalStatus(state)?.recalibration).toEqual({
        enabled: recalibrate,
        inUse: false,
        ...evidence,
      });
    }
  });

  it('is that of the newest fit of both loops, and in use where it was enough', () => {
    const state = stateOf(coinTale(), { recalibrate: true });
    entryMemory(state).models.recalibration = learnt(99, 60, true);
    expect(directionalStatus(state)?.recalibration).toMatchObject({ inUse: true, markets: 60, days: 12 });
    exitMemory(state).models.recalibration = learnt(100, 70, false);
    expect(directionalStatus(state)?.recalibration).toMatchObject({ inUse: false, markets: 70 });
    state.settings = { ...state.settings, cd: { ...defaultSettings().cd, recalibrate: false } };
    expect(directionalStatus(state)?.recalibration).toMatchObject({
      enabled: false,
      inUse: false,
      markets: 0,
    });
  });
});
