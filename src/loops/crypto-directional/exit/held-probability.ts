import {
  type ClassifiedPayoff,
  isTradable,
  parseQuestion,
  questionTextOf,
} from '../../../crypto/questions/index.ts';
import type { DirectionalPosition } from '../../../domain/directional.ts';
import type { ConditionId } from '../../../domain/market.ts';
import type { MarketSlot } from '../../../kernel/market-slots.ts';
import type { KernelState } from '../../../kernel/state.ts';
import type { PricedPayoff } from '../pricing/ask-histories.ts';
import { type PayoffMemory, payoffOf } from '../pricing/ask-payoffs.ts';
import type { CoinModels } from '../pricing/coin-models.ts';
import { isPriced, priceMarket } from '../pricing/price-market.ts';
import { mapInUse } from '../pricing/recalibration-in-use.ts';
import type { ExitWatch } from './exit-memory.ts';

/** What the model says of a position that is held. */
export interface HeldProbability {
  /** That the held outcome pays; null where the model cannot say. */
  readonly probability: number | null;
  readonly spotUsd: number | null;
}

const UNKNOWN: HeldProbability = { probability: null, spotUsd: null };

/**
 * What a held market pays on; null where nobody can say. What the parser does not read, the entry has from a model, and it is remembered
 * for as long as the position is held: answers are forgotten, and no new ones are asked for while entries are switched off.
 */
export function heldPayoff(
  state: KernelState,
  { market }: MarketSlot,
  watch: ExitWatch,
): PricedPayoff | null {
  const text = questionTextOf(market);
  if (text === null) return null;
  const texts = JSON.stringify(text);
  if (watch.read?.texts === texts) return watch.read.payoff;
  const own = parseQuestion(text);
  const payoff = isTradable(own) ? own : answeredPayoff(state, market.conditionId);
  if (payoff === null) return null;
  watch.read = { texts, payoff: { payoff, createdAtMs: market.createdAtMs } };
  return watch.read.payoff;
}

/** What the entry loop has from a model of a market that the parser cannot read. */
function answeredPayoff({ loops }: KernelState, conditionId: ConditionId): ClassifiedPayoff | null {
  const memory = loops.get('crypto-directional')?.memory as { readonly answered?: PayoffMemory } | undefined;
  const payoff = memory?.answered === undefined ? null : payoffOf(memory.answered, conditionId);
  return payoff !== null && isTradable(payoff) ? payoff : null;
}

/**
 * The better of the two probabilities, with drift and without, at this moment and with the time that is left. An entry had its edge by
 * the worse one; a position is given up only where even the better one has turned, so that none goes back and forth between the two.
 */
export function heldProbability(
  state: KernelState,
  models: CoinModels,
  payoff: PricedPayoff | null,
  { outcome }: Pick<DirectionalPosition, 'outcome'>,
): HeldProbability {
  if (payoff === null) return UNKNOWN;
  const price = priceMarket(state, models, payoff, mapInUse(state, models));
  if (!isPriced(price)) return UNKNOWN;
  const { low, high } = price.yes;
  return { probability: outcome === 'YES' ? high : 1 - low, spotUsd: price.spotUsd };
}
