import { describe, expect, it } from 'vitest';
import { parseGammaMarket } from './gamma-market.ts';

const LISTED = {
  conditionId: `0x${'ab'.repeat(32)}`,
  clobTokenIds: '["1", "2"]',
  outcomes: '["Yes", "No"]',
  orderPriceMinTickSize: 0.01,
  orderMinSize: 5,
  feeType: 'crypto_fees_v2',
  question: 'Will Bitcoin reach $150,000 in December?',
};

/** What the market carries of these fields; the market itself is usable whatever they are. */
function aboutOf(change: Readonly<Record<string, unknown>>) {
  const parsed = parseGammaMarket({ ...LISTED, ...change });
  if ('unusable' in parsed) throw new Error(parsed.unusable);
  return parsed.market.about;
}

describe('the texts of a listed crypto market', () => {
  it('are kept as written', () => {
    expect(
      aboutOf({
        events: [{ id: '7', title: 'What price will Bitcoin hit in December?' }],
        groupItemTitle: '↑ 150,000',
        resolutionSource: 'https://www.binance.com/en/trade/BTC_USDT',
        eventStartTime: '2026-12-01T05:00:00Z',
        endDate: '2027-01-01',
      }),
    ).toEqual({
      eventTitle: 'What price will Bitcoin hit in December?',
      groupItemTitle: '↑ 150,000',
      resolutionSource: 'https://www.binance.com/en/trade/BTC_USDT',
      eventStartTime: '2026-12-01T05:00:00Z',
      endDate: '2027-01-01',
    });
  });

  it('take no room where they are absent, null or empty', () => {
    expect(aboutOf({ groupItemTitle: '', resolutionSource: null, cryptoMarketConfig: null })).toEqual({});
  });

  it('take no room for markets about anything else', () => {
    expect(
      aboutOf({ feeType: 'weather_fees', question: 'Will it rain?', endDate: '2027-01-01' }),
    ).toBeUndefined();
  });

  it.each([
    ['a number', { groupItemTitle: 150_000 }],
    ['an object', { resolutionSource: { url: 'https://www.binance.com' } }],
    ['a list', { endDate: ['2027-01-01'] }],
    ['a title that is none', { events: [{ id: '7', title: 12 }] }],
    ['more than anybody writes', { eventStartTime: 'x'.repeat(501) }],
  ])('say nothing at all where one is %s, and the market is there all the same', (_, change) => {
    expect(aboutOf({ endDate: '2027-01-01', ...change })).toBeUndefined();
  });

  it.each([
    ['30 seconds', { twapEnabled: true, twapLookbackSeconds: 30 }, 30],
    ['seconds alone', { twapLookbackSeconds: 60 }, 60],
    ['none', { twapEnabled: false }, null],
    ['none, whatever seconds it has', { twapEnabled: false, twapLookbackSeconds: 60 }, null],
    ['one without seconds', { twapEnabled: true }, 0],
    ['one of seconds that are no number', { twapEnabled: true, twapLookbackSeconds: '60' }, 0],
    ['one of less than nothing', { twapEnabled: true, twapLookbackSeconds: -5 }, 0],
    ['something else', 'twap', 0],
  ])('name a TWAP of %s', (_, cryptoMarketConfig, twapLookbackSeconds) => {
    expect(aboutOf({ cryptoMarketConfig })).toEqual({ twapLookbackSeconds });
  });
});
