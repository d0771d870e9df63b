import fc from 'fast-check';
import { expect, it } from 'vitest';
import { checkOrder } from './gate.ts';
import { checkTransaction } from './gate-transaction.ts';
import { gateMarket, gatePass, order, shares } from './test-gate.ts';

it('W28: no order and no transaction passes while the balance is not known, however rich the books look', () => {
  fc.assert(
    fc.property(
      fc.constantFrom<'YES' | 'NO'>('YES', 'NO'),
      fc.constantFrom<'BUY' | 'SELL'>('BUY', 'SELL'),
      fc.integer({ min: 5, max: 20 }),
      fc.constantFrom<'split' | 'merge' | 'redeem'>('split', 'merge', 'redeem'),
      (outcome, side, count, action) => {
        const market = gateMarket({ freeYes: shares(1_000), freeNo: shares(1_000), pairs: shares(1_000) });
        const isBid = (outcome === 'YES') === (side === 'BUY');
        const cents = outcome === 'YES' ? (isBid ? 48 : 52) : isBid ? 52 : 48;
        const request = order({ outcome, side, size: shares(count), price: (cents * 100) as never });
        const transaction = {
          txKey: 't-1',
          action,
          conditionId: request.conditionId,
          negRisk: false,
          amount: shares(count),
        };
        const unknown = gatePass({ freeCash: null });
        expect(checkOrder(unknown, market, request)).toMatchObject({ refused: 'balanceUnknown' });
        expect(checkTransaction(unknown, market, transaction)).toMatchObject({ refused: 'balanceUnknown' });
        expect(unknown).toMatchObject({ freeCash: null, openOrders: 0, totalExposure: 0 });
        // The balance is all that stood in the way.
        expect('refused' in checkOrder(gatePass(), market, request)).toBe(false);
      },
    ),
  );
});
