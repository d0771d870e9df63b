import { createKernel } from '../../kernel/kernel.ts';
import type { Input } from '../../kernel/messages.ts';
import type { KernelState } from '../../kernel/state.ts';
import { loops } from '../../loops/index.ts';
import type { JournalEntry } from '../../ports/journal.ts';
import { TABLE_KEYS, type TableName, type TableRow } from '../../ports/tables.ts';
import { createProjection, project, refresh } from '../../projections/projection.ts';
import { createRecorder } from '../../runtime/recorder.ts';
import { openScenario, type Scenario, type SeedOptions } from '../../simulation/run-seed.ts';

/** A simulated run with its journal and the tables made from it; the world knows what truly happened. */
export interface SimulatedJournal {
  readonly scenario: Scenario;
  readonly state: KernelState;
  readonly entries: readonly JournalEntry[];
  rows(table: TableName): readonly TableRow['values'][];
}

/** Runs a seed for so many hours of its own time and folds what its worker journaled. */
export function simulateJournal(options: SeedOptions): SimulatedJournal {
  const entries: JournalEntry[] = [];
  const recorder = createRecorder(createKernel(loops, null), {
    append: (more) => entries.push(...(JSON.parse(JSON.stringify(more)) as JournalEntry[])),
    flush: () => undefined,
    sync: async () => undefined,
    close: async () => undefined,
  });
  const scenario = openScenario({
    ...options,
    onStep: (atMs: number, input: Input) => recorder.step(atMs, JSON.parse(JSON.stringify(input)) as Input),
  });
  const { world, driver } = scenario;
  driver.runUntil(world.nowMs + options.hours * 3_600_000);
  world.deliver({ kind: 'operator', order: 'stop', by: 'simulation', reason: 'the end of the run' });
  driver.runUntil(world.nowMs + 120_000);
  const rows = new Map<string, TableRow>();
  const emit = (row: TableRow): void => {
    rows.set(`${row.table} ${TABLE_KEYS[row.table].map((key) => row.values[key]).join(' ')}`, row);
  };
  const projection = createProjection(null, null);
  for (const entry of entries) project(projection, entry, emit);
  refresh(projection, emit);
  return {
    scenario,
    state: recorder.kernel.state,
    entries,
    rows: (table) => [...rows.values()].filter((row) => row.table === table).map(({ values }) => values),
  };
}
