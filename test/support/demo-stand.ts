import { afterEach, beforeEach } from 'vitest';
import type { ChildProgram } from '../../src/app/demo/child-program.ts';
import { startVenueChild, startWorkerChild, type VenueChild } from '../../src/app/demo/programs.ts';
import { temporaryFolder } from './demo-pieces.ts';

/** The real programs of one test in a folder of its own. */
export interface DemoStand {
  /** The folder, another one for each test. */
  readonly path: string;
  startVenue(args: readonly string[], onErrorLine?: (line: string) => void): Promise<VenueChild>;
  startWorker(
    settings: Readonly<Record<string, string>>,
    args: readonly string[],
    onErrorLine: (line: string) => void,
  ): ChildProgram;
}

/** For a file of tests: whatever a test starts here is ended after it, workers before venues, and its folder removed. */
export function demoStand(): DemoStand {
  let folder: ReturnType<typeof temporaryFolder>;
  const venues: VenueChild[] = [];
  const workers: ChildProgram[] = [];
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(async () => {
    for (const worker of workers.splice(0)) await worker.stop(5_000);
    for (const { program } of venues.splice(0)) await program.stop(20_000);
    folder.remove();
  });
  return {
    get path() {
      return folder.path;
    },
    async startVenue(args, onErrorLine = () => undefined) {
      const venue = await startVenueChild(args, onErrorLine);
      venues.push(venue);
      return venue;
    },
    startWorker(settings, args, onErrorLine) {
      const worker = startWorkerChild(settings, args, onErrorLine);
      workers.push(worker);
      return worker;
    },
  };
}
