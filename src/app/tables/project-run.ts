import { followFileJournal } from '../../adapters/node/follow-journal.ts';
import { readSnapshot } from '../../adapters/node/run-directory.ts';
import { decodeState, encodeState } from '../../kernel/codec.ts';
import { TABLE_KEYS, type TableProgress, type TableRow, type TableStore } from '../../ports/tables.ts';
import type { AccountDay } from '../../projections/day-rows.ts';
import type { Measures } from '../../projections/measures.ts';
import { createProjection, type Projection, project, refresh } from '../../projections/projection.ts';
import { decodeSnapshot } from '../snapshot.ts';
import { type ShownDay, shownDay } from './shown-day.ts';

export interface ProjectOptions {
  readonly store: TableStore;
  readonly runId: string;
  readonly directory: string;
  /** What the run before it left to go on from; null for a first run. */
  readonly carriedOver: string | null;
  readonly isEnded: () => boolean;
  readonly pause: () => Promise<void>;
  readonly nowMs: () => number;
  /** After each batch that was written. */
  readonly onDay: (day: ShownDay) => void;
}

/** While the worker runs, rows are written this often; a reader sees no newer ones. */
const WRITE_EVERY_MS = 1_000;
/** A reader that catches up writes as soon as it holds this many rows, so that it never holds many more. */
const MOST_ROWS = 5_000;

/**
 * Makes a run's tables from its journal, to its end. Rows that were written before are made again and not written, so a process that
 * is killed between two batches loses nothing: what the journal holds beyond the last batch is found by the next one. Returns
 * what the next run goes on from.
 */
export async function projectRun(options: ProjectOptions): Promise<string> {
  const { store, runId } = options;
  const projection = openProjection(options);
  const progress = store.progress(runId);
  const rows = new Map<string, TableRow>();
  let seq = 0;
  let writtenAtMs = options.nowMs();
  let writtenSeq = progress?.seq ?? 0;
  const emit = (row: TableRow): void => {
    if (seq > writtenSeq) rows.set(keyOf(row), row);
  };

  function write(carriedOver: string | null): void {
    const day = refresh(projection, (row) => rows.set(keyOf(row), row));
    store.write({ runId, seq, rows: [...rows.values()], carriedOver });
    rows.clear();
    writtenSeq = seq;
    writtenAtMs = options.nowMs();
    tell(options, projection, day);
  }

  for await (const entries of followFileJournal(options.directory, options)) {
    for (const entry of entries) {
      seq = entry.seq;
      project(projection, entry, emit);
    }
    const isDue = entries.length === 0 && options.nowMs() - writtenAtMs >= WRITE_EVERY_MS;
    if (seq > writtenSeq && (isDue || rows.size >= MOST_ROWS)) write(null);
  }
  const carriedOver = carriedOverOf(projection);
  write(carriedOver);
  return carriedOver;
}

function tell({ onDay }: ProjectOptions, { facts, measures }: Projection, day: AccountDay | null): void {
  if (facts !== null && day !== null) onDay(shownDay(day, measures, facts));
}

const keyOf = ({ table, values }: TableRow): string =>
  `${table} ${TABLE_KEYS[table].map((column) => values[column]).join(' ')}`;

/** Raised when what is carried over changes its form; runs whose measures have an older one are read again. */
const CARRIED_VERSION = 4;

const carriedOverOf = ({ measures }: Projection): string => `${CARRIED_VERSION} ${encodeState(measures)}`;

function openProjection({ directory, carriedOver }: ProjectOptions): Projection {
  const snapshot = readSnapshot(directory);
  return createProjection(
    // No loop runs here, so a state of another shape has what is read of it.
    snapshot === null ? null : decodeSnapshot(snapshot).state,
    carriedOver === null ? null : (decodeState(carriedOver.slice(carriedOver.indexOf(' ') + 1)) as Measures),
  );
}

/** What an ended run left to go on from, if all of it is in the tables and in today's form. */
export const carriedOverIn = (progress: TableProgress | null): string | null =>
  progress?.carriedOver?.startsWith(`${CARRIED_VERSION} `) ? progress.carriedOver : null;
