import { nextInt } from '../domain/random.ts';
import { recur } from './heartbeat-model.ts';
import { after, type World } from './world.ts';

const ORDERS_PER_HOUR = 2;
const HELD_MS = [5_000, 60_000] as const;

/** A person who now and then pauses, halts or reduces, and resumes within a minute. */
export function startOperator(world: World, isOver: () => boolean): void {
  recur(
    world,
    () => (isOver() ? 0 : ORDERS_PER_HOUR),
    () => {
      const order = (['pause', 'halt', 'reduce'] as const)[nextInt(world.random.faults, 0, 2)] ?? 'pause';
      world.deliver({ kind: 'operator', order, by: 'simulation', reason: 'now and then' });
      after(world, nextInt(world.random.faults, ...HELD_MS), () =>
        world.deliver({ kind: 'operator', order: 'resume', by: 'simulation', reason: 'enough' }),
      );
    },
  );
}
