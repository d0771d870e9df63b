import { describe, expect, it } from 'vitest';
import { countFill, createCircuitBreaker, suspension } from '../risk/circuit-breaker.ts';
import { BLOCK_RULES, type BlockName, mayTransmit } from '../risk/trading-state.ts';
import { closedUnder, explore } from './test-support/control-graph.ts';
import {
  type ControlFunctions,
  type ControlModel,
  type ControlTerms,
  controlModel,
  EVENTS,
  type EventName,
  isPersons,
} from './test-support/control-model.ts';

/**
 * Every combination of what holds trading back, found breadth-first over the functions that the kernel itself calls. What the world
 * may do in between is an event: values, feeds, reads, orders of a person, time, a restart from what was kept.
 */
const VALUES = ['value 100', 'value 83', 'value 78', 'value 70', 'value 55', 'a glimpse of 40'] as const;
const TIME = ['cool-down', 'next day'] as const;
const READS = ['reads', 'answers to reads from before', 'reads fail'] as const;
const CHAIN = ['money missing', 'difference explained'] as const;
const BEAT = ['heartbeat up', 'heartbeat down', 'user feed up'] as const;
const SOCKETS = ['market feed up', 'market feed down', 'user feed down'] as const;
const SHARED = [...READS, ...BEAT, 'resume', 'restart'] as const;
const LOSSES = [...SHARED, ...VALUES, ...TIME] as const;

const TERMS: Readonly<Record<string, ControlTerms>> = {
  'a drawdown stop beyond the kill': {
    stopPct: 40,
    maxRecoveriesPerDay: 1,
    events: [...LOSSES, 'reduce'],
  },
  'a drawdown stop at the level of the kill, as by default': {
    stopPct: 25,
    maxRecoveriesPerDay: 1,
    events: [...LOSSES, 'pause'],
  },
  'no resume by itself': { stopPct: 25, maxRecoveriesPerDay: 0, events: LOSSES },
  'all feeds, all orders of a person, and a chain that differs': {
    stopPct: 40,
    maxRecoveriesPerDay: 1,
    events: [...SHARED, ...SOCKETS, ...CHAIN, 'pause', 'reduce', 'halt'],
  },
};

/** Blocks that only a person clears, or nobody but the outside. */
const NEEDS_A_PERSON: readonly BlockName[] = [
  'operatorPause',
  'operatorReduce',
  'operatorHalt',
  'drawdownStopLoss',
];

const seen = new Set<BlockName>();

