import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { calibrationReport, reliabilityLines, scoreLines } from '../crypto/calibration/calibration-report.ts';
import {
  filteredTrades,
  type TradeReport,
  type TradeTerms,
  tradeReport,
} from '../crypto/calibration/filtered-trades.ts';
import { type ForecastedMarkets, forecastMarkets } from '../crypto/calibration/forecast-markets.ts';
import { reliabilitySvg } from '../crypto/calibration/reliability-svg.ts';
import { bucketsOf, isDaily, WALK_FORWARD_TERMS, walkForward } from '../crypto/calibration/walk-forward.ts';
import { bucketLines, lossLines } from '../crypto/calibration/walk-forward-lines.ts';
import { coinTerms } from '../crypto/model/coin-model.ts';
import { readArguments, refuse } from './arguments.ts';
import { readMarkets, readPrices, UnusableFile } from './calibration-files.ts';

/** `./run calibrate` asks the directional model about recorded markets, and says how its answers compare with what happened. */
const USAGE = `./run calibrate --markets FILE --prices DIR [--picture FILE] [options] [--json]
./run calibrate --walk-forward --prices DIR [--json]
  --markets         what markets said: CSV with the columns at, marketId, question, endDate, yesPrice, or one JSON object a
                    line with these fields; otherProbability and outcome if known. A folder stands for the files in it
  --prices          folder of CSV files (also .gz) with prices, from which outcomes and volatility are read
  --walk-forward    no markets: asks every day since 2020 about closes at 0, 1 and 2 deviations after 1, 3, 7 and 30 days,
                    from daily candles in DIR, knowing only what was known on that day
  --picture         where the reliability diagram goes (default data/calibration.svg)
  --nu              degrees of freedom where too little past is known to fit them (default 6)
  --block-hours     markets that end within as many hours share their luck (default 4)
  --min-edge-pts    edge after costs at which the filter would have bought (default 5)
  --half-spread-pts how far the ask is taken to be from the recorded price (default 0.5)
  --fee-rate        taker fee, of p(1-p) (default 0.07)`;

/** Every run draws its blocks alike. */
const SEED = 20_261_123;

const values = readArguments(USAGE, {
  markets: { type: 'string' },
  prices: { type: 'string' },
  'walk-forward': { type: 'boolean', default: false },
  picture: { type: 'string', default: 'data/calibration.svg' },
  nu: { type: 'string', default: '6' },
  'block-hours': { type: 'string', default: '4' },
  'min-edge-pts': { type: 'string', default: '5' },
  'half-spread-pts': { type: 'string', default: '0.5' },
  'fee-rate': { type: 'string', default: '0.07' },
  json: { type: 'boolean', default: false },
});

try {
  if (values['walk-forward']) walkDaily();
  else calibrate();
} catch (error) {
  if (!(error instanceof UnusableFile)) throw error;
  refuse([error.message, `usage: ${USAGE}`], values.json);
}

function calibrate(): void {
  const { markets: marketsPath, prices: pricesPath } = values;
  if (marketsPath === undefined || pricesPath === undefined)
    throw new UnusableFile(
      `--${marketsPath === undefined ? 'markets' : 'prices'}: found nothing, expected a path`,
    );
  const blockHours = numberOf('block-hours', 0.05, 720);
  const terms: TradeTerms = {
    minEdgePts: numberOf('min-edge-pts', 0, 100),
    halfSpreadPts: numberOf('half-spread-pts', 0, 50),
    fee: {
      ratePpm: Math.round(numberOf('fee-rate', 0, 1) * 1e6),
      exponent: 1,
      takerOnly: true,
      rebatePpm: 0,
    },
  };
  const coin = coinTerms(numberOf('nu', 2.1, 1_000), 0.94, 30);
  const rows = readMarkets(marketsPath);
  const { series, prices } = readPrices(pricesPath);
  const found = forecastMarkets(rows, series, coin, blockHours);
  for (const line of coverageLines(found, rows.length, prices, blockHours)) console.log(line);
  if (found.forecasts.length === 0)
    throw new UnusableFile(
      'found no row that could be forecast and whose outcome is known; expected prices that cover the moments of asking and the ends of windows',
    );
  const report = calibrationReport(found.forecasts);
  const trades = tradeReport(filteredTrades(found.forecasts, terms));
  for (const line of [...scoreLines(report), ...reliabilityLines(report), ...tradeLines(trades, terms)])
    console.log(line);
  const picture = resolve(values.picture);
  const subtitle = `${found.forecasts.length} forecasts, bars: 95 % over blocks of ${blockHours} h drawn again`;
  write(picture, reliabilitySvg(report, 'What was said, and what happened', subtitle));
  console.log(`picture: ${picture}`);
  const skipped = Object.fromEntries(found.skipped);
  if (values.json)
    console.log(JSON.stringify({ ok: true, rows: rows.length, skipped, ...report, trades, picture }));
}

