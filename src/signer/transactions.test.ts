import fc from 'fast-check';
import { encodeFunctionData, type Hex, keccak256, parseAbi } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { beforeAll, describe, expect, it } from 'vitest';
import { approveCall, approveForAllCall, inventoryCall } from '../adapters/chain/contract-calls.ts';
import { DEVELOPMENT_ADDRESS, DEVELOPMENT_KEY } from '../adapters/polymarket/testing/orders.ts';
import { CONTRACTS } from '../adapters/polymarket/venue-facts.ts';
import type { ConditionId } from '../domain/market.ts';
import type { TransactionAction, TransactionRequest } from '../domain/transaction.ts';
import { shares } from '../domain/units.ts';
import type { SignerPort, TransactionFields } from '../ports/signer.ts';
import { testSigner, WIDE_LIMITS } from './testing/test-signer.ts';

const GWEI = 1_000_000_000n;
const viemAccount = privateKeyToAccount(DEVELOPMENT_KEY);
let signer: SignerPort;
beforeAll(async () => {
  signer = await testSigner();
});

const PAUSE = parseAbi(['function pauseUser()', 'function unpauseUser()']);
const pause = (functionName: 'pauseUser' | 'unpauseUser') => encodeFunctionData({ abi: PAUSE, functionName });

const fieldsOf = (
  call: { readonly to: Hex; readonly data: Hex },
  given: Partial<TransactionFields> = {},
): TransactionFields => ({
  chainId: 137,
  nonce: 7,
  gas: 400_000n,
  maxFeePerGas: 60n * GWEI,
  maxPriorityFeePerGas: 30n * GWEI,
  ...call,
  ...given,
});

const request = (
  action: TransactionAction,
  negRisk: boolean,
  condition = 'c'.repeat(64),
): TransactionRequest => ({
  txKey: 't-1',
  action,
  conditionId: `0x${condition}` as ConditionId,
  negRisk,
  amount: shares(5_000_000),
  ...(action === 'convert'
    ? {
        conversion: {
          marketId: `0x${'d'.repeat(62)}00`,
          members: [
            { conditionId: `0x${condition}` as ConditionId, index: 0, givesNo: true },
            { conditionId: `0x${condition}` as ConditionId, index: 1, givesNo: false },
          ],
        },
      }
    : {}),
});

/** Every call that the worker's own code makes. */
const CALLS: readonly (readonly [string, { readonly to: Hex; readonly data: Hex }])[] = [
  ...(['split', 'merge', 'redeem', 'convert'] as const).map(
    (action) => [`${action} of a neg-risk market`, inventoryCall(CONTRACTS, request(action, true))] as const,
  ),
  ...(['split', 'merge', 'redeem'] as const).map(
    (action) => [action, inventoryCall(CONTRACTS, request(action, false))] as const,
  ),
  ...(
    [
      CONTRACTS.exchange,
      CONTRACTS.negRiskExchange,
      CONTRACTS.collateralAdapter,
      CONTRACTS.negRiskCollateralAdapter,
    ] as const
  ).flatMap((spender) => [
    [`allowance for ${spender}`, { to: CONTRACTS.pUsd, data: approveCall(spender) }] as const,
    [
      `approval of ${spender}`,
      { to: CONTRACTS.conditionalTokens, data: approveForAllCall(spender) },
    ] as const,
  ]),
  ...([CONTRACTS.exchange, CONTRACTS.negRiskExchange, CONTRACTS.exchangeV3] as const).flatMap((to) => [
    [`pause at ${to}`, { to, data: pause('pauseUser') }] as const,
    [`end of a pause at ${to}`, { to, data: pause('unpauseUser') }] as const,
  ]),
];

