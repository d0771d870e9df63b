import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRunFolder } from '../adapters/node/run-directory.ts';
import { openTableStore } from '../adapters/sqlite/table-store.ts';
import type { TableName, TableRow, TableValue } from '../ports/tables.ts';
import { type PerformanceReport, performanceReport } from './performance.ts';
import { carriedOverIn } from './tables/project-run.ts';
import { manifestOf } from './testing/manifest.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'evenkeel-performance-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const row = (table: TableName, values: Readonly<Record<string, TableValue>>): TableRow => ({ table, values });

interface Told {
  readonly probability: number;
  readonly winner: 'YES' | 'NO' | 'VOID' | null;
  readonly pnl?: number;
  readonly event?: string;
  readonly horizonMs?: number;
  readonly source?: string;
}

/** A market with one forecast, and what it came to. */
function rowsOf(told: readonly Told[]): TableRow[] {
  return told.flatMap(({ probability, winner, pnl = 0, event, horizonMs, source }, n) => {
    const market_id = `m${n}`;
    const event_id = event ?? market_id;
    const named = { slug: market_id, question: '', category: n % 2 === 0 ? 'crypto' : 'sports', event_id };
    const isResolved = winner !== null;
    return [
      row('forecasts', {
        id: `f${n}`,
        wallet: 'w',
        market_id,
        category: named.category,
        event_id,
        source: source ?? (horizonMs === undefined ? 'fair value at fill' : 'fair value before end'),
        at_ms: n,
        horizon_ms: horizonMs ?? null,
        probability,
        market_probability: 0.5,
        fill_id: `fill ${n}`,
        side: 'YES',
        size: 10,
      }),
      row('market_outcomes', {
        market_id,
        ...named,
        end_at_ms: null,
        status: isResolved ? 'resolved' : 'disputed',
        winner,
        payout_yes: winner === null ? null : winner === 'YES' ? 1 : winner === 'NO' ? 0 : 0.5,
        told_at_ms: null,
        paid_out_at_ms: isResolved ? 1 : null,
        updated_at_ms: 1,
      }),
      row('performance', {
        wallet: 'w',
        market_id,
        strategy: 'market-making',
        ...named,
        fills_count: 1,
        bought_shares: 10,
        avg_buy_price: 0.5,
        yes_shares: 10,
        no_shares: 0,
        fees: 0,
        actual_outcome: winner,
        was_correct: winner === 'YES' ? 1 : winner === 'NO' ? 0 : null,
        pnl_net: isResolved ? pnl : null,
        residual_micro_usd: isResolved ? 0 : null,
        first_at_ms: 0,
        resolved_at_ms: isResolved ? n : null,
        updated_at_ms: 1,
      }),
    ];
  });
}

/** The report of tables that hold these rows and are complete. */
async function reportOf(told: readonly Told[]): Promise<PerformanceReport> {
  createRunFolder(dataDir, manifestOf(), null);
  const tables = join(dataDir, 'worker.sqlite');
  const store = openTableStore(tables);
  const carriedOver = '4 {}';
  store.write({ runId: 'run-1', seq: 1, rows: rowsOf(told), carriedOver });
  expect(carriedOverIn(store.progress('run-1')), 'tables of today').toBe(carriedOver);
  store.close();
  const report = await performanceReport(dataDir, tables, 0);
  if (report === null) throw new Error('expected a run');
  return report;
}

const figureOf = (estimate: unknown): number => (estimate as { value: number }).value;

