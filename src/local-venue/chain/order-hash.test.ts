import { hashTypedData, keccak256, stringToHex } from 'viem';
import { describe, expect, it } from 'vitest';
import { deriveTrader } from './accounts.ts';
import { CONTRACTS } from './addresses.ts';
import { EXCHANGE_TOPICS } from './operator.ts';
import { exchangeDomainSeparator, hashOrder, toContractOrder } from './order-hash.ts';
import { exchangeDomain, ORDER_TYPES, signOrder } from './order-signing.ts';

describe('the hash of an order', () => {
  it.each([false, true])('equals the typed-data hash of viem (neg risk %s)', async (negRisk) => {
    const order = await signOrder(deriveTrader('hash', 0), {
      salt: 123_456_789n,
      tokenId: (2n ** 255n + 7n).toString(),
      side: negRisk ? 'SELL' : 'BUY',
      makerAmount: 5_100_000n,
      takerAmount: 10_000_000n,
      negRisk,
    });
    const exchange = negRisk ? CONTRACTS.negRiskExchange : CONTRACTS.exchange;
    const expected = hashTypedData({
      domain: exchangeDomain(negRisk),
      types: ORDER_TYPES,
      primaryType: 'Order',
      message: toContractOrder(order),
    });
    expect(hashOrder(order, exchangeDomainSeparator(exchange, 137))).toBe(expected);
  });

  it('has the type hash that production uses', () => {
    const type = `Order(${ORDER_TYPES.Order.map(({ type, name }) => `${type} ${name}`).join(',')})`;
    expect(keccak256(stringToHex(type))).toBe(
      '0xbb86318a2138f5fa8ae32fbe8e659f8fcf13cc6ae4014a707893055433818589',
    );
    expect(type).toHaveLength(186);
  });
});

describe('the topics of the exchange', () => {
  it('are those of production', () => {
    expect(EXCHANGE_TOPICS.orderFilled.slice(0, 10)).toBe('0xd543adfd');
    expect(EXCHANGE_TOPICS.ordersMatched.slice(0, 10)).toBe('0x174b3811');
    expect(EXCHANGE_TOPICS.feeCharged.slice(0, 10)).toBe('0x55bb3cad');
  });
});
