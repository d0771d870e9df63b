import { createKernel } from '../kernel/kernel.ts';
import type { Loop } from '../kernel/loop.ts';
import type { Command, Input } from '../kernel/messages.ts';
import { openScenario, type SeedOptions } from '../simulation/run-seed.ts';
import { assertSame } from './rounds.ts';

/** The inputs of one run as text outside the heap, one a line, so that holding them costs the kernel that is timed nothing. */
export interface RecordedRun {
  readonly markets: number;
  readonly lines: Buffer;
  readonly commands: number;
}

export interface RecordOptions extends Pick<SeedOptions, 'seed' | 'markets' | 'settings'> {
  readonly seconds: number;
}

/** Books as busy as those of a market people watch: several changes a second in each. */
const MAKER_REFRESH_MS = 1_000;
const NEW_LINE = 10;

/** Records a simulated run in which every market is quoted on both sides, from the start on. */
export function recordRun({ seed, markets, settings, seconds }: RecordOptions): RecordedRun {
  const lines: string[] = [];
  let commands = 0;
  const { driver, world } = openScenario({
    seed,
    hours: 1,
    markets,
    engine: 'legacy',
    informed: null,
    faults: 'none',
    makerRefreshMs: MAKER_REFRESH_MS,
    settings: { MM_ORDERS_PER_SECOND: '500', ...settings },
    // Two quotes a market and those on their way: the bound of the setting would be what is measured.
    unbounded: { maxOpenOrders: 5_000 },
    onStep: (atMs, input, outputs) => {
      lines.push(`${JSON.stringify([atMs, input])}\n`);
      commands += outputs.length;
    },
  });
  driver.runUntil(world.startMs + seconds * 1_000);
  return { markets, lines: Buffer.from(lines.join('')), commands };
}

/** Takes the recorded inputs up one by one, each parsed only when it is asked for, as a driver parses a frame. */
function* inputsOf(lines: Buffer): Generator<readonly [atMs: number, input: Input], void, undefined> {
  for (let from = 0; from < lines.length; ) {
    const end = lines.indexOf(NEW_LINE, from);
    yield JSON.parse(lines.toString('utf8', from, end)) as [number, Input];
    from = end + 1;
  }
}

/** One step of a replay. Parsing its input is not the kernel's work and is not in its time. */
export interface ReplayedStep {
  readonly sinceStartMs: number;
  readonly input: Input;
  readonly commands: readonly Command[];
  readonly tookMs: number;
}

/** Gives a fresh kernel with these loops all inputs, and fails unless it gives as many commands as the run that was recorded. */
export function replayRun(
  run: RecordedRun,
  loops: readonly Loop[],
  onStep: (step: ReplayedStep) => void,
): void {
  const kernel = createKernel(loops, null);
  let startMs: number | null = null;
  let outputs = 0;
  for (const [atMs, input] of inputsOf(run.lines)) {
    startMs ??= atMs;
    const beganMs = performance.now();
    const commands = kernel.step(atMs, input);
    const tookMs = performance.now() - beganMs;
    outputs += commands.length;
    onStep({ sinceStartMs: atMs - startMs, input, commands, tookMs });
  }
  assertSame(`commands of ${run.markets} markets`, outputs, run.commands);
}