function walkDaily(): void {
  if (values.prices === undefined) throw new UnusableFile('--prices: found nothing, expected a path');
  if (values.markets !== undefined)
    throw new UnusableFile(
      '--walk-forward asks no markets: found --markets beside it; leave one of the two out',
    );
  const { dailyCloses } = readPrices(values.prices).series;
  const forecasts = [...dailyCloses].flatMap(([coin, closes]) => {
    if (!isDaily(closes))
      throw new UnusableFile(
        `${values.prices}: found ${coin} candles that are not a day apart; expected every day once`,
      );
    return walkForward(coin, closes, WALK_FORWARD_TERMS);
  });
  if (forecasts.length === 0)
    throw new UnusableFile(
      `${values.prices}: found no daily candles since 2020; expected files such as BTCUSDT_1d.csv with timestamp,open,high,low,close`,
    );
  const buckets = bucketsOf(forecasts, SEED);
  for (const line of [...bucketLines(buckets), ...lossLines(forecasts)]) console.log(line);
  if (values.json) console.log(JSON.stringify({ ok: true, forecasts: forecasts.length, buckets }));
}

function coverageLines(
  { forecasts, skipped }: ForecastedMarkets,
  rows: number,
  prices: number,
  blockHours: number,
): string[] {
  const blocks = new Set(forecasts.map(({ cluster }) => cluster)).size;
  return [
    `${rows} rows, ${prices} prices; ${forecasts.length} rows forecast, whose markets end in ${blocks} blocks of ${blockHours} h`,
    ...[...skipped].sort((a, b) => b[1] - a[1]).map(([reason, count]) => `  ${count} left out: ${reason}`),
  ];
}

function tradeLines(trades: TradeReport, terms: TradeTerms): string[] {
  const pts = (value: number): string => value.toFixed(1);
  if (trades.trades === 0) return [`no market had an edge of ${terms.minEdgePts} pts after costs`];
  const interval =
    'tooFew' in trades.net
      ? `no interval: ${trades.net.tooFew}`
      : `95 % ${pts(trades.net.low)} to ${pts(trades.net.high)}`;
  return [
    `edge of ${terms.minEdgePts} pts and more after fee and half spread: ${trades.trades} trades, one a market, ${trades.yesTrades} of YES, ${trades.wins} won`,
    `  a share cost ${pts(trades.meanCostPts)} pts, ${pts(trades.meanFeePts)} of it fee; claimed edge ${pts(trades.claimedPts)} pts; net result ${pts(trades.meanNetPts)} pts a share, ${interval}`,
    '  recorded prices are no quotes: whether a share could be had at them is not known',
  ];
}

function write(path: string, text: string): void {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } catch (error) {
    throw new UnusableFile(
      `--picture: ${path} cannot be written: ${error instanceof Error ? error.message : error}`,
    );
  }
}

function numberOf(
  name: 'nu' | 'block-hours' | 'min-edge-pts' | 'half-spread-pts' | 'fee-rate',
  least: number,
  most: number,
): number {
  const text = values[name];
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new UnusableFile(
    `--${name}: expected a number from ${least} to ${most}, found ${JSON.stringify(text)}`,
  );
}
