import { expect, it, vi } from 'vitest';
import type { UserPause } from '../adapters/chain/index.ts';
import { ForeignError } from '../ports/foreign-error.ts';
import { changePauseOnChain } from './pause-on-chain.ts';

type Exchange = UserPause['exchange'];
const ADDRESSES: Record<Exchange, `0x${string}`> = { exchange: '0xa', 'neg-risk exchange': '0xb' };

/** A chain whose calls may fail: `fails` is asked before each, and throws what the node would. */
function chainThat(fails: (call: string, nth: number) => void) {
  const paused = new Set<string>();
  const counts = new Map<string, number>();
  const ask = (call: string): void => {
    const nth = (counts.get(call) ?? 0) + 1;
    counts.set(call, nth);
    fails(call, nth);
  };
  const pauseOf = ([exchange, address]: [string, `0x${string}`]): UserPause => {
    const isPaused = paused.has(address);
    return {
      exchange: exchange as Exchange,
      address,
      state: isPaused ? 'pending' : 'none',
      fromBlock: isPaused ? 101 : null,
      atBlock: 1,
      delayBlocks: 100,
    };
  };
  const chain = {
    wallet: '0xc' as const,
    checkChainId: async () => ask('chainId'),
    userPauses: async () => {
      ask('read');
      return Object.entries(ADDRESSES).map(pauseOf);
    },
    changeUserPause: async (address: `0x${string}`) => {
      ask(address);
      paused.add(address);
      return { status: 'confirmed' as const, hash: '0x1' as const, text: 'mined', sent: 1 };
    },
  };
  return { chain, counts };
}

/** Runs it through with its pauses between reads passed over. */
async function pauseWith(fails: (call: string, nth: number) => void) {
  vi.useFakeTimers();
  try {
    const { chain, counts } = chainThat(fails);
    const outcome = changePauseOnChain(chain, 'pause', () => undefined);
    await vi.runAllTimersAsync();
    return { outcome: await outcome, counts };
  } finally {
    vi.useRealTimers();
  }
}

const busy = (): never => {
  throw new ForeignError('rpcRateLimited', '429 too many requests', 'later');
};

it('pauses the other exchange when one cannot be, whichever fails', async () => {
  for (const failing of Object.values(ADDRESSES)) {
    const { outcome, counts } = await pauseWith((call) => call === failing && busy());
    expect(outcome).toMatchObject({ ok: false, trouble: expect.stringMatching(/429/) });
    expect(outcome.pauses?.map(({ address, state }) => [address, state])).toEqual(
      Object.values(ADDRESSES).map((address) => [address, address === failing ? 'none' : 'pending']),
    );
    expect(Object.values(ADDRESSES).map((address) => counts.get(address))).toEqual(
      Object.values(ADDRESSES).map((address) => (address === failing ? 3 : 1)),
    );
  }
});

it('asks an exchange again whose request failed once, and only that one', async () => {
  const { outcome, counts } = await pauseWith((call, nth) => call === '0xa' && nth === 1 && busy());
  expect(outcome).toMatchObject({ ok: true, trouble: null });
  expect([counts.get('0xa'), counts.get('0xb')]).toEqual([2, 1]);
});

it('asks a node again that fails for a moment, before and after', async () => {
  const { outcome, counts } = await pauseWith((call, nth) => {
    if ((call === 'chainId' && nth < 3) || (call === 'read' && nth !== 3 && nth < 5)) busy();
  });
  expect(outcome).toMatchObject({ ok: true, trouble: null });
  expect(Object.values(ADDRESSES).map((address) => counts.get(address))).toEqual([1, 1]);
});

it('gives up on a node that always fails or serves another chain, and shows no state as read', async () => {
  const silent = await pauseWith((call) => call === 'read' && busy());
  expect(silent.outcome).toMatchObject({ ok: false, pauses: null });
  expect(silent.counts.get('read')).toBeLessThan(10);
  const wrong = await pauseWith((call) => {
    if (call === 'chainId') throw new ForeignError('wrongChain', 'serves chain id 1', 'later');
  });
  expect(wrong.counts).toEqual(new Map([['chainId', 1]]));
  // What was read before something was sent counts no more.
  const after = await pauseWith((call, nth) => call === 'read' && nth > 1 && busy());
  expect(after.outcome).toMatchObject({ ok: false, pauses: null });
});
