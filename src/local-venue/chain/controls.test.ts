import { encodeFunctionData } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EXCHANGE_ABI } from './abis.ts';
import { CONTRACTS } from './addresses.ts';
import { startChain } from './chain.ts';
import type { ChainClient } from './client.ts';
import { encodeMatch } from './operator.ts';
import {
  clientOf,
  DOLLAR,
  limitOrder,
  matchOf,
  questionNamed,
  sendAs,
} from './test-support/chain-test-support.ts';
import type { FundedAccount, LocalChain, PreparedMarket } from './types.ts';

let chain: LocalChain;
let client: ChainClient;
let alice: FundedAccount;
let bob: FundedAccount;
let market: PreparedMarket;
beforeAll(async () => {
  chain = await startChain({ accounts: 2, seed: 'controls' });
  client = clientOf(chain);
  [alice, bob] = chain.accounts as [FundedAccount, FundedAccount];
  market = await chain.prepareMarket({ questionId: questionNamed('controls') });
});
afterAll(() => chain.stop());

const callExchange = (
  from: FundedAccount | 'operator',
  functionName: 'pauseUser' | 'unpauseUser' | 'pauseTrading' | 'unpauseTrading',
) =>
  sendAs(
    client,
    from === 'operator' ? chain.operator : from.address,
    CONTRACTS.exchange,
    encodeFunctionData({ abi: EXCHANGE_ABI, functionName }),
  );
const mintMatch = async () =>
  matchOf(market, await limitOrder(alice, market, 'YES', 'BUY', 6000n, DOLLAR), [
    await limitOrder(bob, market, 'NO', 'BUY', 4000n, DOLLAR),
  ]);

describe('the controls of the exchange', () => {
  it('let a user pause its own orders, in effect only after the block interval', async () => {
    expect(await callExchange(bob, 'pauseUser')).toBe('success');
    expect(await chain.isUserPaused(bob.address, false)).toBe(false);
    expect((await chain.settle(await mintMatch())).status).toBe('confirmed');
    await chain.mine(99);
    expect(await chain.isUserPaused(bob.address, false)).toBe(true);
    expect(await chain.isUserPaused(bob.address, true)).toBe(false);
    expect(await chain.settle(await mintMatch())).toMatchObject({
      status: 'reverted',
      revertReason: 'UserIsPaused',
    });
    // A second request would put the pause off.
    expect(await callExchange(bob, 'pauseUser')).toBe('reverted');
    expect(await chain.isUserPaused(bob.address, false)).toBe(true);
    await callExchange(bob, 'unpauseUser');
    expect((await chain.settle(await mintMatch())).status).toBe('confirmed');
  });

  it('let a user take a pause back before it is in effect', async () => {
    expect(await callExchange(bob, 'pauseUser')).toBe('success');
    expect(await callExchange(bob, 'unpauseUser')).toBe('success');
    await chain.mine(200);
    expect(await chain.isUserPaused(bob.address, false)).toBe(false);
    expect((await chain.settle(await mintMatch())).status).toBe('confirmed');
  });

  it('let the admin, and nobody else, pause trading', async () => {
    expect(await callExchange(alice, 'pauseTrading')).toBe('reverted');
    expect(await callExchange('operator', 'pauseTrading')).toBe('success');
    expect((await chain.settle(await mintMatch())).revertReason).toBe('TradingPaused');
    await callExchange('operator', 'unpauseTrading');
    expect((await chain.settle(await mintMatch())).status).toBe('confirmed');
  });

  it('let nobody but the operator match', async () => {
    expect(await sendAs(client, alice.address, CONTRACTS.exchange, encodeMatch(await mintMatch()))).toBe(
      'reverted',
    );
  });
});

describe('the operator', () => {
  it('has many matches in flight, in order, also when one of them reverts', async () => {
    const matches = await Promise.all(Array.from({ length: 12 }, mintMatch));
    const bad = matches[5]!;
    matches[5] = {
      ...bad,
      makers: bad.makers.map((fill) => ({ ...fill, fillAmount: fill.fillAmount + 1n })),
    };
    const submitted = await Promise.all(matches.map(chain.submit));
    expect(new Set(submitted.map(({ txHash }) => txHash)).size).toBe(12);
    const settled = await Promise.all(submitted.map((one) => one.settled));
    expect(settled.map(({ status }) => status)).toEqual(
      matches.map((match) => (match === matches[5] ? 'reverted' : 'confirmed')),
    );
    expect(settled[5]!.revertReason).toBe('FillExceedsRemaining');
  });

  it('settles in the next block when blocks come at intervals', async () => {
    await chain.setMining({ kind: 'interval', blockTimeMs: 40 });
    const { number } = await chain.head();
    const submitted = await Promise.all([chain.submit(await mintMatch()), chain.submit(await mintMatch())]);
    const settled = await Promise.all(submitted.map((one) => one.settled));
    expect(settled.map(({ status }) => status)).toEqual(['confirmed', 'confirmed']);
    expect(settled.every(({ blockNumber }) => blockNumber > number)).toBe(true);
    await chain.setMining({ kind: 'auto' });
  });

  it('goes on with the right nonce after the chain went back to a snapshot', async () => {
    const snapshot = await chain.snapshot();
    const match = await mintMatch();
    expect((await chain.settle(match)).status).toBe('confirmed');
    await chain.revertTo(snapshot);
    expect((await chain.settle(match)).status).toBe('confirmed');
  });

  it('keeps block time moving forward when told to', async () => {
    const before = await chain.head();
    await chain.increaseTime(3_600);
    const after = await chain.head();
    expect(after.timestampSec - before.timestampSec).toBeGreaterThanOrEqual(3_600);
  });
});
