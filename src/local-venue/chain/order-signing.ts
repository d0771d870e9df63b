import { zeroHash } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import type { Side } from '../../domain/market.ts';
import { CONTRACTS } from './addresses.ts';
import { toContractOrder } from './order-hash.ts';
import type { ChainOrder, FundedAccount } from './types.ts';

export interface OrderTerms {
  readonly salt: bigint;
  readonly tokenId: string;
  readonly side: Side;
  readonly makerAmount: bigint;
  readonly takerAmount: bigint;
  readonly negRisk?: boolean;
  readonly timestamp?: bigint;
}

/** The EIP-712 type of an order of generation 2. */
export const ORDER_TYPES = {
  Order: [
    { name: 'salt', type: 'uint256' },
    { name: 'maker', type: 'address' },
    { name: 'signer', type: 'address' },
    { name: 'tokenId', type: 'uint256' },
    { name: 'makerAmount', type: 'uint256' },
    { name: 'takerAmount', type: 'uint256' },
    { name: 'side', type: 'uint8' },
    { name: 'signatureType', type: 'uint8' },
    { name: 'timestamp', type: 'uint256' },
    { name: 'metadata', type: 'bytes32' },
    { name: 'builder', type: 'bytes32' },
  ],
} as const;

/** The exchange's EIP-712 domain. */
export const exchangeDomain = (negRisk: boolean, chainId = 137) => ({
  name: 'Polymarket CTF Exchange',
  version: '2',
  chainId,
  verifyingContract: negRisk ? CONTRACTS.negRiskExchange : CONTRACTS.exchange,
});

/** An order signed by viem, for traders that have their key here and for tests. */
export async function signOrder(account: FundedAccount, terms: OrderTerms): Promise<ChainOrder> {
  const { negRisk = false, timestamp = 1_795_000_000_000n, ...rest } = terms;
  const order: Omit<ChainOrder, 'signature'> = {
    ...rest,
    maker: account.address,
    signer: account.address,
    signatureType: 0,
    timestamp,
    metadata: zeroHash,
    builder: zeroHash,
  };
  const signature = await privateKeyToAccount(account.privateKey).signTypedData({
    domain: exchangeDomain(negRisk),
    types: ORDER_TYPES,
    primaryType: 'Order',
    message: toContractOrder({ ...order, signature: '0x' }),
  });
  return { ...order, signature };
}
