import { describe, expect, it } from 'vitest';
import {
  ASSUMPTION_NOTES,
  defaultAssumptions,
  type ExchangeMode,
  rejections,
  setAccountStatus,
  setAllowance,
  setMode,
} from './index.ts';
import { type Ask, NO, place, T0, testVenue, told, YES } from './test-venue.ts';

const atSec = T0 / 1_000;
const MARKET_BUY =
  'invalid amounts, the market buy orders maker amount supports a max accuracy of 2 decimals, taker amount a max of 4 decimals';

// A resting ask of 20 shares at 0.60 and a bid of 20 at 0.40 stand in the book, both Bob's.
const refusals: readonly (readonly [string, Ask, string])[] = [
  ['amount of zero', { amounts: [0, 10e6] }, 'Invalid order payload'],
  ['amount that is no integer', { amounts: [1.5, 10e6] }, 'Invalid order payload'],
  ['post-only FOK', { type: 'FOK', postOnly: true, amounts: [5e6, 10e6] }, 'Invalid order payload'],
  ['off the grid', { cents: 50.5 }, 'order x is invalid. Price (0.505) breaks minimum tick size rule: 0.01'],
  ['price 1', { cents: 100 }, 'order x is invalid. Price (1) breaks minimum tick size rule: 0.01'],
  [
    'no price at all',
    { amounts: [3_333_300, 10e6] },
    'order x is invalid. Price (0.33333) breaks minimum tick size rule: 0.01',
  ],
  [
    'amount that is not price times size',
    { side: 'SELL', size: 19.69, amounts: [19_690_000, 4_330_000] },
    "invalid amounts, the taker amount for a $0.22 order of size 19.69 should be '4.3318' but the value submited is '4.33'. Please check if you are using the latest version of the 'clob-client' library",
  ],
  ['too small', { size: 4.99 }, 'order x is invalid. Size (4.99) lower than the minimum: 5'],
  ['size with three decimals', { size: 5.001, cents: 50 }, rejections.buyDecimals(4, 2).message],
  [
    'sell size with three decimals',
    { side: 'SELL', size: 5.001, cents: 50 },
    'invalid amounts, the sell orders maker amount supports a max accuracy of 2 decimals, taker amount a max of 4 decimals',
  ],
  ['market BUY with 3 decimals of dollars', { type: 'FAK', amounts: [5_001_000, 10e6] }, MARKET_BUY],
  ['market BUY with 5 decimals of shares', { type: 'FOK', amounts: [5e6, 8_333_330] }, MARKET_BUY],
  [
    'market BUY off the grid',
    { type: 'FOK', amounts: [5e6, 8e6] },
    'order x is invalid. Price (0.625) breaks minimum tick size rule: 0.01',
  ],
  ['known id', { id: 'ask' }, 'order ask is invalid. Duplicated.'],
  ['post-only that crosses', { cents: 60, postOnly: true }, 'invalid post-only order: order crosses book'],
  [
    'post-only that crosses through the other token',
    { token: NO, cents: 60, postOnly: true },
    'invalid post-only order: order crosses book',
  ],
  ['GTD too near', { type: 'GTD', expirationSec: atSec + 179 }, 'invalid expiration'],
  ['GTD without expiration', { type: 'GTD' }, 'invalid expiration'],
  ['GTC with expiration', { expirationSec: atSec + 600 }, 'invalid expiration'],
  [
    'FOK larger than the book',
    { type: 'FOK', amounts: [60e6, 100e6] },
    "order couldn't be fully filled. FOK orders are fully filled or killed.",
  ],
  [
    'FAK without a match',
    { type: 'FAK', amounts: [5e6, 10e6] },
    'no orders found to match with FAK order. FAK orders are partially filled or killed if no match is found.',
  ],
  [
    'marketable BUY under a dollar',
    { type: 'FAK', amounts: [600_000, 1e6] },
    'invalid amount for a marketable BUY order ($0.6), min size: $1',
  ],
  ['unknown token', { token: '999' as never }, 'the orderbook 999 does not exist'],
  [
    'more dollars than there are',
    { cents: 50, size: 2_002 },
    'not enough balance / allowance: the balance is not enough -> balance: 1000000000, sum of active orders: 0, order amount: 1001000000',
  ],
  [
    'more shares than there are',
    { side: 'SELL', size: 101 },
    'not enough balance / allowance: the balance is not enough -> balance: 100000000, sum of active orders: 0, order amount: 101000000',
  ],
  ['own order in the way', { owner: 'bob', cents: 60 }, 'could not run the execution'],
];

