import { createServer } from 'node:http';
import { createSecureClient, forkEnvironmentConfig, WalletType } from '@polymarket/client';
import { privateKey } from '@polymarket/client/viem';
import {
  concatHex,
  getContractAddress,
  type Hex,
  http,
  keccak256,
  numberToHex,
  pad,
  stringToHex,
  zeroHash,
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { polygon } from 'viem/chains';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXCHANGE_ABI } from './abis.ts';
import { CONTRACTS, SAFE_INIT_CODE_HASH } from './addresses.ts';
import { startChain } from './chain.ts';
import { exchangeDomainSeparator, hashOrderStruct, toContractOrder } from './order-hash.ts';
import { exchangeDomain, ORDER_TYPES } from './order-signing.ts';
import {
  clientOf,
  DOLLAR,
  holdings,
  limitOrder,
  matchOf,
  questionNamed,
} from './test-support/chain-test-support.ts';
import type { Address, ChainOrder, FundedAccount, LocalChain, PreparedMarket } from './types.ts';

const API_KEY = { apiKey: '00000000-0000-4000-8000-000000000000', secret: 'c2VjcmV0', passphrase: 'pass' };

let chain: LocalChain;
/** All the official client asks of the venue and the relayer here: an API key, and whether the wallet is deployed. */
const services = createServer((_, response) => {
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ ...API_KEY, deployed: true }));
});
let servicesUrl: string;
let alice: FundedAccount;
let bob: FundedAccount;
let market: PreparedMarket;
beforeAll(async () => {
  chain = await startChain({ accounts: 2, approvedAccounts: 1, seed: 'wallets' });
  [alice, bob] = chain.accounts as [FundedAccount, FundedAccount];
  market = await chain.prepareMarket({ questionId: questionNamed('wallets') });
  await new Promise<void>((resolve) => services.listen(0, '127.0.0.1', resolve));
  const bound = services.address();
  servicesUrl = `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}`;
});
afterAll(async () => {
  services.closeAllConnections();
  services.close();
  await chain.stop();
});

/** The official client, unchanged but for where the services are. */
const officialClient = (account: FundedAccount, wallet: Address) => {
  const rpc = chain.rpcUrl;
  const local = { ...polygon, rpcUrls: { default: { http: [rpc] } } };
  return createSecureClient({
    environment: forkEnvironmentConfig({
      name: 'local',
      rpc,
      clob: { rest: servicesUrl },
      relayer: { rest: servicesUrl },
    }),
    signer: privateKey(account.privateKey, { chain: local, transport: http(rpc) }),
    wallet,
  });
};

const unsigned = (terms: Pick<ChainOrder, 'maker' | 'signer' | 'signatureType'>): ChainOrder => ({
  ...terms,
  salt: BigInt(keccak256(concatHex([terms.maker, terms.signer]))) >> 208n,
  tokenId: market.yesTokenId,
  side: 'BUY',
  makerAmount: 4n * DOLLAR,
  takerAmount: 10n * DOLLAR,
  timestamp: 1_795_000_000_000n,
  metadata: zeroHash,
  builder: zeroHash,
  signature: '0x',
});

/** The wallet buys YES at 0.40 against a NO bid at 0.60 of the first account. */
async function settlesFor(order: ChainOrder) {
  const other = await limitOrder(alice, market, 'NO', 'BUY', 6000n, 10n * DOLLAR);
  const settlement = await chain.settle(matchOf(market, other, [order]));
  return { status: settlement.status, ...(await holdings(chain, market, order.maker)) };
}

describe('the official client 0.2.0 on the local chain', () => {
  it('sets up every approval of an account that has none', { timeout: 60_000 }, async () => {
    const client = await officialClient(bob, bob.address);
    await client.setupTradingApprovals();
    const { pUsd, positions } = await chain.allowancesOf(bob.address);
    const values = [...Object.values(pUsd), ...Object.values(positions)];
    expect(values.every((value) => value === 2n ** 256n - 1n)).toBe(true);
  });

  it('takes the deposit wallet placed here for the signer’s own', async () => {
    const wallet = await chain.placeDepositWallet(bob.address);
    const client = await officialClient(bob, wallet);
    expect(client.account).toMatchObject({
      signer: bob.address,
      wallet,
      walletType: WalletType.DEPOSIT_WALLET,
    });
  });
});

