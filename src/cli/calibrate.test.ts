import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const command = join(import.meta.dirname, 'calibrate.ts');
const folder = mkdtempSync(join(tmpdir(), 'evenkeel-calibrate-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function calibrate(...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [command, ...args], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  return { status, out: stdout, err: stderr };
}

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const START = Date.parse('2026-06-24T00:00:00Z');
const iso = (minute: number): string => new Date(START + minute * 60_000).toISOString();
/** A price that goes to and fro by a tenth of a per cent. */
const prices = Array.from(
  { length: 1_200 },
  (_, minute) => `${iso(minute)},BTC,${minute % 2 === 0 ? 60_000.1 : 60_060.5}`,
);
const pricesDir = folder;
written('btc.csv', ['timestamp_utc,asset,price_usd', ...prices].join('\n'));
const row = (hour: number, strike: number): string =>
  JSON.stringify({
    at: iso(hour * 60),
    marketId: `${strike}`,
    question: `Will the price of Bitcoin be above $${strike.toLocaleString('en-US')} on June 24?`,
    endDate: '2026-06-24T16:00:00Z',
    yesPrice: 0.5,
  });
const markets = written('markets.jsonl', [row(8, 59_000), row(9, 60_000), row(10, 61_500)].join('\n'));

describe('./run calibrate', () => {
  it('prints scores, reliability and trades, and draws the picture', () => {
    const picture = join(folder, 'deep', 'calibration.svg');
    const { status, out, err } = calibrate(
      '--markets',
      markets,
      '--prices',
      pricesDir,
      '--picture',
      picture,
      '--json',
    );
    expect(err).toBe('');
    expect(status).toBe(0);
    const last = JSON.parse(out.trimEnd().split('\n').at(-1) ?? '');
    expect(last).toMatchObject({ ok: true, rows: 3, trades: { trades: 2, wins: 2 }, picture });
    expect(out).toContain('all payoffs: 3 markets');
    expect(out).toContain('reliability of the market price');
    expect(readFileSync(picture, 'utf8')).toMatch(/^<svg xmlns/);
  });

  it.each([
    [[], '--markets: found nothing, expected a path'],
    [['--markets', markets], '--prices: found nothing, expected a path'],
    [
      ['--markets', '/nowhere', '--prices', pricesDir],
      '--markets: found nothing at /nowhere; expected a file or a folder',
    ],
    [['--markets', markets, '--prices', join(folder, 'btc.svg')], '--prices: found nothing at'],
    [['--markets', markets, '--prices', markets], 'found no prices in 1 CSV files; expected the columns'],
    [
      ['--markets', join(folder, 'btc.csv'), '--prices', pricesDir],
      'found the columns timestamp_utc, asset, price_usd; expected also',
    ],
    [
      ['--markets', markets, '--prices', pricesDir, '--nu', '2'],
      '--nu: expected a number from 2.1 to 1000, found "2"',
    ],
    [
      ['--markets', markets, '--prices', pricesDir, '--fee-rate', 'much'],
      '--fee-rate: expected a number from 0 to 1, found "much"',
    ],
    [['--bogus'], "Unknown option '--bogus'"],
  ])('refuses %j with one message', (args, message) => {
    const { status, err } = calibrate(...args);
    expect(status).toBe(2);
    expect(err).toContain(message);
    expect(err).toContain('usage: ./run calibrate');
    expect(err).not.toContain('    at ');
  });

  it('walks forward over daily candles', () => {
    const candles = Array.from({ length: 120 }, (_, day) => {
      const date = new Date(Date.parse('2021-01-01T00:00:00Z') + day * 86_400_000).toISOString().slice(0, 10);
      return `${date},1,1,1,${30_000 + 400 * (day % 7)},1`;
    });
    const dir = mkdtempSync(join(folder, 'daily-'));
    writeFileSync(
      join(dir, 'BTCUSDT_1d.csv'),
      ['timestamp,open,high,low,close,volume', ...candles].join('\n'),
    );
    const { status, out } = calibrate('--walk-forward', '--prices', dir, '--json');
    expect(status).toBe(0);
    const last = JSON.parse(out.trimEnd().split('\n').at(-1) ?? '');
    expect(last.buckets).toHaveLength(20);
    expect(out).toContain('inside their band:');
    writeFileSync(
      join(dir, 'BTCUSDT_1d.csv'),
      ['timestamp,open,high,low,close,volume', ...candles.filter((_, day) => day !== 50)].join('\n'),
    );
    const gap = calibrate('--walk-forward', '--prices', dir);
    expect(gap.status).toBe(2);
    expect(gap.err).toContain('found BTC candles that are not a day apart');
    expect(calibrate('--walk-forward', '--prices', pricesDir, '--markets', markets).status).toBe(2);
  });

  it('says so when nothing could be judged', () => {
    const later = written(
      'later.jsonl',
      row(8, 59_000).replaceAll('2026-06-24', '2026-07-24').replace('June', 'July'),
    );
    const { status, out, err } = calibrate('--markets', later, '--prices', pricesDir);
    expect(status).toBe(2);
    expect(out).toContain('1 left out: no fresh price when asked');
    expect(err).toContain('found no row that could be forecast and whose outcome is known');
  });
});