describe('the performance report', () => {
  it('scores what the chain has paid out, by figures worked by hand; void and disputed markets are not scored', async () => {
    // Twelve at 0.8 of which nine happen, and twelve at 0.3 of which three do.
    const told = [
      ...Array.from(
        { length: 12 },
        (_, n) => ({ probability: 0.8, winner: n < 9 ? 'YES' : 'NO', pnl: n < 9 ? 2 : -8 }) as const,
      ),
      ...Array.from(
        { length: 12 },
        (_, n) => ({ probability: 0.3, winner: n < 3 ? 'YES' : 'NO', pnl: n < 3 ? 7 : -3 }) as const,
      ),
      { probability: 0.9, winner: 'VOID', pnl: 1.5 },
      { probability: 0.9, winner: null },
    ] as const;
    const report = await reportOf(told);
    expect(report.statuses).toEqual({ disputed: 1, resolved: 25 });
    expect(report.strategies).toMatchObject([
      {
        strategy: 'market-making',
        markets: 25,
        wins: 13,
        losses: 12,
        even: 0,
        heldWinner: 12,
        heldLoser: 12,
        fills: 25,
      },
    ]);
    expect(report.profitUsd).toBeCloseTo(9 * 2 - 3 * 8 + 3 * 7 - 9 * 3 + 1.5, 9);
    expect(figureOf(report.strategies[0]?.meanProfitUsd)).toBeCloseTo(report.profitUsd / 25, 9);
    const [fills] = report.forecasts;
    expect(fills).toMatchObject({ source: 'fair value at fill', waiting: 1, void: 1 });
    const brier = (9 * 0.04 + 3 * 0.64 + 3 * 0.49 + 9 * 0.09) / 24;
    expect(figureOf(fills?.scores.brier)).toBeCloseTo(brier, 9);
    expect(figureOf(fills?.scores.skill)).toBeCloseTo(1 - brier / 0.25, 9);
    const loss = -(9 * Math.log(0.8) + 3 * Math.log(0.2) + 3 * Math.log(0.3) + 9 * Math.log(0.7)) / 24;
    expect(figureOf(fills?.scores.logLoss)).toBeCloseTo(loss, 9);
    expect(fills?.calibration.map(({ name, forecasts, happened }) => [name, forecasts, happened])).toEqual([
      ['30-40%', 12, 0.25],
      ['80-90%', 12, 0.75],
    ]);
    expect(fills?.byCategory.map(({ name, forecasts }) => [name, forecasts])).toEqual([
      ['crypto', 12],
      ['sports', 12],
    ]);
    expect(fills?.findings).toEqual([]);
  });

  it('takes markets of one event for one, and has no figure where events are few', async () => {
    const told = Array.from(
      { length: 30 },
      (_, n) =>
        ({ probability: 0.6, winner: n % 2 === 0 ? 'YES' : 'NO', pnl: 1, event: `e${n % 5}` }) as const,
    );
    const report = await reportOf(told);
    const [fills] = report.forecasts;
    expect(fills?.scores).toMatchObject({ forecasts: 30, clusters: 5 });
    expect(fills?.scores.brier).toEqual({
      tooFew: '5 independent markets or events, 10 are needed',
      clusters: 5,
    });
    expect(report.strategies[0]?.meanProfitUsd).toHaveProperty('tooFew');
  });

  it('scores forecasts at different times before an end apart', async () => {
    const report = await reportOf(
      [604_800_000, 86_400_000, 3_600_000, 300_000].map(
        (horizonMs) => ({ probability: 0.6, winner: 'YES', horizonMs }) as const,
      ),
    );
    expect(report.forecasts.map(({ source }) => source)).toEqual([
      'fair value before end, 7 d',
      'fair value before end, 1 d',
      'fair value before end, 1 h',
      'fair value before end, 5 min',
    ]);
  });

  it('scores what the model says once a day, and what entries were sent on, apart from each other and from fills', async () => {
    const of = (source: string | undefined, probability: number, markets: number): Told[] =>
      Array.from({ length: markets }, (_, n) => ({
        probability,
        winner: n % 2 === 0 ? 'YES' : 'NO',
        ...(source === undefined ? {} : { source }),
      }));
    const report = await reportOf([
      ...of('model once a day', 0.6, 20),
      ...of('model at entry', 0.7, 12),
      ...of(undefined, 0.5, 10),
    ]);
    expect(
      report.forecasts.map(({ source, scores, bySide }) => [
        source,
        scores.forecasts,
        figureOf(scores.brier),
        bySide.map(({ name }) => name),
      ]),
    ).toEqual([
      ['model once a day', 20, expect.closeTo(0.26, 9), ['traded or not']],
      ['model at entry', 12, expect.closeTo(0.29, 9), ['an entry for YES']],
      ['fair value at fill', 10, expect.closeTo(0.25, 9), ['we bought YES']],
    ]);
  });
});