describe.each(Object.entries(TERMS))('trading control with %s', (name, terms) => {
  const model = controlModel(terms);
  const graph = explore(model);

  it('is never wrong on any step between its states', { timeout: 60_000 }, () => {
    console.log(
      `${name}: ${graph.states.length} states, ${graph.transitions} transitions, ${graph.active.length} of them trading fully`,
    );
    expect(graph.violations).toEqual([]);
    expect(graph.states.length).toBeGreaterThan(1_000);
    for (const { control } of graph.states)
      for (const block of control.trading.blocks.keys()) seen.add(block);
    expect(graph.active.length).toBeGreaterThan(0);
  });

  it('reaches full trading from every state, by events that a worker can see without a restart', () => {
    const reaching = closedUnder(graph, graph.active, (event) => event !== 'restart');
    expect(graph.states.length - reaching.size).toBe(0);
  });

  it('needs a person only where that is what is said', () => {
    const reaching = closedUnder(graph, graph.active, (event) => event !== 'restart' && !isPersons(event));
    const stuck = graph.states.filter((_, index) => !reaching.has(index));
    const wanted = graph.states.filter(
      ({ control: { trading, losses } }) =>
        NEEDS_A_PERSON.some((block) => trading.blocks.has(block)) ||
        (trading.blocks.has('drawdownKill') && terms.maxRecoveriesPerDay === 0) ||
        losses.drawdown.isStopped,
    );
    expect(stuck.length).toBe(wanted.length);
  });

  it('gets from every state to full trading by the way out that each of its blocks states', {
    timeout: 60_000,
  }, () => {
    const held = graph.states.flatMap((state) => {
      const { mode, blocks } = model.takeWayOut(state).control.trading;
      return mode === 'active' ? [] : [[...blocks.keys()].join(', ')];
    });
    expect(held).toEqual([]);
  });

  it('gets rid of each limit on losses by itself where that is said', { timeout: 60_000 }, () => {
    const met = { reduce: 0, kill: 0, day: 0, residual: 0 };
    for (const state of graph.states) {
      const { blocks } = state.control.trading;
      if (blocks.has('drawdownReduce')) {
        met.reduce += 1;
        expect(model.play(state, ['reads', 'value 100']).control.trading.blocks.has('drawdownReduce')).toBe(
          false,
        );
      }
      if (blocks.has('dailyStopLoss')) {
        met.day += 1;
        expect(model.play(state, ['reads', 'next day']).control.trading.blocks.has('dailyStopLoss')).toBe(
          false,
        );
      }
      const isStopped = model.play(state, ['reads']).control.trading.blocks.has('drawdownStopLoss');
      if (blocks.has('drawdownKill') && !isStopped && terms.maxRecoveriesPerDay > 0) {
        met.kill += 1;
        const later = model.play(state, ['reads', 'value 78', 'next day', 'cool-down']);
        expect(later.control.trading.blocks.has('drawdownKill')).toBe(false);
      }
      if (blocks.has('ledgerResidual')) {
        met.residual += 1;
        const later = model.play(state, ['difference explained', 'reads']);
        expect(later.control.trading.blocks.has('ledgerResidual')).toBe(false);
      }
    }
    const hasLosses = terms.events.includes('value 70');
    expect(met.reduce > 0).toBe(hasLosses);
    expect(met.day > 0).toBe(hasLosses);
    expect(met.kill > 0).toBe(hasLosses && terms.maxRecoveriesPerDay > 0);
    expect(met.residual > 0).toBe(terms.events.includes('money missing'));
  });

  it('stops for good from every state, and starts again with what must outlast a run', {
    timeout: 60_000,
  }, () => {
    const others = (Object.keys(EVENTS) as EventName[]).filter((event) => event !== 'restart');
    const wrong: string[] = [];
    for (const state of graph.states) {
      const again = model.play(state, ['stop', 'restart']).control.trading;
      for (const [block, { sinceMs }] of state.control.trading.blocks)
        if (BLOCK_RULES[block].outlivesRestart && again.blocks.get(block)?.sinceMs !== sinceMs)
          wrong.push(`${block} does not stand since ${sinceMs} after a restart`);
      if (again.blocks.has('operatorStop') || mayTransmit(again.mode))
        wrong.push('a run begins to trade unread');
      const stopping = model.play(state, ['stop']);
      for (const event of others) {
        EVENTS[event].play(stopping, model);
        if (stopping.control.trading.mode !== 'stopping') wrong.push(`${event} leads out of a stop`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

it('all of them together have met every block but the stop, which ends a run', () => {
  const wanted = Object.keys(BLOCK_RULES).filter((block) => block !== 'operatorStop');
  expect([...seen].sort()).toEqual(wanted.sort());
});

describe('the model', () => {
  const terms: ControlTerms = {
    stopPct: 40,
    maxRecoveriesPerDay: 1,
    events: [...SHARED, ...CHAIN, ...TIME, 'value 100', 'value 76', 'value 70'],
  };
  const found = (functions: Partial<ControlFunctions>): string[] =>
    explore(controlModel(terms, functions)).violations;
  const real: ControlModel = controlModel(terms);
  const { functions } = real;

  it.each<[string, Partial<ControlFunctions>, RegExp]>([
    [
      'a kill that does not wait for its cool-down',
      {
        takeWorth: (control, worth) =>
          functions.takeWorth(
            {
              ...control,
              settings: { ...control.settings, mm: { ...control.settings.mm, ddCooldownMinutes: 0 } },
            },
            worth,
          ),
      },
      /drawdownKill ended before its cool-down/,
    ],
    [
      'a kill that ends at any drawdown',
      {
        takeWorth: (control, worth) =>
          functions.takeWorth(
            {
              ...control,
              settings: { ...control.settings, mm: { ...control.settings.mm, ddResumePct: 26 } },
            },
            worth,
          ),
      },
      /drawdownKill ended at a drawdown/,
    ],
    [
      'a kill that ends as often as it likes',
      {
        takeWorth: (control, worth) => {
          control.losses.drawdown.recoveries = 0;
          return functions.takeWorth(control, worth);
        },
      },
      /drawdownKill ended by itself once more/,
    ],
    [
      'a resume without reading anything',
      {
        settleMode: (control, before) =>
          functions.settleMode(control, before === 'halted' ? 'starting' : before),
      },
      /trading went on without reads/,
    ],
    [
      'a restart that forgets halts',
      {
        restartControl: (control) => {
          for (const block of control.trading.blocks.keys()) control.trading.blocks.delete(block);
          functions.restartControl(control);
        },
      },
      /was lost by a restart/,
    ],
    [
      'a daily stop that the next look lifts',
      {
        takeWorth: (control, worth) => {
          control.losses.day.isStopped = false;
          return functions.takeWorth(control, worth);
        },
      },
      /dailyStopLoss ended on the same day/,
    ],
    [
      'a feed whose loss changes nothing',
      {
        switchFeed: (control, feed, up, reason) =>
          feed === 'heartbeat' && !up ? false : functions.switchFeed(control, feed, up, reason),
      },
      /heartbeat is down and trading is not halted/,
    ],
    [
      'a difference to the chain that nobody minds',
      {
        takeComparison: (reconciliation, trading, difference, nowMs) => {
          functions.takeComparison(reconciliation, trading, difference, nowMs);
          trading.blocks.delete('ledgerResidual');
          return 'doubtful';
        },
      },
      /chain and books still differ and trading is not halted/,
    ],
  ])('finds %s', { timeout: 60_000 }, (_, broken, violation) => {
    expect(found(broken).some((text) => violation.test(text))).toBe(true);
  });

  it('finds a resume that accepts no loss, because the halt comes back at once', { timeout: 60_000 }, () => {
    const model = controlModel(terms, {
      obeyOperator: (control, word) => {
        const losses = structuredClone(control.losses);
        functions.obeyOperator(control, word);
        control.losses = losses;
      },
    });
    const graph = explore(model);
    const reaching = closedUnder(graph, graph.active, (event) => event !== 'restart' && isPersons(event));
    expect(reaching.size).toBeLessThan(graph.states.length);
    expect(graph.states.some((state) => model.takeWayOut(state).control.trading.mode !== 'active')).toBe(
      true,
    );
  });
});

describe('the breaker of one market', () => {
  it('opens after its row of adverse fills, and always closes again by time alone', () => {
    const settings = { circuitBreakerThreshold: 3, circuitBreakerCooldownSeconds: 60 };
    const seen = new Map<string, { state: ReturnType<typeof createCircuitBreaker>; nowMs: number }>();
    const queue = [{ state: createCircuitBreaker(), nowMs: 0 }];
    let transitions = 0;
    for (const { state, nowMs } of queue) {
      const key = `${state.adverseInRow}/${suspension(state, nowMs) === null ? 'open' : 'suspended'}`;
      if (seen.has(key)) continue;
      seen.set(key, { state, nowMs });
      // By time alone: the stated way out.
      expect(suspension(state, nowMs + 60_000)).toBeNull();
      for (const [pts, isLate] of [
        [-1, false],
        [1, false],
        [-1, true],
      ] as const) {
        transitions += 1;
        const next = { ...state };
        const opened = countFill(next, { realizedSpreadPts: pts, isLate }, settings, nowMs);
        expect(opened).toBe(!isLate && pts < 0 && state.adverseInRow === 2);
        if (opened) expect(suspension(next, nowMs)).not.toBeNull();
        queue.push({ state: next, nowMs }, { state: next, nowMs: nowMs + 60_000 });
      }
    }
    console.log(`breaker: ${seen.size} states, ${transitions} transitions`);
    expect([...seen.keys()].sort()).toEqual([
      '0/open',
      '0/suspended',
      '1/open',
      '1/suspended',
      '2/open',
      '2/suspended',
    ]);
  });
});
