import { join } from 'node:path';
import { type ChildProgram, startChild } from './child-program.ts';
import { withoutSettings } from './demo-settings.ts';
import { parseVenueReady, type VenueReady } from './venue-ready.ts';

const cli = (name: string): string => join(import.meta.dirname, '..', '..', 'cli', `${name}.ts`);

/** Preparing a few dozen markets on the chain takes seconds; recorded ones take longer. */
const VENUE_READY_BOUND_MS = 120_000;

export interface VenueChild {
  readonly program: ChildProgram;
  readonly ready: VenueReady;
}

/** Starts the local venue and waits until it serves. */
export async function startVenueChild(
  args: readonly string[],
  onErrorLine: (line: string) => void,
  started?: (program: ChildProgram) => void,
): Promise<VenueChild> {
  const program = startChild({ script: cli('venue'), args, env: withoutSettings(process.env), onErrorLine });
  started?.(program);
  try {
    return { program, ready: parseVenueReady(await program.firstLine(VENUE_READY_BOUND_MS)) };
  } catch (error) {
    await program.stop(5_000);
    throw error;
  }
}

/** Starts the worker with these settings and no others. */
export function startWorkerChild(
  settings: Readonly<Record<string, string>>,
  args: readonly string[],
  onErrorLine: (line: string) => void,
): ChildProgram {
  return startChild({
    script: cli('start'),
    args: ['--no-env-file', '--json', ...args],
    env: { ...withoutSettings(process.env), ...settings },
    onErrorLine,
  });
}
