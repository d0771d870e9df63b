import { encodeFunctionData, type Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chain, createChain } from '../../src/adapters/chain/index.ts';
import { createTransferReader } from '../../src/adapters/chain/transfer-reader.ts';
import { silentLog } from '../../src/adapters/polymarket/testing/silent-log.ts';
import { CONTRACTS, PAYER_FACTS } from '../../src/adapters/polymarket/venue-facts.ts';
import type { TokenId } from '../../src/domain/market.ts';
import type { WalletTransfer } from '../../src/domain/wallet-transfer.ts';
import { CONDITIONAL_TOKENS_ABI, ERC20_ABI } from '../../src/local-venue/chain/abis.ts';
import { REWARD_PAYER } from '../../src/local-venue/chain/addresses.ts';
import { startChain } from '../../src/local-venue/chain/chain.ts';
import { type ChainClient, sendUnsigned } from '../../src/local-venue/chain/client.ts';
import {
  callAdapter,
  clientOf,
  DOLLAR,
  limitOrder,
  matchOf,
  questionNamed,
  sendAs,
} from '../../src/local-venue/chain/test-support/chain-test-support.ts';
import type { FundedAccount, LocalChain, PreparedMarket } from '../../src/local-venue/chain/types.ts';
import { ForeignError } from '../../src/ports/foreign-error.ts';
import { testSigner } from '../../src/signer/testing/test-signer.ts';

let local: LocalChain;
let client: ChainClient;
let us: FundedAccount;
let other: FundedAccount;
let chain: Chain;
const open: Chain[] = [];
const signal = (): AbortSignal => AbortSignal.timeout(10_000);
const timers = {
  nowMs: () => Date.now(),
  after: (delayMs: number, action: () => void) => {
    const timer = setTimeout(action, delayMs);
    return () => clearTimeout(timer);
  },
};

/** The wallet of `account` as the worker sees it. */
async function chainOf(account: FundedAccount, finalityBlocks = 0): Promise<Chain> {
  const made = createChain({
    rpcUrl: local.rpcUrl,
    chainId: local.chainId,
    signer: await testSigner({ privateKey: account.privateKey, chainId: local.chainId }),
    contracts: CONTRACTS,
    payers: PAYER_FACTS,
    finalityBlocks,
    timers,
    log: silentLog,
  });
  open.push(made);
  return made;
}

beforeAll(async () => {
  local = await startChain({ accounts: 3, seed: 'transfers' });
  client = clientOf(local);
  [us, other] = local.accounts as [FundedAccount, FundedAccount];
  chain = await chainOf(us);
});
afterAll(async () => {
  for (const one of open) await one.close();
  await local.stop();
});

const head = async (): Promise<number> => (await local.head()).number;
const told = (transfers: readonly WalletTransfer[]) =>
  transfers.map(({ kind, asset, amount }) => [kind, asset, amount]);
const transferCall = (to: Hex, amount: bigint): Hex =>
  encodeFunctionData({ abi: ERC20_ABI, functionName: 'transfer', args: [to, amount] });
const sendTokens = (from: FundedAccount, to: FundedAccount, tokenId: string, amount: bigint) =>
  sendAs(
    client,
    from.address,
    CONTRACTS.conditionalTokens,
    encodeFunctionData({
      abi: CONDITIONAL_TOKENS_ABI,
      functionName: 'safeTransferFrom',
      args: [from.address, to.address, BigInt(tokenId), amount, '0x'],
    }),
  );

let questions = 0;
function marketOf(negRisk: boolean): Promise<PreparedMarket> {
  questions += 1;
  return local.prepareMarket({
    questionId: questionNamed(`transfers ${questions}`),
    negRisk,
    ...(negRisk ? { oracle: local.contracts.negRiskAdapter } : {}),
  });
}

/** What the wallet holds, by asset. */
async function held(market: PreparedMarket): Promise<ReadonlyMap<string, number>> {
  const { cash, tokens } = await chain.balances([market.yesTokenId, market.noTokenId] as TokenId[], signal());
  return new Map<string, number>([['USD', cash], ...tokens]);
}

