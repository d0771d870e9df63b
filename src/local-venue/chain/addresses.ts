import { type Address, getAddress } from 'viem';

/**
 * Where the venue's contracts live on Polygon (chain id 137). The local chain puts its own contracts at the same
 * addresses, so that clients which carry these addresses work unchanged.
 *
 * Sources, as of 2026-11-22: `default environment` = @polymarket/client 0.2.0, `config` = @polymarket/clob-client-v2
 * 1.1.0, `docs` = docs.polymarket.com contract pages.
 */
interface AddressRow {
  readonly address: Address;
  readonly source: string;
  readonly asOf: string;
}

const row = (address: string, source: string): AddressRow => ({
  address: getAddress(address),
  source,
  asOf: '2026-11-22',
});

export const POLYGON_CONTRACTS = {
  pUsd: row('0xC011a7E12a19f7B1f670d46F03B03f3342E82DFB', 'default environment'),
  usdcE: row('0x2791Bca1f2de4661ED88A30C99A7a9449Aa84174', 'docs'),
  usdc: row('0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359', 'docs'),
  reserveVault: row('0xC417fD8E9661c0D2120B64A04BB3278C17E99DB1', 'docs'),
  onramp: row('0x93070a847efEf7F70739046A929D47a521F5B8ee', 'docs'),
  offramp: row('0x2957922Eb93258b93368531d39fAcCA3B4dC5854', 'docs'),
  conditionalTokens: row('0x4D97DCd97eC945f40cF65F87097ACe5EA0476045', 'default environment'),
  exchange: row('0xE111180000d2663C0091e4f400237545B87B996B', 'default environment'),
  negRiskExchange: row('0xe2222d279d744050d28e00520010520000310F59', 'default environment'),
  collateralAdapter: row('0xAdA100Db00Ca00073811820692005400218FcE1f', 'default environment'),
  negRiskCollateralAdapter: row('0xadA2005600Dec949baf300f4C6120000bDB6eAab', 'default environment'),
  negRiskAdapter: row('0xd91E80cF2E7be2e162c6513ceD06f1dD0dA35296', 'default environment'),
  wrappedCollateral: row('0x3A3BD7bb9528E159577F7C2e685CC81A765002E2', 'docs'),
  exchangeV3: row('0xe3333700cA9d93003F00f0F71f8515005F6c00Aa', 'default environment'),
  router: row('0x12121212006e4CD160D18e3f00711DA5c3372600', 'default environment'),
  combinatorialModule: row('0x30000034706c7d8e12009dab006be20000c031a8', 'default environment'),
  positionManager: row('0x006F54F7f9A22e0000CC2AB60031000000ae9fEF', 'default environment'),
  autoRedeemer: row('0xa1200000d0002264C9a1698e001292D00E1b00af', 'default environment'),
  perpsDeposit: row('0xDCa4af75705dbB50f62437045afF9921947917d2', 'default environment'),
  depositWalletFactory: row('0x00000000000Fb5C9ADea0298D729A0CB3823Cc07', 'default environment'),
  depositWalletBeacon: row('0x7A18EDfe055488A3128f01F563e5B479D92ffc3a', 'default environment'),
  proxyFactory: row('0xaB45c5A4B0c941a2F231C04C3f49182e1A254052', 'default environment'),
  proxyImplementation: row('0x44e999d5c2F66Ef0861317f9A4805AC2e90aEB4f', 'default environment'),
  safeFactory: row('0xaacFeEa03eb1561C4e67d661e40682Bd20E3541b', 'default environment'),
} as const satisfies Record<string, AddressRow>;

export type ContractName = keyof typeof POLYGON_CONTRACTS;
export type ContractAddresses = Readonly<Record<ContractName, Address>>;

/** Name to address, checksummed. */
export const CONTRACTS: ContractAddresses = Object.fromEntries(
  Object.entries(POLYGON_CONTRACTS).map(([name, { address }]) => [name, address]),
) as Record<ContractName, Address>;

/** Who pays liquidity rewards on Polygon, as others have observed (DefiLlama, Dune). Here it pays in that name without its key. */
export const REWARD_PAYER: Address = row(
  '0xc288480574783BD7615170660d71753378159c47',
  'third parties',
).address;

/** Hash of the Safe factory's proxy creation code, from which Safe addresses derive (default environment). */
export const SAFE_INIT_CODE_HASH = '0x2bce2127ff07fb632d16c8347c4ebf501f4841168bed00d9e6ef715ddb6fcecf';

/**
 * Who reports the outcomes of real markets. A condition id is keccak(oracle, questionId, 2), so the right oracle
 * makes a real market's ids come out equal here. The neg-risk adapter reports its own markets.
 */
export const KNOWN_ORACLES: readonly { readonly name: string; readonly address: Address }[] = [
  { name: 'uma-ctf-adapter-v3', address: getAddress('0x157Ce2d672854c848c9b79C49a8Cc6cc89176a49') },
  { name: 'uma-ctf-adapter-v2', address: getAddress('0x6A9D222616C90FcA5754cd1333cFD9b7fb6a4F74') },
  { name: 'neg-risk-adapter', address: CONTRACTS.negRiskAdapter },
  { name: 'neg-risk-uma-adapter', address: getAddress('0x2F5e3684cb1F318ec51b00Edba38d79Ac2c0aA9d') },
  { name: 'uma-managed-adapter', address: getAddress('0x65070BE91477460D8A7AeEb94ef92fe056C2f2A7') },
  { name: 'crypto-window-adapter', address: getAddress('0x58e1745bedda7312c4cddb72618923da1b90efde') },
  { name: 'neg-risk-operator', address: getAddress('0x71523d0f655B41E805Cec45b17163f528B59B820') },
];
