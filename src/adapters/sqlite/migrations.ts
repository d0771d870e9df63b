/**
 * How the tables came to be, step by step. A step that has been released is never changed: what it made stands in databases. The
 * tables follow from the journal, so a step may also empty them; the next start fills them again.
 */
export interface Migration {
  readonly name: string;
  readonly sql: string;
}

const FIRST: Migration = {
  name: 'tables of market making',
  sql: `
    CREATE TABLE mm_quotes (
      id TEXT PRIMARY KEY, market_id TEXT NOT NULL, token_id TEXT, level INTEGER NOT NULL,
      bid_order_id TEXT, ask_order_id TEXT, bid_price REAL, ask_price REAL, bid_size REAL, ask_size REAL,
      mid_price REAL, size REAL NOT NULL, filled_size REAL NOT NULL,
      status TEXT NOT NULL CHECK (status IN ('active', 'replaced', 'cancelled', 'filled', 'rejected', 'expired')),
      created_at_ms INTEGER NOT NULL, updated_at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX mm_quotes_by_market ON mm_quotes (market_id, created_at_ms);

    CREATE TABLE mm_fills (
      id TEXT PRIMARY KEY, quote_id TEXT, order_id TEXT NOT NULL, trade_id TEXT NOT NULL, market_id TEXT NOT NULL,
      token_id TEXT NOT NULL, outcome TEXT NOT NULL, side TEXT NOT NULL, level INTEGER, role TEXT NOT NULL,
      price REAL NOT NULL, size REAL NOT NULL, fee REAL NOT NULL, status TEXT NOT NULL,
      mid_at_fill REAL, mid_at_30s REAL, mid_at_120s REAL, markout_30s_pts REAL, markout_120s_pts REAL,
      adverse_selection REAL, quoted_spread_pts REAL, utc_hour INTEGER NOT NULL,
      created_at_ms INTEGER NOT NULL, updated_at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX mm_fills_by_market ON mm_fills (market_id, created_at_ms);
    CREATE INDEX mm_fills_by_time ON mm_fills (created_at_ms);

    CREATE TABLE mm_inventory (
      wallet TEXT NOT NULL, token_id TEXT NOT NULL, market_id TEXT NOT NULL, outcome TEXT NOT NULL,
      net_position REAL NOT NULL, final_position REAL NOT NULL, avg_entry_price REAL,
      unrealized_pnl REAL NOT NULL, realized_pnl REAL NOT NULL, opened_at_ms INTEGER, updated_at_ms INTEGER NOT NULL,
      PRIMARY KEY (wallet, token_id)
    ) STRICT;

    CREATE TABLE mm_round_trips (
      id TEXT PRIMARY KEY, market_id TEXT NOT NULL, token_id TEXT, direction TEXT NOT NULL,
      entry_fill_id TEXT NOT NULL, exit_fill_id TEXT NOT NULL, entry_price REAL NOT NULL, exit_price REAL NOT NULL,
      size REAL NOT NULL, gross_pnl REAL NOT NULL, net_pnl REAL NOT NULL, hold_seconds REAL NOT NULL,
      created_at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX mm_round_trips_by_market ON mm_round_trips (market_id, created_at_ms);

    CREATE TABLE mm_daily_metrics (
      date TEXT NOT NULL, wallet TEXT NOT NULL, markets_quoted INTEGER NOT NULL, quotes_placed INTEGER NOT NULL,
      fills_count INTEGER NOT NULL, fills_failed INTEGER NOT NULL, round_trips INTEGER NOT NULL,
      spread_capture_rate REAL, fill_quality_avg REAL, adverse_selection_avg REAL,
      pnl_gross REAL NOT NULL, pnl_net REAL NOT NULL, max_inventory REAL NOT NULL, inventory_turns REAL,
      traded_shares REAL NOT NULL, profit_factor REAL, sharpe_7d REAL, portfolio_value REAL NOT NULL,
      updated_at_ms INTEGER NOT NULL,
      PRIMARY KEY (date, wallet)
    ) STRICT;

    CREATE TABLE projected_runs (
      run_id TEXT PRIMARY KEY, seq INTEGER NOT NULL, carried_over TEXT
    ) STRICT;`,
};

