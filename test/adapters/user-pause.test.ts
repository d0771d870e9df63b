import { afterEach, beforeEach, expect, it } from 'vitest';
import { type Chain, createChain } from '../../src/adapters/chain/index.ts';
import { createRpc, quantity } from '../../src/adapters/chain/rpc.ts';
import { CONTRACTS } from '../../src/adapters/polymarket/index.ts';
import { silentLog } from '../../src/adapters/polymarket/testing/silent-log.ts';
import { wallTimers } from '../../src/adapters/polymarket/testing/wall-timers.ts';
import { changePauseOnChain } from '../../src/app/pause-on-chain.ts';
import { startChain } from '../../src/local-venue/chain/chain.ts';
import {
  DOLLAR,
  limitOrder,
  matchOf,
  questionNamed,
} from '../../src/local-venue/chain/test-support/chain-test-support.ts';
import type { FundedAccount, LocalChain, PreparedMarket } from '../../src/local-venue/chain/types.ts';
import type { SignerPort } from '../../src/ports/signer.ts';
import { testSigner } from '../../src/signer/testing/test-signer.ts';

/** The pause on chain, as the kill command asks for it, against the real bytecode of the local exchange. */

let local: LocalChain;
let us: FundedAccount;
let them: FundedAccount;
let signer: SignerPort;
let chain: Chain;
let steps: string[];

beforeEach(async () => {
  local = await startChain({ accounts: 2, seed: 'user pause' });
  [us, them] = local.accounts as [FundedAccount, FundedAccount];
  signer = await testSigner({ privateKey: us.privateKey, chainId: local.chainId });
  chain = createChain({
    rpcUrl: local.rpcUrl,
    chainId: local.chainId,
    signer,
    contracts: CONTRACTS,
    timers: wallTimers,
    log: silentLog,
    receiptPollMs: 20,
  });
  steps = [];
});
afterEach(async () => {
  await chain.close();
  await signer.close();
  await local.stop();
});

const change = (action: 'pause' | 'unpause') => changePauseOnChain(chain, action, (text) => steps.push(text));
const states = async () =>
  (await chain.userPauses(AbortSignal.timeout(5_000))).map(({ exchange, state }) => `${exchange} ${state}`);

it('stops every order of the wallet from settling on both exchanges after the delay, until it is taken back', async () => {
  const markets: PreparedMarket[] = [];
  for (const negRisk of [false, true])
    markets.push(await local.prepareMarket({ questionId: questionNamed(`pause ${negRisk}`), negRisk }));
  const settleAll = async () => {
    const ends: string[] = [];
    for (const market of markets) {
      const ours = await limitOrder(us, market, 'YES', 'BUY', 6000n, DOLLAR);
      const theirs = await limitOrder(them, market, 'NO', 'BUY', 4000n, DOLLAR);
      const { status, revertReason } = await local.settle(matchOf(market, theirs, [ours]));
      ends.push(revertReason ?? status);
    }
    return ends;
  };
  expect(await settleAll()).toEqual(['confirmed', 'confirmed']);
  const paused = await change('pause');
  expect(paused).toMatchObject({ ok: true, trouble: null });
  expect(await states()).toEqual(['exchange pending', 'neg-risk exchange pending']);
  expect(steps.join('\n')).toMatch(/pauseUser\(\) of the exchange 0x.*\n.*sent 0x.*\n.*mined in block/);
  expect(steps.join('\n')).toMatch(/in effect from block \d+ on \(now \d+\): \d+ blocks to go, about \d+ s/);
  // Until it is in effect, matches still settle: that is why orders are cancelled first.
  expect(await settleAll()).toEqual(['confirmed', 'confirmed']);
  await local.mine(110);
  expect(await states()).toEqual(['exchange active', 'neg-risk exchange active']);
  expect(await settleAll()).toEqual(['UserIsPaused', 'UserIsPaused']);
  // Impatience changes nothing: what stands is not asked for again, which would fail.
  steps = [];
  expect(await change('pause')).toMatchObject({ ok: true });
  expect(steps.filter((step) => step.includes('sent'))).toEqual([]);
  expect(await change('unpause')).toMatchObject({ ok: true });
  expect(await states()).toEqual(['exchange none', 'neg-risk exchange none']);
  expect(await settleAll()).toEqual(['confirmed', 'confirmed']);
});

it('goes past a transaction that is stuck at the next nonce, by replacing it for more', async () => {
  const rpc = createRpc({ rpcUrl: local.rpcUrl, timeoutMs: 5_000 });
  const call = (method: string, params: readonly unknown[]) =>
    rpc.call(method, params, AbortSignal.timeout(5_000));
  await call('evm_setAutomine', [false]);
  const nonce = Number(quantity(await call('eth_getTransactionCount', [us.address, 'latest']), 'the nonce'));
  const gwei = 1_000_000_000n;
  const stuck = await signer.signTransaction({
    chainId: local.chainId,
    nonce,
    to: us.address,
    data: '0x',
    gas: 21_000n,
    maxFeePerGas: 150n * gwei,
    maxPriorityFeePerGas: 150n * gwei,
  });
  await call('eth_sendRawTransaction', [stuck.raw]);
  const changing = change('pause');
  // Blocks come only once the replacement waits, as a miner that leaves the cheap one out would have it.
  for (let tries = 0; tries < 500 && !steps.some((step) => step.includes('sent 0x')); tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 20));
  await call('evm_setAutomine', [true]);
  await call('evm_mine', []);
  expect(await changing).toMatchObject({ ok: true, trouble: null });
  expect(steps.join('\n')).toMatch(/waits at nonce \d+; replacing it for more/);
  expect(await call('eth_getTransactionReceipt', [stuck.hash])).toBeNull();
  await rpc.close();
});

it('says what failed and what the chain shows, where a transaction cannot be paid', async () => {
  const rpc = createRpc({ rpcUrl: local.rpcUrl, timeoutMs: 5_000 });
  await rpc.call('anvil_setBalance', [us.address, '0x0'], AbortSignal.timeout(5_000));
  const outcome = await change('pause');
  expect(outcome.ok).toBe(false);
  expect(steps.join('\n')).toMatch(/insufficient funds|Insufficient funds/i);
  await rpc.close();
});
