import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { MIGRATIONS, type Migration } from './migrations.ts';

/** A database that is not what this program's migrations make. */
export class ForeignDatabase extends Error {
  override readonly name = 'ForeignDatabase';
}

/**
 * Brings a database forward to the newest tables, each step in a transaction of its own. What was applied before must be, step by
 * step, what this program would have applied: tables of another program or of a later version are refused and left alone.
 */
export function migrate(database: DatabaseSync, migrations: readonly Migration[] = MIGRATIONS): number {
  database.exec(
    'CREATE TABLE IF NOT EXISTS migrations (number INTEGER PRIMARY KEY, name TEXT NOT NULL, sha256 TEXT NOT NULL) STRICT',
  );
  const applied = database.prepare('SELECT number, name, sha256 FROM migrations ORDER BY number').all();
  for (const [index, row] of applied.entries()) check(index + 1, row, migrations[index]);
  for (const [index, migration] of migrations.entries())
    if (index >= applied.length) apply(database, index + 1, migration);
  return migrations.length - applied.length;
}

function check(number: number, row: Record<string, unknown>, known: Migration | undefined): void {
  if (row.number === number && known !== undefined && row.sha256 === hashOf(known)) return;
  throw new ForeignDatabase(
    `the tables have migration ${String(row.number)} "${String(row.name)}"; expected ${
      known === undefined
        ? 'none beyond it, they are of a later version'
        : `${number} "${known.name}" as this version has it`
    }. Move the file away; the tables are made again from the journal.`,
  );
}

function apply(database: DatabaseSync, number: number, migration: Migration): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    database.exec(migration.sql);
    database
      .prepare('INSERT INTO migrations (number, name, sha256) VALUES (?, ?, ?)')
      .run(number, migration.name, hashOf(migration));
    database.exec('COMMIT');
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

const hashOf = ({ sql }: Migration): string => createHash('sha256').update(sql).digest('hex');
