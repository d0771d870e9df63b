import { describe, expect, it } from 'vitest';
import { parseTrade, tradeStatus } from './trade.ts';

const OWN = { apiKey: 'our-key', wallet: '0xOurWallet' };
const YES = '111';
const NO = '222';

const trade = (fields: Record<string, unknown>): Record<string, unknown> => ({
  id: 't1',
  taker_order_id: '0xTAKER',
  market: '0xc',
  asset_id: YES,
  side: 'BUY',
  size: '10',
  price: '0.4',
  status: 'MATCHED',
  match_time: '1795373206',
  transaction_hash: '',
  owner: 'their-key',
  maker_address: '0xtheirs',
  maker_orders: [],
  ...fields,
});

const maker = (fields: Record<string, unknown>): Record<string, unknown> => ({
  order_id: '0xMAKER',
  owner: 'our-key',
  maker_address: '0xourwallet',
  matched_amount: '4',
  price: '0.6',
  fee_rate_bps: '',
  ...fields,
});

describe('our part of a trade', () => {
  for (const side of ['BUY', 'SELL'] as const) {
    it(`as taker, ${side}: the outer side, on the same token and on the complement`, () => {
      for (const theirs of [YES, NO]) {
        const fills = parseTrade(
          trade({
            side,
            trader_side: 'TAKER',
            maker_orders: [maker({ owner: 'x', maker_address: '0xx', asset_id: theirs, side: 'SELL' })],
          }),
          OWN,
        );
        expect(fills).toMatchObject([
          {
            orderId: '0xtaker',
            tokenId: YES,
            side,
            price: 4000,
            size: 10_000_000,
            role: 'TAKER',
            transactionHash: null,
          },
        ]);
      }
    });
    for (const token of [YES, NO])
      it(`as maker, ${side} of the ${token === YES ? "taker's token" : 'complement'}: our own asset, side and price`, () => {
        // The taker's side follows: opposite on its own token, equal on the complement (mint or merge).
        const outerSide = token === YES ? (side === 'BUY' ? 'SELL' : 'BUY') : side;
        for (const withSide of [{ side }, {}]) {
          const fills = parseTrade(
            trade({
              side: outerSide,
              trader_side: 'MAKER',
              maker_orders: [
                maker({ owner: 'x', maker_address: '0xx', asset_id: YES, side: 'SELL' }),
                maker({ asset_id: token, ...withSide }),
              ],
            }),
            OWN,
          );
          expect(fills).toMatchObject([
            { orderId: '0xmaker', tokenId: token, side, price: 6000, size: 4_000_000, role: 'MAKER' },
          ]);
        }
      });
  }

  it('may be several of our orders in one trade', () => {
    const fills = parseTrade(
      trade({
        trader_side: 'MAKER',
        owner: 'our-key',
        maker_orders: [
          maker({ asset_id: YES, side: 'SELL' }),
          maker({ order_id: '0xB', asset_id: NO, side: 'BUY', price: '0.4' }),
        ],
      }),
      OWN,
    );
    expect(fills.map((fill) => [fill.orderId, fill.tokenId, fill.price])).toEqual([
      ['0xmaker', YES, 6000],
      ['0xb', NO, 4000],
    ]);
  });

  it('is found by owner or by wallet where an old row does not say who took', () => {
    expect(parseTrade(trade({ owner: 'our-key' }), OWN)).toMatchObject([{ role: 'TAKER' }]);
    expect(parseTrade(trade({ maker_address: '0xOURWALLET' }), OWN)).toMatchObject([{ role: 'TAKER' }]);
    expect(parseTrade(trade({}), OWN)).toEqual([]);
    const asMaker = trade({ owner: 'our-key', maker_orders: [maker({ asset_id: YES })] });
    expect(parseTrade(asMaker, OWN)).toMatchObject([{ role: 'MAKER', side: 'SELL' }]);
  });

  it('rounds a taker mean price against us, and no other price', () => {
    const mean = (side: string) =>
      parseTrade(trade({ side, trader_side: 'TAKER', price: '0.41236' }), OWN)[0]!.price;
    expect([mean('BUY'), mean('SELL')]).toEqual([4124, 4123]);
    const asMaker = trade({
      trader_side: 'MAKER',
      maker_orders: [maker({ asset_id: YES, price: '0.41236' })],
    });
    expect(() => parseTrade(asMaker, OWN)).toThrow(/price/);
  });

  it('knows both spellings of a status and refuses others', () => {
    expect(tradeStatus('TRADE_STATUS_CONFIRMED')).toBe('CONFIRMED');
    expect(tradeStatus('MATCHED_NOT_BROADCASTED')).toBe('MATCHED');
    expect(() => parseTrade(trade({ status: 'ELSE' }), OWN)).toThrow(/status/);
  });

  it('reads match times in seconds, milliseconds and as ISO text', () => {
    for (const match_time of ['1795373206', 1_795_373_206_000, '2026-11-22T18:46:46Z'])
      expect(parseTrade(trade({ trader_side: 'TAKER', match_time }), OWN)[0]!.matchedAtMs).toBe(
        1_795_373_206_000,
      );
  });
});
