import { encodeAbiParameters, parseTransaction } from 'viem';
import { afterEach, describe, expect, it } from 'vitest';
import type { ConditionId, TokenId } from '../../domain/market.ts';
import type { TransactionRequest } from '../../domain/transaction.ts';
import { shares } from '../../domain/units.ts';
import type { Timers } from '../../ports/timers.ts';
import { testSigner } from '../../signer/testing/test-signer.ts';
import { CONTRACTS } from '../polymarket/index.ts';
import { type FakeAnswer, startFakeHttp } from '../polymarket/testing/fake-http.ts';
import { silentLog } from '../polymarket/testing/silent-log.ts';
import { type Chain, type ChainOptions, createChain } from './chain.ts';

type Answers = Record<string, unknown | ((params: unknown[]) => unknown)>;
const refusal = (message: string) => ({ rpcError: { code: -32_000, message } });
const signal = (ms = 5_000): AbortSignal => AbortSignal.timeout(ms);
const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const opened of open.splice(0)) await opened.close();
});

const STEADY: Answers = {
  eth_chainId: '0x89',
  eth_blockNumber: '0x10',
  eth_getTransactionCount: '0x5',
  eth_estimateGas: '0x30d40',
  eth_getBlockByNumber: { baseFeePerGas: '0x6fc23ac00' },
  eth_maxPriorityFeePerGas: '0x6fc23ac00',
  eth_getTransactionReceipt: null,
  eth_getTransactionByHash: null,
};

/** Time that moves when someone waits for it. */
function jumpingTimers(): Timers & { advance(ms: number): void } {
  let nowMs = 1_795_373_206_847;
  return {
    nowMs: () => nowMs,
    advance: (ms) => {
      nowMs += ms;
    },
    after: (delayMs, action) => {
      const timer = setTimeout(() => {
        nowMs += delayMs;
        action();
      }, 1);
      return () => clearTimeout(timer);
    },
  };
}

async function chainWith(
  answers: Answers,
  options: Partial<ChainOptions> = {},
  override?: () => FakeAnswer | null,
) {
  const asked: { method: string; params: unknown[] }[] = [];
  const answerOne = (request: { id: number; method: string; params: unknown[] }): unknown => {
    asked.push(request);
    const given = { ...STEADY, ...answers }[request.method];
    const result =
      typeof given === 'function' ? (given as (params: unknown[]) => unknown)(request.params) : given;
    if (typeof result === 'object' && result !== null && 'rpcError' in result)
      return { jsonrpc: '2.0', id: request.id, error: result.rpcError };
    return { jsonrpc: '2.0', id: request.id, result };
  };
  const server = await startFakeHttp(({ body }) => {
    const told = override?.() ?? null;
    if (told !== null) return told;
    const parsed = JSON.parse(body) as Parameters<typeof answerOne>[0] | Parameters<typeof answerOne>[0][];
    // Nodes may answer a batch in any order.
    return { body: Array.isArray(parsed) ? parsed.map(answerOne).reverse() : answerOne(parsed) };
  });
  const timers = jumpingTimers();
  const chain: Chain = createChain({
    rpcUrl: `${server.url}/v2/access-key`,
    chainId: 137,
    signer: await testSigner(),
    contracts: CONTRACTS,
    timers,
    log: silentLog,
    timeoutMs: 2_000,
    ...options,
  });
  open.push(chain, server);
  return { chain, asked, timers };
}

const split = (txKey = 't-1'): TransactionRequest => ({
  txKey,
  action: 'split',
  conditionId: `0x${'c'.repeat(64)}` as ConditionId,
  negRisk: false,
  amount: shares(5_000_000),
});

describe('balances', () => {
  it('are cash and tokens at one block, in the order asked', async () => {
    const { chain, asked } = await chainWith({
      eth_call: ([call]: unknown[]) =>
        (call as { to: string }).to === CONTRACTS.pUsd
          ? encodeAbiParameters([{ type: 'uint256' }], [123_456_789n])
          : encodeAbiParameters([{ type: 'uint256[]' }], [[7n, 8n]]),
    });
    const found = await chain.balances(['11', '22'] as TokenId[], signal());
    expect(found).toEqual({
      cash: 123_456_789,
      tokens: [
        ['11', 7],
        ['22', 8],
      ],
      blockNumber: 16,
    });
    for (const call of asked.filter(({ method }) => method === 'eth_call'))
      expect(call.params[1]).toBe('0x10');
  });

  it('of a chain without the contracts give one clear error', async () => {
    const { chain } = await chainWith({ eth_call: '0x' });
    await expect(chain.balances([], signal())).rejects.toMatchObject({ code: 'rpcGarbage' });
  });
});

