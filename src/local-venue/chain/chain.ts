import { encodeFunctionData, zeroHash } from 'viem';
import { ERC20_ABI, POSITIONS_ABI } from './abis.ts';
import { approvalCalls, deriveAccount, deriveTrader, fundingCalls } from './accounts.ts';
import { CONTRACTS } from './addresses.ts';
import { startAnvil } from './anvil.ts';
import { type ChainClient, createChainClient, sendUnsigned, type UnsignedCall } from './client.ts';
import { depositWalletAddressOf } from './deposit-wallet.ts';
import { planMarket, preparationCalls, registrationCalls, reportCall } from './markets.ts';
import { createMiner, type Miner } from './mining.ts';
import { createOperator, readRevertReason } from './operator.ts';
import { exchangeDomainSeparator, hashOrder } from './order-hash.ts';
import { placeContract, placeContracts } from './placement.ts';
import {
  readAllowances,
  readBalances,
  readIsUserPaused,
  readOrderStatus,
  readOrderValidity,
  readPayouts,
  readTokenBalances,
} from './reads.ts';
import { createReceiptWatcher, type ReceiptWatcher } from './receipts.ts';
import type {
  Address,
  ChainOptions,
  FundedAccount,
  Hex,
  LocalChain,
  MarketToPrepare,
  PreparedMarket,
} from './types.ts';

const POLYGON_CHAIN_ID = 137;
const DEFAULT_ACCOUNTS = 5;
const DEFAULT_PUSD = 100_000_000_000n;
const WEI = 10n ** 18n;
const DEFAULT_POL = 1_000n * WEI;
const ROLE_POL = 10_000_000n * WEI;
const DEFAULT_READY_TIMEOUT_MS = 15_000;
/** Calls of a set-up that share a block. */
const CALLS_PER_BLOCK = 200;

/**
 * Starts a node, puts the venue's contracts at their production addresses and funds accounts from the seed.
 * Rejects with what is wrong and what to do when the node cannot start; nothing is left running then.
 */
