/** Signals of directional trading as a loop tells them, each with the figures that a test does not care about. */
import type { DirectionalSignal } from '../../domain/directional.ts';
import { cents, conditionId, DAY_MS, dollars, T0 } from '../../kernel/test-support/test-kernel.ts';

/** Market 1: BTC above 100,000 dollars in ten days, which the model thinks is worth 62 where YES is at 50. */
export const signalOf = (change: Partial<DirectionalSignal> = {}): DirectionalSignal => ({
  id: 1,
  atMs: T0,
  conditionId: conditionId(1),
  coin: 'BTC',
  kind: 'close',
  strikesUsd: [100_000],
  direction: 'above',
  endAtMs: T0 + 10 * DAY_MS,
  action: 'confirming',
  why: 'seen once, twice are needed',
  spotUsd: 104_000,
  dailyVolatility: 0.03,
  yesProbability: { low: 0.61, high: 0.63 },
  yesMid: cents(50),
  outcome: 'YES',
  probability: 0.61,
  price: cents(48),
  edgePts: 13,
  confirmations: 1,
  stake: dollars(25),
  clientId: null,
  aiValidation: null,
  ...change,
});
