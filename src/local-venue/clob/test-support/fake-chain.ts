import { privateKeyToAccount } from 'viem/accounts';
import { CONTRACTS } from '../../chain/addresses.ts';
import { exchangeDomainSeparator, hashOrder } from '../../chain/order-hash.ts';
import type {
  Address,
  ChainOrder,
  FundedAccount,
  Hex,
  LocalChain,
  Match,
  Settlement,
} from '../../chain/types.ts';
import { recoverSigner } from '../signatures.ts';

const CHAIN_ID = 137;
const MAX = 2n ** 256n - 1n;

/** A chain in memory: balances, and matches that settle at once or when the test says so. */
export interface FakeChain {
  readonly chain: LocalChain;
  /** Millionths, by `owner|USD` or `owner|tokenId`. */
  readonly holdings: Map<string, bigint>;
  readonly accounts: readonly FundedAccount[];
  readonly payouts: Map<Hex, readonly [bigint, bigint]>;
  /** While true, receipts wait for `release`. */
  hold: boolean;
  readonly release: () => void;
  /** Makes blocks without transactions. */
  readonly mine: (blocks: number) => void;
  /** Allowance of every account for every spender. */
  allowance: bigint;
  readonly submitted: Match[];
}

const keyOf = (index: number): Hex => `0x${(index + 1).toString(16).padStart(64, '0')}`;

export function createFakeChain(accountCount = 4): FakeChain {
  const accounts = Array.from({ length: accountCount }, (_, index): FundedAccount => {
    const privateKey = keyOf(index);
    return { privateKey, address: privateKeyToAccount(privateKey).address };
  });
  const holdings = new Map<string, bigint>();
  const submitted: Match[] = [];
  const payouts = new Map<Hex, readonly [bigint, bigint]>();
  const separators = {
    main: exchangeDomainSeparator(CONTRACTS.exchange, CHAIN_ID),
    negRisk: exchangeDomainSeparator(CONTRACTS.negRiskExchange, CHAIN_ID),
  };
  let block = 1;
  let held: (() => void)[] = [];
  const unsupported = (): never => {
    throw new Error('the fake chain does not do this');
  };
  const amount = (owner: string, asset: string): bigint => holdings.get(`${owner}|${asset}`) ?? 0n;
  const add = (owner: string, asset: string, delta: bigint): void => {
    holdings.set(`${owner}|${asset}`, amount(owner, asset) + delta);
  };
  const orderHash = (order: ChainOrder, negRisk: boolean): Hex =>
    hashOrder(order, negRisk ? separators.negRisk : separators.main);

  function settleNow(match: Match, txHash: Hex): Settlement {
    block += 1;
    const base = { txHash, blockNumber: block, fills: [], gasUsed: 1n };
    const moves = movesOf(match);
    const isSigned = [match.taker, ...match.makers.map((maker) => maker.order)].every(
      (order) => recoverSigner(orderHash(order, match.negRisk), order.signature) === order.signer,
    );
    if (!isSigned) return { ...base, status: 'reverted', revertReason: 'InvalidSignature' };
    if (moves.some((move) => amount(move.owner, move.asset) + move.delta < 0n)) {
      return { ...base, status: 'reverted', revertReason: 'InsufficientBalance' };
    }
    for (const move of moves) add(move.owner, move.asset, move.delta);
    return { ...base, status: 'confirmed' };
  }

  const fake: FakeChain = {
    holdings,
    accounts,
    payouts,
    submitted,
    hold: false,
    allowance: MAX,
    release: () => {
      const waiting = held;
      held = [];
      for (const settle of waiting) settle();
    },
    mine: (blocks) => {
      block += blocks;
    },
    chain: {
      rpcUrl: 'http://127.0.0.1:1',
      chainId: CHAIN_ID,
      contracts: CONTRACTS,
      accounts,
      operator: CONTRACTS.exchange,
      localOracle: CONTRACTS.exchange,
      feeReceiver: CONTRACTS.exchange,
      prepareMarket: async () => unsupported(),
      prepareMarkets: async () => unsupported(),
      reportPayouts: async (report) => {
        payouts.set(report.questionId, report.payouts);
        block += 1;
        return { txHash: hashOfIndex(block), blockNumber: block };
      },
      payoutsOf: async () => null,
      submit: async (match) => {
        submitted.push(match);
        const txHash = hashOfIndex(submitted.length);
        const settled = new Promise<Settlement>((resolve) => {
          const settle = (): void => resolve(settleNow(match, txHash));
          if (fake.hold) held.push(settle);
          else settle();
        });
        return { txHash, settled };
      },
      settle: async () => unsupported(),
      orderHash,
      validateOrder: async () => ({ ok: false, reason: 'InvalidSignature' }),
      orderStatus: async () => ({ filled: false, remaining: 0n }),
      isUserPaused: async () => false,
      balancesOf: async (owners) =>
        owners.map((address) => ({ address, polWei: 0n, pUsd: amount(address, 'USD'), usdcE: 0n })),
      tokenBalancesOf: async (queries) => queries.map(({ owner, tokenId }) => amount(owner, tokenId)),
      allowancesOf: async () => ({
        pUsd: { [CONTRACTS.exchange]: fake.allowance, [CONTRACTS.negRiskExchange]: fake.allowance },
        positions: { [CONTRACTS.exchange]: fake.allowance, [CONTRACTS.negRiskExchange]: fake.allowance },
      }),
      placeDepositWallet: async () => unsupported(),
      fund: async (address, pUsd) => add(address, 'USD', pUsd),
      pay: async (_payer, payments) => {
        for (const { address, pUsd } of payments) add(address, 'USD', pUsd);
        block += 1;
        return payments.map(() => hashOfIndex(block));
      },
      addAccounts: async () => unsupported(),
      approveAll: async () => undefined,
      splitFor: async () => unsupported(),
      head: async () => ({ number: block, timestampSec: 0 }),
      setMining: async () => undefined,
      mine: async (blocks = 1) => {
        block += blocks;
      },
      increaseTime: async () => undefined,
      snapshot: async () => unsupported(),
      revertTo: async () => unsupported(),
      stop: async () => undefined,
    },
  };
  return fake;
}

const hashOfIndex = (index: number): Hex => `0x${index.toString(16).padStart(64, '0')}`;

interface Move {
  readonly owner: Address;
  readonly asset: string;
  readonly delta: bigint;
}

/** What a match moves, computed from the signed amounts alone and not the way the engine does. */
function movesOf(match: Match): Move[] {
  const moves: Move[] = [];
  let shares = 0n;
  let takerDollars = 0n;
  for (const { order, fillAmount } of match.makers) {
    const other = (fillAmount * order.takerAmount) / order.makerAmount;
    const isBuy = order.side === 'BUY';
    const size = isBuy ? other : fillAmount;
    const dollars = isBuy ? fillAmount : other;
    shares += size;
    takerDollars += order.tokenId === match.taker.tokenId ? dollars : size - dollars;
    moves.push({ owner: order.maker, asset: 'USD', delta: isBuy ? -dollars : dollars });
    moves.push({ owner: order.maker, asset: order.tokenId, delta: isBuy ? size : -size });
  }
  const { maker, tokenId, side } = match.taker;
  const isBuy = side === 'BUY';
  const cash = isBuy ? -takerDollars - match.takerFeeAmount : takerDollars - match.takerFeeAmount;
  moves.push({ owner: maker, asset: 'USD', delta: cash });
  moves.push({ owner: maker, asset: tokenId, delta: isBuy ? shares : -shares });
  return moves;
}
