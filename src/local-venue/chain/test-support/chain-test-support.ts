import { encodeFunctionData, keccak256, stringToHex, zeroHash } from 'viem';
import type { Side } from '../../../domain/market.ts';
import { POSITIONS_ABI } from '../abis.ts';
import { CONTRACTS } from '../addresses.ts';
import { type ChainClient, createChainClient, sendUnsigned } from '../client.ts';
import { signOrder } from '../order-signing.ts';
import type { Address, ChainOrder, FundedAccount, Hex, LocalChain, Match, PreparedMarket } from '../types.ts';

export const DOLLAR = 1_000_000n;
/** Millionths per unit of price: prices below are in 1/10,000 dollar. */
const PRICE_ONE = 10_000n;
let salts = 0n;

export const questionNamed = (name: string): Hex => keccak256(stringToHex(name));

/** A limit order for `size` millionths of shares at a price in 1/10,000 dollar. */
export function limitOrder(
  account: FundedAccount,
  market: PreparedMarket,
  outcome: 'YES' | 'NO',
  side: Side,
  price: bigint,
  size: bigint,
): Promise<ChainOrder> {
  salts += 1n;
  const cash = (size * price) / PRICE_ONE;
  return signOrder(account, {
    salt: salts,
    tokenId: outcome === 'YES' ? market.yesTokenId : market.noTokenId,
    side,
    makerAmount: side === 'BUY' ? cash : size,
    takerAmount: side === 'BUY' ? size : cash,
    negRisk: market.negRisk,
  });
}

/** A match of a taker against makers that are filled in full, without fees, unless told otherwise. */
export function matchOf(
  market: PreparedMarket,
  taker: ChainOrder,
  makers: readonly ChainOrder[],
  overrides: Partial<Match> = {},
): Match {
  return {
    conditionId: market.conditionId,
    negRisk: market.negRisk,
    taker,
    takerFillAmount: taker.makerAmount,
    takerFeeAmount: 0n,
    makers: makers.map((order) => ({ order, fillAmount: order.makerAmount, feeAmount: 0n })),
    ...overrides,
  };
}

/** What an address holds: dollars, YES and NO. */
export async function holdings(chain: LocalChain, market: PreparedMarket, owner: Address) {
  const [[account], [yes, no]] = await Promise.all([
    chain.balancesOf([owner]),
    chain.tokenBalancesOf([
      { owner, tokenId: market.yesTokenId },
      { owner, tokenId: market.noTokenId },
    ]),
  ]);
  return { usd: account!.pUsd, yes: yes!, no: no! };
}

export type PositionCall = 'splitPosition' | 'mergePositions' | 'redeemPositions';

/** Calls the market's adapter in the owner's name, with the collateral and parent arguments of the official client. */
export async function callAdapter(
  client: ChainClient,
  market: PreparedMarket,
  owner: Address,
  call: PositionCall,
  amount = 0n,
): Promise<'success' | 'reverted'> {
  const to = market.negRisk ? CONTRACTS.negRiskCollateralAdapter : CONTRACTS.collateralAdapter;
  const head = [CONTRACTS.pUsd, zeroHash, market.conditionId, [1n, 2n]] as const;
  const data =
    call === 'redeemPositions'
      ? encodeFunctionData({ abi: POSITIONS_ABI, functionName: call, args: head })
      : encodeFunctionData({ abi: POSITIONS_ABI, functionName: call, args: [...head, amount] });
  return sendAs(client, owner, to, data);
}

/** Sends a call in anyone's name and waits for its block. */
export async function sendAs(client: ChainClient, from: Address, to: Address, data: Hex) {
  const [hash] = await sendUnsigned(client, [{ from, to, data }]);
  const receipt = await client.waitForTransactionReceipt({ hash: hash!, pollingInterval: 5 });
  return receipt.status;
}

export const clientOf = (chain: LocalChain): ChainClient => createChainClient(chain.rpcUrl, chain.chainId);
