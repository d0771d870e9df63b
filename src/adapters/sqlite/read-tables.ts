import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { TableValue } from '../../ports/tables.ts';

/** All rows that a query gives, from a file that others may be writing. Null where there is no file. */
export function readTables(path: string, sql: string): Record<string, TableValue>[] | null {
  if (!existsSync(path)) return null;
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return database.prepare(sql).all() as Record<string, TableValue>[];
  } finally {
    database.close();
  }
}
