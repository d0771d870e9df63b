import { describe, expect, it } from 'vitest';
import { price, shares, usd } from '../../../domain/units.ts';
import { orderAmounts } from './order-amounts.ts';

describe('the amounts of an order that takes', () => {
  it('are the dollars it was told to spend, and the shares they buy at its limit', () => {
    const amounts = orderAmounts('BUY', price(4_800), shares(20e6), 'FAK', usd(9_400_000));
    expect(amounts).toEqual({ makerAmount: 9_400_000, takerAmount: 19_583_300 });
  });

  it('are whole cents without being told, and what is told changes nothing else', () => {
    expect(orderAmounts('BUY', price(4_530), shares(7.77e6), 'FAK').makerAmount).toBe(3_510_000);
    expect(orderAmounts('SELL', price(4_530), shares(7.77e6), 'FAK', usd(1e6))).toEqual(
      orderAmounts('SELL', price(4_530), shares(7.77e6), 'GTC'),
    );
    expect(orderAmounts('BUY', price(4_530), shares(7.77e6), 'GTC', usd(1e6)).takerAmount).toBe(7_770_000);
  });
});
