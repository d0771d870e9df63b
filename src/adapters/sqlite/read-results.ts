import { DatabaseSync } from 'node:sqlite';

/** One strategy's result in one market, as the tables have it. Null where the market is not resolved. */
export interface ResultRow {
  readonly market_id: string;
  readonly event_id: string;
  readonly slug: string;
  readonly category: string;
  readonly strategy: string;
  readonly fills_count: number;
  readonly fees: number;
  readonly actual_outcome: 'YES' | 'NO' | 'VOID' | null;
  readonly was_correct: number | null;
  readonly pnl_net: number | null;
  readonly residual_micro_usd: number | null;
  readonly resolved_at_ms: number | null;
}

export interface ForecastRow {
  readonly market_id: string;
  readonly event_id: string;
  readonly category: string;
  readonly source: string;
  readonly horizon_ms: number | null;
  readonly probability: number;
  readonly market_probability: number | null;
  readonly side: 'YES' | 'NO' | null;
  readonly winner: 'YES' | 'NO' | 'VOID' | null;
}

export interface ResultTables {
  readonly results: readonly ResultRow[];
  readonly forecasts: readonly ForecastRow[];
  /** Markets by how far their oracle is. */
  readonly statuses: Readonly<Record<string, number>>;
}

const BUSY_TIMEOUT_MS = 5_000;

/** Reads how trading turned out, all of one moment. The file may be written meanwhile; it is left as it is. */
export function readResults(path: string): ResultTables {
  const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  try {
    database.exec('BEGIN');
    // The columns are those of the migrations, whose STRICT tables hold nothing of another type.
    const rows = <Row>(sql: string): Row[] =>
      database
        .prepare(sql)
        .all()
        .map((row) => ({ ...row }) as Row);
    const statuses = rows<{ status: string; count: number }>(
      'SELECT status, COUNT(*) AS count FROM market_outcomes GROUP BY status ORDER BY status',
    );
    return {
      results: rows<ResultRow>(
        `SELECT market_id, event_id, slug, category, strategy, fills_count, fees, actual_outcome, was_correct, pnl_net,
           residual_micro_usd, resolved_at_ms FROM performance ORDER BY resolved_at_ms, market_id, strategy`,
      ),
      forecasts: rows<ForecastRow>(
        `SELECT market_id, event_id, category, source, horizon_ms, probability, market_probability, side, winner
           FROM forecasts LEFT JOIN (SELECT market_id, winner FROM market_outcomes) USING (market_id) ORDER BY at_ms, id`,
      ),
      statuses: Object.fromEntries(statuses.map(({ status, count }) => [status, count])),
    };
  } finally {
    database.close();
  }
}
