import { describe, expect, it } from 'vitest';
import { readRules } from './description.ts';
import { parseQuestion, type QuestionText } from './index.ts';

const day = (year: number, month: number, date: number): number => Date.UTC(year, month - 1, date) / 864e5;

describe('the rules of a market', () => {
  it('name source, pair, candle and moment of a close', () => {
    const rules = readRules(
      'YES pays when the 1 minute candle of ETH/USDT on Binance labelled “12:00” in the ET timezone shows a “Close” price of 1,700.01 or more on June 17, 2022 (12 PM ET). The resolution source is Binance and nothing else, such as Coinbase.',
    );
    expect(rules).toMatchObject({
      pairedCoins: ['ETH'],
      source: 'binance',
      payoff: 'close',
      closing: { minutes: 720, zone: 'ET' },
      amountsUsd: [1_700.01],
      days: [day(2022, 6, 17)],
      years: [2022],
      twapSeconds: null,
      notAPrice: null,
    });
  });

  it('name the side of a touch, and whether it counts from the making of the market', () => {
    const rules = readRules(
      'Pays as soon as any Coinbase 1 minute candle of SOL-USD from the creation of this market to 31 Dec \'26 23:59 ET shows a "Low" price of $80 or less.',
    );
    expect(rules).toMatchObject({
      pairedCoins: ['SOL'],
      source: 'coinbase',
      payoff: 'touch',
      touchSide: 'below',
      isFromCreation: true,
      amountsUsd: [80],
      days: [day(2026, 12, 31)],
    });
    expect(
      readRules('Any candle whose "High" or "Low" price passes the one in the title.').touchSide,
    ).toBeNull();
  });

  it.each([
    ['the TWAP of 30 seconds', 30],
    ['a 60-second TWAP of BTC/USD', 60],
    ['the time-weighted average price over the last 45 seconds', 45],
    ['the TWAP stream of Chainlink', 0],
    ['https://data.chain.link/streams/btc-usd-twap-60s-streams', 60],
    ['the price at the end of the window', null],
  ])('%s is a look-back of %s', (text, seconds) => {
    expect(readRules(text).twapSeconds).toBe(seconds);
  });

  it.each([
    ['the fully diluted valuation one day after launch', 'fully diluted'],
    ['net inflows into the funds', 'net inflows'],
    ['gold on COMEX', 'gold'],
    ['the price of BTC/USDT', null],
  ])('%s is about %s', (text, subject) => {
    expect(readRules(text).notAPrice).toBe(subject);
  });
});

describe('what the rules change', () => {
  const touch: QuestionText = {
    question: 'Will Bitcoin reach $80,000 in July?',
    endDate: '2026-08-01T04:00:00Z',
  };

  it('is the start of a rung that was added later', () => {
    const whole = parseQuestion(touch);
    const later = parseQuestion({
      ...touch,
      description:
        'Any Binance 1 minute candle of BTC/USDT since the creation of this market with a "High" price at the one in the title or above.',
    });
    expect(whole).toMatchObject({
      window: { startAtMs: Date.UTC(2026, 6, 1, 4), endAtMs: Date.UTC(2026, 7, 1, 4) },
    });
    expect(later).toMatchObject({
      kind: 'one-touch',
      window: { startAtMs: null, endAtMs: Date.UTC(2026, 7, 1, 4) },
    });
  });

  it('is what is meant by "trade above" and by "above ... by"', () => {
    const loose: QuestionText = {
      question: 'Will Bitcoin trade above $60,000 on June 24?',
      endDate: '2026-06-24T16:00:00Z',
    };
    const atNoon =
      'The 1 minute candle of BTC/USDT on Binance at 12:00 in the ET timezone with a "Close" price over the one in the title.';
    expect(parseQuestion(loose)).toMatchObject({ kind: 'other', cause: 'ambiguous' });
    expect(parseQuestion({ ...loose, description: atNoon })).toMatchObject({
      kind: 'close',
      direction: 'above',
    });
  });

  it('is a source that nobody knows, and then nobody trades', () => {
    const payoff = parseQuestion({
      ...touch,
      description: 'The resolution source is a newspaper, for the price of Bitcoin.',
    });
    expect(payoff).toMatchObject({
      kind: 'one-touch',
      source: 'unnamed',
      missing: ['the source: the description names none that is known'],
    });
  });

  it('is no TWAP of two lengths', () => {
    const window: QuestionText = {
      question: 'Bitcoin Up or Down - August 22, 12:00PM-12:05PM ET',
      endDate: '2026-08-22T16:05:00Z',
      resolutionSource: 'https://data.chain.link/streams/btc-usd-twap-60s-streams',
    };
    expect(parseQuestion(window)).toMatchObject({ settlement: 'twap', twapLookbackSeconds: 60, missing: [] });
    expect(parseQuestion({ ...window, twapLookbackSeconds: 30 })).toMatchObject({
      kind: 'other',
      cause: 'disagreement',
    });
  });
});
