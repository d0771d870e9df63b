/**
 * Trading control as a graph: every abstract state that the real functions reach, breadth-first, and every step between two of them
 * held against the rules.
 */
import { isReconciled } from '../reconciliation.ts';
import { isWorthKnown } from '../trading-control.ts';
import type { ControlModel, EventName, ModelState } from './control-model.ts';
import { follow, wrongIn } from './control-rules.ts';
import { COOLDOWN_MS, DAY_MS, FEEDS } from './control-terms.ts';

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
