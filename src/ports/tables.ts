/** Tables that a person or a report reads. They follow from the journal and can be rebuilt from it at any time. */
export type TableName =
  | 'mm_quotes'
  | 'mm_fills'
  | 'mm_inventory'
  | 'mm_round_trips'
  | 'mm_daily_metrics'
  | 'mm_profit'
  | 'forecasts'
  | 'market_outcomes'
  | 'performance'
  | 'cd_signals'
  | 'cd_positions'
  | 'cd_trade_analyses';

/** The columns that name a row. A row that comes again replaces the one of the same name. */
export const TABLE_KEYS: Readonly<Record<TableName, readonly string[]>> = {
  mm_quotes: ['id'],
  mm_fills: ['id'],
  mm_inventory: ['wallet', 'token_id'],
  mm_round_trips: ['id'],
  mm_daily_metrics: ['date', 'wallet'],
  mm_profit: ['date', 'wallet', 'market_id'],
  forecasts: ['id'],
  market_outcomes: ['market_id'],
  performance: ['wallet', 'market_id', 'strategy'],
  cd_signals: ['id'],
  cd_positions: ['id'],
  cd_trade_analyses: ['id'],
};

export type TableValue = string | number | null;

/** One whole row: every column of its table has a value here. */
export interface TableRow {
  readonly table: TableName;
  readonly values: Readonly<Record<string, TableValue>>;
}

/** Rows that follow from one run's journal up to and with entry `seq`. */
export interface TableBatch {
  readonly runId: string;
  readonly seq: number;
  readonly rows: readonly TableRow[];
  /** Once the run has ended: what the tables of the run after it go on from. Null before. */
  readonly carriedOver: string | null;
}

/** How far the tables have come with one run. */
export interface TableProgress {
  readonly seq: number;
  readonly carriedOver: string | null;
}

/** Where tables are kept. `write` takes effect whole or not at all. */
export interface TableStore {
  progress(runId: string): TableProgress | null;
  write(batch: TableBatch): void;
  close(): void;
}