function venueWithBook() {
  const venue = testVenue();
  place(venue, { id: 'ask', owner: 'bob', side: 'SELL', cents: 60, size: 20 });
  place(venue, { id: 'bid', owner: 'bob', cents: 40, size: 20 });
  return venue;
}

describe('every refusal says what the venue says, and changes nothing', () => {
  it.each(refusals)('%s', (_name, ask, message) => {
    const venue = venueWithBook();
    const before = venue.events.length;
    const balances = JSON.stringify([...venue.exchange.accounts.values()].map((account) => account.cash));
    expect(told(place(venue, { id: 'x', ...ask }))).toBe(message);
    expect(JSON.stringify([...venue.exchange.accounts.values()].map((account) => account.cash))).toBe(
      balances,
    );
    expect(venue.events.slice(before).filter((event) => event.kind !== 'orderCancelled')).toEqual([]);
  });

  it('counts reserved funds and the allowance', () => {
    const venue = venueWithBook();
    place(venue, { cents: 50, size: 1_000 });
    place(venue, { cents: 50, size: 900 });
    expect(told(place(venue, { cents: 50, size: 200 }))).toContain(
      'balance: 1000000000, sum of active orders: 950000000, order amount: 100000000',
    );
    setAllowance(venue.exchange, 'ann', YES, 0);
    expect(told(place(venue, { side: 'SELL', cents: 70 }))).toBe(
      'not enough balance / allowance: the allowance is not enough -> allowance: 0, sum of active orders: 0, order amount: 10000000',
    );
  });

  it.each<[ExchangeMode, number, string]>([
    ['postOnly', 503, 'post-only mode: only post-only orders and cancels are allowed'],
    [
      'cancelOnly',
      503,
      'Trading is currently cancel-only. New orders are not accepted, but cancels are allowed.',
    ],
    ['disabled', 503, 'Trading is currently disabled. Check polymarket.com for updates'],
    ['restarting', 425, 'service not ready'],
  ])('in %s mode', (mode, httpStatus, message) => {
    const venue = venueWithBook();
    setMode(venue.exchange, mode);
    const result = place(venue, { cents: 50 });
    expect(result.accepted ? null : [result.rejection.httpStatus, result.rejection.message]).toEqual([
      httpStatus,
      message,
    ]);
    expect(told(place(venue, { cents: 50, postOnly: true }))).toBe(mode === 'postOnly' ? 'live' : message);
  });

  it('by the standing of the account', () => {
    const venue = venueWithBook();
    setAccountStatus(venue.exchange, 'ann', 'banned');
    expect(told(place(venue, {}))).toBe("'ann' address banned");
    setAccountStatus(venue.exchange, 'ann', 'closedOnly');
    expect(told(place(venue, {}))).toBe("'ann' address in closed only mode");
    expect(told(place(venue, { side: 'SELL', cents: 55 }))).toBe('live');
    setAccountStatus(venue.exchange, 'ann', 'makerNotAllowed');
    expect(told(place(venue, {}))).toBe('maker address not allowed, please use the deposit wallet flow');
  });

  it('has the texts that the server around it uses', () => {
    expect(rejections.notKeyOwner().message).toBe('the order owner has to be the owner of the API KEY');
    expect(rejections.notKeySigner().message).toBe(
      'the order signer address has to be the address of the API KEY',
    );
    expect(rejections.versionMismatch().message).toBe('order_version_mismatch');
    expect(rejections.tooManyOrders(16, 15).message).toBe('Too many orders in payload: 16, max allowed: 15');
  });
});

it('has a note for every assumption', () => {
  expect(ASSUMPTION_NOTES.map((note) => note.name).sort()).toEqual(Object.keys(defaultAssumptions).sort());
});
