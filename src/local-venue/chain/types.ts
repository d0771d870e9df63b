/**
 * What the local chain offers to the venue around it. Amounts are bigint millionths (pUSD, USDC.e and position
 * tokens all have six decimals); token ids are decimal text, as on the venue's wire.
 */
import type { Side } from '../../domain/market.ts';
import type { ContractAddresses } from './addresses.ts';

export type Hex = `0x${string}`;
export type Address = Hex;

/** How blocks are made: at once for every transaction, or every `blockTimeMs` whether or not there is one. */
export type Mining = { readonly kind: 'auto' } | { readonly kind: 'interval'; readonly blockTimeMs: number };

export interface ChainOptions {
  /** JSON-RPC port on 127.0.0.1; 0 or absent takes a free one. */
  readonly port?: number;
  /** Default 137, so that clients with addresses per chain id work unchanged. */
  readonly chainId?: number;
  /** Default `auto`. Set-up always runs with `auto`; the chosen mode applies once the chain is ready. */
  readonly mining?: Mining;
  /** Accounts to create and fund. Default 5. */
  readonly accounts?: number;
  /** Text the account keys derive from; the same seed gives the same keys. Default `evenkeel`. */
  readonly seed?: string;
  /** pUSD of each account, in millionths. Default 100,000 dollars. */
  readonly pUsdPerAccount?: bigint;
  /** POL of each account, in wei. Default 1,000 POL. */
  readonly polPerAccount?: bigint;
  /** How many of the accounts have all trading approvals set; the others have none. Default all. */
  readonly approvedAccounts?: number;
  /** Time of the first block, in seconds since 1970; later blocks follow the wall clock. Default now. */
  readonly startAtSec?: number;
  /** Longest wait for the node to answer. Default 15,000. */
  readonly readyTimeoutMs?: number;
}

export interface FundedAccount {
  readonly address: Address;
  readonly privateKey: Hex;
}

/** A signed CLOB V2 order, with the field meaning and order of the on-chain struct. */
export interface ChainOrder {
  readonly salt: bigint;
  readonly maker: Address;
  readonly signer: Address;
  /** Decimal text. */
  readonly tokenId: string;
  readonly makerAmount: bigint;
  readonly takerAmount: bigint;
  readonly side: Side;
  readonly signatureType: 0 | 1 | 2 | 3;
  /** Milliseconds since 1970. */
  readonly timestamp: bigint;
  readonly metadata: Hex;
  readonly builder: Hex;
  readonly signature: Hex;
}

export interface MakerFill {
  readonly order: ChainOrder;
  /** In units of the order's `makerAmount`: dollars for BUY, shares for SELL. */
  readonly fillAmount: bigint;
  /** In millionths of a dollar, taken from the maker. Zero on every market known today. */
  readonly feeAmount: bigint;
}

/** One `matchOrders` call: a taker against one or more makers of one condition. */
export interface Match {
  readonly conditionId: Hex;
  readonly negRisk: boolean;
  readonly taker: ChainOrder;
  /** In units of the taker order's `makerAmount`. */
  readonly takerFillAmount: bigint;
  /** In millionths of a dollar. */
  readonly takerFeeAmount: bigint;
  readonly makers: readonly MakerFill[];
}

/** One `OrderFilled` event. The taker order's own fill names the exchange as `taker`. */
export interface ChainFill {
  readonly orderHash: Hex;
  readonly maker: Address;
  readonly taker: Address;
  readonly side: Side;
  readonly tokenId: string;
  /** What the order gave: dollars for BUY, shares for SELL. */
  readonly makerAmountFilled: bigint;
  /** What the order got before the fee. */
  readonly takerAmountFilled: bigint;
  /** Dollars. */
  readonly fee: bigint;
}

export interface Settlement {
  readonly txHash: Hex;
  readonly status: 'confirmed' | 'reverted';
  readonly blockNumber: number;
  /** Makers in the order of the call, the taker's own fill last. Empty when reverted. */
  readonly fills: readonly ChainFill[];
  readonly gasUsed: bigint;
  /** The contract's error name when reverted and known, such as `InsufficientBalance`. */
  readonly revertReason?: string;
}

/** A match that is in the mempool: its hash is known, its outcome is not. */
export interface SubmittedMatch {
  readonly txHash: Hex;
  /** Settles when the receipt is there; rejects only when the node is gone or no receipt comes in time. */
  readonly settled: Promise<Settlement>;
}

export interface MarketToPrepare {
  /** The market's question id, 32 bytes. */
  readonly questionId: Hex;
  /** Who may report. Absent: `expectedConditionId` selects among the known oracles, else the local oracle. */
  readonly oracle?: Address;
  readonly negRisk?: boolean;
  /** The event a neg-risk market is a question of; named, NO positions across its questions can be converted. */
  readonly negRiskMarketId?: Hex;
  /** A recorded condition id; used to find the known oracle that gives it. */
  readonly expectedConditionId?: Hex;
}

export interface PreparedMarket {
  readonly conditionId: Hex;
  readonly questionId: Hex;
  readonly oracle: Address;
  /** `local` when no known oracle gave the expected condition id. */
  readonly oracleName: string;
  readonly negRisk: boolean;
  readonly yesTokenId: string;
  readonly noTokenId: string;
  /** Whether the condition id equals `expectedConditionId`; true when none was given. */
  readonly matchesExpected: boolean;
}

