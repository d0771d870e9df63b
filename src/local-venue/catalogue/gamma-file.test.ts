import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { CatalogueError, readGammaMarkets } from './gamma-file.ts';
import { recordedCatalogue } from './recorded-markets.ts';

const folder = mkdtempSync(join(tmpdir(), 'evenkeel-gamma-'));
afterAll(() => rmSync(folder, { recursive: true }));

const hash = (digit: string): string => `0x${digit.repeat(64)}`;
const market = (digit: string, extra: object = {}): object => ({
  id: digit,
  question: `Question ${digit}?`,
  conditionId: hash(digit),
  questionID: hash('a'),
  outcomes: '["Yes", "No"]',
  clobTokenIds: `["1${digit}", "2${digit}"]`,
  enableOrderBook: true,
  endDate: '2026-03-01T00:00:00Z',
  updatedAt: '2026-02-01T00:00:00.5Z',
  ...extra,
});

function write(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('readGammaMarkets', () => {
  it.each([
    ['a JSON array', JSON.stringify([market('1'), market('2')])],
    ['JSON lines', `${JSON.stringify(market('1'))}\n${JSON.stringify(market('2'))}\n`],
    [
      'recorder lines',
      `${JSON.stringify({ slug: 'x', raw: market('1') })}\n${JSON.stringify({ raw: market('2') })}`,
    ],
    ['an event', JSON.stringify({ id: '7', title: 'Event', markets: [market('1'), market('2')] })],
    [
      'wrapped events',
      JSON.stringify([{ meta: {}, data: { id: '7', markets: [market('1'), market('2')] } }]),
    ],
    ['a keyset page', JSON.stringify({ markets: [market('1'), market('2')], next_cursor: 'x' })],
    ['repeated markets', JSON.stringify([market('1'), market('2'), market('1')])],
  ])('reads %s, plain and gzip', (_form, text) => {
    const ids = (path: string): unknown[] => readGammaMarkets(path).map((each) => each.id);
    expect(ids(write('plain', text))).toEqual(['1', '2']);
    expect(ids(write('packed', gzipSync(text)))).toEqual(['1', '2']);
  });

  it('gives the markets of an event the event without its markets', () => {
    const path = write('event', JSON.stringify({ id: '7', title: 'Event', markets: [market('1')] }));
    expect(readGammaMarkets(path)[0]?.events).toEqual([{ id: '7', title: 'Event' }]);
  });

  it.each([
    ['', /an empty file, no market/],
    ['[1, 2', /not JSON at line 1/],
    ['{"a": 1}', /an object with the fields a, no market/],
    [`${JSON.stringify(market('1'))}\nrubbish`, /not JSON at line 2/],
  ])('names what is wrong with %j', (text, message) => {
    const path = write('bad', text);
    expect(() => readGammaMarkets(path)).toThrow(CatalogueError);
    expect(() => readGammaMarkets(path)).toThrow(message);
  });

  it('names a damaged gzip file', () => {
    expect(() => readGammaMarkets(write('cut', gzipSync('[]').subarray(0, 12)))).toThrow(/damaged gzip/);
  });
});

describe('recordedCatalogue', () => {
  const nowMs = Date.parse('2026-11-22T20:00:00Z');

  it('moves dates by the age of the recording and keeps the rest', () => {
    const path = write('dates', JSON.stringify([market('1', { bestBid: 0.4, bestAsk: 0.42 })]));
    const { entries } = recordedCatalogue(path, { nowMs });
    const gamma = entries[0]?.gamma;
    expect(gamma?.endDate).toBe('2026-12-20T20:00:00Z');
    expect(gamma?.question).toBe('Question 1?');
    expect(entries[0]?.openingYesPrice).toBe(4100);
  });

  it('opens again what was over, with an undecided price', () => {
    const over = {
      closed: true,
      lastTradePrice: 0.95,
      oneHourPriceChange: 0.47,
      closedTime: '2026-03-01 00:00:16+00',
    };
    const path = write('over', JSON.stringify([market('1', over), market('2')]));
    const { entries } = recordedCatalogue(path, { nowMs });
    expect(entries.map(({ gamma }) => gamma.id)).toEqual(['2', '1']);
    expect(entries[1]?.openingYesPrice).toBe(4800);
    expect(entries[1]?.gamma.closed).toBe(false);
    expect(entries[1]?.gamma).not.toHaveProperty('closedTime');
    expect(entries[1]?.endAtMs).toBe(nowMs + 25 * 3_600_000);
  });

  it('opens at most as many as asked', () => {
    const many = Array.from('123456789', (digit) => market(digit));
    expect(
      recordedCatalogue(write('many', JSON.stringify(many)), { nowMs, maxMarkets: 4 }).entries,
    ).toHaveLength(4);
  });

  it('refuses a file without a binary market that has an order book', () => {
    const path = write('nobook', JSON.stringify([market('1', { enableOrderBook: false })]));
    expect(() => recordedCatalogue(path, { nowMs })).toThrow(/1 markets read, none with two clobTokenIds/);
  });
});