describe('orders of wallets', () => {
  it('settle for a deposit wallet, by its nested signature', async () => {
    const wallet = await chain.placeDepositWallet(alice.address);
    expect(await chain.placeDepositWallet(alice.address)).toBe(wallet);
    await chain.fund(wallet, 100n * DOLLAR);
    await chain.approveAll(wallet);
    const order = unsigned({ maker: wallet, signer: wallet, signatureType: 3 });
    const signed = { ...order, signature: await signNested(alice, order) };
    expect(await chain.validateOrder(signed, false)).toEqual({ ok: true });
    const forged = { ...order, signature: await signNested(bob, order) };
    expect(await chain.validateOrder(forged, false)).toEqual({ ok: false, reason: 'InvalidSignature' });
    expect(await settlesFor(signed)).toEqual({
      status: 'confirmed',
      usd: 96n * DOLLAR,
      yes: 10n * DOLLAR,
      no: 0n,
    });
  });

  it.each([
    ['proxy', 1, 'getProxyWalletAddress'],
    ['Safe', 2, 'getSafeWalletAddress'],
  ] as const)('settle for the %s that derives from the signer', async (_, signatureType, functionName) => {
    const maker = await clientOf(chain).readContract({
      address: CONTRACTS.exchange,
      abi: EXCHANGE_ABI,
      functionName,
      args: [alice.address],
    });
    const official = await officialClient(alice, maker);
    expect(official.account.wallet).toBe(maker);
    await chain.fund(maker, 100n * DOLLAR);
    await chain.approveAll(maker);
    const order = unsigned({ maker, signer: alice.address, signatureType });
    const signed = { ...order, signature: await signPlain(alice, order) };
    const stolen = { ...signed, signatureType: signatureType === 1 ? (2 as const) : (1 as const) };
    expect(await chain.validateOrder(stolen, false)).toEqual({ ok: false, reason: 'InvalidSignature' });
    expect(await settlesFor(signed)).toMatchObject({
      status: 'confirmed',
      usd: 96n * DOLLAR,
      yes: 10n * DOLLAR,
    });
  });

  it('derive Safe addresses as CREATE2 does', async () => {
    const onChain = await clientOf(chain).readContract({
      address: CONTRACTS.exchange,
      abi: EXCHANGE_ABI,
      functionName: 'getSafeWalletAddress',
      args: [bob.address],
    });
    const expected = getContractAddress({
      opcode: 'CREATE2',
      from: CONTRACTS.safeFactory,
      salt: keccak256(pad(bob.address)),
      bytecodeHash: SAFE_INIT_CODE_HASH,
    });
    expect(onChain).toBe(expected);
  });
});

const signPlain = (account: FundedAccount, order: ChainOrder): Promise<Hex> =>
  privateKeyToAccount(account.privateKey).signTypedData({
    domain: exchangeDomain(false),
    types: ORDER_TYPES,
    primaryType: 'Order',
    message: toContractOrder(order),
  });

/** The wire form of a deposit wallet's signature: ECDSA, domain separator, contents hash, type text, its length. */
async function signNested(owner: FundedAccount, order: ChainOrder): Promise<Hex> {
  const ecdsa = await privateKeyToAccount(owner.privateKey).signTypedData({
    domain: exchangeDomain(false),
    types: {
      ...ORDER_TYPES,
      TypedDataSign: [
        { name: 'contents', type: 'Order' },
        { name: 'name', type: 'string' },
        { name: 'version', type: 'string' },
        { name: 'chainId', type: 'uint256' },
        { name: 'verifyingContract', type: 'address' },
        { name: 'salt', type: 'bytes32' },
      ],
    },
    primaryType: 'TypedDataSign',
    message: {
      contents: toContractOrder(order),
      name: 'DepositWallet',
      version: '1',
      chainId: 137n,
      verifyingContract: order.maker,
      salt: zeroHash,
    },
  });
  const type = stringToHex(
    `Order(${ORDER_TYPES.Order.map((field) => `${field.type} ${field.name}`).join(',')})`,
  );
  const contents = hashOrderStruct(order);
  return concatHex([
    ecdsa,
    exchangeDomainSeparator(CONTRACTS.exchange, 137),
    contents,
    type,
    numberToHex(186, { size: 2 }),
  ]);
}
