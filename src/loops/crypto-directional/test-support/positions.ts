/** Directional positions and signals as tests want them. */
import type { DirectionalPosition, DirectionalSignal } from '../../../domain/directional.ts';
import { cents, conditionId, DAY_MS, dollars, shares, T0 } from '../../../kernel/test-support/test-kernel.ts';

/** Ten YES of market `n` that were bought for 40 cents each. */
export const heldPosition = (n: number, change: Partial<DirectionalPosition> = {}): DirectionalPosition => ({
  conditionId: conditionId(n),
  coin: 'BTC',
  kind: 'close',
  strikesUsd: [100_000],
  direction: 'above',
  endAtMs: T0 + 10 * DAY_MS,
  id: n,
  outcome: 'YES',
  signalId: n,
  probability: 0.5,
  edgePts: 8,
  approvedAtMs: T0,
  cost: dollars(4),
  clientIds: [],
  openedAtMs: T0,
  bought: shares(10),
  paid: dollars(4),
  sold: shares(0),
  got: dollars(0),
  fees: dollars(0),
  exit: null,
  closedAtMs: null,
  closedBecause: null,
  payout: dollars(0),
  ...change,
});

/** The same, sold for `usd` at `atMs`. */
export const closedPosition = (n: number, usd: number, atMs: number): DirectionalPosition =>
  heldPosition(n, {
    sold: shares(10),
    got: dollars(usd),
    closedAtMs: atMs,
    closedBecause: usd > 4 ? 'tookProfit' : 'stopped',
  });

export const signalAt = (
  n: number,
  atMs: number,
  change: Partial<DirectionalSignal> = {},
): DirectionalSignal => ({
  conditionId: conditionId(n),
  coin: 'BTC',
  kind: 'close',
  strikesUsd: [100_000],
  direction: 'above',
  endAtMs: T0 + 10 * DAY_MS,
  id: n,
  atMs,
  action: 'noEdge',
  why: 'the edge is 1.0 points',
  spotUsd: 97_000,
  dailyVolatility: 0.024,
  yesProbability: { low: 0.4, high: 0.42 },
  yesMid: cents(40),
  outcome: 'YES',
  probability: 0.4,
  price: cents(39),
  edgePts: 1,
  confirmations: 0,
  stake: dollars(0),
  clientId: null,
  aiValidation: null,
  ...change,
});
