import { decodeFunctionResult, encodeFunctionData, type Hex, parseAbi } from 'viem';
import type { TokenId } from '../../domain/market.ts';
import type { Conversion, TransactionRequest } from '../../domain/transaction.ts';

/** Contracts the worker touches; the caller gives the addresses, since they are facts of a venue. */
export interface ChainContracts {
  readonly pUsd: Hex;
  readonly conditionalTokens: Hex;
  readonly exchange: Hex;
  readonly negRiskExchange: Hex;
  readonly collateralAdapter: Hex;
  readonly negRiskCollateralAdapter: Hex;
}

const ERC20 = parseAbi([
  'function balanceOf(address) view returns (uint256)',
  'function allowance(address owner, address spender) view returns (uint256)',
  'function approve(address spender, uint256 amount) returns (bool)',
]);
const ERC1155 = parseAbi([
  'function balanceOfBatch(address[] owners, uint256[] ids) view returns (uint256[])',
  'function isApprovedForAll(address owner, address operator) view returns (bool)',
  'function setApprovalForAll(address operator, bool approved)',
]);
const ADAPTER = parseAbi([
  'function splitPosition(address collateral, bytes32 parent, bytes32 conditionId, uint256[] partition, uint256 amount)',
  'function mergePositions(address collateral, bytes32 parent, bytes32 conditionId, uint256[] partition, uint256 amount)',
  'function redeemPositions(address collateral, bytes32 parent, bytes32 conditionId, uint256[] indexSets)',
  'function convertPositions(bytes32 marketId, uint256 indexSet, uint256 amount)',
]);

const NO_PARENT: Hex = `0x${'0'.repeat(64)}`;
/** Index sets of the two outcomes of a binary condition. */
const BOTH_OUTCOMES = [1n, 2n];
const UNLIMITED = 2n ** 256n - 1n;

export const balanceOfCall = (owner: Hex): Hex =>
  encodeFunctionData({ abi: ERC20, functionName: 'balanceOf', args: [owner] });
export const decodeBalance = (result: Hex): bigint =>
  decodeFunctionResult({ abi: ERC20, functionName: 'balanceOf', data: result });

export const balanceOfBatchCall = (owner: Hex, tokens: readonly TokenId[]): Hex =>
  encodeFunctionData({
    abi: ERC1155,
    functionName: 'balanceOfBatch',
    args: [tokens.map(() => owner), tokens.map((token) => BigInt(token))],
  });
export const decodeBalances = (result: Hex): readonly bigint[] =>
  decodeFunctionResult({ abi: ERC1155, functionName: 'balanceOfBatch', data: result });

export const allowanceCall = (owner: Hex, spender: Hex): Hex =>
  encodeFunctionData({ abi: ERC20, functionName: 'allowance', args: [owner, spender] });
export const decodeAllowance = (result: Hex): bigint =>
  decodeFunctionResult({ abi: ERC20, functionName: 'allowance', data: result });
export const isApprovedCall = (owner: Hex, operator: Hex): Hex =>
  encodeFunctionData({ abi: ERC1155, functionName: 'isApprovedForAll', args: [owner, operator] });
export const decodeIsApproved = (result: Hex): boolean =>
  decodeFunctionResult({ abi: ERC1155, functionName: 'isApprovedForAll', data: result });

export const approveCall = (spender: Hex): Hex =>
  encodeFunctionData({ abi: ERC20, functionName: 'approve', args: [spender, UNLIMITED] });
export const approveForAllCall = (operator: Hex): Hex =>
  encodeFunctionData({ abi: ERC1155, functionName: 'setApprovalForAll', args: [operator, true] });

export interface ContractCall {
  readonly to: Hex;
  readonly data: Hex;
}

/** The set of questions that give NO: bit i is the question of index i. */
const indexSetOf = ({ members }: Conversion): bigint =>
  members.reduce((set, { index, givesNo }) => (givesNo ? set | (1n << BigInt(index)) : set), 0n);

/** Pulls NO shares from the caller, whom the adapter must be approved by, and pays pUSD and YES shares. */
function convertCall(
  { negRiskCollateralAdapter: to }: ChainContracts,
  conversion: Conversion,
  amount: bigint,
): ContractCall {
  const args = [conversion.marketId as Hex, indexSetOf(conversion), amount] as const;
  return { to, data: encodeFunctionData({ abi: ADAPTER, functionName: 'convertPositions', args }) };
}

/** The adapter call of a split, merge, redeem or convert. The adapters take the shape of the Conditional Tokens' own functions and ignore collateral and parent. */
export function inventoryCall(contracts: ChainContracts, request: TransactionRequest): ContractCall {
  if (request.conversion !== undefined)
    return convertCall(contracts, request.conversion, BigInt(request.amount));
  const to = request.negRisk ? contracts.negRiskCollateralAdapter : contracts.collateralAdapter;
  const condition = request.conditionId as string as Hex;
  if (request.action === 'redeem') {
    const args = [contracts.pUsd, NO_PARENT, condition, BOTH_OUTCOMES] as const;
    return { to, data: encodeFunctionData({ abi: ADAPTER, functionName: 'redeemPositions', args }) };
  }
  const functionName = request.action === 'split' ? 'splitPosition' : 'mergePositions';
  const args = [contracts.pUsd, NO_PARENT, condition, BOTH_OUTCOMES, BigInt(request.amount)] as const;
  return { to, data: encodeFunctionData({ abi: ADAPTER, functionName, args }) };
}
