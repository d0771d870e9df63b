import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import {
  TABLE_KEYS,
  type TableBatch,
  type TableName,
  type TableRow,
  type TableStore,
} from '../../ports/tables.ts';
import { migrate } from './migrate.ts';

/** A reader that holds the file is waited for this long; readers do not block writers in WAL mode, so this is rare. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Tables in one SQLite file, brought forward to the newest form. Others may read it while it is written: it is in WAL mode, and a
 * batch with its progress is one transaction. Losing the last batches in a power cut is harmless, they are made again.
 */
export function openTableStore(path: string): TableStore {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
  try {
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;');
    migrate(database);
  } catch (error) {
    database.close();
    throw error;
  }
  const writers = new Map<TableName, Writer>();
  const progressOf = database.prepare('SELECT seq, carried_over FROM projected_runs WHERE run_id = ?');
  const setProgress = database.prepare(
    'INSERT OR REPLACE INTO projected_runs (run_id, seq, carried_over) VALUES (?, ?, ?)',
  );

  function writerOf(table: TableName): Writer {
    let writer = writers.get(table);
    if (writer === undefined) {
      writer = createWriter(database, table);
      writers.set(table, writer);
    }
    return writer;
  }

  return {
    progress(runId) {
      const row = progressOf.get(runId);
      return row === undefined
        ? null
        : { seq: Number(row.seq), carriedOver: row.carried_over === null ? null : String(row.carried_over) };
    },
    write({ runId, seq, rows, carriedOver }: TableBatch) {
      database.exec('BEGIN IMMEDIATE');
      try {
        for (const row of rows) writerOf(row.table).write(row);
        setProgress.run(runId, seq, carriedOver);
        database.exec('COMMIT');
      } catch (error) {
        database.exec('ROLLBACK');
        throw error;
      }
    },
    close: () => database.close(),
  };
}

interface Writer {
  write(row: TableRow): void;
}

function createWriter(database: DatabaseSync, table: TableName): Writer {
  const columns = database
    .prepare(`PRAGMA table_info(${table})`)
    .all()
    .map(({ name }) => String(name));
  const keys = TABLE_KEYS[table];
  const updates = columns.filter((column) => !keys.includes(column));
  const statement: StatementSync = database.prepare(
    `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})
     ON CONFLICT (${keys.join(', ')}) DO UPDATE SET ${updates.map((column) => `${column} = excluded.${column}`).join(', ')}`,
  );
  return {
    write({ values }) {
      const given = Object.keys(values).length;
      if (given !== columns.length)
        throw new Error(
          `a row of ${table} has ${given} values, expected ${columns.length}: ${columns.join(', ')}`,
        );
      statement.run(
        ...columns.map((column) => {
          const value = values[column];
          if (value === undefined) throw new Error(`a row of ${table} has no ${column}`);
          return value;
        }),
      );
    },
  };
}