const FILL_PARTS = [
  'cash_micro_usd',
  'spread_captured_micro_usd',
  'markout_micro_usd',
  'fee_micro_usd',
  'rounding_micro_usd',
  'total_micro_usd',
  'residual_micro_usd',
];

const DAY_PARTS = [
  'spread_captured_micro_usd',
  'markout_micro_usd',
  'drift_micro_usd',
  'fees_micro_usd',
  'gas_micro_usd',
  'rebates_micro_usd',
  'rewards_micro_usd',
  'chain_micro_usd',
  'reverts_micro_usd',
  'rounding_micro_usd',
  'total_micro_usd',
  'residual_micro_usd',
];

const addColumns = (table: string, columns: readonly string[]): string =>
  columns.map((column) => `ALTER TABLE ${table} ADD COLUMN ${column} INTEGER;`).join('\n');

/** What stood in the tables knew nothing of the parts, so everything is made again. */
const PROFIT_PARTS: Migration = {
  name: 'profit taken apart',
  sql: `
    ${addColumns('mm_fills', FILL_PARTS)}
    ${addColumns('mm_daily_metrics', DAY_PARTS)}
    CREATE TABLE mm_profit (
      date TEXT NOT NULL, wallet TEXT NOT NULL, market_id TEXT NOT NULL, slug TEXT, fills_count INTEGER NOT NULL,
      ${DAY_PARTS.map((column) => `${column} INTEGER NOT NULL`).join(', ')},
      updated_at_ms INTEGER NOT NULL,
      PRIMARY KEY (date, wallet, market_id)
    ) STRICT;
    DELETE FROM mm_quotes; DELETE FROM mm_fills; DELETE FROM mm_inventory; DELETE FROM mm_round_trips;
    DELETE FROM mm_daily_metrics; DELETE FROM projected_runs;`,
};

/** How trading turned out follows from the whole history, so everything is made again. */
const RESULTS: Migration = {
  name: 'forecasts, outcomes and results',
  sql: `
    CREATE TABLE forecasts (
      id TEXT PRIMARY KEY, wallet TEXT NOT NULL, market_id TEXT NOT NULL, category TEXT NOT NULL, event_id TEXT NOT NULL,
      source TEXT NOT NULL, at_ms INTEGER NOT NULL, horizon_ms INTEGER,
      probability REAL NOT NULL CHECK (probability BETWEEN 0 AND 1), market_probability REAL,
      fill_id TEXT, side TEXT CHECK (side IN ('YES', 'NO')), size REAL
    ) STRICT;
    CREATE INDEX forecasts_by_market ON forecasts (market_id, at_ms);

    CREATE TABLE market_outcomes (
      market_id TEXT PRIMARY KEY, slug TEXT NOT NULL, question TEXT NOT NULL, category TEXT NOT NULL, event_id TEXT NOT NULL,
      end_at_ms INTEGER, status TEXT NOT NULL CHECK (status IN ('open', 'proposed', 'disputed', 'told', 'resolved')),
      winner TEXT CHECK (winner IN ('YES', 'NO', 'VOID')), payout_yes REAL,
      told_at_ms INTEGER, paid_out_at_ms INTEGER, updated_at_ms INTEGER NOT NULL
    ) STRICT;

    CREATE TABLE performance (
      wallet TEXT NOT NULL, market_id TEXT NOT NULL,
      strategy TEXT NOT NULL, slug TEXT NOT NULL, question TEXT NOT NULL, category TEXT NOT NULL, event_id TEXT NOT NULL,
      fills_count INTEGER NOT NULL, bought_shares REAL NOT NULL, avg_buy_price REAL,
      yes_shares REAL NOT NULL, no_shares REAL NOT NULL, fees REAL NOT NULL,
      actual_outcome TEXT CHECK (actual_outcome IN ('YES', 'NO', 'VOID')), was_correct INTEGER, pnl_net REAL,
      residual_micro_usd INTEGER, first_at_ms INTEGER, resolved_at_ms INTEGER, updated_at_ms INTEGER NOT NULL,
      PRIMARY KEY (wallet, market_id, strategy)
    ) STRICT;

    CREATE VIEW scored_forecasts AS
      SELECT forecasts.*, market_outcomes.winner, CASE market_outcomes.winner WHEN 'YES' THEN 1 WHEN 'NO' THEN 0 END AS outcome
      FROM forecasts JOIN market_outcomes USING (market_id);
    DELETE FROM mm_quotes; DELETE FROM mm_fills; DELETE FROM mm_inventory; DELETE FROM mm_round_trips;
    DELETE FROM mm_daily_metrics; DELETE FROM mm_profit; DELETE FROM projected_runs;`,
};