export async function startChain(options: ChainOptions = {}): Promise<LocalChain> {
  const chainId = options.chainId ?? POLYGON_CHAIN_ID;
  const seed = options.seed ?? 'evenkeel';
  const anvil = await startAnvil({
    port: options.port ?? 0,
    chainId,
    readyTimeoutMs: options.readyTimeoutMs ?? DEFAULT_READY_TIMEOUT_MS,
    ...(options.startAtSec === undefined ? {} : { startAtSec: options.startAtSec }),
  });
  const client = createChainClient(anvil.rpcUrl, chainId);
  const receipts = createReceiptWatcher(client);
  const miner = createMiner(client);
  const stop = async () => {
    receipts.close();
    await miner.stop();
    await anvil.stop();
  };
  try {
    const roles = {
      operator: deriveAccount(seed, 'operator'),
      minter: deriveAccount(seed, 'minter').address,
      localOracle: deriveAccount(seed, 'oracle').address,
      feeReceiver: deriveAccount(seed, 'fees').address,
    };
    const admin = roles.operator.address;
    await givePol(client, [admin, roles.minter, roles.localOracle], ROLE_POL);
    await placeContracts(client, { admin, minter: roles.minter, feeReceiver: roles.feeReceiver });
    const chain = assemble({
      client,
      receipts,
      roles,
      seed,
      options,
      chainId,
      miner,
      rpcUrl: anvil.rpcUrl,
      stop,
    });
    await chain.addAccounts(options.accounts ?? DEFAULT_ACCOUNTS);
    await chain.setMining(options.mining ?? { kind: 'auto' });
    return chain;
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Parts {
  readonly client: ChainClient;
  readonly receipts: ReceiptWatcher;
  readonly miner: Miner;
  readonly roles: {
    readonly operator: ReturnType<typeof deriveAccount>;
    readonly minter: Address;
    readonly localOracle: Address;
    readonly feeReceiver: Address;
  };
  readonly seed: string;
  readonly options: ChainOptions;
  readonly chainId: number;
  readonly rpcUrl: string;
  readonly stop: () => Promise<void>;
}

function assemble(parts: Parts): LocalChain {
  const { client, receipts, roles, chainId, options } = parts;
  const accounts: FundedAccount[] = [];
  const operator = createOperator(client, roles.operator, receipts);
  const domains = [CONTRACTS.exchange, CONTRACTS.negRiskExchange].map((exchange) =>
    exchangeDomainSeparator(exchange, chainId),
  ) as [Hex, Hex];
  const run = (calls: readonly UnsignedCall[]) => runCalls(parts, calls);

  const fundAll = async (receivers: readonly Address[], pUsd: bigint, polWei: bigint) => {
    await givePol(client, receivers, polWei);
    if (pUsd > 0n) {
      await run(
        fundingCalls(
          roles.minter,
          receivers.map((address) => ({ address, pUsd })),
        ),
      );
    }
  };
  const addAccounts = async (count: number): Promise<FundedAccount[]> => {
    const first = accounts.length;
    const added = Array.from({ length: count }, (_, index) => deriveTrader(parts.seed, first + index));
    accounts.push(...added);
    const addresses = added.map(({ address }) => address);
    await fundAll(addresses, options.pUsdPerAccount ?? DEFAULT_PUSD, options.polPerAccount ?? DEFAULT_POL);
    const approved = addresses.slice(0, Math.max(0, (options.approvedAccounts ?? Infinity) - first));
    await run(approved.flatMap(approvalCalls));
    return added;
  };
  const prepareMarkets = async (markets: readonly MarketToPrepare[]): Promise<PreparedMarket[]> => {
    const planned = markets.map((market) => planMarket(market, roles.localOracle));
    await run(await preparationCalls(client, roles.minter, planned));
    await run(await registrationCalls(client, roles.minter, markets));
    return planned;
  };

  return {
    rpcUrl: parts.rpcUrl,
    chainId,
    contracts: CONTRACTS,
    accounts,
    operator: roles.operator.address,
    localOracle: roles.localOracle,
    feeReceiver: roles.feeReceiver,
    prepareMarket: async (market) => (await prepareMarkets([market]))[0]!,
    prepareMarkets,
    reportPayouts: async (report) => {
      await givePol(client, [report.oracle], WEI);
      const [receipt] = await run([reportCall(report)]);
      return { txHash: receipt!.transactionHash, blockNumber: Number(receipt!.blockNumber) };
    },
    payoutsOf: (conditionId) => readPayouts(client, conditionId),
    submit: operator.submit,
    settle: operator.settle,
    orderHash: (order, negRisk) => hashOrder(order, domains[negRisk ? 1 : 0]),
    validateOrder: (order, negRisk) => readOrderValidity(client, order, negRisk),
    orderStatus: (orderHash, negRisk) => readOrderStatus(client, orderHash, negRisk),
    isUserPaused: (user, negRisk) => readIsUserPaused(client, user, negRisk),
    balancesOf: (addresses) => readBalances(client, addresses),
    tokenBalancesOf: (queries) => readTokenBalances(client, queries),
    allowancesOf: (owner) => readAllowances(client, owner),
    fund: (address, pUsd, polWei = DEFAULT_POL) => fundAll([address], pUsd, polWei),
    pay: async (payer, payments) => {
      await fundAll(
        [payer],
        payments.reduce((sum, { pUsd }) => sum + pUsd, 0n),
        WEI,
      );
      const receipts = await run(payments.map(({ address, pUsd }) => transferCall(payer, address, pUsd)));
      return receipts.map(({ transactionHash }) => transactionHash);
    },
    addAccounts,
    approveAll: async (address) => {
      await run(approvalCalls(address));
    },
    splitFor: async (address, conditionId, negRisk, amount) => {
      const [receipt] = await run([splitCall(address, conditionId, negRisk, amount)]);
      return receipt!.transactionHash;
    },
    placeDepositWallet: async (owner) => {
      const at = depositWalletAddressOf(owner);
      if ((await client.getCode({ address: at })) === undefined) {
        await placeContract(client, { at, artifact: 'DepositWallet', args: [owner], from: roles.minter });
      }
      return at;
    },
    head: async () => {
      const { number, timestamp } = await client.getBlock();
      return { number: Number(number), timestampSec: Number(timestamp) };
    },
    setMining: parts.miner.set,
    mine: (blocks = 1) => client.mine({ blocks }),
    increaseTime: async (seconds) => {
      await client.increaseTime({ seconds });
      await client.mine({ blocks: 1 });
    },
    snapshot: () => client.snapshot(),
    revertTo: async (id) => {
      await client.revert({ id });
      operator.forgetNonce();
    },
    stop: parts.stop,
  };
}

/** Sends calls without keys and returns their receipts, in order; rejects with the reason if one reverts. */
async function runCalls({ client, receipts, miner }: Parts, calls: readonly UnsignedCall[]) {
  const all = [];
  for (let at = 0; at < calls.length; at += CALLS_PER_BLOCK) {
    const some = calls.slice(at, at + CALLS_PER_BLOCK);
    const hashes = await sendUnsigned(client, some);
    if (!miner.isRunning()) await client.mine({ blocks: 1 });
    const got = await Promise.all(hashes.map((hash) => receipts.wait(hash)));
    const failed = got.findIndex((receipt) => receipt.status !== 'success');
    if (failed >= 0) {
      const { from, to } = some[failed]!;
      const { transactionHash } = got[failed]!;
      const reason = await readRevertReason(client, transactionHash);
      throw new Error(`call from ${from} to ${to} reverted with ${reason} in ${transactionHash}`);
    }
    all.push(...got);
  }
  return all;
}

/** Raises balances to at least `polWei`. */
async function givePol(client: ChainClient, addresses: readonly Address[], polWei: bigint): Promise<void> {
  await Promise.all(
    addresses.map(async (address) => {
      const balance = await client.getBalance({ address });
      if (balance < polWei) await client.setBalance({ address, value: polWei });
    }),
  );
}

function transferCall(from: Address, to: Address, pUsd: bigint): UnsignedCall {
  const data = encodeFunctionData({ abi: ERC20_ABI, functionName: 'transfer', args: [to, pUsd] });
  return { from, to: CONTRACTS.pUsd, data };
}

function splitCall(from: Address, conditionId: Hex, negRisk: boolean, amount: bigint): UnsignedCall {
  return {
    from,
    to: negRisk ? CONTRACTS.negRiskCollateralAdapter : CONTRACTS.collateralAdapter,
    data: encodeFunctionData({
      abi: POSITIONS_ABI,
      functionName: 'splitPosition',
      args: [CONTRACTS.pUsd, zeroHash, conditionId, [1n, 2n], amount],
    }),
  };
}