export interface AccountBalances {
  readonly address: Address;
  readonly polWei: bigint;
  readonly pUsd: bigint;
  readonly usdcE: bigint;
}

export interface TokenQuery {
  readonly owner: Address;
  readonly tokenId: string;
}

/** Allowances as the venue reports them: spender address to amount; operators of position tokens as max or 0. */
export interface AccountAllowances {
  readonly pUsd: Readonly<Record<Address, bigint>>;
  readonly positions: Readonly<Record<Address, bigint>>;
}

/** `ok` or the contract's error name. */
export type OrderValidity = { readonly ok: true } | { readonly ok: false; readonly reason: string };

export interface OrderStatus {
  readonly filled: boolean;
  /** What is left of `makerAmount`; zero also for an order the exchange has not seen. */
  readonly remaining: bigint;
}

export interface PayoutReport {
  readonly questionId: Hex;
  readonly oracle: Address;
  /** YES, NO: `[1n, 0n]`, `[0n, 1n]` or `[1n, 1n]` for 50/50. */
  readonly payouts: readonly [bigint, bigint];
}

export interface BlockHead {
  readonly number: number;
  readonly timestampSec: number;
}

export interface LocalChain {
  readonly rpcUrl: string;
  readonly chainId: number;
  readonly contracts: ContractAddresses;
  readonly accounts: readonly FundedAccount[];
  /** The account that calls `matchOrders`. */
  readonly operator: Address;
  /** Reports for markets whose recorded oracle is unknown. */
  readonly localOracle: Address;
  /** Where taker fees go. */
  readonly feeReceiver: Address;

  /** Prepares the condition if it is not there yet; idempotent. */
  readonly prepareMarket: (market: MarketToPrepare) => Promise<PreparedMarket>;
  /** The same for many, in a few batched requests, in order. */
  readonly prepareMarkets: (markets: readonly MarketToPrepare[]) => Promise<PreparedMarket[]>;
  readonly reportPayouts: (
    report: PayoutReport,
  ) => Promise<{ readonly txHash: Hex; readonly blockNumber: number }>;
  /** Payout numerators once reported, null before. */
  readonly payoutsOf: (conditionId: Hex) => Promise<readonly [bigint, bigint] | null>;

  /** Sends `matchOrders` from the operator's nonce queue without waiting for the block; several may be in flight. */
  readonly submit: (match: Match) => Promise<SubmittedMatch>;
  /** `submit`, then the receipt. */
  readonly settle: (match: Match) => Promise<Settlement>;
  /** The order's EIP-712 hash under the exchange of the market: its id on the venue. Computed here, without a call. */
  readonly orderHash: (order: ChainOrder, negRisk: boolean) => Hex;
  /** Asks the exchange contract, which checks signatures of every type, ERC-1271 included. */
  readonly validateOrder: (order: ChainOrder, negRisk: boolean) => Promise<OrderValidity>;
  readonly orderStatus: (orderHash: Hex, negRisk: boolean) => Promise<OrderStatus>;
  /** Whether the user has paused trading on chain and the pause is in effect. */
  readonly isUserPaused: (user: Address, negRisk: boolean) => Promise<boolean>;

  readonly balancesOf: (addresses: readonly Address[]) => Promise<AccountBalances[]>;
  /** Position token balances in the order asked, in batched requests. */
  readonly tokenBalancesOf: (queries: readonly TokenQuery[]) => Promise<bigint[]>;
  readonly allowancesOf: (owner: Address) => Promise<AccountAllowances>;

  /** Gives pUSD (through the real onramp) and POL to an address that may have no key here. */
  readonly fund: (address: Address, pUsd: bigint, polWei?: bigint) => Promise<void>;
  /** Transfers pUSD in the payer's name, after giving the payer as much. One transaction a payment, in their order. */
  readonly pay: (
    payer: Address,
    payments: readonly { readonly address: Address; readonly pUsd: bigint }[],
  ) => Promise<readonly Hex[]>;
  /** Creates further accounts from the seed, funded and approved like the first. */
  readonly addAccounts: (count: number) => Promise<FundedAccount[]>;
  /** Sets every trading approval of the official client for the address, impersonated. */
  readonly approveAll: (address: Address) => Promise<void>;
  /** Splits pUSD of the address into both outcome tokens through the adapter, impersonated. */
  readonly splitFor: (address: Address, conditionId: Hex, negRisk: boolean, amount: bigint) => Promise<Hex>;

  /**
   * Puts a deposit wallet of the owner at the address that clients derive for it, and returns that address. Its
   * contract checks nested signatures and runs signed batches; it is neither funded nor approved by this.
   */
  readonly placeDepositWallet: (owner: Address) => Promise<Address>;

  readonly head: () => Promise<BlockHead>;
  readonly setMining: (mining: Mining) => Promise<void>;
  readonly mine: (blocks?: number) => Promise<void>;
  readonly increaseTime: (seconds: number) => Promise<void>;
  readonly snapshot: () => Promise<Hex>;
  readonly revertTo: (snapshot: Hex) => Promise<void>;
  /** Ends the node. Safe to call twice. */
  readonly stop: () => Promise<void>;
}