const BET_COLUMNS = `market_id TEXT NOT NULL, slug TEXT, token_id TEXT, outcome TEXT CHECK (outcome IN ('YES', 'NO')),
      coin TEXT NOT NULL, kind TEXT NOT NULL, direction TEXT, strike REAL, strike_2 REAL, end_at_ms INTEGER, expiry_days REAL`;

/** Journals of before hold nothing of it, so what stands in the other tables stays right. */
const DIRECTIONAL: Migration = {
  name: 'tables of directional trading',
  sql: `
    CREATE TABLE cd_signals (
      id TEXT PRIMARY KEY, run_id TEXT NOT NULL, wallet TEXT NOT NULL, ${BET_COLUMNS},
      spot_price REAL, vol_ewma REAL, p_model REAL, p_market REAL,
      p_yes_low REAL, p_yes_high REAL, p_yes_market REAL, price REAL, edge_pts REAL, confirmation_count INTEGER NOT NULL,
      action TEXT NOT NULL CHECK (action IN
        ('not_priced', 'no_edge', 'confirming', 'asking', 'ai_rejected', 'too_small', 'refused', 'entered')),
      why TEXT NOT NULL, size_usdc REAL NOT NULL, client_id TEXT, order_id TEXT, ai_validation TEXT,
      created_at_ms INTEGER NOT NULL, updated_at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX cd_signals_by_market ON cd_signals (market_id, created_at_ms);
    CREATE INDEX cd_signals_by_time ON cd_signals (created_at_ms);

    CREATE TABLE cd_positions (
      id TEXT PRIMARY KEY, wallet TEXT NOT NULL, ${BET_COLUMNS},
      signal_id TEXT NOT NULL, p_model REAL NOT NULL, edge_pts REAL NOT NULL,
      entry_price REAL, shares REAL NOT NULL, shares_held REAL NOT NULL, order_id TEXT,
      status TEXT NOT NULL CHECK (status IN ('open', 'stopped', 'took_profit', 'closed')),
      exit_price REAL, exit_order_id TEXT, exit_reason TEXT, exit_why TEXT, ai_validation TEXT, client_ids TEXT NOT NULL,
      fees REAL NOT NULL, pnl_realized REAL NOT NULL,
      created_at_ms INTEGER NOT NULL, closed_at_ms INTEGER, updated_at_ms INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX cd_positions_by_market ON cd_positions (market_id, created_at_ms);

    CREATE TABLE cd_trade_analyses (
      id TEXT PRIMARY KEY, wallet TEXT NOT NULL, analysis_type TEXT NOT NULL,
      signals_analyzed INTEGER NOT NULL, positions_analyzed INTEGER NOT NULL,
      accuracy_score REAL, entry_score REAL, exit_score REAL, model_fitness_score REAL, overall_score REAL,
      parameter_suggestions TEXT NOT NULL, insights TEXT NOT NULL, patterns TEXT NOT NULL, summary TEXT NOT NULL,
      raw_response TEXT NOT NULL, created_at_ms INTEGER NOT NULL
    ) STRICT;`,
};

/** Numbered from 1, in this order. */
export const MIGRATIONS: readonly Migration[] = [FIRST, PROFIT_PARTS, RESULTS, DIRECTIONAL];
