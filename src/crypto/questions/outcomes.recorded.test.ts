import { describe, expect, it } from 'vitest';
import {
  csvRows,
  hasShared,
  readShared,
  recordedListings,
  SHARED,
} from '../../../test/support/recorded-listings.ts';
import { type ClassifiedPayoff, parseQuestion } from './index.ts';

/**
 * A second witness beside the labels: what a market settled at, against what its parsed payoff comes to on recorded prices. A wrong
 * strike, side or window shows here even where whoever labelled it made the same mistake.
 */
describe('parsed payoffs against outcomes', () => {
  if (!hasShared) {
    it('skipped: ../shared/data not found', () => {
      expect(process.env.CI, `CI needs ${SHARED}`).not.toBe('true');
    });
    return;
  }
  const listings = recordedListings();

  it('settle every 5-minute market of a day as the venue did, on Chainlink ticks', () => {
    const ticks = chainlinkTicks();
    const judged = listings
      .filter(
        ({ key, text }) => text.slug?.startsWith('btc-updown-5m-') && key.length === 7 && text.description,
      )
      .flatMap(({ text, settledAt }) => {
        const { startAtMs, endAtMs } = classified(text).window;
        const [from, to] = [startAtMs, endAtMs].map((atMs) => tickAt(ticks, atMs ?? 0));
        return from === undefined || to === undefined || settledAt === null
          ? []
          : [{ text, settledAt, up: to >= from }];
      });
    // Six windows reach beyond the recorded day or into a gap of the feed.
    expect(judged.length).toBeGreaterThanOrEqual(280);
    expect(
      judged.filter(({ up, settledAt }) => (settledAt === 1) !== up).map(({ text }) => text.question),
    ).toEqual([]);
  });

  it('come out as the market itself was sure of near the end, on spot prices', () => {
    const spot = spotPrices();
    const judged = lastQuotes().flatMap(({ question, endDate, atMs, yes }) => {
      if (yes > 0.03 && yes < 0.97) return [];
      const outcome = outcomeOf(classified({ question, endDate }), spot, atMs);
      return outcome === null ? [] : [{ question, endDate, yes, outcome }];
    });
    expect(judged.length).toBeGreaterThan(100);
    expect(judged.filter(({ yes, outcome }) => outcome !== yes > 0.5)).toEqual([]);
  });

  it('settle the oldest markets as daily candles do', () => {
    const days = new Map(
      csvRows(readShared('prices/binance_daily/ETHUSDT_1d.csv')).map((row) => [
        row[0]?.slice(0, 10),
        row.map(Number),
      ]),
    );
    const old = listings.filter(({ key, settledAt }) => key.startsWith('0x') && settledAt !== null);
    const judged = old.flatMap(({ text, settledAt }) => {
      const payoff = parseQuestion(text);
      if (payoff.kind !== 'close' || payoff.window.endAtMs === null) return [];
      const [, , high = 0, low = 0] =
        days.get(new Date(payoff.window.endAtMs).toISOString().slice(0, 10)) ?? [];
      const [strike = 0] = payoff.strikesUsd;
      return high < strike || low > strike ? [{ settledAt, above: low > strike }] : [];
    });
    expect(judged.length).toBeGreaterThanOrEqual(2);
    expect(judged.filter(({ settledAt, above }) => (settledAt === 1) !== above)).toEqual([]);
  });
});

function classified(text: Parameters<typeof parseQuestion>[0]): ClassifiedPayoff {
  const payoff = parseQuestion(text);
  if (payoff.kind === 'other') throw new Error(`${text.question}: ${payoff.reason}`);
  return payoff;
}

function chainlinkTicks(): ReadonlyMap<number, number> {
  const [, ...rows] = csvRows(readShared('prices/chainlink_ticks/BTCUSD-prices-2026-06-08.csv.gz'));
  return new Map(rows.map(([atMs, value]) => [Math.round(Number(atMs) / 1_000), Number(value)]));
}

/** The last tick at or up to four seconds before a moment. */
function tickAt(ticks: ReadonlyMap<number, number>, atMs: number): number | undefined {
  const seconds = [0, 1, 2, 3, 4].map((back) => atMs / 1_000 - back);
  return ticks.get(seconds.find((second) => ticks.has(second)) ?? -1);
}

type Spot = ReadonlyMap<string, readonly { readonly atMs: number; readonly price: number }[]>;
const COLUMNS = ['BTC', 'ETH', 'SOL', 'XRP', 'DOGE', 'BNB'];

/** The header changes between days, and once within one, from a column a coin to a row a coin. */
function spotPrices(): Spot {
  const all = ['24', '25', '26', '27'].flatMap((day) =>
    csvRows(readShared(`prices/spot_30s/2026-06-${day}.csv.gz`)).flatMap((row) => {
      const atMs = Date.parse(row[0] ?? '');
      if (Number.isNaN(atMs)) return [];
      if (row.length <= 6) return [{ coin: row[1] ?? '', atMs, price: Number(row[2]) }];
      return COLUMNS.map((coin, index) => ({ coin, atMs, price: Number(row[index + 1]) }));
    }),
  );
  return new Map(COLUMNS.map((coin) => [coin, all.filter((each) => each.coin === coin && each.price > 0)]));
}

function lastQuotes(): readonly { question: string; endDate: string; atMs: number; yes: number }[] {
  const rows = ['23', '24', '25', '26', '27'].flatMap((day) =>
    csvRows(readShared(`gamma/thesaddestlandscape/predictions_2026-06-${day}.csv`)).filter(
      (row) => row.length > 6,
    ),
  );
  const quotes = rows.map(([at = '', , id = '', question = '', endDate = '', , yes]) => ({
    id,
    question,
    endDate,
    atMs: Date.parse(at),
    yes: Number(yes),
  }));
  return [
    ...new Map(quotes.filter(({ atMs }) => !Number.isNaN(atMs)).map((quote) => [quote.id, quote])).values(),
  ];
}

/** What a payoff comes to on spot prices; null where they do not cover it. A touch is judged up to the quote. */
function outcomeOf(payoff: ClassifiedPayoff, spot: Spot, quotedAtMs: number): boolean | null {
  const { kind, direction, strikesUsd, window } = payoff;
  const path = spot.get(payoff.coin) ?? [];
  const near = (atMs: number, withinMs: number): number | null => {
    const close = path.filter((each) => Math.abs(each.atMs - atMs) <= withinMs);
    const [first] = close.sort((a, b) => Math.abs(a.atMs - atMs) - Math.abs(b.atMs - atMs));
    return first?.price ?? null;
  };
  const [low = 0, high = 0] = strikesUsd;
  if (kind === 'one-touch') {
    const seen = path.filter(({ atMs }) => atMs >= (window.startAtMs ?? 0) && atMs <= quotedAtMs);
    if (seen.length === 0) return null;
    return seen.some(({ price }) => (direction === 'above' ? price >= low : price <= low));
  }
  const end = near(window.endAtMs ?? 0, 180_000);
  if (end === null) return null;
  if (kind === 'range') return end >= low && end < high;
  if (kind === 'close') return direction === 'above' ? end > low : end < low;
  const [from, to] = [near(window.startAtMs ?? 0, 45_000), near(window.endAtMs ?? 0, 45_000)];
  return from === null || to === null ? null : to >= from;
}