describe('a transaction', () => {
  it('takes the next nonce each, also when two are prepared at once, inside the bound on gas', async () => {
    const { chain, asked } = await chainWith({});
    const both = await Promise.all([
      chain.prepare(split('t-1'), signal()),
      chain.prepare(split('t-2'), signal()),
    ]);
    expect(both.map(({ nonce }) => nonce)).toEqual([5, 6]);
    expect(asked.filter(({ method }) => method === 'eth_getTransactionCount')).toHaveLength(1);
    const parsed = parseTransaction(both[0].raw as `0x02${string}`);
    expect(parsed).toMatchObject({
      chainId: 137,
      nonce: 5,
      to: CONTRACTS.collateralAdapter.toLowerCase(),
      gas: 260_000n,
    });
    expect(parsed.data?.slice(0, 10)).toBe('0x72ce4275');
  });

  it('that would fail, or costs too much, is not signed, and its nonce stays free', async () => {
    const { chain } = await chainWith({ eth_estimateGas: refusal('execution reverted: allowance') });
    await expect(chain.prepare(split(), signal())).rejects.toMatchObject({
      code: 'wouldRevert',
      retry: 'never',
    });
    const dear = await chainWith({}, { maxFeePerGasGwei: 50 });
    await expect(dear.chain.prepare(split(), signal())).rejects.toMatchObject({
      code: 'gasTooDear',
      retry: 'later',
    });
  });

  it.each([
    ['0x1', 'confirmed'],
    ['0x0', 'reverted'],
  ])('with receipt status %s is %s', async (status, expected) => {
    let polls = 0;
    const { chain } = await chainWith({
      eth_sendRawTransaction: '0xhash',
      eth_getTransactionReceipt: () => {
        polls += 1;
        return polls < 3 ? null : { status, blockNumber: '0x11' };
      },
    });
    const outcome = await chain.send(await chain.prepare(split(), signal()), signal());
    expect(outcome.status).toBe(expected);
  });

  it('the node refuses is notSent, and the queue asks for the nonce again', async () => {
    const { chain, asked } = await chainWith({
      eth_sendRawTransaction: refusal('insufficient funds for gas'),
    });
    const outcome = await chain.send(await chain.prepare(split(), signal()), signal());
    expect(outcome).toMatchObject({ status: 'notSent' });
    expect(outcome.text).toContain('insufficient funds');
    await chain.prepare(split('t-2'), signal());
    expect(asked.filter(({ method }) => method === 'eth_getTransactionCount')).toHaveLength(2);
  });

  it('the node knows already is waited for; one without a receipt in time is unknown', async () => {
    const { chain } = await chainWith({ eth_sendRawTransaction: refusal('already known') });
    const prepared = await chain.prepare(split(), signal());
    expect(await chain.send(prepared, signal(60))).toMatchObject({ status: 'unknown' });
  });

  it('is found again by its hash, and proven gone only by its nonce', async () => {
    const answers: Answers = {
      eth_getTransactionByHash: { hash: '0x1' },
      eth_sendRawTransaction: '0x2',
      eth_getTransactionCount: ([, tag]: unknown[]) => (tag === 'pending' ? '0x6' : '0x5'),
    };
    const { chain, timers, asked } = await chainWith(answers, { missingAfterMs: 1_000 });
    expect(await chain.read('0x1', 5, signal())).toMatchObject({
      status: 'unknown',
      text: 'in the pool, not mined yet',
    });
    // The node that tells the nonce may be ahead of the one that tells the receipt.
    expect(await chain.read('0x1', 4, signal())).toMatchObject({ status: 'unknown' });
    timers.advance(300);
    expect(await chain.read('0x1', 4, signal())).toMatchObject({ status: 'notSent' });
    answers.eth_getTransactionByHash = null;
    answers.eth_getTransactionCount = '0x5';
    const { chain: lost, timers: clock, asked: calls } = await chainWith(answers, { missingAfterMs: 1_000 });
    expect(await lost.read('0x1', 5, signal())).toMatchObject({ status: 'unknown' });
    clock.advance(2_000);
    expect(await lost.read('0x1', 5, signal())).toMatchObject({ status: 'unknown' });
    const sent = calls.filter(({ method }) => method === 'eth_sendRawTransaction');
    expect(sent).toHaveLength(1);
    expect(parseTransaction(sent[0]!.params[0] as `0x02${string}`)).toMatchObject({
      nonce: 5,
      to: lost.address.toLowerCase(),
    });
    expect(asked.filter(({ method }) => method === 'eth_sendRawTransaction')).toHaveLength(0);
    expect(timers.nowMs()).toBeGreaterThan(0);
  });

  it('stuck behind a nonce that was taken and never sent gets its way opened', async () => {
    const answers: Answers = { eth_getTransactionByHash: { hash: '0x1' }, eth_sendRawTransaction: '0x2' };
    const { chain, timers, asked } = await chainWith(answers, { missingAfterMs: 1_000 });
    expect(await chain.read('0x1', 6, signal())).toMatchObject({ status: 'unknown' });
    timers.advance(2_000);
    expect(await chain.read('0x1', 6, signal())).toMatchObject({ status: 'unknown' });
    const sent = asked.filter(({ method }) => method === 'eth_sendRawTransaction');
    expect(sent.map(({ params }) => parseTransaction(params[0] as `0x02${string}`).nonce)).toEqual([5]);
  });

  it('W18: of a wallet that is not the key account is refused with what to do', async () => {
    const { chain } = await chainWith(
      {},
      { signer: { ...(await testSigner()), wallet: `0x${'1'.repeat(40)}` } },
    );
    await expect(chain.prepare(split(), signal())).rejects.toMatchObject({
      code: 'walletNeedsRelayer',
      retry: 'never',
    });
  });
});

describe('a node', () => {
  it('of another chain is named with both ids', async () => {
    const { chain } = await chainWith({ eth_chainId: '0x1' });
    await expect(chain.checkChainId(signal())).rejects.toThrow(/chain id 1, .*137/);
  });

  it.each<readonly [string, FakeAnswer, string]>([
    ['that answers HTML', { body: '<html>' }, 'rpcGarbage'],
    ['that answers something else', { body: { hello: 1 } }, 'rpcGarbage'],
    ['that limits our calls', { status: 429, body: '' }, 'rpcRateLimited'],
    ['that hangs up', { hangUp: true }, 'rpcUnreachable'],
  ])('%s gives a coded error that hides the access key', async (_name, told, code) => {
    const { chain } = await chainWith({}, {}, () => told);
    const failure = await chain.checkChainId(signal()).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code, retry: 'later' });
    expect(String(failure)).not.toContain('access-key');
  });
});
