import { expect, it } from 'vitest';
import type { UserPause } from '../adapters/chain/index.ts';
import { checkResume } from './resume-check.ts';

const WALLET = '0x1111111111111111111111111111111111111111';
const pause = (exchange: UserPause['exchange'], state: UserPause['state']): UserPause => ({
  exchange,
  address: '0x2222222222222222222222222222222222222222',
  state,
  fromBlock: state === 'none' ? null : 90,
  atBlock: 50,
  delayBlocks: 100,
});
const check = (...pauses: UserPause[]) =>
  checkResume({ wallet: WALLET, userPauses: () => Promise.resolve(pauses) });

it('a resume is refused while the account is paused on chain, or is about to be, with what to do', async () => {
  expect(await check(pause('exchange', 'none'), pause('neg-risk exchange', 'none'))).toEqual({
    refused: null,
    warning: null,
  });
  const { refused } = await check(pause('exchange', 'none'), pause('neg-risk exchange', 'active'));
  expect(refused).toMatch(
    /0x1111.* has a pause on the neg-risk exchange, in effect since block 90: .*\.\/run kill --undo-on-chain.*then \.\/run resume$/,
  );
  const both = await check(pause('exchange', 'pending'), pause('neg-risk exchange', 'active'));
  expect(both.refused).toMatch(
    /pause on the exchange, in effect from block 90 on .*, and a pause on the neg-risk/,
  );
});

it('a chain that does not tell is a warning, and is not waited for without end', async () => {
  let bound: AbortSignal | null = null;
  const answer = await checkResume({
    wallet: WALLET,
    userPauses: (signal) => {
      bound = signal;
      return Promise.reject(new Error('the node is down'));
    },
  });
  expect(bound).toBeInstanceOf(AbortSignal);
  expect(answer).toEqual({ refused: null, warning: expect.stringContaining('(the node is down)') });
});
