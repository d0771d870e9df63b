import type { Side } from '../../domain/market.ts';
import { POINT, type Price, sharesToFloat } from '../../domain/units.ts';
import { minScore, orderScore } from '../../pricing/rewards.ts';
import { ceilToTick, floorToSizeStep, floorToTick } from '../grid.ts';
import type { RewardContext, StageContext, StageResult } from '../pipeline.ts';
import { levelsOnSide, type QuoteLevel, type QuoteProposal } from '../proposal.ts';

const HOURS_PER_DAY = 24;
const PTS_PER_USD = 100;

/**
 * Moves level 0 of a side to where the expected reward pays best for the fills it costs, and makes it large enough to score, where
 * that pays too. The engine's distance is taken as the best without a reward, 1/k + m (pricing notes 5.6), so `x` points nearer a fill
 * earns 1/k - x instead of 1/k, at A e^(-k depth) fills an hour; shares beyond the wanted size are credited no spread at all, only the
 * cost of their fills. Each side is weighed by itself and credited what it earns alone, so nothing is promised that needs the other
 * one: from 10 to 90 points a side alone scores a third, outside nothing. It only ever moves inwards, never nearer than the engine's
 * minimum, and further out stays further out: inventory and risk keep their say.
 */
export function applyRewardBand(proposal: QuoteProposal, context: StageContext): StageResult {
  const { reward } = context;
  if (reward === null) return { skip: 'the market pays no liquidity reward' };
  const bid = improve(proposal, 'BUY', context, reward);
  const ask = improve(proposal, 'SELL', context, reward);
  if (bid === null && ask === null) return { skip: 'no expected reward pays for what it would cost' };
  const withFirst = (side: Side, first: QuoteLevel | null): readonly QuoteLevel[] =>
    first === null ? levelsOnSide(proposal, side) : [first, ...levelsOnSide(proposal, side).slice(1)];
  return {
    proposal: { ...proposal, bids: withFirst('BUY', bid), asks: withFirst('SELL', ask) },
    why: `${[bid === null ? '' : 'bid', ask === null ? '' : 'ask'].filter(Boolean).join(' and ')} moved or enlarged for ${reward.dailyRateUsd} USD a day within ${reward.maxSpreadPts} pts`,
  };
}

/** The level 0 of a side that is worth most, or null when that is the one there is. */
function improve(
  proposal: QuoteProposal,
  side: Side,
  context: StageContext,
  reward: RewardContext,
): QuoteLevel | null {
  const level = levelsOnSide(proposal, side)[0];
  if (level === undefined) return null;
  const { tick, minHalfSpreadPts } = context;
  const inwards = side === 'BUY' ? 1 : -1;
  const toGrid = side === 'BUY' ? floorToTick : ceilToTick;
  const here = toGrid(level.pricePts, tick);
  const nearest = toGrid(proposal.reservationPts - inwards * minHalfSpreadPts, tick);
  if (here === null || nearest === null) return null;
  const terms: SideTerms = { side, level, herePts: here / POINT, proposal, context, reward };
  const minSize = floorToSizeStep(Math.ceil(reward.minSize / 10_000) * 10_000);
  let best: { readonly gain: number; readonly level: QuoteLevel | null } = {
    gain: worthAt(terms, here, level.size),
    level: null,
  };
  for (let at: number = here; inwards * (nearest - at) >= 0; at += inwards * tick) {
    for (const size of level.size >= minSize ? [level.size] : [level.size, minSize]) {
      const gain = worthAt(terms, at as Price, size);
      // Equal worth stays outside: rounding must not move a quote.
      if (gain <= best.gain + LEAST_GAIN_USD_PER_HOUR) continue;
      const pricePts = at === here ? level.pricePts : at / POINT;
      best = { gain, level: { ...level, pricePts, size } };
    }
  }
  return best.level;
}

const LEAST_GAIN_USD_PER_HOUR = 1e-9;

interface SideTerms {
  readonly side: Side;
  readonly level: QuoteLevel;
  /** Where the level stands now, on the grid. */
  readonly herePts: number;
  readonly proposal: QuoteProposal;
  readonly context: StageContext;
  readonly reward: RewardContext;
}

/** Dollars an hour that level 0 is worth at a price and size, reward and fills together. */
function worthAt(terms: SideTerms, at: Price, size: number): number {
  const { side, level, herePts, proposal, context, reward } = terms;
  const { kPerPt, fillsPerHour } = context;
  const outwards = side === 'BUY' ? -1 : 1;
  const depthPts = outwards * (at / POINT - proposal.fairPts);
  const nearerPts = outwards * (herePts - at / POINT);
  const fills = fillsPerHour * Math.exp(-kPerPt * depthPts);
  const wanted = sharesToFloat(level.size);
  const extra = sharesToFloat(size as never) - wanted;
  const costPts = Math.max(0, outwards * (herePts - proposal.fairPts) - 1 / kPerPt);
  const earnedUsd = (fills * (wanted * (1 / kPerPt - nearerPts) - extra * costPts)) / PTS_PER_USD;
  return earnedUsd + rewardUsdPerHour(reward, at, size);
}

/** What a side earns alone: its part of the pot, at what such promises have turned out to be worth. */
function rewardUsdPerHour(reward: RewardContext, at: Price, size: number): number {
  if (size < reward.minSize) return 0;
  const distancePts = Math.abs(at / POINT - reward.midPts);
  const score = orderScore(reward.maxSpreadPts, distancePts) * sharesToFloat(size as never);
  const ours = minScore({ one: score, two: 0 }, reward.midPts);
  const share = ours > 0 ? ours / (ours + reward.competition) : 0;
  return (share * reward.dailyRateUsd * reward.paidRatio) / HOURS_PER_DAY;
}