describe('transactions', () => {
  it.each(CALLS)(
    'the %s that the worker makes is signed, byte for byte as viem signs it',
    async (_name, call) => {
      const fields = fieldsOf(call);
      const expected = await viemAccount.signTransaction({ type: 'eip1559', ...fields });
      expect(await signer.signTransaction(fields)).toEqual({ raw: expected, hash: keccak256(expected) });
    },
  );

  it('are encoded as viem encodes them, whatever their numbers', async () => {
    const [, call] = CALLS[0]!;
    const wei = fc.bigInt({ min: 0n, max: 2_000n * GWEI });
    await fc.assert(
      fc.asyncProperty(
        fc.maxSafeNat(),
        fc.bigInt({ min: 21_000n, max: 10_000_000n }),
        wei,
        wei,
        async (nonce, gas, a, b) => {
          const maxFeePerGas = a > b ? a : b;
          const maxPriorityFeePerGas = a > b ? b : a;
          const fields = fieldsOf(call, { nonce, gas, maxFeePerGas, maxPriorityFeePerGas });
          const expected = await viemAccount.signTransaction({ type: 'eip1559', ...fields });
          expect((await signer.signTransaction(fields)).raw).toBe(expected);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('an empty one to oneself takes a nonce, and nothing else goes there', async () => {
    const empty = fieldsOf({ to: DEVELOPMENT_ADDRESS, data: '0x' }, { gas: 21_000n });
    expect((await signer.signTransaction(empty)).raw).toBe(
      await viemAccount.signTransaction({ type: 'eip1559', ...empty }),
    );
    await expect(signer.signTransaction({ ...empty, data: '0x00' })).rejects.toThrow('has to be empty');
  });

  it.each<readonly [string, Partial<TransactionFields>, RegExp]>([
    ['to somebody else', { to: `0x${'1'.repeat(40)}` }, /none of the venue's contracts/],
    ['on another chain', { chainId: 1 }, /chain 1/],
    ['of dear gas', { maxFeePerGas: 2_001n * GWEI }, /SIGNER_MAX_FEE_GWEI/],
    ['with a tip above its fee', { maxPriorityFeePerGas: 61n * GWEI }, /tip/],
    ['of much gas', { gas: 10_000_001n }, /gas/],
    ['of another function', { data: '0xa9059cbb' }, /not one that the worker calls/],
    ['without a function', { data: '0x' }, /not one that the worker calls/],
  ])('%s are refused', async (_name, given, text) => {
    const [, call] = CALLS[0]!;
    await expect(signer.signTransaction(fieldsOf(call, given))).rejects.toThrow(text);
  });

  it('are refused with any byte changed that is not a free amount, condition or event', async () => {
    let changed = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...CALLS),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async ([, call], where, flip) => {
          const bytes = Buffer.from(call.data.slice(2), 'hex');
          const at = where % bytes.length;
          bytes[at] = bytes[at]! ^ flip;
          const data: Hex = `0x${bytes.toString('hex')}`;
          const word = Math.floor((at - 4) / 32);
          const isFree = at >= 4 && freeWords(call.data).includes(word);
          // pauseUser and its end are calls of one contract, which two bytes do not turn into each other.
          const signed = await signer.signTransaction(fieldsOf({ to: call.to, data })).catch(() => null);
          if (isFree) return;
          changed += 1;
          expect(signed, `${call.data} changed at ${at}`).toBeNull();
        },
      ),
      { numRuns: 500 },
    );
    expect(changed).toBeGreaterThan(150);
  });

  it('are no more in an hour than allowed', async () => {
    const few = await testSigner({ limits: { ...WIDE_LIMITS, maxTransactionsPerHour: 3 } });
    const [, call] = CALLS[0]!;
    const outcomes = await Promise.allSettled(
      [1, 2, 3, 4].map((nonce) => few.signTransaction(fieldsOf(call, { nonce }))),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    expect(outcomes[3]).toMatchObject({
      reason: { code: 'signerRefused', message: expect.stringContaining('PER_HOUR') },
    });
  });
});

/** Argument words that may be anything, by function: conditions, events and amounts. */
function freeWords(data: Hex): readonly number[] {
  const selector = data.slice(0, 10);
  if (selector === '0x095ea7b3') return [1];
  // The last bit of the flag turns an approval into its end, which is allowed.
  if (selector === '0xa22cb465') return [1];
  if (selector === '0x01b7037c') return [2];
  if (selector === '0x72ce4275' || selector === '0x9e7212ad') return [2, 4];
  return data.length === 2 + 2 * (4 + 3 * 32) ? [0, 1, 2] : [];
}
