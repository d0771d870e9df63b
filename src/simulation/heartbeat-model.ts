import { nextExponential, nextInt } from '../domain/random.ts';
import { receiveCancel } from './venue-model.ts';
import { after, countFault, latencyMs, type World } from './world.ts';

const BEAT_EVERY_MS = 5_000;
/** A worker that holds its beats back sends one after so long all the same, which arms the venue's sweep anew. */
const REARM_MS = 20_000;
/** How often a worker that holds its beats back looks whether it still has to. */
const HELD_LOOK_MS = 100;
/** The worker gives up on its quotes once this long has passed without a confirmed beat. */
const DEADLINE_MS = 10_000;
/** The venue looks this often, so that its sweep comes 10 to 15 s after the last beat. */
const SWEEP_EVERY_MS = 5_000;
const LOSS_MS = [6_000, 30_000] as const;
const HOUR_MS = 3_600_000;

/** The beat, its confirmation, and the venue's sweep of the orders of a worker that has fallen silent. */
export function startHeartbeat(world: World): void {
  const state = { confirmedAtMs: Number.NEGATIVE_INFINITY, sweptAtBeatMs: Number.NEGATIVE_INFINITY };
  const beat = (): void => {
    if (!world.mayBeat() && world.nowMs - world.heartbeat.sentAtMs < REARM_MS) {
      after(world, HELD_LOOK_MS, beat);
      return;
    }
    after(world, BEAT_EVERY_MS, beat);
    world.heartbeat.sentAtMs = world.nowMs;
    if (world.nowMs < world.heartbeat.lossUntilMs) return;
    after(world, latencyMs(world, 5, 40), () => {
      world.heartbeat.lastBeatMs = world.nowMs;
    });
    after(world, latencyMs(world, 45, 90), () => {
      state.confirmedAtMs = world.nowMs;
      if (!world.heartbeat.up) {
        world.heartbeat.up = true;
        world.deliver({ kind: 'feed', feed: 'heartbeat', up: true, reason: 'beat confirmed' });
      }
      const confirmed = state.confirmedAtMs;
      after(world, DEADLINE_MS, () => {
        if (state.confirmedAtMs !== confirmed || !world.heartbeat.up) return;
        world.heartbeat.up = false;
        world.deliver({
          kind: 'feed',
          feed: 'heartbeat',
          up: false,
          reason: '10 s passed without a confirmed beat',
        });
      });
    });
  };
  const sweep = (): void => {
    after(world, SWEEP_EVERY_MS, sweep);
    const { lastBeatMs } = world.heartbeat;
    if (world.nowMs - lastBeatMs < DEADLINE_MS || state.sweptAtBeatMs === lastBeatMs) return;
    state.sweptAtBeatMs = lastBeatMs;
    receiveCancel(world, null);
  };
  after(world, latencyMs(world, 50, 500), beat);
  after(world, SWEEP_EVERY_MS, sweep);
  recur(
    world,
    () => world.faults.heartbeatLossesPerHour,
    () => {
      countFault(world, 'heartbeatLoss');
      world.heartbeat.lossUntilMs = world.nowMs + nextInt(world.random.faults, ...LOSS_MS);
    },
  );
}

/** Calls `strike` at random moments, `perHour` times on average. A rate of 0 is looked at again every minute. */
export function recur(world: World, perHour: () => number, strike: () => void): void {
  const wait = (): void => {
    const rate = perHour();
    const delayMs =
      rate <= 0 ? 60_000 : Math.max(1, Math.ceil(nextExponential(world.random.faults, HOUR_MS / rate)));
    after(world, delayMs, () => {
      if (rate > 0 && perHour() > 0) strike();
      wait();
    });
  };
  wait();
}
