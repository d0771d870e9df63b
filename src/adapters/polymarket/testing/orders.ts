import type { ConditionId, MarketVersion, Side, TokenId } from '../../../domain/market.ts';
import type { ClientId, OrderRequest, TimeInForce } from '../../../domain/order.ts';
import { price, shares } from '../../../domain/units.ts';
import { Secret } from '../../../settings/secret.ts';

/** The first account of the well-known development mnemonic: public, and worthless on any real chain. */
export const DEVELOPMENT_KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';
export const developmentSecret = (): Secret => new Secret(DEVELOPMENT_KEY);
export const DEVELOPMENT_ADDRESS = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266';

export interface TestOrder {
  readonly tokenId?: string;
  readonly side?: Side;
  readonly priceTenThousandths?: number;
  readonly sizeMicro?: number;
  readonly negRisk?: boolean;
  readonly marketVersion?: MarketVersion;
  readonly salt?: number;
  readonly timestampMs?: number;
  readonly timeInForce?: TimeInForce;
  readonly postOnly?: boolean;
}

/** An order request with everything filled in; each test names only what it is about. */
export function orderRequest(given: TestOrder = {}): OrderRequest {
  return {
    clientId: 'o-1' as ClientId,
    conditionId: `0x${'c'.repeat(64)}` as ConditionId,
    tokenId: (given.tokenId ??
      '71321045679252212594626385532706912750332728571942532289631379312455583992563') as TokenId,
    negRisk: given.negRisk ?? false,
    marketVersion: given.marketVersion ?? 'v1',
    outcome: 'YES',
    side: given.side ?? 'BUY',
    price: price(given.priceTenThousandths ?? 4800),
    size: shares(given.sizeMicro ?? 10_000_000),
    timeInForce: given.timeInForce ?? 'GTC',
    postOnly: given.postOnly ?? true,
    expirationS: 0,
    salt: given.salt ?? 123_456_789,
    timestampMs: given.timestampMs ?? 1_795_373_206_847,
  };
}
