import type { MarketVersion } from '../../domain/market.ts';
import type { Hex } from './signing/hex.ts';

/**
 * What the venue is, as rows of data: every row can change without a change of code elsewhere, and says where it was
 * read and since when it holds. Sources as of 2026-11-22: `client` = @polymarket/client 0.2.0,
 * `clob-client-v2` = @polymarket/clob-client-v2 1.1.0, `docs` = docs.polymarket.com.
 */
interface Fact<Value> {
  readonly value: Value;
  readonly source: string;
  /** First day it held, or the day it was read where the first day is not known. */
  readonly since: string;
}

const fact = <Value>(value: Value, source: string, since: string): Fact<Value> => ({ value, source, since });

/** Contracts on Polygon (chain id 137). A local chain puts its own at the same addresses. */
export const CONTRACT_FACTS = {
  pUsd: fact<Hex>('0xC011a7E12a19f7B1f670d46F03B03f3342E82DFB', 'clob-client-v2', '2026-04-28'),
  conditionalTokens: fact<Hex>('0x4D97DCd97eC945f40cF65F87097ACe5EA0476045', 'clob-client-v2', '2020-09-03'),
  exchange: fact<Hex>('0xE111180000d2663C0091e4f400237545B87B996B', 'clob-client-v2', '2026-04-28'),
  negRiskExchange: fact<Hex>('0xe2222d279d744050d28e00520010520000310F59', 'clob-client-v2', '2026-04-28'),
  exchangeV3: fact<Hex>('0xe3333700cA9d93003F00f0F71f8515005F6c00Aa', 'clob-client-v2', '2026-09-01'),
  collateralAdapter: fact<Hex>('0xAdA100Db00Ca00073811820692005400218FcE1f', 'client', '2026-04-28'),
  negRiskCollateralAdapter: fact<Hex>('0xadA2005600Dec949baf300f4C6120000bDB6eAab', 'client', '2026-04-28'),
} as const;

export type ContractName = keyof typeof CONTRACT_FACTS;
export type Contracts = Readonly<Record<ContractName, Hex>>;

/** Name to address, for callers that need no provenance. */
export const CONTRACTS: Contracts = {
  pUsd: CONTRACT_FACTS.pUsd.value,
  conditionalTokens: CONTRACT_FACTS.conditionalTokens.value,
  exchange: CONTRACT_FACTS.exchange.value,
  negRiskExchange: CONTRACT_FACTS.negRiskExchange.value,
  exchangeV3: CONTRACT_FACTS.exchangeV3.value,
  collateralAdapter: CONTRACT_FACTS.collateralAdapter.value,
  negRiskCollateralAdapter: CONTRACT_FACTS.negRiskCollateralAdapter.value,
};

/**
 * Who pays what into a maker's wallet, unasked. Rewards and rebates come as plain pUSD transfers after midnight UTC; the venue
 * does not document from where, so these are the addresses that others have observed to pay them.
 */
export const PAYER_FACTS = [
  {
    pays: 'reward',
    ...fact<Hex>('0xc288480574783BD7615170660d71753378159c47', 'DefiLlama, Dune', '2023-01-01'),
  },
  {
    pays: 'reward',
    ...fact<Hex>('0xf7cD89BE08Af4D4D6B1522852ceD49FC10169f64', 'third parties', '2026-02-10'),
  },
  { pays: 'rebate', ...fact<Hex>('0x3a9418b2651c8164DB5EBc56F12008137865e0f7', 'DefiLlama', '2026-11-22') },
  { pays: 'rebate', ...fact<Hex>('0xfdB1b8dC7f5789a0c9A398026585B8B10FbA5507', 'DefiLlama', '2026-11-22') },
] as const;

/** Which signing domain a market's orders take. */
export interface ExchangeDomain {
  readonly version: string;
  readonly exchange: Hex;
}

const DOMAIN_FACTS = {
  v1: fact('2', 'clob-client-v2', '2026-04-28'),
  v2: fact('3', 'clob-client-v2', '2026-09-01'),
} as const;

/** Markets of version `v1` trade on CLOB V2 (domain "2"); those of version `v2` on ExchangeV3 (domain "3"), one exchange for all. */
export function exchangeDomain(
  contracts: Contracts,
  version: MarketVersion,
  negRisk: boolean,
): ExchangeDomain {
  if (version === 'v2') return { version: DOMAIN_FACTS.v2.value, exchange: contracts.exchangeV3 };
  return {
    version: DOMAIN_FACTS.v1.value,
    exchange: negRisk ? contracts.negRiskExchange : contracts.exchange,
  };
}

/** Orders in one `POST /orders`. */
export const MAX_ORDERS_PER_REQUEST = fact(15, 'docs', '2026-01-01').value;
/** Ids in one `DELETE /orders`; an older page says 3,000. */
export const MAX_CANCELS_PER_REQUEST = fact(1000, 'docs', '2026-06-15').value;
/** Objects on one page of Gamma's keyset lists. */
export const GAMMA_PAGE_LIMIT = fact(100, 'docs', '2026-11-22').value;
/** The cursor that marks the last page of a CLOB list. */
export const LAST_CURSOR = fact('LTE=', 'client', '2024-01-01').value;
/** Tokens on one market socket. The community's limit is about 500; silent loss grows with the number. */
export const TOKENS_PER_SOCKET = fact(200, 'third parties', '2026-11-22').value;
/** The client sends the bare text PING this often, and the venue answers PONG. */
export const SOCKET_PING_MS = fact(10_000, 'docs', '2026-11-22').value;
/** Text of the L1 attestation. */
export const CLOB_AUTH_MESSAGE = fact(
  'This message attests that I control the given wallet',
  'clob-client-v2',
  '2024-01-01',
).value;
/** Taker fee rate assumed where a market says that fees are on but not which: the highest rate known (crypto). */
export const ASSUMED_FEE_RATE_PPM = fact(70_000, 'docs', '2026-07-10').value;
