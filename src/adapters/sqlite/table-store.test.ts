import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TableRow } from '../../ports/tables.ts';
import { ForeignDatabase, migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations.ts';
import { openTableStore } from './table-store.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'evenkeel-tables-'));
  path = join(folder, 'sub', 'worker.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const trip = (id: string, net: number): TableRow => ({
  table: 'mm_round_trips',
  values: {
    id,
    market_id: 'm1',
    token_id: null,
    direction: 'long',
    entry_fill_id: 'a',
    exit_fill_id: 'b',
    entry_price: 0.4,
    exit_price: 0.5,
    size: 10,
    gross_pnl: net,
    net_pnl: net,
    hold_seconds: 1.5,
    created_at_ms: 1,
  },
});

function read(sql: string): Record<string, unknown>[] {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
}

describe('the table store', () => {
  it('makes every table from nothing, in WAL mode, and applies no step twice', () => {
    openTableStore(path).close();
    openTableStore(path).close();
    expect(read('SELECT number FROM migrations').map(({ number }) => number)).toEqual(
      MIGRATIONS.map((_, index) => index + 1),
    );
    expect(read('PRAGMA journal_mode')).toEqual([{ journal_mode: 'wal' }]);
    const tables = read("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'mm_%'");
    expect(tables).toHaveLength(6);
  });

  it('replaces a row that comes again, and keeps how far it has come', () => {
    const store = openTableStore(path);
    expect(store.progress('run-1')).toBeNull();
    store.write({ runId: 'run-1', seq: 7, rows: [trip('t1', 1), trip('t2', 2)], carriedOver: null });
    store.write({ runId: 'run-1', seq: 9, rows: [trip('t1', 3)], carriedOver: 'rest' });
    expect(store.progress('run-1')).toEqual({ seq: 9, carriedOver: 'rest' });
    // Another process reads while the store is open.
    expect(read('SELECT id, net_pnl FROM mm_round_trips ORDER BY id')).toEqual([
      { id: 't1', net_pnl: 3 },
      { id: 't2', net_pnl: 2 },
    ]);
    store.close();
  });

  it('writes a batch whole or not at all', () => {
    const store = openTableStore(path);
    store.write({ runId: 'run-1', seq: 7, rows: [trip('t1', 1)], carriedOver: null });
    const { size: _, ...rest } = trip('t2', 2).values;
    const cut: TableRow = { table: 'mm_round_trips', values: rest };
    expect(() =>
      store.write({ runId: 'run-1', seq: 8, rows: [trip('t1', 5), cut], carriedOver: null }),
    ).toThrow(/12 values, expected 13/);
    expect(store.progress('run-1')?.seq).toBe(7);
    expect(read('SELECT net_pnl FROM mm_round_trips')).toEqual([{ net_pnl: 1 }]);
    store.close();
  });
});

describe('migrations', () => {
  it('bring the version before forward, and have its tables made again from the journal', () => {
    openTableStore(path).close();
    rmSync(path);
    const before = new DatabaseSync(path);
    expect(migrate(before, MIGRATIONS.slice(0, 1))).toBe(1);
    before.exec("INSERT INTO projected_runs VALUES ('run-1', 5, NULL)");
    before.exec("INSERT INTO mm_inventory VALUES ('0xw', '11', 'm1', 'YES', 1, 1, 0.5, 0, 0, NULL, 1)");
    before.close();
    const store = openTableStore(path);
    expect(store.progress('run-1')).toBeNull();
    store.close();
    expect(read('SELECT * FROM mm_inventory')).toEqual([]);
    const columns = read('PRAGMA table_info(mm_fills)').map(({ name }) => name);
    expect(columns).toContain('residual_micro_usd');
  });

  it('refuse tables of a later version and of another program, and change nothing in them', () => {
    openTableStore(path).close();
    const later = new DatabaseSync(path);
    later.exec("INSERT INTO migrations VALUES (99, 'from the future', 'x')");
    expect(() => migrate(later)).toThrow(ForeignDatabase);
    later.exec(
      "DELETE FROM migrations WHERE number = 99; UPDATE migrations SET sha256 = 'y' WHERE number = 1",
    );
    expect(() => migrate(later)).toThrow(/found|has migration|have migration 1/);
    later.close();
    expect(() => openTableStore(path)).toThrow(/Move the file away/);
  });

  it('leave a database as it was when a step fails', () => {
    openTableStore(path).close();
    const database = new DatabaseSync(path);
    const broken = { name: 'broken', sql: 'CREATE TABLE half (a); CREATE TABLE mm_fills (a);' };
    expect(() => migrate(database, [...MIGRATIONS, broken])).toThrow(/already exists/);
    database.close();
    expect(read("SELECT name FROM sqlite_master WHERE name = 'half'")).toEqual([]);
    openTableStore(path).close();
  });
});
