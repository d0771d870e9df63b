import { describe, expect, it } from 'vitest';
import type { Retry } from '../../ports/venue.ts';
import { classify, type Trouble } from './retry-class.ts';

const http = (status: number, text: string): Trouble => ({ kind: 'http', status, text });
const CASES: readonly (readonly [Trouble, string, Retry, Retry])[] = [
  [{ kind: 'notSent', text: 'ECONNREFUSED' }, 'notSent', 'later', 'later'],
  [{ kind: 'timeout', text: '' }, 'timeout', 'reconcileFirst', 'later'],
  [{ kind: 'reset', text: 'ECONNRESET' }, 'connectionLost', 'reconcileFirst', 'later'],
  [{ kind: 'garbage', text: '<html>' }, 'garbageAnswer', 'reconcileFirst', 'later'],
  [http(425, '{"error":"service not ready"}'), 'engineRestarting', 'later', 'later'],
  [http(408, 'Request Timeout'), 'timeout', 'reconcileFirst', 'later'],
  [http(499, ''), 'timeout', 'reconcileFirst', 'later'],
  [http(429, ''), 'rateLimited', 'later', 'later'],
  [
    http(
      503,
      '{"error":"post-only mode: only post-only orders and cancels are allowed","code":"post_only_mode"}',
    ),
    'postOnlyMode',
    'later',
    'later',
  ],
  [http(503, '{"error":"Trading is currently cancel-only. Come back"}'), 'cancelOnlyMode', 'later', 'later'],
  [http(503, '{"error":"Trading is currently disabled."}'), 'tradingDisabled', 'later', 'later'],
  [http(503, 'upstream connect error'), 'venueFault', 'reconcileFirst', 'later'],
  [http(401, '{"error":"Unauthorized/Invalid api key"}'), 'unauthorized', 'never', 'never'],
  [http(401, '{"error":"Invalid L1 Request headers"}'), 'unauthorizedL1', 'never', 'never'],
  [http(403, 'blocked'), 'forbidden', 'never', 'never'],
  [http(404, '{"error":"No orderbook exists for the requested token id"}'), 'noOrderbook', 'never', 'never'],
  [http(404, '{"error":"market not found"}'), 'notFound', 'never', 'never'],
  [http(500, '{"error":"order timed out"}'), 'venueFault', 'reconcileFirst', 'later'],
  [http(502, '<html>'), 'venueFault', 'reconcileFirst', 'later'],
  [http(302, ''), 'unexpectedStatus', 'reconcileFirst', 'later'],
  [http(400, '{"error":"Invalid order payload"}'), 'invalidPayload', 'never', 'never'],
  [
    http(400, '{"error":"the order owner has to be the owner of the API KEY"}'),
    'wrongOwner',
    'never',
    'never',
  ],
  [
    http(400, '{"error":"the order signer address has to be the address of the API KEY"}'),
    'wrongSigner',
    'never',
    'never',
  ],
  [http(400, '{"error":"\'0xab\' address banned"}'), 'addressBanned', 'never', 'never'],
  [http(400, '{"error":"\'0xab\' address in closed only mode"}'), 'closedOnly', 'never', 'never'],
  [
    http(400, '{"error":"maker address not allowed, please use the deposit wallet flow"}'),
    'depositWalletNeeded',
    'never',
    'never',
  ],
  [
    http(400, '{"error":"order 0x1 is invalid. Price (0.1234) breaks minimum tick size rule: 0.01"}'),
    'breaksTickSize',
    'never',
    'never',
  ],
  [
    http(400, '{"error":"order 0x1 is invalid. Size (1) lower than the minimum: 5"}'),
    'belowMinimumSize',
    'never',
    'never',
  ],
  [http(400, '{"error":"order 0x1 is invalid. Duplicated."}'), 'duplicated', 'reconcileFirst', 'never'],
  [http(400, '{"error":"order 0x1 crosses the book"}'), 'crossesBook', 'never', 'never'],
  [http(400, '{"error":"invalid post-only order: order crosses book"}'), 'crossesBook', 'never', 'never'],
  [http(400, '{"error":"not enough balance / allowance"}'), 'notEnoughBalance', 'later', 'never'],
  [http(400, '{"error":"invalid expiration"}'), 'invalidExpiration', 'never', 'never'],
  [http(400, '{"error":"invalid nonce"}'), 'invalidNonce', 'never', 'never'],
  [http(400, '{"error":"order canceled in the CTF exchange contract"}'), 'canceledOnChain', 'never', 'never'],
  [
    http(400, '{"error":"order match delayed due to market conditions"}'),
    'matchDelayed',
    'reconcileFirst',
    'never',
  ],
  [
    http(400, '{"error":"the market is not yet ready to process new orders"}'),
    'marketNotReady',
    'later',
    'never',
  ],
  [http(400, '{"error":"order_version_mismatch"}'), 'orderVersionMismatch', 'never', 'never'],
  [
    http(400, '{"error":"Too many orders in payload: 16, max allowed: 15"}'),
    'tooManyOrders',
    'never',
    'never',
  ],
  [http(400, '{"error":"the orderbook 123 does not exist"}'), 'noOrderbook', 'never', 'never'],
  [http(400, '{"error":"something new"}'), 'refused', 'never', 'never'],
  [http(418, 'teapot'), 'refused', 'never', 'never'],
  [
    { kind: 'refusal', text: "order couldn't be fully filled. FOK orders are fully filled or killed." },
    'fokNotFilled',
    'never',
    'never',
  ],
  [
    {
      kind: 'refusal',
      text: 'no orders found to match with FAK order. FAK orders are partially filled or killed if no match is found.',
    },
    'fakNoMatch',
    'never',
    'never',
  ],
  [
    {
      kind: 'refusal',
      text: 'invalid amounts, the market buy orders maker amount supports a max accuracy of 2 decimals',
    },
    'invalidAmounts',
    'never',
    'never',
  ],
  [{ kind: 'refusal', text: 'Insufficient balance' }, 'notEnoughBalance', 'later', 'never'],
  [
    { kind: 'refusal', text: 'post-only mode: only post-only orders and cancels are allowed' },
    'postOnlyMode',
    'later',
    'never',
  ],
  [{ kind: 'refusal', text: 'words we never saw' }, 'refused', 'never', 'never'],
];

describe('the retry table', () => {
  it.each(CASES)('%j is %s, %s for writes and %s for reads', (trouble, code, write, read) => {
    expect(classify(trouble)).toMatchObject({ code, write, read });
  });
});
