import { toFunctionSelector } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CONDITIONAL_TOKENS_ABI, ERC20_ABI, EXCHANGE_ABI } from './abis.ts';
import { CONTRACTS, type ContractName } from './addresses.ts';
import { startChain } from './chain.ts';
import type { ChainClient } from './client.ts';
import { exchangeDomainSeparator } from './order-hash.ts';
import { clientOf } from './test-support/chain-test-support.ts';
import type { LocalChain } from './types.ts';

describe('the contracts of the local chain', () => {
  let chain: LocalChain;
  let client: ChainClient;
  beforeAll(async () => {
    chain = await startChain({ accounts: 2, approvedAccounts: 1, seed: 'placement' });
    client = clientOf(chain);
  });
  afterAll(() => chain.stop());

  it('have code at every production address', async () => {
    const names = Object.keys(CONTRACTS) as ContractName[];
    const codes = await Promise.all(names.map((name) => client.getCode({ address: CONTRACTS[name] })));
    expect(names.filter((_, index) => codes[index] === undefined)).toEqual([]);
  });

  it('keep what their constructors wrote, texts and interface tables included', async () => {
    const erc20 = { address: CONTRACTS.pUsd, abi: ERC20_ABI } as const;
    expect(await client.readContract({ ...erc20, functionName: 'name' })).toBe('Polymarket USD');
    expect(await client.readContract({ ...erc20, functionName: 'symbol' })).toBe('pUSD');
    expect(await client.readContract({ ...erc20, functionName: 'decimals' })).toBe(6);
    const supports = await client.readContract({
      address: CONTRACTS.conditionalTokens,
      abi: CONDITIONAL_TOKENS_ABI,
      functionName: 'supportsInterface',
      args: ['0xd9b67a26'],
    });
    expect(supports).toBe(true);
  });

  it.each([
    ['exchange', CONTRACTS.usdcE],
    ['negRiskExchange', CONTRACTS.wrappedCollateral],
  ] as const)('give the %s its own address in the domain and its collateral', async (name, collateral) => {
    const exchange = { address: CONTRACTS[name], abi: EXCHANGE_ABI } as const;
    const domain = await client.readContract({ ...exchange, functionName: 'eip712Domain' });
    expect(domain.slice(1, 5)).toEqual(['Polymarket CTF Exchange', '2', 137n, CONTRACTS[name]]);
    const { data } = await client.call({
      to: CONTRACTS[name],
      data: toFunctionSelector('function domainSeparator()'),
    });
    expect(data).toBe(exchangeDomainSeparator(CONTRACTS[name], 137));
    expect(await client.readContract({ ...exchange, functionName: 'getCtfCollateral' })).toBe(collateral);
    expect(await client.readContract({ ...exchange, functionName: 'userPauseBlockInterval' })).toBe(100n);
  });

  it('back every pUSD with USDC.e in the vault', async () => {
    const supply = await client.readContract({
      address: CONTRACTS.pUsd,
      abi: ERC20_ABI,
      functionName: 'totalSupply',
    });
    const [vault] = await chain.balancesOf([CONTRACTS.reserveVault]);
    expect(supply).toBe(200_000_000_000n);
    expect(vault!.usdcE).toBe(supply);
  });

  it('answer the wallet factory query with the beacon', async () => {
    const { data } = await client.call({ to: CONTRACTS.depositWalletFactory, data: '0x49493a4d' });
    expect(data?.slice(-40)).toBe(CONTRACTS.depositWalletBeacon.slice(2).toLowerCase());
  });

  it('have all approvals for the accounts that should, and none for the others', async () => {
    const [approved, bare] = await Promise.all(
      chain.accounts.map(({ address }) => chain.allowancesOf(address)),
    );
    const values = (all: typeof approved) => [...Object.values(all!.pUsd), ...Object.values(all!.positions)];
    expect(values(approved)).toHaveLength(12);
    expect(values(approved).every((value) => value === 2n ** 256n - 1n)).toBe(true);
    expect(values(bare).every((value) => value === 0n)).toBe(true);
  });

  it('derive the same accounts from the same seed', async () => {
    const again = await startChain({ accounts: 2, seed: 'placement' });
    expect(again.accounts).toEqual(chain.accounts);
    await again.stop();
  });
});
