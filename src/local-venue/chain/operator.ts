import {
  BaseError,
  decodeEventLog,
  encodeFunctionData,
  type Log,
  type PrivateKeyAccount,
  type TransactionReceipt,
  toEventSelector,
} from 'viem';
import { EXCHANGE_ABI } from './abis.ts';
import { CONTRACTS } from './addresses.ts';
import { type ChainClient, GAS_PRICE } from './client.ts';
import { sideOfIndex, toContractOrder } from './order-hash.ts';
import type { ReceiptWatcher } from './receipts.ts';
import { revertReasonOf } from './reverts.ts';
import type { ChainFill, Hex, Match, Settlement, SubmittedMatch } from './types.ts';

/** A split through the adapter with its token transfers takes about 450,000; the first use of a condition more. */
const BASE_GAS = 2_000_000n;
const GAS_PER_MAKER = 600_000n;

/** The exchange's events, by their first topic. */
export const EXCHANGE_TOPICS = {
  orderFilled: toEventSelector(
    'OrderFilled(bytes32,address,address,uint8,uint256,uint256,uint256,uint256,bytes32,bytes32)',
  ),
  ordersMatched: toEventSelector('OrdersMatched(bytes32,address,uint8,uint256,uint256,uint256)'),
  feeCharged: toEventSelector('FeeCharged(address,uint256)'),
} as const;

/**
 * Sends matches from one account. Sends are put in line, each with the next nonce, without waiting for blocks; a
 * refused send gives its nonce back, so that later ones do not hang behind a gap.
 */
export function createOperator(client: ChainClient, account: PrivateKeyAccount, receipts: ReceiptWatcher) {
  let nextNonce: number | null = null;
  let line: Promise<unknown> = Promise.resolve();

  const send = async (match: Match): Promise<Hex> => {
    const known = nextNonce !== null;
    const nonce =
      nextNonce ?? (await client.getTransactionCount({ address: account.address, blockTag: 'pending' }));
    const serializedTransaction = await account.signTransaction({
      type: 'eip1559',
      chainId: client.chain.id,
      to: match.negRisk ? CONTRACTS.negRiskExchange : CONTRACTS.exchange,
      data: encodeMatch(match),
      nonce,
      gas: BASE_GAS + GAS_PER_MAKER * BigInt(match.makers.length),
      ...GAS_PRICE,
    });
    try {
      const hash = await client.sendRawTransaction({ serializedTransaction });
      nextNonce = nonce + 1;
      return hash;
    } catch (error) {
      nextNonce = null;
      // Somebody else sent from this account since: the refused transaction is void, a fresh nonce is safe.
      if (known && error instanceof BaseError && /nonce too low/.test(error.details)) return send(match);
      throw error;
    }
  };
  const submit = async (match: Match): Promise<SubmittedMatch> => {
    const sent = line.then(() => send(match));
    line = sent.catch(() => undefined);
    const txHash = await sent;
    const settled = receipts.wait(txHash).then((receipt) => settlementOf(client, receipt));
    // The caller may look at the outcome later than it is known; a rejection waits for it.
    settled.catch(() => undefined);
    return { txHash, settled };
  };
  return {
    submit,
    settle: async (match: Match): Promise<Settlement> => (await submit(match)).settled,
    /** Forgets the nonce, as after the chain went back to a snapshot. */
    forgetNonce: () => {
      nextNonce = null;
    },
  };
}

/** Call data of `matchOrders`. */
export function encodeMatch(match: Match): Hex {
  return encodeFunctionData({
    abi: EXCHANGE_ABI,
    functionName: 'matchOrders',
    args: [
      match.conditionId,
      toContractOrder(match.taker),
      match.makers.map(({ order }) => toContractOrder(order)),
      match.takerFillAmount,
      match.makers.map(({ fillAmount }) => fillAmount),
      match.takerFeeAmount,
      match.makers.map(({ feeAmount }) => feeAmount),
    ],
  });
}

async function settlementOf(client: ChainClient, receipt: TransactionReceipt): Promise<Settlement> {
  const base = {
    txHash: receipt.transactionHash,
    blockNumber: Number(receipt.blockNumber),
    gasUsed: receipt.gasUsed,
  };
  if (receipt.status === 'success') {
    return { ...base, status: 'confirmed', fills: decodeFills(receipt.logs) };
  }
  const revertReason = await readRevertReason(client, receipt.transactionHash);
  return { ...base, status: 'reverted', fills: [], revertReason };
}

/** The `OrderFilled` events among the logs, in order. */
export function decodeFills(logs: readonly Log[]): ChainFill[] {
  return logs
    .filter((log) => log.topics[0] === EXCHANGE_TOPICS.orderFilled)
    .map((log) => {
      const { args } = decodeEventLog({
        abi: EXCHANGE_ABI,
        eventName: 'OrderFilled',
        topics: log.topics,
        data: log.data,
      });
      return {
        orderHash: args.orderHash,
        maker: args.maker,
        taker: args.taker,
        side: sideOfIndex(args.side),
        tokenId: args.tokenId.toString(),
        makerAmountFilled: args.makerAmountFilled,
        takerAmountFilled: args.takerAmountFilled,
        fee: args.fee,
      };
    });
}

/** Asks the node what the failed transaction answered. */
export async function readRevertReason(client: ChainClient, hash: Hex): Promise<string> {
  const trace = await client.request<{
    Method: 'debug_traceTransaction';
    Parameters: [Hex, { tracer: 'callTracer'; tracerConfig: { onlyTopCall: boolean } }];
    ReturnType: { output?: Hex };
  }>({
    method: 'debug_traceTransaction',
    params: [hash, { tracer: 'callTracer', tracerConfig: { onlyTopCall: true } }],
  });
  return revertReasonOf(trace.output ?? '0x');
}
