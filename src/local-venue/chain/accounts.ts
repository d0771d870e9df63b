import { encodeFunctionData, keccak256, maxUint256, stringToHex } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { CONDITIONAL_TOKENS_ABI, ERC20_ABI, RAMP_ABI } from './abis.ts';
import { CONTRACTS } from './addresses.ts';
import type { UnsignedCall } from './client.ts';
import type { Address, FundedAccount } from './types.ts';

/** An account whose key is the hash of the seed and a name: the same on every run. */
export function deriveAccount(seed: string, name: string) {
  return privateKeyToAccount(keccak256(stringToHex(`evenkeel local chain/${seed}/${name}`)));
}

export function deriveTrader(seed: string, index: number): FundedAccount {
  const privateKey = keccak256(stringToHex(`evenkeel local chain/${seed}/trader/${index}`));
  return { address: privateKeyToAccount(privateKey).address, privateKey };
}

/** Spenders of pUSD that the official client 0.2.0 approves before trading. */
export const PUSD_SPENDERS: readonly Address[] = [
  CONTRACTS.exchange,
  CONTRACTS.negRiskExchange,
  CONTRACTS.collateralAdapter,
  CONTRACTS.negRiskCollateralAdapter,
  CONTRACTS.router,
  CONTRACTS.exchangeV3,
  CONTRACTS.perpsDeposit,
];

/** Operators of Conditional Tokens that the official client 0.2.0 approves. */
export const POSITION_OPERATORS: readonly Address[] = [
  CONTRACTS.exchange,
  CONTRACTS.negRiskExchange,
  CONTRACTS.collateralAdapter,
  CONTRACTS.negRiskCollateralAdapter,
  CONTRACTS.autoRedeemer,
];

const POSITION_MANAGER_OPERATORS: readonly Address[] = [
  CONTRACTS.router,
  CONTRACTS.exchangeV3,
  CONTRACTS.autoRedeemer,
];

/** The 15 approvals that the official client 0.2.0 sets up, in its order. */
export function approvalCalls(owner: Address): UnsignedCall[] {
  const approve = (spender: Address): UnsignedCall => ({
    from: owner,
    to: CONTRACTS.pUsd,
    data: encodeFunctionData({ abi: ERC20_ABI, functionName: 'approve', args: [spender, maxUint256] }),
  });
  const allow =
    (token: Address) =>
    (operator: Address): UnsignedCall => ({
      from: owner,
      to: token,
      data: encodeFunctionData({
        abi: CONDITIONAL_TOKENS_ABI,
        functionName: 'setApprovalForAll',
        args: [operator, true],
      }),
    });
  return [
    ...PUSD_SPENDERS.map(approve),
    ...POSITION_OPERATORS.map(allow(CONTRACTS.conditionalTokens)),
    ...POSITION_MANAGER_OPERATORS.map(allow(CONTRACTS.positionManager)),
  ];
}

/** Mints USDC.e to the treasury and wraps it for the receivers through the real onramp. */
export function fundingCalls(
  minter: Address,
  receivers: readonly { readonly address: Address; readonly pUsd: bigint }[],
): UnsignedCall[] {
  const total = receivers.reduce((sum, { pUsd }) => sum + pUsd, 0n);
  return [
    {
      from: minter,
      to: CONTRACTS.usdcE,
      data: encodeFunctionData({ abi: ERC20_ABI, functionName: 'mint', args: [minter, total] }),
    },
    {
      from: minter,
      to: CONTRACTS.usdcE,
      data: encodeFunctionData({
        abi: ERC20_ABI,
        functionName: 'approve',
        args: [CONTRACTS.onramp, maxUint256],
      }),
    },
    ...receivers.map(({ address, pUsd }) => ({
      from: minter,
      to: CONTRACTS.onramp,
      data: encodeFunctionData({
        abi: RAMP_ABI,
        functionName: 'wrap',
        args: [CONTRACTS.usdcE, address, pUsd],
      }),
    })),
  ];
}
