import type { ConditionId, TokenId } from '../domain/market.ts';
import type { ClientId, OrderRequest } from '../domain/order.ts';
import { price, shares } from '../domain/units.ts';

/** The first account of the well-known development mnemonic: public, and worthless on any real chain. */
export const BENCH_KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';

const TOKENS = [
  '71321045679252212594626385532706912750332728571942532289631379312455583992563',
  '52114319501245915516055106046884209969926127482827954674443846427813813222426',
];

/** Of this run: the signer signs no order that is older. */
const AT_MS = Date.now();

/** Orders of a quoting session: few tokens, many prices. */
export function benchOrders(count: number): OrderRequest[] {
  return Array.from({ length: count }, (_, index) => ({
    clientId: `o-${index}` as ClientId,
    conditionId: `0x${'c'.repeat(64)}` as ConditionId,
    tokenId: TOKENS[index % 2] as TokenId,
    negRisk: false,
    marketVersion: 'v1',
    outcome: index % 2 === 0 ? 'YES' : 'NO',
    side: index % 3 === 0 ? 'SELL' : 'BUY',
    price: price(100 * (1 + (index % 99))),
    size: shares(10_000 * (500 + index)),
    timeInForce: 'GTC',
    postOnly: true,
    expirationS: 0,
    salt: 123_456_789 + index,
    timestampMs: AT_MS + index,
  }));
}