describe('the wallet’s transfers on a real chain', () => {
  it('name what came from whom and went where', async () => {
    const market = await marketOf(false);
    await local.splitFor(other.address, market.conditionId, false, 10n * DOLLAR);
    const before = await head();
    await local.pay(other.address, [{ address: us.address, pUsd: 5n * DOLLAR }]);
    await local.pay(REWARD_PAYER, [{ address: us.address, pUsd: 1_234_567n }]);
    await local.pay(PAYER_FACTS[2].value, [{ address: us.address, pUsd: 42n }]);
    // Wrapped dollars are minted to the wallet: that is how a deposit through the bridge arrives.
    await local.fund(us.address, 7n * DOLLAR);
    await sendAs(client, us.address, CONTRACTS.pUsd, transferCall(other.address, 3n * DOLLAR));
    await sendAs(client, us.address, CONTRACTS.pUsd, transferCall(us.address, DOLLAR));
    await sendAs(client, other.address, CONTRACTS.pUsd, transferCall(us.address, 0n));
    await sendTokens(other, us, market.yesTokenId, 4n * DOLLAR);
    await sendTokens(us, other, market.yesTokenId, DOLLAR);
    const upTo = await head();
    const read = await chain.transfers(before, upTo, signal());
    expect(told(read.transfers)).toEqual([
      ['deposit', 'USD', 5_000_000],
      ['reward', 'USD', 1_234_567],
      ['rebate', 'USD', 42],
      ['deposit', 'USD', 7_000_000],
      ['withdrawal', 'USD', -3_000_000],
      ['tokensIn', market.yesTokenId, 4_000_000],
      ['tokensOut', market.yesTokenId, -1_000_000],
    ]);
    expect(read).toMatchObject({ toBlock: upTo, finalBlock: upTo });
    expect(new Set(read.transfers.map(({ key }) => key)).size).toBe(7);
  });

  it.each([
    ['standard', false],
    ['neg-risk', true],
  ] as const)(
    'leave out settlements of every kind on the %s exchange, as taker and as maker',
    async (_, negRisk) => {
      const market = await marketOf(negRisk);
      for (const { address } of [us, other])
        await local.splitFor(address, market.conditionId, negRisk, 50n * DOLLAR);
      const before = await head();
      const start = await held(market);
      const size = 10n * DOLLAR;
      const settle = async (
        taker: readonly [FundedAccount, 'YES' | 'NO', 'BUY' | 'SELL', bigint],
        maker: readonly [FundedAccount, 'YES' | 'NO', 'BUY' | 'SELL', bigint],
        takerFeeAmount: bigint,
      ) => {
        const orderOf = ([account, outcome, side, price]: typeof taker) =>
          limitOrder(account, market, outcome, side, price, size);
        const match = matchOf(market, await orderOf(taker), [await orderOf(maker)], { takerFeeAmount });
        expect((await local.settle(match)).status).toBe('confirmed');
      };
      // Bought with a better price than asked, so that dollars come back; sold with a fee; mint; merge; and each from the other side.
      await settle([us, 'YES', 'BUY', 5_500n], [other, 'YES', 'SELL', 5_000n], 35_000n);
      await settle([us, 'YES', 'SELL', 4_500n], [other, 'YES', 'BUY', 5_000n], 35_000n);
      await settle([us, 'YES', 'BUY', 5_500n], [other, 'NO', 'BUY', 5_000n], 0n);
      await settle([us, 'YES', 'SELL', 4_500n], [other, 'NO', 'SELL', 5_000n], 20_000n);
      await settle([other, 'YES', 'BUY', 5_500n], [us, 'YES', 'SELL', 5_000n], 10_000n);
      await settle([other, 'NO', 'BUY', 5_500n], [us, 'YES', 'BUY', 5_000n], 10_000n);
      await settle([other, 'NO', 'SELL', 4_500n], [us, 'YES', 'SELL', 5_000n], 0n);
      // With both sides ours, fees are all that the wallet loses.
      await settle([us, 'YES', 'BUY', 5_500n], [us, 'YES', 'SELL', 5_000n], 10_000n);
      expect(await held(market)).not.toEqual(start);
      expect(told((await chain.transfers(before, await head(), signal())).transfers)).toEqual([]);
    },
  );

  it('tell a deposit, a withdrawal and tokens from a settlement in the same block', async () => {
    const market = await marketOf(false);
    await local.splitFor(other.address, market.conditionId, false, 50n * DOLLAR);
    const before = await head();
    const start = await held(market);
    const match = matchOf(market, await limitOrder(us, market, 'YES', 'BUY', 5_500n, 10n * DOLLAR), [
      await limitOrder(other, market, 'YES', 'SELL', 5_000n, 10n * DOLLAR),
    ]);
    await local.setMining({ kind: 'interval', blockTimeMs: 1_000 });
    const tokens = encodeFunctionData({
      abi: CONDITIONAL_TOKENS_ABI,
      functionName: 'safeTransferFrom',
      args: [other.address, us.address, BigInt(market.yesTokenId), 2n * DOLLAR, '0x'],
    });
    // To the very amounts that the trade moves, so that only where they come from tells them apart.
    const [submitted, hashes] = await Promise.all([
      local.submit(match),
      sendUnsigned(client, [
        { from: other.address, to: CONTRACTS.pUsd, data: transferCall(us.address, 5n * DOLLAR) },
        { from: us.address, to: CONTRACTS.pUsd, data: transferCall(other.address, 1n * DOLLAR) },
        { from: other.address, to: CONTRACTS.conditionalTokens, data: tokens },
      ]),
    ]);
    const settlement = await submitted.settled;
    await local.setMining({ kind: 'auto' });
    expect(settlement.status).toBe('confirmed');
    const blocks = await Promise.all(
      hashes.map(async (hash) => Number((await client.getTransactionReceipt({ hash })).blockNumber)),
    );
    expect(new Set([settlement.blockNumber, ...blocks]).size).toBe(1);
    const read = await chain.transfers(before, await head(), signal());
    expect(told(read.transfers).sort()).toEqual(
      [
        ['deposit', 'USD', 5_000_000],
        ['withdrawal', 'USD', -1_000_000],
        ['tokensIn', market.yesTokenId, 2_000_000],
      ].sort(),
    );
    // Trade and transfers together are the whole change of the wallet.
    const end = await held(market);
    expect((end.get('USD') ?? 0) - (start.get('USD') ?? 0)).toBe(-5_000_000 + 5_000_000 - 1_000_000);
    expect((end.get(market.yesTokenId) ?? 0) - (start.get(market.yesTokenId) ?? 0)).toBe(12_000_000);
  });

  it('of split, merge and redemption carry the hash by which the worker knows its own', async () => {
    const market = await marketOf(false);
    const before = await head();
    const prepared = await chain.prepare(
      {
        txKey: 't-1',
        action: 'split',
        conditionId: market.conditionId as never,
        negRisk: false,
        amount: 5_000_000 as never,
      },
      signal(),
    );
    expect((await chain.send(prepared, signal())).status).toBe('confirmed');
    expect(await callAdapter(client, market, us.address, 'mergePositions', 2n * DOLLAR)).toBe('success');
    const { transfers } = await chain.transfers(before, await head(), signal());
    const own = transfers.filter(({ txHash }) => txHash === prepared.hash);
    expect(told(own)).toEqual([
      ['withdrawal', 'USD', -5_000_000],
      ['tokensIn', market.yesTokenId, 5_000_000],
      ['tokensIn', market.noTokenId, 5_000_000],
    ]);
    // What a person merges past the worker stands as what it is: dollars in, tokens out.
    expect(told(transfers.filter(({ txHash }) => txHash !== prepared.hash)).sort()).toEqual(
      [
        ['deposit', 'USD', 2_000_000],
        ['tokensOut', market.yesTokenId, -2_000_000],
        ['tokensOut', market.noTokenId, -2_000_000],
      ].sort(),
    );
  });

  it('are final only so many blocks later, and gone when the chain takes their block back', async () => {
    const careful = await chainOf(us, 3);
    const snapshot = await local.snapshot();
    const before = await head();
    await local.pay(other.address, [{ address: us.address, pUsd: 5n * DOLLAR }]);
    const paidAt = await head();
    const early = await careful.transfers(before, paidAt, signal());
    expect(told(early.transfers)).toEqual([['deposit', 'USD', 5_000_000]]);
    // The chain mines while it is read, so how far it has come is only known afterwards.
    expect(early.finalBlock).toBeGreaterThanOrEqual(paidAt - 3);
    expect(early.finalBlock).toBeLessThanOrEqual((await head()) - 3);
    await local.revertTo(snapshot);
    // Past the block of the payment, however many the chain has mined by itself meanwhile.
    await local.mine(paidAt - before + 6);
    const replaced = await careful.transfers(before, await head(), signal());
    expect(replaced.transfers).toEqual([]);
    expect(replaced.finalBlock).toBeGreaterThanOrEqual(paidAt);
  });

  it('are read in as many steps as the node wants, each block once', async () => {
    const before = await head();
    for (let n = 1; n <= 5; n += 1) {
      await local.pay(other.address, [{ address: us.address, pUsd: BigInt(n) }]);
      await local.mine(3);
    }
    const upTo = await head();
    const spans: number[] = [];
    let failures = 1;
    const reader = createTransferReader({
      rpc: {
        call: () => Promise.reject(new Error('not asked')),
        close: async () => undefined,
        batch: async (calls) => {
          const [filter] = (calls[0]?.params ?? []) as { fromBlock: Hex; toBlock: Hex }[];
          const { fromBlock, toBlock } = filter ?? { fromBlock: '0x0', toBlock: '0x0' };
          const span = Number(toBlock) - Number(fromBlock) + 1;
          if (span > 4) throw new ForeignError('rpcRefused', 'range too wide', 'never', {});
          failures -= 1;
          if (failures === 0) throw new ForeignError('rpcUnreachable', 'no answer', 'later', {});
          spans.push(span);
          return Promise.all(calls.map(({ method, params }) => client.request({ method, params } as never)));
        },
      },
      contracts: CONTRACTS,
      wallet: us.address,
      payers: PAYER_FACTS,
      finalityBlocks: 0,
      timers: { ...timers, after: (_delayMs, action) => timers.after(0, action) },
      log: silentLog,
    });
    const read = await reader.read(before, upTo, signal());
    expect(read.toBlock).toBe(upTo);
    expect(read.transfers.map(({ amount }) => amount)).toEqual([1, 2, 3, 4, 5]);
    expect(spans.reduce((sum, span) => sum + span, 0)).toBe(upTo - before);
    expect(Math.max(...spans)).toBeLessThanOrEqual(4);
  });
});
